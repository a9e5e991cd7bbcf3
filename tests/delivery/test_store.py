"""The ledger and the slots, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta

import pytest

from bot.delivery.model import LEASE, Delivery, Planned, Slot, SlotKind, State, planned
from bot.delivery.store import TELL_AGAIN, LedgerStore, SlotStore
from bot.errors import Refused
from bot.programme.model import Cohort
from bot.storage.engine import Database
from tests.delivery.world import MONDAY, World, utc

DUE = utc(2026, 3, 2, 15)  # Monday 09:00 in Chicago
OVER = utc(2026, 3, 2, 18)


@pytest.fixture
async def cohort(world: World) -> Cohort:
    return await world.cohort()


@pytest.fixture
async def slot(world: World, cohort: Cohort) -> Slot:
    """Daily at 09:00, with Monday and Tuesday in the ledger."""
    made = await world.daily(cohort)
    await world.ledger.plan(cohort.id, planned(made, cohort, world.clock.now()), world.clock.now())
    return made


@pytest.fixture
async def others(database_url: str) -> AsyncIterator[list[LedgerStore]]:
    """The ledgers of four more processes on the same database."""
    async with (
        Database.open(database_url) as a,
        Database.open(database_url) as b,
        Database.open(database_url) as c,
        Database.open(database_url) as d,
    ):
        yield [LedgerStore(each) for each in (a, b, c, d)]


async def claim_one(world: World, cohort: Cohort, now: datetime = DUE) -> Delivery:
    [found] = await world.ledger.claim([cohort.id], now, 8)
    return found


async def test_planning_twice_changes_nothing(world: World, cohort: Cohort, slot: Slot) -> None:
    """One row for each cohort, slot and local date, however often it is planned."""
    occurrences = planned(slot, cohort, world.clock.now())
    assert len(occurrences) == 2
    assert await world.ledger.plan(cohort.id, occurrences, world.clock.now()) == 0
    row = await world.of_monday(cohort)
    assert (row.state, row.due_at, row.grace_until) == (State.DUE, DUE, OVER)
    assert (row.attempts, row.item_ids, len(row.id)) == (0, (), 16)


async def test_planning_by_several_at_once(
    world: World, cohort: Cohort, others: list[LedgerStore]
) -> None:
    """Processes that plan at the same time make one row between them."""
    made = await world.daily(cohort)
    occurrences = planned(made, cohort, world.clock.now())
    new = await asyncio.gather(
        *(ledger.plan(cohort.id, occurrences, world.clock.now()) for ledger in others)
    )
    assert sum(new) == len(occurrences) == 2
    assert len(await world.ledger.upcoming(cohort.id, world.clock.now())) == 2


async def test_claimed_when_due(world: World, cohort: Cohort, slot: Slot) -> None:
    """A delivery is claimed from its instant on, not before, and only once."""
    early = DUE - timedelta(seconds=1)
    assert await world.ledger.claim([cohort.id], early, 8) == []
    found = await claim_one(world, cohort)
    assert (found.state, found.attempts, found.maybe_sent) == (State.CLAIMED, 1, False)
    assert await world.ledger.claim([cohort.id], DUE, 8) == []


async def test_not_claimed_past_its_grace(world: World, cohort: Cohort, slot: Slot) -> None:
    """What is past its grace is never handed out to be posted."""
    assert len(await world.ledger.claim([cohort.id], OVER - timedelta(seconds=1), 8)) == 1
    other = await world.cohort()
    made = await world.daily(other)
    await world.ledger.plan(other.id, planned(made, other, DUE), DUE)
    assert await world.ledger.claim([other.id], OVER, 8) == []


async def test_only_the_cohorts_asked_for(world: World, cohort: Cohort, slot: Slot) -> None:
    """A worker gets nothing of a cohort it does not answer for."""
    assert await world.ledger.claim([cohort.id + 1], DUE, 8) == []
    assert await world.ledger.claim([], DUE, 8) == []
    assert await world.ledger.missed([cohort.id + 1], OVER) == []
    assert await world.ledger.next_wake([cohort.id + 1]) is None


async def test_many_claim_at_once(
    world: World, cohort: Cohort, slot: Slot, others: list[LedgerStore]
) -> None:
    """However many claim at the same time, everything is handed out, each row to one of them."""
    for minute in range(1, 12):
        made = await world.daily(cohort, time(8, minute))
        await world.ledger.plan(cohort.id, planned(made, cohort, world.clock.now()), DUE)

    async def drain(ledger: LedgerStore) -> list[str]:
        mine: list[str] = []
        while found := await ledger.claim([cohort.id], DUE, 1):
            mine += [one.id for one in found]
        return mine

    shares = await asyncio.gather(*(drain(ledger) for ledger in [*others, world.ledger]))
    ids = [one for share in shares for one in share]
    assert len(ids) == len(set(ids))
    rest = await world.ledger.claim([cohort.id], DUE, 50)
    assert len(ids) + len(rest) == 12


async def test_a_lease_that_ran_out(world: World, cohort: Cohort, slot: Slot) -> None:
    """Another worker gets it when the lease is over, and knows whether a post was tried."""
    first = await claim_one(world, cohort)
    assert await world.ledger.claim([cohort.id], DUE + LEASE - timedelta(seconds=1), 8) == []
    second = await claim_one(world, cohort, DUE + LEASE)
    assert (second.id, second.attempts, second.maybe_sent) == (first.id, 2, False)
    assert await world.ledger.begin(second, 101, ["skill-001"], DUE + LEASE)
    almost = DUE + 2 * LEASE - timedelta(seconds=1)
    assert await world.ledger.claim([cohort.id], almost, 8) == []
    third = await claim_one(world, cohort, DUE + 2 * LEASE)
    assert third.maybe_sent
    assert (third.channel_id, third.item_ids) == (101, ("skill-001",))


async def test_a_lease_begun_anew(world: World, cohort: Cohort, slot: Slot) -> None:
    """Just before posting the lease starts anew, however long the worker waited its turn."""
    late = DUE + LEASE - timedelta(seconds=1)
    assert await world.ledger.begin(await claim_one(world, cohort), 101, [], late)
    assert await world.ledger.claim([cohort.id], DUE + LEASE, 8) == []
    assert len(await world.ledger.claim([cohort.id], late + LEASE, 8)) == 1


async def test_handed_over_past_its_grace(world: World, cohort: Cohort, slot: Slot) -> None:
    """A delivery left half-way is handed out past its grace, so that it can be looked for."""
    await world.ledger.begin(await claim_one(world, cohort), 101, [], DUE)
    assert (await claim_one(world, cohort, OVER + timedelta(days=3))).maybe_sent


async def test_an_old_claim_changes_nothing(world: World, cohort: Cohort, slot: Slot) -> None:
    """A worker that slept through its lease may not post, put off or close the delivery."""
    old = await claim_one(world, cohort)
    new = await claim_one(world, cohort, DUE + LEASE)
    later = DUE + LEASE
    assert not await world.ledger.begin(old, 101, [], later)
    assert not await world.ledger.retry_later(old, OVER, "x", later)
    assert not await world.ledger.give_up(old, "x", later)
    assert not await world.ledger.set_aside(old, "x", later)
    assert await world.ledger.begin(new, 101, [], later)


async def test_sent(world: World, cohort: Cohort, slot: Slot) -> None:
    """A sent delivery keeps where it stands and what it holds, and is never handed out again."""
    mine = await claim_one(world, cohort)
    await world.ledger.begin(mine, 101, ["skill-001"], DUE)
    await world.ledger.sent(mine.id, 5000, DUE)
    row = await world.of_monday(cohort)
    assert (row.state, row.channel_id, row.message_id) == (State.SENT, 101, 5000)
    assert row.item_ids == ("skill-001",)
    assert await world.ledger.claim([cohort.id], DUE + timedelta(days=1) - LEASE, 8) == []
    assert await world.ledger.missed([cohort.id], OVER) == []


async def test_put_off(world: World, cohort: Cohort, slot: Slot) -> None:
    """A delivery put off comes back at its time, and not before."""
    mine = await claim_one(world, cohort)
    when = DUE + timedelta(minutes=10)
    assert await world.ledger.retry_later(mine, when, "Discord did not answer. " * 9, DUE)
    assert await world.ledger.next_wake([cohort.id]) == when
    assert await world.ledger.claim([cohort.id], when - timedelta(seconds=1), 8) == []
    again = await claim_one(world, cohort, when)
    assert len(again.reason or "") == 80


async def test_missed(world: World, cohort: Cohort, slot: Slot) -> None:
    """What nobody posted in time is missed, and returned until staff were told."""
    assert await world.ledger.missed([cohort.id], OVER - timedelta(seconds=1)) == []
    [late] = await world.ledger.missed([cohort.id], OVER)
    assert (late.state, late.reason) == (State.MISSED, "It could not be posted in time.")
    assert await world.ledger.missed([cohort.id], OVER) == []
    assert await world.ledger.missed([cohort.id], OVER + TELL_AGAIN) == [late]
    await world.ledger.told([late.id])
    assert await world.ledger.missed([cohort.id], OVER + timedelta(hours=4)) == []
    assert (await world.of_monday(cohort)).state is State.MISSED


async def test_missed_by_several_at_once(
    world: World, cohort: Cohort, slot: Slot, others: list[LedgerStore]
) -> None:
    """Of several processes one is asked to tell staff."""
    found = await asyncio.gather(*(ledger.missed([cohort.id], OVER) for ledger in others))
    assert sorted(map(len, found)) == [0, 0, 0, 1]


async def test_given_up(world: World, cohort: Cohort, slot: Slot) -> None:
    """A delivery given up is told with its own reason, at once."""
    await world.ledger.give_up(await claim_one(world, cohort), "The channel is gone.", DUE)
    [told] = await world.ledger.missed([cohort.id], DUE)
    assert told.reason == "The channel is gone."
    assert await world.ledger.claim([cohort.id], DUE + LEASE, 8) == []


async def test_set_aside(world: World, cohort: Cohort, slot: Slot) -> None:
    """Nothing to post is no failure: staff hear nothing."""
    await world.ledger.set_aside(await claim_one(world, cohort), "Nothing to post.", DUE)
    assert await world.ledger.missed([cohort.id], OVER) == []
    assert (await world.of_monday(cohort)).state is State.SKIPPED


async def test_skip(world: World, cohort: Cohort, slot: Slot) -> None:
    """One date can be left out, planned or not; one on its way cannot."""
    now = world.clock.now()
    monday, _ = planned(slot, cohort, now)
    thursday = Planned(
        slot.id,
        slot.kind,
        MONDAY + timedelta(days=3),
        DUE + timedelta(days=3),
        OVER + timedelta(days=3),
    )
    for one in (monday, thursday, monday):
        assert await world.ledger.skip(cohort.id, one, "Skipped by staff.", now)
    assert await world.ledger.claim([cohort.id], DUE, 8) == []
    assert await world.ledger.missed([cohort.id], OVER) == []
    states = [one.state for one in await world.ledger.upcoming(cohort.id, now)]
    assert states == [State.SKIPPED, State.DUE, State.SKIPPED]
    tuesday = await claim_one(world, cohort, DUE + timedelta(days=1))
    one = Planned(slot.id, slot.kind, tuesday.local_date, tuesday.due_at, tuesday.grace_until)
    assert not await world.ledger.skip(cohort.id, one, "Skipped by staff.", now)


@pytest.mark.parametrize("before", ["due", "missed", "skipped", "unplanned"])
async def test_brought_forward(world: World, cohort: Cohort, slot: Slot, before: str) -> None:
    """An occurrence can be made due now, whatever became of it, as long as it is not out."""
    now = world.clock.now()
    if before == "unplanned":
        slot = await world.daily(cohort, time(10))
    if before == "skipped":
        await world.ledger.skip(cohort.id, planned(slot, cohort, now)[0], "x", now)
    if before == "missed":
        await world.ledger.missed([cohort.id], OVER)
    at = OVER + timedelta(hours=1) if before == "missed" else now
    one = Planned(slot.id, slot.kind, MONDAY, DUE, OVER)
    assert await world.ledger.bring_forward(cohort.id, one, at)
    mine = next(d for d in await world.ledger.claim([cohort.id], at, 8) if d.slot_id == slot.id)
    assert (mine.local_date, mine.reason, mine.maybe_sent) == (MONDAY, None, False)
    assert (mine.due_at, mine.grace_until) == (at, at + timedelta(minutes=30))
    assert not await world.ledger.bring_forward(cohort.id, one, at)
    await world.ledger.sent(mine.id, 5000, at)
    assert not await world.ledger.bring_forward(cohort.id, one, at)


async def test_next_wake(world: World, cohort: Cohort, slot: Slot) -> None:
    """There is something to do at the next due instant, at the end of a lease, or to be told."""
    assert await world.ledger.next_wake([cohort.id]) == DUE
    mine = await claim_one(world, cohort)
    assert await world.ledger.next_wake([cohort.id]) == DUE + LEASE
    await world.ledger.give_up(mine, "x", DUE)
    await world.ledger.missed([cohort.id], DUE)
    assert await world.ledger.next_wake([cohort.id]) == DUE + TELL_AGAIN
    await world.ledger.told([mine.id])
    assert await world.ledger.next_wake([cohort.id]) == DUE + timedelta(days=1)


async def test_purge(world: World, cohort: Cohort, slot: Slot) -> None:
    """Rows older than the limit are deleted, newer ones stay."""
    assert await world.ledger.purge(DUE + timedelta(seconds=1)) == 1
    assert await world.ledger.of_day(cohort.id, MONDAY) == []
    assert len(await world.ledger.upcoming(cohort.id, DUE)) == 1


async def test_slots(world: World, cohort: Cohort) -> None:
    """Slots are listed by time of day, of one cohort alone, as they were made."""
    other = await world.cohort()
    late = await world.slots.add(cohort.id, SlotKind.CHECK_IN, "135", time(18, 30), DUE)
    early = await world.slots.add(cohort.id, SlotKind.DAILY, "12345", time(9), DUE)
    assert await world.slots.of_cohort(cohort.id) == [early, late]
    assert (late.days, late.at, late.created_at) == ("135", time(18, 30), DUE)
    assert await world.slots.of_cohort(other.id) == []
    assert not await world.slots.remove(other.id, late.id)
    assert await world.slots.remove(cohort.id, late.id)
    assert not await world.slots.remove(cohort.id, late.id)
    assert await world.slots.of_cohort(cohort.id) == [early]


async def test_the_same_slot_twice(world: World, cohort: Cohort, database_url: str) -> None:
    """Two people who set the same time at the same moment do not make two posts of one."""
    async with Database.open(database_url) as a, Database.open(database_url) as b:
        stores = [SlotStore(db) for db in (a, b, world.db)]
        for hour in range(8, 16):
            made = await asyncio.gather(
                *(
                    store.add(cohort.id, SlotKind.DAILY, days, time(hour), DUE)
                    for store, days in zip(stores, ("12345", "56", "5"), strict=True)
                ),
                return_exceptions=True,
            )
            assert sum(isinstance(one, Slot) for one in made) == 1
            refusals = [str(one) for one in made if isinstance(one, Refused)]
            assert len(refusals) == 2
            assert "Choose another time" in refusals[0]


async def test_slots_side_by_side(world: World, cohort: Cohort) -> None:
    """The same time on other days, or of another kind, is no repetition."""
    await world.slots.add(cohort.id, SlotKind.DAILY, "12345", time(9), DUE)
    await world.slots.add(cohort.id, SlotKind.DAILY, "67", time(9), DUE)
    await world.slots.add(cohort.id, SlotKind.CHECK_IN, "12345", time(9), DUE)
    assert len(await world.slots.of_cohort(cohort.id)) == 3


async def test_a_slot_of_no_cohort(world: World, cohort: Cohort) -> None:
    """A cohort that is gone gets no slot, and the person reads why."""
    with pytest.raises(Refused, match="cohort is gone"):
        await world.slots.add(cohort.id + 1, SlotKind.DAILY, "1", time(9), DUE)


async def test_a_removed_slot_posts_nothing(world: World, cohort: Cohort, slot: Slot) -> None:
    """With the slot goes what was planned for it."""
    await world.slots.remove(cohort.id, slot.id)
    assert await world.ledger.claim([cohort.id], DUE, 8) == []
    assert await world.ledger.upcoming(cohort.id, world.clock.now()) == []
