"""One database, its transactions, and its failures in plain words.

``read()`` and ``write()`` are the only two ways in. On SQLite a write begins with
``BEGIN IMMEDIATE`` on the one writing connection, so writers queue instead of failing with
"database is locked", and a reading connection refuses to write. On PostgreSQL they are a
read-only and a plain transaction. Inside a block there is SQL and nothing else: errors of the
database and of the way to it leave as :class:`~bot.errors.StorageError`, except
``IntegrityError``, which is a store's business.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StorageError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

_BUSY_SECONDS = 10  # how long one process waits for another that is writing
_SWITCH_TRIES = 20  # of switching a new file to WAL while others do the same
_POOL_SECONDS = 30  # how long a task waits for a free connection
_SERVER_SECONDS = 10  # how long PostgreSQL may take to let us in
_COMMAND_SECONDS = 60  # how long PostgreSQL may take over one statement
_MIGRATION_LOCK = 0x68616E64  # an arbitrary number; one process at a time changes the tables


class Database:
    """A database that is opened once, in the composition root, and passed to every store.

    Attributes:
        dialect: which engine it is, for the few statements that differ.
        place: where it is, for people; never holds a password.
    """

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.dialect: Literal["sqlite", "postgresql"]
        if parsed.get_backend_name() == "sqlite":
            self.dialect = "sqlite"
            self.place = f"the database file {parsed.database}"
            self._writer = _sqlite(parsed, "BEGIN IMMEDIATE", connections=1)
            self._reader = _sqlite(parsed, "BEGIN", connections=4, query_only=True)
            # Rebuilding a table drops the old one, which would delete what points at it.
            self._shaper = _sqlite(parsed, "BEGIN IMMEDIATE", connections=1, foreign_keys=False)
            self._engines = [self._reader, self._writer, self._shaper]
        else:
            self.dialect = "postgresql"
            self.place = f"the database {parsed.database} at {parsed.host}:{parsed.port or 5432}"
            self._writer = self._shaper = _postgresql(parsed)
            self._reader = self._writer.execution_options(postgresql_readonly=True)
            self._engines = [self._writer]

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Database]:
        """A database whose connections are closed when the block ends.

        Nothing is connected or created before the first transaction, so that a bot whose
        database is away can start and finds it again when it is back.

        Args:
            url: ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://user:word@host/name``.

        Raises:
            StorageError: the address is not one of these two.
        """
        database = cls(url)
        try:
            yield database
        finally:
            for engine in database._engines:
                await engine.dispose()

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that only reads.

        Raises:
            StorageError: the database is away, broken, or was asked to write.
        """
        return self._transaction(self._reader)

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that is committed at the end of the block, or undone by an exception.

        Not to be opened inside another ``write()`` of the same task: it would wait for itself.

        Raises:
            StorageError: the database is away or broken.
            sqlalchemy.exc.IntegrityError: a constraint does not hold.
        """
        return self._transaction(self._writer)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """The dialect's own INSERT, which can say what becomes of a row that is there already.

        To look first and insert then is no way: on PostgreSQL two tasks may both see nothing.
        """
        if self.dialect == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # slow to read, and seldom used

        return postgresql.insert(table)

    @asynccontextmanager
    async def reshape(self) -> AsyncIterator[AsyncConnection]:
        """A ``write()`` for migrations: one process at a time, foreign keys checked at the end."""
        async with self._transaction(self._shaper) as connection:
            if self.dialect == "postgresql":
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            yield connection
            if self.dialect == "sqlite":
                check = await connection.exec_driver_sql("PRAGMA foreign_key_check")
                broken = check.mappings().first()
                if broken is not None:
                    raise StorageError(
                        f"Changing {self.place} would leave rows of {broken['table']} without "
                        f"their {broken['parent']}. Nothing was changed; please report this."
                    )

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        with self._in_plain_words():
            async with engine.connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, NoFreeConnection, OSError) as error:
            raise StorageError(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> str:
        origin = (error.orig if isinstance(error, DBAPIError) else None) or error
        if isinstance(error, NoFreeConnection):
            says = "{} is busy: no connection became free. Try again in a minute."
        elif self.dialect == "sqlite":
            says = _sqlite_says(origin)
        else:
            says = _postgresql_says(error, origin)
        said = says.format(self.place)
        return said[0].upper() + said[1:]


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unreadable")
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg") or not parsed.database:
        raise StorageError(
            "HANDRAIL_DATABASE_URL must look like sqlite+aiosqlite:///path/to/file or "
            "postgresql+asyncpg://user:password@host/name."
        ) from None
    return parsed


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=_POOL_SECONDS,
        connect_args={"timeout": _SERVER_SECONDS, "command_timeout": _COMMAND_SECONDS},
    )


def _sqlite(
    url: URL, begin: str, *, connections: int, query_only: bool = False, foreign_keys: bool = True
) -> AsyncEngine:
    """An engine whose transactions we begin: the driver would do it late, and never for DDL."""
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        connect_args={"isolation_level": None, "timeout": _BUSY_SECONDS},
    )
    pragmas = [
        f"foreign_keys = {foreign_keys:d}",
        "secure_delete = ON",  # what is erased is overwritten, not only unlinked
        f"query_only = {query_only:d}",
    ]

    @event.listens_for(engine.sync_engine, "do_connect")
    def _file(dialect: Any, record: Any, args: Any, parameters: Any) -> None:
        _private_file(Path(str(url.database)))

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(cursor: Any) -> None:
    """Switch a new file to WAL, in which readers and the writer do not wait for each other.

    SQLite does not wait for its turn here: of two processes that switch the same file at the same
    moment one is told at once that it is locked. So that one stands in the queue of writers, which
    does wait, and finds the work done.
    """
    for _ in range(_SWITCH_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")
    cursor.execute("PRAGMA journal_mode = WAL")


def _private_file(path: Path) -> None:
    """Make the file, and its folder, for this user alone; SQLite's side files follow its mode.

    A file that is there is not touched: closing it would drop the locks that this process's
    other connections hold on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


_UNKNOWN = (
    "{} refused an operation. Type `handrail migrate`; if that does not help, please report it."
)
_SQLITE_SAYS = {  # by the beginning of SQLite's own error name
    "SQLITE_NOTADB": "{} is not a database or is damaged. Stop Handrail, move the file away, put "
    "the newest backup in its place and start again.",
    "SQLITE_FULL": "{} cannot grow: the disk is full. Free some space and try again.",
    "SQLITE_BUSY": "{} is kept locked by another program. Close what else has it open and try "
    "again.",
    "SQLITE_CANTOPEN": "{} cannot be opened for writing. Check that its folder exists and that "
    "this user may write there.",
    "SQLITE_IOERR": "{} cannot be read or written: the disk reports an error. Check the disk, "
    "then restore the newest backup.",
    "SQLITE_READONLY": "{} was opened for reading only. Check that this user may write to it.",
}
_SQLITE_SAYS["SQLITE_CORRUPT"] = _SQLITE_SAYS["SQLITE_NOTADB"]

_POSTGRESQL_SAYS = {  # by the beginning of the SQLSTATE
    "28": "{} refused the user name or password. Check HANDRAIL_DATABASE_URL.",
    "3D": "{} does not exist. Create it on the server, then type `handrail migrate`.",
    "53": "{} has no room left: disk, memory or connections. Look at the server, then try again.",
    "57": "{} is shutting down or starting up. Try again when the server is ready.",
}
_POSTGRESQL_AWAY = (
    "{} cannot be reached. Check that the server runs and that HANDRAIL_DATABASE_URL is right."
)


def _sqlite_says(origin: BaseException) -> str:
    if isinstance(origin, OSError):
        return _SQLITE_SAYS["SQLITE_CANTOPEN"]
    name = getattr(origin, "sqlite_errorname", "") if isinstance(origin, sqlite3.Error) else ""
    return next((says for start, says in _SQLITE_SAYS.items() if name.startswith(start)), _UNKNOWN)


def _postgresql_says(error: Exception, origin: BaseException) -> str:
    state = getattr(origin, "sqlstate", None) or ""
    for start, says in _POSTGRESQL_SAYS.items():
        if state.startswith(start):
            return says
    away = isinstance(origin, OSError) or getattr(error, "connection_invalidated", False)
    return _POSTGRESQL_AWAY if away or state.startswith("08") else _UNKNOWN
