"""What facilitators do with a schedule, and what a due delivery becomes, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from typing import cast

import pytest

from bot.cards import Card
from bot.clock import MovedClock
from bot.content.library import LibraryHolder
from bot.content.loader import load_libraries
from bot.content.model import Kind
from bot.content.store import SwapStore
from bot.delivery.model import Delivery, SlotKind, State, carries
from bot.delivery.service import Schedule
from bot.delivery.worker import DeliveryWorker
from bot.errors import Refused
from bot.paths import shipped_data
from bot.ports import Sender
from bot.programme.model import Cohort, CohortState
from bot.programme.service import Roster
from bot.programme.store import ProgrammeStore
from bot.storage.engine import Database
from bot.texts import Texts
from tests.delivery.world import MONDAY, PROGRAMME, World, utc

DAY = timedelta(days=1)
SUNDAY = MONDAY + 6 * DAY
NINE = utc(2026, 3, 2, 15)  # Monday 09:00 in Chicago
FIVE = utc(2026, 3, 2, 23)  # Monday 17:00 there


class House(World):
    """A world whose cards are the real ones."""

    def __init__(self, db: Database, clock: MovedClock, library: LibraryHolder | None) -> None:
        super().__init__(db, clock)
        self.roster = Roster(ProgrammeStore(db))
        self.texts = Texts.load(shipped_data() / "locale")
        self.schedule = self.schedule_with(library)

    def schedule_with(self, library: LibraryHolder | None) -> Schedule:
        return Schedule(
            self.slots,
            self.ledger,
            SwapStore(self.db),
            self.roster,
            library,
            self.texts,
            cast(Sender, self.channels),  # it posts and finds, and nothing else is asked here
            self.clock,
        )

    def real_worker(self) -> DeliveryWorker:
        """A worker that posts what the schedule makes."""
        return self.worker(compose=self.schedule.compose, tell_staff=self.schedule.tell_staff)

    async def speak(self, language: str) -> None:
        """Let the programme be in another language."""
        await ProgrammeStore(self.db).save_programme(
            replace(PROGRAMME, language=language), self.clock.now()
        )
        await self.roster.reload()

    async def states(self, cohort: Cohort, day: date = MONDAY) -> dict[SlotKind, State]:
        return {one.kind: one.state for one in await self.ledger.of_day(cohort.id, day)}


@pytest.fixture(scope="module")
def library() -> LibraryHolder:
    """The shipped content."""
    return LibraryHolder(partial(load_libraries, shipped_data() / "content"))


@pytest.fixture
def house(db: Database, clock: MovedClock, library: LibraryHolder) -> House:
    return House(db, clock, library)


@pytest.fixture
async def cohort(house: House) -> Cohort:
    """A running cohort with the usual slots; it is Monday, 08:00 in Chicago."""
    made = replace(await house.cohort(starts_on=MONDAY), staff_channel_id=300)
    await house.roster.reload()
    await house.schedule.begin(made)
    return made


def _words(card: Card) -> str:
    return "\n".join(filter(None, (card.title, *card.paragraphs)))


def _due(cohort: Cohort, kind: SlotKind, day: date = MONDAY) -> Delivery:
    return Delivery("0123456789abcdef", cohort.id, 1, day, kind, NINE, FIVE, State.CLAIMED, 1)


async def test_begin(house: House, cohort: Cohort) -> None:
    """A new cohort gets a daily post at 09:00 and check-ins on three weekdays at 17:00."""
    found = await house.schedule.slots(cohort)
    assert [(one.kind, one.days, one.at) for one in found] == [
        (SlotKind.DAILY, "1234567", time(9)),
        (SlotKind.CHECK_IN, "135", time(17)),
    ]


async def test_begin_again(house: House, cohort: Cohort) -> None:
    """An attempt that got this far once adds nothing when it is made again."""
    await house.schedule.begin(cohort)
    assert len(await house.schedule.slots(cohort)) == 2


async def test_begin_after_a_change(house: House, cohort: Cohort) -> None:
    """What staff took away does not come back."""
    daily, _ = await house.schedule.slots(cohort)
    await house.schedule.remove(cohort, daily.id)
    await house.schedule.begin(cohort)
    assert [one.kind for one in await house.schedule.slots(cohort)] == [SlotKind.CHECK_IN]


async def test_add(house: House, cohort: Cohort) -> None:
    """A slot is added from a person's words, on days that are free."""
    made = await house.schedule.add(cohort, SlotKind.CHECK_IN, "tue, sat", "6:30 pm")
    assert (made.days, made.at) == ("26", time(18, 30))
    assert made in await house.schedule.slots(cohort)


@pytest.mark.parametrize(
    ("kind", "days", "at", "told"),
    [
        (SlotKind.DAILY, "sat", "18:00", "Remove it first"),
        (SlotKind.CHECK_IN, "weekdays", "18:00", "Remove it first"),
        (SlotKind.CHECK_IN, "someday", "18:00", "not a day"),
        (SlotKind.CHECK_IN, "tue", "nine", "Please write the time"),
        (SlotKind.CHECK_IN, "tue", "9", "Please write the time"),
    ],
)
async def test_not_added(
    house: House, cohort: Cohort, kind: SlotKind, days: str, at: str, told: str
) -> None:
    """A second post of a kind on one day, or words nobody understands, are refused and told why."""
    with pytest.raises(Refused, match=told):
        await house.schedule.add(cohort, kind, days, at)
    assert len(await house.schedule.slots(cohort)) == 2


async def test_remove(house: House, cohort: Cohort) -> None:
    """A slot goes once, and no other cohort can remove it."""
    daily, _ = await house.schedule.slots(cohort)
    other = await house.cohort()
    for place, number in ((other, daily.id), (cohort, 999)):
        with pytest.raises(Refused, match="/prompt list"):
            await house.schedule.remove(place, number)
    await house.schedule.remove(cohort, daily.id)
    with pytest.raises(Refused):
        await house.schedule.remove(cohort, daily.id)


async def test_not_running(house: House, cohort: Cohort) -> None:
    """An archived cohort's schedule is left alone."""
    archived = replace(cohort, state=CohortState.ARCHIVED)
    with pytest.raises(Refused, match="not running"):
        await house.schedule.add(archived, SlotKind.CHECK_IN, "sun", "9am")
    with pytest.raises(Refused, match="not running"):
        await house.schedule.now(archived, SlotKind.DAILY)
    with pytest.raises(Refused, match="not running"):
        await house.schedule.skip(archived, SlotKind.DAILY, MONDAY)


async def test_posted(house: House, cohort: Cohort) -> None:
    """The worker posts the daily card at its time, once, with its items in the ledger."""
    worker = house.real_worker()
    house.clock.move_to(NINE)
    await worker.tick()
    await worker.tick()
    [message] = house.channels.messages
    [row] = [d for d in await house.ledger.of_day(cohort.id, MONDAY) if d.kind is SlotKind.DAILY]
    assert row.state is State.SENT
    assert row.message_id == message.id
    assert carries(message.card, row.id)
    assert len(row.item_ids) > 1
    assert not [d for d in await house.schedule.upcoming(cohort) if d.state is State.SENT]


async def test_skip(house: House, cohort: Cohort) -> None:
    """A skipped post is not posted, whether it was planned already or not."""
    for planned_before in (False, True):
        day = MONDAY + planned_before * DAY
        if planned_before:
            await house.real_worker().tick()
        due_at = await house.schedule.skip(cohort, SlotKind.DAILY, day)
        assert due_at == NINE + planned_before * DAY
        house.clock.move_to(due_at)
        await house.real_worker().tick()
        assert (await house.states(cohort, day))[SlotKind.DAILY] is State.SKIPPED
    assert house.channels.messages == []


async def test_skip_too_late(house: House, cohort: Cohort) -> None:
    """What stands in the channel cannot be skipped any more."""
    house.clock.move_to(NINE)
    await house.real_worker().tick()
    with pytest.raises(Refused, match="posted or skipped already"):
        await house.schedule.skip(cohort, SlotKind.DAILY, MONDAY)


async def test_skip_on_a_day_without(house: House, cohort: Cohort) -> None:
    """On a Tuesday there is no check-in to skip."""
    with pytest.raises(Refused, match="no check-in post on 2026-03-03"):
        await house.schedule.skip(cohort, SlotKind.CHECK_IN, MONDAY + DAY)


async def test_now(house: House, cohort: Cohort) -> None:
    """Today's post comes at once when staff ask for it, and not again at its time."""
    await house.schedule.now(cohort, SlotKind.DAILY)
    await house.real_worker().tick()
    assert len(house.channels.messages) == 1
    house.clock.move_to(NINE)
    await house.real_worker().tick()
    assert len(house.channels.messages) == 1
    with pytest.raises(Refused, match="posted already"):
        await house.schedule.now(cohort, SlotKind.DAILY)


async def test_now_at_once(house: House, cohort: Cohort) -> None:
    """Several who ask at the same moment, with the worker at work, bring one post."""
    house.clock.move_to(NINE)
    await asyncio.gather(
        house.real_worker().tick(),
        *(house.schedule.now(cohort, SlotKind.DAILY) for _ in range(4)),
        house.real_worker().tick(),
        return_exceptions=True,
    )
    await house.real_worker().tick()
    assert len(house.channels.messages) == 1
    assert (await house.states(cohort))[SlotKind.DAILY] is State.SENT


async def test_now_after_a_skip(house: House, cohort: Cohort) -> None:
    """A post that was skipped or missed today can still be asked for."""
    await house.schedule.skip(cohort, SlotKind.DAILY, MONDAY)
    house.clock.move_to(NINE + timedelta(hours=5))
    await house.real_worker().tick()
    await house.schedule.now(cohort, SlotKind.DAILY)
    await house.real_worker().tick()
    assert (await house.states(cohort))[SlotKind.DAILY] is State.SENT
    assert len(house.channels.messages) == 1


async def test_now_by_the_cohorts_date(house: House, cohort: Cohort) -> None:
    """Late in the evening it is still Monday for the cohort, though not in UTC."""
    house.clock.move_to(utc(2026, 3, 3, 4))
    await house.schedule.now(cohort, SlotKind.CHECK_IN)
    await house.real_worker().tick()
    assert (await house.states(cohort))[SlotKind.CHECK_IN] is State.SENT
    house.clock.move_to(utc(2026, 3, 3, 6))
    with pytest.raises(Refused, match="no check-in post on 2026-03-03"):
        await house.schedule.now(cohort, SlotKind.CHECK_IN)


async def test_upcoming(house: House, cohort: Cohort) -> None:
    """The next two days are listed, the skipped ones among them."""
    await house.schedule.skip(cohort, SlotKind.DAILY, MONDAY + DAY)
    await house.real_worker().tick()
    found = [(one.local_date, one.kind, one.state) for one in await house.schedule.upcoming(cohort)]
    assert found == [
        (MONDAY, SlotKind.DAILY, State.DUE),
        (MONDAY, SlotKind.CHECK_IN, State.DUE),
        (MONDAY + DAY, SlotKind.DAILY, State.SKIPPED),
    ]


async def test_compose_daily(house: House, cohort: Cohort, library: LibraryHolder) -> None:
    """The daily card is the day's content, carries the delivery, and offers support."""
    made = await house.schedule.compose(_due(cohort, SlotKind.DAILY), cohort)
    assert made is not None
    day = library.speaking("en").for_date(MONDAY, MONDAY)
    assert made.item_ids == tuple(item.id for item in day.items)
    assert carries(made.card, "0123456789abcdef")
    assert day.skill.title in _words(made.card)


async def test_compose_check_in(house: House, cohort: Cohort, library: LibraryHolder) -> None:
    """The check-in's card carries the delivery, notifies nobody and asks in the day's words."""
    made = [
        await house.schedule.compose(_due(cohort, SlotKind.CHECK_IN, day), cohort)
        for day in (MONDAY, MONDAY + DAY)
    ]
    wordings = {item.id: item for item in library.speaking("en").of_kind(Kind.CHECKIN)}
    for one in made:
        assert one is not None
        (said,) = one.item_ids
        assert wordings[said].title in _words(one.card)
        assert one.card.silent
        assert carries(one.card, "0123456789abcdef")
    assert len({one.item_ids for one in made if one}) == 2


async def test_compose_check_in_without_content(house: House, cohort: Cohort) -> None:
    """Where no content can be read, the check-in is asked for in the bot's own words."""
    made = await house.schedule_with(None).compose(_due(cohort, SlotKind.CHECK_IN), cohort)
    assert made is not None
    assert made.item_ids == ()
    assert "Would you like to take a minute" in _words(made.card)


async def test_compose_in_spanish(house: House, cohort: Cohort) -> None:
    """What the bot itself says on a card is in the programme's language."""
    english = await house.schedule.compose(_due(cohort, SlotKind.CHECK_IN), cohort)
    await house.speak("es")
    spanish = await house.schedule.compose(_due(cohort, SlotKind.CHECK_IN), cohort)
    assert english is not None
    assert spanish is not None
    assert _words(english.card) != _words(spanish.card)


async def test_weekend(house: House, cohort: Cohort) -> None:
    """On a weekend the card says that less is fine, on a weekday it does not."""
    cards = [
        await house.schedule.compose(_due(cohort, SlotKind.DAILY, day), cohort)
        for day in (MONDAY + 4 * DAY, SUNDAY)
    ]
    assert all(cards)
    told = [_words(one.card) for one in cards if one]
    assert ["Weekends are light" in each for each in told] == [False, True]


async def test_preview(house: House, cohort: Cohort, library: LibraryHolder) -> None:
    """A preview shows the card of a date, and before the start that of the first day."""
    title = library.speaking("en").for_date(MONDAY, SUNDAY).skill.title
    assert title in _words(await house.schedule.preview(cohort, SUNDAY, "en"))
    before = await house.schedule.preview(cohort, MONDAY - 30 * DAY, "en")
    assert library.speaking("en").for_date(MONDAY, MONDAY).skill.title in _words(before)


async def test_a_spare_skill_takes_the_place_of_a_days_own(
    house: House, cohort: Cohort, library: LibraryHolder
) -> None:
    """It is previewed and posted on that date alone, and can be taken back."""
    english = library.speaking("en")
    own, spare = english.for_date(MONDAY, MONDAY), english.spare()[3]
    assert await house.schedule.swap(cohort, MONDAY, spare.id) == NINE
    for _ in range(2):  # a second choice takes the place of the first
        await house.schedule.swap(cohort, MONDAY, spare.id)
    told = _words(await house.schedule.preview(cohort, MONDAY, "en"))
    assert spare.title in told
    assert own.skill.title not in told
    assert own.psychoed.title in told
    assert f"Today: {own.psychoed.theme}" in told
    made = await house.schedule.compose(_due(cohort, SlotKind.DAILY), cohort)
    assert made is not None
    assert made.item_ids == (spare.id, own.psychoed.id, own.reflection.id)
    next_day = _words(await house.schedule.preview(cohort, MONDAY + DAY, "en"))
    assert spare.title not in next_day
    await house.schedule.swap(cohort, MONDAY, None)
    assert own.skill.title in _words(await house.schedule.preview(cohort, MONDAY, "en"))


async def test_what_cannot_be_swapped(house: House, cohort: Cohort) -> None:
    """Only a spare skill can come in, only where a daily post is still to come."""
    spare = house.schedule.spare()[0].id
    with pytest.raises(Refused, match="no such spare skill"):
        await house.schedule.swap(cohort, MONDAY, "w01d2-set-up-my-space")
    with pytest.raises(Refused, match="no daily post on 2026-03-01"):
        await house.schedule.swap(replace(cohort, starts_on=MONDAY), MONDAY - DAY, spare)
    house.clock.move_to(NINE + 3 * DAY)
    with pytest.raises(Refused, match="2026-03-02 is past"):
        await house.schedule.swap(cohort, MONDAY, spare)


async def test_a_post_that_is_out_keeps_its_skill(house: House, cohort: Cohort) -> None:
    """What members have seen is not changed behind their backs."""
    spare = house.schedule.spare()[0].id
    await house.real_worker().tick()
    house.clock.move_to(NINE)
    await house.real_worker().tick()
    with pytest.raises(Refused, match="posted already"):
        await house.schedule.swap(cohort, MONDAY, spare)


async def test_a_spare_skill_that_is_gone_leaves_the_day_its_own(
    house: House, cohort: Cohort, library: LibraryHolder
) -> None:
    """The content may change between the choice and the day."""
    await SwapStore(house.db).put(cohort.id, MONDAY, "spare-of-last-year")
    own = library.speaking("en").for_date(MONDAY, MONDAY).skill
    assert own.title in _words(await house.schedule.preview(cohort, MONDAY, "en"))


async def test_without_content(house: House, cohort: Cohort) -> None:
    """Unreadable content posts no daily card and says so; check-ins go on."""
    bare = house.schedule_with(None)
    with pytest.raises(Refused, match="content could not be read"):
        await bare.preview(cohort, MONDAY, "en")
    with pytest.raises(Refused, match="content could not be read"):
        await bare.compose(_due(cohort, SlotKind.DAILY), cohort)
    assert await bare.compose(_due(cohort, SlotKind.CHECK_IN), cohort)


async def test_missed(house: House, cohort: Cohort) -> None:
    """What was missed is told to staff once, with date and kind, and never posted late."""
    await house.real_worker().tick()
    house.cohorts[0] = cohort  # with its staff channel
    house.clock.move_to(NINE + timedelta(hours=12))
    for _ in range(2):
        await house.real_worker().tick()
    [message] = house.channels.messages
    assert message.channel_id == 300
    told = _words(message.card)
    assert "2026-03-02, daily: " in told
    assert "2026-03-02, check-in: " in told
    assert "/prompt now" in told


async def test_missed_without_a_staff_channel(house: House, cohort: Cohort) -> None:
    """A cohort without a staff channel is no error."""
    nowhere = replace(cohort, staff_channel_id=None)
    await house.schedule.tell_staff(nowhere, [_due(cohort, SlotKind.DAILY)])
    assert house.channels.messages == []


async def test_many_missed(house: House, cohort: Cohort) -> None:
    """After a long absence the list stays short enough for one message."""
    late = [_due(cohort, SlotKind.DAILY, MONDAY + n * DAY) for n in range(40)]
    await house.schedule.tell_staff(cohort, late)
    [message] = house.channels.messages
    assert _words(message.card).count("daily") == 20
