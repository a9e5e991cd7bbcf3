"""Small questions every staff command asks: which programme, which cohort, is this staff."""

from __future__ import annotations

from datetime import date
from typing import Any

import discord
from discord import app_commands

from bot.chat.rooms import Rooms
from bot.errors import NotAllowed, Refused
from bot.programme.model import Cohort, CohortState, Programme, zones_like
from bot.texts import untranslated

_MENU = 25


def role_ids(interaction: discord.Interaction[Any]) -> tuple[int, ...]:
    """The roles of whoever typed."""
    user = interaction.user
    return tuple(role.id for role in user.roles) if isinstance(user, discord.Member) else ()


def staffed(rooms: Rooms, interaction: discord.Interaction[Any]) -> Programme:
    """The server's programme, for one of its staff.

    Raises:
        Refused: the server is not set up.
        NotAllowed: this is not staff.
    """
    programme = rooms.programmes.programme(interaction.guild_id or 0)
    if not programme.is_staff(role_ids(interaction)):
        raise NotAllowed(untranslated("This command is for staff. For help, type /support."))
    return programme


def for_staff(interaction: discord.Interaction[Any]) -> Programme | None:
    """The server's programme, for what is suggested while one of its staff types; else None."""
    rooms: Rooms = interaction.client.rooms
    programme = rooms.roster.snapshot.programmes.get(interaction.guild_id or 0)
    return programme if programme and programme.is_staff(role_ids(interaction)) else None


def own_cohort(rooms: Rooms, interaction: discord.Interaction[Any], name: str) -> Cohort:
    """A cohort by name, for its own staff or a lead (privacy P7).

    Raises:
        Refused: there is none of that name.
        NotAllowed: it is another group's.
    """
    programme = staffed(rooms, interaction)
    cohort = rooms.programmes.cohort(programme.guild_id, name)
    if interaction.user.id not in cohort.staff and not programme.is_lead(role_ids(interaction)):
        raise NotAllowed(f"Only the staff of {cohort.name} and a lead can do this.")
    return cohort


async def cohort_names(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Autocomplete: the running cohorts of the staff member who types."""
    rooms: Rooms = interaction.client.rooms
    programme = for_staff(interaction)
    if programme is None:
        return []
    lead = programme.is_lead(role_ids(interaction))
    names = sorted(
        cohort.name
        for cohort in rooms.roster.snapshot.in_guild(programme.guild_id)
        if cohort.state is CohortState.ACTIVE and (lead or interaction.user.id in cohort.staff)
    )
    found = [name for name in names if typed.lower() in name.lower()]
    return [app_commands.Choice(name=name, value=name) for name in found[:_MENU]]


async def zone_names(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Autocomplete: time zones, places that begin with what was typed first."""
    return [app_commands.Choice(name=zone, value=zone) for zone in zones_like(typed, _MENU)]


async def country_names(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Autocomplete: the countries we have lines for."""
    lines = interaction.client.rooms.help.lines
    if lines is None:
        return []
    found = [
        (names.shown("en"), code)
        for code, names in lines.countries.items()
        if typed.lower() in names.shown("en").lower() or typed.upper() == code
    ]
    return [app_commands.Choice(name=name, value=code) for name, code in sorted(found)[:_MENU]]


def day_named(text: str, today: date) -> date:
    """A date as staff type it: ``today``, ``tomorrow`` or ``2026-03-30``.

    Raises:
        Refused: it is none of these.
    """
    word = text.strip().lower()
    if word in {"", "today"}:
        return today
    if word == "tomorrow":
        return date.fromordinal(today.toordinal() + 1)
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise Refused(f"I could not read the date {text}. Write it like 2026-03-30.") from error
