"""Killed at any step of a delivery: nothing is lost, nothing comes twice."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.delivery.model import LEASE, Delivery, State
from bot.programme.model import Cohort
from tests.delivery.world import Killed, World, compose, raising, utc

DUE = utc(2026, 3, 2, 15)  # Monday 09:00 in Chicago
OVER = utc(2026, 3, 2, 18)


async def killed_composing(delivery: Delivery, cohort: Cohort) -> None:
    raise Killed


async def kill(world: World, step: str) -> None:
    """Run one worker at 09:00 that is killed at ``step``."""
    await world.worker().tick()  # planned at 08:00
    world.clock.move_to(DUE)
    match step:
        case "before the claim":
            return
        case "after the claim":
            worker = world.worker(compose=killed_composing)
        case "before the post":
            world.channels.before = raising(Killed())
            worker = world.worker()
        case "after the post":
            world.channels.after = raising(Killed())
            worker = world.worker()
        case "after the mark":
            await world.worker().tick()
            return
    with pytest.raises(Killed):
        await worker.tick()
    world.channels.before = world.channels.after = lambda channel_id: None


STEPS = [
    "before the claim",
    "after the claim",
    "before the post",
    "after the post",
    "after the mark",
]


@pytest.mark.parametrize("step", STEPS)
async def test_the_next_worker_goes_on(world: World, step: str) -> None:
    """Whenever the first worker died, there is one post when the second is through."""
    cohort = await world.cohort()
    await world.daily(cohort)
    await kill(world, step)
    for minutes in (0, 1, 2, 3, 30):
        world.clock.move_to(DUE + timedelta(minutes=minutes))
        await world.worker().tick()
    [message] = world.channels.messages
    row = await world.of_monday(cohort)
    assert (row.state, row.message_id, row.channel_id) == (State.SENT, message.id, 101)
    assert row.item_ids == ("skill-001", "snippet-001")
    assert world.told == []


@pytest.mark.parametrize("step", ["after the claim", "before the post", "after the post"])
async def test_not_before_the_lease_is_over(world: World, step: str) -> None:
    """Until the lease is over the delivery is left to the worker that claimed it."""
    cohort = await world.cohort()
    await world.daily(cohort)
    await kill(world, step)
    before = len(world.channels.messages)
    world.clock.move_to(DUE + LEASE - timedelta(seconds=1))
    assert await world.worker().tick() == DUE + LEASE
    assert len(world.channels.messages) == before
    assert world.channels.looked == []


@pytest.mark.parametrize(
    ("step", "posts", "told"),
    [
        ("before the claim", 0, 1),
        ("after the claim", 0, 1),
        ("before the post", 0, 1),
        ("after the post", 1, 0),
        ("after the mark", 1, 0),
    ],
)
async def test_back_too_late(world: World, step: str, posts: int, told: int) -> None:
    """Back after the grace nothing is posted, and staff hear of what is truly missing, once."""
    cohort = await world.cohort()
    await world.daily(cohort)
    await kill(world, step)
    for hours in range(3):
        world.clock.move_to(OVER + timedelta(hours=hours))
        await world.worker().tick()
    assert len(world.channels.messages) == posts
    assert len(world.told) == told


async def test_killed_while_telling_staff(world: World) -> None:
    """A worker killed before staff were told leaves that to the next one."""
    await world.daily(await world.cohort())
    world.clock.move_to(OVER)

    async def killed(cohort: Cohort, missed: Sequence[Delivery]) -> None:
        raise Killed

    with pytest.raises(Killed):
        await world.worker(tell_staff=killed).tick()
    for quarter in range(1, 5):
        world.clock.move_to(OVER + timedelta(minutes=15 * quarter))
        await world.worker().tick()
    assert len(world.told) == 1


async def test_a_worker_that_slept(world: World) -> None:
    """A worker held up past its lease does not post what another has posted by then."""
    cohort = await world.cohort()
    await world.daily(cohort)
    world.clock.move_to(DUE)

    async def overtaken(delivery: Delivery, of: Cohort) -> object:
        world.clock.move_to(DUE + LEASE)
        await world.worker().tick()
        return await compose(delivery, of)

    await world.worker(compose=overtaken).tick()
    [message] = world.channels.messages
    assert (await world.of_monday(cohort)).message_id == message.id
