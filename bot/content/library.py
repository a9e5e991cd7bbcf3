"""All items of one language, and which of them belong to a day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from bot.cards import Picture
from bot.content.model import DAILY, DayContent, Item, Kind
from bot.errors import DataError, Problem

ORIGINAL = "en"
"""The language in which items are first written; the others translate it."""

_Place = tuple[int, int, Kind]


class Library:
    """The items of one language.

    Args:
        language: BCP 47, such as ``en``.
        items: checked by the loader: ids are unique and every week that begins is complete.
        pictures: the bytes of the items' pictures by the name of the file.
    """

    def __init__(
        self, language: str, items: Iterable[Item], pictures: Mapping[str, bytes] | None = None
    ) -> None:
        self.language = language
        self.items: Mapping[str, Item] = MappingProxyType({item.id: item for item in items})
        self.pictures: Mapping[str, bytes] = MappingProxyType(dict(pictures or {}))
        self._days: dict[_Place, Item] = {}
        self._again: dict[_Place, Item] = {}
        for item in self.items.values():
            if item.week is not None and item.day is not None and item.kind in DAILY:
                days = self._again if item.round == 2 else self._days
                days[item.week, item.day, item.kind] = item
        self.weeks: tuple[int, ...] = tuple(sorted({week for week, _, _ in self._days}))

    def translated(
        self, language: str, items: Iterable[Item], pictures: Mapping[str, bytes]
    ) -> Library:
        """The same items, said in another language as far as there are translations."""
        said = {item.id: item for item in items}
        kept = [said.get(item.id, item) for item in self.items.values()]
        return Library(language, kept, {**self.pictures, **pictures})

    def get(self, item_id: str) -> Item | None:
        """The item with this id, None when there is none."""
        return self.items.get(item_id)

    def picture(self, item: Item) -> Picture | None:
        """An item's picture with its alt text, None when it has none."""
        shown = item.picture
        if shown is None:
            return None
        return Picture(shown.file, shown.alt, self.pictures[shown.file])

    def of_kind(self, kind: Kind) -> tuple[Item, ...]:
        """All items of a kind, in the order of their files."""
        return tuple(item for item in self.items.values() if item.kind is kind)

    def counts(self) -> dict[Kind, int]:
        """How many items there are of each kind that occurs, in the order of :class:`Kind`."""
        counted = Counter(item.kind for item in self.items.values())
        return {kind: counted[kind] for kind in Kind if counted[kind]}

    def for_day(self, week: int, day: int) -> DayContent:
        """What a cohort gets in its ``week`` (from 1) on ``day`` (1 Monday to 7 Sunday).

        After the last week that is shipped, the first follows again, in order, so nothing
        comes twice before everything came once. Every second time through, a day asks its second
        question where it has one.

        Raises:
            ValueError: ``week`` is below 1 or ``day`` is not 1 to 7.
        """
        if week < 1 or not 1 <= day <= 7:
            raise ValueError(f"there is no week {week}, day {day}")
        times, place = divmod(week - 1, len(self.weeks))
        days = self._days | self._again if times % 2 else self._days
        return DayContent(*(days[self.weeks[place], day, kind] for kind in DAILY))

    def spare(self) -> tuple[Item, ...]:
        """The skills that are on no day, to be put in the place of a day's."""
        return tuple(item for item in self.of_kind(Kind.SKILL) if item.week is None)

    def with_skill(self, day: DayContent, item_id: str | None) -> DayContent:
        """A day with a spare skill in the place of its own; unchanged when there is none such."""
        chosen = next((item for item in self.spare() if item.id == item_id), None)
        return replace(day, skill=chosen) if chosen else day

    def for_group(self, week: int) -> Item | None:
        """What staff can read before they run a cohort's ``week`` (from 1) in group, if any."""
        if not self.weeks:
            return None
        theme = self.weeks[(week - 1) % len(self.weeks)]
        notes = (note for note in self.of_kind(Kind.FACILITATOR) if note.week == theme)
        return next(notes, None)

    def for_date(self, starts_on: date, local_date: date) -> DayContent:
        """What a cohort that began on ``starts_on`` gets on a date in its own time zone.

        Week 1 is the calendar week (from Monday) that holds ``starts_on``.

        Raises:
            ValueError: the date lies in a week before that one.
        """
        return self.for_day(week_number(starts_on, local_date), local_date.isoweekday())


def week_number(starts_on: date, local_date: date) -> int:
    """The cohort's week on a local date: 1 in the calendar week (from Monday) of its start.

    Zero and below for weeks before that.
    """
    first_monday = starts_on.toordinal() - starts_on.weekday()
    return (local_date.toordinal() - first_monday) // 7 + 1


def gaps(items: Iterable[Item]) -> Iterator[_Place]:
    """Every (week, day, kind) that a week with any daily item still lacks."""
    daily = [item for item in items if item.week is not None and item.kind in DAILY]
    have = {(item.week, item.day, item.kind) for item in daily if item.round == 1}
    for week in sorted({item.week for item in daily if item.week is not None}):
        for day in range(1, 8):
            for kind in DAILY:
                if (week, day, kind) not in have:
                    yield week, day, kind


Libraries = Mapping[str, Library]
"""The library of each language there is content in; English among them."""


def speaking(libraries: Libraries, language: str) -> Library:
    """The library of a language; the English one where there is none."""
    return libraries.get(language, libraries[ORIGINAL])


class LibraryHolder:
    """Holds the libraries in use, and keeps them when new ones cannot be loaded.

    Args:
        load: reads the libraries, such as ``partial(load_libraries, folder)``.

    Raises:
        DataError: the first load failed.
    """

    def __init__(self, load: Callable[[], Libraries]) -> None:
        self._load = load
        self.libraries = load()

    def speaking(self, language: str) -> Library:
        """The library of a language; the English one where there is none."""
        return speaking(self.libraries, language)

    def others(self, item: Item) -> tuple[Item, ...]:
        """The same item in every other language it is written in."""
        found = (library.get(item.id) for library in self.libraries.values())
        written = {one.language: one for one in found if one}
        return tuple(one for language, one in sorted(written.items()) if language != item.language)

    def read(self) -> Libraries | tuple[Problem, ...]:
        """Read everything anew without using it; or every problem that keeps it from use."""
        try:
            return self._load()
        except DataError as error:
            return error.problems
