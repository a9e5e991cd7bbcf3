"""Counts by entry and month, on both databases."""

from __future__ import annotations

from bot.screening.model import Tally
from bot.screening.store import TallyStore
from bot.storage.engine import Database

GUILD, OTHER = 1, 2


async def test_counts_add_up(db: Database) -> None:
    """One finding counts each of its entries once; months and servers are kept apart."""
    store = TallyStore(db)
    await store.count(GUILD, ["en.b", "en.a", "en.a"], "2026-03", "fired")
    await store.count(GUILD, ["en.a"], "2026-04", "fired")
    await store.count(GUILD, ["en.a"], "2026-04", "useful")
    await store.count(GUILD, ["en.b"], "2026-04", "useless")
    await store.count(OTHER, ["en.a"], "2026-04", "fired")
    assert await store.since(GUILD, "2026-03") == [Tally("en.a", 2, 1, 0), Tally("en.b", 1, 0, 1)]
    assert await store.since(GUILD, "2026-04") == [Tally("en.a", 1, 1, 0), Tally("en.b", 0, 0, 1)]
    assert await store.since(GUILD, "2026-05") == []


async def test_old_months_go(db: Database) -> None:
    """Whole months before one are deleted, and how many rows that were is told."""
    store = TallyStore(db)
    for month in ("2025-02", "2025-03", "2025-04"):
        await store.count(GUILD, ["en.a"], month, "fired")
    assert await store.purge("2025-04") == 2
    assert await store.since(GUILD, "2025-01") == [Tally("en.a", 1)]
