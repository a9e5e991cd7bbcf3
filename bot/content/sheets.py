"""Content as a table and back: CSV or a spreadsheet, one item a row.

What comes back changed becomes an item of the programme's own, in its overlay folder, with the
version counted up and nobody's review. An unchanged table changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.content.model import Item, mistakes
from bot.errors import DataError, Problem, Refused
from bot.files import write_whole

COLUMNS = tuple(Item.model_fields)
_LISTS = ("materials", "tags", "audience", "content_notes", "contraindications", "source")
_NUMBERS = ("week", "day", "round", "time_minutes", "version", "translates_version")
_KEPT = ("version", "reviewed_by", "reviewed_on", "translates_version")  # not for editing by hand
_HEAD = "# Items of our own, made by: handrail content import\n"
_FILE = "imported.yaml"
_SEP = " | "  # between a source's name and its address, a picture's file and its alt text


@dataclass(frozen=True)
class Changed:
    """An item that a table changes or adds, and the fields that differ."""

    item: Item
    fields: tuple[str, ...]


def write_table(items: Iterable[Item], file: Path) -> int:
    """Write items as ``.csv`` or ``.xlsx``. Returns how many.

    Raises:
        Refused: the name ends otherwise, the file is there already or cannot be written.
    """
    rows = [[_cell(item, column) for column in COLUMNS] for item in items]
    kinds = {".csv": _as_csv, ".xlsx": _as_sheet}
    if file.suffix not in kinds:
        raise Refused(_ending(file))
    if file.exists():
        raise Refused(f"{file} is there already, perhaps with changes of yours. Take another name.")
    write_whole(file, kinds[file.suffix]([COLUMNS, *rows]))
    return len(rows)


def read_table(file: Path, known: Mapping[str, Item]) -> list[Changed]:
    """What a table changes in the items of one language, or adds to them.

    Args:
        file: ``.csv`` or ``.xlsx``, with the names of the columns in the first row.
        known: the items in use, by id.

    Raises:
        DataError: a row cannot be used; the line is that of the row.
        Refused: the file cannot be read as a table.
    """
    changed: list[Changed] = []
    problems: list[Problem] = []
    for line, row in _rows(file):
        before = known.get(row.get("id", ""))
        try:
            item = Item.model_validate(_fields(row, before))
        except ValidationError as error:
            for mistake in error.errors(include_url=False):
                column = ".".join(map(str, mistake["loc"]))
                problems.append(Problem(file, line, column, mistake["msg"]))
            continue
        problems += [Problem(file, line, field, said) for field, said in mistakes(item)]
        fields = tuple(
            column
            for column in COLUMNS
            if before is None or getattr(item, column) != getattr(before, column)
        )
        if fields and before is not None:
            item = item.model_copy(
                update={"version": before.version + 1, "reviewed_by": None, "reviewed_on": None}
            )
        if fields:
            changed.append(Changed(item, fields))
    if problems:
        raise DataError(problems)
    return changed


def write_own(changed: Sequence[Changed], overlay: Path, language: str) -> Path:
    """Put changed items into the overlay; those imported before and changed again make way."""
    file = overlay / language / _FILE
    old = yaml.safe_load(file.read_text(encoding="utf-8"))["items"] if file.exists() else []
    ids = {one.item.id for one in changed}
    rows = [row for row in old if row["id"] not in ids]
    rows += [one.item.model_dump(mode="json") for one in changed]
    text = yaml.safe_dump({"items": rows}, allow_unicode=True, sort_keys=False, width=100)
    write_whole(file, _HEAD + text)
    return file


def _cell(item: Item, column: str) -> str:
    value = getattr(item, column)
    if column == "source":
        return "\n".join(f"{one.name}{_SEP}{one.url}" for one in value)
    if column == "picture":
        return f"{value.file}{_SEP}{value.alt}" if value else ""
    if column in _LISTS:
        return "\n".join(value)
    return "" if value is None else str(value)


def _fields(row: Mapping[str, str], before: Item | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for column in COLUMNS:
        text = row.get(column, "").strip()
        if column in _KEPT and before is not None:
            fields[column] = getattr(before, column)
        elif column == "source":
            fields[column] = [_source(line) for line in text.splitlines() if line.strip()]
        elif column == "picture":
            fields[column] = _picture(text) if text else None
        elif column in _LISTS:
            fields[column] = [line.strip() for line in text.splitlines() if line.strip()]
        elif text:
            fields[column] = _value(column, text)
        elif Item.model_fields[column].is_required():
            fields[column] = 1 if column == "version" else None
    return fields


def _value(column: str, text: str) -> str | int | bool:
    if column == "rolling_ok":
        return text.lower() == "true"  # spreadsheet programs write it in capitals
    return int(text) if column in _NUMBERS and text.isdecimal() else text


def _source(line: str) -> dict[str, str]:
    name, _, url = line.rpartition(_SEP)
    return {"name": name.strip(), "url": url.strip()}


def _picture(cell: str) -> dict[str, str]:
    file, _, alt = cell.partition(_SEP)
    return {"file": file.strip(), "alt": alt.strip()}


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    table = list(_table(file))
    if not table:
        raise Refused(f"{file} is empty. Export the content first and change that file.")
    head = table[0]
    if missing := [column for column in COLUMNS if column not in head]:
        raise Refused(f"{file} lacks the columns {', '.join(missing)}. Export it anew.")
    for line, cells in enumerate(table[1:], 2):
        if any(cells):
            yield line, dict(zip(head, cells, strict=False))


def _table(file: Path) -> Iterator[list[str]]:
    try:
        if file.suffix == ".csv":
            with file.open(encoding="utf-8-sig", newline="") as stream:
                yield from csv.reader(stream)
            return
        if file.suffix == ".xlsx":
            yield from _read_sheet(file)
            return
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise Refused(f"{file} cannot be read as a table: {error}.") from error
    raise Refused(_ending(file))


def _ending(file: Path) -> str:
    return f"{file.name} must end in .csv or .xlsx."


def _as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    stream = StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


def _as_sheet(rows: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "content"
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.data_type = "s"  # text stays text, also where it begins with a sign
    sheet.freeze_panes = "B2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _read_sheet(file: Path) -> Iterator[list[str]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True)
    except (BadZipFile, KeyError) as error:
        raise ValueError("it is not a spreadsheet") from error
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield ["" if cell is None else str(cell) for cell in row]
    book.close()
