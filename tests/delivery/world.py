"""A small programme and a Discord of one list, for the tests of deliveries."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from bot.cards import Button, Card, custom_id
from bot.clock import MovedClock
from bot.delivery.model import Composed, Delivery, Slot, SlotKind, carries
from bot.delivery.pacer import Pacer
from bot.delivery.store import LedgerStore, SlotStore
from bot.delivery.worker import DeliveryWorker
from bot.errors import HandrailError
from bot.ports import Posted
from bot.programme.hours import StaffedHours
from bot.programme.model import (
    Admission,
    CheckIns,
    Cohort,
    CohortState,
    Detection,
    Programme,
    Roles,
)
from bot.programme.store import ProgrammeStore
from bot.storage.engine import Database
from bot.supervisor import Activity

CHICAGO = "America/Chicago"
MONDAY = date(2026, 3, 2)
GUILD = 1


class Killed(BaseException):
    """The process is gone at this point; nothing after it happens."""


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@dataclass(frozen=True)
class Message:
    """One message somebody can see."""

    id: int
    channel_id: int
    card: Card
    at: datetime
    nonce: str


class Channels:
    """Holds what was posted. ``before`` and ``after`` are called around every post.

    It does not drop repeated nonces as Discord does, so that every second post is seen.
    """

    def __init__(self, clock: MovedClock) -> None:
        self.messages: list[Message] = []
        self.looked: list[str] = []
        self.before: Callable[[int], None] = lambda channel_id: None
        self.after: Callable[[int], None] = lambda channel_id: None
        self.looking: Callable[[int], None] = lambda channel_id: None
        self._clock = clock
        self._ids = itertools.count(1000)

    async def post(
        self, channel_id: int, card: Card, *, nonce: str, urgent: bool = False
    ) -> Posted:
        self.before(channel_id)
        await self._clock.pause(0)
        message = Message(next(self._ids), channel_id, card, self._clock.now(), nonce)
        self.messages.append(message)
        self.after(channel_id)
        return Posted(channel_id, message.id)

    async def find(self, channel_id: int, marker: str, since: datetime) -> int | None:
        self.looking(channel_id)
        self.looked.append(marker)
        for message in self.messages:
            here = message.channel_id == channel_id and message.at >= since
            if here and carries(message.card, marker):
                return message.id
        return None


def raising(error: BaseException) -> Callable[[int], None]:
    """Something to be done around a post that fails."""

    def fail(channel_id: int) -> None:
        raise error

    return fail


async def compose(delivery: Delivery, cohort: Cohort) -> Composed:
    """The card every test posts unless it says otherwise."""
    button = Button("Support options", custom_id("care", "options", delivery.id))
    return Composed(Card(("Good morning.",), rows=((button,),)), ("skill-001", "snippet-001"))


class World:
    """One database, one clock, any number of workers."""

    def __init__(self, db: Database, clock: MovedClock) -> None:
        self.db = db
        self.clock = clock
        self.slots = SlotStore(db)
        self.ledger = LedgerStore(db)
        self.channels = Channels(clock)
        self.activity = Activity()
        self.cohorts: list[Cohort] = []
        self.told: list[tuple[int, list[Delivery]]] = []

    async def cohort(self, zone: str = CHICAGO, starts_on: date = date(2026, 1, 1)) -> Cohort:
        """A running cohort; its daily channel is 100 and its number."""
        store = ProgrammeStore(self.db)
        if not self.cohorts:
            await store.save_programme(PROGRAMME, self.clock.now())
        number = len(self.cohorts) + 1
        made = await store.begin_cohort(
            GUILD, f"River {number}", zone, starts_on, Admission.ROLLING, self.clock.now()
        )
        values = {"state": CohortState.ACTIVE, "daily_channel_id": 100 + number}
        await store.change_cohort(made.id, values)
        self.cohorts.append(replace(made, **values))
        return self.cohorts[-1]

    async def daily(self, cohort: Cohort, at: time = time(9), days: str = "1234567") -> Slot:
        """A daily slot of the cohort."""
        return await self.slots.add(cohort.id, SlotKind.DAILY, days, at, self.clock.now())

    async def tell_staff(self, cohort: Cohort, missed: Sequence[Delivery]) -> None:
        self.told.append((cohort.id, list(missed)))

    def worker(self, db: Database | None = None, **changes: object) -> DeliveryWorker:
        """A new worker, as after a start of the bot."""
        parts = {
            "clock": self.clock,
            "cohorts": lambda: self.cohorts,
            "slots": SlotStore(db or self.db),
            "ledger": LedgerStore(db or self.db),
            "compose": compose,
            "sender": self.channels,
            "pacer": Pacer(self.clock),
            "tell_staff": self.tell_staff,
            "activity": self.activity,
        }
        return DeliveryWorker(**{**parts, **changes})

    async def of_monday(self, cohort: Cohort) -> Delivery:
        """The only delivery of Monday 2 March."""
        [found] = await self.ledger.of_day(cohort.id, MONDAY)
        return found


PROGRAMME = Programme(
    guild_id=GUILD,
    language="en",
    hours=StaffedHours.parse("Mon-Fri 09:00-17:00", CHICAGO),
    roles=Roles(clinician=11, lead=12),
    detection=Detection.IN_MEMORY,
    checkins=CheckIns.PROMPT_ONLY,
)


class OutOfContent(HandrailError):
    """For tests: the library has nothing for that day."""
