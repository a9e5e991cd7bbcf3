"""/library: staff look at the content, find an item, and take up new files with open eyes."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.chat.asking import for_staff, role_ids, staffed
from bot.chat.client import Handrail
from bot.chat.private_words import help_first
from bot.chat.rooms import Rooms
from bot.chat.router import Press, defer, show, speech
from bot.content.changes import changes, days_changed, mark
from bot.content.library import ORIGINAL, LibraryHolder, speaking
from bot.content.model import Item, Kind
from bot.content.staff_cards import found_card, item_card, reload_card
from bot.content.suggestions import sent_card, suggestion_card, suggestion_form, unsent_card
from bot.errors import NotAllowed, Problem, Refused, TryAgain, Undeliverable
from bot.programme.model import CohortState, Member, Programme
from bot.texts import untranslated

log = structlog.get_logger(__name__)

_MENU = 25
_KINDS = [app_commands.Choice(name=kind.value, value=kind.value) for kind in Kind]
_NOT_LEAD = "Only a lead can do this, since it changes what every cohort gets."
_OTHER = "The files have changed since this was shown. Type /library reload to look again."
_MEMBERS = untranslated("Suggestions are for the members of a group.")
_NO_STAFF = untranslated("Your group has no channel for staff, so please tell them yourself.")
_UNREAD = "The content could not be read at the start. Mend the files and start me again."


async def item_ids(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Autocomplete: items by any part of their id or title."""
    rooms: Rooms = interaction.client.rooms
    if for_staff(interaction) is None or rooms.library is None:
        return []
    items = _matching(rooms.library, typed)
    return [app_commands.Choice(name=one.title, value=one.id) for one in items[:_MENU]]


class LibraryCommands(
    commands.GroupCog, group_name="library", group_description="The content that is posted"
):
    """The content as staff see it."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__()
        self._rooms = rooms

    @app_commands.command(description="Find items by their words")
    @app_commands.describe(words="In the title, the text or the tags", kind="Of one kind alone")
    @app_commands.choices(kind=_KINDS)
    @app_commands.guild_only()
    async def search(
        self, interaction: discord.Interaction[Any], words: str = "", kind: str | None = None
    ) -> None:
        """List what fits."""
        await defer(interaction)
        staffed(self._rooms, interaction)
        found = _matching(self._holder(), words)
        await show(
            interaction, found_card([one for one in found if kind is None or one.kind == kind])
        )

    @app_commands.command(description="Look at one item, its sources and its review")
    @app_commands.describe(item="Part of its title or id")
    @app_commands.autocomplete(item=item_ids)
    @app_commands.guild_only()
    async def show(self, interaction: discord.Interaction[Any], item: str) -> None:
        """Show one item whole."""
        await defer(interaction)
        staffed(self._rooms, interaction)
        holder = self._holder()
        found = holder.speaking(ORIGINAL).get(item.strip())
        if found is None:
            raise Refused(f"There is no item {item!r}. /library search finds them by their words.")
        await show(interaction, item_card(found, holder.others(found)))

    @app_commands.command(description=untranslated("Suggest a change, or something new"))
    @app_commands.guild_only()
    async def suggest(self, interaction: discord.Interaction[Any]) -> None:
        """The form, for members of a group."""
        press = Press(interaction, "")
        if self._staff_channel(self._member(press)) is None:
            raise Refused(_NO_STAFF)
        await press.ask(suggestion_form(speech(interaction)))

    async def send(self, press: Press) -> None:
        """The form came back: help first, then it goes before the group's staff."""
        await press.wait()
        member = self._member(press)
        about, words = press.answer("about") or "", press.answer("words") or ""
        await help_first(self._rooms, press, member, f"{about}\n{words}".strip())
        named = press.answer("named") == "yes"
        programme = self._rooms.programmes.programme(member.guild_id)
        _ = self._rooms.texts.speaking(programme.language)
        card = suggestion_card(about, words, press.user_id if named else None, _)
        sent = await self._before_staff(press, member, card)
        _ = speech(press.interaction)
        await press.show(sent_card(named, _) if sent else unsent_card(words, _))

    async def _before_staff(self, press: Press, member: Member, card: Card) -> bool:
        channel_id = self._staff_channel(member)
        if channel_id is None:
            return False
        try:
            await self._rooms.sender.post(channel_id, card, nonce=f"g:{press.interaction.id}")
        except (Undeliverable, TryAgain) as error:
            log.error("suggestion_failed", channel_id=channel_id, reason=type(error).__name__)
            return False
        return True

    @app_commands.command(description="See what new content files would change")
    @app_commands.guild_only()
    async def reload(self, interaction: discord.Interaction[Any]) -> None:
        """Read the files beside the ones in use, and say what is different."""
        await defer(interaction)
        programme = self._led(interaction)
        holder = self._holder()
        new = holder.read()
        if isinstance(new, tuple):
            await show(interaction, _mistakes_card(new))
            return
        before, after = holder.speaking(programme.language), speaking(new, programme.language)
        now = self._rooms.clock.now()
        cohorts = {
            cohort.name: tuple(
                days_changed(
                    before, after, cohort.starts_on, now.astimezone(ZoneInfo(cohort.zone)).date()
                )
            )
            for cohort in self._rooms.roster.snapshot.in_guild(programme.guild_id)
            if cohort.state is CohortState.ACTIVE
        }
        await show(interaction, reload_card(changes(holder.libraries, new), cohorts, mark(new)))

    async def use(self, press: Press) -> None:
        """*Use the new content*: what was shown, and only if the files still say the same."""
        await press.wait()
        self._led(press.interaction)
        holder = self._holder()
        new = holder.read()
        if isinstance(new, tuple):
            await press.show(_mistakes_card(new))
            return
        if mark(new) != press.subject:
            raise Refused(_OTHER)
        holder.libraries = new
        count = len(holder.speaking(ORIGINAL).items)
        await press.show(Card((f"I read {count} items. They are used from now on.",), "Changed"))

    async def keep(self, press: Press) -> None:
        """*Keep the old*: nothing happens, and it is said."""
        self._led(press.interaction)
        told = "The old content stays in use. /library reload shows the new one again."
        await press.show(Card((told,), "Not changed"))

    def _member(self, press: Press) -> Member:
        member = self._rooms.roster.snapshot.member(press.guild_id, press.user_id)
        if member is None:
            raise Refused(_MEMBERS)
        return member

    def _staff_channel(self, member: Member) -> int | None:
        return self._rooms.roster.snapshot.cohorts[member.cohort_id].staff_channel_id

    def _led(self, interaction: discord.Interaction[Any]) -> Programme:
        programme = staffed(self._rooms, interaction)
        if not programme.is_lead(role_ids(interaction)):
            raise NotAllowed(_NOT_LEAD)
        return programme

    def _holder(self) -> LibraryHolder:
        if self._rooms.library is None:
            raise Refused(_UNREAD)
        return self._rooms.library


def _matching(holder: LibraryHolder, words: str) -> list[Item]:
    wanted = words.lower().split()
    return [
        item
        for item in holder.speaking(ORIGINAL).items.values()
        if all(word in _text(item) for word in wanted)
    ]


def _text(item: Item) -> str:
    parts = (item.id, item.title, item.theme, item.body, item.practice, item.reflection)
    return " ".join((*parts, *item.tags)).lower()


def _mistakes_card(problems: tuple[Problem, ...]) -> Card:
    lines = "\n".join(f"- {one.file.name}:{one.line} {one.sentence}" for one in problems[:15])
    told = "The new files have mistakes, so I go on with the old ones:"
    return Card((told, lines), "Not changed")


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = LibraryCommands(bot.rooms)
    bot.router.on("library", "use", cog.use)
    bot.router.on("library", "suggest", cog.send)
    bot.router.on("library", "keep", cog.keep)
    await bot.add_cog(cog)
