"""The only source of time, and the only place that waits for it.

Two clocks. ``now()`` is civil time: schedules, leases, retention, what people read. In a
rehearsal it can be moved. ``monotonic()`` is real and is never moved: the pacer, rate-limit
buckets, Discord's three seconds, HTTP timeouts.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What every room that needs the time is given."""

    def now(self) -> datetime:
        """Civil time, aware, in UTC."""

    def monotonic(self) -> float:
        """Real seconds from an arbitrary start; never jumps."""

    async def sleep_until(self, when: datetime) -> None:
        """Return once ``now()`` is at or past the aware instant ``when``."""

    async def pause(self, seconds: float) -> None:
        """Wait real seconds. For the pacer and the supervisor alone."""


class _Real:
    def monotonic(self) -> float:
        return time.monotonic()

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)  # noqa: TID251 - the one place


class SystemClock(_Real):
    """The machine's clock."""

    _LONGEST_NAP = timedelta(seconds=30)  # a suspended or corrected machine is noticed this soon

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place

    async def sleep_until(self, when: datetime) -> None:
        while (left := when - self.now()) > timedelta(0):
            await self.pause(min(left, self._LONGEST_NAP).total_seconds())


class MovedClock(_Real):
    """A clock that stands still until it is moved, and never runs backwards.

    Args:
        start: the aware instant it shows first.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant")
        self._now = start.astimezone(UTC)
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, when: datetime) -> None:
        while self._now < when:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            entry = (when.astimezone(UTC), next(self._order), waiter)
            heapq.heappush(self._sleepers, entry)
            try:
                await waiter
            finally:
                self._sleepers.remove(entry)
                heapq.heapify(self._sleepers)

    def move_to(self, when: datetime) -> None:
        """Show ``when`` and wake whoever is due; an earlier instant changes nothing."""
        self._now = max(self._now, when.astimezone(UTC))
        for due, _, waiter in self._sleepers:
            if due <= self._now and not waiter.done():
                waiter.set_result(None)

    @property
    def due(self) -> int:
        """How many sleepers are past their time and have not run yet."""
        return sum(due <= self._now for due, _, _ in self._sleepers)

    @property
    def next_wake(self) -> datetime | None:
        """The instant the first sleeper waits for, None when nobody sleeps."""
        return self._sleepers[0][0] if self._sleepers else None
