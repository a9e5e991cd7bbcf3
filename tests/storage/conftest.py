"""Databases without tables, and rows that others point at."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import MovedClock
from bot.storage import tables
from tests import postgres

_numbers = itertools.count(1)


@pytest.fixture
async def empty_postgres_url(postgres_cluster: postgres.Cluster) -> AsyncIterator[str]:
    """The address of a PostgreSQL database nobody has used yet."""
    name = f"empty_{next(_numbers)}"
    await postgres_cluster.execute(f"CREATE DATABASE {name}")
    yield postgres_cluster.url(name)
    await postgres_cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path}/new/handrail.sqlite3"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without tables; the test runs once on each engine."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


async def add_cohort(connection: AsyncConnection, clock: MovedClock, name: str = "Oak") -> int:
    """A cohort of programme 1, which is made with the first one; its id."""
    now = clock.now()
    if await connection.scalar(tables.programme.select()) is None:
        await connection.execute(
            insert(tables.programme).values(
                guild_id=1,
                language="en",
                zone="America/Chicago",
                staffed_hours=[],
                clinician_role_id=2,
                lead_role_id=3,
                detection="in-memory",
                checkins="stored",
                level_3_always=True,
                tuning={},
                updated_at=now,
            )
        )
    added = await connection.execute(
        insert(tables.cohort).values(
            guild_id=1,
            name=name,
            zone="America/Chicago",
            starts_on=date(2026, 3, 2),
            admission="rolling",
            state="active",
            created_at=now,
        )
    )
    found: int = added.inserted_primary_key[0]  # type: ignore[index]
    return found
