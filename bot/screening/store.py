"""The SQL of tallies: counts by entry and month, without anybody in them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from bot.screening.model import Tally
from bot.storage.engine import Database
from bot.storage.tables import rule_tally

_COUNTS = ("fired", "useful", "useless")


class TallyStore:
    """Counts up, adds up, and forgets whole months."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def count(self, guild_id: int, rule_ids: Iterable[str], month: str, what: str) -> None:
        """Add one to a count of each entry.

        Args:
            month: such as ``2026-03``, in UTC.
            what: ``fired``, ``useful`` or ``useless``.
        """
        one = {name: int(name == what) for name in _COUNTS}
        async with self._db.write() as connection:
            for rule_id in sorted(set(rule_ids)):  # in one order: no deadlock
                new = self._db.insert(rule_tally).values(
                    guild_id=guild_id, rule_id=rule_id, month=month, **one
                )
                await connection.execute(
                    new.on_conflict_do_update(
                        index_elements=["guild_id", "rule_id", "month"],
                        set_={what: rule_tally.c[what] + 1},
                    )
                )

    async def since(self, guild_id: int, month: str) -> list[Tally]:
        """What each entry counts from a month on, the one that fired most first."""
        sums = [func.sum(rule_tally.c[name]).label(name) for name in _COUNTS]
        query = (
            select(rule_tally.c.rule_id, *sums)
            .where((rule_tally.c.guild_id == guild_id) & (rule_tally.c.month >= month))
            .group_by(rule_tally.c.rule_id)
        )
        async with self._db.read() as connection:
            rows = list((await connection.execute(query)).mappings())
        found = [Tally(row["rule_id"], *(int(row[name]) for name in _COUNTS)) for row in rows]
        return sorted(found, key=lambda one: (-one.fired, one.rule_id))

    async def purge(self, before: str) -> int:
        """Delete the months before one. Returns how many rows."""
        async with self._db.write() as connection:
            gone = await connection.execute(delete(rule_tally).where(rule_tally.c.month < before))
            return int(gone.rowcount)
