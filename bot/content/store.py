"""The SQL of swaps: a spare skill that a cohort is sent on a date in the place of the day's own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, delete, insert, select

from bot.storage.engine import Database
from bot.storage.tables import swap as swaps


class SwapStore:
    """Which skill staff have chosen for a cohort on a date in its own time zone."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, cohort_id: int, local_date: date) -> str | None:
        """The id of the item, None when the day's own skill stands."""
        chosen = select(swaps.c.item_id).where(_at(cohort_id, local_date))
        async with self._db.read() as connection:
            found: str | None = await connection.scalar(chosen)
            return found

    async def put(self, cohort_id: int, local_date: date, item_id: str | None) -> None:
        """Choose an item; None gives the day its own skill back."""
        values = {"cohort_id": cohort_id, "local_date": local_date, "item_id": item_id}
        async with self._db.write() as connection:
            await connection.execute(delete(swaps).where(_at(cohort_id, local_date)))
            if item_id is not None:
                await connection.execute(insert(swaps).values(values))


def _at(cohort_id: int, local_date: date) -> ColumnElement[bool]:
    return and_(swaps.c.cohort_id == cohort_id, swaps.c.local_date == local_date)
