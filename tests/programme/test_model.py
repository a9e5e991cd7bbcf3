"""Names that tell nothing, time zones, and who may do what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Refused
from bot.programme.hours import StaffedHours
from bot.programme.model import (
    NAME_LENGTH,
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
    neutral_name,
    zone_named,
    zones_like,
)

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("River", "River"),
        ("  Blue   Heron \n 2 ", "Blue Heron 2"),
        ("Periwinkle", "Periwinkle"),
        ("Drugget Lane", "Drugget Lane"),
        ("Sobrino", "Sobrino"),
        ("Río Grande", "Río Grande"),
        ("x" * NAME_LENGTH, "x" * NAME_LENGTH),
    ],
)
def test_a_neutral_name_is_kept_with_single_spaces(typed: str, kept: str) -> None:
    """A word that only begins like a telling one tells nothing."""
    assert neutral_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("IOP", "IOP"),
        ("iop2", "iop"),
        ("River_IOP", "IOP"),
        ("2026DBT", "DBT"),
        ("Sober Friends", "Sober"),
        ("Anxiety group", "Anxiety"),
        ("self-harm", "self-harm"),
        ("Grupo de ansiedad", "ansiedad"),
        ("Adicción", "Adicción"),
        ("Salud mental", "mental"),
    ],
)
def test_a_name_that_tells_why_people_are_here_is_refused(typed: str, told: str) -> None:
    """A role's name stands on every profile; the sentence names the word and a way out."""
    with pytest.raises(Refused, match="For example: River") as caught:
        neutral_name(typed)
    assert f"“{told}”" in str(caught.value)


@pytest.mark.parametrize("typed", ["", "   ", "x" * (NAME_LENGTH + 1)])
def test_an_empty_or_long_name_is_refused(typed: str) -> None:
    """The sentence says what to do."""
    with pytest.raises(Refused, match=r"Give the cohort a name|shorter name"):
        neutral_name(typed)


def test_a_zone_is_found_whatever_its_case_and_spaces() -> None:
    """People type America/New York."""
    assert zone_named(" america/new york ") == "America/New_York"


@pytest.mark.parametrize("typed", ["", "Central Time", "America/Nowhere", "../UTC"])
def test_an_unknown_zone_is_refused(typed: str) -> None:
    """A zone that is not known would put posts at wrong hours."""
    with pytest.raises(Refused, match="Pick one from the list"):
        zone_named(typed)


def test_zones_that_begin_with_what_was_typed_come_first() -> None:
    """Discord shows 25 at most, and every one of them can be used."""
    found = zones_like("new y")
    assert found == ["America/New_York"]
    assert zones_like("lo")[0].split("/")[-1].lower().startswith("lo")
    every = zones_like("")
    assert len(every) == 25
    assert all(ZoneInfo(name) for name in every)
    assert zones_like("nowhere at all") == []


def test_staff_are_those_with_a_role_and_only_some_close() -> None:
    """Peers and on-call claim; clinicians and leads decide on risk; only leads answer for it."""
    programme = _programme()
    assert [programme.is_staff([role]) for role in (1, 2, 3, 4, 5)] == [True] * 4 + [False]
    assert [programme.may_close([role]) for role in (1, 2, 3, 4, 5)] == [True, True] + [False] * 3
    assert [programme.is_lead([role]) for role in (1, 2, 3, 4, 5)] == [False, True] + [False] * 3
    assert not programme.is_staff([])


def test_a_role_that_was_not_chosen_makes_nobody_staff() -> None:
    """No on-call role is None, which nobody holds."""
    roles = Roles(clinician=1, lead=2)
    assert roles.all() == (1, 2)


def test_only_a_running_cohort_is_watched_by_channel_or_parent() -> None:
    """A thread counts with its parent; an archived cohort and one in the making do not count."""
    running = _cohort(1, CohortState.ACTIVE)
    snapshot = Snapshot(
        cohorts={1: running, 2: _cohort(2, CohortState.ARCHIVED), 3: _cohort(3, CohortState.MAKING)}
    )
    assert snapshot.watched_cohort(11, None) == running
    assert snapshot.watched_cohort(999, 12) == running
    assert snapshot.watched_cohort(13) is None  # its staff channel
    assert snapshot.watched_cohort(21) is None
    assert snapshot.watched_cohort(31) is None
    assert snapshot.watched_cohort(None, None) is None
    assert [cohort.id for cohort in snapshot.in_guild(7)] == [1, 3]


def test_in_direct_messages_the_newest_yes_counts() -> None:
    """Somebody may be a member in two servers."""
    older = _member(7, datetime(2026, 1, 1, tzinfo=UTC))
    newer = _member(8, datetime(2026, 2, 1, tzinfo=UTC))
    snapshot = Snapshot(members={(8, 5): newer, (7, 5): older})
    assert snapshot.anywhere(5) == newer
    assert snapshot.anywhere(6) is None
    assert snapshot.member(7, 5) == older
    assert snapshot.member(None, 5) is None
    assert snapshot.of_cohort(1) == [newer, older]


def _programme() -> Programme:
    return Programme(
        guild_id=7,
        language="en",
        hours=StaffedHours.parse("none", "Etc/UTC"),
        roles=Roles(clinician=1, lead=2, peer=3, on_call=4),
        detection=Detection.IN_MEMORY,
        checkins=CheckIns.PROMPT_ONLY,
    )


def _cohort(number: int, state: CohortState) -> Cohort:
    return Cohort(
        id=number,
        guild_id=7,
        name=f"River {number}",
        zone="Etc/UTC",
        starts_on=date(2026, 3, 2),
        admission=Admission.ROLLING,
        state=state,
        created_at=NOW,
        daily_channel_id=number * 10 + 1,
        talk_channel_id=number * 10 + 2,
        staff_channel_id=number * 10 + 3,
    )


def _member(guild_id: int, consented_at: datetime) -> Member:
    choices = Choices(Route.DIRECT, staff_told=True, checkins_stored=None, language="en")
    return Member(guild_id, 5, 1, choices, 1, consented_at)
