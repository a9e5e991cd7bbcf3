"""Times and weekdays as staff type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.words import parse_days, parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00", time(9)),
        ("09:00", time(9)),
        ("9am", time(9)),
        (" 9 AM ", time(9)),
        ("9 a.m.", time(9)),
        ("9:30pm", time(21, 30)),
        ("12am", time(0)),
        ("12:15 pm", time(12, 15)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_times(text: str, expected: time) -> None:
    """Both ways of writing a time are understood."""
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["", "9", "nine", "25:00", "24:00", "9:60", "13pm", "0am", "9:5"])
def test_bad_times(text: str) -> None:
    """What is no time, or could mean two, is refused with the way to write it."""
    with pytest.raises(ValueError, match="Please write"):
        parse_time(text)


@given(st.times())
def test_any_minute(at: time) -> None:
    """Every minute of the day, written with a colon, is read back as it is."""
    assert parse_time(f"{at:%H:%M}") == at.replace(second=0, microsecond=0)
    assert parse_time(f"{at:%I:%M%p}") == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weekdays", "12345"),
        ("Weekends", "67"),
        ("daily", "1234567"),
        ("every  day", "1234567"),
        ("mon,wed", "13"),
        ("Friday, Monday", "15"),
        ("tue thurs", "24"),
        ("Mondays", "1"),
        ("mon-fri", "12345"),
        ("sat - mon", "167"),
        ("weekdays, sat", "123456"),
        ("mon, mon", "1"),
    ],
)
def test_days(text: str, expected: str) -> None:
    """Sets, lists and ranges of days are understood, in any order."""
    assert parse_days(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "name the days"), ("m", "“m”"), ("t,w", "“t”"), ("mon,xyz", "“xyz”"), ("mon-", "“”")],
)
def test_bad_days(text: str, told: str) -> None:
    """A word that is no day is named, with the way to write it."""
    with pytest.raises(ValueError, match=told):
        parse_days(text)
