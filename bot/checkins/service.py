"""Keeping a check-in, where the programme and the person chose so."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import structlog

from bot.checkins.model import KEPT, SHOWN, Answers, CheckIn
from bot.checkins.store import CheckInStore
from bot.clock import Clock
from bot.errors import StorageError
from bot.programme.model import CheckIns, Cohort, Member
from bot.programme.service import Roster

log = structlog.get_logger(__name__)


class CheckInService:
    """Knows who said yes, and keeps nothing of anybody else."""

    def __init__(self, store: CheckInStore, roster: Roster, clock: Clock) -> None:
        self._store = store
        self._roster = roster
        self._clock = clock

    def must_ask(self, member: Member) -> bool:
        """Whether the programme stores check-ins and this member was never asked."""
        return self._stored_here(member) and member.choices.checkins_stored is None

    async def keep(self, member: Member, answers: Answers) -> bool | None:
        """Keep a check-in if both chose so: True kept, False not meant to be, None it failed."""
        if not (self._stored_here(member) and member.choices.checkins_stored):
            return False
        now = self._clock.now()
        zone = ZoneInfo(self._roster.snapshot.cohorts[member.cohort_id].zone)
        value = CheckIn(
            member.guild_id,
            member.cohort_id,
            member.user_id,
            now.astimezone(zone).date(),
            answers,
            now,
        )
        try:
            await self._store.save(value)
        except StorageError as error:
            log.error("checkin_not_kept", user_id=member.user_id, error=error)
            return None
        return True

    async def for_staff(self, cohort: Cohort) -> list[CheckIn]:
        """The last check-in of each member in the past week: what to know before group.

        Only the last one: staff see no trend of a person (Discord Developer Policy 16).
        """
        today = self._clock.now().astimezone(ZoneInfo(cohort.zone)).date()
        return await self._store.latest(cohort.id, today - SHOWN)

    async def purge(self) -> int:
        """Delete check-ins older than 30 days (privacy P4). Returns how many."""
        return await self._store.purge(self._clock.now() - KEPT)

    def _stored_here(self, member: Member) -> bool:
        programme = self._roster.snapshot.programmes[member.guild_id]
        return programme.checkins is CheckIns.STORED
