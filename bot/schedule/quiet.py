"""Hours in which Handrail posts nothing of its own accord, and how late a post may still go out.

Quiet hours are 21:00 to 08:00 on the cohort's clocks. They bind what is late, not what
somebody asked for: a slot set inside them is posted at its time.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.schedule.recurrence import instant

QUIET_FROM = time(21)
QUIET_UNTIL = time(8)
GRACE = timedelta(hours=3)
QUIET_GRACE = timedelta(minutes=30)


def in_quiet_hours(moment: datetime, zone: str) -> bool:
    """Whether clocks in the IANA ``zone`` show 21:00 or later, or before 08:00."""
    at = moment.astimezone(ZoneInfo(zone)).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL


def grace_until(due_at: datetime, zone: str) -> datetime:
    """The instant, in the zone of ``due_at``, from which a late post is no longer sent.

    Three hours after it was due, but never past the start of the quiet hours. A post due
    within the quiet hours has half an hour.
    """
    if in_quiet_hours(due_at, zone):
        return due_at + QUIET_GRACE
    today = due_at.astimezone(ZoneInfo(zone)).date()
    quiet = instant(today, QUIET_FROM, ZoneInfo(zone)).astimezone(due_at.tzinfo)
    # Clocks set back over 21:00 leave an evening whose quiet hours have already begun once.
    return min(due_at + GRACE, quiet) if quiet > due_at else due_at + QUIET_GRACE
