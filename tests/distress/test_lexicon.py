"""The shipped lexicons, and what happens to one with a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.distress.check import check
from bot.distress.compiling import compile_lexicons
from bot.distress.lexicon import read_lexicons
from bot.distress.screen import Screener
from bot.errors import DataError
from bot.paths import shipped_data

SHIPPED = shipped_data() / "distress"
SMALL = """\
language: en
complete: true
stops: ["not"]
spellings:
  short: {wanna: want to, "don't": do not}
slots:
  die: [die, "be dead"]
entries:
  - id: en.suicide.wish
    category: suicide
    level: 2
    phrases: ["i want to {die}"]
    matches: ["i wanna die"]
    spares: ["i want to dance"]
    source: a test
    reviewer: null
"""


def write(folder: Path, text: str) -> Path:
    (folder / "en.yaml").write_text(text, encoding="utf-8")
    return folder


def test_every_shipped_entry_and_context_rule_keeps_its_own_examples() -> None:
    """Each entry fires on its matches and spares its spares; each rule quiets what it says."""
    assert check(SHIPPED) == []


def test_removing_any_one_context_rule_changes_one_of_its_own_examples() -> None:
    """No context rule is idle: without it, something it must quiet comes out at level 2 or 3."""
    screener = Screener(compile_lexicons(read_lexicons(SHIPPED)))  # before anything is weighed
    for source in read_lexicons(SHIPPED):
        for rule in source.lexicon.context:
            without = screener.without({rule.id})
            assert any(without.screen(text).level >= 2 for text in rule.quiets), rule.id
            assert all(screener.screen(text).level < 2 for text in rule.quiets), rule.id


def test_english_and_spanish_are_complete_and_eight_more_have_the_words_that_matter() -> None:
    """The languages are those the programme was promised."""
    sources = read_lexicons(SHIPPED)
    languages = {
        part.lexicon.language: any(
            s.lexicon.complete for s in sources if s.lexicon.language == part.lexicon.language
        )
        for part in sources
    }
    assert {name for name, complete in languages.items() if complete} == {"en", "es"}
    assert set(languages) == {"en", "es", "fr", "pt", "de", "it", "nl", "tl", "zh", "ar"}


def test_no_reviewer_is_invented() -> None:
    """Nobody has reviewed an entry until somebody has."""
    rules = [r for s in read_lexicons(SHIPPED) for r in (*s.lexicon.entries, *s.lexicon.context)]
    assert {rule.reviewer for rule in rules} == {None}


def test_a_small_lexicon_reads_slots_and_spellings(tmp_path: Path) -> None:
    """A template finds every phrase of its slot, spelled as people spell."""
    screener = Screener.load(write(tmp_path, SMALL))
    assert screener.screen("I wanna be dead").level == 2
    assert screener.screen("I want to dance").level == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "says"),
    [
        ("i want to {die}", "i want to {dye}", 12, "entries[0].phrases[0]", "not a slot"),
        ("i want to {die}", "i want (to {die}", 12, "entries[0].phrases[0]", "close"),
        ("i want to {die}", "i want to {die})", 12, "entries[0].phrases[0]", "did not open"),
        ("i want to {die}", "?", 12, "entries[0].phrases[0]", "left out"),
        ("i want to {die}", "i?", 12, "entries[0].phrases[0]", "no word that must be there"),
        ("i want to {die}", "want } to", 12, "entries[0].phrases[0]", "means nothing here"),
        ("    matches: [", "    colour: red\n    matches: [", 13, "colour", "spelling"),
        ("level: 2", "level: 7", 11, "level", "0, 1, 2 or 3"),
        ("category: suicide", "category: sadness", 10, "category", "should be"),
        ("    reviewer: null\n", "", 9, "reviewer", "is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_line_and_field(
    tmp_path: Path, old: str, new: str, line: int, field: str, says: str
) -> None:
    """A lexicon with a mistake is refused, and the sentence says where it stands."""
    folder = write(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        Screener.load(folder)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert field in problem.field
    assert says in problem.sentence


def test_a_slot_that_contains_itself_is_refused(tmp_path: Path) -> None:
    """A circle of slots is a mistake, not an endless loop."""
    folder = write(tmp_path, SMALL.replace('"be dead"', '"be {die}"'))
    with pytest.raises(DataError, match="contains itself"):
        Screener.load(folder)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two entries under one id could not be told apart in an alert."""
    entry = SMALL[SMALL.index("  - id") :]
    with pytest.raises(DataError, match="stands twice"):
        Screener.load(write(tmp_path, SMALL + entry))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """Screening with no lexicon would be silence that looks like peace."""
    with pytest.raises(DataError, match="no lexicon"):
        Screener.load(tmp_path)


def test_an_entry_that_fails_its_own_examples_is_a_problem(tmp_path: Path) -> None:
    """Check names the example and what to do about it."""
    text = SMALL.replace('matches: ["i wanna die"]', 'matches: ["i wanna dance"]')
    (problem,) = check(write(tmp_path, text.replace('spares: ["i want to dance"]', "spares: []")))
    assert problem.field == "entries[0].matches[0]"
    assert problem.line == 13
    assert "does not fire" in problem.sentence


def test_an_entry_that_fires_on_what_it_spares_is_a_problem(tmp_path: Path) -> None:
    """A spare that fires is told with its field."""
    text = SMALL.replace('spares: ["i want to dance"]', 'spares: ["i want to die"]')
    (problem,) = check(write(tmp_path, text))
    assert problem.field == "entries[0].spares[0]"
    assert "must spare" in problem.sentence


def test_an_idle_context_rule_is_a_problem(tmp_path: Path) -> None:
    """A rule whose examples are quiet without it, or that quiets its pair, is told so."""
    rule = """\
context:
  - id: en.idle
    kind: idiom
    where: message
    phrases: [tacos]
    quiets: ["tacos are good"]
    spares: ["i want to die tacos"]
    source: a test
    reviewer: null
"""
    problems = check(write(tmp_path, SMALL + rule))
    assert [problem.field for problem in problems] == ["context[0].quiets", "context[0].spares[0]"]


def test_the_cache_gives_the_same_lexicons_and_follows_a_change(tmp_path: Path) -> None:
    """The cache is used for the files it was made from, and no others."""
    folder = write(tmp_path, SMALL)
    cache = tmp_path / "cache.json"
    Screener.load(folder, cache)
    assert cache.exists()
    assert Screener.load(folder, cache).screen("i want to die").level == 2
    write(folder, SMALL.replace("level: 2", "level: 3"))
    assert Screener.load(folder, cache).screen("i want to die").level == 3


def test_a_broken_cache_is_no_fault(tmp_path: Path) -> None:
    """A cache that cannot be read is made again."""
    folder = write(tmp_path, SMALL)
    cache = tmp_path / "cache.json"
    cache.write_text("{half a f", encoding="utf-8")
    assert Screener.load(folder, cache).screen("i want to die").level == 2


def test_compiling_twice_gives_the_same_patterns() -> None:
    """The cache file of one machine is that of another."""
    assert compile_lexicons(read_lexicons(SHIPPED)) == compile_lexicons(read_lexicons(SHIPPED))


CLAIMED = """\
  - id: en.other.tale
    category: third-party
    level: 1
    claims: true
    phrases: ["he said i want to {die}"]
    matches: ["he said i want to die"]
    spares: ["he said no"]
    source: a test
    reviewer: null
"""


@pytest.mark.parametrize(("ignores", "level"), [("[]", 1), ("[en.other]", 2), ("[en.others]", 1)])
def test_a_claim_has_no_power_over_an_entry_that_ignores_it(
    tmp_path: Path, ignores: str, level: int
) -> None:
    """What one entry takes for itself stays with another that names it, or its family."""
    small = SMALL.replace("    level: 2\n", f"    level: 2\n    ignores: {ignores}\n")
    screener = Screener.load(write(tmp_path, small + CLAIMED))
    assert screener.screen("he said i want to die").level == level
