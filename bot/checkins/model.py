"""What a check-in asks and keeps. Coarse values only, no free text (check-ins 4.1 C). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=30)
SHOWN = timedelta(days=7)
"""How far back staff look before group."""

MOODS = (1, 2, 3, 4, 5)


class Sleep(StrEnum):
    """Last night, in a word."""

    POOR = "poor"
    OK = "ok"
    GOOD = "good"


class ReachOut(StrEnum):
    """Whether staff should get in touch: the most useful single answer."""

    NO = "no"
    WHEN_YOU_CAN = "when-you-can"
    TODAY = "today"


@dataclass(frozen=True)
class Answers:
    """One check-in. Every answer may be left out.

    Attributes:
        mood: 1 (very hard) to 5 (good).
        skills: names of skills of the week that were used.
    """

    mood: int | None = None
    sleep: Sleep | None = None
    skills: tuple[str, ...] = ()
    reach_out: ReachOut = ReachOut.NO


@dataclass(frozen=True)
class CheckIn:
    """Answers that somebody agreed to have kept.

    Attributes:
        local_date: in the cohort's zone; a second check-in on it takes the first one's place.
    """

    guild_id: int
    cohort_id: int
    user_id: int
    local_date: date
    answers: Answers
    created_at: datetime
