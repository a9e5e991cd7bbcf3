"""Staffed hours: when somebody of the staff reads alerts, in the programme's time zone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.texts import Translate, untranslated

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHOWN = (
    untranslated("Mon"),
    untranslated("Tue"),
    untranslated("Wed"),
    untranslated("Thu"),
    untranslated("Fri"),
    untranslated("Sat"),
    untranslated("Sun"),
)
_WINDOW = re.compile(
    r"^\s*(?P<days>[a-z ,\-–]+?)\s+"
    r"(?P<start>\d{1,2}:\d{2})\s*(?:-|–|to)\s*(?P<end>\d{1,2}:\d{2})\s*$",
    re.IGNORECASE,
)
_EXAMPLE = "Write them like this: Mon-Fri 09:00-17:00; Sat 10:00-13:00. Or write: none."
_WEEK = 7
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class Window:
    """Staffed from ``start`` to ``end`` of one ISO weekday (1 is Monday), local time.

    An ``end`` of 00:00 is the midnight that ends the day.
    """

    weekday: int
    start: time
    end: time


@dataclass(frozen=True)
class StaffedHours:
    """A weekly pattern of windows in one IANA zone."""

    zone: str
    windows: tuple[Window, ...]

    @classmethod
    def parse(cls, text: str, zone: str) -> StaffedHours:
        """Read hours as a person writes them: ``Mon-Fri 09:00-17:00; Sat 10:00-13:00``.

        Raises:
            ValueError: they cannot be understood; the sentence shows how to write them.
        """
        if text.strip().lower() in {"", "none"}:
            return cls(zone, ())
        parts = filter(str.strip, text.split(";"))
        windows = {window for part in parts for window in _windows(part)}
        return cls(zone, tuple(sorted(windows, key=lambda w: (w.weekday, w.start, w.end))))

    @classmethod
    def from_rows(cls, zone: str, rows: list[list[str]]) -> StaffedHours:
        """The inverse of :meth:`rows`."""
        made = (
            Window(int(day), time.fromisoformat(start), time.fromisoformat(end))
            for day, start, end in rows
        )
        return cls(zone, tuple(made))

    def rows(self) -> list[list[str]]:
        """Plain lists for storage: weekday, start, end."""
        return [
            [str(w.weekday), w.start.isoformat("minutes"), w.end.isoformat("minutes")]
            for w in self.windows
        ]

    def staffed_until(self, now: datetime) -> datetime | None:
        """The end of the window that ``now`` lies in, None outside every window."""
        for start, end in self._spans(now):
            if start <= now < end:
                return end
        return None

    def next_start(self, now: datetime) -> datetime | None:
        """The start of the next window after ``now``, None when there is no window at all."""
        return next((start for start, _ in self._spans(now) if start > now), None)

    def next_change(self, now: datetime) -> datetime | None:
        """When staffed turns to unstaffed or back, None when it never does."""
        return self.staffed_until(now) or self.next_start(now)

    def __str__(self) -> str:
        """As a person writes it, with runs of equal days joined."""
        return self.told(untranslated) or "none"

    def told(self, _: Translate) -> str:
        """The same with the days in a reader's language; empty when there are no hours."""
        by_hours: dict[tuple[time, time], list[int]] = {}
        for window in self.windows:
            by_hours.setdefault((window.start, window.end), []).append(window.weekday)
        parts = [
            f"{_joined(days, _)} {start:%H:%M}-{_end(end)}"
            for (start, end), days in by_hours.items()
        ]
        return "; ".join(parts)

    def _spans(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """The windows around ``now`` as instants, in order; those that touch are one."""
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        spans: list[tuple[datetime, datetime]] = []
        for offset in range(-1, _WEEK + 1):
            day = today + timedelta(days=offset)
            for window in self.windows:
                if window.weekday != day.isoweekday():
                    continue
                last = day + timedelta(days=1) if window.end == _MIDNIGHT else day
                start = _instant(day, window.start, zone)
                end = _instant(last, window.end, zone)
                if spans and start <= spans[-1][1]:
                    start, before = spans.pop()
                    end = max(end, before)
                spans.append((start, end))
        return spans


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    # Through UTC, so that spans on a day of a clock change compare as instants.
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))


def _end(at: time) -> str:
    return "24:00" if at == _MIDNIGHT else f"{at:%H:%M}"


def _windows(part: str) -> list[Window]:
    found = _WINDOW.match(part)
    if not found:
        raise ValueError(f"I could not read these hours: {part.strip()}. {_EXAMPLE}")
    try:
        start = time.fromisoformat(found["start"].zfill(5))
        end = _MIDNIGHT if found["end"] == "24:00" else time.fromisoformat(found["end"].zfill(5))
    except ValueError as error:
        raise ValueError(f"I could not read these hours: {part.strip()}. {_EXAMPLE}") from error
    if start >= end and end != _MIDNIGHT:
        raise ValueError(
            f"The hours end before they start: {part.strip()}. {_EXAMPLE} "
            f"A night is two parts: Fri 22:00-24:00; Sat 00:00-06:00."
        )
    return [Window(day, start, end) for day in _weekdays(found["days"])]


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    runs = re.sub(r"\s*(?:[-–]|\bto\b)\s*", "-", text.strip().lower())
    for piece in re.split(r"[,\s]+", runs):
        first, *rest = [_weekday(name) for name in piece.split("-")]
        if len(rest) > 1:
            raise ValueError(f"I could not read these days: {text.strip()}. {_EXAMPLE}")
        last = rest[0] if rest else first
        length = (last - first) % _WEEK + 1  # Fri-Mon goes on over the weekend
        days += [(first - 1 + step) % _WEEK + 1 for step in range(length)]
    return sorted(set(days))


def _weekday(name: str) -> int:
    short = name.strip()[:3]
    if short not in _DAYS:
        raise ValueError(f"I do not know the day {name.strip() or '?'}. {_EXAMPLE}")
    return _DAYS.index(short) + 1


def _joined(days: list[int], _: Translate) -> str:
    names = [_(_SHOWN[day - 1]) for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{names[0]}-{names[-1]}"
    return ", ".join(names)
