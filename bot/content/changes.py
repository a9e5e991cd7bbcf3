"""What new content would change, and for whom, before it is used. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.library import Libraries, Library
from bot.content.model import Item

DAYS = 7
"""How far ahead a change of a cohort's posts is told, in days."""


@dataclass(frozen=True)
class Changes:
    """Items by ``language/id``, each in order."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def changes(old: Libraries, new: Libraries) -> Changes:
    """What differs between two sets of libraries."""
    before, after = _written(old), _written(new)
    return Changes(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        gone=tuple(name for name in before if name not in after),
    )


def mark(libraries: Libraries) -> str:
    """16 hexadecimal digits that differ when any text does: what was shown is what is used."""
    texts = (f"{name} {item.model_dump_json()}\n" for name, item in _written(libraries).items())
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:16]


def days_changed(old: Library, new: Library, starts_on: date, today: date) -> Iterator[date]:
    """The next days on which a cohort gets another post than it would have got.

    Args:
        old, new: in the language of its posts.
        starts_on: the cohort's first day.
        today: in its own time zone.
    """
    for ahead in range(DAYS):
        day = max(today, starts_on) + timedelta(ahead)
        if old.for_date(starts_on, day) != new.for_date(starts_on, day):
            yield day


def _written(libraries: Libraries) -> Mapping[str, Item]:
    return {
        f"{language}/{item.id}": item
        for language, library in libraries.items()
        for item in _own(library)
    }


def _own(library: Library) -> Iterator[Item]:
    """What is written in a library's own language, without what it borrows from the original."""
    return (item for item in library.items.values() if item.language == library.language)
