"""The two clocks: one of the machine, one that a rehearsal moves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.clock import MovedClock, SystemClock

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def settle() -> None:
    """Let every task run that can run."""
    for _ in range(5):
        await asyncio.sleep(0)  # noqa: TID251 - waits for nothing but its turn


class Nap(SystemClock):
    """The machine's clock whose pauses pass at once."""

    def __init__(self) -> None:
        self.shown = START
        self.naps: list[float] = []

    def now(self) -> datetime:
        return self.shown

    async def pause(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.shown += timedelta(seconds=seconds)


def test_the_moved_clock_never_runs_backwards() -> None:
    """An earlier instant changes nothing."""
    clock = MovedClock(START)
    clock.move_to(START + HOUR)
    clock.move_to(START)
    assert clock.now() == START + HOUR


def test_the_moved_clock_shows_utc() -> None:
    """Whatever zone it was started or moved in."""
    clock = MovedClock(START.astimezone(timezone(timedelta(hours=-6))))
    assert (clock.now(), clock.now().tzinfo) == (START, UTC)
    clock.move_to((START + HOUR).astimezone(timezone(timedelta(hours=5))))
    assert (clock.now(), clock.now().tzinfo) == (START + HOUR, UTC)


def test_a_clock_cannot_start_at_a_time_without_a_zone() -> None:
    """Nine o'clock is no instant."""
    with pytest.raises(ValueError, match="aware"):
        MovedClock(START.replace(tzinfo=None))


async def test_moving_wakes_exactly_who_is_due() -> None:
    """At the very instant, not a second before; the others sleep on."""
    clock = MovedClock(START)
    woken: list[int] = []

    async def sleep(hours: int) -> None:
        await clock.sleep_until(START + hours * HOUR)
        woken.append(hours)

    tasks = [asyncio.create_task(sleep(hours)) for hours in (3, 1, 2)]
    await settle()
    assert (clock.next_wake, clock.due) == (START + HOUR, 0)
    clock.move_to(START + HOUR - timedelta(seconds=1))
    await settle()
    assert woken == []
    clock.move_to(START + 2 * HOUR)
    assert clock.due == 2
    await settle()
    assert (sorted(woken), clock.due, clock.next_wake) == ([1, 2], 0, START + 3 * HOUR)
    clock.move_to(START + 9 * HOUR)
    await asyncio.gather(*tasks)
    assert (clock.due, clock.next_wake) == (0, None)


async def test_sleeping_until_the_past_does_not_sleep() -> None:
    """What is due already goes on at once."""
    clock = MovedClock(START)
    await asyncio.wait_for(clock.sleep_until(START), 1)
    await asyncio.wait_for(clock.sleep_until(START - HOUR), 1)
    assert clock.next_wake is None


async def test_a_sleeper_that_is_cancelled_is_forgotten() -> None:
    """A stopped task must not hold up a rehearsal."""
    clock = MovedClock(START)
    sleepers = [asyncio.create_task(clock.sleep_until(START + n * HOUR)) for n in (1, 2, 3)]
    await settle()
    sleepers[0].cancel()
    await settle()
    assert clock.next_wake == START + 2 * HOUR
    sleepers[2].cancel()
    clock.move_to(START + 5 * HOUR)
    await asyncio.gather(*sleepers, return_exceptions=True)
    assert (clock.due, clock.next_wake) == (0, None)


def test_moving_does_not_move_the_real_seconds() -> None:
    """Rate limits and Discord's three seconds are measured in real time."""
    clock = MovedClock(START)
    before = clock.monotonic()
    clock.move_to(START + 1000 * HOUR)
    assert 0 <= clock.monotonic() - before < 60


def test_the_machines_clock_shows_utc_and_its_seconds_grow() -> None:
    """Both clocks are those of the machine."""
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


async def test_the_machines_clock_sleeps_in_short_naps() -> None:
    """A machine that was suspended or set right is noticed within half a minute."""
    clock = Nap()
    await clock.sleep_until(START + timedelta(seconds=70))
    assert clock.naps == [30.0, 30.0, 10.0]
    assert clock.now() == START + timedelta(seconds=70)


async def test_the_machines_clock_does_not_sleep_for_what_is_past() -> None:
    """No nap at all."""
    clock = Nap()
    await clock.sleep_until(START)
    assert clock.naps == []
