"""Help cards say where help is: exactly, calmly, for the right country, and within Discord's
limits."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.cards import Button, Card, Select
from bot.care.crisis_lines import load
from bot.care.crisis_model import Country, Kind
from bot.care.help_card import (
    HelpRequest,
    agreement_card,
    barriers_card,
    coping_card,
    country_menu,
    direct_message_reply,
    emergency_sentence,
    help_card,
    more_lines_card,
    neutral_line,
    place_of,
)
from bot.care.help_lines import choose, everything
from bot.content.reading import grade
from bot.content.wording import lint_wording
from bot.distress.model import ABOUTS, CATEGORIES
from bot.paths import shipped_data
from bot.texts import Texts, Translate

LINES = load(shipped_data() / "crisis_lines.yaml")
FILE = yaml.safe_load((shipped_data() / "crisis_lines.yaml").read_text(encoding="utf-8"))
CODES = tuple(LINES.countries)
TEXTS = Texts.load(shipped_data() / "locale")
COVERAGE = "Staff are back tomorrow."
DIRECTORY = "https://findahelpline.com"
PROGRAM = "I'm a program. No person sees this right away."


def english(message: str) -> str:
    """English is the message itself."""
    return message


def words(language: str) -> Translate:
    """The words of a language; English ones while its catalogue is not there."""
    return TEXTS.speaking(language)


def asked(country: str | None = "US", **changes: object) -> HelpRequest:
    """A request as the bot makes it."""
    return replace(HelpRequest(LINES, country, coverage=COVERAGE), **changes)  # type: ignore[arg-type]


def text(card: Card) -> str:
    """All that is read on a card."""
    return "\n\n".join((card.title, *card.paragraphs))


def points(card: Card) -> list[str]:
    """The points of the lists on a card."""
    return [line for line in text(card).splitlines() if line.startswith("- ")]


def buttons(card: Card) -> dict[str, str]:
    """Label and custom_id of each button."""
    rows = [row for row in card.rows if not isinstance(row, Select)]
    return {button.label: button.custom_id for row in rows for button in row}


def menus(card: Card) -> list[Select]:
    """The menus of a card."""
    return [row for row in card.rows if isinstance(row, Select)]


def land(code: str) -> Country:
    """A country that is in the file."""
    country = LINES.country(code)
    assert country
    return country


def every_card(language: str) -> list[Card]:
    """Cards of every country, level, category and kind."""
    _ = words(language)
    requests = [
        asked(code, level=level, language=language) for code in (*CODES, None) for level in range(4)
    ]
    requests += [
        asked(code, level=2, categories=(category,), language=language)
        for code in ("US", "GB", "FR", "JP", None)
        for category in CATEGORIES
    ]
    requests += [
        asked("US", level=3, about=about, categories=CATEGORIES, language=language)
        for about in ABOUTS
    ]
    requests += [asked("IS"), asked(lines=None), asked(None, lines=None)]
    small = [neutral_line(_), coping_card(_), agreement_card(_), direct_message_reply(_)]
    makers = (help_card, more_lines_card, barriers_card, country_menu)
    return small + [make(request, _) for request in requests for make in makers]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("code", CODES)
def test_every_number_reaches_the_reader_as_it_stands_in_the_file(code: str, language: str) -> None:
    """Every line of every country is shown with its numbers verbatim, in both languages."""
    _ = words(language)
    request = asked(code, language=language)
    shown, first = text(more_lines_card(request, _)), text(help_card(request, _))
    for entry in land(code).emergency:
        assert re.search(rf"(?<!\d){entry.dial}(?!\d)", first)
        assert re.search(rf"(?<!\d){entry.dial}(?!\d)", shown)
    raw = {line["id"]: line for line in FILE["countries"][code]["lines"]}
    lines = everything(land(code))
    assert set(lines) == set(land(code).active)
    for line, point in zip(lines, points(more_lines_card(request, _)), strict=False):
        told = raw[line.id]
        assert line.named(language) in point
        for number in (told, *told.get("other_numbers", ())):
            spanish = number.get("display_es") if language == "es" else None
            dialled = spanish or number.get("display") or number.get("dial")
            assert dialled is None or dialled in point
        for way in ("text_to", "text_keyword", "whatsapp", "email", "tty"):
            assert told.get(way, "") in point
        for keyword in told.get("other_keywords", ()):
            assert keyword in point


def test_how_a_number_is_shown_may_explain_but_not_change_it() -> None:
    """A menu choice and a note are said in the reader's language around the same digits."""
    point = points(help_card(asked("GB"), english))[2]
    assert "Call 111, then press 2. Open day and night." in point
    spanish = points(help_card(asked("GB", language="es"), words("es")))[2]
    assert "111 y luego marca 2" in spanish


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_card_keeps_within_discords_limits(language: str) -> None:
    """Text, rows, labels, menus and custom_ids fit on every card, and no custom_id repeats."""
    for card in every_card(language):
        assert 0 < len(text(card)) <= 4000
        assert len(card.rows) <= 5
        ids = [*buttons(card).values(), *(menu.custom_id for menu in menus(card))]
        assert len(ids) == len(set(ids))
        assert all(0 < len(named) <= 100 for named in ids)
        for row in card.rows:
            if isinstance(row, Select):
                assert 1 <= len(row.choices) <= 25
                assert len(row.placeholder) <= 150
                assert all(len(choice.label) <= 100 for choice in row.choices)
            else:
                assert 1 <= len(row) <= 5
                assert all(isinstance(button, Button) and len(button.label) <= 80 for button in row)


def test_the_first_card_is_short() -> None:
    """At most four points on the first card, the emergency number counted, for everybody."""
    for code in (*CODES, None):
        for level in range(4):
            for categories in ((), *((category,) for category in CATEGORIES)):
                card = help_card(asked(code, level=level, categories=categories), english)
                danger = sum("in danger now" in p for p in card.paragraphs if not p.startswith("-"))
                assert 1 <= len(points(card)) + danger <= 4


@pytest.mark.parametrize("code", CODES)
def test_the_card_names_its_country_and_can_be_told_otherwise(code: str) -> None:
    """The title holds the country's name in the reader's language, and one button leads away."""
    card = help_card(asked(code, level=3), english)
    assert LINES.countries[code].en in card.title
    assert buttons(card)["I'm somewhere else"].startswith("help:elsewhere:v1:")
    spanish = help_card(asked(code, level=3, language="es"), words("es"))
    assert LINES.countries[code].es in spanish.title


@pytest.mark.parametrize("code", [*CODES, None])
@pytest.mark.parametrize("language", ["en", "es"])
def test_there_is_always_a_way_without_a_voice_call(code: str | None, language: str) -> None:
    """A text, chat, WhatsApp or e-mail way, or else a directory, stands among the points."""
    for level in range(4):
        for categories in ((), ("abuse",), ("overdose",), ("substance",), ("eating",)):
            card = help_card(
                asked(code, level=level, categories=categories, language=language), english
            )
            told = "\n".join(points(card))
            assert re.search(r"Text |Chat|WhatsApp|Email", told) or DIRECTORY in told


@pytest.mark.parametrize("code", CODES)
def test_at_level_3_the_emergency_number_comes_first(code: str) -> None:
    """Nothing is read before the emergency number when the danger is now."""
    first = help_card(asked(code, level=3, categories=("abuse",)), english).paragraphs[0]
    assert all(entry.dial in first for entry in land(code).emergency)
    below = help_card(asked(code, level=2, categories=("abuse",)), english).paragraphs[0]
    assert not re.search(r"\d", below)


@pytest.mark.parametrize("level", range(4))
def test_an_unknown_country_is_never_given_a_number(level: int) -> None:
    """No digit stands on the card: the local emergency number is named in words, and it asks."""
    for card in (
        help_card(asked(None, level=level), english),
        more_lines_card(asked(None, level=level), english),
        barriers_card(asked(None, level=level), english),
        country_menu(asked(None, level=level), english),
    ):
        assert not re.search(r"\d", text(card))
    card = help_card(asked(None, level=level), english)
    assert "your local emergency number" in card.paragraphs[0]
    assert DIRECTORY in text(card)
    assert "Which country are you in?" in text(card)
    assert sum(len(menu.choices) for menu in menus(card)) == 35


def test_a_country_that_is_not_in_the_file_is_said_so() -> None:
    """Somebody in Iceland gets directories and their own country's name, and no other's number."""
    card = help_card(asked("IS", level=3), english)
    assert "I have no lines for Iceland yet." in text(card)
    assert not re.search(r"\d", text(card))


@pytest.mark.parametrize("language", ["en", "es"])
def test_countries_are_found_by_name_in_the_readers_language(language: str) -> None:
    """The menus hold each country once, in alphabetical order, accents not counted."""
    found = [
        c for menu in menus(country_menu(asked(language=language), english)) for c in menu.choices
    ]
    assert {choice.value for choice in found} == set(CODES)
    labels = [choice.label for choice in found]
    assert labels == [getattr(LINES.countries[choice.value], language) for choice in found]
    if language == "es":
        assert (
            labels.index("Corea del Sur") < labels.index("España") < labels.index("Estados Unidos")
        )
        assert labels[-1] == "Taiwán"


def test_the_menu_remembers_what_the_card_was_about() -> None:
    """Choosing a country leads back to the same level and categories."""
    request = asked("FR", level=3, categories=("suicide", "overdose"), about="other")
    for menu in menus(country_menu(request, english)):
        place = place_of(menu.custom_id.split(":", 3)[3])
        assert (place.level, place.about) == (3, "other")
        assert place.categories == ("overdose", "suicide")
        assert place.country == "FR"


def test_a_foreign_subject_is_an_empty_place() -> None:
    """Pinned and old buttons, and made-up ones, say nothing and break nothing."""
    for subject in ("", "line", "42", "US.9..self", "us.1..self", "US.1.x"):
        assert place_of(subject) == place_of("")
    assert place_of("").country is None
    assert place_of("-.2..self").country is None


def test_buttons_know_the_card_they_stand_on() -> None:
    """Every button of a help card carries country, level, categories and whom it is about."""
    found = buttons(help_card(asked("GB", level=2, categories=("eating",)), english))
    assert {named.split(":", 3)[3] for named in found.values()} == {"GB.2.eating.self"}
    assert list(found) == [
        "What might get in the way?",
        "More lines",
        "Ask staff to talk to me",
        "I'm somewhere else",
    ]


def test_unverified_numbers_come_with_a_way_out() -> None:
    """While no person has checked a number, the card says what to do if it does not connect."""
    card = help_card(asked("BR"), english)
    told = f"If this doesn't connect: 192 (ambulance) or 190 (police) or {DIRECTORY}"
    assert told in card.paragraphs


def test_verified_numbers_need_no_way_out(tmp_path: Path) -> None:
    """Once everything on the card was checked, the sentence is gone."""
    raw = (shipped_data() / "crisis_lines.yaml").read_text(encoding="utf-8")
    raw = raw.replace("verified_on: null", "verified_on: 2026-03-01")
    file = tmp_path / "lines.yaml"
    file.write_text(raw.replace("verified_by: null", 'verified_by: "test"'), encoding="utf-8")
    lines = load(file)
    assert lines.unverified == 0
    assert "connect" not in text(help_card(asked("BR", lines=lines), english))


def test_every_help_card_says_what_it_is_and_who_reads() -> None:
    """A program says so, with the coverage sentence it was given."""
    for code in (*CODES, None):
        assert f"{PROGRAM} {COVERAGE}" in help_card(asked(code), english).paragraphs
    assert PROGRAM in help_card(asked("US", coverage=""), english).paragraphs


def test_abuse_brings_its_own_line_and_a_word_on_phones() -> None:
    """The line for abuse comes first where there is one, with a note on who may see the phone."""
    card = help_card(asked("US", level=2, categories=("abuse",)), english)
    assert "National Domestic Violence Hotline" in points(card)[0]
    assert "If someone checks your phone" in text(card)
    assert "phone" not in text(help_card(asked("US", level=2, categories=("suicide",)), english))


def test_phone_bills_are_spoken_of_only_where_it_is_known() -> None:
    """Samaritans calls do not show on a bill; of other lines nothing is said."""
    british = text(help_card(asked("GB", level=2, categories=("abuse",)), english))
    assert "Calls to Samaritans do not show on a phone bill." in british
    assert british.count("bill") == 1
    for code in set(CODES) - {"GB"}:
        assert "bill" not in text(help_card(asked(code, level=2, categories=("abuse",)), english))


def test_overdose_brings_emergency_and_poison_help() -> None:
    """At any level of overdose the emergency number is first and the poison line next."""
    card = help_card(asked("US", level=2, categories=("overdose",)), english)
    assert "911" in card.paragraphs[0]
    assert "Poison Help" in points(card)[0]


@pytest.mark.parametrize(("category", "line"), [("substance", "SAMHSA"), ("eating", "ANAD")])
def test_a_referral_line_is_never_a_crisis_line(category: str, line: str) -> None:
    """A fitting referral line is named as what it is, and crisis lines stand beside it."""
    card = help_card(asked("US", level=2, categories=(category,)), english)
    (point,) = [point for point in points(card) if line in point]
    assert "Not a crisis line." in point
    assert "988 Suicide & Crisis Lifeline" in text(card)


def test_without_a_category_only_crisis_lines_are_shown() -> None:
    """What refers or informs stays off the first card, and is labelled on the second."""
    for code in CODES:
        first = text(help_card(asked(code, level=2), english))
        assert "Not a crisis line." not in first
        told = text(more_lines_card(asked(code), english))
        others = sum(line.kind is not Kind.CRISIS for line in land(code).active)
        assert told.count("Not a crisis line.") == others


def test_nobody_is_taken_for_a_veteran() -> None:
    """Lines of one group of people are found under More lines and never guessed."""
    groups = ("Veterans", "Trevor", "Trans Lifeline", "StrongHearts")
    for category in CATEGORIES:
        shown = text(help_card(asked("US", level=2, categories=(category,)), english))
        assert not any(group in shown for group in groups)
    more = text(more_lines_card(asked("US"), english))
    assert all(group in more for group in groups)


def test_unconfirmed_lines_are_shown_nowhere() -> None:
    """A number without a source waits for a person."""
    hidden = {}
    for code in CODES:
        used = {line.dial for line in land(code).active} | {"111"}  # NHS 24 begins like NHS 111
        for line in land(code).lines:
            if line.id in LINES.unconfirmed and line.dial and line.dial not in used:
                hidden[line.id] = line.dial in text(more_lines_card(asked(code), english))
    assert len(hidden) == 8
    assert not any(hidden.values())


def test_unwanted_thoughts_have_their_own_words() -> None:
    """Intrusive thoughts are not called violence, danger or a wish."""
    opening = help_card(
        asked("US", level=2, categories=("intrusive-thoughts",)), english
    ).paragraphs[0]
    assert "not a wish and not a plan" in opening
    assert not re.search(r"violen|danger|harm", opening)


def test_worry_about_somebody_else_has_its_own_words() -> None:
    """A helper is told they need not carry it alone; asking is spoken of where it is suicide."""
    card = help_card(asked(level=2, categories=("suicide",), about="other"), english)
    assert card.paragraphs[0].startswith("Are you worried about someone?")
    assert "ask them if they think of suicide" in card.paragraphs[0]
    other = help_card(asked(level=2, categories=("abuse",), about="other"), english)
    assert "suicide" not in other.paragraphs[0]
    assert "National Domestic Violence Hotline" in points(other)[0]
    body = help_card(asked(level=3, categories=("overdose",), about="other"), english)
    assert "took too much" in body.paragraphs[1]


def test_a_loss_has_its_own_words_unless_the_writer_is_at_risk() -> None:
    """Who mourns reads of loss; who mourns and thinks of suicide reads of their own hard time."""
    lost = help_card(asked(level=2, categories=("suicide", "bereavement"), about="died"), english)
    assert lost.paragraphs[0].startswith("To lose someone hurts.")
    cause = help_card(asked(level=2, categories=("overdose",), about="died"), english)
    assert "took too much" not in text(cause)
    own = help_card(asked(level=2, categories=("suicide", "bereavement")), english)
    assert "very hard time" in own.paragraphs[0]


def test_spanish_readers_in_the_us_get_the_spanish_way_in() -> None:
    """988 in Spanish stands in for 988, with its menu choice and its keyword."""
    point = points(help_card(asked("US", language="es"), words("es")))[0]
    assert "988 y luego marca 2" in point
    assert "AYUDA" in point
    assert "AYUDA" not in text(help_card(asked("US"), english))


def test_hours_are_told_as_far_as_they_are_known() -> None:
    """Day and night, hours of the clock, or that they vary and where to look."""
    assert "Open day and night." in points(help_card(asked("FR"), english))[0]
    assert "Open 09:00-24:00, local time." in points(help_card(asked("IT"), english))[0]
    assert "Hours vary: check the website." in points(help_card(asked("DK"), english))[0]
    assert "Hours vary." in points(help_card(asked("TW"), english))[0]


def test_the_language_of_a_line_is_told_to_those_who_may_not_speak_it() -> None:
    """A line that is not known to speak the reader's language says what it speaks."""
    assert "Languages: Swedish." in points(help_card(asked("SE"), english))[0]
    assert "Languages" not in text(help_card(asked("MX", language="es"), english))


def test_lines_in_the_readers_language_come_first() -> None:
    """In Japan an English reader finds the two English-speaking lines before the Japanese one."""
    names = [line.id for line in choose(land("JP"), (), "en", 3)]
    assert names == ["jp-yorisoi", "jp-tell", "jp-inochi-sos"]


def test_lines_for_the_whole_country_come_before_a_regions() -> None:
    """England's line stands after the ones for all of the UK, wherever it is in the file."""
    country = land("GB")
    turned = country.model_copy(update={"lines": tuple(reversed(country.lines))})
    names = [line.id for line in choose(turned, (), "en", 3)]
    assert names == ["gb-shout", "gb-samaritans", "gb-nhs-111"]


def test_a_line_for_anyone_always_keeps_a_place() -> None:
    """However many categories fit, one crisis line for anyone is on the card."""
    lines = choose(land("US"), ("sexual-violence", "substance", "eating"), "en", 3)
    assert [line.for_anyone_in_crisis for line in lines] == [False, False, True]


def test_a_line_that_can_be_written_to_keeps_its_place() -> None:
    """When the only way to write would fall off the card, it takes the last place."""
    country = land("IE")
    talk, write = country.lines[0], country.lines[1]
    talkers = tuple(talk.model_copy(update={"id": f"ie-{i}"}) for i in range(3))
    crowded = country.model_copy(update={"lines": (*talkers, write)})
    assert [line.id for line in choose(crowded, (), "en", 3)] == ["ie-0", "ie-1", write.id]


def test_a_star_in_a_number_is_not_markdown() -> None:
    """A number with a star has no second one on its card that Discord could pair it with."""
    for make in (help_card, more_lines_card, barriers_card):
        shown = text(make(asked("CL"), english)).replace("**", "")
        assert shown.count("*") <= 1
    assert "Call *4141." in text(help_card(asked("CL"), english))


def test_barriers_are_answered_on_a_second_card() -> None:
    """The five worries each have an answer, with this country's ways to write."""
    card = barriers_card(asked("IE", level=2), english)
    for question in (
        "Will police come?",
        "Is it free?",
        "I don't want to talk out loud.",
        "My problem isn't bad enough.",
        "I don't want to be a burden.",
    ):
        assert sum(f"**{question}**\n" in paragraph for paragraph in card.paragraphs) == 1
    assert "Text HELLO to 50808." in text(card)
    assert DIRECTORY in text(barriers_card(asked("FR"), english))
    assert "free: 113 Zelfmoordpreventie" in text(barriers_card(asked("NL"), english))
    assert buttons(card)["Back to the options"] == "help:open:v1:IE.2..self"


def test_help_stands_when_the_file_is_broken() -> None:
    """Without lines there is a directory and a barrier card, and no menu that cannot work."""
    request = asked("US", lines=None, level=3)
    card = help_card(request, english)
    assert "your local emergency number" in card.paragraphs[0]
    assert "I can't open my list of lines right now." in text(card)
    assert DIRECTORY in text(card)
    assert not re.search(r"\d", text(card))
    assert menus(card) == []
    assert country_menu(request, english) == card
    assert DIRECTORY in text(more_lines_card(request, english))
    assert DIRECTORY in text(barriers_card(request, english))


def test_the_neutral_line_is_the_same_for_everybody() -> None:
    """One calm line, one button, no notification, nothing about anybody."""
    card = neutral_line(english)
    assert text(card).strip() == ("Support options are here any time. Only you see what opens.")
    assert buttons(card) == {"See options": "help:open:v1:line"}
    assert card.silent


def test_a_direct_message_is_told_that_no_person_reads_it() -> None:
    """The answer to a direct message says what answers, and offers the button."""
    card = direct_message_reply(english)
    assert card.paragraphs[0] == "I'm a program. No person reads this."
    assert buttons(card) == {"See options": "help:open:v1:"}


def test_the_emergency_sentence_stands_alone() -> None:
    """A pinned message can name the emergency number of its country, or none."""
    assert emergency_sentence(LINES, "NZ", english).endswith("call 111.")
    assert emergency_sentence(LINES, None, english).endswith("call your local emergency number.")
    assert emergency_sentence(None, "NZ", english).endswith("call your local emergency number.")


def prose(card: Card) -> str:
    """What of a card can be graded: its sentences without names, numbers and addresses."""
    plain = re.sub(r"https?://\S+|\S+@\S+|\*\*.*?\*\*|\S*\d\S*", "", text(card))
    lines = (line.strip(" -:*") for line in plain.splitlines())
    return "\n".join(line if line.endswith((".", "?")) else f"{line}." for line in lines if line)


def test_cards_read_easily() -> None:
    """Every English card reads at grade 6 or lower."""
    hard = {prose(card): grade(prose(card)) for card in every_card("en")}
    assert {told: found for told, found in hard.items() if found > 6} == {}


def test_cards_keep_the_wording_rules() -> None:
    """No card commands, blames, promises or shouts."""
    for card in every_card("en"):
        assert lint_wording(prose(card)) == []
        assert "!" not in text(card)
        assert not re.search(r"here for you|you must|you need to|we'?re watching", text(card), re.I)
