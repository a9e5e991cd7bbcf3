"""Quiet hours, and how late a post may still go out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.schedule.quiet import GRACE, QUIET_GRACE, grace_until, in_quiet_hours
from bot.schedule.recurrence import Weekly, occurrences

CHICAGO = "America/Chicago"
zones = st.sampled_from(sorted(available_timezones()))
dates = st.dates(date(1970, 1, 2), date(2099, 12, 30))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, 1, hour, minute, tzinfo=ZoneInfo(CHICAGO)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(7, 59, True), (8, 0, False), (20, 59, False), (21, 0, True), (3, 0, True), (0, 0, True)],
)
def test_the_hours(hour: int, minute: int, quiet: bool) -> None:
    """Quiet hours run from 21:00 to 08:00 on local clocks."""
    assert in_quiet_hours(local(hour, minute), CHICAGO) is quiet


@pytest.mark.parametrize(
    ("due_at", "until"),
    [
        (local(9), local(12)),
        (local(18), local(21)),
        (local(19), local(21)),
        (local(20, 50), local(21)),
        (local(22), local(22, 30)),
        (local(7, 45), local(8, 15)),
    ],
)
def test_grace(due_at: datetime, until: datetime) -> None:
    """Three hours, cut short by the quiet hours; half an hour for a slot set inside them."""
    assert grace_until(due_at, CHICAGO) == until
    assert grace_until(due_at, CHICAGO).tzinfo is UTC


@settings(deadline=None, max_examples=400)
@given(zones, dates, times)
@example("America/Chicago", date(2026, 11, 1), time(1, 30))
@example("Australia/Lord_Howe", date(2026, 10, 4), time(20, 59))
@example("America/Nuuk", date(2022, 10, 29), time(20, 30))
def test_never_at_three_in_the_morning(zone: str, day: date, at: time) -> None:
    """A post due by day may go out at no minute of the quiet hours, whatever the zone does."""
    for found in occurrences(Weekly("1234567", at, zone), day, day):
        until = grace_until(found.due_at, zone)
        if in_quiet_hours(found.due_at, zone):
            assert until == found.due_at + QUIET_GRACE
            continue
        assert found.due_at < until <= found.due_at + GRACE
        minutes = int((until - found.due_at).total_seconds() // 60)
        for minute in range(0, minutes, 5):
            assert not in_quiet_hours(found.due_at + timedelta(minutes=minute), zone)
        assert not in_quiet_hours(until - timedelta(seconds=1), zone)


def test_an_evening_that_comes_twice() -> None:
    """After clocks went back over 21:00 a post still has some grace, and it lies ahead."""
    zone = "Antarctica/Vostok"  # at midnight ending 31 January 1994 it was 17:00 again
    second = datetime(1994, 1, 31, 20, 30, fold=1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert grace_until(second, zone) == second + QUIET_GRACE
