"""What is posted on a schedule, and the ledger row that sees it there once. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.cards import Card
from bot.programme.model import Cohort
from bot.schedule.quiet import grace_until
from bot.schedule.recurrence import Weekly, due

LEASE = timedelta(minutes=2)
"""How long a worker that claimed a delivery has it to itself."""

LOOK_BACK = timedelta(days=7)
"""How long the bot may have been away and still notice every post it missed."""

LOOK_AHEAD = timedelta(days=2)

_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(minutes=10)


class SlotKind(StrEnum):
    """What a slot posts."""

    DAILY = "daily"
    CHECK_IN = "check-in"


class State(StrEnum):
    """Where a delivery is. Claimed: a worker has it, or had it when it was killed."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    MISSED = "missed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Slot:
    """A recurring moment of a cohort.

    Attributes:
        days: ISO weekdays in order, ``"12345"`` is Monday to Friday.
        at: wall-clock time in the cohort's zone.
        created_at: nothing due before it is ever posted.
    """

    id: int
    cohort_id: int
    kind: SlotKind
    days: str
    at: time
    created_at: datetime


@dataclass(frozen=True)
class Planned:
    """One occurrence of a slot, before it stands in the ledger.

    Attributes:
        local_date: in the cohort's zone; with the slot it names the occurrence.
        due_at: when to post, UTC.
        grace_until: from when on it is no longer posted, UTC.
    """

    slot_id: int
    kind: SlotKind
    local_date: date
    due_at: datetime
    grace_until: datetime


@dataclass(frozen=True)
class Delivery:
    """One row of the ledger.

    Attributes:
        id: 16 characters; the message carries it in a ``custom_id``, which is how a post is
            recognised after a crash.
        attempts: how often it was claimed. Only the worker of the newest claim may change it.
        channel_id: where it was about to be posted; None while nobody tried.
        item_ids: what it holds, as named in the library.
        reason: why it was missed or skipped; at most 80 characters.
        maybe_sent: an earlier worker may have posted it, so look before posting.
    """

    id: str
    cohort_id: int
    slot_id: int
    local_date: date
    kind: SlotKind
    due_at: datetime
    grace_until: datetime
    state: State
    attempts: int
    channel_id: int | None = None
    message_id: int | None = None
    item_ids: tuple[str, ...] = ()
    reason: str | None = None
    maybe_sent: bool = False

    @property
    def nonce(self) -> str:
        """The same for every attempt, so that Discord itself drops a quick repetition."""
        return f"d:{self.id}"

    def retry_at(self, now: datetime) -> datetime:
        """When to try again: after 30 seconds, then twice as long each time, up to 10 minutes."""
        doubled = _FIRST_RETRY * (1 << min(max(self.attempts - 1, 0), 10))
        return now + min(doubled, _LONGEST_RETRY)


@dataclass(frozen=True)
class Composed:
    """A card ready to be posted, and the library items it holds."""

    card: Card
    item_ids: tuple[str, ...]


def planned(slot: Slot, cohort: Cohort, now: datetime) -> list[Planned]:
    """The slot's occurrences that belong in the ledger now, in order.

    They reach a week back, so that what fell due while the bot was away is told as missed,
    and two days ahead. Nothing from before the slot was made or the cohort starts.
    """
    weekly = Weekly(slot.days, slot.at, cohort.zone)
    return [
        Planned(
            slot.id,
            slot.kind,
            found.local_date,
            found.due_at,
            grace_until(found.due_at, cohort.zone),
        )
        for found in due(weekly, after=now - LOOK_BACK, until=now + LOOK_AHEAD)
        if found.due_at >= slot.created_at and found.local_date >= cohort.starts_on
    ]


def carries(card: Card, delivery_id: str) -> bool:
    """Whether a button or menu of the card has the delivery's id in its ``custom_id``."""
    for row in card.rows:
        parts = row if isinstance(row, tuple) else (row,)
        if any(delivery_id in part.custom_id for part in parts):
            return True
    return False
