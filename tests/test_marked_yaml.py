"""YAML with the line of every value, and a place for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import DataError, Problem
from bot.marked_yaml import Marked, dotted, read

TEXT = """\
# A comment.
defaults:
  week: 1
items:
  - id: first
    tags: [one,
      two]
  - id: second
    body: >-
      A text
      over two lines.
"""


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "items.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def problem(folder: Path, text: str | bytes) -> Problem:
    """The one problem of a file."""
    with pytest.raises(DataError) as caught:
        read(written(folder, text))
    (found,) = caught.value.problems
    assert found.file == folder / "items.yaml"
    return found


def test_every_value_has_its_line(tmp_path: Path) -> None:
    """Also inside of lists, in brackets over several lines, and of folded texts."""
    marked = read(written(tmp_path, TEXT))
    assert marked.data["items"][1]["body"] == "A text over two lines."
    assert marked.data["items"][0]["tags"] == ["one", "two"]
    lines = {dotted(path): line for path, line in marked.lines.items()}
    assert lines == {
        "": 2,
        "defaults": 3,
        "defaults.week": 3,
        "items": 5,
        "items[0]": 5,
        "items[0].id": 5,
        "items[0].tags": 6,
        "items[0].tags[0]": 6,
        "items[0].tags[1]": 7,
        "items[1]": 8,
        "items[1].id": 8,
        "items[1].body": 9,
    }


def test_what_is_not_there_has_the_line_of_what_should_hold_it(tmp_path: Path) -> None:
    """A missing field is told at the item it is missing from."""
    marked = read(written(tmp_path, TEXT))
    assert marked.line(("items", 1, "title")) == 8
    assert marked.line(("nowhere", 3)) == 2
    assert str(marked.problem(("items", 1, "title"), "is missing; add it")) == (
        f"{marked.file}:8: items[1].title: is missing; add it"
    )


def test_an_empty_file_is_no_value_on_line_one(tmp_path: Path) -> None:
    """So that its reader can say what belongs into it."""
    marked = read(written(tmp_path, "# only a comment\n"))
    assert (marked.data, marked.line(())) == (None, 1)


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    week: int


def test_what_pydantic_finds_is_told_in_our_words_with_lines(tmp_path: Path) -> None:
    """Missing and unknown fields, the usual mistakes, end with the way out."""
    marked = read(written(tmp_path, "id: a\nweek: soon\nwekk: 2\n"))
    with pytest.raises(ValidationError) as caught:
        _Item.model_validate(marked.data)
    week, wekk = marked.problems(caught.value)
    assert (week.line, week.field) == (2, "week")
    assert week.sentence.startswith("input should be a valid integer")
    assert (wekk.line, wekk.sentence) == (3, "is not a field here; check its spelling")
    nothing = Marked(marked.file, {}, {})
    with pytest.raises(ValidationError) as caught:
        _Item.model_validate({"id": "a"})
    assert [str(p.sentence) for p in nothing.problems(caught.value)] == ["is missing; add it"]


def test_a_key_that_stands_twice_is_told_at_the_second(tmp_path: Path) -> None:
    """YAML itself would silently drop the first."""
    found = problem(tmp_path, "a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert (found.line, found.field, found.sentence) == (4, "a.b", "stands twice; keep one of them")


@pytest.mark.parametrize("key", ["1.5", "~", "[a]", "2026-01-01"])
def test_a_key_must_be_a_word(key: str, tmp_path: Path) -> None:
    """What YAML turns into something else cannot be pointed at."""
    found = problem(tmp_path, f"a: 1\n? {key}\n: b\n")
    assert (found.line, found.sentence) == (2, "a key must be a word; put it in quotes")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Line 0: the file as a whole."""
    with pytest.raises(DataError) as caught:
        read(tmp_path / "none.yaml")
    assert (
        str(caught.value) == f"{tmp_path / 'none.yaml'}: cannot be read: No such file or directory"
    )


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    """A Windows editor's é is no UTF-8."""
    found = problem(tmp_path, "name: In\xe9s\n".encode("latin-1"))
    assert (found.line, found.sentence) == (0, "is not UTF-8; save it as UTF-8 and try again")


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a: 1\nb:\n\tc: 2\n", 3, "cannot start any token"),
        ("a: 1\nb: c: d\n", 2, "mapping values are not allowed"),
        ("a:\n    b: 1\n  c: 2\n", 3, "did not find expected key"),
        ("a: 1\nb: *nobody\n", 2, "undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
        ("a: 1\nb: !!python/name:os.system x\n", 2, "could not determine a constructor"),
        ("a: 1\nb: c\x07d\n", 2, "control characters are not allowed"),
        ("a: 1\nb: 2026-02-31\n", 2, "day is out of range"),
        ("a: 1\nb: !!int many\n", 2, "invalid literal"),
        ("a: &a [*a]\n", 0, "has an alias (*) inside of what it stands for"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(
    text: str, line: int, told: str, tmp_path: Path
) -> None:
    """Never a traceback, never a guess."""
    found = problem(tmp_path, text)
    assert found.line == line
    assert told in found.sentence


@pytest.mark.parametrize(
    ("opened", "name"),
    [
        ('"a text', "a quotation mark"),
        ("'a text", "a quotation mark"),
        ("[a", "a square bracket"),
        ("{a: b", "a curly brace"),
    ],
)
def test_what_is_not_closed_is_told_where_it_opens(opened: str, name: str, tmp_path: Path) -> None:
    """The parser notices only far below, where nothing is wrong."""
    found = problem(tmp_path, f"a: 1\nb: {opened}\nc: 2\nd:\n  - e\n")
    assert found.line == 2
    assert found.sentence == (
        f"is not valid YAML: {name} opens here; close it, or look for a missing comma"
    )


def test_a_wrong_date_names_its_field(tmp_path: Path) -> None:
    """The day a line was verified is typed by hand."""
    found = problem(tmp_path, "lines:\n  - verified_on: 2026-02-31\n")
    assert found.field == "lines[0].verified_on"
