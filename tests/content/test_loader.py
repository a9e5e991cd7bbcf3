"""Broken files are refused with file, line, field and a sentence, all at once."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import yaml

from bot.content.changes import changes, days_changed
from bot.content.library import LibraryHolder
from bot.content.loader import load_libraries, load_library, read_items
from bot.content.model import Kind
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


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """The sentence says how large it is, and what the limit is."""
    case = tmp_path / "case.yaml"
    told = "kind: grounding, picture: {file: dot.png, alt: A wall.}"
    case.write_text(f"items:\n  - {{id: a-card, {told}}}\n", encoding="utf-8")
    lay_out(case, tmp_path, "large.yaml")
    picture = tmp_path / "pictures" / "dot.png"
    picture.write_bytes(picture.read_bytes() + bytes(400_000))
    with pytest.raises(DataError) as caught:
        read_items(tmp_path)
    (problem,) = caught.value.problems
    assert problem.field == "items[0].picture.file"
    assert problem.sentence.startswith("has 400 KB; 300 KB is the limit")


def test_a_programmes_own_picture_comes_first(content: Path, tmp_path: Path) -> None:
    """A file in the overlay takes the place of the shipped one with its name."""
    overlay = tmp_path / "ours"
    shutil.copytree(HERE / "pictures", overlay / "pictures")
    own = overlay / "pictures" / "dot.png"
    own.rename(own.with_name("feet-on-the-floor.png"))
    for folder, same in ((None, False), (overlay, True)):
        library = load_libraries(content, folder)["es"]
        item = library.get("ground-feet-on-the-floor")
        assert item is not None
        shown = library.picture(item)
        assert shown is not None
        assert item.picture is not None
        assert shown.alt == item.picture.alt
        assert shown.alt.startswith("Dos pies")
        assert (shown.data == (HERE / "pictures" / "dot.png").read_bytes()) is same


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
    holder = LibraryHolder(partial(load_libraries, content))
    before = holder.libraries
    file = content / "en" / "week-01.yaml"
    change(file, "    title: Set up my space\n", "    title: [My space]\n")
    (problem,) = holder.read()
    assert isinstance(problem, Problem)
    assert (problem.file, problem.field) == (file, "items[0].title")
    assert holder.libraries is before
    change(file, "    title: [My space]\n", "    title: My own space\n")
    mended = holder.read()
    assert not isinstance(mended, tuple)
    holder.libraries = mended
    item = holder.speaking("en").get("w01d1-set-up-my-space")
    assert item is not None
    assert item.title == "My own space"


def test_a_broken_first_load_is_an_error(content: Path) -> None:
    """Nothing starts with content that was never good."""
    (content / "en" / "week-01.yaml").write_text("items: : everything", encoding="utf-8")
    with pytest.raises(DataError, match=r"week-01\.yaml:1: .*is not valid YAML"):
        LibraryHolder(partial(load_libraries, content))


def _spanish(content: Path, **changes: str) -> Path:
    """A Spanish file with one item, the grounding card that comes first in English."""
    first = load_library(content).of_kind(Kind.GROUNDING)[0]
    said = first.model_dump(mode="json") | {
        "title": "Los pies en el piso",
        "body": "Siente el piso.",
        "language": "es",
        "translation_of": first.id,
        "translates_version": first.version,
    }
    file = content / "es" / "grounding.yaml"
    file.parent.mkdir(exist_ok=True)
    for old in file.parent.glob("*.yaml"):
        old.unlink()
    file.write_text(yaml.safe_dump({"items": [said | changes]}), encoding="utf-8")
    return file


def test_a_translation_takes_the_place_of_its_original(content: Path) -> None:
    """The Spanish library says in Spanish what it can, and the rest as it was written."""
    _spanish(content)
    holder = LibraryHolder(partial(load_libraries, content))
    english, spanish = holder.speaking("en"), holder.speaking("es")
    first, second = english.of_kind(Kind.GROUNDING)[:2]
    assert spanish.of_kind(Kind.GROUNDING)[0].title == "Los pies en el piso"
    assert spanish.of_kind(Kind.GROUNDING)[1] == second
    assert [one.language for one in holder.others(first)] == ["es"]
    assert holder.others(second) == ()
    assert spanish.for_day(1, 1) == english.for_day(1, 1)
    assert holder.speaking("fr") is english


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id", "nobody-knows-this", "is no item of the English library"),
        ("kind", "moment", "is not that of the English item, grounding"),
    ],
)
def test_a_stray_translation_is_refused(content: Path, field: str, value: str, words: str) -> None:
    """A translation of nothing, or of something else, is named with its field."""
    extra = {"translation_of": value} if field == "id" else {}
    file = _spanish(content, **{field: value, **extra})
    with pytest.raises(DataError) as caught:
        load_libraries(content)
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == (file, f"items[0].{field}")
    assert words in problem.sentence


def test_what_a_reload_would_change(content: Path) -> None:
    """Added, changed and gone items are named by language, and the days that get another post."""
    shutil.rmtree(content / "es")
    old = load_libraries(content)
    _spanish(content)
    change(content / "en" / "week-01.yaml", "    title: Set up my space\n", "    title: A space\n")
    new = load_libraries(content)
    found = changes(old, new)
    first = load_library(content).of_kind(Kind.GROUNDING)[0]
    assert (found.added, found.gone) == ((f"es/{first.id}",), ())
    assert found.changed == ("en/w01d1-set-up-my-space",)
    assert changes(new, old).gone == found.added
    assert not changes(old, old)
    monday = date(2025, 3, 3)
    assert list(days_changed(old["en"], new["en"], monday, monday)) == [monday]
    assert list(days_changed(old["en"], new["en"], monday, monday + timedelta(1))) == []
    assert list(days_changed(old["en"], new["en"], monday, monday - timedelta(30))) == [monday]
