"""/cohort: making groups, bringing people in, closing."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.chat.asking import cohort_names, day_named, own_cohort, role_ids, staffed, zone_names
from bot.chat.client import Handrail
from bot.chat.notices import close_cohort, open_cohort
from bot.chat.rooms import Rooms
from bot.chat.router import defer, show
from bot.content.library import week_number
from bot.errors import HandrailError, NotAllowed, Refused
from bot.programme.cards import invitation_card
from bot.programme.model import Admission, Cohort, CohortState, zone_named

log = structlog.get_logger(__name__)

_CONSENT_FIRST = (
    "**First, outside Discord:** the programme's own written consent must be signed before "
    "somebody is added here. Being in this server can show that somebody is in care."
)


class Cohorts(commands.GroupCog, group_name="cohort", group_description="Groups of participants"):
    """For staff. A cohort's own staff and leads see it; nobody else."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__()
        self._rooms = rooms

    @app_commands.command(description="Make a cohort with its private channels")
    @app_commands.describe(
        name="A neutral name that everybody may see, for example: River",
        zone="The cohort's time zone, for example: America/Chicago",
        starts="Its first day: today, tomorrow or a date like 2026-03-30",
        admission="Whether people may join after it has started",
    )
    @app_commands.choices(
        admission=[
            app_commands.Choice(name="Rolling: people may join at any week", value="rolling"),
            app_commands.Choice(name="Closed: nobody joins after the first day", value="closed"),
        ]
    )
    @app_commands.autocomplete(zone=zone_names)
    @app_commands.guild_only()
    async def create(
        self,
        interaction: discord.Interaction[Any],
        name: str,
        zone: str,
        starts: str = "today",
        admission: str = "rolling",
    ) -> None:
        """Make everything, or nothing."""
        await defer(interaction)
        programme = staffed(self._rooms, interaction)
        today = self._rooms.clock.now().astimezone(ZoneInfo(zone_named(zone))).date()
        cohort = await self._rooms.programmes.create_cohort(
            programme.guild_id,
            name,
            zone,
            day_named(starts, today),
            Admission(admission),
            interaction.user.id,
        )
        try:
            cohort = await open_cohort(self._rooms, cohort)
        except HandrailError:
            await self._rooms.programmes.undo_cohort(cohort)
            raise
        self._rooms.wake_worker()
        await show(
            interaction,
            Card(
                (
                    f"<#{cohort.daily_channel_id}>, <#{cohort.talk_channel_id}> and "
                    f"<#{cohort.staff_channel_id}> are ready. You are its staff.",
                    "It gets a daily post at 09:00 and a check-in on Monday, Wednesday and Friday "
                    "at 17:00, its own time. /prompt list shows and changes that.",
                    "Next: /cohort add brings in members, and staff who share this group.",
                ),
                f"{cohort.name} is here",
            ),
        )

    @app_commands.command(description="Invite a member, or let one of the staff in")
    @app_commands.describe(cohort="Which cohort", person="Whom")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def add(
        self, interaction: discord.Interaction[Any], cohort: str, person: discord.Member
    ) -> None:
        """Staff come in at once; a member gets a private invitation and decides."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        programme = self._rooms.programmes.programme(group.guild_id)
        if person.bot:
            raise Refused("A bot cannot be added to a cohort.")
        if programme.is_staff([role.id for role in person.roles]):
            await self._rooms.programmes.add_staff(group, person.id)
            await self._note(interaction, "staff-added", person.id, group)
            await show(interaction, Card((f"{person.mention} is staff of {group.name} now.",)))
            return
        self._rooms.joining.check_open(group, person.id)
        _ = self._rooms.texts.speaking(programme.language)
        await self._rooms.places.withdraw_invitation(programme, person.id)
        await self._rooms.places.invite(
            programme, group, person.id, invitation_card(group, person.id, _)
        )
        told = (
            f"{person.mention} has a private invitation now. The channels open when they say yes. "
            "Nothing about them is stored before that."
        )
        await show(interaction, Card((_CONSENT_FIRST, told), "Invited"))

    @app_commands.command(description="Take somebody out of a cohort, or an invitation back")
    @app_commands.describe(cohort="Which cohort", person="Whom")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def remove(
        self, interaction: discord.Interaction[Any], cohort: str, person: discord.User
    ) -> None:
        """Close the channels to a member and forget what was kept about them."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        programme = self._rooms.programmes.programme(group.guild_id)
        member = self._rooms.roster.snapshot.member(group.guild_id, person.id)
        if person.id in group.staff:
            await self._rooms.programmes.remove_staff(group, person.id)
            told = f"{person.mention} is not staff of {group.name} any more."
        elif member and member.cohort_id == group.id:
            await self._rooms.privacy.forget(group.guild_id, person.id)
            await self._rooms.places.withdraw_invitation(programme, person.id)
            told = (
                f"{person.mention} is out of {group.name}, and what was kept about them is "
                "deleted. Their messages stay in Discord. Tell them yourself, kindly."
            )
        elif await self._rooms.places.withdraw_invitation(programme, person.id):
            told = f"The invitation of {person.mention} is taken back."
        else:
            raise Refused(f"{person.mention} is not in {group.name} and has no invitation.")
        # Whom it was about is not noted: nothing is kept of them from here on.
        await self._note(interaction, "removed", None, group)
        await show(interaction, Card((told,)))

    @app_commands.command(description="A cohort's people, calendar and posts")
    @app_commands.describe(cohort="Which cohort")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def show(self, interaction: discord.Interaction[Any], cohort: str) -> None:
        """Show it to its staff."""
        group = own_cohort(self._rooms, interaction, cohort)
        local = self._rooms.clock.now().astimezone(ZoneInfo(group.zone))
        week = week_number(group.starts_on, local.date())
        members = self._rooms.roster.snapshot.of_cohort(group.id)
        people = ", ".join(f"<@{member.user_id}>" for member in members) or "nobody yet"
        staff = ", ".join(f"<@{user_id}>" for user_id in sorted(group.staff)) or "nobody"
        lines = [
            f"Time zone: {group.zone}, now {local:%A %H:%M}",
            f"Started: {group.starts_on}" if week > 0 else f"Starts: {group.starts_on}",
            f"Week: {week}" if week > 0 else "Week: not started",
            f"Admission: {group.admission.value}",
            f"Members ({len(members)}): {people}",
            f"Staff: {staff}",
        ]
        await show(interaction, Card(("\n".join(f"- {line}" for line in lines),), group.name))

    @app_commands.command(description="End a cohort: nothing is posted, everything stays readable")
    @app_commands.describe(cohort="Which cohort", sure="Type its name again")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def archive(self, interaction: discord.Interaction[Any], cohort: str, sure: str) -> None:
        """Archive it, for a lead."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        programme = self._rooms.programmes.programme(group.guild_id)
        if not programme.is_lead(role_ids(interaction)):
            raise NotAllowed("Only a lead can archive a cohort.")
        if sure.strip().lower() != group.name.lower():
            raise Refused(f"To archive it, type its name in sure: {group.name}")
        await self._rooms.programmes.archive_cohort(group)
        await close_cohort(self._rooms, group)
        self._rooms.wake_worker()
        told = "Nothing is posted there any more and members cannot write. They can still read."
        await show(interaction, Card((told,), f"{group.name} is archived"))

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Somebody deleted a running cohort's channel: make it again, or care has no place."""
        for cohort in list(self._rooms.roster.snapshot.in_guild(channel.guild.id)):
            if cohort.state is CohortState.ACTIVE and channel.id in cohort.channels:
                try:
                    await self._rooms.programmes.mend_cohort(cohort)
                    log.warning("channel_made_again", cohort_id=cohort.id, channel_id=channel.id)
                except HandrailError as error:
                    log.error("channel_not_made_again", cohort_id=cohort.id, error=error)

    async def _note(
        self,
        interaction: discord.Interaction[Any],
        action: str,
        subject: int | None,
        cohort: Cohort,
    ) -> None:
        await self._rooms.privacy.note(
            cohort.guild_id, interaction.user.id, action, subject, cohort.id
        )


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    await bot.add_cog(Cohorts(bot.rooms))
