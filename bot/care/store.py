"""The SQL of episodes, and of how far each channel has been screened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from bot.care.model import (
    CLAIM_WITHIN,
    MERGE_WITHIN,
    URGENT,
    Episode,
    Kind,
    MessageState,
    Outcome,
    State,
)
from bot.errors import SecretsError
from bot.storage.engine import Database
from bot.storage.secrets import Keyring
from bot.storage.tables import episode, watermark

log = structlog.get_logger(__name__)


class EpisodeStore:
    """Episodes. What was found is sealed; the words of a message are nowhere."""

    def __init__(self, db: Database, keys: Keyring) -> None:
        self._db = db
        self._keys = keys

    async def add(self, value: Episode) -> tuple[Episode, bool]:
        """Write a finding or a request; it joins the member's unfinished episode of the same kind.

        ``value.id`` is ignored. The level only rises, a claim stays, and the newest message of
        the highest level is the one staff are led to.

        Returns:
            The episode, and whether it must be brought up again: its level rose by this, or
            level 3 came again after a while.
        """
        async with self._db.write() as connection:
            if self._db.dialect == "postgresql":  # SQLite has one writer at a time anyway
                await connection.execute(select(func.pg_advisory_xact_lock(value.user_id)))
            found = (await connection.execute(_running(value))).mappings().first()
            if found is None:
                made = insert(episode).values(self._row(value)).returning(episode)
                return self._episode((await connection.execute(made)).mappings().one()), False
            before = self._episode(found)
            changes: dict[str, Any] = {
                "last_at": max(before.last_at, value.last_at),
                "level": max(before.level, value.level),
                "sealed_finding": self._sealed(
                    (*before.categories, *value.categories), (*before.rules, *value.rules)
                ),
            }
            if value.level >= before.level and value.message_id:
                changes["channel_id"] = value.channel_id
                changes["message_id"] = value.message_id
                changes["message_state"] = value.message_state
            if value.level > before.level and before.state is State.OPEN:
                changes["escalate_at"] = value.escalate_at
            row = (await connection.execute(_changing(before.id, changes))).mappings().one()
            later = value.last_at - before.last_at >= CLAIM_WITHIN[URGENT]
            again = value.level > before.level or (value.level >= URGENT and later)
            return self._episode(row), again

    async def change(self, episode_id: int, changes: Mapping[str, Any]) -> Episode | None:
        """Set some columns; None when the episode is gone."""
        async with self._db.write() as connection:
            row = (await connection.execute(_changing(episode_id, changes))).mappings().first()
        return self._episode(row) if row else None

    async def change_unfinished(
        self, episode_id: int, changes: Mapping[str, Any]
    ) -> Episode | None:
        """The same, but None also when somebody has closed it."""
        query = _changing(episode_id, changes).where(episode.c.state != State.CLOSED)
        async with self._db.write() as connection:
            row = (await connection.execute(query)).mappings().first()
        return self._episode(row) if row else None

    async def claim(self, episode_id: int, user_id: int, now: datetime) -> Episode | None:
        """Give an open episode to one of the staff; None when somebody was faster."""
        changes = {
            "state": State.CLAIMED,
            "claimed_by": user_id,
            "claimed_at": now,
            "escalate_at": None,
            "outcome": None,
        }
        async with self._db.write() as connection:
            query = _changing(episode_id, changes).where(episode.c.state == State.OPEN)
            row = (await connection.execute(query)).mappings().first()
        return self._episode(row) if row else None

    async def get(self, episode_id: int) -> Episode | None:
        """One episode."""
        return next(iter(await self._where(episode.c.id == episode_id)), None)

    async def of_message(self, message_id: int) -> list[Episode]:
        """The unfinished episodes that lead to a message."""
        return await self._where(
            (episode.c.message_id == message_id) & (episode.c.state != State.CLOSED)
        )

    async def knows(self, user_id: int, at: datetime) -> bool:
        """Whether what this person wrote at that very instant stands in an episode.

        A later finding says nothing of earlier words: it may have overtaken them after a gap.
        """
        written = (episode.c.user_id == user_id) & (episode.c.last_at == at)
        return bool(await self._where(written))

    async def unposted(self) -> list[Episode]:
        """Unfinished episodes whose care card never reached staff."""
        return await self._where(
            episode.c.care_message_id.is_(None) & (episode.c.state != State.CLOSED)
        )

    async def unclaimed(self, until: datetime) -> list[Episode]:
        """Open episodes whose time to be brought to the lead has come."""
        return await self._where((episode.c.state == State.OPEN) & (episode.c.escalate_at <= until))

    async def next_escalation(self) -> datetime | None:
        """When the next open episode must be brought to the lead."""
        query = select(episode.c.escalate_at).where(
            (episode.c.state == State.OPEN) & episode.c.escalate_at.is_not(None)
        )
        async with self._db.read() as connection:
            first = await connection.execute(query.order_by(episode.c.escalate_at).limit(1))
            found: datetime | None = first.scalar_one_or_none()
        return found

    async def closed_before(self, instant: datetime) -> list[Episode]:
        """Episodes whose time to be forgotten has come, the claimed and never closed included."""
        stale = (episode.c.state == State.CLAIMED) & (episode.c.last_at < instant)
        return await self._where((episode.c.closed_at < instant) | stale)

    async def anonymise(self, episode_id: int, now: datetime) -> None:
        """End an episode and keep only where its card stands, until that goes too."""
        changes = {
            "user_id": 0,
            "sealed_finding": self._sealed((), ()),
            "channel_id": None,
            "message_id": None,
            "message_state": MessageState.NONE,
            "state": State.CLOSED,
            "escalate_at": None,
            "claimed_by": None,
            "closed_at": now,
        }
        await self.change(episode_id, changes)

    async def forget(self, episode_id: int) -> None:
        """Delete one."""
        async with self._db.write() as connection:
            await connection.execute(delete(episode).where(episode.c.id == episode_id))

    async def count(self, guild_id: int) -> int:
        """How many episodes of a programme are unfinished."""
        query = (
            select(func.count())
            .select_from(episode)
            .where((episode.c.guild_id == guild_id) & (episode.c.state != State.CLOSED))
        )
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def export(self, guild_id: int, user_id: int) -> dict[str, Any]:
        """What is kept here about one person."""
        mine = await self._where(_mine(guild_id, user_id))
        handled = await self._where(
            (episode.c.guild_id == guild_id)
            & ((episode.c.claimed_by == user_id) | (episode.c.closed_by == user_id))
        )
        return {
            "episode": [vars(found) for found in mine],
            "episode_handled": [_handled(found, user_id) for found in handled],
        }

    async def erase(self, guild_id: int, user_id: int) -> None:
        """Delete it; what they handled as staff loses their name."""
        async with self._db.write() as connection:
            await connection.execute(delete(episode).where(_mine(guild_id, user_id)))
            # What they had claimed and not finished is open again, or nobody would look.
            await connection.execute(
                update(episode)
                .where((episode.c.guild_id == guild_id) & (episode.c.claimed_by == user_id))
                .where(episode.c.state == State.CLAIMED)
                .values(state=State.OPEN, claimed_at=None)
            )
            for column in (episode.c.claimed_by, episode.c.closed_by):
                await connection.execute(
                    update(episode)
                    .where((episode.c.guild_id == guild_id) & (column == user_id))
                    .values({column: None})
                )

    async def of_person(self, guild_id: int, user_id: int) -> list[Episode]:
        """Everything about one person, so that its cards can be taken down."""
        return await self._where(_mine(guild_id, user_id))

    async def _where(self, condition: Any) -> list[Episode]:
        async with self._db.read() as connection:
            rows = await connection.execute(select(episode).where(condition).order_by(episode.c.id))
            return [self._episode(row) for row in rows.mappings()]

    def _row(self, value: Episode) -> dict[str, Any]:
        row = {**vars(value)}
        row.pop("id")
        row["sealed_finding"] = self._sealed(row.pop("categories"), row.pop("rules"))
        return row

    def _sealed(self, categories: Iterable[str], rules: Iterable[str]) -> str:
        return self._keys.seal([sorted(set(categories)), sorted(set(rules))])

    def _episode(self, row: RowMapping) -> Episode:
        values = {**row}
        opened = self._opened(row["id"], values.pop("sealed_finding"))
        values["categories"], values["rules"] = opened
        values["kind"] = Kind(row["kind"])
        values["state"] = State(row["state"])
        values["message_state"] = MessageState(row["message_state"])
        values["outcome"] = Outcome(row["outcome"]) if row["outcome"] else None
        return Episode(**values)

    def _opened(self, episode_id: int, sealed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Categories and entries; none where no key opens them: staff must be led to it anyway."""
        try:
            categories, rules = self._keys.open(sealed)
        except SecretsError:
            log.error("categories_not_readable", episode_id=episode_id)
            return (), ()
        return tuple(categories), tuple(rules)


class WatermarkStore:
    """Up to which message each channel has been screened, so that a gap can be caught up with."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> dict[int, int]:
        """Message id by channel id."""
        async with self._db.read() as connection:
            rows = await connection.execute(select(watermark))
            return {row["channel_id"]: row["message_id"] for row in rows.mappings()}

    async def reach(self, marks: Mapping[int, int]) -> None:
        """Note how far each of these channels has been screened. A mark never goes back."""
        new = self._db.insert(watermark)
        further = new.on_conflict_do_update(
            index_elements=["channel_id"],
            set_={"message_id": new.excluded.message_id},
            where=watermark.c.message_id < new.excluded.message_id,
        )
        async with self._db.write() as connection:
            for channel_id, message_id in sorted(marks.items()):  # in one order: no deadlock
                values = {"channel_id": channel_id, "message_id": message_id}
                await connection.execute(further.values(values))


def _running(value: Episode) -> Any:
    return (
        select(episode)
        .where(episode.c.cohort_id == value.cohort_id)
        .where(episode.c.user_id == value.user_id)
        .where(episode.c.kind == value.kind)
        .where(episode.c.state != State.CLOSED)
        .where(episode.c.last_at >= value.last_at - MERGE_WITHIN)
        .order_by(episode.c.id.desc())
        .limit(1)
        .with_for_update()  # whoever closes it at this moment is waited for
    )


def _changing(episode_id: int, changes: Mapping[str, Any]) -> Any:
    return update(episode).where(episode.c.id == episode_id).values(**changes).returning(episode)


def _handled(value: Episode, user_id: int) -> dict[str, Any]:
    """What one of the staff did with an episode; nothing of whom it is about."""
    return {
        "episode_id": value.id,
        "claimed_by": value.claimed_by if value.claimed_by == user_id else None,
        "claimed_at": value.claimed_at if value.claimed_by == user_id else None,
        "closed_by": value.closed_by if value.closed_by == user_id else None,
        "closed_at": value.closed_at if value.closed_by == user_id else None,
    }


def _mine(guild_id: int, user_id: int) -> Any:
    return (episode.c.guild_id == guild_id) & (episode.c.user_id == user_id)
