"""What is kept about a person, shown and deleted; and what has been kept long enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.care.service import Care
from bot.checkins.service import CheckInService
from bot.clock import Clock
from bot.delivery.store import LedgerStore
from bot.privacy.store import AuditStore
from bot.programme.model import Member
from bot.programme.service import Joining, Roster
from bot.screening.service import Screening
from bot.supervisor import Activity

log = structlog.get_logger(__name__)

AUDIT_KEPT = timedelta(days=365)
LEDGER_KEPT = timedelta(days=30)
_HOUR = 4  # of the night, UTC, at which old data goes


class PersonalStore(Protocol):
    """A store that keeps something about people. A test finds every one of them."""

    async def export(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """What is kept about one person."""

    async def erase(self, guild_id: int, user_id: int) -> None:
        """Delete it."""


class Privacy:
    """Export, erasure and retention over every room."""

    def __init__(
        self,
        stores: Sequence[PersonalStore],
        audit: AuditStore,
        ledger: LedgerStore,
        care: Care,
        checkins: CheckInService,
        joining: Joining,
        screening: Screening,
        roster: Roster,
        clock: Clock,
        activity: Activity,
    ) -> None:
        self._stores = tuple(stores)
        self._audit = audit
        self._ledger = ledger
        self._care = care
        self._checkins = checkins
        self._joining = joining
        self._screening = screening
        self._roster = roster
        self._clock = clock
        self._activity = activity

    async def note(
        self,
        guild_id: int,
        actor_id: int,
        action: str,
        subject_id: int | None,
        cohort_id: int | None = None,
    ) -> None:
        """Write a line of the audit log: who did or read what about whom."""
        await self._audit.add(self._clock.now(), guild_id, actor_id, action, subject_id, cohort_id)

    async def export(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """Everything kept about one person in one server, by table."""
        found: dict[str, Any] = {}
        for store in self._stores:
            found |= await store.export(guild_id, user_id)
        return {table: rows for table, rows in found.items() if rows}

    async def erase(self, guild_id: int, user_id: int) -> Member | None:
        """Delete it all, at once. Returns the member they were; their role is still there.

        Messages stay in Discord, where each person can delete their own (privacy P15).
        """
        member = self._roster.snapshot.member(guild_id, user_id)
        await self._care.forget(guild_id, user_id)
        for store in self._stores:
            await store.erase(guild_id, user_id)
        await self._roster.reload()
        log.info("person_forgotten", guild_id=guild_id, user_id=user_id)
        return member

    async def forget(self, guild_id: int, user_id: int) -> None:
        """Delete it all and close the channels to them."""
        member = await self.erase(guild_id, user_id)
        if member:
            await self._joining.close_doors(member)

    async def purge(self) -> None:
        """Delete what has been kept long enough (privacy P4)."""
        now = self._clock.now()
        log.info(
            "old_data_purged",
            count=await self._care.purge()
            + await self._checkins.purge()
            + await self._ledger.purge(now - LEDGER_KEPT)
            + await self._screening.purge()
            + await self._audit.purge(now - AUDIT_KEPT),
        )

    async def purge_daily(self) -> None:
        """Purge at the start and then every night. For the supervisor."""
        while True:
            with self._activity("purge"):
                await self.purge()
            night = self._clock.now().astimezone(ZoneInfo("UTC"))
            due = night.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
            await self._clock.sleep_until(due if due > night else due + timedelta(days=1))
