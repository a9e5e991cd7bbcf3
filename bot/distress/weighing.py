"""What single words and pairs of neighbours weigh, beside the entries that speak.

An entry knows whole phrases; people find others. So each word and each pair of neighbouring words
has points for *help* and for *urgent*, learned from invented messages (``tests.distress.learn``)
and kept as a table that can be read and changed: ``weights.csv``. What the entries and the context
rules say counts too, as rows in brackets. A text is spoken for when its points for help come out
above zero, and urgent when both do.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.distress.compiled import Rule
from bot.distress.model import CATEGORIES, WEIGHED, About
from bot.distress.spelling import OTHER
from bot.distress.tree import EDGE, Span
from bot.errors import DataError, Problem

FILE = "weights.csv"
LANGUAGES = ("en", "es")
"""The languages whose words are weighed; what an entry of another says is left as it is."""

QUIET = f"{WEIGHED}quiet"
"""Names the weighing where it quiets an entry."""

HARMLESS = -18
"""Points for help below which an entry at level 2 is quieted."""

_LEAST_WORDS = 6  # fewer are too little to weigh an entry down

START, NOTHING_SAID = "(start)", "(nothing said)"
"""The rows that every text has, and that a text has in which no entry spoke."""

COLUMNS = ("words", "help", "urgent", "category")
_WINDOW, _STEP = 96, 48  # words; what is further apart speaks of something else
_SHOWN = 3  # pieces that are pointed at
_SHOWN_AS = {EDGE: "/", OTHER: "*"}
_ABOUT: dict[str, About] = {"third-party": "other", "dependent-at-risk": "other"}
_BY_ENTRIES_ALONE = ("bereavement", "harassment")
"""Never said of words alone: what follows would be wrong for somebody in danger."""

_Row = Sequence[Any]  # points for help, points for urgent, category
_Found = tuple[_Row, Span]


@dataclass(frozen=True)
class Weighed:
    """What a text weighs.

    Attributes:
        help, urgent: points; above zero they speak.
        harmless: whether they are so low that an entry at level 2 is quieted.
        category: what the telling words are mostly said of.
        telling: where the words stand that weighed most.
    """

    help: int
    urgent: int
    harmless: bool
    category: str
    telling: tuple[Span, ...]


def pieces(words: Sequence[str], start: int = 0) -> dict[str, Span]:
    """The words and pairs of neighbours in a row, each once, and where each stands last.

    ``/`` is the edge of a sentence, ``*`` a word that no lexicon knows; what is empty is left out.
    """
    found: dict[str, Span] = {}
    before = ""
    for at, word in enumerate(words, start):
        shown = _SHOWN_AS.get(word, word)
        if shown:
            if word != EDGE:
                found[shown] = (at, at + 1)
            if before:
                found[f"{before} {shown}"] = (at - 1, at + 1)
        before = shown
    return found


def evidence(
    level: int, categories: Iterable[str], rules: Iterable[str], by: Iterable[str]
) -> set[str]:
    """The rows that stand for what entries and context rules said.

    Args:
        level: the highest of the entries that stand.
        categories: what these are about.
        rules: their ids.
        by: the ids of what quieted others.
    """
    about = {f"({category} {level})" for category in categories} if level > 1 else set()
    quieted = {f"(quieted {id_.split('.')[1]})" for id_ in by}
    if not level and not quieted:
        return {NOTHING_SAID}
    return {f"(level {level})", *about, *(f"({id_})" for id_ in rules), *quieted}


class Weights:
    """Weighs rows of words.

    Args:
        table: each row of ``weights.csv``.
    """

    def __init__(self, table: Mapping[str, _Row]) -> None:
        self._table = table

    def __bool__(self) -> bool:
        return bool(self._table)

    def weigh(self, words: Sequence[str], said: Iterable[str]) -> Weighed:
        """What the heaviest stretch of a text weighs, with what entries said of the whole.

        Args:
            words: all of its words.
            said: rows from :func:`evidence`.
        """
        rows = [self._table[row] for row in (START, *said) if row in self._table]
        last = max(1, len(words) - _WINDOW + _STEP)
        stretches = [self._found(words, start) for start in range(0, last, _STEP)]
        heaviest = max(stretches, key=lambda found: sum(row[0] for row, _ in found))
        most_urgent = max(stretches, key=lambda found: sum(row[1] for row, _ in found))
        help_ = sum(row[0] for row in rows) + sum(row[0] for row, _ in heaviest)
        return Weighed(
            help=help_,
            urgent=sum(row[1] for row in rows) + sum(row[1] for row, _ in most_urgent),
            harmless=help_ < HARMLESS and sum(w != EDGE for w in words) >= _LEAST_WORDS,
            category=_category(row for row, _ in heaviest) if help_ > 0 else "",
            telling=_telling(heaviest) if help_ > 0 else (),
        )

    def _found(self, words: Sequence[str], start: int) -> list[_Found]:
        found = pieces(words[start : start + _WINDOW], start)
        return [(self._table[piece], found[piece]) for piece in found.keys() & self._table.keys()]


def _telling(found: list[_Found]) -> tuple[Span, ...]:
    """Where the words stand that weighed most, in their order."""
    most = sorted(found, key=lambda one: (-one[0][0], one[1]))[:_SHOWN]
    return tuple(sorted(span for _, span in most))


def _category(rows: Iterable[_Row]) -> str:
    """What the words that speak for help are mostly said of."""
    points: Counter[str] = Counter()
    for help_, _, category in rows:
        if category and category not in _BY_ENTRIES_ALONE and help_ > 0:
            points[category] += help_
    return max(sorted(points), key=points.__getitem__) if points else "severe-distress"


def rules() -> list[Rule]:
    """What speaks when words alone do, as rules: a programme can leave each of them out."""
    return [
        Rule(
            id=f"{WEIGHED}{category}{'.now' if level == 3 else ''}",
            language="any",
            phrases=[],
            category=category,
            level=level,
            about=_ABOUT.get(category, "self"),
        )
        for category in CATEGORIES
        if category not in _BY_ENTRIES_ALONE
        for level in (2, 3)
    ]


def read_weights(folder: Path) -> dict[str, list[Any]]:
    """The table of a folder of lexicons; empty where there is none.

    Raises:
        DataError: a row is not one; it is named.
    """
    file = folder / FILE
    if not file.is_file():
        return {}
    table: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        next(reader, None)  # the names of the columns
        for row in reader:
            try:
                words, help_, urgent, category = row
                table[words] = [int(help_), int(urgent), category]
                if category not in ("", *CATEGORIES):
                    raise ValueError(category)
            except ValueError:
                sentence = f"is not {', '.join(COLUMNS)}, with whole points; mend or delete it"
                problems.append(Problem(file, reader.line_num, "", sentence))
    if problems:
        raise DataError(problems)
    return table
