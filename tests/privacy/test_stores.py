"""Every column that can hold a person is exported and erased, found from the tables themselves."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Integer, Table, insert, select

from bot.care.store import EpisodeStore
from bot.checkins.store import CheckInStore
from bot.privacy.service import PersonalStore
from bot.privacy.store import AuditStore
from bot.programme.store import ProgrammeStore
from bot.storage.columns import UtcDateTime
from bot.storage.engine import Database
from bot.storage.secrets import Keyring
from bot.storage.tables import cohort, metadata, programme

GUILD, SOMEBODY, OTHER = 11, 1234567890123456789, 42
_PERSON = re.compile(r"^(user|actor|subject|member|staff|person|author)_id$|_by$")
_PLACES = [
    (table, column.name)
    for table in metadata.sorted_tables
    for column in table.columns
    if _PERSON.search(column.name)
]
_WHO = [f"{table.name}.{column}" for table, column in _PLACES]
_WORDS = {
    "state": "open",
    "kind": "finding",
    "message_state": "none",
    "help_route": "button",
    "detection": "off",
    "checkins": "stored",
    "admission": "rolling",
}


def _value(column: Column[Any], keyring: Keyring) -> Any:
    if column.name in ("guild_id", "cohort_id"):
        return GUILD
    if column.name == "sealed_answers":
        return keyring.seal({"mood": 1, "sleep": "ok", "skills": [], "reach_out": "no"})
    if column.name == "sealed_finding":
        return keyring.seal([["suicide"], ["en.suicide.wish"]])
    if column.name.startswith("sealed_"):
        return keyring.seal([])
    if column.name in _WORDS:
        return (
            "active" if column.table is cohort and column.name == "state" else _WORDS[column.name]
        )
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 3, 2, tzinfo=UTC)
    if isinstance(column.type, Date):
        return date(2026, 3, 2)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer | BigInteger):
        return OTHER
    return [] if isinstance(column.type, JSON) else "x"


def _row(table: Table, keyring: Keyring, **known: Any) -> dict[str, Any]:
    columns = [one for one in table.columns if not one.nullable or one.name in known]
    return {one.name: _value(one, keyring) for one in columns} | known


def _stores(db: Database, keyring: Keyring) -> tuple[PersonalStore, ...]:
    return (
        ProgrammeStore(db),
        EpisodeStore(db, keyring),
        CheckInStore(db, keyring),
        AuditStore(db),
    )


async def _put(db: Database, keyring: Keyring, table: Table, column: str, who: int) -> None:
    """Write one row that has somebody in one column, and what it hangs on."""
    known = {"guild_id": GUILD} if "guild_id" in table.columns else {}
    rows = {programme: _row(programme, keyring), cohort: _row(cohort, keyring, id=GUILD)}
    rows[table] = _row(table, keyring, **known, **{column: who})
    async with db.write() as connection:
        for place in (programme, cohort, table):
            if place in rows:
                await connection.execute(insert(place).values(rows.pop(place)))


async def _exported(db: Database, keyring: Keyring) -> list[dict[str, Any]]:
    return [await store.export(GUILD, SOMEBODY) for store in _stores(db, keyring)]


def test_something_is_found() -> None:
    """The search finds the columns that everybody knows of."""
    assert {"member.user_id", "episode.claimed_by", "audit.actor_id", "checkin.user_id"} <= set(
        _WHO
    )


@pytest.mark.parametrize(("table", "column"), _PLACES, ids=_WHO)
async def test_exported_and_erased(
    db: Database, keyring: Keyring, table: Table, column: str
) -> None:
    """Somebody who stands in this column is in their export, and gone after erasure."""
    await _put(db, keyring, table, column, SOMEBODY)
    assert str(SOMEBODY) in str(await _exported(db, keyring))
    for store in _stores(db, keyring):
        await store.erase(GUILD, SOMEBODY)
    async with db.read() as connection:
        left = (await connection.execute(select(table))).all()
    assert str(SOMEBODY) not in str(left)
    assert not any(rows for found in await _exported(db, keyring) for rows in found.values())


@pytest.mark.parametrize(("table", "column"), _PLACES, ids=_WHO)
async def test_others_stay(db: Database, keyring: Keyring, table: Table, column: str) -> None:
    """Erasing one person leaves everybody else's rows as they are."""
    await _put(db, keyring, table, column, OTHER)
    async with db.read() as connection:
        before = (await connection.execute(select(table))).all()
    for store in _stores(db, keyring):
        await store.erase(GUILD, SOMEBODY)
    async with db.read() as connection:
        assert (await connection.execute(select(table))).all() == before
