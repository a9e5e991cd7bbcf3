"""What is written about programmes, cohorts and members comes back as it was, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError

from bot.clock import MovedClock
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
)
from bot.programme.store import ProgrammeStore
from bot.screening.model import OwnEntry, Tuning
from bot.storage.engine import Database
from tests.delivery.world import utc

GUILD, ELSEWHERE = 1234567890123456789, 77
ANA, BEN, KIM, LEE = 9007199254740993, 42, 43, 44  # the first is more than a float can hold
NOW = utc(2026, 3, 2, 14)
CHICAGO = "America/Chicago"
OWN = OwnEntry("en.own.x", "suicide", 3, ("a", "b"), "a", "c", ("d",), confirmed=False)

PROGRAMME = Programme(
    guild_id=GUILD,
    language="es",
    hours=StaffedHours.parse("Mon-Fri 09:00-17:00; Sat 10:00-00:00", CHICAGO),
    roles=Roles(clinician=11, lead=12, peer=13, on_call=14),
    detection=Detection.OFF,
    checkins=CheckIns.STORED,
    country="US",
    level_3_always=True,
    tuning=Tuning(frozenset({"eating"}), own=(OWN,)),
    start_channel_id=21,
    start_message_id=22,
    limits_accepted_by=LEE,
    limits_accepted_at=NOW,
)
CHOICES = Choices(Route.BUTTON, staff_told=False, checkins_stored=True, language="es", country="MX")


@pytest.fixture
async def store(db: Database) -> ProgrammeStore:
    """A store that knows one programme."""
    made = ProgrammeStore(db)
    await made.save_programme(PROGRAMME, NOW)
    return made


async def _cohort(store: ProgrammeStore, name: str = "River", guild_id: int = GUILD) -> Cohort:
    start = date(2026, 3, 9)
    return await store.begin_cohort(guild_id, name, CHICAGO, start, Admission.CLOSED, NOW)


def _member(cohort: Cohort, user_id: int = ANA) -> Member:
    return Member(cohort.guild_id, user_id, cohort.id, CHOICES, 1, NOW)


async def test_nothing_yet(db: Database) -> None:
    """A fresh database gives an empty snapshot."""
    found = await ProgrammeStore(db).snapshot()
    assert (found.programmes, found.cohorts, found.members) == ({}, {}, {})


async def test_programme(store: ProgrammeStore) -> None:
    """Every value of a programme comes back."""
    assert (await store.snapshot()).programmes == {GUILD: PROGRAMME}


async def test_programme_of_little(db: Database) -> None:
    """A programme with nothing that may be left out comes back too."""
    little = Programme(
        GUILD, "en", StaffedHours("UTC", ()), Roles(1, 2), Detection.OFF, CheckIns.PROMPT_ONLY
    )
    store = ProgrammeStore(db)
    await store.save_programme(little, NOW)
    assert (await store.snapshot()).programmes == {GUILD: little}


async def test_programme_again(store: ProgrammeStore) -> None:
    """A second save takes the place of the first, and the cohorts stay."""
    cohort = await _cohort(store)
    changed = replace(PROGRAMME, language="en", roles=Roles(5, 6), limits_accepted_by=None)
    await store.save_programme(changed, NOW)
    found = await store.snapshot()
    assert found.programmes == {GUILD: changed}
    assert set(found.cohorts) == {cohort.id}


async def test_programme_at_once(db: Database) -> None:
    """Two managers who set up at the same moment both succeed, and there is one programme."""
    store = ProgrammeStore(db)
    await asyncio.gather(*(store.save_programme(PROGRAMME, NOW) for _ in range(4)))
    assert (await store.snapshot()).programmes == {GUILD: PROGRAMME}


async def test_cohort(store: ProgrammeStore) -> None:
    """A cohort begins as being made, and every later change comes back."""
    begun = await _cohort(store)
    assert begun.state is CohortState.MAKING
    assert (await store.snapshot()).cohorts == {begun.id: begun}
    changes: dict[str, Any] = {
        "state": CohortState.ACTIVE,
        "role_id": 31,
        "category_id": 32,
        "daily_channel_id": 33,
        "talk_channel_id": 34,
        "staff_channel_id": 35,
        "support_message_id": 36,
    }
    await store.change_cohort(begun.id, changes)
    assert (await store.snapshot()).cohorts[begun.id] == replace(begun, **changes)


async def test_cohort_archived(store: ProgrammeStore) -> None:
    """An archived cohort stays in the snapshot, and is not among those of its server."""
    begun = await _cohort(store)
    values = {"state": CohortState.ARCHIVED, "archived_at": NOW}
    await store.change_cohort(begun.id, values)
    found = await store.snapshot()
    assert found.cohorts[begun.id].state is CohortState.ARCHIVED
    assert list(found.in_guild(GUILD)) == []


async def test_cohort_names(store: ProgrammeStore) -> None:
    """A name is taken once in a server; another server may use it too."""
    await store.save_programme(replace(PROGRAMME, guild_id=ELSEWHERE), NOW)
    await _cohort(store)
    with pytest.raises(IntegrityError):
        await _cohort(store)
    await _cohort(store, guild_id=ELSEWHERE)
    assert len((await store.snapshot()).cohorts) == 2


async def test_cohort_ids_are_not_given_twice(store: ProgrammeStore) -> None:
    """A cohort that is dropped leaves its id to nobody, since old buttons may name it."""
    gone = await _cohort(store)
    await store.drop_cohort(gone.id)
    assert (await _cohort(store)).id > gone.id


async def test_cohort_dropped(store: ProgrammeStore) -> None:
    """What hangs on a cohort goes with it."""
    begun = await _cohort(store)
    await store.add_staff(begun.id, KIM, NOW)
    await store.save_member(_member(begun))
    await store.drop_cohort(begun.id)
    found = await store.snapshot()
    assert (found.cohorts, found.members) == ({}, {})


async def test_staff(store: ProgrammeStore) -> None:
    """Staff come and go; one who is added twice is there once and goes at once."""
    begun = await _cohort(store)
    for user_id in (KIM, LEE, KIM):
        await store.add_staff(begun.id, user_id, NOW)
    assert (await store.snapshot()).cohorts[begun.id].staff == {KIM, LEE}
    await store.remove_staff(begun.id, KIM)
    assert (await store.snapshot()).cohorts[begun.id].staff == {LEE}


async def test_staff_at_once(store: ProgrammeStore) -> None:
    """The same person added by several at the same moment is no error."""
    begun = await _cohort(store)
    await asyncio.gather(*(store.add_staff(begun.id, KIM, NOW) for _ in range(4)))
    assert (await store.snapshot()).cohorts[begun.id].staff == {KIM}


async def test_member(store: ProgrammeStore) -> None:
    """Every choice of a member comes back, and a later one takes the earlier one's place."""
    begun = await _cohort(store)
    member = _member(begun)
    await store.save_member(member)
    assert (await store.snapshot()).members == {(GUILD, ANA): member}
    other = await _cohort(store, "Lake")
    silent = Choices(Route.DIRECT, staff_told=True, checkins_stored=None, language="en")
    changed = replace(member, cohort_id=other.id, choices=silent, consent_version=2)
    await store.save_member(changed)
    assert (await store.snapshot()).members == {(GUILD, ANA): changed}


async def test_member_at_once(store: ProgrammeStore) -> None:
    """A form that is sent twice at the same moment keeps one member and is no error."""
    member = _member(await _cohort(store))
    await asyncio.gather(*(store.save_member(member) for _ in range(4)))
    assert (await store.snapshot()).members == {(GUILD, ANA): member}


async def test_member_of_no_cohort(store: ProgrammeStore) -> None:
    """Nobody can be a member of a cohort that is not there."""
    begun = await _cohort(store)
    with pytest.raises(IntegrityError):
        await store.save_member(replace(_member(begun), cohort_id=begun.id + 1))


async def test_erase_in_one_server(store: ProgrammeStore) -> None:
    """Erasing somebody in one server leaves what they are in another."""
    await store.save_programme(replace(PROGRAMME, guild_id=ELSEWHERE, limits_accepted_by=ANA), NOW)
    here, there = await _cohort(store), await _cohort(store, guild_id=ELSEWHERE)
    for cohort in (here, there):
        await store.save_member(_member(cohort))
        await store.save_member(_member(cohort, BEN))
        await store.add_staff(cohort.id, ANA, NOW)
    await store.erase(GUILD, ANA)
    found = await store.snapshot()
    assert set(found.members) == {(GUILD, BEN), (ELSEWHERE, ANA), (ELSEWHERE, BEN)}
    assert [found.cohorts[c.id].staff for c in (here, there)] == [set(), {ANA}]
    assert found.programmes[ELSEWHERE].limits_accepted_by == ANA
    assert not any((await store.export(GUILD, ANA)).values())
    assert all((await store.export(ELSEWHERE, ANA)).values())


async def test_erased_lead(store: ProgrammeStore) -> None:
    """The lead who accepted the limits can be erased; that they were accepted stays."""
    await store.erase(GUILD, LEE)
    found = (await store.snapshot()).programmes[GUILD]
    assert (found.limits_accepted_by, found.limits_accepted_at) == (None, NOW)


async def test_instants_keep_their_moment(store: ProgrammeStore, clock: MovedClock) -> None:
    """An instant told in another zone comes back as the same moment in UTC."""
    local = clock.now().astimezone(ZoneInfo(CHICAGO))
    await store.save_member(replace(_member(await _cohort(store)), consented_at=local))
    kept = (await store.snapshot()).members[GUILD, ANA].consented_at
    assert (kept, kept.utcoffset()) == (clock.now(), clock.now().utcoffset())
