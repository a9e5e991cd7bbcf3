"""Broken files are refused with file, line, field and a sentence, all at once."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from bot.content.library import LibraryHolder
from bot.content.loader import load_library, read_items
from bot.errors import DataError, Problem
from bot.paths import shipped_data
from tests.content.helpers import HERE, expectations, lay_out, line_of

BROKEN = sorted((HERE / "broken").glob("*.yaml"))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content that a test may break."""
    shutil.copytree(shipped_data() / "content", tmp_path / "content")
    return tmp_path / "content"


def problems(folder: Path, language: str = "en") -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        load_library(folder, language)
    return caught.value.problems


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.stem)
def test_a_broken_file_is_refused_with_its_place(case: Path, tmp_path: Path) -> None:
    """File, line and field point at the mistake, and the sentence names it."""
    line, field, words = expectations(case)
    file = lay_out(case, tmp_path, "broken.yaml")
    with pytest.raises(DataError) as caught:
        read_items(tmp_path)
    first = caught.value.problems[0]
    assert (first.file, first.line, first.field) == (file, line_of(line), field)
    assert words in first.sentence


def test_all_mistakes_of_all_files_are_told_at_once(content: Path) -> None:
    """Two mistakes in two files come in one error, sorted by file and line."""
    change(content / "en" / "week-02.yaml", "    kind: skill\n", "    kind: skil\n")
    change(content / "en" / "week-01.yaml", "    title: Set up my space\n", "    titel: Space\n")
    told = [(p.file.name, p.field) for p in problems(content)]
    assert told == [
        ("week-01.yaml", "items[0].title"),
        ("week-01.yaml", "items[0].titel"),
        ("week-02.yaml", "items[0].kind"),
    ]


def test_a_mistake_in_the_defaults_is_told_once(content: Path) -> None:
    """A wrong default is one problem, at the line of the default, not one for each item."""
    change(content / "en" / "week-01.yaml", "  version: 1\n", "  version: first\n")
    (problem,) = problems(content)
    assert problem.field == "defaults.version"
    line = problem.file.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert line == "  version: first"


def test_a_hole_in_a_week_is_named(content: Path) -> None:
    """A week that lacks an item does not load, and the sentence says which is missing."""
    file = content / "en" / "week-02.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("  - id: w02d3-when-it-is-too-little")
    end = text.index("  - id: w02d3-just-the-facts")
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    (problem,) = problems(content)
    assert problem.file == file
    assert problem.sentence.startswith("week 2, day 3 has no psychoed; add one")
    assert problem.line > 1


def test_two_items_for_one_place_are_named(content: Path) -> None:
    """A second skill on one day is refused, and so is the hole it leaves."""
    file = content / "en" / "week-01.yaml"
    change(
        file,
        "    module: grounding\n    day: 2\n    title: 5-4",
        "    module: grounding\n    day: 1\n    title: 5-4",
    )
    hole, double = problems(content)
    assert "week 1, day 2 has no skill" in hole.sentence
    assert double.field == "items[3].day"
    assert "has 'w01d1-set-up-my-space' already" in double.sentence


def test_no_content_for_a_language(content: Path) -> None:
    """A language without a folder says where the files belong."""
    (problem,) = problems(content, "fr")
    assert problem.file == content / "fr"
    assert "put a .yaml file" in problem.sentence


def test_content_without_any_week(tmp_path: Path) -> None:
    """Items that belong to no day are no daily content; the start says so."""
    case = tmp_path / "case.yaml"
    case.write_text("items:\n  - id: a-skill\n", encoding="utf-8")
    lay_out(case, tmp_path, "spare.yaml")
    (problem,) = problems(tmp_path)
    assert "has no week of daily items" in problem.sentence


def test_a_failed_reload_keeps_the_old_library(content: Path) -> None:
    """A broken file on reload is told, the old items stay, and mending it brings the new ones."""
    holder = LibraryHolder(partial(load_library, content))
    before = holder.library
    file = content / "en" / "week-01.yaml"
    change(file, "    title: Set up my space\n", "    title: [My space]\n")
    (problem,) = holder.reload()
    assert (problem.file, problem.field) == (file, "items[0].title")
    assert holder.library is before
    change(file, "    title: [My space]\n", "    title: My own space\n")
    assert holder.reload() == ()
    item = holder.library.get("w01d1-set-up-my-space")
    assert item is not None
    assert item.title == "My own space"


def test_a_broken_first_load_is_an_error(content: Path) -> None:
    """Nothing starts with content that was never good."""
    (content / "en" / "week-01.yaml").write_text("items: : everything", encoding="utf-8")
    with pytest.raises(DataError, match=r"week-01\.yaml:1: .*is not valid YAML"):
        LibraryHolder(partial(load_library, content))
