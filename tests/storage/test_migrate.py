"""Upgrades: complete, safe when killed, and refused where they do not fit."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, insert, inspect, select, text

import bot.storage
from bot.clock import MovedClock
from bot.errors import StorageError
from bot.storage import tables
from bot.storage.engine import Database
from bot.storage.migrate import head, require_head, revision, upgrade
from tests.storage.conftest import add_cohort

SCRIPTS = Path(bot.storage.__file__).parent / "migrations"

_NEXT = '''
"""A second revision, for this test only: it rebuilds a table that others point at."""

import sqlalchemy as sa
from alembic import op

revision = "0002_next"
down_revision = "0002"


def upgrade() -> None:
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("cohort") as cohort:
        cohort.alter_column("name", type_=sa.String(80), nullable=False)
        cohort.add_column(sa.Column("colour", sa.String(8)))
    op.execute("UPDATE cohort SET colour = 'green'")
'''

_UPGRADE = """
import asyncio, os, signal, sys
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.storage.engine import Database
from bot.storage.migrate import upgrade

url, scripts, left = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])


@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, *rest):
    global left
    if statement.split()[0] in ("CREATE", "ALTER", "INSERT", "UPDATE", "DROP"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def main():
    async with Database.open(url) as db:
        await upgrade(db, scripts)


asyncio.run(main())
"""


async def _upgrade_elsewhere(url: str, scripts: Path, *, die_after: int = 0) -> int:
    """Upgrade in a process that kills itself after so many changing statements; its status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _UPGRADE, url, str(scripts), str(die_after), cwd=SCRIPTS.parents[2]
    )
    return await process.wait()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))


async def _matches(db: Database) -> bool:
    async with db.read() as connection:
        return await connection.run_sync(_differences) == []


def test_the_head_is_the_newest_revision() -> None:
    """The constant a start relies on is the one head of the chain, numbered upwards."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    chain = ScriptDirectory.from_config(config)
    assert chain.get_heads() == [head()]
    numbers = [script.revision for script in chain.walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)


async def test_an_upgraded_database_is_the_map_of_the_data(db: Database) -> None:
    """The revisions and ``tables.py`` make the same tables, on both engines."""
    assert await revision(db) == head()
    assert await _matches(db)


async def test_the_comparison_sees_a_difference(db: Database) -> None:
    """A column, an index or a key that only one side has is found."""
    async with db.write() as connection:
        await connection.execute(text("ALTER TABLE watermark ADD COLUMN extra INTEGER"))
        await connection.execute(text("DROP INDEX ix_slot_cohort_id"))
    async with db.read() as connection:
        found = await connection.run_sync(_differences)
    assert sorted(difference[0] for difference in found) == ["add_index", "remove_column"]  # type: ignore[index]


async def test_upgraded_tables_count_their_ids_the_same_way(sqlite_db: Database) -> None:
    """SQLite never reuses the ids of exactly the tables that say so in ``tables.py``."""
    async with sqlite_db.read() as connection:
        found = await connection.scalars(
            text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
        )
    wanted = {
        table.name
        for table in tables.metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert set(found) == wanted


async def test_an_empty_database_names_the_command(empty_url: str) -> None:
    """Before the first upgrade a start is refused, after it welcome; a second changes nothing."""
    async with Database.open(empty_url) as db:
        assert await revision(db) is None
        with pytest.raises(StorageError, match=r"no tables yet .* Type `handrail migrate`"):
            await require_head(db)
        await upgrade(db)
        await require_head(db)
        await upgrade(db)
        assert await _matches(db)


@pytest.mark.parametrize(
    ("found", "says"),
    [("0000", "older Handrail .* then type `handrail migrate`"), ("9999", "newer Handrail")],
)
async def test_another_revision_is_refused(db: Database, found: str, says: str) -> None:
    """A database of another Handrail is named with the way out."""
    async with db.write() as connection:
        await connection.execute(text(f"UPDATE alembic_version SET version_num = '{found}'"))
    with pytest.raises(StorageError, match=says):
        await require_head(db)


async def test_a_newer_database_is_not_touched(db: Database) -> None:
    """An older Handrail does not upgrade a database it does not know."""
    async with db.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="Install the newer Handrail again"):
        await upgrade(db)


@pytest.mark.parametrize("statement", [1, 8])
async def test_a_first_upgrade_killed_half_way_starts_again(empty_url: str, statement: int) -> None:
    """SIGKILL between two tables leaves no table, and the next upgrade is complete."""
    assert await _upgrade_elsewhere(empty_url, SCRIPTS, die_after=statement) == -signal.SIGKILL
    async with Database.open(empty_url) as db:
        async with db.read() as connection:
            assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == []
        await upgrade(db)
        assert await _matches(db)


@pytest.mark.parametrize("statement", [1, 3])
async def test_a_later_upgrade_killed_half_way_keeps_every_row(
    database_url: str, clock: MovedClock, tmp_path: Path, statement: int
) -> None:
    """SIGKILL while a table is rebuilt changes nothing; done again, no row that points is lost."""
    longer = tmp_path / "longer"
    shutil.copytree(SCRIPTS, longer, ignore=shutil.ignore_patterns("__pycache__"))
    (longer / "versions" / "0002_next.py").write_text(_NEXT)
    async with Database.open(database_url) as db:
        async with db.write() as connection:
            row = {"cohort_id": await add_cohort(connection, clock), "user_id": 7}
            await connection.execute(
                insert(tables.cohort_staff).values(row | {"added_at": clock.now()})
            )
        killed = await _upgrade_elsewhere(database_url, longer, die_after=statement)
        assert killed == -signal.SIGKILL
        assert await revision(db) == head()
        assert await _matches(db)
        await upgrade(db, longer)
        async with db.read() as connection:
            assert await connection.scalar(text("SELECT colour FROM cohort")) == "green"
            staff = select(func.count()).select_from(tables.cohort_staff)
            assert await connection.scalar(staff) == 1


async def test_rows_left_without_their_parent_stop_an_upgrade(
    sqlite_db: Database, clock: MovedClock
) -> None:
    """A migration that loses what rows point at is undone and reported."""
    async with sqlite_db.write() as connection:
        row = {"cohort_id": await add_cohort(connection, clock), "user_id": 7}
        await connection.execute(
            insert(tables.cohort_staff).values(row | {"added_at": clock.now()})
        )
    with pytest.raises(StorageError, match="rows of cohort_staff without their cohort"):
        async with sqlite_db.reshape() as connection:
            await connection.execute(text("DELETE FROM cohort"))
    async with sqlite_db.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM cohort")) == 1


async def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    """Of two upgrades at the same moment one does the work and the other finds it done."""
    both = await asyncio.gather(*(_upgrade_elsewhere(empty_url, SCRIPTS) for _ in range(2)))
    assert both == [0, 0]
    async with Database.open(empty_url) as db:
        assert await _matches(db)


async def test_only_one_changes_tables_at_a_time(database_url: str) -> None:
    """A second migration waits until the first is through."""
    order = []
    async with Database.open(database_url) as one, Database.open(database_url) as other:

        async def second() -> None:
            async with other.reshape():
                order.append("second")

        async with one.reshape():
            waiting = asyncio.create_task(second())
            for _ in range(20):
                await revision(one)
            order.append("first")
        await waiting
    assert order == ["first", "second"]


async def test_a_start_does_not_load_alembic(sqlite_url: str) -> None:
    """Checking the revision costs no import of the migration tool."""
    script = (
        "import asyncio, sys\n"
        "from bot.storage.engine import Database\n"
        "from bot.storage.migrate import require_head\n"
        "async def main():\n"
        "    async with Database.open(sys.argv[1]) as db:\n"
        "        await require_head(db)\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, sqlite_url, cwd=SCRIPTS.parents[2], env=dict(os.environ)
    )
    assert await process.wait() == 0
