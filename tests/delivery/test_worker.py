"""The worker: what is due is posted once, and what cannot be is told to staff."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.cards import Card
from bot.delivery.model import LEASE, Composed, Delivery, SlotKind, State, planned
from bot.delivery.store import TELL_AGAIN
from bot.errors import StorageError, TryAgain, Undeliverable
from bot.ports import Posted
from bot.programme.model import Cohort, CohortState
from bot.storage.engine import Database
from tests.delivery.world import MONDAY, Killed, OutOfContent, World, compose, raising, utc

DUE = utc(2026, 3, 2, 15)  # Monday 09:00 in Chicago
OVER = utc(2026, 3, 2, 18)
HALF_A_MINUTE = timedelta(seconds=30)


def seen(world: World) -> list[int]:
    """The channels of all messages, in the order they were posted."""
    return [message.channel_id for message in world.channels.messages]


async def test_posted_at_its_time(world: World) -> None:
    """Nothing before the local time, one post at it, none after it."""
    cohort = await world.cohort()
    await world.daily(cohort)
    worker = world.worker()
    assert await worker.tick() == world.clock.now() + timedelta(minutes=15)
    world.clock.move_to(DUE - timedelta(minutes=1))
    assert await worker.tick() == DUE
    assert seen(world) == []
    world.clock.move_to(DUE)
    await worker.tick()
    await worker.tick()
    [message] = world.channels.messages
    row = await world.of_monday(cohort)
    assert (row.state, row.channel_id, row.message_id) == (State.SENT, 101, message.id)
    assert row.item_ids == ("skill-001", "snippet-001")
    assert message.nonce == f"d:{row.id}"
    assert world.activity.names == []


async def test_each_in_its_own_zone(world: World) -> None:
    """Nine o'clock is each cohort's own nine o'clock."""
    for zone in ("America/Chicago", "Asia/Kolkata", "Europe/Madrid"):
        await world.daily(await world.cohort(zone))
    worker = world.worker()
    for hours in range(24):
        world.clock.move_to(utc(2026, 3, 2, 14) + timedelta(hours=hours))
        await worker.tick()
        world.clock.move_to(world.clock.now() + timedelta(minutes=30))
        await worker.tick()
    posted = [(message.channel_id, message.at) for message in world.channels.messages]
    assert posted == [
        (101, utc(2026, 3, 2, 15)),
        (102, utc(2026, 3, 3, 3, 30)),
        (103, utc(2026, 3, 3, 8)),
    ]


async def test_two_of_one_moment(small_world: World) -> None:
    """Two posts of one cohort at one time come in the order of their slots."""
    cohort = await small_world.cohort()
    order: list[SlotKind] = []

    async def noting(delivery: Delivery, cohort: Cohort) -> Composed:
        order.append(delivery.kind)
        return await compose(delivery, cohort)

    await small_world.daily(cohort)
    await small_world.slots.add(cohort.id, SlotKind.CHECK_IN, "1", time(9), small_world.clock.now())
    small_world.clock.move_to(DUE)
    await small_world.worker(compose=noting).tick()
    assert order == [SlotKind.DAILY, SlotKind.CHECK_IN]
    assert seen(small_world) == [101, 101]


async def test_late_but_within_its_grace(world: World) -> None:
    """A bot that was away over breakfast posts when it is back."""
    cohort = await world.cohort()
    await world.daily(cohort)
    world.clock.move_to(OVER - timedelta(seconds=1))
    await world.worker().tick()
    assert seen(world) == [101]
    assert world.told == []


async def test_missed_and_told_once(world: World) -> None:
    """After days away nothing stale is posted; staff are told of every day, once."""
    cohort = await world.cohort()
    await world.daily(cohort)
    world.clock.move_to(utc(2026, 3, 5, 9))  # Thursday, 03:00 in Chicago
    for _ in range(3):
        await world.worker().tick()
    assert seen(world) == []
    [(cohort_id, missed)] = world.told
    assert cohort_id == cohort.id
    assert [one.local_date.day for one in missed] == [2, 3, 4]
    assert {one.reason for one in missed} == {"It could not be posted in time."}
    world.clock.move_to(utc(2026, 3, 5, 15))
    await world.worker().tick()
    assert seen(world) == [101]
    assert len(world.told) == 1


async def test_staff_are_told_again_if_it_failed(small_world: World) -> None:
    """If telling staff fails it is tried again, and other cohorts' staff are told all the same."""
    cohorts = [await small_world.cohort() for _ in range(2)]
    for cohort in cohorts:
        await small_world.daily(cohort)
    failing = True

    async def unsteady(cohort: Cohort, missed: list[Delivery]) -> None:
        if failing and cohort.id == cohorts[0].id:
            raise TryAgain("Discord did not answer.")
        await small_world.tell_staff(cohort, missed)

    worker = small_world.worker(tell_staff=unsteady)
    small_world.clock.move_to(OVER)
    assert await worker.tick() == OVER + TELL_AGAIN
    assert [cohort_id for cohort_id, _ in small_world.told] == [cohorts[1].id]
    failing = False
    small_world.clock.move_to(OVER + TELL_AGAIN)
    await worker.tick()
    await worker.tick()
    assert [cohort_id for cohort_id, _ in small_world.told] == [cohorts[1].id, cohorts[0].id]


async def test_one_cohort_fails_alone(world: World, logged: list[dict[str, object]]) -> None:
    """A channel that is gone, content that fails and a broken zone stop nobody else."""
    gone, empty, broken, fine = [await world.cohort() for _ in range(4)]
    for cohort in (gone, empty, broken, fine):
        await world.daily(cohort)
    world.cohorts[2] = replace(broken, zone="America/Springfield")

    def no_channel(channel_id: int) -> None:
        if channel_id == gone.daily_channel_id:
            raise Undeliverable("The channel is gone.")

    async def partly(delivery: Delivery, cohort: Cohort) -> Composed:
        if cohort.id == empty.id:
            raise OutOfContent("The library has nothing for Monday.")
        return await compose(delivery, cohort)

    world.channels.before = no_channel
    worker = world.worker(compose=partly)
    world.clock.move_to(DUE)
    await worker.tick()
    assert seen(world) == [104]
    failures = [(event["event"], event.get("cohort_id")) for event in logged]
    assert failures == [("planning_failed", broken.id), ("delivery_failed", None)]
    assert [(cohort_id, missed[0].reason) for cohort_id, missed in world.told] == [
        (gone.id, "The channel is gone.")
    ]
    world.clock.move_to(OVER + timedelta(minutes=10))
    await worker.tick()
    assert [(cohort_id, missed[0].reason) for cohort_id, missed in world.told[1:]] == [
        (empty.id, "The library has nothing for Monday.")
    ]
    assert seen(world) == [104]


async def test_no_channel(small_world: World) -> None:
    """A cohort without a daily channel is no crash; its staff are told why."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)
    small_world.cohorts = [replace(cohort, daily_channel_id=None)]
    small_world.clock.move_to(DUE)
    await small_world.worker().tick()
    [(_, [missed])] = small_world.told
    assert missed.reason == "The cohort has no daily channel."


async def test_tried_again(world: World) -> None:
    """What Discord did not take is posted half a minute later, once."""
    cohort = await world.cohort()
    await world.daily(cohort)
    world.channels.before = raising(TryAgain("Discord did not answer."))
    world.clock.move_to(DUE)
    worker = world.worker()
    assert await worker.tick() == DUE + HALF_A_MINUTE
    world.channels.before = lambda channel_id: None
    world.clock.move_to(DUE + HALF_A_MINUTE)
    await worker.tick()
    assert seen(world) == [101]
    row = await world.of_monday(cohort)
    assert (row.state, row.reason) == (State.SENT, None)


async def test_an_answer_that_was_lost(world: World) -> None:
    """A post whose answer got lost is found in the channel and not posted again."""
    cohort = await world.cohort()
    await world.daily(cohort)
    world.channels.after = raising(TryAgain("The connection broke."))
    world.clock.move_to(DUE)
    worker = world.worker()
    await worker.tick()
    world.clock.move_to(DUE + HALF_A_MINUTE)
    await worker.tick()
    [message] = world.channels.messages
    row = await world.of_monday(cohort)
    assert (row.state, row.message_id) == (State.SENT, message.id)
    assert world.channels.looked == [row.id]


async def test_a_call_that_never_returns(small_world: World) -> None:
    """A call to Discord that hangs is given up, and the other cohorts are posted to."""
    stuck, fine = await small_world.cohort(), await small_world.cohort()
    for cohort in (stuck, fine):
        await small_world.daily(cohort)
    channels = small_world.channels

    class Hanging:
        async def post(self, channel_id: int, card: Card, *, nonce: str) -> object:
            if channel_id == stuck.daily_channel_id:
                await asyncio.Event().wait()
            return await channels.post(channel_id, card, nonce=nonce)

    small_world.clock.move_to(DUE)
    await small_world.worker(sender=Hanging(), patience=0.05).tick()
    assert seen(small_world) == [102]
    assert (await small_world.of_monday(stuck)).reason == "Discord did not answer."


async def test_never_answered(small_world: World) -> None:
    """When Discord fails till long after the grace, staff hear that the outcome is not known."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)
    small_world.channels.before = raising(TryAgain("Discord did not answer."))
    small_world.channels.looking = raising(TryAgain("Discord did not answer."))
    worker = small_world.worker()
    small_world.clock.move_to(DUE)
    while not small_world.told and small_world.clock.now() < OVER + timedelta(hours=2):
        small_world.clock.move_to(await worker.tick())
    [(_, [missed])] = small_world.told
    assert missed.reason == "Not known whether it was posted. Discord did not answer."
    assert small_world.channels.messages == []


async def test_looked_for_past_its_grace(world: World) -> None:
    """A delivery left half-way past its grace is looked for: found it is sent, else missed."""
    there, not_there = await world.cohort(), await world.cohort()
    for cohort in (there, not_there):
        await world.daily(cohort)
    world.channels.after = raising(TryAgain("The connection broke."))
    world.channels.before = lambda channel_id: (
        raising(TryAgain("Discord did not answer."))(channel_id) if channel_id == 102 else None
    )
    world.clock.move_to(DUE)
    await world.worker().tick()
    world.clock.move_to(OVER + timedelta(hours=12))
    await world.worker().tick()
    assert (await world.of_monday(there)).state is State.SENT
    assert (await world.of_monday(not_there)).state is State.MISSED
    assert [cohort_id for cohort_id, _ in world.told] == [not_there.id]
    assert seen(world) == [101]


async def test_looked_for_where_it_was_posted(small_world: World) -> None:
    """A delivery is looked for in the channel it went to, also when the cohort has another now."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)
    small_world.channels.after = raising(TryAgain("The connection broke."))
    small_world.clock.move_to(DUE)
    await small_world.worker().tick()
    small_world.cohorts = [replace(cohort, daily_channel_id=999)]
    small_world.clock.move_to(DUE + LEASE)
    await small_world.worker().tick()
    assert seen(small_world) == [101]
    assert (await small_world.of_monday(cohort)).channel_id == 101


async def test_nothing_to_post(small_world: World) -> None:
    """A day without content by intent is skipped without a word to staff."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)

    async def nothing(delivery: Delivery, cohort: Cohort) -> None:
        return None

    small_world.clock.move_to(DUE)
    await small_world.worker(compose=nothing).tick()
    assert (await small_world.of_monday(cohort)).state is State.SKIPPED
    assert (seen(small_world), small_world.told) == ([], [])


async def test_a_card_without_the_marker(small_world: World) -> None:
    """A card that could not be found again is not posted at all."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)

    async def unmarked(delivery: Delivery, cohort: Cohort) -> Composed:
        return Composed(Card(("Good morning.",)), ())

    small_world.clock.move_to(DUE)
    await small_world.worker(compose=unmarked).tick()
    assert seen(small_world) == []
    assert (await small_world.of_monday(cohort)).reason == "Something went wrong."


@pytest.mark.parametrize("state", [CohortState.MAKING, CohortState.ARCHIVED])
async def test_only_running_cohorts(small_world: World, state: CohortState) -> None:
    """A cohort being made or archived is posted nothing, and nobody is told it was missed."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)
    await small_world.worker().tick()
    small_world.cohorts = [replace(cohort, state=state)]
    for moment in (DUE, OVER):
        small_world.clock.move_to(moment)
        await small_world.worker().tick()
    assert (seen(small_world), small_world.told) == ([], [])


async def test_not_before_the_cohort_starts(small_world: World) -> None:
    """The first post comes on the day the cohort starts."""
    cohort = await small_world.cohort(starts_on=MONDAY + timedelta(days=1))
    await small_world.daily(cohort)
    for moment in (DUE, DUE + timedelta(days=1)):
        small_world.clock.move_to(moment)
        await small_world.worker().tick()
    assert [message.at for message in small_world.channels.messages] == [DUE + timedelta(days=1)]


async def test_over_the_change_of_the_clocks(small_world: World) -> None:
    """Through the night the clocks change, one post a day, each at nine on the wall."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort)
    worker = small_world.worker()
    for hours in range(56):
        small_world.clock.move_to(utc(2026, 3, 7, 12) + timedelta(hours=hours))
        await worker.tick()
    assert [message.at for message in small_world.channels.messages] == [
        utc(2026, 3, 7, 15),
        utc(2026, 3, 8, 14),
        utc(2026, 3, 9, 14),
    ]


async def test_several_workers(world: World, database_url: str) -> None:
    """Several processes on one database post everything once between them, round after round."""
    for _ in range(6):
        cohort = await world.cohort()
        for minute in (0, 1):
            await world.daily(cohort, time(9, minute))
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(Database.open(database_url)) for _ in range(3)]
        for day in range(3):
            world.clock.move_to(DUE + timedelta(days=day, minutes=1))
            for _ in range(2):  # what one had locked, another may have passed over
                await asyncio.gather(*(world.worker(db).tick() for db in databases))
    assert sorted(seen(world)) == sorted([*range(101, 107)] * 6)
    nonces = [message.nonce for message in world.channels.messages]
    assert len(set(nonces)) == 36
    assert world.told == []


async def test_the_ledger_is_away(
    small_world: World, tmp_path: Path, logged: list[dict[str, object]]
) -> None:
    """Without its ledger the worker fails at once, not cohort by cohort, and posts nothing."""
    await small_world.cohort()
    await small_world.daily(await small_world.cohort())
    small_world.clock.move_to(DUE)
    async with Database.open(f"sqlite+aiosqlite:///{tmp_path}/none/x.sqlite3") as nowhere:
        with pytest.raises(StorageError):
            await small_world.worker(nowhere).tick()
    assert (seen(small_world), logged) == ([], [])


async def test_side_by_side(small_world: World) -> None:
    """Eight cohorts are posted to at the same time; nobody waits for another's channel."""
    for _ in range(8):
        await small_world.daily(await small_world.cohort())
    together = asyncio.Barrier(8)
    channels = small_world.channels

    class Meeting:
        async def post(self, channel_id: int, card: Card, *, nonce: str) -> Posted:
            async with asyncio.timeout(10):
                await together.wait()
            return await channels.post(channel_id, card, nonce=nonce)

    small_world.clock.move_to(DUE)
    await small_world.worker(sender=Meeting()).tick()
    assert sorted(seen(small_world)) == [*range(101, 109)]


async def test_the_others_are_finished(small_world: World) -> None:
    """When one delivery brings the worker down, those under way beside it are finished first."""
    first, second = await small_world.cohort(), await small_world.cohort()
    for cohort in (first, second):
        await small_world.daily(cohort)

    async def deadly(delivery: Delivery, cohort: Cohort) -> Composed:
        if cohort.id == first.id:
            raise Killed
        return await compose(delivery, cohort)

    small_world.clock.move_to(DUE)
    with pytest.raises(Killed):
        await small_world.worker(compose=deadly).tick()
    assert (await small_world.of_monday(second)).state is State.SENT


async def settled(world: World) -> None:
    """Let the worker go on until it sleeps."""
    async with asyncio.timeout(10):
        while world.activity.names or world.clock.due or world.clock.next_wake is None:
            await world.clock.pause(0.001)


async def test_the_loop_sleeps_till_something_is_due(small_world: World) -> None:
    """The loop wakes for the next due instant and at least every quarter of an hour."""
    await small_world.daily(await small_world.cohort(), time(8, 20))
    running = asyncio.create_task(small_world.worker().run())
    wakes = []
    for _ in range(4):
        await settled(small_world)
        assert small_world.clock.next_wake
        wakes.append(small_world.clock.next_wake)
        small_world.clock.move_to(wakes[-1])
    start = utc(2026, 3, 2, 14)
    assert [(wake - start).total_seconds() / 60 for wake in wakes] == [15, 20, 35, 50]
    assert [message.at for message in small_world.channels.messages] == [wakes[1]]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert small_world.clock.next_wake is None


async def test_woken_at_once(small_world: World) -> None:
    """A new slot is seen without waiting; from the call on the worker counts as busy."""
    cohort = await small_world.cohort()
    worker = small_world.worker()
    running = asyncio.create_task(worker.run())
    for minute in (5, 10):
        await settled(small_world)
        await small_world.daily(cohort, time(8, minute))
        worker.wake()
        worker.wake()
        assert small_world.activity.names == ["delivery"]
        await settled(small_world)
        assert small_world.clock.next_wake == utc(2026, 3, 2, 14, 5)
    assert len(await small_world.ledger.of_day(cohort.id, MONDAY)) == 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_woken_while_it_works(small_world: World) -> None:
    """A slot made during a tick, after the planning, is planned by another tick right after it."""
    cohort = await small_world.cohort()
    await small_world.daily(cohort, time(8))

    async def meanwhile(delivery: Delivery, of: Cohort) -> Composed:
        await small_world.daily(cohort, time(8, 5))
        worker.wake()
        return await compose(delivery, of)

    worker = small_world.worker(compose=meanwhile)
    running = asyncio.create_task(worker.run())
    await settled(small_world)
    assert seen(small_world) == [101]
    assert small_world.clock.next_wake == utc(2026, 3, 2, 14, 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert small_world.activity.names == []


async def test_posted_by_hand(small_world: World) -> None:
    """Brought forward to eight, a post does not come again at nine."""
    cohort = await small_world.cohort()
    slot = await small_world.daily(cohort)
    worker = small_world.worker()
    await worker.tick()
    now = small_world.clock.now()
    [one, _] = planned(slot, cohort, now)
    assert await small_world.ledger.bring_forward(cohort.id, one, now)
    for moment in (now, DUE, DUE + timedelta(hours=1)):
        small_world.clock.move_to(moment)
        await worker.tick()
    assert [message.at for message in small_world.channels.messages] == [now]


async def test_posted_by_hand_after_it_was_missed(small_world: World) -> None:
    """What was missed can be posted by hand that evening, and staff are not told again."""
    cohort = await small_world.cohort()
    slot = await small_world.daily(cohort)
    worker = small_world.worker()
    evening = utc(2026, 3, 3, 4)  # 22:00 in Chicago
    small_world.clock.move_to(evening)
    await worker.tick()
    [one] = [each for each in planned(slot, cohort, evening) if each.local_date == MONDAY]
    assert await small_world.ledger.bring_forward(cohort.id, one, evening)
    for hours in range(3):
        small_world.clock.move_to(evening + timedelta(hours=hours))
        await worker.tick()
    assert [message.at for message in small_world.channels.messages] == [evening]
    assert (await small_world.of_monday(cohort)).state is State.SENT
    assert len(small_world.told) == 1


async def test_a_skipped_day(small_world: World) -> None:
    """A skipped day is passed over in silence, the next one is posted."""
    cohort = await small_world.cohort()
    slot = await small_world.daily(cohort)
    [one, _] = planned(slot, cohort, small_world.clock.now())
    await small_world.ledger.skip(cohort.id, one, "Skipped by staff.", small_world.clock.now())
    for moment in (DUE, OVER, DUE + timedelta(days=1)):
        small_world.clock.move_to(moment)
        await small_world.worker().tick()
    assert [message.at for message in small_world.channels.messages] == [DUE + timedelta(days=1)]
    assert small_world.told == []
