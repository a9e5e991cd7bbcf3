"""What one programme changed about its detector. Pure.

The shipped lexicon is the same for everybody; a programme may leave parts of it out and add
phrases of its own. Nothing here names a member or holds words of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.distress.model import Category
from bot.errors import Refused

MOST_OWN = 50
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class OwnEntry:
    """A programme's own addition to the lexicon.

    Attributes:
        id: ``en.own.`` and a slug of its first phrase.
        level: 1 to 3.
        phrases: templates, as docs/distress.md explains them; any of them is enough.
        forbids: templates none of which may stand in the same message.
        match, spare: an example that must fire it, and one that must not.
        confirmed: whether a lead has said twice that an urgent one is meant; it rests till then.
    """

    id: str
    category: Category
    level: int
    phrases: tuple[str, ...]
    match: str
    spare: str
    forbids: tuple[str, ...] = ()
    confirmed: bool = True


@dataclass(frozen=True)
class Tuning:
    """Everything one programme changed.

    Attributes:
        categories, languages, entries: what is left out, by name and id.
        own: what was added.
    """

    categories: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    entries: frozenset[str] = frozenset()
    own: tuple[OwnEntry, ...] = ()

    @property
    def working(self) -> tuple[OwnEntry, ...]:
        """The programme's own entries that are confirmed, and in no category left out."""
        return tuple(
            one
            for one in self.own
            if one.confirmed and one.category not in self.categories and one.id not in self.entries
        )

    def without(self, kind: str, name: str) -> Tuning:
        """With one more thing left out; ``kind`` is the name of a field."""
        return replace(self, **{kind: getattr(self, kind) | {name}})

    def with_again(self, kind: str, name: str) -> Tuning:
        """With it back in."""
        return replace(self, **{kind: getattr(self, kind) - {name}})

    def adding(self, entry: OwnEntry) -> Tuning:
        """With one more entry of the programme's own.

        Raises:
            Refused: it has one of that name, or as many as it may have.
        """
        if entry.id in {one.id for one in self.own}:
            raise Refused(f"There is {entry.id} already. Remove it first, or begin otherwise.")
        if len(self.own) >= MOST_OWN:
            raise Refused(f"A programme can add {MOST_OWN} entries. Remove one first.")
        return replace(self, own=(*self.own, entry))

    def confirming(self, entry_id: str) -> Tuning:
        """With an urgent entry at work that a lead has confirmed."""
        own = (replace(one, confirmed=True) if one.id == entry_id else one for one in self.own)
        return replace(self, own=tuple(own))

    def removing(self, entry_id: str) -> Tuning:
        """Without one of the programme's own.

        Raises:
            Refused: there is none of that id.
        """
        left = tuple(one for one in self.own if one.id != entry_id)
        if len(left) == len(self.own):
            raise Refused(f"There is no entry {entry_id} of your own. Pick one from the list.")
        return replace(self, own=left)

    def row(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "categories": sorted(self.categories),
            "languages": sorted(self.languages),
            "entries": sorted(self.entries),
            "own": [asdict(one) for one in self.own],
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Tuning:
        """Read back what :meth:`row` gave."""
        lists = ("phrases", "forbids")
        own = tuple(
            OwnEntry(**{**one, **{name: tuple(one[name]) for name in lists}})
            for one in row.get("own", ())
        )
        categories, languages, entries = (
            frozenset(row.get(name, ())) for name in ("categories", "languages", "entries")
        )
        return cls(categories, languages, entries, own)


def own_id(phrase: str) -> str:
    """The id of an entry that begins with this phrase."""
    return f"en.own.{_SLUG.sub('-', phrase.lower()).strip('-')[:40].strip('-') or 'entry'}"


@dataclass(frozen=True)
class Tally:
    """How often one entry spoke in one programme, and what staff made of it. No person in it.

    Attributes:
        fired: findings it had a part in.
        useful, useless: care cards it had a part in that ended with a person having done
            something, and with "No action needed".
    """

    rule_id: str
    fired: int = 0
    useful: int = 0
    useless: int = 0
