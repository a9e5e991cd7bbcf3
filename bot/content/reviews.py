"""Who has read which version of an item: a programme's own file, kept when Handrail is updated.

A review holds for the version that was read. When the text changes, its version counts up and the
item is unreviewed again, without anybody having to remember it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.content.model import Item
from bot.errors import DataError
from bot.files import write_whole
from bot.marked_yaml import read

FILE = "reviews.yaml"
FRESH = timedelta(days=365)
"""How long a review holds; after that the item is to be read again [design]."""

_HEAD = "# Which clinician has read which version of an item. Made by: handrail content review\n"


class Review(BaseModel):
    """One reading of one version of an item in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str
    language: str
    version: int = Field(ge=1)
    by: str = Field(min_length=1, max_length=60)
    on: date


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reviews: list[Review] = Field(default_factory=list)


def read_reviews(overlay: Path) -> tuple[Review, ...]:
    """The reviews of a programme; none when there is no file.

    Raises:
        DataError: the file cannot be used.
    """
    file = overlay / FILE
    if not file.exists():
        return ()
    sheet = read(file)
    try:
        return tuple(_Sheet.model_validate(sheet.data or {}).reviews)
    except ValidationError as error:
        raise DataError(list(sheet.problems(error))) from error


def write_review(overlay: Path, review: Review) -> None:
    """Add a review; an older one of the same item in the same language makes way.

    Raises:
        DataError: the reviews that are there cannot be read.
        Refused: the file cannot be written.
    """
    kept = [
        one
        for one in read_reviews(overlay)
        if (one.id, one.language) != (review.id, review.language)
    ]
    rows = [one.model_dump() for one in sorted([*kept, review], key=lambda r: (r.language, r.id))]
    text = yaml.safe_dump({"reviews": rows}, allow_unicode=True, sort_keys=False)
    write_whole(overlay / FILE, _HEAD + text)


def reviewed(items: Iterable[Item], reviews: Iterable[Review]) -> list[Item]:
    """The items, with the name of who reviewed the version that is in use."""
    known = {(one.language, one.id, one.version): one for one in reviews}
    return [
        item.model_copy(update={"reviewed_by": found.by, "reviewed_on": found.on})
        if (found := known.get((item.language, item.id, item.version)))
        else item
        for item in items
    ]


@dataclass(frozen=True)
class Overdue:
    """An item that was reviewed once and wants reading again, and why."""

    item: Item
    why: str


def overdue(items: Iterable[Item], reviews: Iterable[Review], today: date) -> list[Overdue]:
    """What was reviewed and has changed since, or was read too long ago."""
    last = {(one.language, one.id): one for one in reviews}
    found = []
    for item in items:
        review = last.get((item.language, item.id))
        if review and review.version != item.version:
            found.append(Overdue(item, f"version {review.version} was read, {item.version} is new"))
        elif item.reviewed_on and today - item.reviewed_on > FRESH:
            found.append(Overdue(item, f"last read on {item.reviewed_on}"))
    return found
