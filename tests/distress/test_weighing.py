"""What words weigh: the table, what it adds, what it quiets, and what it must leave alone."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.distress.check import check
from bot.distress.compiling import compile_lexicons, load
from bot.distress.fragments import FragmentWindow
from bot.distress.lexicon import read_lexicons
from bot.distress.screen import Screener
from bot.distress.weighing import FILE, QUIET, Weights, evidence, pieces, read_weights
from bot.errors import DataError
from bot.paths import shipped_data
from tests.distress.corpus.test_corpus_shape import HERE

LEXICON = """
language: xx
complete: true
entries:
  - id: xx.known
    category: suicide
    level: 0
    phrases: ["nobody lake recipe miss me"]
    matches: [nobody lake recipe miss me]
    source: a test
    reviewer: null
  - id: xx.suicide.thoughts
    category: suicide
    level: 2
    phrases: ["dark thoughts"]
    matches: [dark thoughts]
    source: a test
    reviewer: null
  - id: xx.suicide.intent
    category: suicide
    level: 3
    phrases: ["end it"]
    matches: [end it]
    source: a test
    reviewer: null
  - id: xx.suicide.firm
    category: suicide
    level: 2
    firm: true
    phrases: ["not safe"]
    matches: [not safe]
    source: a test
    reviewer: null
"""

TABLE = """words,help,urgent,category
(start),-20,-30,
(level 2),10,2,
nobody,12,3,suicide
miss me,15,30,suicide
lake,11,0,self-harm
recipe,-60,-40,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small English lexicon and a small table."""
    (tmp_path / "en.yaml").write_text(LEXICON.replace("xx", "en"), "utf-8")
    (tmp_path / FILE).write_text(TABLE, "utf-8")
    return tmp_path


def test_words_alone_speak_when_they_weigh_enough(folder: Path) -> None:
    """Level, category and the words that weighed most are told; less weight says nothing."""
    screener = Screener(load(folder))
    text = "maybe nobody would miss me, then. the lake"
    finding = screener.screen(text)
    assert (finding.level, finding.categories, finding.about) == (3, ("suicide",), "self")
    assert {rule.id for rule in finding.rules} == {"weighed.suicide.now"}
    said = [text[slice(*rule.span)] for rule in finding.rules]
    assert sorted(said) == ["lake", "miss me", "nobody"]
    calm = screener.screen("nobody saw the lake")
    assert (calm.level, calm.categories) == (2, ("suicide",))
    assert screener.screen("nobody there").level == 0


def test_words_alone_never_say_that_somebody_attacks_a_peer(folder: Path) -> None:
    """Who may be in danger is offered help, not the group agreement."""
    (folder / FILE).write_text(
        TABLE.replace("lake,11,0,self-harm", "lake,30,0,harassment"), "utf-8"
    )
    finding = Screener(load(folder)).screen("the lake")
    assert (finding.level, finding.categories, finding.about) == (2, ("severe-distress",), "self")


def test_an_entry_at_level_2_is_quieted_by_harmless_words(folder: Path) -> None:
    """And by nothing in a few words, which are too little to weigh."""
    screener = Screener(load(folder))
    finding = screener.screen("the recipe for dark thoughts and other cakes")
    assert finding.level == 0
    assert finding.suppressed == (("en.suicide.thoughts", QUIET),)
    assert screener.screen("recipe for dark thoughts").level == 2
    quiet_off = screener.without({QUIET})
    assert quiet_off.screen("the recipe for dark thoughts and other cakes").level == 2


@pytest.mark.parametrize(
    ("said", "level"),
    [("the recipe is to end it tonight you see", 3), ("i am not safe with this recipe now", 2)],
)
def test_stated_danger_and_what_is_firm_is_never_weighed_down(
    folder: Path, said: str, level: int
) -> None:
    """However harmless the rest is."""
    assert Screener(load(folder)).screen(said).level == level


def test_another_language_is_not_weighed_down(folder: Path) -> None:
    """The table knows English and Spanish words alone."""
    (folder / "de.yaml").write_text(LEXICON.replace("xx", "de").replace("dark", "dunkle"), "utf-8")
    said = "recipe recipe recipe dunkle thoughts recipe recipe"
    assert Screener(load(folder)).screen(said).level == 2


def test_what_is_left_out_does_not_speak(folder: Path) -> None:
    """A programme leaves out weighed words by category, like any other entry."""
    screener = Screener(load(folder)).without({"weighed.suicide.now"})
    assert screener.screen("maybe nobody would miss me, then").level == 0


def test_small_weights_of_many_messages_do_not_add_up(folder: Path) -> None:
    """Pieces read as one speak by an entry, not by their words alone."""
    window = FragmentWindow(Screener(load(folder)))
    found = [window.feed(1, 1, n, text, n) for n, text in enumerate(("nobody came", "to the lake"))]
    assert [finding.level for finding in found] == [0, 0]


def test_a_weighed_down_entry_does_not_hide_what_is_said_in_pieces(folder: Path) -> None:
    """The pieces are read without spaces, too, whatever their words weigh together."""
    window = FragmentWindow(Screener(load(folder)))
    said = ("the recipe for dark thoughts and other cakes is ", "e", "nd", " it")
    assert [window.feed(1, 1, n, text, n).level for n, text in enumerate(said)] == [0, 0, 0, 3]


def test_a_long_text_is_weighed_in_stretches(folder: Path) -> None:
    """What is far apart is not one thought; what is near is found anywhere."""
    screener = Screener(load(folder))
    filler = "and then some more " * 60
    assert screener.screen(f"nobody {filler} lake").level == 0
    assert screener.screen(f"{filler} nobody saw the lake {filler}").level == 2


def test_pieces_are_words_and_pairs_each_once() -> None:
    """Edges of sentences stand in pairs alone."""
    row = ["\n", "i", "am", "\n", "i", "am", "\n"]
    assert list(pieces(row)) == ["i", "/ i", "am", "i am", "am /"]


def test_what_entries_say_has_rows_of_its_own() -> None:
    """Level, category, entry and what quieted another."""
    said = evidence(2, ["suicide"], ["en.suicide.wish"], ["en.past-body"])
    assert said == {"(level 2)", "(suicide 2)", "(en.suicide.wish)", "(quieted past-body)"}
    assert evidence(0, [], [], []) == {"(nothing said)"}


@pytest.mark.parametrize("row", ["lake,many,0,suicide", "lake,1,0,sea", "lake,1,0"])
def test_a_broken_row_is_named(folder: Path, row: str) -> None:
    """With its file and line."""
    (folder / FILE).write_text(f"{TABLE}{row}\n", "utf-8")
    with pytest.raises(DataError, match=rf"{FILE}:8: .*mend or delete it"):
        read_weights(folder)
    assert [problem.line for problem in check(folder)] == [8]


def test_a_changed_table_is_read_anew(folder: Path, tmp_path: Path) -> None:
    """The cache knows the table it was made with."""
    cache = tmp_path / "cache" / "lexicon"
    cache.parent.mkdir()
    assert Screener(load(folder, cache)).screen("nobody saw the lake").level == 2
    assert Screener(load(folder, cache)).screen("nobody saw the lake").level == 2
    (folder / FILE).write_text(TABLE.replace("nobody,12", "nobody,1"), "utf-8")
    assert Screener(load(folder, cache)).screen("nobody saw the lake").level == 0


def test_nothing_is_weighed_without_a_table(folder: Path) -> None:
    """A lexicon of one's own needs none."""
    (folder / FILE).unlink()
    assert not Weights(read_weights(folder))
    assert Screener(load(folder)).screen("nobody would miss me").level == 0


def test_the_shipped_table_is_of_words_in_the_corpus() -> None:
    """Each of its rows stands in at least two of the messages that it was learned from."""
    folder = shipped_data() / "distress"
    screener = Screener(compile_lexicons(read_lexicons(folder)))
    standing: Counter[str] = Counter()
    for file in [*HERE.glob("learn-*.jsonl"), *HERE.glob("dev-*.jsonl")]:
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            text = row.get("text") or "\n".join(row["messages"])
            standing.update(pieces(screener.words(text)).keys())
    table = [row for row in read_weights(folder) if not row.startswith("(")]
    assert len(table) > 5_000
    assert [row for row in table if standing[row] < 2] == []
