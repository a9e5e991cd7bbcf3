"""Keeps the bot under Discord's limits, and help ahead of everything else.

discord.py knows the limits of single routes, but neither the limit of 50 calls per second for
the whole bot nor any order of importance. Two layers make up for that:

- :meth:`Pacer.bulk` lets at most eight scheduled posts be under way, one to a channel.
- :meth:`Pacer.trace_config` counts each call and each of the library's retries as it starts. A
  call waits its turn; an urgent one goes before all others.

Interaction and webhook addresses do not count against the limit and never wait.
https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from enum import IntEnum
from types import SimpleNamespace
from weakref import WeakValueDictionary

import aiohttp

from bot.clock import Clock

IN_FLIGHT = 8  # scheduled posts under way at once

# In any one second at most rate + burst calls start: 48, and Discord allows 50.
_RATE = 40.0  # calls per second
_BURST = 8  # calls at once after a rest

_FREE = re.compile(r"/(?:interactions|webhooks)/")


class Priority(IntEnum):
    """Who goes first when calls wait."""

    URGENT = 0
    NORMAL = 1
    BULK = 2


_priority: ContextVar[Priority] = ContextVar("priority", default=Priority.NORMAL)


class Pacer:
    """One for each bot token and process.

    Args:
        clock: its real seconds are used, never its civil time.
        rate: calls per second in the long run.
        burst: calls that may start at once after a rest.
    """

    def __init__(self, clock: Clock, rate: float = _RATE, burst: int = _BURST) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._counted_at = clock.monotonic()
        self._order = itertools.count()
        self._waiting: set[tuple[Priority, int]] = set()
        self._in_flight = asyncio.Semaphore(IN_FLIGHT)
        self._channels: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def bulk(self, channel_id: int) -> AsyncIterator[None]:
        """Do scheduled work in a channel: one at a time there, eight in all, behind the rest."""
        channel = self._channels.setdefault(channel_id, asyncio.Lock())
        # The channel first: whoever waits for a busy channel must not keep one of the eight.
        async with channel, self._in_flight:
            with _as(Priority.BULK):
                yield

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """Calls made inside go before all others. For help cards and care cards."""
        with _as(Priority.URGENT):
            yield

    def trace_config(self) -> aiohttp.TraceConfig:
        """For ``Client(http_trace=...)``: makes every call of that client wait its turn."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self.on_request_start)
        return config

    async def on_request_start(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestStartParams,
    ) -> None:
        """Wait until this call may start. aiohttp awaits it in the caller's context."""
        if not _FREE.search(params.url.path):
            await self._turn(_priority.get())

    async def _turn(self, priority: Priority) -> None:
        ticket = (priority, next(self._order))
        self._waiting.add(ticket)
        try:
            while (seconds := self._until(ticket)) > 0:
                await self._clock.pause(seconds)
            self._tokens -= 1
        finally:
            self._waiting.remove(ticket)

    def _until(self, ticket: tuple[Priority, int]) -> float:
        """Seconds until this ticket's turn, as things stand: one more urgent may still come."""
        now = self._clock.monotonic()
        grown = self._tokens + (now - self._counted_at) * self._rate
        self._tokens = min(grown, float(self._burst))
        self._counted_at = now
        ahead = sum(other < ticket for other in self._waiting)
        return (ahead + 1 - self._tokens) / self._rate


@contextmanager
def _as(priority: Priority) -> Iterator[None]:
    token = _priority.set(priority)
    try:
        yield
    finally:
        _priority.reset(token)
