"""Staffed hours: what people type, and whether somebody is there at an instant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.programme.hours import StaffedHours

CHICAGO = "America/Chicago"


def hours(text: str, zone: str = CHICAGO) -> StaffedHours:
    return StaffedHours.parse(text, zone)


def utc(day: int, clock: str, month: int = 3) -> datetime:
    """An instant of March 2026 (the 2nd is a Monday) or another month of that year."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00"),
        ("mon–fri 9:00–17:00", "Mon-Fri 09:00-17:00"),
        ("Monday to Friday 09:00 to 17:00", "Mon-Fri 09:00-17:00"),
        ("Mon - Fri 09:00 - 17:00", "Mon-Fri 09:00-17:00"),
        ("Mon, Wed Fri 09:00-12:00", "Mon, Wed, Fri 09:00-12:00"),
        ("Fri-Mon 10:00-12:00", "Mon, Fri, Sat, Sun 10:00-12:00"),
        ("Sat 10:00-13:00; Mon-Fri 09:00-17:00;", "Mon-Fri 09:00-17:00; Sat 10:00-13:00"),
        ("Tue 09:00-12:00; Tue 09:00-12:00", "Tue 09:00-12:00"),
        ("Thu 18:00-24:00", "Thu 18:00-24:00"),
        ("Thu 18:00-00:00", "Thu 18:00-24:00"),
        ("None", "none"),
        ("  ", "none"),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, shown: str) -> None:
    """What is shown back can be typed again and means the same."""
    read = hours(typed)
    assert str(read) == shown
    assert hours(shown) == read


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("always", "I could not read these hours: always."),
        ("Mon-Fri 9-17", "I could not read these hours: Mon-Fri 9-17."),
        ("Mon 09:00-25:00", "I could not read these hours: Mon 09:00-25:00."),
        ("Mon 09:60-17:00", "I could not read these hours: Mon 09:60-17:00."),
        ("Mon-Fri 09:00-17:00; x", "I could not read these hours: x."),
        ("Mon-Wed-Fri 09:00-17:00", "I could not read these days: Mon-Wed-Fri."),
        ("Moo 09:00-17:00", "I do not know the day moo."),
        ("Mon 17:00-09:00", "The hours end before they start: Mon 17:00-09:00."),
        ("Mon 09:00-09:00", "The hours end before they start: Mon 09:00-09:00."),
    ],
)
def test_hours_that_cannot_be_understood_are_refused_with_an_example(typed: str, told: str) -> None:
    """A typing mistake must never promise hours nobody works, such as all night."""
    with pytest.raises(ValueError, match=r"Mon-Fri 09:00-17:00; Sat 10:00-13:00") as caught:
        hours(typed)
    assert str(caught.value).startswith(told)


def test_stored_rows_come_back_as_they_were() -> None:
    """Rows are plain lists of text, the weekday as an ISO number."""
    given = hours("Sat 10:00-13:00; Mon-Tue 09:00-24:00")
    assert given.rows() == [
        ["1", "09:00", "00:00"],
        ["2", "09:00", "00:00"],
        ["6", "10:00", "13:00"],
    ]
    assert StaffedHours.from_rows(CHICAGO, given.rows()) == given


def test_the_start_is_staffed_and_the_end_is_not() -> None:
    """09:00 to 17:00 in Chicago is 15:00 to 23:00 UTC in winter."""
    given = hours("Mon-Fri 09:00-17:00")
    assert given.staffed_until(utc(2, "14:59")) is None
    assert given.staffed_until(utc(2, "15:00")) == utc(2, "23:00")
    assert given.staffed_until(utc(2, "22:59")) == utc(2, "23:00")
    assert given.staffed_until(utc(2, "23:00")) is None


def test_the_next_start_is_the_next_window_over_the_weekend() -> None:
    """On Friday evening staff are back on Monday, after the clocks went forward on Sunday."""
    given = hours("Mon-Fri 09:00-17:00")
    assert given.next_start(utc(6, "23:00")) == utc(9, "14:00")
    assert given.next_start(utc(9, "14:00")) == utc(10, "14:00")


def test_one_window_a_week_is_found_a_week_ahead() -> None:
    """Right after it began, the next start is seven days later."""
    given = hours("Wed 12:00-13:00", "Etc/UTC")
    assert given.next_start(utc(4, "12:00")) == utc(11, "12:00")


def test_no_hours_are_never_staffed_and_never_change() -> None:
    """A programme without staffed hours has no next start to promise."""
    given = hours("none")
    now = utc(2, "15:00")
    assert (given.staffed_until(now), given.next_start(now), given.next_change(now)) == (None,) * 3


def test_the_next_change_is_the_end_inside_and_the_start_outside() -> None:
    """The pinned message is changed at both."""
    given = hours("Mon-Fri 09:00-17:00")
    assert given.next_change(utc(2, "16:00")) == utc(2, "23:00")
    assert given.next_change(utc(2, "23:00")) == utc(3, "15:00")


def test_a_window_over_midnight_is_one_stretch() -> None:
    """Two parts that touch at midnight: somebody reading at 23:30 is told 06:00."""
    given = hours("Fri 22:00-24:00; Sat 00:00-06:00", "Etc/UTC")
    assert given.staffed_until(utc(6, "23:30")) == utc(7, "06:00")
    assert given.staffed_until(utc(7, "00:00")) == utc(7, "06:00")
    assert given.next_start(utc(6, "23:30")) == utc(13, "22:00")


def test_windows_that_overlap_are_one_stretch() -> None:
    """Staffed until the later end, not until the first."""
    given = hours("Mon 09:00-12:00; Mon 11:00-17:00; Mon 10:00-11:00", "Etc/UTC")
    assert given.staffed_until(utc(2, "09:30")) == utc(2, "17:00")


def test_a_stretch_begun_yesterday_still_counts() -> None:
    """At one in the morning UTC it is still yesterday's evening in Chicago."""
    given = hours("Mon 17:00-21:00")
    assert given.staffed_until(utc(3, "01:00")) == utc(3, "03:00")


def test_hours_lost_when_clocks_go_forward_are_not_staffed() -> None:
    """On 8 March 2026 Chicago has no 02:00 to 03:00: that window has no length."""
    given = hours("Sun 02:00-03:00")
    assert given.staffed_until(utc(8, "08:00")) is None
    assert hours("Sun 01:00-03:00").staffed_until(utc(8, "07:30")) == utc(8, "08:00")


def test_hours_that_come_twice_when_clocks_go_back_are_staffed_from_the_first() -> None:
    """On 1 November 2026 Chicago has 01:00 to 02:00 twice; 01:30 means the first."""
    given = hours("Sun 00:00-03:00")
    assert given.staffed_until(utc(1, "07:30", month=11)) == utc(1, "09:00", month=11)
    assert hours("Sun 01:30-03:00").next_start(utc(1, "06:00", month=11)) == utc(
        1, "06:30", month=11
    )


def test_the_days_can_be_told_in_another_language() -> None:
    """The numbers stay, the names of the days change."""
    given = hours("Mon-Fri 09:00-17:00")
    assert given.told({"Mon": "lun", "Fri": "vie"}.get) == "lun-vie 09:00-17:00"  # type: ignore[arg-type]
    assert hours("none").told(str) == ""
