"""Every card and form that people see, made once in a language, each under a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from bot.cards import Button, Card, Form, custom_id
from bot.care import crisis_lines, help_card, staff_cards
from bot.care.coverage import Coverage
from bot.care.help_request import HelpRequest
from bot.care.model import Episode, Kind, MessageState, Outcome, State
from bot.checkins import cards as checkin_cards
from bot.checkins.model import Answers, ReachOut
from bot.content import on_demand, other_ways, suggestions
from bot.content.day_card import day_card
from bot.content.loader import load_library
from bot.content.model import Kind as ItemKind
from bot.distress.model import CATEGORIES
from bot.paths import shipped_data
from bot.programme import cards
from bot.programme.hours import StaffedHours
from bot.programme.model import (
    Admission,
    CheckIns,
    Choices,
    Cohort,
    CohortState,
    Detection,
    Member,
    Programme,
    Roles,
    Route,
)
from bot.texts import Texts, Translate

TEXTS = Texts.load(shipped_data() / "locale")
LANGUAGES = TEXTS.languages
LIBRARY = load_library(shipped_data() / "content")
LINES = crisis_lines.load(shipped_data() / "crisis_lines.yaml")

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ID = 999_999_999_999_999_999
COHORT = Cohort(
    id=1,
    guild_id=ID,
    name="River",
    zone="America/Chicago",
    starts_on=date(2026, 3, 2),
    admission=Admission.ROLLING,
    state=CohortState.ACTIVE,
    created_at=NOW,
)
_HOURS = "Mon-Fri 08:00-17:00; Sat 10:00-13:00"


def programme(detection: Detection, checkins: CheckIns, hours: str = _HOURS) -> Programme:
    """A programme with these settings, and the sentence on level 3."""
    return Programme(
        guild_id=ID,
        language="en",
        hours=StaffedHours.parse(hours, "America/Chicago"),
        roles=Roles(1, 2, 3, 4),
        detection=detection,
        checkins=checkins,
        country="US",
        level_3_always=True,
    )


def coverages(_: Translate) -> Iterator[str]:
    """Every sentence on who of the staff reads."""
    for until, back, on_call in product((NOW, None), (NOW, None), (True, False)):
        yield Coverage(until, back, on_call).sentence(_)


def for_members(language: str) -> Iterator[tuple[str, Card]]:
    """What members and those who are invited see, but for the help cards."""
    _ = TEXTS.speaking(language)
    for number, said in enumerate(coverages(_)):
        emergency = help_card.emergency_sentence(LINES, "US", _)
        yield f"pinned {number}", cards.support_card(said, emergency, _)
    yield "invitation", cards.invitation_card(COHORT, ID, _)
    for place in (
        programme(Detection.IN_MEMORY, CheckIns.STORED),
        programme(Detection.DRY_RUN, CheckIns.STORED),
        programme(Detection.OFF, CheckIns.PROMPT_ONLY),
        programme(Detection.OFF, CheckIns.STORED, "none"),
    ):
        name = f"{place.detection} {place.checkins}"
        yield f"join {name}", cards.join_card(place, COHORT, language, _)
        for mine, told in product(_choices(), (True, False)):
            member = Member(
                1,
                ID,
                1,
                mine,
                1,
                NOW,
                told_level_3=told,
                told_detection=Detection.IN_MEMORY if told else Detection.OFF,
            )
            yield f"choices {name}", cards.choices_card(place, COHORT, member, _)
    yield "ended", cards.ended_card(help_card.emergency_sentence(LINES, "US", _), _)
    yield "trial", cards.trial_message(_)
    for wording in (None, *LIBRARY.of_kind(ItemKind.CHECKIN)):
        yield "check-in", checkin_cards.invitation_card("x" * 16, _, wording)
    yield "check-in consent", checkin_cards.consent_card("x" * 16, _)
    for kept, asked, said in product(
        (True, False, None), ReachOut, (None, "", *list(coverages(_))[:3])
    ):
        answers = Answers(mood=None, sleep=None, skills=(), reach_out=asked)
        yield f"receipt {kept} {asked}", checkin_cards.receipt_card(answers, kept, said, _)
    yield "line", help_card.neutral_line(_)
    yield "coping", help_card.coping_card(_)
    yield "agreement", help_card.agreement_card(_)
    yield "direct", help_card.direct_message_reply(_)
    moments, grounding = map(LIBRARY.of_kind, (ItemKind.MOMENT, ItemKind.GROUNDING))
    for items in (moments, ()):
        yield "moments", on_demand.moments_card(items, _)
    yield "no grounding", on_demand.ground_card(None, 0, _)
    for item in moments:
        yield item.id, on_demand.moment_card(item, _, ("en", "es"))
    for turn, item in enumerate(grounding):
        yield item.id, on_demand.ground_card(item, turn, _, ("en", "es"))
    for item in (*moments, *grounding):
        yield f"{item.id} plain", other_ways.plain_card([item], _)
        yield f"{item.id} said", other_ways.said_card([item], _)
    yield "gone", other_ways.gone_card(_)
    for named in (True, False):
        yield f"suggested {named}", suggestions.sent_card(named, _)


def help_cards(language: str) -> Iterator[tuple[str, Card]]:
    """The help cards of every country and topic, and those that follow them."""
    _ = TEXTS.speaking(language)
    said = max(coverages(_), key=len)
    requests = [HelpRequest(lines, None, coverage=said) for lines in (LINES, None)]
    requests += [
        HelpRequest(LINES, code, level, coverage=said, language=language)
        for code, level in product(LINES.countries, (0, 2, 3))
    ]
    requests += [
        HelpRequest(LINES, "US", 2, (category,), about, language, said)
        for category, about in product(CATEGORIES, ("self", "other", "target"))
    ]
    for one in requests:
        name = f"{one.country} {one.level} {one.categories} {one.about}"
        yield f"help {name}", help_card.help_card(one, _)
        yield f"more {name}", help_card.more_lines_card(one, _)
        yield f"barriers {name}", help_card.barriers_card(one, _)
        yield f"countries {name}", help_card.country_menu(one, _)


def for_staff(language: str) -> Iterator[tuple[str, Card]]:
    """What staff see in their language."""
    _ = TEXTS.speaking(language)
    for kind, level, message, state in product(Kind, (1, 2, 3), MessageState, State):
        yield (
            f"care {kind} {level} {state}",
            staff_cards.care_card(_episode(kind, level, message, state), _),
        )
    closed = replace(
        _episode(Kind.FINDING, 3, MessageState.THERE, State.CLOSED), categories=CATEGORIES
    )
    for outcome in Outcome:
        yield f"care {outcome}", staff_cards.care_card(replace(closed, outcome=outcome), _)
    yield "care erased", staff_cards.care_card(closed, _, (ID,), erased=True)
    yield "about", staff_cards.about_card(closed, _)
    for claimer in (ID, None):
        card = staff_cards.reminder_card(replace(closed, claimed_by=claimer), (ID,), _)
        yield f"reminder {claimer}", card
    for urgent in (True, False):
        link = staff_cards.jump_link(ID, ID, ID)
        yield f"unsaved {urgent}", staff_cards.unsaved_card(ID, link, urgent, (ID,), _)


def days(language: str) -> Iterator[tuple[str, Card]]:
    """The daily post of every day there is content for."""
    _ = TEXTS.speaking(language)
    button = Button(_("See options"), custom_id("help", "open"))
    for week, day in product(LIBRARY.weeks, range(1, 8)):
        found = LIBRARY.for_day(week, day)
        name = other_ways.day_name(week, day)
        ways = other_ways.way_buttons(name, found.items, "en", ("es",), _)
        yield (
            f"day {week}.{day}",
            day_card(found, translate=_, support_button=button, weekend=day > 5, ways=ways),
        )
        yield f"day {week}.{day} plain", other_ways.plain_card(found.items, _)
        yield f"day {week}.{day} said", other_ways.said_card(found.items, _)


def forms(language: str) -> Iterator[tuple[str, Form]]:
    """Every form."""
    _ = TEXTS.speaking(language)
    yield "suggestion", suggestions.suggestion_form(_)
    for detection, checkins in product(Detection, CheckIns):
        place = programme(detection, checkins)
        yield f"join {checkins}", cards.choices_form(place, "1.es", _)
        for mine in _choices():
            yield f"change {checkins}", cards.choices_form(place, "", _, mine)
    weeks = [[LIBRARY.for_day(w, day).skill for day in range(1, 8)] for w in LIBRARY.weeks]
    for screened, few in product((True, False), weeks):
        titles = tuple((one.id, one.title) for one in few)
        yield "check-in", checkin_cards.form("yes", titles, _, screened=screened)


def _choices() -> Iterator[Choices]:
    for route, told, stored, language in product(Route, (True, False), (True, False), LANGUAGES):
        yield Choices(route, told, stored, language)


def _episode(kind: Kind, level: int, message: MessageState, state: State) -> Episode:
    later = NOW + timedelta(minutes=5)
    return Episode(
        id=1,
        guild_id=ID,
        cohort_id=1,
        user_id=ID,
        kind=kind,
        level=level,
        state=state,
        message_state=message,
        opened_at=NOW,
        last_at=NOW,
        channel_id=ID,
        message_id=ID,
        claimed_by=ID,
        claimed_at=later,
        outcome=Outcome.HANDED_OVER if state is State.OPEN else None,
        closed_by=ID,
        closed_at=later,
        care_channel_id=ID,
        care_message_id=ID,
    )
