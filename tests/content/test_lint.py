"""Each rule catches what it is meant for, at the right place, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.day_card import day_card
from bot.content.lint import lint, reading_grade
from bot.content.loader import Placed, read_items
from bot.content.model import Item
from bot.content.reading import ease, grade
from bot.content.wording import lint_wording, load_rules, shipped_rules
from bot.errors import DataError
from bot.marked_yaml import Marked
from tests.content.helpers import HERE, expectations, lay_out, line_of, make_item

BAD = sorted((HERE / "bad").glob("*.yaml"))
DENIED = ["1 (800) 555-0199", "+6321553"]
ABOUT_ITEMS = {
    "alt-text",
    "asks-a-question",
    "deny-list",
    "five-minutes",
    "id-form",
    "near-twin",
    "plain-words",
    "suicide-line",
    "note-reason",
    "reading-grade",
    "reading-mean",
    "source",
    "source-standing",
    "twin",
    "weekend-light",
    "words",
}


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.stem)
def test_a_bad_item_is_caught_by_its_rule_alone(case: Path, tmp_path: Path) -> None:
    """A bad item breaks exactly the rule it is named for; file, line and field are right."""
    rule, line, field = expectations(case)
    file = lay_out(case, tmp_path, "bad.yaml")
    faults = lint(read_items(tmp_path), DENIED)
    told = {(fault.rule, fault.problem.line, fault.problem.field) for fault in faults}
    assert told == {(rule, line_of(line), field)}
    assert {fault.problem.file for fault in faults} == {file}
    assert all(len(fault.problem.sentence) > 25 for fault in faults), "no way out is named"


def test_every_rule_has_a_bad_item() -> None:
    """No rule is without an item in bad/ that it catches."""
    rules = shipped_rules()
    named = {rule.id for rule in rules.rules} | {rule.id for rule in rules.cautions}
    assert {expectations(case)[0] for case in BAD} == named | ABOUT_ITEMS


def test_the_good_item_is_clean(tmp_path: Path) -> None:
    """The item that all bad ones differ from breaks no rule itself."""
    case = tmp_path / "case.yaml"
    case.write_text("items:\n  - id: a-skill\n", encoding="utf-8")
    lay_out(case, tmp_path, "good.yaml")
    assert lint(read_items(tmp_path), DENIED) == []


PATTERNS = [
    ("no-exclamation", "Well done!"),
    ("no-capitals", "READ THIS first"),
    ("suicide-story", "It was inexplicable."),
    ("suicide-story", "It was inexplicably sad."),
    ("suicide-story", "The only way out."),
    ("suicide-story", "She is at peace now."),
    ("suicide-story", "A suicide epidemic."),
    ("suicide-story", "It came for no reason at all."),
    ("no-method", "A noose."),
    ("no-method", "Hurt by slitting."),
    ("no-method", "He jumped off a bridge."),
    ("no-method", "She shot herself."),
    ("no-method", "Taking all your pills."),
    ("no-command", "You should rest."),
    ("no-command", "Make sure you rest."),
    ("no-command", "Rest is good and it is required."),
    ("no-threat", "If you don't answer, you will lose your place."),
    ("no-threat", "This is your last chance."),
    ("no-claim", "It cures fear."),
    ("no-claim", "We guarantee it."),
    ("no-claim", "It is clinically proven."),
    ("no-claim", "It will heal you."),
    ("no-claim", "It looks like you have depression."),
    ("no-streak", "Five days in a row."),
    ("no-streak", "Don't break the chain."),
    ("no-streak", "You missed a check-in."),
    ("no-assumptions", "Ask your partner."),
    ("no-assumptions", "When you get to your kitchen."),
    ("no-assumptions", "Say a prayer, or pray."),
    ("no-assumptions", "Treat yourself to a coffee."),
    ("no-body-numbers", "You could lose weight."),
    ("no-body-numbers", "Walk 10,000 steps."),
    ("no-body-numbers", "You have earned your rest."),
    ("rolling-admission", "Think of what you did yesterday."),
    ("rolling-admission", "Remember when we spoke of this."),
    ("no-mention", "Hello <@1234>."),
    ("no-link", "See https://example.org."),
]


@pytest.mark.parametrize(("rule", "text"), PATTERNS)
def test_a_pattern_catches_its_example(rule: str, text: str) -> None:
    """Each example breaks its rule and no other."""
    assert {slip.rule for slip in lint_wording(text, item=True)} == {rule}


def test_every_pattern_has_an_example() -> None:
    """No pattern in the rules goes untried."""
    texts = [text for _, text in PATTERNS]
    for rule in shipped_rules().rules:
        for pattern, way_out in rule.patterns.items():
            slips = [slip for text in texts for slip in lint_wording(text, item=True)]
            assert any(slip.sentence.endswith(way_out) for slip in slips), pattern


@pytest.mark.parametrize(
    ("rule", "phrase"), [(rule.id, word) for rule in shipped_rules().rules for word in rule.words]
)
def test_a_phrase_is_caught_in_any_case(rule: str, phrase: str) -> None:
    """A phrase is found at the start of a sentence too, with a typographic apostrophe as well."""
    text = f"{phrase.capitalize()}, some say.".replace("'", "’")
    assert rule in {slip.rule for slip in lint_wording(text)}


@pytest.mark.parametrize(
    "text",
    [
        "You do not have to talk. No one has to know.",
        "There is no need to hold your breath.",
        "Wash one clean cup. Read the dirty old book.",
        "DEAR MAN and STOP are names of skills. IOP is short.",
        "An addictive song. A graduated cup. The secure door.",
        "If you don't like it, leave it out.",
        "She died by suicide. A suicide attempt is not the end.",
        "Suicide can be prevented. Call or text 988.",
        "You are here. That is a lot.",
        "I'm a bot. No person sees this right away.",
        "If you or someone else is in danger now, call 911.",
    ],
)
def test_plain_kind_words_pass(text: str) -> None:
    """Words that only look like banned ones are left alone."""
    allowed = {"no-blame"} if "graduated cup" in text else set()
    assert {slip.rule for slip in lint_wording(text)} <= allowed


def test_the_bots_own_strings_may_name_yesterday_and_a_link() -> None:
    """Rules about first days and links hold for items, not for what the bot says itself."""
    text = "Yesterday's check-in is at https://example.org."
    assert lint_wording(text) == []
    assert {slip.rule for slip in lint_wording(text, item=True)} == {
        "rolling-admission",
        "no-link",
    }


def test_the_day_cards_own_strings_are_worded_well() -> None:
    """Every string that the day card itself adds keeps the wording rules."""
    heard: list[str] = []

    def listen(text: str) -> str:
        heard.append(text)
        return text

    from bot.cards import Button
    from bot.content.model import DayContent

    day = DayContent(*(make_item(materials=["a pen"], reflection="What?") for _ in range(3)))
    for weekend in (False, True):
        day_card(day, translate=listen, support_button=Button("Support options"), weekend=weekend)
    assert len(set(heard)) == 8
    assert [lint_wording(text) for text in heard] == [[]] * len(heard)


def test_a_hard_item_passes_with_a_written_reason(tmp_path: Path) -> None:
    """A reading_override silences the grade of the item itself."""
    case = tmp_path / "case.yaml"
    hard = (HERE / "bad" / "reading-grade.yaml").read_text(encoding="utf-8")
    reason = "    reading_override: The names of the skill cannot be changed.\n"
    case.write_text(hard.replace("  - id: an-easy", reason + "  - id: an-easy"), encoding="utf-8")
    lay_out(case, tmp_path, "hard.yaml")
    assert lint(read_items(tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("Call 1 800 555 0199 now.", True),
        ("Call 18005550199 now.", True),
        ("Call +63-2-1553 now.", True),
        ("Call 1-800-555-01999 now.", False),
        ("Call 988 now.", False),
    ],
)
def test_a_denied_number_is_found_however_it_is_spaced(
    text: str, caught: bool, tmp_path: Path
) -> None:
    """Spaces, dots, brackets and dashes do not hide a number, and a longer number is another."""
    case = tmp_path / "case.yaml"
    case.write_text(f"items:\n  - id: a-skill\n    body: {text}\n", encoding="utf-8")
    lay_out(case, tmp_path, "numbers.yaml")
    assert bool(lint(read_items(tmp_path), DENIED)) is caught


def test_a_denied_address_is_found_among_the_sources(tmp_path: Path) -> None:
    """The deny-list looks at source pages too."""
    case = tmp_path / "case.yaml"
    case.write_text("items:\n  - id: a-skill\n", encoding="utf-8")
    lay_out(case, tmp_path, "sources.yaml")
    faults = lint(read_items(tmp_path), ["www.nimh.nih.gov"])
    assert [(fault.rule, fault.problem.field) for fault in faults] == [
        ("deny-list", "defaults.source")
    ]


def test_the_grade_is_flesch_kincaids() -> None:
    """For words that the dictionary knows, the grade is the one textstat gives."""
    import textstat

    text = "The quick brown fox jumps over the lazy dog. It was a long and very windy morning."
    assert grade(text) == pytest.approx(textstat.flesch_kincaid_grade(text), abs=0.05)


def test_the_grade_stands_words_no_dictionary_has() -> None:
    """A made-up word is counted by its hyphens instead of failing."""
    assert grade("She steadies the floofing wobblecat in the garden.") > 0
    assert grade("") == 0


def test_harder_text_has_a_higher_grade() -> None:
    """Long words and sentences raise the grade of an item."""
    easy = make_item(body="Sit down. Look at the wall. Name one thing on it.")
    hard = make_item(body="Contemplate the architectural characteristics of surrounding surfaces.")
    assert reading_grade(easy) < 3 < reading_grade(hard)


def test_a_broken_rule_file_is_named_with_its_line(tmp_path: Path) -> None:
    """A pattern that is no regular expression is refused with the file and the line."""
    file = tmp_path / "wording-en.yaml"
    file.write_text(
        "language: en\nrules:\n  - id: a-rule\n    patterns:\n      '(': close it\n"
        "cautions: []\nstanding: []\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        load_rules(file)
    (problem,) = caught.value.problems
    assert problem.file == file
    assert problem.line == 5
    assert "is not a regular expression" in problem.sentence


def test_spanish_is_measured_by_a_spanish_formula() -> None:
    """Long words and sentences are told on the INFLESZ scale, short ones pass."""
    hard = make_item(
        language="es",
        body="La psicoeducación contribuye significativamente a comprender los mecanismos "
        "neurobiológicos subyacentes, independientemente de circunstancias individuales.",
        practice="Considera detenidamente las consecuencias.",
        title="Consideraciones preliminares",
        plain="Consideraciones extraordinariamente complicadas.",
    )
    easy = make_item(language="es", title="Los pies", body="Siente el piso.", practice="Mira.")
    told = [fault.rule for fault in lint([_placed(hard)])]
    measured = sorted(rule for rule in told if rule == "plain-words" or "reading" in rule)
    assert measured == ["plain-words", "reading-ease", "reading-mean"]
    assert [fault for fault in lint([_placed(easy)]) if "reading" in fault.rule] == []
    assert ease("") == 100


def _placed(item: Item) -> Placed:
    return Placed(item, 0, Marked(Path("some.yaml"), {}, {}))
