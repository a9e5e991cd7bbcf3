"""Episodes and watermarks: what merges, who is first, and what is left, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

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
from bot.care.store import EpisodeStore, WatermarkStore
from bot.clock import MovedClock
from bot.storage.engine import Database
from bot.storage.secrets import Keyring, new_key
from bot.storage.tables import episode
from tests.delivery.world import GUILD, World, utc

ANA, BEN, KIM, LEE = 9007199254740993, 42, 43, 44
NOW = utc(2026, 3, 2, 14)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def store(db: Database, keyring: Keyring) -> EpisodeStore:
    return EpisodeStore(db, keyring)


@pytest.fixture
async def others(database_url: str, keyring: Keyring) -> AsyncIterator[list[EpisodeStore]]:
    """The stores of four processes on the same database."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(Database.open(database_url)) for _ in range(4)]
        stores = [EpisodeStore(each, keyring) for each in opened]
        for store in stores:  # connected, so that what follows is at the same moment
            await store.count(GUILD)
        yield stores


@pytest.fixture
async def first(db: Database, clock: MovedClock) -> Episode:
    """Ana's first finding, of level 2, not stored yet."""
    cohort = await World(db, clock).cohort()
    return Episode(
        id=0,
        guild_id=GUILD,
        cohort_id=cohort.id,
        user_id=ANA,
        kind=Kind.FINDING,
        level=2,
        state=State.OPEN,
        message_state=MessageState.THERE,
        opened_at=NOW,
        last_at=NOW,
        categories=("suicide",),
        channel_id=101,
        message_id=1001,
        escalate_at=NOW + 15 * MINUTE,
    )


def _next(value: Episode, after: timedelta, **changes: object) -> Episode:
    """A later finding of the same person."""
    now = value.last_at + after
    later = replace(
        value, opened_at=now, last_at=now, message_id=1002, escalate_at=now + 5 * MINUTE
    )
    return replace(later, **changes)  # type: ignore[arg-type]


async def _close(store: EpisodeStore, one: Episode, **changes: object) -> Episode:
    closed = {
        "state": State.CLOSED,
        "outcome": Outcome.NO_ACTION,
        "closed_by": KIM,
        "closed_at": NOW,
        "escalate_at": None,
    }
    found = await store.change_unfinished(one.id, closed | changes)
    assert found is not None
    return found


async def test_round_trip(store: EpisodeStore, first: Episode) -> None:
    """Every value of an episode comes back; only its id is new."""
    added, again = await store.add(first)
    assert added == replace(first, id=added.id)
    assert not again
    assert await store.get(added.id) == added
    assert await store.get(added.id + 1) is None


async def test_categories_are_sealed(db: Database, store: EpisodeStore, first: Episode) -> None:
    """No category stands in the database in plain words, and equal ones look different."""
    await store.add(first)
    await store.add(replace(first, user_id=BEN))
    async with db.read() as connection:
        rows = (await connection.execute(select(episode))).mappings().all()
    assert not any("suicide" in str(row) for row in rows)
    assert rows[0]["sealed_finding"] != rows[1]["sealed_finding"]


async def test_unreadable_categories(db: Database, store: EpisodeStore, first: Episode) -> None:
    """One row that no key opens keeps neither itself nor the others from staff."""
    lost, _ = await EpisodeStore(db, Keyring([new_key()])).add(first)
    other, _ = await store.add(replace(first, user_id=BEN))
    assert await store.unposted() == [replace(lost, categories=()), other]
    merged, _ = await store.add(_next(first, MINUTE, level=URGENT))
    assert (merged.id, merged.level, merged.categories) == (lost.id, URGENT, ("suicide",))


async def test_merged(store: EpisodeStore, first: Episode) -> None:
    """A finding within six hours of the last joins it, with both categories, and is no news."""
    one, _ = await store.add(first)
    later = _next(first, MERGE_WITHIN, categories=("self-harm",))
    both, again = await store.add(later)
    assert both.id == one.id
    assert both.categories == ("self-harm", "suicide")
    assert (both.opened_at, both.last_at) == (NOW, NOW + MERGE_WITHIN)
    assert both.message_id == 1002
    assert both.escalate_at == first.escalate_at  # one more word of the same level wins no time
    assert not again


@pytest.mark.parametrize(
    "changes",
    [
        {"last_at": NOW + MERGE_WITHIN + MINUTE},
        {"user_id": BEN},
        {"kind": Kind.REQUEST},
    ],
    ids=["later", "another person", "a request"],
)
async def test_not_merged(store: EpisodeStore, first: Episode, changes: dict[str, object]) -> None:
    """What is later, of another person or of another kind is an episode of its own."""
    one, _ = await store.add(first)
    two, again = await store.add(replace(first, **changes))  # type: ignore[arg-type]
    assert two.id > one.id
    assert not again


async def test_after_it_was_closed(store: EpisodeStore, first: Episode) -> None:
    """Words after the outcome are a new episode: what is closed is not looked at any more."""
    one, _ = await store.add(first)
    await _close(store, one)
    two, _ = await store.add(_next(first, MINUTE))
    assert two.id != one.id
    assert two.state is State.OPEN


async def test_level_rises(store: EpisodeStore, first: Episode) -> None:
    """A higher level leads to its own message, escalates by its own time, and is brought up."""
    await store.add(first)
    graver = _next(first, MINUTE, level=URGENT, channel_id=102)
    risen, again = await store.add(graver)
    assert again
    assert (risen.level, risen.channel_id, risen.message_id) == (URGENT, 102, 1002)
    assert risen.escalate_at == graver.escalate_at


async def test_level_does_not_fall(store: EpisodeStore, first: Episode) -> None:
    """A lower level changes neither the level nor the message staff are led to."""
    await store.add(replace(first, level=URGENT))
    after, again = await store.add(_next(first, MINUTE))
    assert not again
    assert (after.level, after.message_id) == (URGENT, 1001)
    assert after.last_at == NOW + MINUTE


async def test_urgent_again(store: EpisodeStore, first: Episode) -> None:
    """Level 3 again is brought up after five minutes, not before."""
    urgent = replace(first, level=URGENT)
    await store.add(urgent)
    _, soon = await store.add(_next(urgent, MINUTE))
    _, late = await store.add(_next(urgent, MINUTE + CLAIM_WITHIN[URGENT]))
    assert (soon, late) == (False, True)


async def test_older_words(store: EpisodeStore, first: Episode) -> None:
    """A message found after a gap does not turn the episode's time back."""
    await store.add(first)
    merged, _ = await store.add(_next(first, -HOUR))
    assert merged.last_at == NOW


async def test_claim_stays(store: EpisodeStore, first: Episode) -> None:
    """A rising level leaves a claim as it is, and nobody is paged behind the claimer's back."""
    one, _ = await store.add(first)
    await store.claim(one.id, KIM, NOW)
    risen, again = await store.add(_next(first, MINUTE, level=URGENT))
    assert again
    assert (risen.state, risen.claimed_by, risen.escalate_at) == (State.CLAIMED, KIM, None)


async def test_findings_at_once(others: list[EpisodeStore], first: Episode) -> None:
    """Findings of one person that several processes have at the same moment are one episode."""
    found = await asyncio.gather(
        *(
            one.add(_next(first, number * MINUTE, level=2 + number % 2))
            for number, one in enumerate(others * 2)
        )
    )
    assert len({one.id for one, _ in found}) == 1
    [left] = await others[0].of_person(GUILD, ANA)
    assert (left.level, left.last_at) == (URGENT, NOW + 7 * MINUTE)


async def test_finding_while_it_is_closed(others: list[EpisodeStore], first: Episode) -> None:
    """Words that come while somebody closes the episode are never swallowed by it."""
    for number in range(6):
        start = replace(first, user_id=1000 + number)
        one, _ = await others[0].add(start)
        (new, _), _ = await asyncio.gather(
            others[1].add(_next(start, MINUTE)), _close(others[2], one)
        )
        assert new.state is State.OPEN


async def test_one_claim_wins(others: list[EpisodeStore], first: Episode) -> None:
    """Of several who press at the same moment exactly one has it."""
    one, _ = await others[0].add(first)
    claims = await asyncio.gather(
        *(store.claim(one.id, 500 + number, NOW) for number, store in enumerate(others * 2))
    )
    [winner] = [claim for claim in claims if claim]
    kept = await others[0].get(one.id)
    assert kept == winner
    assert kept is not None
    assert (kept.state, kept.claimed_at, kept.escalate_at) == (State.CLAIMED, NOW, None)


async def test_one_outcome_wins(others: list[EpisodeStore], first: Episode) -> None:
    """Of several outcomes at the same moment one is kept, and the others hear of it."""
    one, _ = await others[0].add(first)
    closed = [
        store.change_unfinished(one.id, {"state": State.CLOSED, "closed_by": number})
        for number, store in enumerate(others, 600)
    ]
    done = await asyncio.gather(*closed)
    [winner] = [each for each in done if each]
    kept = await others[0].get(one.id)
    assert kept is not None
    assert kept.closed_by == winner.closed_by
    assert await others[0].claim(one.id, KIM, NOW) is None


async def test_changes(store: EpisodeStore, first: Episode) -> None:
    """A change comes back; of an episode that is gone there is nothing."""
    one, _ = await store.add(first)
    changed = await store.change(one.id, {"care_channel_id": 7, "care_message_id": 8})
    assert changed == replace(one, care_channel_id=7, care_message_id=8)
    await store.forget(one.id)
    assert await store.change(one.id, {"level": 3}) is None
    assert await store.change_unfinished(one.id, {"level": 3}) is None


async def test_ids_are_not_given_twice(store: EpisodeStore, first: Episode) -> None:
    """An episode that is forgotten leaves its id to nobody, since old buttons may name it."""
    one, _ = await store.add(first)
    await store.forget(one.id)
    two, _ = await store.add(first)
    assert two.id > one.id


async def test_of_message(store: EpisodeStore, first: Episode) -> None:
    """An unfinished episode is found by the message that raised it; a closed one is not."""
    one, _ = await store.add(first)
    assert await store.of_message(1001) == [one]
    assert await store.of_message(1) == []
    await _close(store, one)
    assert await store.of_message(1001) == []


async def test_knows(store: EpisodeStore, first: Episode) -> None:
    """An episode knows the words that were its last finding, closed or not, and no others."""
    one, _ = await store.add(first)
    await _close(store, one)
    assert await store.knows(ANA, NOW)
    assert not await store.knows(ANA, NOW + MINUTE)
    assert not await store.knows(ANA, NOW - MINUTE)
    assert not await store.knows(BEN, NOW)


async def test_unposted(store: EpisodeStore, first: Episode) -> None:
    """An unfinished episode without a card is found until it has one."""
    one, _ = await store.add(first)
    assert await store.unposted() == [one]
    await store.change(one.id, {"care_channel_id": 7, "care_message_id": 8})
    assert await store.unposted() == []
    two, _ = await store.add(replace(first, user_id=BEN))
    await _close(store, two)
    assert await store.unposted() == []


async def test_escalation(store: EpisodeStore, first: Episode) -> None:
    """The first to be escalated is told, it is due at its instant, and a claim ends it."""
    assert await store.next_escalation() is None
    one, _ = await store.add(first)
    two, _ = await store.add(replace(first, user_id=BEN, escalate_at=NOW + 5 * MINUTE))
    assert await store.next_escalation() == NOW + 5 * MINUTE
    assert await store.unclaimed(NOW + 4 * MINUTE) == []
    assert await store.unclaimed(NOW + 5 * MINUTE) == [two]
    assert await store.unclaimed(NOW + 15 * MINUTE) == [one, two]
    await store.claim(two.id, KIM, NOW)
    assert await store.next_escalation() == NOW + 15 * MINUTE
    assert await store.unclaimed(NOW + HOUR) == [one]


async def test_old_ones(store: EpisodeStore, first: Episode) -> None:
    """Episodes closed before an instant are found, never an unfinished one."""
    one, _ = await store.add(first)
    await store.add(replace(first, user_id=BEN))
    closed = await _close(store, one)
    assert await store.closed_before(NOW) == []
    assert await store.closed_before(NOW + MINUTE) == [closed]


async def test_count(store: EpisodeStore, first: Episode) -> None:
    """What is unfinished in a server is counted."""
    one, _ = await store.add(first)
    await store.add(replace(first, user_id=BEN))
    assert await store.count(GUILD) == 2
    assert await store.count(GUILD + 1) == 0
    await _close(store, one)
    assert await store.count(GUILD) == 1


async def test_export(store: EpisodeStore, first: Episode) -> None:
    """A person gets their own episodes; staff get what they did, and not about whom."""
    one, _ = await store.add(first)
    await store.claim(one.id, KIM, NOW)
    await _close(store, one, closed_by=LEE)
    [mine] = (await store.export(GUILD, ANA))["episode"]
    assert mine["categories"] == ("suicide",)
    for who, did, others_did in (
        (KIM, "claimed_by", "closed_by"),
        (LEE, "closed_by", "claimed_by"),
    ):
        found = await store.export(GUILD, who)
        [handled] = found["episode_handled"]
        assert found["episode"] == []
        assert (handled[did], handled[others_did]) == (who, None)
        assert str(ANA) not in str(handled)
    assert not any((await store.export(GUILD + 1, ANA)).values())


async def test_erase(store: EpisodeStore, first: Episode) -> None:
    """A person's episodes go, in this server only."""
    one, _ = await store.add(first)
    bens, _ = await store.add(replace(first, user_id=BEN))
    await store.erase(GUILD + 1, ANA)
    assert await store.get(one.id)
    await store.erase(GUILD, ANA)
    assert await store.get(one.id) is None
    assert await store.get(bens.id) == bens


async def test_erased_staff(store: EpisodeStore, first: Episode) -> None:
    """What an erased clinician had claimed is open again; what they closed loses their name."""
    one, _ = await store.add(first)
    two, _ = await store.add(replace(first, user_id=BEN))
    await store.claim(one.id, KIM, NOW)
    await store.claim(two.id, KIM, NOW)
    await _close(store, two)
    await store.erase(GUILD, KIM)
    opened, closed = await store.get(one.id), await store.get(two.id)
    assert opened is not None
    assert closed is not None
    assert (opened.state, opened.claimed_by, opened.claimed_at) == (State.OPEN, None, None)
    assert (closed.state, closed.claimed_by, closed.closed_by) == (State.CLOSED, None, None)
    assert closed.outcome is Outcome.NO_ACTION


async def test_marks(db: Database) -> None:
    """How far each channel was screened is kept, and grows."""
    marks = WatermarkStore(db)
    assert await marks.all() == {}
    await marks.reach({1: 10, 2: ANA})
    await marks.reach({1: 11, 3: 5})
    await marks.reach({})
    assert await marks.all() == {1: 11, 2: ANA, 3: 5}


async def test_marks_do_not_go_back(db: Database) -> None:
    """A write that was overtaken by a newer one does not undo it, or words would be read again."""
    marks = WatermarkStore(db)
    await marks.reach({1: 11})
    await marks.reach({1: 10, 2: 4})
    assert await marks.all() == {1: 11, 2: 4}


async def test_marks_at_once(db: Database) -> None:
    """Marks of a channel nobody has met yet may be written by several at the same moment."""
    marks = WatermarkStore(db)
    await asyncio.gather(*(marks.reach({1: number, 2: number}) for number in range(10, 18)))
    assert await marks.all() == {1: 17, 2: 17}
