"""When a weekly slot falls due: local dates first, the time zone last.

A slot is weekdays and a wall-clock time in one IANA zone. Which dates it falls on is a
question about the local calendar; only then is each date turned into an instant. So 09:00
stays 09:00 on both sides of a change of the clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Weekly:
    """A moment that comes back every week.

    Attributes:
        days: ISO weekdays in order, ``"12345"`` is Monday to Friday.
        at: wall-clock time in ``zone``, whole minutes, without a time zone of its own.
        zone: IANA name, such as ``America/Chicago``.

    Raises:
        ValueError: the days are not such a string, or ``at`` is not such a time.
        zoneinfo.ZoneInfoNotFoundError: no zone has this name.
    """

    days: str
    at: time
    zone: str

    def __post_init__(self) -> None:
        if not self.days or self.days != "".join(sorted(set(self.days) & set("1234567"))):
            raise ValueError('the days are ISO weekdays in order, such as "12345"')
        if self.at.tzinfo is not None or self.at.second or self.at.microsecond:
            raise ValueError("the time of a slot is whole minutes, without a zone of its own")
        ZoneInfo(self.zone)


@dataclass(frozen=True, order=True)
class Occurrence:
    """One slot on one date.

    Attributes:
        local_date: the date in the slot's zone. It names the occurrence.
        due_at: the instant, in UTC.
    """

    local_date: date
    due_at: datetime


def occurrences(slot: Weekly, start: date, end: date) -> list[Occurrence]:
    """The slot's occurrences from the local date ``start`` to ``end``, both included, in order.

    A time the clocks skip falls due at the first instant after the gap; a time that comes
    twice, the first time only. A date the zone left out whole (Samoa had no 30 December
    2011) has no occurrence.
    """
    zone = ZoneInfo(slot.zone)
    return [
        Occurrence(day, instant(day, slot.at, zone))
        for day in _dates(slot, start, end)
        if instant(day, time.min, zone) < instant(day + _DAY, time.min, zone)
    ]


def due(slot: Weekly, after: datetime, until: datetime) -> list[Occurrence]:
    """The occurrences with ``after < due_at <= until``, both aware instants, in order."""
    zone = ZoneInfo(slot.zone)
    # A gap over midnight makes an occurrence due on the day after its date.
    start = after.astimezone(zone).date() - _DAY
    end = until.astimezone(zone).date()
    return [found for found in occurrences(slot, start, end) if after < found.due_at <= until]


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which clocks in ``zone`` show ``at`` on ``day`` or later."""
    wanted = datetime.combine(day, at)
    # Of two readings fold=0 is the first. In a gap it is counted from before the change and
    # so lies past it, and fold=1 lies before it (PEP 495).
    found = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(found, zone) == wanted:
        return found
    before = int(wanted.replace(tzinfo=zone, fold=1).timestamp())
    past = int(found.timestamp())
    while past - before > 1:  # zones change on whole seconds
        middle = (before + past) // 2
        if _wall(datetime.fromtimestamp(middle, UTC), zone) < wanted:
            before = middle
        else:
            past = middle
    return datetime.fromtimestamp(past, UTC)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _dates(slot: Weekly, start: date, end: date) -> Iterator[date]:
    days = [int(day) - 1 for day in slot.days]
    found = rrule(
        WEEKLY,
        dtstart=datetime.combine(start, time.min),
        until=datetime.combine(end, time.min),
        byweekday=days,
    )
    return (moment.date() for moment in found)
