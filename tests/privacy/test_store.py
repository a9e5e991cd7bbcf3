"""The audit log: a line for every act, for a year, on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.privacy.store import AuditStore
from bot.storage.engine import Database
from tests.delivery.world import utc

GUILD, ELSEWHERE = 1234567890123456789, 77
ANA, KIM, LEE = 9007199254740993, 43, 44
NOW = utc(2026, 3, 2, 14)


@pytest.fixture
def store(db: Database) -> AuditStore:
    return AuditStore(db)


async def test_a_line(store: AuditStore) -> None:
    """A line says when, where, who, what, about whom, and comes back whole."""
    await store.add(NOW, GUILD, KIM, "care.claim", ANA, 5)
    [line] = (await store.export(GUILD, ANA))["audit"]
    del line["id"]
    assert line == {
        "at": NOW,
        "guild_id": GUILD,
        "actor_id": KIM,
        "action": "care.claim",
        "subject_id": ANA,
        "cohort_id": 5,
    }


async def test_both_sides(store: AuditStore) -> None:
    """A line is in the export of whom it is about and of who acted, in order, and no one else's."""
    await store.add(NOW, GUILD, KIM, "one", ANA)
    await store.add(NOW, GUILD, KIM, "two")
    await store.add(NOW, ELSEWHERE, KIM, "three", ANA)
    assert [line["action"] for line in (await store.export(GUILD, KIM))["audit"]] == ["one", "two"]
    assert [line["action"] for line in (await store.export(GUILD, ANA))["audit"]] == ["one"]
    assert (await store.export(GUILD, LEE))["audit"] == []


async def test_at_once(store: AuditStore) -> None:
    """Lines written at the same moment are all there."""
    await asyncio.gather(*(store.add(NOW, GUILD, KIM, f"act {n}", ANA) for n in range(12)))
    told = (await store.export(GUILD, ANA))["audit"]
    assert sorted(line["action"] for line in told) == sorted(f"act {n}" for n in range(12))


async def test_purge(store: AuditStore) -> None:
    """What is older than the instant goes, and the count is true."""
    for days in (0, 1, 2):
        await store.add(NOW + timedelta(days=days), GUILD, KIM, f"day {days}", ANA)
    assert await store.purge(NOW + timedelta(days=1)) == 1
    assert [line["action"] for line in (await store.export(GUILD, ANA))["audit"]] == [
        "day 1",
        "day 2",
    ]


async def test_erase(store: AuditStore) -> None:
    """Erasure takes every line with that person in this server, and no other."""
    await store.add(NOW, GUILD, KIM, "about", ANA)
    await store.add(NOW, GUILD, ANA, "by")
    await store.add(NOW, GUILD, KIM, "another", LEE)
    await store.add(NOW, ELSEWHERE, KIM, "elsewhere", ANA)
    await store.erase(GUILD, ANA)
    assert (await store.export(GUILD, ANA))["audit"] == []
    assert [line["action"] for line in (await store.export(GUILD, KIM))["audit"]] == ["another"]
    assert len((await store.export(ELSEWHERE, ANA))["audit"]) == 1
