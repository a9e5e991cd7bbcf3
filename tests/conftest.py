"""What every test may ask for: a database on both engines, the moved clock, a key.

``HANDRAIL_FULL=1`` turns the skipping of what is not installed into a failure.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import MovedClock
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.secrets import Keyring, new_key
from tests import postgres

pytest_plugins = ["tests.conform.plugin"]

_numbers = itertools.count(1)


def pytest_report_header() -> str:
    """Say in one line whether PostgreSQL is there."""
    return postgres.summary()


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands at Monday 2 March 2026, 14:00 UTC, until it is moved."""
    return MovedClock(datetime(2026, 3, 2, 14, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """One fresh key."""
    return Keyring([new_key()])


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """The test run's own PostgreSQL server; a test that asks for it is skipped without one."""
    folder = postgres.programs()
    if folder is None:
        if os.environ.get("HANDRAIL_FULL"):
            pytest.fail(postgres.summary())
        pytest.skip(postgres.summary())
    with postgres.cluster(folder) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "handrail.sqlite3"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: postgres.Cluster) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    asyncio.run(postgres_cluster.execute("CREATE DATABASE template_handrail"))
    asyncio.run(_migrate(postgres_cluster.url("template_handrail")))
    return "template_handrail"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh migrated SQLite file."""
    path = tmp_path / "handrail.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def postgres_url(
    postgres_cluster: postgres.Cluster, postgres_template: str
) -> AsyncIterator[str]:
    """The address of a fresh migrated PostgreSQL database, dropped after the test."""
    name = f"test_{next(_numbers)}"
    await postgres_cluster.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield postgres_cluster.url(name)
    await postgres_cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh migrated database; the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database; the test runs once on each engine."""
    async with Database.open(database_url) as database:
        yield database


@pytest.fixture
async def sqlite_db(sqlite_url: str) -> AsyncIterator[Database]:
    """A fresh migrated SQLite database, for tests whose subject is not the storage."""
    async with Database.open(sqlite_url) as database:
        yield database


async def _migrate(url: str) -> None:
    async with Database.open(url) as database:
        await upgrade(database)
