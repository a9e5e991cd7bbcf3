"""The SQL of slots and of the delivery ledger.

A row goes due -> claimed -> sent, or ends as missed or skipped. A claim is a lease: the row
says until when, and how many claims there have been, and a worker whose claim is no longer
the newest changes nothing. ``lease_until`` of a claimed row is when somebody else may take it
over; of a missed row, when staff are to be told (again), null once they know.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.model import LEASE, Delivery, Planned, Slot, SlotKind, State
from bot.errors import Refused
from bot.schedule.quiet import QUIET_GRACE
from bot.storage.engine import Database
from bot.storage.tables import cohort
from bot.storage.tables import delivery as ledger
from bot.storage.tables import slot as slots

TELL_AGAIN = timedelta(minutes=15)
"""After this long staff are told of a missed delivery again, unless that worked."""

_REASON_LENGTH = 80
_PAST = "It could not be posted in time."


class SlotStore:
    """The recurring moments of cohorts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, cohort_id: int, kind: SlotKind, days: str, at: time, now: datetime) -> Slot:
        """Make a slot.

        Raises:
            Refused: one of the same kind and time has a day in common, so that two posts
                would go out at once; or the cohort is gone.
        """
        values = {"cohort_id": cohort_id, "kind": kind, "days": days, "at": f"{at:%H:%M}"}
        async with self._db.write() as connection:
            # The cohort's row is the lock between two people who do this at the same time.
            found = select(cohort.c.id).where(cohort.c.id == cohort_id).with_for_update()
            if (await connection.execute(found)).first() is None:
                raise Refused("This cohort is gone. Pick one from the list.")
            same = (
                select(slots.c.days)
                .where(slots.c.cohort_id == cohort_id)
                .where(slots.c.kind == kind)
                .where(slots.c.at == values["at"])
            )
            if any(set(taken) & set(days) for taken in await connection.scalars(same)):
                raise Refused(
                    "This is on the schedule already for one of these days at this time. "
                    "Choose another time, or remove the other one first."
                )
            made = insert(slots).values(**values, created_at=now).returning(slots)
            return _slot((await connection.execute(made)).mappings().one())

    async def of_cohort(self, cohort_id: int) -> list[Slot]:
        """The cohort's slots, by time of day."""
        query = select(slots).where(slots.c.cohort_id == cohort_id).order_by(slots.c.at, slots.c.id)
        async with self._db.read() as connection:
            return [_slot(row) for row in (await connection.execute(query)).mappings()]

    async def remove(self, cohort_id: int, slot_id: int) -> bool:
        """Delete a slot with its deliveries; False when the cohort has none of this id."""
        query = delete(slots).where(slots.c.cohort_id == cohort_id).where(slots.c.id == slot_id)
        async with self._db.write() as connection:
            return (await connection.execute(query)).rowcount > 0


class LedgerStore:
    """The ledger of deliveries. Any number of workers, in any number of processes, may share it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def plan(self, cohort_id: int, occurrences: Sequence[Planned], now: datetime) -> int:
        """Write down what is not in the ledger yet; returns how many rows were new."""
        if not occurrences:
            return 0
        first = min(one.local_date for one in occurrences)
        known = (
            select(ledger.c.slot_id, ledger.c.local_date)
            .where(ledger.c.cohort_id == cohort_id)
            .where(ledger.c.local_date >= first)
        )
        async with self._db.read() as connection:
            there = {tuple(row) for row in await connection.execute(known)}
        missing = [one for one in occurrences if (one.slot_id, one.local_date) not in there]
        if not missing:
            return 0
        async with self._db.write() as connection:
            return sum([await self._insert(connection, cohort_id, one, now) for one in missing])

    async def claim(
        self, cohort_ids: Collection[int], now: datetime, limit: int, lease: timedelta = LEASE
    ) -> list[Delivery]:
        """Take up to ``limit`` deliveries that are due, or whose worker let its lease run out.

        Nobody else gets them until ``lease`` is over. Those taken over are returned past their
        grace, too: they may have been posted, and ``maybe_sent`` says so.
        """
        fresh = (ledger.c.state == State.DUE) & (ledger.c.due_at <= now)
        lost = (ledger.c.state == State.CLAIMED) & (ledger.c.lease_until <= now)
        query = (
            select(ledger)
            .where(ledger.c.cohort_id.in_(cohort_ids))
            .where(or_(fresh & (ledger.c.grace_until > now), lost))
            .order_by(ledger.c.due_at, ledger.c.slot_id)
            .limit(limit)
        )
        taken = {
            "state": State.CLAIMED,
            "lease_until": now + lease,
            "attempts": ledger.c.attempts + 1,
            "updated_at": now,
        }
        async with self._db.write() as connection:
            rows = await self._locked(connection, query)
            await connection.execute(update(ledger).where(_among(rows)).values(taken))
        return [
            _delivery(
                row,
                state=State.CLAIMED,
                attempts=row["attempts"] + 1,
                maybe_sent=row["channel_id"] is not None,
            )
            for row in rows
        ]

    async def begin(
        self,
        delivery: Delivery,
        channel_id: int,
        item_ids: Sequence[str],
        now: datetime,
        lease: timedelta = LEASE,
    ) -> bool:
        """Write down what is about to be posted where, and start the lease anew.

        False when the delivery is another worker's by now, or gone; then it must not be posted.
        """
        return await self._change(
            delivery, now, channel_id=channel_id, item_ids=list(item_ids), lease_until=now + lease
        )

    async def sent(self, delivery_id: str, message_id: int, now: datetime) -> None:
        """It stands in the channel; true whoever says so."""
        done = {
            "state": State.SENT,
            "message_id": message_id,
            "lease_until": None,
            "reason": None,
            "updated_at": now,
        }
        async with self._db.write() as connection:
            await connection.execute(update(ledger).where(ledger.c.id == delivery_id).values(done))

    async def retry_later(
        self, delivery: Delivery, when: datetime, reason: str, now: datetime
    ) -> bool:
        """Give it back until ``when``. It stays claimed, since it may have been posted."""
        return await self._change(delivery, now, lease_until=when, reason=reason[:_REASON_LENGTH])

    async def give_up(self, delivery: Delivery, reason: str, now: datetime) -> bool:
        """It will not be posted, and staff are to be told."""
        return await self._change(
            delivery, now, state=State.MISSED, lease_until=now, reason=reason[:_REASON_LENGTH]
        )

    async def set_aside(self, delivery: Delivery, reason: str, now: datetime) -> bool:
        """There is nothing to post this time, and that is right."""
        return await self._change(
            delivery, now, state=State.SKIPPED, lease_until=None, reason=reason[:_REASON_LENGTH]
        )

    async def missed(self, cohort_ids: Collection[int], now: datetime) -> list[Delivery]:
        """Close what is past its grace, and return what staff have not been told of.

        Whoever gets them tells staff and then calls :meth:`told`; otherwise they are returned
        again after a quarter of an hour.
        """
        late = (ledger.c.state == State.DUE) & (ledger.c.grace_until <= now)
        untold = (ledger.c.state == State.MISSED) & (ledger.c.lease_until <= now)
        query = (
            select(ledger)
            .where(ledger.c.cohort_id.in_(cohort_ids))
            .where(or_(late, untold))
            .order_by(ledger.c.due_at, ledger.c.slot_id)
        )
        closed = {
            "state": State.MISSED,
            "lease_until": now + TELL_AGAIN,
            "reason": func.coalesce(ledger.c.reason, _PAST),
            "updated_at": now,
        }
        async with self._db.write() as connection:
            rows = await self._locked(connection, query)
            await connection.execute(update(ledger).where(_among(rows)).values(closed))
        return [_delivery(row, state=State.MISSED, reason=row["reason"] or _PAST) for row in rows]

    async def told(self, delivery_ids: Collection[str]) -> None:
        """Staff know of these."""
        mine = (ledger.c.state == State.MISSED) & ledger.c.id.in_(delivery_ids)
        async with self._db.write() as connection:
            await connection.execute(update(ledger).where(mine).values(lease_until=None))

    async def skip(self, cohort_id: int, one: Planned, reason: str, now: datetime) -> bool:
        """Leave one occurrence out; False when it is on its way or out already."""
        values = {"state": State.SKIPPED, "reason": reason[:_REASON_LENGTH]}
        return await self._set(cohort_id, one, (State.DUE, State.SKIPPED), values, now)

    async def bring_forward(self, cohort_id: int, one: Planned, now: datetime) -> bool:
        """Make one occurrence due now, for half an hour, also if it was missed or skipped.

        False when it is on its way or out already.
        """
        values = {
            "state": State.DUE,
            "due_at": now,
            "grace_until": now + QUIET_GRACE,
            "lease_until": None,
            "channel_id": None,
            "reason": None,
        }
        return await self._set(
            cohort_id, one, (State.DUE, State.MISSED, State.SKIPPED), values, now
        )

    async def upcoming(self, cohort_id: int, now: datetime) -> list[Delivery]:
        """What the cohort has ahead of it, skipped ones among it, in order."""
        open_states = (State.DUE, State.CLAIMED, State.SKIPPED)
        return await self._where(
            ledger.c.cohort_id == cohort_id,
            ledger.c.state.in_(open_states),
            ledger.c.grace_until > now,
        )

    async def of_day(self, cohort_id: int, local_date: date) -> list[Delivery]:
        """Everything the ledger has for one date in the cohort's zone, in order."""
        return await self._where(ledger.c.cohort_id == cohort_id, ledger.c.local_date == local_date)

    async def next_wake(self, cohort_ids: Collection[int]) -> datetime | None:
        """The first instant at which one of these cohorts has something to do."""
        mine = ledger.c.cohort_id.in_(cohort_ids)
        due = select(func.min(ledger.c.due_at)).where(mine).where(ledger.c.state == State.DUE)
        leases = select(func.min(ledger.c.lease_until)).where(mine)
        async with self._db.read() as connection:
            found = [await connection.scalar(query) for query in (due, leases)]
        return min((moment for moment in found if moment is not None), default=None)

    async def purge(self, older_than: datetime) -> int:
        """Delete what was due before then; returns how many rows."""
        async with self._db.write() as connection:
            query = delete(ledger).where(ledger.c.due_at < older_than)
            return (await connection.execute(query)).rowcount

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Delivery]:
        query = select(ledger).where(*conditions).order_by(ledger.c.due_at, ledger.c.slot_id)
        async with self._db.read() as connection:
            return [_delivery(row) for row in (await connection.execute(query)).mappings()]

    async def _change(self, delivery: Delivery, now: datetime, **values: Any) -> bool:
        """Change a row as long as the claim in ``delivery`` is the newest."""
        query = (
            update(ledger)
            .where(ledger.c.id == delivery.id)
            .where(ledger.c.state == State.CLAIMED)
            .where(ledger.c.attempts == delivery.attempts)
            .values(**values, updated_at=now)
        )
        async with self._db.write() as connection:
            return (await connection.execute(query)).rowcount > 0

    async def _set(
        self,
        cohort_id: int,
        one: Planned,
        states: tuple[State, ...],
        values: dict[str, Any],
        now: datetime,
    ) -> bool:
        query = (
            update(ledger)
            .where(ledger.c.cohort_id == cohort_id)
            .where(ledger.c.slot_id == one.slot_id)
            .where(ledger.c.local_date == one.local_date)
            .where(ledger.c.state.in_(states))
            .values(**values, updated_at=now)
        )
        async with self._db.write() as connection:
            await self._insert(connection, cohort_id, one, now)
            return (await connection.execute(query)).rowcount > 0

    async def _insert(
        self, connection: AsyncConnection, cohort_id: int, one: Planned, now: datetime
    ) -> int:
        row = self._db.insert(ledger).values(
            id=secrets.token_hex(8),
            cohort_id=cohort_id,
            slot_id=one.slot_id,
            local_date=one.local_date,
            kind=one.kind,
            due_at=one.due_at,
            grace_until=one.grace_until,
            state=State.DUE,
            attempts=0,
            item_ids=[],
            updated_at=now,
        )
        return (await connection.execute(row.on_conflict_do_nothing())).rowcount

    async def _locked(self, connection: AsyncConnection, query: Select[Any]) -> list[RowMapping]:
        """Rows that nobody else can take before this transaction ends.

        On SQLite the write transaction is alone from its beginning (BEGIN IMMEDIATE); on
        PostgreSQL each row is locked, and rows another worker has locked are left to it.
        """
        if self._db.dialect == "postgresql":
            query = query.with_for_update(skip_locked=True)
        return list((await connection.execute(query)).mappings())


def _among(rows: Iterable[RowMapping]) -> ColumnElement[bool]:
    return ledger.c.id.in_([row["id"] for row in rows])


def _slot(row: RowMapping) -> Slot:
    return Slot(
        id=row["id"],
        cohort_id=row["cohort_id"],
        kind=SlotKind(row["kind"]),
        days=row["days"],
        at=time.fromisoformat(row["at"]),
        created_at=row["created_at"],
    )


def _delivery(row: RowMapping, **changed: Any) -> Delivery:
    values = {
        **row,
        "kind": SlotKind(row["kind"]),
        "state": State(row["state"]),
        "item_ids": tuple(row["item_ids"]),
        **changed,
    }
    del values["lease_until"], values["updated_at"]
    return Delivery(**values)
