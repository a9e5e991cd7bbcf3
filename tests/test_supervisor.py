"""Background work that starts again, is held on to, and is counted."""

from __future__ import annotations

import asyncio
import gc
import weakref
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from bot.clock import MovedClock
from bot.supervisor import Activity, Alarm, Supervisor

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


class Quick(MovedClock):
    """A clock whose real seconds pass at once, and are written down."""

    def __init__(self) -> None:
        super().__init__(START)
        self.pauses: list[float] = []
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)  # noqa: TID251 - passes the turn on


@pytest.fixture
def clock() -> Quick:
    return Quick()


async def settle() -> None:
    """Let every task run that can run."""
    for _ in range(5):
        await asyncio.sleep(0)  # noqa: TID251 - waits for nothing but its turn


async def test_a_loop_that_fails_starts_again_after_growing_pauses(clock: Quick) -> None:
    """One second, then twice as long each time, a minute at most; each failure is logged."""
    runs = 0
    done = asyncio.Event()

    async def loop() -> None:
        nonlocal runs
        runs += 1
        if runs <= 9:
            raise ValueError("not yet")
        done.set()

    with structlog.testing.capture_logs() as logged:
        async with Supervisor.running(clock, Activity()) as supervisor:
            supervisor.forever("delivery", loop)
            await asyncio.wait_for(done.wait(), 5)
            await settle()
    assert runs == 10  # a loop that returns is done
    assert clock.pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert [(line["event"], line["task"]) for line in logged] == [("task_failed", "delivery")] * 9


async def test_the_pause_is_short_again_after_a_long_good_run(clock: Quick) -> None:
    """A failure once a day must not wait a minute because of one last week."""
    runs = 0
    done = asyncio.Event()

    async def loop() -> None:
        nonlocal runs
        runs += 1
        if runs == 4:
            clock.seconds += 3600
        if runs == 6:
            done.set()
            return
        raise ValueError

    with structlog.testing.capture_logs():
        async with Supervisor.running(clock, Activity()) as supervisor:
            supervisor.forever("delivery", loop)
            await asyncio.wait_for(done.wait(), 5)
    assert clock.pauses == [1.0, 2.0, 4.0, 1.0, 2.0]


async def test_one_loop_that_fails_leaves_the_others_alone(clock: Quick) -> None:
    """Each has its own pause."""
    ticks = 0
    ticked = asyncio.Event()

    async def good() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            if ticks == 10:
                ticked.set()
            await asyncio.sleep(0)  # noqa: TID251 - passes the turn on

    async def bad() -> None:
        raise ValueError

    with structlog.testing.capture_logs():
        async with Supervisor.running(clock, Activity()) as supervisor:
            supervisor.forever("bad", bad)
            supervisor.forever("good", good)
            await asyncio.wait_for(ticked.wait(), 5)
    assert ticks >= 10


async def test_work_done_once_is_counted_while_it_runs(clock: Quick) -> None:
    """A rehearsal waits for it before it steps its clock."""
    may_end = asyncio.Event()

    async def work() -> None:
        await may_end.wait()

    async with Supervisor.running(clock, Activity()) as supervisor:
        supervisor.once("after-start", work())
        await settle()
        assert supervisor.activity.names == ["after-start"]
        may_end.set()
        await settle()
        assert supervisor.activity.names == []


async def test_work_done_once_that_fails_is_logged_and_over(clock: Quick) -> None:
    """It is not tried again, and nothing is counted any more."""

    async def work() -> None:
        raise ValueError

    with structlog.testing.capture_logs() as logged:
        async with Supervisor.running(clock, Activity()) as supervisor:
            supervisor.once("after-start", work())
            await settle()
            assert supervisor.activity.names == []
    assert [(line["event"], line["task"]) for line in logged] == [("task_failed", "after-start")]
    assert clock.pauses == []


async def test_a_task_is_held_on_to(clock: Quick) -> None:
    """asyncio keeps weak references only; without ours a task could vanish half-way."""
    reached = asyncio.Event()
    held: list[weakref.ref[asyncio.Future[None]]] = []

    async def work() -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        held.append(weakref.ref(waiting))
        reached.set()
        await waiting  # nobody but this task knows the future

    async with Supervisor.running(clock, Activity()) as supervisor:
        supervisor.once("work", work())
        await reached.wait()
        gc.collect()
        assert held[0]() is not None
        assert supervisor.activity.names == ["work"]


async def test_everything_is_ended_with_the_block(clock: Quick) -> None:
    """Each task is cancelled and has cleaned up when the block is left."""
    ended: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # noqa: TID251 - cleaning up may take a turn
            ended.append(name)

    async with Supervisor.running(clock, Activity()) as supervisor:
        supervisor.once("one", work("one"))
        supervisor.forever("two", lambda: work("two"))
        await settle()
    assert sorted(ended) == ["one", "two"]
    assert supervisor.activity.names == []


def test_activity_counts_the_same_name_twice() -> None:
    """Two handlers of one kind: quiet only when both are done, also after a failure."""
    activity = Activity()
    with activity("b"), activity("a"):
        with pytest.raises(ValueError, match="lost"), activity("a"):
            raise ValueError("lost")
        assert activity.names == ["a", "b"]
    assert activity.names == []


async def test_an_alarm_ends_a_rest_at_its_instant_or_when_rung(clock: Quick) -> None:
    """A ring before the rest ends it at once, and counts for one rest only."""
    alarm = Alarm(clock)
    hour = START + timedelta(hours=1)
    rest = asyncio.create_task(alarm.rest_until(hour))
    await settle()
    assert not rest.done()
    clock.move_to(hour)
    await asyncio.wait_for(rest, 1)
    alarm.ring()
    await asyncio.wait_for(alarm.rest_until(hour + timedelta(hours=1)), 1)
    rest = asyncio.create_task(alarm.rest_until(hour + timedelta(hours=1)))
    await settle()
    assert not rest.done()
    alarm.ring()
    await asyncio.wait_for(rest, 1)
    await settle()
    assert clock.next_wake is None  # nothing sleeps on behind its back
