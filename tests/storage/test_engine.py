"""Transactions and failures, on both engines."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from bot.clock import MovedClock
from bot.errors import StorageError
from bot.storage import tables
from bot.storage.engine import Database
from tests import postgres
from tests.storage.conftest import add_cohort

WATERMARK = tables.watermark


async def test_a_write_is_committed_at_the_end_of_its_block(db: Database) -> None:
    """What a block wrote is there for the next reader."""
    async with db.write() as connection:
        await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=2**62))
    async with db.read() as connection:
        assert await connection.scalar(select(WATERMARK.c.message_id)) == 2**62


async def test_an_exception_undoes_the_whole_block(db: Database) -> None:
    """Rows and tables made before an exception are gone, on SQLite too."""

    async def fail_half_way() -> None:
        async with db.write() as connection:
            await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=2))
            await connection.execute(text("CREATE TABLE half (id INTEGER)"))
            raise KeyError

    with pytest.raises(KeyError):
        await fail_half_way()
    async with db.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(WATERMARK)) == 0
        assert "half" not in await connection.run_sync(lambda c: inspect(c).get_table_names())


async def test_reading_connections_refuse_to_write(db: Database) -> None:
    """A store that writes inside ``read()`` is stopped on both engines."""
    with pytest.raises(StorageError):
        async with db.read() as connection:
            await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=2))


async def test_constraints_are_the_stores_business(db: Database, clock: MovedClock) -> None:
    """A broken foreign key stays an IntegrityError, which quotes no other value of the row."""
    row = {"cohort_id": 99, "user_id": 1234567, "added_at": clock.now()}
    with pytest.raises(IntegrityError) as caught:
        async with db.write() as connection:
            await connection.execute(insert(tables.cohort_staff).values(row))
    assert "1234567" not in str(caught.value)


async def test_many_writers_wait_for_each_other(database_url: str) -> None:
    """Forty read-then-write transactions from two processes' databases all go through."""
    async with Database.open(database_url) as one, Database.open(database_url) as other:

        async def write(db: Database, number: int) -> None:
            async with db.write() as connection:
                await connection.scalar(select(func.count()).select_from(WATERMARK))
                row = {"channel_id": number, "message_id": number}
                await connection.execute(insert(WATERMARK).values(row))

        await asyncio.gather(*(write((one, other)[i % 2], i) for i in range(40)))
        async with one.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(WATERMARK)) == 40


async def test_writers_on_sqlite_never_lose_an_update(sqlite_url: str) -> None:
    """Counting up by reading and writing gives the full count: writes are really immediate."""
    async with Database.open(sqlite_url) as one, Database.open(sqlite_url) as other:
        async with one.write() as connection:
            await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=0))

        async def count_up(db: Database) -> None:
            async with db.write() as connection:
                seen = await connection.scalar(select(WATERMARK.c.message_id))
                assert seen is not None
                await connection.execute(update(WATERMARK).values(message_id=seen + 1))

        await asyncio.gather(*(count_up(db) for db in (one, other) * 15))
        async with one.read() as connection:
            assert await connection.scalar(select(WATERMARK.c.message_id)) == 30


async def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    """While a write is open others read what was there before."""
    async with db.write() as writing:
        await writing.execute(insert(WATERMARK).values(channel_id=1, message_id=2))
        async with db.read() as reading:
            assert await reading.scalar(select(func.count()).select_from(WATERMARK)) == 0


async def test_a_cancelled_write_leaves_nothing_and_blocks_nobody(db: Database) -> None:
    """A task cancelled inside its block is undone, and the next write goes through."""
    inside = asyncio.Event()

    async def write() -> None:
        async with db.write() as connection:
            await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=2))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with db.write() as connection:
        await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=3))


async def test_an_id_is_never_given_twice(db: Database, clock: MovedClock) -> None:
    """A button on an old card cannot act on a new row: deleted ids do not come back."""
    async with db.write() as connection:
        first = await add_cohort(connection, clock)
        await connection.execute(delete(tables.cohort))
        assert await add_cohort(connection, clock) > first


async def test_naive_instants_are_refused(db: Database, clock: MovedClock) -> None:
    """A datetime without a time zone never reaches the database."""
    naive = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - the fault in question
    async with db.write() as connection:
        await add_cohort(connection, clock)
    with pytest.raises(StatementError, match="without a time zone"):
        async with db.write() as connection:
            await connection.execute(update(tables.cohort).values(created_at=naive))


async def test_instants_come_back_in_utc(db: Database, clock: MovedClock) -> None:
    """What was written in any zone is read as the same instant, aware, to the microsecond."""
    elsewhere = timezone(timedelta(hours=-5, minutes=-30))
    instant = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=elsewhere)
    async with db.write() as connection:
        await add_cohort(connection, clock)
        await connection.execute(update(tables.cohort).values(created_at=instant))
        found = await connection.scalar(select(tables.cohort.c.created_at))
    assert found is not None
    assert (found, found.tzinfo) == (instant, UTC)


async def test_the_file_and_its_folder_are_private(empty_sqlite_url: str) -> None:
    """Nobody else on the machine can list the folder or read the file or its side files."""
    async with Database.open(empty_sqlite_url) as db:
        async with db.write() as connection:
            await connection.execute(text("CREATE TABLE some (id INTEGER)"))
        folder = Path(empty_sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert "handrail.sqlite3-wal" in modes


async def _fails(url: str) -> str:
    """The sentence with which a database refuses to be written."""
    async with Database.open(url) as db:
        with pytest.raises(StorageError) as caught:
            async with db.write() as connection:
                await connection.execute(insert(WATERMARK).values(channel_id=1, message_id=2))
    return str(caught.value)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """Another file under the database's name is refused with what to do about it."""
    path = tmp_path / "handrail.sqlite3"
    path.write_bytes(b"a letter to the landlord, not a database " * 200)
    sentence = await _fails(f"sqlite+aiosqlite:///{path}")
    assert sentence.startswith(f"The database file {path} is not a database or is damaged.")


def _damage(path: Path) -> None:
    """Leave the header of a database file and overwrite the rest."""
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


async def test_a_damaged_file_is_named(sqlite_url: str) -> None:
    """A database whose pages were overwritten is refused with what to do about it."""
    _damage(Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")))
    assert "is not a database or is damaged" in await _fails(sqlite_url)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be gives a sentence; once it is gone, all goes well."""
    (tmp_path / "data").write_text("")
    async with Database.open(f"sqlite+aiosqlite:///{tmp_path}/data/handrail.sqlite3") as db:
        with pytest.raises(StorageError, match="cannot be opened for writing"):
            async with db.read():
                pass
        (tmp_path / "data").unlink()
        async with db.read() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_full_disk_is_named(sqlite_db: Database) -> None:
    """A database that cannot grow says so."""
    async with sqlite_db.write() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1"))
    rows = [{"channel_id": number, "message_id": number} for number in range(5000)]
    with pytest.raises(StorageError, match="the disk is full"):
        async with sqlite_db.write() as connection:
            await connection.execute(insert(WATERMARK), rows)


async def test_another_program_holding_the_file_is_named(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database locked for longer than the patience says who to look for."""
    monkeypatch.setattr("bot.storage.engine._BUSY_SECONDS", 0.01)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    assert "kept locked by another program" in await _fails(sqlite_url)
    other.close()


async def test_a_missing_table_is_a_storage_error(empty_url: str) -> None:
    """A query on a database that was never migrated names the command to type."""
    assert "handrail migrate" in await _fails(empty_url)


async def test_an_unreachable_server_is_named_without_its_password() -> None:
    """The sentence tells host and database, and never user name or password."""
    sentence = await _fails("postgresql+asyncpg://ana:s3cret@127.0.0.1:1/handrail")
    assert sentence.startswith("The database handrail at 127.0.0.1:1 cannot be reached.")
    assert "s3cret" not in sentence


async def test_a_server_without_the_database_is_named(postgres_cluster: postgres.Cluster) -> None:
    """A database that was never created on the server says so."""
    assert "does not exist" in await _fails(postgres_cluster.url("nowhere"))


async def test_closed_connections_are_replaced(postgres_url: str) -> None:
    """After the server closed every connection the next transaction goes through."""
    async with Database.open(postgres_url) as db, Database.open(postgres_url) as other:
        async with db.read() as connection:
            await connection.scalar(text("SELECT 1"))
        async with other.write() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        async with db.read() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_server_that_went_away_is_named(postgres_cluster: postgres.Cluster) -> None:
    """A server stopped in the middle of a transaction, and before the next, gives a sentence."""
    folder = postgres.programs()
    assert folder is not None
    with postgres.cluster(folder) as own:
        async with Database.open(own.url("postgres")) as db:

            async def lose_the_server() -> None:
                async with db.write() as connection:
                    await connection.scalar(text("SELECT 1"))
                    own.stop()
                    await connection.scalar(text("SELECT 1"))

            with pytest.raises(StorageError, match=r"cannot be reached|shutting down"):
                await lose_the_server()
            with pytest.raises(StorageError, match="cannot be reached"):
                async with db.read():
                    pass


@pytest.mark.parametrize(
    "url", ["", "handrail.sqlite3", "sqlite+aiosqlite://", "mysql://ana:s3cret@host/handrail"]
)
async def test_other_addresses_are_refused(url: str) -> None:
    """An address of neither engine says what one looks like, and repeats nothing of it."""
    with pytest.raises(StorageError, match="HANDRAIL_DATABASE_URL must look like") as caught:
        async with Database.open(url):
            pass
    assert "s3cret" not in str(caught.value)


async def test_a_new_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    """Opening a file that is not in WAL yet waits for whoever writes there, and then goes on."""
    file = tmp_path / "handrail.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE kept (one)")
        async with (
            Database.open(f"sqlite+aiosqlite:///{file}") as db,
            Database.open(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.sqlite3'}") as elsewhere,
        ):
            waiting = asyncio.create_task(_tables(db))
            for _ in range(20):
                await _tables(elsewhere)
            assert not waiting.done()
            other.execute("COMMIT")
            assert await waiting == ["kept"]


async def test_opening_again_keeps_the_locks_of_this_process(tmp_path: Path) -> None:
    """A second database object on the same file does not loosen the first one's hold on it."""
    file = tmp_path / "handrail.sqlite3"
    async with Database.open(f"sqlite+aiosqlite:///{file}") as db, db.write() as connection:
        await connection.execute(text("CREATE TABLE kept (one)"))
        async with Database.open(f"sqlite+aiosqlite:///{file}") as second:
            assert await _tables(second) == []
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", _LOCK_OUT, str(file))
        assert await other.wait() == 1


# Takes the bytes that SQLite locks for as long as anybody reads the file
# (https://www.sqlite.org/src/file/src/os.h, SHARED_FIRST); 1 when somebody holds them.
_LOCK_OUT = """
import fcntl, sys
try:
    fcntl.lockf(open(sys.argv[1], "r+b"), fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
except BlockingIOError:
    sys.exit(1)
"""


async def _tables(db: Database) -> list[str]:
    async with db.read() as connection:
        found = await connection.execute(text("SELECT name FROM sqlite_master"))
        return list(found.scalars())
