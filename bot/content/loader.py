"""Reads ``<folder>/<language>/*.yaml`` and names every mistake in it at once.

A file holds ``items``; what all of them share stands once under ``defaults``, and an item
can still say otherwise. ``retired_ids`` lists ids that were shipped once: an id is never
given to something else, because people's records point at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.content.library import ORIGINAL, Libraries, Library, gaps
from bot.content.model import DAILY, Item, mistakes
from bot.errors import DataError, Problem
from bot.marked_yaml import Marked, read


class _Sheet(BaseModel):
    """A content file before its items are looked at."""

    model_config = ConfigDict(extra="forbid")

    defaults: dict[str, Any] = Field(default_factory=dict)
    items: list[dict[str, Any]]
    retired_ids: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Placed:
    """An item and where it stands, so that lint can point at it."""

    item: Item
    index: int
    sheet: Marked

    def problem(self, field: str, sentence: str) -> Problem:
        """A problem with one field of this item; an empty field means the whole item."""
        return _problem(self.sheet, self.index, (field,) if field else (), sentence)


def load_libraries(folder: Path) -> Libraries:
    """Read the items of every language that has a folder.

    Raises:
        DataError: with every problem of the first language that has any.
    """
    original = load_library(folder)
    libraries = {ORIGINAL: original}
    for home in sorted(one for one in folder.iterdir() if any(one.glob("*.yaml"))):
        if home.name != ORIGINAL:
            placed = read_items(folder, home.name)
            problems = list(_strays(placed, original))
            if problems:
                raise DataError(problems)
            items = [one.item for one in placed]
            libraries[home.name] = original.translated(home.name, items)
    return libraries


def load_library(folder: Path, language: str = ORIGINAL) -> Library:
    """Read the items of one language.

    Args:
        folder: holds one folder per language, such as ``data/content``.
        language: BCP 47.

    Raises:
        DataError: with every problem of every file.
    """
    placed = read_items(folder, language)
    problems = list(_calendar(folder / language, placed))
    if problems:
        raise DataError(problems)
    return Library(language, [one.item for one in placed])


def read_items(folder: Path, language: str = "en") -> list[Placed]:
    """Read the items without asking whether the weeks are complete.

    Raises:
        DataError: with every problem of every file.
    """
    home = folder / language
    files = sorted(home.glob("*.yaml"))
    if not files:
        sentence = f"has no content for language {language!r}; put a .yaml file with items here"
        raise DataError([Problem(home, 0, "", sentence)])
    placed: list[Placed] = []
    problems: list[Problem] = []
    retired: set[str] = set()
    for file in files:
        try:
            sheet = read(file)
            parsed = _Sheet.model_validate(sheet.data)
        except DataError as error:
            problems += error.problems
            continue
        except ValidationError as error:
            problems += sheet.problems(error)
            continue
        retired.update(parsed.retired_ids)
        for index, raw in enumerate(parsed.items):
            try:
                placed.append(Placed(Item.model_validate(parsed.defaults | raw), index, sheet))
            except ValidationError as error:
                problems += _schema_problems(sheet, index, error)
    problems += _item_problems(placed, language, retired)
    if problems:
        raise DataError(list(dict.fromkeys(problems)))
    return placed


def _schema_problems(sheet: Marked, index: int, error: ValidationError) -> Iterator[Problem]:
    told = sheet.problems(error, ("items", index))
    for mistake, problem in zip(error.errors(include_url=False), told, strict=True):
        yield _problem(sheet, index, mistake["loc"], problem.sentence)


def _problem(sheet: Marked, index: int, field: tuple[str | int, ...], sentence: str) -> Problem:
    """Point into ``defaults`` when the value came from there."""
    path = ("items", index, *field)
    if path[:3] not in sheet.lines and ("defaults", *field[:1]) in sheet.lines:
        path = ("defaults", *field)
    return sheet.problem(path, sentence)


def _item_problems(placed: list[Placed], language: str, retired: set[str]) -> Iterator[Problem]:
    seen: dict[str, Placed] = {}
    for one in placed:
        for field, sentence in mistakes(one.item):
            yield one.problem(field, sentence)
        if one.item.language != language:
            yield one.problem("language", f"is not {language!r}, the language of its folder")
        if one.item.id in retired:
            yield one.problem("id", "was retired; an id is never used again, so choose a new one")
        first = seen.setdefault(one.item.id, one)
        if first is not one:
            where = f"{first.sheet.file.name}, items[{first.index}]"
            yield one.problem("id", f"is taken by {where}; choose another one")


def _strays(placed: list[Placed], original: Library) -> Iterator[Problem]:
    """A translation is of an item that there is, and stands where that one stands."""
    for one in placed:
        first = original.get(one.item.id)
        if first is None:
            yield one.problem("id", "is no item of the English library; a translation keeps its id")
            continue
        for field in ("kind", "week", "day", "round", "contraindications"):
            if getattr(one.item, field) != getattr(first, field):
                yield one.problem(field, f"is not that of the English item, {_told(first, field)}")


def _told(item: Item, field: str) -> str:
    value = getattr(item, field)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _calendar(home: Path, placed: list[Placed]) -> Iterator[Problem]:
    """Each day of a week that has begun has exactly one item of each daily kind."""
    daily = [one for one in placed if one.item.week is not None and one.item.kind in DAILY]
    if not daily:
        yield Problem(home, 0, "", "has no week of daily items; add one, such as week-01.yaml")
    seen: dict[object, Placed] = {}
    for one in daily:
        item = one.item
        first = seen.setdefault((item.week, item.day, item.kind, item.round), one)
        if first is not one:
            where = f"week {item.week}, day {item.day} has {first.item.id!r} already"
            yield one.problem("day", f"{where}; keep one {item.kind} a day and move the other")
    for week, day, kind in gaps(one.item for one in daily):
        held = [one for one in daily if one.item.week == week]
        sheet = min(held, key=lambda one: one.item.round).sheet
        sentence = f"week {week}, day {day} has no {kind}; add one, or take out the whole week"
        yield sheet.problem(("items",), sentence)
