"""The check-in: a button, a form, a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.chat.asking import cohort_names, own_cohort
from bot.chat.client import Handrail
from bot.chat.private_words import help_first
from bot.chat.rooms import Rooms
from bot.chat.router import Press, defer, show
from bot.checkins.cards import consent_card, form, receipt_card, staff_card
from bot.checkins.model import Answers, CheckIn, ReachOut, Sleep
from bot.content.library import ORIGINAL, week_number
from bot.errors import HandrailError, Refused, StorageError
from bot.programme.model import Member
from bot.texts import untranslated

log = structlog.get_logger(__name__)

_MAX_SKILLS = 7


class CheckIns(commands.Cog):
    """Nothing is read or written before the form opens: consent is in the snapshot."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @app_commands.command(description="The last check-in of each member, for a cohort's staff")
    @app_commands.describe(cohort="Which cohort")
    @app_commands.autocomplete(cohort=cohort_names)
    @app_commands.guild_only()
    async def checkins(self, interaction: discord.Interaction[Any], cohort: str) -> None:
        """What to know before group. Who read whose is noted in the audit log (privacy P7)."""
        await defer(interaction)
        group = own_cohort(self._rooms, interaction, cohort)
        programme = self._rooms.programmes.programme(group.guild_id)
        found = await self._rooms.checkins.for_staff(group)
        for one in found:
            await self._rooms.privacy.note(
                group.guild_id, interaction.user.id, "checkin-read", one.user_id, group.id
            )
        members = self._rooms.roster.snapshot.of_cohort(group.id)
        _ = self._rooms.texts.speaking(programme.language)
        await show(interaction, staff_card(found, self._titles(found), len(members), _))

    async def open(self, press: Press) -> None:
        """*Check in*: the form, or first the question whether answers may be kept."""
        member = self._member(press)
        if self._rooms.checkins.must_ask(member):
            await press.show(consent_card(press.subject, self._speech(press)))
        else:
            await self._ask(press, member, "")

    async def yes(self, press: Press) -> None:
        """*Yes, keep mine*: the form at once; the yes is stored together with the answers."""
        await self._ask(press, self._member(press), "yes")

    async def no(self, press: Press) -> None:
        """*No, keep nothing*: the form at once."""
        await self._ask(press, self._member(press), "no")

    async def send(self, press: Press) -> None:
        """The form was sent: help first, then keep, then ask staff, then the receipt."""
        await press.wait()
        member = self._member(press)
        await help_first(self._rooms, press, member, press.answer("words"))
        answers = _answers(press)
        kept = await self._keep(press, member, answers)
        coverage: str | None = ""
        if answers.reach_out is not ReachOut.NO:
            coverage = await self._reach_out(press, member, answers)
        await press.show(receipt_card(answers, kept, coverage, self._speech(press)))

    async def _keep(self, press: Press, member: Member, answers: Answers) -> bool | None:
        """Keep the yes or no that came with it, then the answers; None when that failed."""
        if press.subject in {"yes", "no"}:
            chosen = replace(member.choices, checkins_stored=press.subject == "yes")
            try:
                member = await self._rooms.joining.change(member, chosen)
                await self._rooms.privacy.note(
                    member.guild_id, member.user_id, "consent-changed", member.user_id
                )
            except StorageError as error:
                log.error("checkin_consent_not_kept", user_id=member.user_id, error=error)
                return None if press.subject == "yes" else False
        return await self._rooms.checkins.keep(member, answers)

    async def _reach_out(self, press: Press, member: Member, answers: Answers) -> str | None:
        """Ask staff. Returns who reads it and when, None when nobody could be told."""
        today = answers.reach_out is ReachOut.TODAY
        try:
            coverage = await self._rooms.care.asked(member.guild_id, member.user_id, today=today)
        except HandrailError as error:
            log.error("staff_not_asked", user_id=member.user_id, reason=type(error).__name__)
            return None
        return coverage.receipt(self._speech(press)) if coverage else None

    async def _ask(self, press: Press, member: Member, consent: str) -> None:
        programme = self._rooms.programmes.programme(member.guild_id)
        screened = member.may_be_screened(programme)
        speech = self._speech(press)
        await press.ask(form(consent, self._skills(member), speech, screened=screened))

    def _skills(self, member: Member) -> tuple[tuple[str, str], ...]:
        """This week's skills of the cohort."""
        holder = self._rooms.library
        if holder is None:
            return ()
        cohort = self._rooms.roster.snapshot.cohorts[member.cohort_id]
        today = self._rooms.clock.now().astimezone(ZoneInfo(cohort.zone)).date()
        week = max(1, week_number(cohort.starts_on, today))
        library = holder.speaking(member.choices.language)
        days = (library.for_day(week, day) for day in range(1, _MAX_SKILLS + 1))
        return tuple((day.skill.id, day.skill.title) for day in days)

    def _titles(self, found: Sequence[CheckIn]) -> dict[str, str]:
        """Titles of the skills that were ticked, as far as the library still has them."""
        holder = self._rooms.library
        ids = {skill for one in found for skill in one.answers.skills}
        items = (holder.speaking(ORIGINAL).get(skill) for skill in ids) if holder else ()
        return {item.id: item.title for item in items if item}

    def _member(self, press: Press) -> Member:
        member = self._rooms.roster.snapshot.member(press.guild_id, press.user_id)
        if member is None:
            raise Refused(untranslated("Check-ins are for the members of this group."))
        return member

    def _speech(self, press: Press) -> Any:
        return self._rooms.speech(press.guild_id, press.user_id, press.locale)


def _answers(press: Press) -> Answers:
    mood, sleep, reach_out = (press.answer(key) for key in ("mood", "sleep", "reach_out"))
    return Answers(
        mood=int(mood) if mood else None,
        sleep=Sleep(sleep) if sleep else None,
        skills=tuple(press.chosen("skills")),
        reach_out=ReachOut(reach_out) if reach_out else ReachOut.NO,
    )


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = CheckIns(bot.rooms)
    for action in ("open", "yes", "no", "send"):
        bot.router.on("checkin", action, getattr(cog, action))
    await bot.add_cog(cog)
