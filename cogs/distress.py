"""/distress: staff try the detector, leads change what it reads here."""

from __future__ import annotations

from typing import Any, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.care.model import URGENT
from bot.chat.asking import for_staff, role_ids, staffed
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press, defer, show
from bot.distress.model import CATEGORIES, Category
from bot.errors import NotAllowed, Refused
from bot.programme.model import Programme
from bot.screening.cards import confirm_card, digest_card, own_form, trial_card, tuning_card
from bot.screening.model import OwnEntry, Tuning, own_id
from bot.screening.service import prove

_MENU = 25
_NOT_LEAD = "Only a lead can do this, since it changes what is noticed in every cohort."
_CATEGORY = [app_commands.Choice(name=name, value=name) for name in CATEGORIES]
_SWITCH = [
    app_commands.Choice(name="off: leave it out", value="off"),
    app_commands.Choice(name="on: read it again", value="on"),
]


async def entry_ids(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Autocomplete: entries of the lexicon and of the programme's own, by any part of their id."""
    rooms: Rooms = interaction.client.rooms
    programme = for_staff(interaction)
    if programme is None:
        return []
    known = [one.id for one in programme.tuning.own]
    known += [rule.id for rule in rooms.screening.screener.compiled.entries if rule.level]
    found = [name for name in known if typed.lower() in name]
    return [app_commands.Choice(name=name, value=name) for name in found[:_MENU]]


class Distress(commands.GroupCog, group_name="distress", group_description="What is noticed here"):
    """What leads change is written down in the audit log; what staff try is kept nowhere."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__()
        self._rooms = rooms

    @app_commands.command(description="Try a text. Only you see the answer, nothing is kept")
    @app_commands.describe(text="Your own words, never those of a member")
    @app_commands.guild_only()
    async def test(self, interaction: discord.Interaction[Any], text: str) -> None:
        """Show the level, what spoke, and what was quieted."""
        await defer(interaction)
        programme = staffed(self._rooms, interaction)
        finding = self._rooms.screening.of(programme.guild_id).screen(text)
        await show(interaction, trial_card(text, finding))

    @app_commands.command(description="What this programme changed")
    @app_commands.guild_only()
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is left out and what was added."""
        await defer(interaction)
        await show(interaction, tuning_card(staffed(self._rooms, interaction).tuning))

    @app_commands.command(description="Which entries spoke, and which were useful")
    @app_commands.guild_only()
    async def digest(self, interaction: discord.Interaction[Any]) -> None:
        """Show counts of about three months."""
        await defer(interaction)
        programme = staffed(self._rooms, interaction)
        await show(interaction, digest_card(await self._rooms.screening.digest(programme.guild_id)))

    @app_commands.command(description="Leave an entry out, or read it again")
    @app_commands.describe(entry="Its id, as /distress test shows it")
    @app_commands.choices(switch=_SWITCH)
    @app_commands.autocomplete(entry=entry_ids)
    @app_commands.guild_only()
    async def entry(self, interaction: discord.Interaction[Any], entry: str, switch: str) -> None:
        """Mute one entry, or take that back."""
        await self._switch(interaction, "entries", entry.strip(), switch)

    @app_commands.command(description="Leave a whole category out, or read it again")
    @app_commands.choices(category=_CATEGORY, switch=_SWITCH)
    @app_commands.guild_only()
    async def category(
        self, interaction: discord.Interaction[Any], category: str, switch: str
    ) -> None:
        """Switch a category."""
        await self._switch(interaction, "categories", category, switch)

    @app_commands.command(description="Leave a language out, or read it again")
    @app_commands.describe(language="Two letters, such as fr")
    @app_commands.choices(switch=_SWITCH)
    @app_commands.guild_only()
    async def language(
        self, interaction: discord.Interaction[Any], language: str, switch: str
    ) -> None:
        """Switch a language."""
        await self._switch(interaction, "languages", language.strip().lower(), switch)

    @app_commands.command(description="Add a phrase of your own to what is noticed")
    @app_commands.describe(level="2: help and staff. 3: immediate danger. 1: a coping card")
    @app_commands.choices(category=_CATEGORY)
    @app_commands.guild_only()
    async def add(
        self,
        interaction: discord.Interaction[Any],
        category: str,
        level: app_commands.Range[int, 1, 3],
    ) -> None:
        """Ask for the phrases in a form."""
        self._lead(staffed(self._rooms, interaction), role_ids(interaction))
        await Press(interaction, "").ask(own_form(category, level))

    @app_commands.command(description="Take an entry of your own out again")
    @app_commands.autocomplete(entry=entry_ids)
    @app_commands.guild_only()
    async def remove(self, interaction: discord.Interaction[Any], entry: str) -> None:
        """Remove one of the programme's own."""
        await defer(interaction)
        programme = staffed(self._rooms, interaction)
        self._lead(programme, role_ids(interaction))
        await self._save(programme, interaction.user.id, programme.tuning.removing(entry.strip()))
        await show(interaction, Card((f"`{entry.strip()}` is gone.",), "Changed"))

    async def own(self, press: Press) -> None:
        """The form came back: prove the entry on its examples, then keep it."""
        await press.wait()
        programme = self._programme(press)
        category, level = press.subject.split(".")
        entry = OwnEntry(
            id=own_id((press.answer("phrases") or "").splitlines()[0]),
            category=next(one for one in get_args(Category) if one == category),
            level=int(level),
            phrases=_lines(press.answer("phrases")),
            forbids=_lines(press.answer("forbids")),
            match=press.answer("match") or "",
            spare=press.answer("spare") or "",
            confirmed=int(level) < URGENT,
        )
        prove(entry, self._rooms.screening.screener.compiled)
        await self._save(programme, press.user_id, programme.tuning.adding(entry))
        if entry.confirmed:
            told = f"`{entry.id}` is noticed from now on. `/distress test` tries it."
            await press.show(Card((told,), "Added"))
            return
        told = (
            f"`{entry.id}` is saved and rests. At level 3 it pages people at night. "
            "A lead sets it to work:"
        )
        await press.show(confirm_card(told, f"own.on.{entry.id}"))

    async def sure(self, press: Press) -> None:
        """A lead has said it a second time."""
        await press.wait()
        programme = self._programme(press)
        kind, switch, name = press.subject.split(".", 2)
        if kind == "own":
            tuning = programme.tuning.confirming(name)
        else:
            tuning = _switched(programme.tuning, kind, name, switch)
        await self._save(programme, press.user_id, tuning)
        await press.show(Card((_told(name, switch),), "Changed"))

    async def _switch(
        self, interaction: discord.Interaction[Any], kind: str, name: str, switch: str
    ) -> None:
        await defer(interaction)
        programme = staffed(self._rooms, interaction)
        self._lead(programme, role_ids(interaction))
        hit = [rule for rule in self._rules(programme) if name in _names(kind, rule)]
        if not hit:
            raise Refused(f"I do not know {name}. Pick one from the list.")
        if switch == "off" and any(rule.level >= URGENT for rule in hit):
            told = f"`{name}` notices immediate danger. Without it nobody is called for such words."
            await show(interaction, confirm_card(told, f"{kind}.{switch}.{name}"))
            return
        tuning = _switched(programme.tuning, kind, name, switch)
        await self._save(programme, interaction.user.id, tuning)
        await show(interaction, Card((_told(name, switch),), "Changed"))

    def _rules(self, programme: Programme) -> list[Any]:
        return [*self._rooms.screening.screener.compiled.entries, *programme.tuning.own]

    def _programme(self, press: Press) -> Programme:
        programme = self._rooms.programmes.programme(press.guild_id or 0)
        self._lead(programme, press.role_ids)
        return programme

    @staticmethod
    def _lead(programme: Programme, roles: tuple[int, ...]) -> None:
        if not programme.is_lead(roles):
            raise NotAllowed(_NOT_LEAD)

    async def _save(self, programme: Programme, who: int, tuning: Tuning) -> None:
        await self._rooms.programmes.tune(programme.guild_id, tuning)
        await self._rooms.privacy.note(programme.guild_id, who, "detector-changed", None)


def _names(kind: str, rule: Any) -> tuple[str, ...]:
    """By which name of this kind an entry is switched."""
    if kind == "entries":
        return (rule.id,)
    return (rule.category,) if kind == "categories" else (rule.id.split(".")[0],)


def _switched(tuning: Tuning, kind: str, name: str, switch: str) -> Tuning:
    return tuning.without(kind, name) if switch == "off" else tuning.with_again(kind, name)


def _told(name: str, switch: str) -> str:
    return f"`{name}` is left out from now on." if switch == "off" else f"`{name}` is read now."


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Distress(bot.rooms)
    bot.router.on("distress", "own", cog.own)
    bot.router.on("distress", "sure", cog.sure)
    await bot.add_cog(cog)
