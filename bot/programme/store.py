"""The SQL of programmes, cohorts and members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.hours import StaffedHours
from bot.programme.model import (
    Admission,
    CheckIns,
    Choices,
    Cohort,
    CohortState,
    Detection,
    Member,
    Programme,
    Roles,
    Route,
    Snapshot,
)
from bot.screening.model import Tuning
from bot.storage.engine import Database
from bot.storage.tables import cohort, cohort_staff, member, programme


class ProgrammeStore:
    """Reads the whole of it as one snapshot; writes one thing at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def snapshot(self) -> Snapshot:
        """Everything, read in one transaction."""
        async with self._db.read() as connection:
            programmes = [_programme(row) for row in await _rows(connection, select(programme))]
            staff: dict[int, set[int]] = {}
            for row in await _rows(connection, select(cohort_staff)):
                staff.setdefault(row["cohort_id"], set()).add(row["user_id"])
            cohorts = [_cohort(row, staff) for row in await _rows(connection, select(cohort))]
            members = [_member(row) for row in await _rows(connection, select(member))]
        return Snapshot(
            {p.guild_id: p for p in programmes},
            {c.id: c for c in cohorts},
            {(m.guild_id, m.user_id): m for m in members},
        )

    async def save_programme(self, value: Programme, now: datetime) -> None:
        """Insert a programme, or put these values in the place of its old ones."""
        row = {
            "country": value.country,
            "language": value.language,
            "zone": value.zone,
            "staffed_hours": value.hours.rows(),
            "clinician_role_id": value.roles.clinician,
            "peer_role_id": value.roles.peer,
            "lead_role_id": value.roles.lead,
            "on_call_role_id": value.roles.on_call,
            "detection": value.detection,
            "checkins": value.checkins,
            "level_3_always": value.level_3_always,
            "start_channel_id": value.start_channel_id,
            "start_message_id": value.start_message_id,
            "limits_accepted_by": value.limits_accepted_by,
            "limits_accepted_at": value.limits_accepted_at,
            "tuning": value.tuning.row(),
            "updated_at": now,
        }
        new = self._db.insert(programme).values(guild_id=value.guild_id, **row)
        async with self._db.write() as connection:
            await connection.execute(
                new.on_conflict_do_update(index_elements=["guild_id"], set_=row)
            )

    async def begin_cohort(
        self,
        guild_id: int,
        name: str,
        zone: str,
        starts_on: date,
        admission: Admission,
        now: datetime,
    ) -> Cohort:
        """Write the intent to make a cohort, before anything is made on Discord."""
        values = {
            "guild_id": guild_id,
            "name": name,
            "zone": zone,
            "starts_on": starts_on,
            "admission": admission,
            "state": CohortState.MAKING,
            "created_at": now,
        }
        async with self._db.write() as connection:
            made = await connection.execute(insert(cohort).values(values).returning(cohort))
            return _cohort(made.mappings().one(), {})

    async def change_cohort(self, cohort_id: int, values: Mapping[str, Any]) -> None:
        """Set some columns of one cohort."""
        async with self._db.write() as connection:
            await connection.execute(
                update(cohort).where(cohort.c.id == cohort_id).values(**values)
            )

    async def drop_cohort(self, cohort_id: int) -> None:
        """Delete a cohort that could not be made."""
        async with self._db.write() as connection:
            await connection.execute(delete(cohort).where(cohort.c.id == cohort_id))

    async def add_staff(self, cohort_id: int, user_id: int, now: datetime) -> None:
        """Note that one of the staff belongs to a cohort; a second time changes nothing."""
        new = self._db.insert(cohort_staff).values(
            cohort_id=cohort_id, user_id=user_id, added_at=now
        )
        async with self._db.write() as connection:
            await connection.execute(new.on_conflict_do_nothing())

    async def remove_staff(self, cohort_id: int, user_id: int) -> None:
        """Take that back."""
        async with self._db.write() as connection:
            await connection.execute(_of_staff(cohort_id, user_id))

    async def save_member(self, value: Member) -> None:
        """Insert a member, or put these values in the place of their old ones."""
        row = {
            "cohort_id": value.cohort_id,
            "language": value.choices.language,
            "country": value.choices.country,
            "help_route": value.choices.help_route,
            "staff_told": value.choices.staff_told,
            "checkins_stored": value.choices.checkins_stored,
            "told_level_3": value.told_level_3,
            "told_detection": value.told_detection,
            "consent_version": value.consent_version,
            "consented_at": value.consented_at,
        }
        person = {"guild_id": value.guild_id, "user_id": value.user_id}
        new = self._db.insert(member).values(person | row)
        async with self._db.write() as connection:
            await connection.execute(
                new.on_conflict_do_update(index_elements=list(person), set_=row)
            )

    async def export(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """What is kept here about one person."""
        async with self._db.read() as connection:
            mine = (member.c.guild_id == guild_id) & (member.c.user_id == user_id)
            members = await _rows(connection, select(member).where(mine))
            staff = await _rows(connection, _staff_of(guild_id, user_id))
            accepted = await _rows(
                connection, select(programme).where(_accepted(guild_id, user_id))
            )
        return {
            "member": [dict(row) for row in members],
            "cohort_staff": [dict(row) for row in staff],
            "programme": [
                {name: row[name] for name in ("limits_accepted_by", "limits_accepted_at")}
                for row in accepted
            ],
        }

    async def erase(self, guild_id: int, user_id: int) -> None:
        """Delete it."""
        async with self._db.write() as connection:
            await connection.execute(_of_member(guild_id, user_id))
            cohorts = select(cohort.c.id).where(cohort.c.guild_id == guild_id)
            await connection.execute(
                delete(cohort_staff)
                .where(cohort_staff.c.user_id == user_id)
                .where(cohort_staff.c.cohort_id.in_(cohorts))
            )
            await connection.execute(
                update(programme)
                .where(_accepted(guild_id, user_id))
                .values(limits_accepted_by=None)
            )


async def _rows(connection: AsyncConnection, query: Any) -> list[RowMapping]:
    return list((await connection.execute(query)).mappings())


def _of_staff(cohort_id: int, user_id: int) -> Any:
    return (
        delete(cohort_staff)
        .where(cohort_staff.c.cohort_id == cohort_id)
        .where(cohort_staff.c.user_id == user_id)
    )


def _staff_of(guild_id: int, user_id: int) -> Any:
    return (
        select(cohort_staff)
        .join(cohort, cohort.c.id == cohort_staff.c.cohort_id)
        .where(cohort.c.guild_id == guild_id)
        .where(cohort_staff.c.user_id == user_id)
    )


def _accepted(guild_id: int, user_id: int) -> Any:
    return (programme.c.guild_id == guild_id) & (programme.c.limits_accepted_by == user_id)


def _of_member(guild_id: int, user_id: int) -> Any:
    return delete(member).where(member.c.guild_id == guild_id).where(member.c.user_id == user_id)


def _programme(row: RowMapping) -> Programme:
    return Programme(
        guild_id=row["guild_id"],
        language=row["language"],
        hours=StaffedHours.from_rows(row["zone"], row["staffed_hours"]),
        roles=Roles(
            row["clinician_role_id"],
            row["lead_role_id"],
            row["peer_role_id"],
            row["on_call_role_id"],
        ),
        detection=Detection(row["detection"]),
        checkins=CheckIns(row["checkins"]),
        country=row["country"],
        level_3_always=row["level_3_always"],
        start_channel_id=row["start_channel_id"],
        start_message_id=row["start_message_id"],
        limits_accepted_by=row["limits_accepted_by"],
        limits_accepted_at=row["limits_accepted_at"],
        tuning=Tuning.from_row(row["tuning"]),
    )


def _cohort(row: RowMapping, staff: Mapping[int, set[int]]) -> Cohort:
    values = {**row}
    values.pop("archived_at")
    values["admission"] = Admission(row["admission"])
    values["state"] = CohortState(row["state"])
    return Cohort(**values, staff=frozenset(staff.get(row["id"], ())))


def _member(row: RowMapping) -> Member:
    return Member(
        guild_id=row["guild_id"],
        user_id=row["user_id"],
        cohort_id=row["cohort_id"],
        choices=Choices(
            help_route=Route(row["help_route"]),
            staff_told=row["staff_told"],
            checkins_stored=row["checkins_stored"],
            language=row["language"],
            country=row["country"],
        ),
        told_level_3=row["told_level_3"],
        told_detection=Detection(row["told_detection"]),
        consent_version=row["consent_version"],
        consented_at=row["consented_at"],
    )
