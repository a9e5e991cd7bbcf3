"""The SQL of the audit log: who did or read what, when; never content (privacy P7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.storage.engine import Database
from bot.storage.tables import audit


class AuditStore:
    """One line for every act on a person."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(
        self,
        now: datetime,
        guild_id: int,
        actor_id: int,
        action: str,
        subject_id: int | None = None,
        cohort_id: int | None = None,
    ) -> None:
        """Write one line."""
        values = {
            "at": now,
            "guild_id": guild_id,
            "actor_id": actor_id,
            "action": action,
            "subject_id": subject_id,
            "cohort_id": cohort_id,
        }
        async with self._db.write() as connection:
            await connection.execute(insert(audit).values(values))

    async def purge(self, before: datetime) -> int:
        """Delete what is older. Returns how many."""
        async with self._db.write() as connection:
            gone = await connection.execute(delete(audit).where(audit.c.at < before))
        return int(gone.rowcount)

    async def export(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """The lines about one person, or by them."""
        query = select(audit).where(_about(guild_id, user_id)).order_by(audit.c.id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {"audit": [dict(row) for row in rows]}

    async def erase(self, guild_id: int, user_id: int) -> None:
        """Delete the lines about them. Lines by them stay, without their name: others may ask."""
        here = audit.c.guild_id == guild_id
        async with self._db.write() as connection:
            await connection.execute(delete(audit).where(here & (audit.c.subject_id == user_id)))
            await connection.execute(
                update(audit).where(here & (audit.c.actor_id == user_id)).values(actor_id=0)
            )


def _about(guild_id: int, user_id: int) -> Any:
    by_or_about = (audit.c.subject_id == user_id) | (audit.c.actor_id == user_id)
    return (audit.c.guild_id == guild_id) & by_or_about
