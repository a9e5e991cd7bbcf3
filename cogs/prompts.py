"""What a cohort is sent and when: /prompt."""

from __future__ import annotations

from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.care.coverage import stamp
from bot.chat.asking import cohort_names, day_named, for_staff, own_cohort
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import defer, show
from bot.content.staff_cards import item_card
from bot.delivery.model import SlotKind
from bot.programme.model import Cohort

_KINDS = [
    app_commands.Choice(name="Daily post", value=SlotKind.DAILY.value),
    app_commands.Choice(name="Check-in", value=SlotKind.CHECK_IN.value),
]
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MENU = 25


async def spare_skills(
    interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """Autocomplete: skills that are on no day, by any part of their title."""
    rooms: Rooms = interaction.client.rooms
    if for_staff(interaction) is None:
        return []
    found = (one for one in rooms.schedule.spare() if typed.casefold() in one.title.casefold())
    return [app_commands.Choice(name=one.title, value=one.id) for one in islice(found, _MENU)]


class Prompts(commands.GroupCog, group_name="prompt", group_description="A cohort's posts"):
    """Facilitators schedule, preview, skip and send their cohort's posts."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__()
        self._rooms = rooms

    @app_commands.command(description="Post something on these days at this local time")
    @app_commands.describe(
        cohort="Which cohort",
        kind="What is posted",
        days="For example: weekdays, daily, or mon,wed,fri",
        at="Local time of the cohort, for example: 09:00",
    )
    @app_commands.choices(kind=_KINDS)
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def schedule(
        self, interaction: discord.Interaction[Any], cohort: str, kind: str, days: str, at: str
    ) -> None:
        """Add a slot."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        slot = await self._rooms.schedule.add(group, SlotKind(kind), days, at)
        self._rooms.wake_worker()
        told = f"Slot {slot.id}: {kind} post, {_days(slot.days)} at {slot.at:%H:%M}, {group.zone}."
        await show(
            interaction, Card((told, "/prompt list shows all slots of a cohort."), "Scheduled")
        )

    @app_commands.command(name="list", description="What is posted when, and what comes next")
    @app_commands.describe(cohort="Which cohort")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def list_(self, interaction: discord.Interaction[Any], cohort: str) -> None:
        """Show the slots and the next deliveries."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        slots = [
            f"- Slot {slot.id}: {slot.kind.value}, {_days(slot.days)} at {slot.at:%H:%M}"
            for slot in await self._rooms.schedule.slots(group)
        ]
        coming = [
            f"- {stamp(one.due_at, 'F')}: {one.kind.value}, {one.state.value}"
            for one in await self._rooms.schedule.upcoming(group)
        ]
        parts = [
            "\n".join(slots) or "No slots. /prompt schedule adds one.",
            "**Coming up**\n" + ("\n".join(coming[:12]) or "Nothing in the next two days."),
        ]
        await show(interaction, Card(tuple(parts), f"{group.name}, {group.zone}"))

    @app_commands.command(description="End a recurring post")
    @app_commands.describe(cohort="Which cohort", slot="Its number, from /prompt list")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def remove(self, interaction: discord.Interaction[Any], cohort: str, slot: int) -> None:
        """Remove a slot."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        await self._rooms.schedule.remove(group, slot)
        self._rooms.wake_worker()
        await show(interaction, Card((f"Slot {slot} of {group.name} is gone.",)))

    @app_commands.command(description="See a day's post before members do")
    @app_commands.describe(cohort="Which cohort", day="today, tomorrow or a date like 2026-03-30")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def preview(
        self, interaction: discord.Interaction[Any], cohort: str, day: str = "today"
    ) -> None:
        """Show the week's note for staff, then the daily card with review state and sources."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        language = self._rooms.roster.snapshot.programmes[group.guild_id].language
        when = day_named(day, self._today(group))
        card = await self._rooms.schedule.preview(group, when, language)
        if note := self._rooms.schedule.group_note(group, when, language):
            await show(interaction, item_card(note, ()))
        await show(interaction, card)

    @app_commands.command(description="Leave out one post")
    @app_commands.describe(
        cohort="Which cohort", kind="Which post", day="today, tomorrow or a date like 2026-03-30"
    )
    @app_commands.choices(kind=_KINDS)
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def skip(
        self, interaction: discord.Interaction[Any], cohort: str, kind: str, day: str
    ) -> None:
        """Skip one occurrence."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        when = day_named(day, self._today(group))
        due = await self._rooms.schedule.skip(group, SlotKind(kind), when)
        self._rooms.wake_worker()
        told = f"The {kind} post of {stamp(due, 'F')} is left out. Other days stay as they are."
        await show(interaction, Card((told,)))

    @app_commands.command(description="Put a spare skill in the place of a day's own")
    @app_commands.describe(
        cohort="Which cohort",
        day="today, tomorrow or a date like 2026-03-30",
        skill="A spare skill; leave it out to give the day its own back",
    )
    @app_commands.autocomplete(cohort=cohort_names, skill=spare_skills)
    @app_commands.guild_only()
    async def swap(
        self, interaction: discord.Interaction[Any], cohort: str, day: str, skill: str | None = None
    ) -> None:
        """Change the skill of one daily post, and show what will be posted."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        when = day_named(day, self._today(group))
        due = await self._rooms.schedule.swap(group, when, skill)
        whose = "a spare skill" if skill else "its own skill"
        told = f"The daily post of {stamp(due, 'F')} has {whose}. The rest of it stays as it is."
        await show(interaction, Card((told, "This is how it will look:")))
        language = self._rooms.roster.snapshot.programmes[group.guild_id].language
        await show(interaction, await self._rooms.schedule.preview(group, when, language))

    @app_commands.command(description="Post today's now instead of at its time")
    @app_commands.describe(cohort="Which cohort", kind="Which post")
    @app_commands.choices(kind=_KINDS)
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def now(self, interaction: discord.Interaction[Any], cohort: str, kind: str) -> None:
        """Bring today's occurrence forward. It is not posted a second time later."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        await self._rooms.schedule.now(group, SlotKind(kind))
        self._rooms.wake_worker()
        told = f"Today's {kind} post goes out now. It will not come a second time."
        await show(interaction, Card((told,)))

    def _today(self, cohort: Cohort) -> Any:
        return self._rooms.clock.now().astimezone(ZoneInfo(cohort.zone)).date()


def _days(days: str) -> str:
    return ", ".join(_DAYS[int(day) - 1] for day in days)


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    await bot.add_cog(Prompts(bot.rooms))
