"""What facilitators do with a cohort's schedule, and what a due delivery becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Button, Card, Look, custom_id
from bot.checkins.cards import invitation_card
from bot.clock import Clock
from bot.content.day_card import day_card, preview_card
from bot.content.library import ORIGINAL, LibraryHolder, week_number
from bot.content.model import DayContent, Item, Kind
from bot.content.other_ways import day_name, way_buttons
from bot.content.store import SwapStore
from bot.delivery.model import Composed, Delivery, Planned, Slot, SlotKind, State
from bot.delivery.store import LedgerStore, SlotStore
from bot.errors import Refused
from bot.ports import Sender
from bot.programme.model import Cohort, CohortState
from bot.programme.service import Roster
from bot.schedule.quiet import grace_until
from bot.schedule.recurrence import Weekly, due
from bot.schedule.words import parse_days, parse_time
from bot.texts import Texts, Translate

_SATURDAY = 6
_A_DAY = timedelta(days=1)
_USUAL = (
    (SlotKind.DAILY, "1234567", "09:00"),
    (SlotKind.CHECK_IN, "135", "17:00"),  # three weekdays (check-ins 4.5, a default)
)


class Schedule:
    """Slots of cohorts, and the cards they post."""

    def __init__(
        self,
        slots: SlotStore,
        ledger: LedgerStore,
        swaps: SwapStore,
        roster: Roster,
        library: LibraryHolder | None,
        texts: Texts,
        sender: Sender,
        clock: Clock,
    ) -> None:
        self._slots = slots
        self._ledger = ledger
        self._swaps = swaps
        self._roster = roster
        self._library = library
        self._texts = texts
        self._sender = sender
        self._clock = clock

    async def begin(self, cohort: Cohort) -> None:
        """Give a new cohort the usual slots: a daily post, and check-ins on three weekdays."""
        if await self._slots.of_cohort(cohort.id):
            return  # an earlier attempt got as far as this
        for kind, days, at in _USUAL:
            await self._slots.add(cohort.id, kind, days, parse_time(at), self._clock.now())

    async def add(self, cohort: Cohort, kind: SlotKind, days: str, at: str) -> Slot:
        """A new recurring moment, from words such as ``weekdays`` and ``9am``.

        Raises:
            Refused: the words cannot be understood, or the cohort has such a slot already.
        """
        _running(cohort)
        try:
            weekdays, moment = parse_days(days), parse_time(at)
        except ValueError as error:
            raise Refused(str(error)) from error
        for slot in await self._slots.of_cohort(cohort.id):
            if slot.kind is kind and set(slot.days) & set(weekdays):
                raise Refused(
                    f"{cohort.name} has a {kind.value} post on some of these days already. "
                    "Remove it first: /prompt list shows its number."
                )
        return await self._slots.add(cohort.id, kind, weekdays, moment, self._clock.now())

    async def remove(self, cohort: Cohort, slot_id: int) -> None:
        """End a recurring moment. Raises Refused when the cohort has no such slot."""
        if not await self._slots.remove(cohort.id, slot_id):
            raise Refused(f"{cohort.name} has no slot {slot_id}. /prompt list shows the numbers.")

    async def slots(self, cohort: Cohort) -> list[Slot]:
        """The cohort's recurring moments."""
        return await self._slots.of_cohort(cohort.id)

    async def upcoming(self, cohort: Cohort) -> list[Delivery]:
        """What the ledger holds for the next two days."""
        return await self._ledger.upcoming(cohort.id, self._clock.now())

    async def skip(self, cohort: Cohort, kind: SlotKind, local_date: date) -> datetime:
        """Leave out one occurrence. Returns when it would have been posted.

        Raises:
            Refused: there is none on that date, or it is posted already.
        """
        one = await self._occurrence(cohort, kind, local_date)
        if not await self._ledger.skip(cohort.id, one, "Skipped by staff.", self._clock.now()):
            raise Refused(f"The {kind.value} post of {local_date} is posted or skipped already.")
        return one.due_at

    async def now(self, cohort: Cohort, kind: SlotKind) -> None:
        """Post today's occurrence at once, also one that was skipped. Never a second time.

        Raises:
            Refused: there is none today, or it is posted already.
        """
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(cohort.zone)).date()
        one = await self._occurrence(cohort, kind, today)
        if not await self._ledger.bring_forward(cohort.id, one, now):
            raise Refused(f"Today's {kind.value} post is posted already.")

    def spare(self) -> tuple[Item, ...]:
        """The skills that can be put in the place of a day's, in English."""
        return self._library.speaking(ORIGINAL).spare() if self._library else ()

    async def swap(self, cohort: Cohort, local_date: date, item_id: str | None) -> datetime:
        """Put a spare skill in the place of a date's own; None gives the date its own back.

        Returns when it is posted.

        Raises:
            Refused: there is no such spare skill, no daily post on that date, or it is out.
        """
        if item_id is not None and item_id not in {item.id for item in self.spare()}:
            raise Refused("There is no such spare skill. Pick one from the list.")
        one = await self._occurrence(cohort, SlotKind.DAILY, local_date)
        if one.grace_until <= self._clock.now():
            raise Refused(f"{local_date} is past. Choose a day that is still to come.")
        out = (State.CLAIMED, State.SENT)
        for known in await self._ledger.of_day(cohort.id, local_date):
            if known.slot_id == one.slot_id and known.state in out:
                raise Refused(f"The daily post of {local_date} is posted already.")
        await self._swaps.put(cohort.id, local_date, item_id)
        return one.due_at

    async def preview(self, cohort: Cohort, local_date: date, language: str) -> Card:
        """The daily card of a date, with what staff should know of its items."""
        day = await self._day(cohort, local_date, language)
        _ = self._texts.speaking(language)
        return preview_card(
            day,
            translate=_,
            support_button=Button(_("See options"), custom_id("help", "open"), look=Look.MAIN),
            weekend=local_date.isoweekday() >= _SATURDAY,
            ways=self._ways(cohort, local_date, day, language),
        )

    def group_note(self, cohort: Cohort, local_date: date, language: str) -> Item | None:
        """The note for staff on the theme of a date's week; before the start, of the first."""
        if self._library is None:
            return None
        week = week_number(cohort.starts_on, max(local_date, cohort.starts_on))
        return self._library.speaking(language).for_group(week)

    async def compose(self, delivery: Delivery, cohort: Cohort) -> Composed | None:
        """The card of a due delivery. The delivery's id stands in its button."""
        language = self._language(cohort)
        _ = self._texts.speaking(language)
        if delivery.kind is SlotKind.CHECK_IN:
            wording = self._wording(delivery.local_date, language)
            if wording is None:
                return Composed(invitation_card(delivery.id, _), ())
            ways = self._other_ways(wording.id, [wording], language)
            return Composed(invitation_card(delivery.id, _, wording, ways), (wording.id,))
        day = await self._day(cohort, delivery.local_date, language)
        card = day_card(
            day,
            translate=_,
            support_button=Button(
                _("See options"), custom_id("help", "open", delivery.id), look=Look.MAIN
            ),
            weekend=delivery.local_date.isoweekday() >= _SATURDAY,
            ways=self._ways(cohort, delivery.local_date, day, language),
        )
        return Composed(card, tuple(item.id for item in day.items))

    async def tell_staff(self, cohort: Cohort, missed: Sequence[Delivery]) -> None:
        """Say in the cohort's staff channel what was not posted, and why."""
        if not cohort.staff_channel_id:
            return
        _ = self._speech(cohort)
        lines = [
            f"- {one.local_date:%Y-%m-%d}, {one.kind.value}: {one.reason or ''}" for one in missed
        ]
        card = Card(
            title=_("Not posted"),
            paragraphs=(
                _("These were not posted in time. I do not post late at night or days after."),
                "\n".join(lines[:20]),
                _("To post today’s now, type `/prompt now`."),
            ),
        )
        nonce = f"m:{missed[0].id}"
        await self._sender.post(cohort.staff_channel_id, card, nonce=nonce)

    async def _occurrence(self, cohort: Cohort, kind: SlotKind, local_date: date) -> Planned:
        _running(cohort)
        for slot in await self._slots.of_cohort(cohort.id):
            if slot.kind is not kind:
                continue
            weekly = Weekly(slot.days, slot.at, cohort.zone)
            noon = datetime(
                local_date.year, local_date.month, local_date.day, 12, tzinfo=ZoneInfo(cohort.zone)
            )
            for found in due(weekly, after=noon - _A_DAY, until=noon + _A_DAY):
                if found.local_date == local_date >= cohort.starts_on:
                    grace = grace_until(found.due_at, cohort.zone)
                    return Planned(slot.id, kind, local_date, found.due_at, grace)
        raise Refused(f"{cohort.name} has no {kind.value} post on {local_date}.")

    async def _day(self, cohort: Cohort, local_date: date, language: str) -> DayContent:
        if self._library is None:
            raise Refused("The content could not be read, so there is nothing to post.")
        first = max(local_date, cohort.starts_on)
        library = self._library.speaking(language)
        day = library.for_date(cohort.starts_on, first)
        return library.with_skill(day, await self._swaps.of(cohort.id, first))

    def _ways(
        self, cohort: Cohort, local_date: date, day: DayContent, language: str
    ) -> tuple[Button, ...]:
        assert self._library is not None
        week = week_number(cohort.starts_on, max(local_date, cohort.starts_on))
        swapped = day.skill.id if day.skill.week is None else None
        name = day_name(week, day.psychoed.day or local_date.isoweekday(), swapped)
        return self._other_ways(name, day.items, language)

    def _other_ways(self, name: str, items: Sequence[Item], language: str) -> tuple[Button, ...]:
        assert self._library is not None
        others = [other.language for item in items for other in self._library.others(item)]
        return way_buttons(name, items, language, others, self._texts.speaking(language))

    def _wording(self, local_date: date, language: str) -> Item | None:
        """What a check-in is asked with on a date; None for the words the bot has itself."""
        if self._library is None:
            return None
        wordings = self._library.speaking(language).of_kind(Kind.CHECKIN)
        return wordings[local_date.toordinal() % len(wordings)] if wordings else None

    def _language(self, cohort: Cohort) -> str:
        programme = self._roster.snapshot.programmes.get(cohort.guild_id)
        return programme.language if programme else "en"

    def _speech(self, cohort: Cohort) -> Translate:
        return self._texts.speaking(self._language(cohort))


def _running(cohort: Cohort) -> None:
    if cohort.state is not CohortState.ACTIVE:
        raise Refused(f"{cohort.name} is not running, so nothing is posted there.")
