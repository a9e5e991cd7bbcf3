"""Moves the clock of a rehearsal: to an instant, or on and on; with the script's people or not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.errors import RehearsalError
from bot.rehearsal.page.stage import Stage, State
from bot.schedule.recurrence import instant

_STRIDE = timedelta(hours=4)  # the page hears of the time, and may stop it, this often
_FARTHEST = timedelta(days=400)
_MORNING = time(9, 0)
_BEAT = 0.25  # real seconds
_PER_BEAT = timedelta(days=1) / (60 / _BEAT)  # a day takes a minute
_DAY = timedelta(days=1)


class Clockwork:
    """Moves one stage's clock, one move at a time.

    Attributes:
        target: where the clock is going, None when it stands still.
        playing: it goes on and on, a day a minute.
        following: the script's people act when their time comes.
        notice: what the last move ran into, a sentence; empty when all went well.
        differences: what was not as the script says in the last move, in sentences.
    """

    def __init__(self, stage: Stage, changed: Callable[[], None]) -> None:
        self._stage = stage
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self.target: datetime | None = None
        self.playing = False
        self.following = False
        self.notice = ""
        self.differences: list[str] = []

    @property
    def moving(self) -> bool:
        """Whether the clock is being moved."""
        return self._task is not None and not self._task.done()

    def go(self, when: datetime) -> None:
        """Move to the aware instant ``when``; a move under way takes the new target.

        Raises:
            RehearsalError: it is past, or more than 400 days away.
        """
        now = self._stage.clock.now()
        if when < now:
            raise RehearsalError("The clock runs forward only. Choose a later time, or start over.")
        if when > now + _FARTHEST:
            raise RehearsalError("That is more than 400 days away. Choose a nearer day.")
        self.target, self.playing = when, False
        self._run()

    def play(self) -> None:
        """Let a day pass each minute until :meth:`pause`."""
        self.playing = True
        self._run()

    def pause(self) -> None:
        """Stand still as soon as what happens at this moment is over."""
        self.playing, self.target = False, None
        self._changed()

    def follow(self, wanted: bool) -> None:
        """Let the script's people act when their time comes, or not.

        Raises:
            RehearsalError: the script's next step is past.
        """
        scene = self._stage.next_scene
        if wanted and scene and scene.at < self._stage.clock.now():
            told = scene.at.astimezone(self._stage.zone)
            raise RehearsalError(
                f"The next step of the script was on {told:%A %d %B, %H:%M}, which is past. "
                "Start over to see the script as it is written."
            )
        self.following = wanted
        self._changed()

    async def arrive(self) -> None:
        """Return when the move under way is over."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def close(self) -> None:
        """Stand still for good."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _run(self) -> None:
        if not self.moving:
            self.notice, self.differences = "", []
            self._task = asyncio.create_task(self._move(), name="page-clock")
        self._changed()

    async def _move(self) -> None:
        try:
            while (goal := self._goal()) is not None:
                await self._stride(goal)
                if self.target and self._arrived(self.target):
                    self.target = None
                self._changed()
                if self.playing:
                    await self._stage.clock.pause(_BEAT)
        except RehearsalError as error:
            self.notice = str(error)
        finally:
            self.target, self.playing = None, False
            self._changed()

    def _goal(self) -> datetime | None:
        now = self._stage.clock.now()
        if self.playing:
            return now + _PER_BEAT
        if self.target is None:
            return None
        return min(self.target, now + _STRIDE)

    def _arrived(self, target: datetime) -> bool:
        scene = self._stage.next_scene if self.following else None
        return self._stage.clock.now() >= target and not (scene and scene.at <= target)

    async def _stride(self, goal: datetime) -> None:
        stage = self._stage
        async with stage.busy:
            if stage.state in (State.STARTING, State.CRASHED):
                raise RehearsalError("The bot is not running, so the clock stands still.")
            scene = stage.next_scene
            if self.following and scene is None:
                self.following = False
            if self.following and scene and scene.at <= goal:
                try:
                    self.differences += await stage.play_scene()
                except RehearsalError as error:
                    self.following = False
                    raise RehearsalError(
                        f"The script cannot go on: {error} Its people wait now; you can go on."
                    ) from error
                return
            await stage.rehearsal.step_to(goal)


def later(wanted: object, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant a button or a form means.

    Args:
        wanted: ``now``, ``hour``, ``morning``, ``day``, ``week``, or ``YYYY-MM-DDTHH:MM`` in
            ``zone``.

    Raises:
        RehearsalError: it is none of these.
    """
    local = now.astimezone(zone)
    if wanted == "now":
        return now
    if wanted == "hour":
        return now + timedelta(hours=1)
    if wanted == "morning":
        today = instant(local.date(), _MORNING, zone)
        return today if today > now else instant(local.date() + _DAY, _MORNING, zone)
    if wanted in ("day", "week"):
        days = _DAY if wanted == "day" else 7 * _DAY
        return instant(local.date() + days, local.time(), zone)
    try:
        day = datetime.fromisoformat(str(wanted))
    except ValueError:
        raise RehearsalError("I cannot read that date. Choose a day and a time.") from None
    return instant(day.date(), day.time(), zone)


@lru_cache(maxsize=64)
def changes(zone: ZoneInfo, start: date, days: int) -> tuple[tuple[date, int], ...]:
    """The days from ``start`` on which clocks in ``zone`` change, with the minutes gained.

    Forward is positive: that many minutes are left out.
    """
    found = []
    for ahead in range(days):
        day = start + timedelta(days=ahead)
        length = instant(day + _DAY, time.min, zone) - instant(day, time.min, zone)
        if length != _DAY:
            found.append((day, int((_DAY - length).total_seconds() // 60)))
    return tuple(found)
