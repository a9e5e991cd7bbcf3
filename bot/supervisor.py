"""Background work that does not die silently, and a count of what is going on.

Every task the bot starts belongs to the :class:`Supervisor`: it keeps a strong reference,
logs a failure and, for a loop, starts it again after a pause. :class:`Activity` counts the
pieces of work under way; a rehearsal steps its clock only when the count is zero.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

import structlog

from bot.clock import Clock

log = structlog.get_logger(__name__)

_FIRST_PAUSE = 1.0  # seconds
_LONGEST_PAUSE = 60.0  # seconds


class Activity:
    """What is going on right now, by name."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Count the work inside the block under ``name``."""
        self._running[name] += 1
        try:
            yield
        finally:
            self._running[name] -= 1

    @property
    def names(self) -> list[str]:
        """The names of the work under way, sorted; empty when the bot is at rest."""
        return sorted(+self._running)


class Alarm:
    """Lets a loop sleep until an instant, or until somebody rings."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """End the rest under way, or the next one at once."""
        self._rung.set()

    async def rest_until(self, when: datetime) -> None:
        """Return at the aware instant ``when``, or as soon as the alarm has rung."""
        sleeping = asyncio.ensure_future(self._clock.sleep_until(when))
        ringing = asyncio.ensure_future(self._rung.wait())
        try:
            await asyncio.wait({sleeping, ringing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            ringing.cancel()
            self._rung.clear()


class Supervisor:
    """Owns the background tasks of one bot. Use it as ``async with Supervisor.running(...)``."""

    def __init__(self, clock: Clock, activity: Activity) -> None:
        self.activity = activity
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def running(cls, clock: Clock, activity: Activity) -> AsyncIterator[Supervisor]:
        """A supervisor whose tasks are cancelled and awaited when the block ends."""
        supervisor = cls(clock, activity)
        try:
            yield supervisor
        finally:
            tasks = list(supervisor._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def forever(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run ``loop()`` until it returns; when it fails, log it and start it again.

        The pause before a new start doubles from one second to a minute, in real time.
        """
        self._keep(self._again_and_again(name, loop), name)

    def once(self, name: str, work: Coroutine[Any, Any, None], *, counted: bool = True) -> None:
        """Run ``work`` in the background; a failure is logged.

        Args:
            counted: whether it is activity. What goes on for as long as the bot does is not.
        """
        self._keep(self._one(name, work, counted), name)

    async def _again_and_again(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        pause = _FIRST_PAUSE
        while True:
            started = self._clock.monotonic()
            try:
                await loop()
                return
            except Exception:
                log.exception("task_failed", task=name, again_in_seconds=pause)
            if self._clock.monotonic() - started > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await self._clock.pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _one(self, name: str, work: Coroutine[Any, Any, None], counted: bool) -> None:
        with self.activity(name) if counted else nullcontext():
            try:
                await work
            except Exception:
                log.exception("task_failed", task=name)

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
