"""/programme: the least set-up that is safe."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Button, Card, Choice, FieldKind, Form, FormField, Look, custom_id
from bot.chat.asking import country_names, role_ids, staffed, zone_names
from bot.chat.client import Handrail
from bot.chat.notices import keep_pinned_true, pin_start
from bot.chat.rooms import Rooms
from bot.chat.router import Press, defer, show
from bot.errors import NotAllowed, Refused
from bot.programme.hours import StaffedHours
from bot.programme.model import CheckIns, Detection, Programme, Roles, zone_named
from bot.supervisor import Alarm

log = structlog.get_logger(__name__)

_LIMITS = (
    ("emergency", "This is not an emergency service", "Nobody reads it day and night"),
    ("record", "Discord is not a medical record", "Discord signs no health privacy agreement"),
)


class Programmes(
    commands.GroupCog, group_name="programme", group_description="Set up this server's programme"
):
    """For whoever manages the server."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__()
        self._rooms = rooms

    @app_commands.command(description="Set this server up, or change what you set")
    @app_commands.describe(
        zone="The programme's time zone, for example: America/Chicago",
        clinicians="The role of clinicians",
        leads="The role of those who answer for the programme",
        hours="When staff look at alerts, for example: Mon-Fri 09:00-17:00. Or: none",
        detection="Whether messages are screened for distress",
        peers="The role of peer staff",
        on_call="The role that is paged outside staffed hours",
        country="Whose help lines are shown first",
        language="What the bot says in channels",
        checkins="Whether check-in answers may be kept",
        danger="Whether staff always hear of level 3 (immediate danger)",
    )
    @app_commands.choices(
        detection=[
            app_commands.Choice(name="In memory: screened, never stored", value="in-memory"),
            app_commands.Choice(
                name="Dry run: counted as a trial, nothing follows", value="dry-run"
            ),
            app_commands.Choice(name="Off: only the buttons and /support", value="off"),
        ],
        checkins=[
            app_commands.Choice(name="Prompt only: nothing is kept", value="prompt-only"),
            app_commands.Choice(name="Stored: for members who say yes", value="stored"),
        ],
        danger=[
            app_commands.Choice(name="Each member chooses", value="choose"),
            app_commands.Choice(name="Always; the join card says so", value="always"),
        ],
        language=[
            app_commands.Choice(name="English", value="en"),
            app_commands.Choice(name="Español", value="es"),
        ],
    )
    @app_commands.autocomplete(zone=zone_names, country=country_names)
    @app_commands.guild_only()
    @app_commands.checks.has_permissions(manage_guild=True)
    async def setup(
        self,
        interaction: discord.Interaction[Any],
        zone: str,
        clinicians: discord.Role,
        leads: discord.Role,
        hours: str,
        detection: str,
        peers: discord.Role | None = None,
        on_call: discord.Role | None = None,
        country: str | None = None,
        language: str | None = None,
        checkins: str | None = None,
        danger: str | None = None,
    ) -> None:
        """Save the programme, make its start channel, and say what is next.

        What is left out stays as it was, so that new hours do not take on-call away.
        """
        await defer(interaction)
        try:
            staffed_hours = StaffedHours.parse(hours, zone_named(zone))
        except ValueError as error:
            raise Refused(str(error)) from error
        self._check_country(country)
        _check_roles(clinicians, leads, peers, on_call)
        guild_id = interaction.guild_id or 0
        before = self._rooms.roster.snapshot.programmes.get(guild_id)
        roles = before.roles if before else Roles(clinicians.id, leads.id)
        programme = await self._rooms.programmes.set_up(
            Programme(
                guild_id=guild_id,
                language=language or (before.language if before else "en"),
                hours=staffed_hours,
                roles=Roles(
                    clinicians.id,
                    leads.id,
                    peers.id if peers else roles.peer,
                    on_call.id if on_call else roles.on_call,
                ),
                detection=Detection(detection),
                checkins=CheckIns(checkins or (before.checkins if before else "prompt-only")),
                country=country.upper() if country else (before.country if before else None),
                level_3_always=danger == "always"
                or (danger is None and before is not None and before.level_3_always),
            )
        )
        await pin_start(self._rooms, programme)
        wanted = checkins == CheckIns.STORED and programme.checkins is not CheckIns.STORED
        await show(interaction, self._saved(programme, wanted))

    @app_commands.command(description="What is set up here")
    @app_commands.guild_only()
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show the settings to staff."""
        programme = staffed(self._rooms, interaction)
        lead = programme.is_lead(role_ids(interaction))
        await show(interaction, self._saved(programme, lead and not programme.limits_accepted_at))

    async def limits(self, press: Press) -> None:
        """A lead reads the limits, each by name."""
        self._check_lead(press)
        boxes = tuple(Choice(label, value, hint) for value, label, hint in _LIMITS)
        field = FormField("limits", "I accept that", FieldKind.ANY_OF, choices=boxes, required=True)
        await press.ask(
            Form(custom_id("programme", "accept"), "Before check-ins are stored", (field,))
        )

    async def accept(self, press: Press) -> None:
        """A lead has accepted them."""
        self._check_lead(press)
        await press.wait()
        if set(press.chosen("limits")) != {value for value, _, _ in _LIMITS}:
            raise Refused("Both limits must be accepted before check-ins can be stored.")
        await self._rooms.programmes.accept_limits(press.guild_id or 0, press.user_id)
        await self._rooms.privacy.note(
            press.guild_id or 0, press.user_id, "limits-accepted", press.user_id
        )
        told = (
            "Check-ins are stored from now on, for members who say yes. Others keep nothing here."
        )
        await press.show(Card((told,)))

    def _check_lead(self, press: Press) -> None:
        programme = self._rooms.programmes.programme(press.guild_id or 0)
        if not programme.is_lead(press.role_ids):
            raise NotAllowed("Only somebody with the lead role can accept this.")

    def _check_country(self, country: str | None) -> None:
        lines = self._rooms.help.lines
        if country and lines and country.upper() not in lines.countries:
            raise Refused(f"I have no help lines for {country}. Pick a country from the list.")

    def _saved(self, programme: Programme, must_accept: bool) -> Card:
        local = self._rooms.clock.now().astimezone(ZoneInfo(programme.zone))
        danger = "always" if programme.level_3_always else "if the member said yes"
        lines = [
            f"Staffed hours: {programme.hours} ({programme.zone}, now {local:%H:%M})",
            f"Detection: {programme.detection.value}",
            f"Check-ins: {programme.checkins.value}",
            f"Staff hear of level 3: {danger}",
            f"Country of help lines: {programme.country or 'asked each time'}",
            f"On call: {'a role is set' if programme.roles.on_call else 'nobody'}",
        ]
        paragraphs = ["\n".join(f"- {line}" for line in lines), *self._warnings(programme)]
        rows: tuple[tuple[Button, ...], ...] = ()
        if must_accept:
            paragraphs.append(
                "To store check-ins, a lead must accept two limits first: here, or with the "
                "button that /programme show has for a lead. Until then nothing is kept."
            )
            button = Button("Read the limits", custom_id("programme", "limits"), look=Look.MAIN)
            rows = ((button,),)
        paragraphs.append(
            "Next: /cohort create. Hide staff commands from members in Server Settings."
        )
        return Card(tuple(paragraphs), "Programme", rows)

    def _warnings(self, programme: Programme) -> list[str]:
        found = []
        lines = self._rooms.help.lines
        if lines is None:
            found.append("The help lines could not be read. Members see a directory instead.")
        elif lines.unverified:
            found.append(
                f"**{lines.unverified} help lines have not been checked by a person yet.** Members "
                "read a line on what to do if one does not connect. Call yours before you start."
            )
        if not programme.hours.windows and not programme.roles.on_call:
            found.append(
                "Nobody reads alerts: no staffed hours and no on-call role. Members are told."
            )
        return found


def _check_roles(*roles: discord.Role | None) -> None:
    for role in filter(None, roles):
        if role.is_default() or role.is_bot_managed():
            raise Refused(
                "Choose a role that only staff have. Everybody or a bot has the role "
                f"{role.name.lstrip('@')}, and its people could close care cards."
            )


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Programmes(bot.rooms)
    bot.router.on("programme", "limits", cog.limits)
    bot.router.on("programme", "accept", cog.accept)
    await bot.add_cog(cog)
    alarm = Alarm(bot.rooms.clock)
    bot.rooms.roster.on_change(alarm.ring)

    async def pinned() -> None:
        await bot.wait_until_ready()  # before that nobody is known to be on call
        await keep_pinned_true(bot.rooms, alarm)

    bot.rooms.supervisor.forever("pinned", pinned)
