"""Bringing a database to the tables this Handrail knows, and refusing any other.

Alembic is imported only when tables are changed: a start that finds the right revision does
not pay for it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import WrongRevision
from bot.storage.engine import Database

_HEAD = "0002"  # the newest file of migrations/versions; revisions count upwards
_SCRIPTS = Path(__file__).parent / "migrations"


def head() -> str:
    """The revision this Handrail works with."""
    return _HEAD


async def revision(db: Database) -> str | None:
    """The revision the database is at, None when ``upgrade`` never ran on it.

    Raises:
        StorageError: the database is away or broken.
    """
    async with db.read() as connection:
        return await connection.run_sync(_revision)


async def require_head(db: Database) -> None:
    """Refuse a database that is not at :func:`head`.

    Raises:
        WrongRevision: it is at another revision; the text says what to type.
        StorageError: it is away or broken.
    """
    _refuse_newer(db, found := await revision(db))
    if found is None:
        raise WrongRevision(f"There are no tables yet in {db.place}. Type `handrail migrate`.")
    if found != _HEAD:
        raise WrongRevision(
            f"The tables in {db.place} are of an older Handrail ({found}, this one needs "
            f"{_HEAD}). Make a backup, then type `handrail migrate`."
        )


async def upgrade(db: Database, scripts: Path = _SCRIPTS) -> None:
    """Bring the database to the newest revision, all or nothing.

    Args:
        db: at any older revision, or empty.
        scripts: the folder with Alembic's ``env.py`` and ``versions``.

    Raises:
        WrongRevision: the database is of a newer Handrail.
        StorageError: it is away or broken.
    """
    _refuse_newer(db, await revision(db))
    async with db.reshape() as connection:
        await connection.run_sync(_upgrade, scripts)


def _refuse_newer(db: Database, found: str | None) -> None:
    if found is not None and found > _HEAD:
        raise WrongRevision(
            f"The tables in {db.place} are of a newer Handrail ({found}, this one knows {_HEAD}). "
            "Install the newer Handrail again, or restore the backup made before."
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
