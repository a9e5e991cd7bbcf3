"""Episodes: their rules, and how they are stored, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot.care.coverage import Coverage
from bot.care.model import (
    Episode,
    Kind,
    MessageState,
    Notice,
    Outcome,
    State,
    first_escalation,
)
from bot.care.store import EpisodeStore, WatermarkStore
from bot.distress.model import NOTHING
from bot.storage.engine import Database
from bot.storage.secrets import Keyring
from bot.storage.tables import cohort, episode, programme
from bot.texts import Texts

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LARGEST = 2**63 - 1  # a snowflake has at most 19 digits
_THERE = Coverage(NOW + timedelta(hours=2), NOW + timedelta(days=1), on_call=True)
_AWAY = Coverage(None, NOW + timedelta(hours=9), on_call=False)


@pytest.fixture
async def store(db: Database, keyring: Keyring) -> EpisodeStore:
    """A store with a programme and a cohort of id 1 in server 1."""
    async with db.write() as connection:
        await connection.execute(
            insert(programme).values(
                guild_id=1,
                language="en",
                zone="UTC",
                staffed_hours=[],
                clinician_role_id=1,
                lead_role_id=2,
                detection="in-memory",
                checkins="prompt-only",
                level_3_always=False,
                tuning={},
                updated_at=NOW,
            )
        )
        await connection.execute(
            insert(cohort).values(
                guild_id=1,
                name="River",
                zone="UTC",
                starts_on=NOW.date(),
                admission="rolling",
                state="active",
                created_at=NOW,
            )
        )
    return EpisodeStore(db, keyring)


def _finding(level: int = 2, minutes: float = 0, message_id: int = 5, user_id: int = 7) -> Episode:
    at = NOW + timedelta(minutes=minutes)
    return Episode(
        id=0,
        guild_id=1,
        cohort_id=1,
        user_id=user_id,
        kind=Kind.FINDING,
        level=level,
        state=State.OPEN,
        message_state=MessageState.THERE,
        opened_at=at,
        last_at=at,
        categories=("suicide",),
        channel_id=4,
        message_id=message_id,
        escalate_at=at + timedelta(minutes=15),
    )


@pytest.mark.parametrize("purpose", ["h", "c", "a", "t9"])
@pytest.mark.parametrize("revision", [0, 1772465400])
def test_nonce_fits(purpose: str, revision: int) -> None:
    """A nonce has at most Discord's 25 characters, for every message id there can be."""
    notice = Notice(1, 2, LARGEST, NOTHING, revision=revision)
    assert len(notice.nonce(purpose)) <= 25


def test_nonce_is_stable() -> None:
    """The same wording has the same nonce; an edit, and another purpose, has another."""
    first, edited = Notice(1, 2, 3, NOTHING), Notice(1, 2, 3, NOTHING, revision=1772465401)
    assert first.nonce("h") == Notice(1, 2, 3, NOTHING).nonce("h")
    assert len({first.nonce("h"), edited.nonce("h"), first.nonce("c"), first.nonce("t0")}) == 4


@pytest.mark.parametrize(
    ("level", "coverage", "after"),
    [
        (2, _THERE, timedelta(minutes=15)),
        (3, _THERE, timedelta(minutes=5)),
        (1, _THERE, None),
        (2, _AWAY, timedelta(hours=9, minutes=15)),
        (3, _AWAY, timedelta(hours=9, minutes=5)),
        (2, replace(_AWAY, on_call=True), timedelta(hours=9, minutes=15)),
        (3, replace(_AWAY, on_call=True), timedelta(minutes=5)),
        (3, Coverage(None, None, on_call=False), timedelta(minutes=5)),
    ],
)
def test_first_escalation(level: int, coverage: Coverage, after: timedelta | None) -> None:
    """The lead's turn comes after 15 or 5 minutes; at night when staff are back, or soon at 3."""
    assert first_escalation(level, NOW, coverage) == (NOW + after if after else None)


@pytest.mark.parametrize(
    ("coverage", "begins"),
    [
        (_THERE, "Staff look at alerts here until <t:"),
        (_AWAY, "No one may see this tonight. Staff are back <t:"),
        (
            replace(_AWAY, on_call=True),
            "No one may see this tonight. You can ask the person on call",
        ),
        (Coverage(None, None, on_call=False), "No one may see this tonight."),
    ],
)
def test_coverage_sentence(coverage: Coverage, begins: str) -> None:
    """The one sentence about staff says what is true and no more."""
    assert coverage.sentence(Texts({}).speaking("en")).startswith(begins)


async def test_merges(store: EpisodeStore) -> None:
    """Findings of one member within six hours are one episode; its level only rises."""
    first, _ = await store.add(_finding())
    graver, again = await store.add(_finding(level=3, minutes=1, message_id=6))
    later, calm = await store.add(_finding(level=2, minutes=2, message_id=8))
    assert first.id == graver.id == later.id
    assert (again, calm) == (True, False)
    assert (later.level, later.message_id) == (3, 6)


async def test_two_at_once_merge(store: EpisodeStore) -> None:
    """Two findings stored in the same moment are one episode."""
    (one, _), (other, _) = await asyncio.gather(store.add(_finding()), store.add(_finding()))
    assert one.id == other.id


async def test_six_hours_later(store: EpisodeStore) -> None:
    """A finding past six hours, or after the outcome, begins another episode."""
    first, _ = await store.add(_finding())
    second, _ = await store.add(_finding(minutes=361))
    assert second.id != first.id
    await store.change(second.id, {"state": State.CLOSED, "outcome": Outcome.NO_ACTION})
    third, _ = await store.add(_finding(minutes=362))
    assert third.id not in (first.id, second.id)


async def test_others_do_not_merge(store: EpisodeStore) -> None:
    """Another member's finding, and a request, are their own episodes."""
    first, _ = await store.add(_finding())
    other, _ = await store.add(_finding(user_id=8))
    request, _ = await store.add(replace(_finding(), kind=Kind.REQUEST))
    assert len({first.id, other.id, request.id}) == 3


@pytest.mark.parametrize(("minutes", "again"), [(1, False), (4.9, False), (5, True), (300, True)])
async def test_danger_again(store: EpisodeStore, minutes: float, again: bool) -> None:
    """Level 3 is brought up again when it comes five minutes or more after the last."""
    await store.add(_finding(level=3))
    _, told = await store.add(_finding(level=3, minutes=minutes, message_id=6))
    assert told is again


async def test_an_older_message_does_not_turn_time_back(store: EpisodeStore) -> None:
    """A message read late leaves the time of the newest one."""
    await store.add(_finding(minutes=10))
    merged, _ = await store.add(_finding(minutes=5))
    assert merged.last_at == NOW + timedelta(minutes=10)


async def test_knows(store: EpisodeStore) -> None:
    """What somebody wrote up to the episode's last message is known; what came after is not."""
    await store.add(_finding(minutes=10))
    assert await store.knows(7, NOW + timedelta(minutes=10))
    assert not await store.knows(7, NOW + timedelta(minutes=10, seconds=1))
    assert not await store.knows(8, NOW)


async def test_claim_once(store: EpisodeStore) -> None:
    """Of many claims in the same moment one holds."""
    made, _ = await store.add(_finding())
    found = await asyncio.gather(*(store.claim(made.id, who, NOW) for who in range(1, 6)))
    assert sum(one is not None for one in found) == 1


async def test_closed_stays_closed(store: EpisodeStore) -> None:
    """An outcome is not overwritten, and nobody claims what is closed."""
    made, _ = await store.add(_finding())
    outcome = {"state": State.CLOSED, "outcome": Outcome.NO_ACTION, "closed_at": NOW}
    assert await store.change_unfinished(made.id, outcome)
    assert await store.change_unfinished(made.id, {"outcome": Outcome.HANDED_OVER}) is None
    assert await store.claim(made.id, 9, NOW) is None


async def test_erased_staff_open_what_they_had_claimed(store: EpisodeStore) -> None:
    """When one of the staff is erased, what they had claimed is open again for others."""
    made, _ = await store.add(_finding())
    await store.claim(made.id, 9, NOW)
    await store.erase(1, 9)
    left = await store.get(made.id)
    assert left is not None
    assert (left.state, left.claimed_by) == (State.OPEN, None)


async def test_sealed(store: EpisodeStore, db: Database) -> None:
    """The categories cannot be read in the table."""
    await store.add(_finding())
    async with db.read() as connection:
        row = (await connection.execute(select(episode))).one()
    assert "suicide" not in str(row)


async def test_watermarks(db: Database) -> None:
    """A mark is kept for each channel and moves when it is written again."""
    marks = WatermarkStore(db)
    await marks.reach({1: 5, 2: 6})
    await marks.reach({1: 7})
    assert await marks.all() == {1: 7, 2: 6}
