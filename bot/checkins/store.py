"""The SQL of check-ins. The answers are sealed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import RowMapping

from bot.checkins.model import Answers, CheckIn, ReachOut, Sleep
from bot.storage.engine import Database
from bot.storage.secrets import Keyring
from bot.storage.tables import checkin


class CheckInStore:
    """Check-ins that people agreed to have kept."""

    def __init__(self, db: Database, keys: Keyring) -> None:
        self._db = db
        self._keys = keys

    async def save(self, value: CheckIn) -> None:
        """Keep one; it takes the place of the person's earlier one of that day."""
        day = {
            "cohort_id": value.cohort_id,
            "user_id": value.user_id,
            "local_date": value.local_date,
        }
        said = {
            "sealed_answers": self._keys.seal(asdict(value.answers)),
            "created_at": value.created_at,
        }
        new = self._db.insert(checkin).values(guild_id=value.guild_id, **day, **said)
        async with self._db.write() as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=list(day), set_=said))

    async def purge(self, before: datetime) -> int:
        """Delete what is older. Returns how many."""
        async with self._db.write() as connection:
            gone = await connection.execute(delete(checkin).where(checkin.c.created_at < before))
        return int(gone.rowcount)

    async def latest(self, cohort_id: int, since: date) -> list[CheckIn]:
        """Each member's last check-in on or after a local date, the newest first."""
        query = (
            select(checkin)
            .where((checkin.c.cohort_id == cohort_id) & (checkin.c.local_date >= since))
            .order_by(checkin.c.local_date.desc(), checkin.c.id.desc())
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        newest: dict[int, CheckIn] = {}
        for row in rows:
            newest.setdefault(row["user_id"], self._checkin(row))
        return list(newest.values())

    async def of_person(self, guild_id: int, user_id: int) -> list[CheckIn]:
        """One person's check-ins, oldest first."""
        query = select(checkin).where(_mine(guild_id, user_id)).order_by(checkin.c.local_date)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [self._checkin(row) for row in rows]

    async def export(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """What is kept here about one person."""
        return {"checkin": [asdict(one) for one in await self.of_person(guild_id, user_id)]}

    async def erase(self, guild_id: int, user_id: int) -> None:
        """Delete it."""
        async with self._db.write() as connection:
            await connection.execute(delete(checkin).where(_mine(guild_id, user_id)))

    def _checkin(self, row: RowMapping) -> CheckIn:
        return CheckIn(
            guild_id=row["guild_id"],
            cohort_id=row["cohort_id"],
            user_id=row["user_id"],
            local_date=row["local_date"],
            answers=_answers(self._keys.open(row["sealed_answers"])),
            created_at=row["created_at"],
        )


def _answers(values: dict[str, Any]) -> Answers:
    return Answers(
        mood=values["mood"],
        sleep=Sleep(values["sleep"]) if values["sleep"] else None,
        skills=tuple(values["skills"]),
        reach_out=ReachOut(values["reach_out"]),
    )


def _mine(guild_id: int, user_id: int) -> Any:
    return (checkin.c.guild_id == guild_id) & (checkin.c.user_id == user_id)
