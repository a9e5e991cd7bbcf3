"""Which item belongs to which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.library import Library, week_number
from bot.content.model import DAILY, Kind
from tests.content.helpers import make_item


def library(*weeks: int) -> Library:
    return Library(
        "en",
        [
            make_item(
                id=f"w{week:02}d{day}-{kind}",
                kind=kind,
                week=week,
                day=day,
                practice="Look." if kind is Kind.SKILL else "",
                reflection="What do you see?" if kind is Kind.REFLECTION else "",
            )
            for week in weeks
            for day in range(1, 8)
            for kind in DAILY
        ],
    )


def test_a_day_has_its_three_parts() -> None:
    """Week and day pick one skill, one snippet and one reflection."""
    day = library(1, 2).for_day(2, 5)
    assert [item.id for item in day.items] == [
        "w02d5-skill",
        "w02d5-psychoed",
        "w02d5-reflection",
    ]


def test_an_unknown_id_is_none() -> None:
    """Asking for an id that is not there gives None."""
    assert library(1).get("w09d9-nothing") is None
    found = library(1).get("w01d1-skill")
    assert found is not None
    assert found.kind is Kind.SKILL


def test_weeks_go_round_in_order() -> None:
    """After the last shipped week comes the first again, and gaps in the numbers do not matter."""
    shelf = library(1, 2, 4)
    assert [shelf.for_day(week, 1).skill.week for week in range(1, 8)] == [1, 2, 4, 1, 2, 4, 1]


def test_a_second_question_comes_the_second_time_through() -> None:
    """Where a day has a second reflection, every other time through the weeks asks that one."""
    again = make_item(
        id="w01d1-again",
        kind="reflection",
        round=2,
        week=1,
        day=1,
        practice="",
        reflection="What has changed?",
    )
    shelf = Library("en", [*library(1, 2).items.values(), again])
    asked = [shelf.for_day(week, 1).reflection.id for week in range(1, 8)]
    first, other = "w01d1-reflection", "w02d1-reflection"
    assert asked == [first, other, "w01d1-again", other, first, other, "w01d1-again"]
    assert shelf.for_day(3, 2).reflection.id == "w01d2-reflection"


def test_other_kinds_do_not_make_a_week() -> None:
    """A note for facilitators about week 9 puts no empty week 9 before members."""
    note = make_item(id="w09-note", kind="facilitator", week=9, day=1, practice="")
    shelf = Library("en", [*library(1, 2).items.values(), note])
    assert shelf.weeks == (1, 2)
    assert shelf.for_day(9, 1).skill.week == 1


@pytest.mark.parametrize(("week", "day"), [(0, 1), (-3, 1), (1, 0), (1, 8)])
def test_a_day_that_does_not_exist_is_refused(week: int, day: int) -> None:
    """Weeks begin at 1 and days are 1 to 7."""
    with pytest.raises(ValueError, match="there is no week"):
        library(1).for_day(week, day)


@pytest.mark.parametrize(
    ("starts_on", "local_date", "week"),
    [
        (date(2025, 3, 3), date(2025, 3, 3), 1),  # Monday to Monday
        (date(2025, 3, 3), date(2025, 3, 9), 1),
        (date(2025, 3, 3), date(2025, 3, 10), 2),
        (date(2025, 3, 6), date(2025, 3, 3), 1),  # starts on a Thursday: its Monday is week 1
        (date(2025, 3, 9), date(2025, 3, 10), 2),  # starts on a Sunday: the next day is week 2
        (date(2025, 3, 6), date(2025, 3, 2), 0),
        (date(2024, 12, 30), date(2025, 1, 6), 2),  # across a year
    ],
)
def test_weeks_are_counted_from_the_monday_of_the_start(
    starts_on: date, local_date: date, week: int
) -> None:
    """The week number is the number of Mondays since the Monday of the start week, plus one."""
    assert week_number(starts_on, local_date) == week


def test_the_day_is_the_weekday() -> None:
    """A cohort that starts on a Thursday gets Thursday's content first."""
    assert library(1, 2).for_date(date(2025, 3, 6), date(2025, 3, 6)).skill.id == "w01d4-skill"
    assert library(1, 2).for_date(date(2025, 3, 6), date(2025, 3, 10)).skill.id == "w02d1-skill"


def test_a_date_before_the_start_week_is_refused() -> None:
    """Nothing is made up for a cohort that has not begun."""
    with pytest.raises(ValueError, match="there is no week 0"):
        library(1).for_date(date(2025, 3, 6), date(2025, 3, 2))


@given(start=st.dates(date(2000, 1, 1), date(2090, 1, 1)), days=st.integers(0, 3000))
def test_the_day_is_a_pure_function_of_the_two_dates(start: date, days: int) -> None:
    """Any date from the start on has content of its weekday, the same whoever asks."""
    when = start + timedelta(days)
    picked = library(1, 2).for_date(start, when)
    assert picked.skill.day == when.isoweekday()
    assert picked == library(1, 2).for_date(start, when)
