"""Making and unmaking a programme's roles, channels and private threads.

Every step can be repeated: what is recorded is looked up, what a dead process made and did not
record is found again by its name and its age, and only then is something new made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import discord

from bot.cards import Card
from bot.chat import permissions, render
from bot.chat.sender import custom_ids, told_apart
from bot.errors import Refused, Undeliverable
from bot.ports import Record
from bot.programme.cards import topic
from bot.programme.model import Cohort, Programme
from bot.texts import Texts

START = "start-here"
_REASON = "Handrail"
_Made = TypeVar("_Made", discord.Role, discord.CategoryChannel, discord.TextChannel)


class ChatPlaces:
    """Answers :class:`bot.ports.Places` with a discord.py client."""

    def __init__(self, client: discord.Client, texts: Texts) -> None:
        self._client = client
        self._texts = texts

    async def build_start(self, programme: Programme) -> int:
        """The channel everybody sees, in which people are welcomed privately."""
        guild = self._guild(programme.guild_id)
        self._check(guild)
        known = guild.get_channel(programme.start_channel_id or 0)
        if known is None:  # made by a process that died before it could note it
            ours = (c for c in guild.text_channels if c.name == START and guild.me in c.overwrites)
            known = next(ours, None)
        told = topic(programme, self._texts.speaking(programme.language))
        if known is not None:
            if isinstance(known, discord.TextChannel) and known.topic != told:
                with told_apart("a change to a channel"):
                    await known.edit(topic=told, reason=_REASON)
            return known.id
        with told_apart("a channel"):
            made = await guild.create_text_channel(
                START,
                topic=told,
                overwrites=permissions.start_overwrites(guild),
                reason=_REASON,
            )
        return made.id

    async def build_cohort(self, programme: Programme, cohort: Cohort, record: Record) -> None:
        """The cohort's role, category and channels, each recorded as soon as it stands."""
        guild = self._guild(cohort.guild_id)
        self._check(guild)
        role = await self._role(guild, cohort)
        await record("role_id", role.id)
        staff = await self._people(guild, cohort.staff)
        private = permissions.staff_overwrites(guild, programme, staff)
        shared = permissions.cohort_overwrites(guild, programme, staff, role)
        category = await self._category(guild, cohort, shared)
        await record("category_id", category.id)
        _ = self._texts.speaking(programme.language)
        for column, name, overwrites in (
            ("daily_channel_id", _("daily"), shared),
            ("talk_channel_id", _("talk"), shared),
            ("staff_channel_id", _("staff"), private),
        ):
            known = guild.get_channel(getattr(cohort, column) or 0)
            channel = known or _made_since(category.text_channels, name, cohort.created_at)
            if channel is None:
                with told_apart("a channel"):
                    channel = await category.create_text_channel(
                        name, topic=topic(programme, _), overwrites=overwrites, reason=_REASON
                    )
            await record(column, channel.id)

    async def renew_cohort(self, before: Programme, after: Programme, cohort: Cohort) -> None:
        """Let the cohort's channels follow a change of the programme's lead, on-call or hours.

        What else somebody changed about the channels stays as it is.
        """
        guild = self._guild(cohort.guild_id)
        told = topic(after, self._texts.speaking(after.language))
        gone = set(_leading(guild, before)) - set(_leading(guild, after))
        for channel_id in cohort.channels:
            channel = guild.get_channel(channel_id)
            if not isinstance(channel, discord.TextChannel | discord.CategoryChannel):
                continue
            overwrites = {who: one for who, one in channel.overwrites.items() if who not in gone}
            overwrites |= dict.fromkeys(_leading(guild, after), permissions.staff_overwrite())
            changes: dict[str, Any] = {}
            if overwrites != channel.overwrites:
                changes["overwrites"] = overwrites
            if isinstance(channel, discord.TextChannel) and channel.topic != told:
                changes["topic"] = told
            if changes:
                with told_apart("a change to a channel"):
                    await channel.edit(**changes, reason=_REASON)

    async def remove_cohort(self, cohort: Cohort) -> None:
        """Delete what :meth:`build_cohort` made, as far as it is there."""
        guild = self._guild(cohort.guild_id)
        with told_apart("a look at what was made"):  # what we remember may be a step behind
            channels, roles = await guild.fetch_channels(), await guild.fetch_roles()
        categories = [one for one in channels if isinstance(one, discord.CategoryChannel)]
        category = _made(categories, cohort.category_id, cohort)
        inside = [one for one in channels if category and one.category_id == category.id]
        for thing in (*inside, category, _made(roles, cohort.role_id, cohort)):
            if thing is None:
                continue
            with told_apart("the removal of what was made"):
                try:
                    await thing.delete(reason=_REASON)
                except discord.NotFound:
                    continue

    async def close_cohort(self, cohort: Cohort) -> None:
        """Members keep reading, nobody of them writes any more."""
        guild = self._guild(cohort.guild_id)
        role = guild.get_role(cohort.role_id or 0)
        for channel_id in cohort.watched:
            channel = guild.get_channel(channel_id)
            if channel is None or role is None:
                continue
            overwrite = channel.overwrites_for(role)
            overwrite.update(send_messages=False, send_messages_in_threads=False)
            with told_apart("a change to a channel"):
                await channel.set_permissions(role, overwrite=overwrite, reason=_REASON)

    async def admit_staff(self, cohort: Cohort, user_id: int) -> None:
        """Let one of the staff into the cohort's channels."""
        await self._staff_overwrite(cohort, user_id, permissions.staff_overwrite())

    async def dismiss_staff(self, cohort: Cohort, user_id: int) -> None:
        """Take that back."""
        await self._staff_overwrite(cohort, user_id, None)

    async def admit(self, cohort: Cohort, user_id: int) -> None:
        """Give a member the cohort's role."""
        guild = self._guild(cohort.guild_id)
        with told_apart("a role"):
            member = await guild.fetch_member(user_id)
            await member.add_roles(discord.Object(cohort.role_id or 0), reason=_REASON)

    async def dismiss(self, cohort: Cohort, user_id: int) -> None:
        """Take the role back; somebody who left the server already is no error."""
        guild = self._guild(cohort.guild_id)
        with told_apart("a role"):
            try:
                member = await guild.fetch_member(user_id)
                await member.remove_roles(discord.Object(cohort.role_id or 0), reason=_REASON)
            except discord.NotFound:
                return

    async def invite(self, programme: Programme, cohort: Cohort, user_id: int, card: Card) -> int:
        """Open a private thread for one person with a card in it. Returns the thread's id.

        The invitation lives in Discord alone: nothing about the person is stored.
        """
        channel = self._start_channel(programme)
        name = self._texts.speaking(programme.language)("Welcome")
        with told_apart("an invitation"):
            thread = await channel.create_thread(
                name=name,
                type=discord.ChannelType.private_thread,
                invitable=False,
                reason=_REASON,
            )
            try:
                await thread.add_user(discord.Object(user_id))
                await thread.send(
                    view=render.view(card),
                    nonce=f"i:{thread.id}",
                    allowed_mentions=render.allowed_mentions(card),
                )
            except discord.HTTPException:  # no empty room with somebody in it
                await thread.delete()
                raise
        return thread.id

    async def withdraw_invitation(self, programme: Programme, user_id: int) -> bool:
        """Delete the person's private threads; False when there is none."""
        channel = self._start_channel(programme)
        found = False
        with told_apart("an invitation"):
            for thread in await channel.guild.active_threads():
                if thread.parent_id == channel.id and await _is_for(thread, user_id):
                    await thread.delete()
                    found = True
        return found

    async def is_here(self, guild_id: int, user_id: int) -> bool:
        """Whether somebody is in the server; True as long as that is not known."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable or guild.get_member(user_id):
            return True
        with told_apart("a look at a member"):
            try:
                await guild.fetch_member(user_id)
            except discord.NotFound:
                return False
        return True

    def somebody_has(self, guild_id: int, role_id: int) -> bool:
        """Whether anybody holds this role. Yes while the members are not all known.

        After a new session discord.py may know hardly anybody; to page nobody then would be
        worse than to page a role that is empty.
        """
        guild = self._client.get_guild(guild_id)
        role = guild.get_role(role_id) if guild else None
        return guild is not None and role is not None and (bool(role.members) or not guild.chunked)

    async def _staff_overwrite(
        self, cohort: Cohort, user_id: int, overwrite: discord.PermissionOverwrite | None
    ) -> None:
        guild = self._guild(cohort.guild_id)
        person = guild.get_member(user_id)
        for channel_id in (cohort.category_id, *cohort.watched, cohort.staff_channel_id):
            channel = guild.get_channel(channel_id or 0)
            if channel is None:
                continue
            with told_apart("a change to a channel"):
                who = person or await guild.fetch_member(user_id)
                await channel.set_permissions(who, overwrite=overwrite, reason=_REASON)

    @staticmethod
    async def _people(guild: discord.Guild, user_ids: Iterable[int]) -> list[discord.Member]:
        with told_apart("a look at the staff"):
            people = []
            for user_id in sorted(user_ids):
                try:
                    people.append(guild.get_member(user_id) or await guild.fetch_member(user_id))
                except discord.NotFound:
                    continue  # they have left the server
            return people

    async def _role(self, guild: discord.Guild, cohort: Cohort) -> discord.Role:
        known = guild.get_role(cohort.role_id or 0)
        role = known or _made_since(guild.roles, cohort.name, cohort.created_at)
        if role is None:
            with told_apart("a role"):
                role = await guild.create_role(
                    name=cohort.name, permissions=discord.Permissions.none(), reason=_REASON
                )
        return role

    async def _category(
        self, guild: discord.Guild, cohort: Cohort, overwrites: permissions.Overwrites
    ) -> discord.CategoryChannel:
        known = guild.get_channel(cohort.category_id or 0)
        if isinstance(known, discord.CategoryChannel):
            return known
        category = _made_since(guild.categories, cohort.name, cohort.created_at)
        if category is None:
            with told_apart("a category"):
                category = await guild.create_category(
                    cohort.name, overwrites=overwrites, reason=_REASON
                )
        return category

    def _start_channel(self, programme: Programme) -> discord.TextChannel:
        channel = self._guild(programme.guild_id).get_channel(programme.start_channel_id or 0)
        if not isinstance(channel, discord.TextChannel):
            raise Refused("The start channel is gone. A manager can type /programme setup again.")
        return channel

    def _guild(self, guild_id: int) -> discord.Guild:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            raise Undeliverable("I am not in that server any more.")
        return guild

    @staticmethod
    def _check(guild: discord.Guild) -> None:
        lacking = permissions.missing(guild)
        if lacking:
            raise Refused(
                "I need some permissions first. In Server Settings, Roles, give my role:\n"
                + "\n".join(f"- {line}" for line in lacking)
            )


def _leading(guild: discord.Guild, programme: Programme) -> list[discord.Role]:
    """The roles that see every cohort: lead and on-call."""
    found = (guild.get_role(role or 0) for role in (programme.roles.lead, programme.roles.on_call))
    return [role for role in found if role is not None]


async def _is_for(thread: discord.Thread, user_id: int) -> bool:
    """Whether a thread is this person's invitation: our card in it, and they in it."""
    people = {member.id for member in await thread.fetch_members()}
    if user_id not in people:
        return False
    async for message in thread.history(limit=5, oldest_first=True):
        if any(found.startswith("join:read:") for found in custom_ids(message)):
            return True
    return False


def _made(things: Sequence[_Made], known_id: int | None, cohort: Cohort) -> _Made | None:
    """The cohort's role or category, also when it was made and not recorded any more."""
    known = next((thing for thing in things if thing.id == known_id), None)
    return known or _made_since(things, cohort.name, cohort.created_at)


def _made_since(things: Sequence[_Made], name: str, since: datetime) -> _Made | None:
    """What a process made before it died: right name, not older than the intent to make it."""
    return next((t for t in things if t.name == name and t.created_at >= since), None)
