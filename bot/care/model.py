"""What happens when somebody may need help: notices, episodes, who may do what. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.care.coverage import Coverage
from bot.distress.model import Finding

URGENT = 3
STAFF_LEVEL = 2
"""From this level on staff are told."""

CARD_PAUSE = timedelta(hours=6)
"""One help card of the same level per person; level 3 is never held back."""

COPING_PAUSE = timedelta(days=1)
LINE_PAUSE = timedelta(minutes=10)
"""One neutral line per channel."""

CLAIM_WITHIN = {2: timedelta(minutes=15), 3: timedelta(minutes=5)}
"""How long a care card may stand unclaimed in staffed hours before the lead is pinged."""

MERGE_WITHIN = timedelta(hours=6)
"""Findings of one member this close together are one episode."""

KEPT = timedelta(days=30)
"""How long an episode is kept after its outcome."""


class Kind(StrEnum):
    """Why staff are asked to look: words found, the member's own wish, or a peer's worry."""

    FINDING = "finding"
    REQUEST = "request"
    REPORT = "report"


class State(StrEnum):
    """Open until somebody claims it, closed with an outcome."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What came of it."""

    TALKED = "talked"
    NO_ACTION = "no-action"
    HANDED_OVER = "handed-over"


class MessageState(StrEnum):
    """What became of the message that raised it."""

    THERE = "there"
    EDITED = "edited"
    DELETED = "deleted"
    NONE = "none"


@dataclass(frozen=True)
class Notice:
    """A message in which screening found something. Never its words.

    Attributes:
        guild_id: None in a direct message.
        parent_id: the channel a thread belongs to, None outside threads.
        addressed: members the message speaks to, by mention or reply.
        private: whether an answer in the same channel is seen by the author alone.
        language: of the message, as far as the finding tells, for a stranger.
        revision: when it was last edited, in seconds since 1970; 0 for a new message.
        written_at: when the words were written, which may be a while ago; None means now.
    """

    user_id: int
    channel_id: int
    message_id: int
    finding: Finding
    guild_id: int | None = None
    parent_id: int | None = None
    addressed: tuple[int, ...] = ()
    private: bool = False
    language: str | None = None
    revision: int = 0
    written_at: datetime | None = None

    def nonce(self, purpose: str) -> str:
        """Stable for a replay or rescan of this very wording; other words get another one.

        ``h:`` the help card, ``a:`` the agreement, and so on; at most 25 characters. Discord
        compares them across all channels, so what goes to two people needs two.
        """
        edited = f"e{self.revision % 100}" if self.revision else ""
        return f"{purpose}:{self.message_id}{edited}"


@dataclass(frozen=True)
class Episode:
    """A run of findings of one member, or one request, with one care card.

    ``rules`` are the ids of the entries that spoke, so that a programme learns which are useful.
    """

    id: int
    guild_id: int
    cohort_id: int
    user_id: int
    kind: Kind
    level: int
    state: State
    message_state: MessageState
    opened_at: datetime
    last_at: datetime
    categories: tuple[str, ...] = field(default=())
    rules: tuple[str, ...] = field(default=())
    channel_id: int | None = None
    message_id: int | None = None
    escalate_at: datetime | None = None
    claimed_by: int | None = None
    claimed_at: datetime | None = None
    outcome: Outcome | None = None
    closed_by: int | None = None
    closed_at: datetime | None = None
    care_channel_id: int | None = None
    care_message_id: int | None = None


def first_escalation(level: int, now: datetime, coverage: Coverage) -> datetime | None:
    """When an unclaimed care card is brought to the lead.

    Outside staffed hours on-call is paged with the card itself; if that wakes nobody at level 3,
    the lead hears of it soon. Everything else waits for staff to come back.
    """
    wait = CLAIM_WITHIN.get(level)
    if wait is None:
        return None
    at_once = coverage.staffed_until or (level >= URGENT and coverage.on_call)
    return (now if at_once or not coverage.back_at else coverage.back_at) + wait
