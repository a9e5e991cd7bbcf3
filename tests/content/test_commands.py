"""``handrail content``: what clinicians do with the content outside of Discord."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from bot.__main__ import main
from bot.content.loader import load_libraries, load_library
from bot.content.model import Kind
from bot.content.reviews import overdue, read_reviews
from bot.content.sheets import COLUMNS
from bot.paths import shipped_data

CONTENT = shipped_data() / "content"
Handrail = Callable[..., tuple[int, str]]


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A programme's own folder, named in the settings; empty."""
    folder = tmp_path / "ours"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDRAIL_CONTENT_OVERLAY", str(folder))
    return folder


@pytest.fixture
def handrail(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Handrail:
    """Runs ``handrail content ...``: the exit status and everything it said."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["handrail", "content", *map(str, arguments)])
        try:
            main()
        except SystemExit as left:
            status = int(left.code or 0)
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def test_listing(handrail: Handrail, overlay: Path) -> None:
    """Items are listed by kind and week, with their review."""
    status, said = handrail("list", "--kind", "skill", "--week", "3")
    assert status == 0
    assert said.count("not reviewed") == 7
    assert said.endswith("7 items.\n")


def test_showing(handrail: Handrail, overlay: Path) -> None:
    """One item is shown with all its fields; an unknown id says how to find it."""
    status, said = handrail("show", "w01d1-set-up-my-space")
    assert status == 0
    assert yaml.safe_load(said)["title"] == "Set up my space"
    assert handrail("show", "nothing") == (
        1,
        "There is no item 'nothing'. handrail content list shows them all.\n",
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_round_trip_that_changes_nothing(
    handrail: Handrail, overlay: Path, tmp_path: Path, ending: str
) -> None:
    """Exported and imported again as it is, a table writes nothing."""
    table = tmp_path / f"content.{ending}"
    assert "items are in" in handrail("export", table)[1]
    status, said = handrail("import", table)
    assert (status, said) == (
        0,
        "The table says what is in use already. Nothing was written.\n",
    )
    assert list(overlay.iterdir()) == []


def test_a_cell_changed_in_a_spreadsheet(handrail: Handrail, overlay: Path, tmp_path: Path) -> None:
    """It changes that field of that item for this programme, counts up, and is unreviewed."""
    table = tmp_path / "cards.xlsx"
    handrail("export", table, "--kind", "grounding")
    book = load_workbook(table)
    sheet = book.worksheets[0]
    name = sheet.cell(2, COLUMNS.index("id") + 1).value
    sheet.cell(2, COLUMNS.index("title") + 1).value = "Feet first"
    book.save(table)
    handrail("review", name, "--by", "R. Reader, LCSW", "--on", "2026-01-05")
    status, said = handrail("import", table)
    assert status == 0
    assert f"{name}: title\n" in said
    before = load_library(CONTENT).get(str(name))
    after = load_libraries(CONTENT, overlay)["en"].get(str(name))
    assert before is not None
    assert after is not None
    assert (after.title, after.version) == ("Feet first", before.version + 1)
    assert after.body == before.body
    assert after.picture == before.picture is not None
    assert not after.reviewed
    (late,) = overdue([after], read_reviews(overlay), after.reviewed_on or date(2026, 2, 1))
    assert late.why == "version 1 was read, 2 is new"
    assert f"{name}: version 1 was read" in handrail("list", "--overdue")[1]
    assert f"yours in place of the shipped one: {name}" in handrail("diff", "--language", "en")[1]


def test_the_alt_text_is_changed_in_a_table(
    handrail: Handrail, overlay: Path, tmp_path: Path
) -> None:
    """A picture is one cell, ``file | alt``; the shipped file stays in use."""
    table = tmp_path / "cards.csv"
    handrail("export", table, "--kind", "grounding")
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(text.replace("| Two feet in shoes", "| Two shoes"), encoding="utf-8")
    assert handrail("import", table)[0] == 0
    library = load_libraries(CONTENT, overlay)["en"]
    item = library.get("ground-feet-on-the-floor")
    assert item is not None
    shown = library.picture(item)
    assert shown is not None
    assert shown.alt.startswith("Two shoes, side by side")


def test_a_bad_row_writes_nothing(handrail: Handrail, overlay: Path, tmp_path: Path) -> None:
    """Row and column of each mistake are named, and the good rows wait with the bad one."""
    table = tmp_path / "content.csv"
    handrail("export", table, "--kind", "grounding")
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0]["title"] = "Feet first"
    rows[3]["time_minutes"] = "soon"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    status, said = handrail("import", table)
    assert status == 1
    assert "content.csv:5" in said
    assert "time_minutes" in said
    assert list(overlay.iterdir()) == []


def test_a_table_is_not_written_over(handrail: Handrail, overlay: Path, tmp_path: Path) -> None:
    """An export keeps its hands off a file that is there, and says how a place will not do."""
    table = tmp_path / "cards.csv"
    table.write_text("mine", encoding="utf-8")
    status, said = handrail("export", table)
    assert status == 1
    assert "is there already" in said
    assert table.read_text(encoding="utf-8") == "mine"
    for arguments in (("export", table / "x.csv"), ("book", "--out", table / "x.html")):
        status, said = handrail(*arguments)
        assert status == 1
        assert "cannot be written" in said


def test_a_spreadsheet_program_writes_true_its_own_way(
    handrail: Handrail, overlay: Path, tmp_path: Path
) -> None:
    """A table that comes back with TRUE in capitals is the same table."""
    table = tmp_path / "cards.csv"
    handrail("export", table, "--kind", "grounding")
    text = table.read_text(encoding="utf-8")
    assert ",True," in text
    table.write_text(text.replace(",True,", ",TRUE,"), encoding="utf-8")
    assert "in use already" in handrail("import", table)[1]


def test_a_folder_of_ones_own_that_is_not_there(
    handrail: Handrail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is named and missing is told, since it may take texts out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDRAIL_CONTENT_OVERLAY", str(tmp_path / "typo"))
    status, said = handrail("list")
    assert status == 1
    assert "mend HANDRAIL_CONTENT_OVERLAY" in said


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("content.txt", "", "must end in .csv or .xlsx"),
        ("content.csv", "", "is empty"),
        ("content.csv", "id,title\na,b\n", "lacks the columns"),
        ("content.xlsx", "no spreadsheet", "cannot be read as a table"),
    ],
)
def test_what_is_no_table(
    handrail: Handrail, overlay: Path, tmp_path: Path, name: str, text: str, words: str
) -> None:
    """A file that cannot be read as a table says why."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    status, said = handrail("import", file)
    assert status == 1
    assert words in said


def test_a_review_holds_for_what_was_read(handrail: Handrail, overlay: Path) -> None:
    """The name stands in the product from then on; a day that has not come is refused."""
    handrail("review", "w01d1-set-up-my-space", "--by", "R. Reader, LCSW", "--on", "2026-01-05")
    item = load_libraries(CONTENT, overlay)["en"].get("w01d1-set-up-my-space")
    assert item is not None
    assert (item.reviewed_by, str(item.reviewed_on)) == ("R. Reader, LCSW", "2026-01-05")
    assert "reviewed by R. Reader, LCSW" in handrail("list", "--kind", "skill", "--week", "1")[1]
    status, said = handrail("review", item.id, "--by", "R. Reader", "--on", "2999-01-01")
    assert status == 1
    assert "is not here yet" in said
    late = overdue([item], read_reviews(overlay), date(2027, 2, 1))
    assert [one.why for one in late] == ["last read on 2026-01-05"]


def test_without_a_folder_of_ones_own(
    handrail: Handrail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be lost at the next update is refused, with the way to keep it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HANDRAIL_CONTENT_OVERLAY", raising=False)
    for arguments in (("new", "skill"), ("review", "w01d1-set-up-my-space", "--by", "R. Reader")):
        status, said = handrail(*arguments)
        assert status == 1
        assert "Set HANDRAIL_CONTENT_OVERLAY" in said


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_item_is_a_form_to_fill_in(handrail: Handrail, overlay: Path, kind: Kind) -> None:
    """Filled in, it is an item; a second one does not write over it."""
    status, said = handrail("new", kind)
    assert status == 0
    file = overlay / "en" / f"own-{kind}.yaml"
    assert str(file) in said
    text = file.read_text(encoding="utf-8")
    for blank, filled in (
        ("<a-name-of-its-own>", f"our-{kind}"),
        ("<what it belongs to, such as grounding>", "ours"),
        ("<one-word>", "ours"),
        ("https://<address>", "https://www.nimh.nih.gov/health"),
        ("<", ""),
    ):
        text = text.replace(blank, filled)
    file.write_text(text, encoding="utf-8")
    item = load_libraries(CONTENT, overlay)["en"].get(f"our-{kind}")
    assert item is not None
    assert item.kind is kind
    assert handrail("new", kind)[0] == 1


def test_an_item_of_ones_own_takes_the_place(overlay: Path) -> None:
    """An overlay replaces by id, takes out what it retires, and cannot leave a day empty."""
    library = load_library(CONTENT)
    card = library.of_kind(Kind.GROUNDING)[0]
    other = library.of_kind(Kind.GROUNDING)[1].id
    own = card.model_dump(mode="json") | {"title": "Our own", "version": 2}
    file = overlay / "en" / "ours.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({"items": [own], "retired_ids": [other]}), encoding="utf-8")
    found = load_libraries(CONTENT, overlay)["en"]
    assert found.of_kind(Kind.GROUNDING)[0].title == "Our own"
    assert found.get(other) is None
    assert len(found.items) == len(library.items) - 1
    day = library.for_day(1, 1).skill.id
    file.write_text(yaml.safe_dump({"retired_ids": [day]}), encoding="utf-8")
    with pytest.raises(Exception, match="week 1, day 1 has no skill"):
        load_libraries(CONTENT, overlay)


class _Page(HTMLParser):
    """What a page holds."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.targets += [values["href"] or ""] if "href" in values else []


def test_the_book(handrail: Handrail, overlay: Path, tmp_path: Path) -> None:
    """Everything stands in it once, with contents that lead there and nothing from elsewhere."""
    out = tmp_path / "book.html"
    assert handrail("book", "--out", out)[0] == 0
    text = out.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    library = load_library(CONTENT)
    assert page.tags.count("article") == len(library.items)
    for item in library.items.values():
        assert text.count(f">{item.id}, version ") == 1, item.id
    assert {t[1:] for t in page.targets if t.startswith("#")} == set(page.ids)
    assert not {"script", "link", "iframe"} & set(page.tags)
    pictures = [item.picture for item in library.items.values() if item.picture]
    assert page.tags.count("img") == text.count('<img src="data:image/png;base64,')
    assert page.tags.count("img") == len(pictures)
    assert all(f'alt="{one.alt}"' in text for one in pictures)
    assert page.tags.count("h1") == 1
    assert f"{len(library.items)} of them have not been reviewed" in text
