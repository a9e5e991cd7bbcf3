"""Reads ``<folder>/<language>/*.yaml`` and names every mistake in it at once.

A file holds ``items``; what all of them share stands once under ``defaults``, and an item
can still say otherwise. ``retired_ids`` lists ids that were shipped once: an id is never
given to something else, because people's records point at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.content.library import ORIGINAL, Libraries, Library, gaps
from bot.content.model import DAILY, Item, mistakes
from bot.content.pictures import find, wrong_with
from bot.content.reviews import Review, read_reviews, reviewed
from bot.errors import DataError, Problem
from bot.marked_yaml import Marked, read


class _Sheet(BaseModel):
    """A content file before its items are looked at."""

    model_config = ConfigDict(extra="forbid")

    defaults: dict[str, Any] = Field(default_factory=dict)
    items: list[dict[str, Any]] = Field(default_factory=list)
    retired_ids: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Placed:
    """An item and where it stands, so that lint can point at it."""

    item: Item
    index: int
    sheet: Marked

    def problem(self, field: str, sentence: str) -> Problem:
        """A problem with one field of this item, such as ``body`` or ``picture.alt``.

        An empty field means the whole item.
        """
        path = tuple(field.split(".")) if field else ()
        return _problem(self.sheet, self.index, path, sentence)


def load_libraries(folder: Path, overlay: Path | None = None) -> Libraries:
    """Read the items of every language that has a folder.

    Args:
        folder: holds one folder per language, such as ``data/content``.
        overlay: a programme's own folder of the same layout. An item or picture there takes the
            place of the shipped one of its name, a new one is added, ``retired_ids`` takes one
            out, and ``reviews.yaml`` says who has read which version.

    Raises:
        DataError: with every problem of the first language that has any, or that there is no
            overlay where one is named: without it texts would come back that were taken out.
    """
    if overlay and not overlay.is_dir():
        sentence = "is no folder; make it, or mend HANDRAIL_CONTENT_OVERLAY"
        raise DataError([Problem(overlay, 0, "", sentence)])
    reviews = read_reviews(overlay) if overlay else ()
    original = load_library(folder, overlay=overlay, reviews=reviews)
    libraries = {ORIGINAL: original}
    retired = _Read(overlay / ORIGINAL).retired if overlay else set()
    for language in languages(folder, overlay):
        if language != ORIGINAL:
            placed = read_items(folder, language, overlay)
            placed = [one for one in placed if one.item.id not in retired]
            problems = list(_strays(placed, original))
            if problems:
                raise DataError(problems)
            items = reviewed([one.item for one in placed], reviews)
            pictures = _pictures(items, folder, overlay)
            libraries[language] = original.translated(language, items, pictures)
    return libraries


def languages(folder: Path, overlay: Path | None = None) -> tuple[str, ...]:
    """The languages that there are items in, in order."""
    homes = [one for root in (folder, overlay) if root for one in root.iterdir()]
    return tuple(sorted({one.name for one in homes if any(one.glob("*.yaml"))}))


def load_library(
    folder: Path,
    language: str = ORIGINAL,
    *,
    overlay: Path | None = None,
    reviews: Iterable[Review] = (),
) -> Library:
    """Read the items of one language; the arguments are those of :func:`load_libraries`.

    Raises:
        DataError: with every problem of every file.
    """
    placed = read_items(folder, language, overlay)
    problems = list(_calendar(folder / language, placed))
    if problems:
        raise DataError(problems)
    items = reviewed([one.item for one in placed], reviews)
    return Library(language, items, _pictures(items, folder, overlay))


def read_items(folder: Path, language: str = ORIGINAL, overlay: Path | None = None) -> list[Placed]:
    """Read the items without asking whether the weeks are complete.

    Raises:
        DataError: with every problem of every file.
    """
    shipped = _Read(folder / language)
    own = _Read(overlay / language) if overlay else None
    if not shipped.files and not (own and own.files):
        sentence = f"has no content for language {language!r}; put a .yaml file with items here"
        raise DataError([Problem(folder / language, 0, "", sentence)])
    problems = list(_item_problems(shipped.placed, language, shipped.retired))
    placed, more = shipped.placed, shipped.problems
    if own:
        problems += _item_problems(own.placed, language, own.retired | shipped.retired)
        replaced = {one.item.id: one for one in own.placed}
        kept = [replaced.pop(one.item.id, one) for one in placed if one.item.id not in own.retired]
        placed, more = [*kept, *replaced.values()], more + own.problems
    problems += _picture_problems(placed, _folders(folder, overlay))
    if more or problems:
        raise DataError(list(dict.fromkeys([*more, *problems])))
    return placed


class _Read:
    """The files of one folder: their items, and what is wrong with them."""

    def __init__(self, home: Path) -> None:
        self.files = sorted(home.glob("*.yaml"))
        self.placed: list[Placed] = []
        self.problems: list[Problem] = []
        self.retired: set[str] = set()
        for file in self.files:
            try:
                sheet = read(file)
                parsed = _Sheet.model_validate(sheet.data)
            except DataError as error:
                self.problems += error.problems
                continue
            except ValidationError as error:
                self.problems += sheet.problems(error)
                continue
            self.retired.update(parsed.retired_ids)
            for index, raw in enumerate(parsed.items):
                try:
                    item = Item.model_validate(parsed.defaults | raw)
                except ValidationError as error:
                    self.problems += _schema_problems(sheet, index, error)
                else:
                    self.placed.append(Placed(item, index, sheet))


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


def _folders(folder: Path, overlay: Path | None) -> list[Path]:
    """Where to look for a picture: a programme's own comes first."""
    return [one for one in (overlay, folder) if one]


def _picture_problems(placed: list[Placed], folders: list[Path]) -> Iterator[Problem]:
    for one in placed:
        if one.item.picture and (sentence := wrong_with(one.item.picture.file, folders)):
            yield one.problem("picture.file", sentence)


def _pictures(items: Iterable[Item], folder: Path, overlay: Path | None) -> dict[str, bytes]:
    """The bytes of the items' pictures by the name of the file; they have been checked."""
    names = {one.picture.file for one in items if one.picture}
    files = {name: find(name, _folders(folder, overlay)) for name in sorted(names)}
    return {name: file.read_bytes() for name, file in files.items() if file}


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
