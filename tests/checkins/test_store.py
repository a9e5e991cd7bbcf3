"""Check-ins are kept sealed, one a day, and go when they should, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.checkins.model import Answers, CheckIn, ReachOut, Sleep
from bot.checkins.store import CheckInStore
from bot.clock import MovedClock
from bot.errors import SecretsError
from bot.storage.engine import Database
from bot.storage.secrets import Keyring, new_key
from bot.storage.tables import checkin
from tests.delivery.world import GUILD, World, utc

ANA, BEN = 9007199254740993, 42
MONDAY = date(2026, 3, 2)
NOW = utc(2026, 3, 2, 14)
DAY = timedelta(days=1)
ANSWERS = Answers(2, Sleep.POOR, ("Paced breathing", "Opposite action"), ReachOut.TODAY)


@pytest.fixture
def store(db: Database, keyring: Keyring) -> CheckInStore:
    return CheckInStore(db, keyring)


@pytest.fixture
async def one(db: Database, clock: MovedClock) -> CheckIn:
    """Ana's check-in of Monday, not saved yet."""
    cohort = await World(db, clock).cohort()
    return CheckIn(GUILD, cohort.id, ANA, MONDAY, ANSWERS, NOW)


async def test_round_trip(store: CheckInStore, one: CheckIn) -> None:
    """Full answers and none at all come back as they were."""
    bare = replace(one, local_date=MONDAY + DAY, answers=Answers())
    await store.save(one)
    await store.save(bare)
    assert await store.of_person(GUILD, ANA) == [one, bare]


async def test_same_day(store: CheckInStore, one: CheckIn) -> None:
    """A second check-in of a day takes the first one's place; other people's stay."""
    bens = replace(one, user_id=BEN)
    later = replace(one, answers=Answers(5), created_at=NOW + timedelta(hours=3))
    for each in (one, bens, later):
        await store.save(each)
    assert await store.of_person(GUILD, ANA) == [later]
    assert await store.of_person(GUILD, BEN) == [bens]


async def test_same_moment(store: CheckInStore, one: CheckIn) -> None:
    """A form that is sent twice at once keeps one check-in and is no error."""
    await asyncio.gather(*(store.save(one) for _ in range(4)))
    assert await store.of_person(GUILD, ANA) == [one]


async def test_sealed(db: Database, store: CheckInStore, one: CheckIn) -> None:
    """No answer stands in the database in plain words, and equal answers look different."""
    await store.save(one)
    await store.save(replace(one, user_id=BEN))
    async with db.read() as connection:
        first, second = (await connection.execute(select(checkin))).mappings().all()
    for word in ("poor", "Paced", "today", "mood", "skills"):
        assert word not in str(first)
    assert first["sealed_answers"] != second["sealed_answers"]


async def test_other_key(db: Database, store: CheckInStore, one: CheckIn) -> None:
    """With another key the answers cannot be read, and that is said."""
    await store.save(one)
    with pytest.raises(SecretsError):
        await CheckInStore(db, Keyring([new_key()])).of_person(GUILD, ANA)


async def test_latest(store: CheckInStore, one: CheckIn) -> None:
    """Staff get each member's last one since a date, newest first, and no other cohort's."""
    for number in range(3):
        await store.save(replace(one, local_date=MONDAY + number * DAY))
    await store.save(replace(one, user_id=BEN, local_date=MONDAY + 3 * DAY))
    found = await store.latest(one.cohort_id, MONDAY)
    assert [(c.user_id, c.local_date) for c in found] == [
        (BEN, MONDAY + 3 * DAY),
        (ANA, MONDAY + 2 * DAY),
    ]
    assert await store.latest(one.cohort_id, MONDAY + 4 * DAY) == []
    assert await store.latest(one.cohort_id + 1, MONDAY) == []


async def test_purge(store: CheckInStore, one: CheckIn) -> None:
    """What is older than the instant goes, the rest stays, and the count is true."""
    young = replace(one, local_date=MONDAY + DAY, created_at=NOW + DAY)
    await store.save(one)
    await store.save(young)
    assert await store.purge(NOW) == 0
    assert await store.purge(NOW + timedelta(seconds=1)) == 1
    assert await store.of_person(GUILD, ANA) == [young]


async def test_export_and_erase(store: CheckInStore, one: CheckIn) -> None:
    """The export tells the answers in plain; erasure leaves nothing of that person alone."""
    await store.save(one)
    await store.save(replace(one, user_id=BEN))
    [told] = (await store.export(GUILD, ANA))["checkin"]
    assert told["answers"]["mood"] == 2
    assert told["local_date"] == MONDAY
    await store.erase(GUILD + 1, ANA)
    assert len(await store.of_person(GUILD, ANA)) == 1
    await store.erase(GUILD, ANA)
    assert (await store.export(GUILD, ANA)) == {"checkin": []}
    assert len(await store.of_person(GUILD, BEN)) == 1
