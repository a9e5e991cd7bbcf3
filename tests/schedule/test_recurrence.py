"""When a weekly slot falls due, in every zone there is."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.schedule.recurrence import Occurrence, Weekly, due, occurrences

DAILY = "1234567"
zones = st.sampled_from(sorted(available_timezones()))
dates = st.dates(date(1970, 1, 2), date(2099, 12, 30))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
day_sets = st.sets(st.sampled_from(DAILY), min_size=1).map(lambda days: "".join(sorted(days)))


def wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def only(slot: Weekly, day: date) -> datetime:
    [found] = occurrences(slot, day, day)
    return found.due_at


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@settings(deadline=None, max_examples=400)
@given(zones, dates, times)
@example("America/Chicago", date(2026, 3, 8), time(2, 30))
@example("America/Chicago", date(2026, 11, 1), time(1, 30))
@example("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45))
@example("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15))
@example("Asia/Kolkata", date(2026, 6, 1), time(0, 0))
@example("America/Havana", date(2026, 3, 8), time(0, 30))
@example("Pacific/Apia", date(2011, 12, 30), time(9, 0))
@example("Pacific/Kwajalein", date(1993, 8, 21), time(9, 0))
@example("Europe/Dublin", date(2026, 10, 25), time(1, 30))
@example("Africa/Monrovia", date(1972, 1, 7), time(0, 10))
def test_first_instant_the_wall_clock_has_reached_it(zone: str, day: date, at: time) -> None:
    """A slot is due at the first instant at which local clocks show its time or later."""
    wanted = datetime.combine(day, at)
    for found in occurrences(Weekly(DAILY, at, zone), day, day):
        assert wall(found.due_at, zone) >= wanted
        assert wall(found.due_at - timedelta(seconds=1), zone) < wanted
        for quarters in range(1, 4 * 26):
            assert wall(found.due_at - timedelta(minutes=15) * quarters, zone) < wanted


@settings(deadline=None, max_examples=300)
@given(zones, dates, times, day_sets)
@example("Pacific/Apia", date(2011, 12, 25), time(9, 0), DAILY)
@example("Pacific/Kwajalein", date(1993, 8, 15), time(9, 0), DAILY)
def test_one_occurrence_per_named_date(zone: str, start: date, at: time, days: str) -> None:
    """Every date on a named weekday has one occurrence, unless the zone left the date out."""
    end = min(start + timedelta(days=20), date(2099, 12, 31))
    found = [one.local_date for one in occurrences(Weekly(days, at, zone), start, end)]
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    for day in span:
        named = str(day.isoweekday()) in days
        assert found.count(day) == (named and day_exists(day, zone))


def day_exists(day: date, zone: str) -> bool:
    """Looked up the slow way: some instant near it reads this date."""
    middle = datetime.combine(day, time(12), UTC)
    hours = (middle + timedelta(minutes=30) * n for n in range(-60, 61))
    return any(wall(hour, zone).date() == day for hour in hours)


@settings(deadline=None, max_examples=300)
@given(
    zones,
    dates.map(lambda day: datetime.combine(day, time(0), UTC)),
    times,
    day_sets,
    st.lists(st.integers(0, 8 * 24 * 60), min_size=2, max_size=6).map(sorted),
)
def test_windows_side_by_side_lose_and_double_nothing(
    zone: str, start: datetime, at: time, days: str, cuts: list[int]
) -> None:
    """Asking window after window finds the same occurrences as asking once."""
    slot = Weekly(days, at, zone)
    edges = [start + timedelta(minutes=cut) for cut in cuts]
    parts = [one for a, b in pairwise(edges) for one in due(slot, after=a, until=b)]
    assert parts == due(slot, after=edges[0], until=edges[-1])
    assert len({one.local_date for one in parts}) == len(parts)


def test_nine_stays_nine_over_the_change() -> None:
    """The wall-clock time holds when the offset changes."""
    slot = Weekly("67", time(9), "America/Chicago")
    assert occurrences(slot, date(2026, 3, 7), date(2026, 3, 8)) == [
        Occurrence(date(2026, 3, 7), utc(2026, 3, 7, 15)),
        Occurrence(date(2026, 3, 8), utc(2026, 3, 8, 14)),
    ]


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("America/Chicago", date(2026, 3, 8), time(2, 30), utc(2026, 3, 8, 8)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 30)),
        ("Africa/Monrovia", date(1972, 1, 7), time(0, 10), utc(1972, 1, 7, 0, 44, 30)),
    ],
)
def test_a_time_the_clocks_skip(zone: str, day: date, at: time, expected: datetime) -> None:
    """A skipped time falls due when the clocks jump, not later."""
    assert only(Weekly(DAILY, at, zone), day) == expected


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("America/Chicago", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 6, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), utc(2026, 4, 4, 14, 45)),
    ],
)
def test_a_time_that_comes_twice(zone: str, day: date, at: time, expected: datetime) -> None:
    """A time that comes twice is due the first time, once."""
    slot = Weekly(DAILY, at, zone)
    assert only(slot, day) == expected
    again = due(slot, after=expected, until=expected + timedelta(hours=2))
    assert again == []


def test_a_date_left_out() -> None:
    """Samoa had no 30 December 2011, so nobody is sent two posts on the 31st."""
    slot = Weekly(DAILY, time(9), "Pacific/Apia")
    found = occurrences(slot, date(2011, 12, 29), date(2011, 12, 31))
    assert [one.local_date.day for one in found] == [29, 31]


def test_a_gap_over_midnight() -> None:
    """An occurrence whose time was skipped over midnight is found on the day after its date."""
    slot = Weekly("7", time(23, 45), "America/Toronto")  # 23:30 became 00:30 on 30 March 1919
    [found] = due(slot, after=utc(1919, 3, 31, 4, 29), until=utc(1919, 3, 31, 4, 30))
    assert found == Occurrence(date(1919, 3, 30), utc(1919, 3, 31, 4, 30))


def test_a_half_hour_zone() -> None:
    """Offsets need not be whole hours."""
    assert only(Weekly("1", time(9), "Asia/Kolkata"), date(2026, 3, 2)) == utc(2026, 3, 2, 3, 30)


def test_the_edges_of_a_window() -> None:
    """A window leaves its start out and takes its end in."""
    slot = Weekly("1", time(9), "UTC")
    nine = utc(2026, 3, 2, 9)
    assert due(slot, after=nine, until=nine + timedelta(days=6)) == []
    assert [one.due_at for one in due(slot, after=nine - timedelta(days=6), until=nine)] == [nine]


@pytest.mark.parametrize("days", ["", "0", "8", "21", "11", "mon"])
def test_bad_days(days: str) -> None:
    """Days that are not ISO weekdays in order are refused."""
    with pytest.raises(ValueError, match="ISO weekdays"):
        Weekly(days, time(9), "UTC")


def test_bad_time_and_zone() -> None:
    """A time with seconds or a zone of its own, and an unknown zone, are refused."""
    for at in (time(9, tzinfo=UTC), time(9, 0, 1)):
        with pytest.raises(ValueError, match="whole minutes"):
            Weekly("1", at, "UTC")
    with pytest.raises(ZoneInfoNotFoundError):
        Weekly("1", time(9), "America/Springfield")
