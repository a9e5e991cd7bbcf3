"""Learns from the corpus what words weigh: ``make weights`` writes ``data/distress/weights.csv``.

Logistic regression (scikit-learn) on words, pairs of neighbours and what the entries say, once for
help (level 2 and 3) and once for urgent (level 3). It reads ``learn-*`` and ``dev-*``, never
``held-*``; what entries say counts in ``learn-*`` alone, since they were written for ``dev-*``.

First it prints how well this does on each writer when it has read all the others, so that a number
is never about messages it has learned from.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.distress.compiling import compile_lexicons
from bot.distress.lexicon import read_lexicons
from bot.distress.screen import Screener
from bot.distress.weighing import COLUMNS, FILE, HARMLESS, NOTHING_SAID, START, pieces
from bot.paths import shipped_data

CORPUS = Path(__file__).parent / "corpus"
POINTS = 10
"""Points to one unit of log odds."""

HELP_AT, URGENT_AT = 0.8, 0.0
"""Log odds at which a text is spoken for."""

ORDINARY = 2.0
"""Log odds against a text in which no entry spoke. Here every second message should be spoken for;
in a channel nearly all are ordinary talk, and of that the corpus has too little."""

_LIGHT = 2  # points; what is lighter for both is left out
_SOFT = 0.5  # how little is held against large weights
_LEAST = 2  # messages in which a piece must stand


@dataclass(frozen=True)
class Message:
    """What is learned from one message."""

    writer: str
    level: int
    category: str
    rows: tuple[str, ...]


def messages(screener: Screener) -> list[Message]:
    """Every message that may be learned from."""
    files = [*sorted(CORPUS.glob("learn-*.jsonl")), *sorted(CORPUS.glob("dev-*.jsonl"))]
    return [
        _message(screener, file.stem, json.loads(line))
        for file in files
        for line in file.read_text("utf-8").splitlines()
    ]


def _message(screener: Screener, writer: str, row: dict[str, Any]) -> Message:
    text = row.get("text") or "\n".join(row["messages"])
    words = pieces(screener.words(text))
    said = screener.rows(text) if writer.startswith("learn") else ()
    category = row["categories"][0] if row["categories"] else ""
    return Message(writer, row["level"], category, (*words, *said))


class Fit:
    """What a regression made of some messages.

    Args:
        known: the messages.
        least: the level from which on a message is to be spoken for.
    """

    def __init__(self, known: Sequence[Message], least: int) -> None:
        standing = Counter(row for message in known for row in message.rows)
        self._kept = {row for row, count in standing.items() if count >= _LEAST}
        self._names = DictVectorizer()
        table = self._names.fit_transform([self._present(message) for message in known])
        self._model = LogisticRegression(C=_SOFT, max_iter=3000)
        self._model.fit(table, [message.level >= least for message in known])

    def _present(self, message: Message) -> dict[str, int]:
        return {row: 1 for row in message.rows if row in self._kept}

    def odds(self, fresh: Sequence[Message]) -> np.ndarray[Any, Any]:
        """Log odds of each message."""
        table = self._names.transform([self._present(message) for message in fresh])
        ordinary = [ORDINARY * (NOTHING_SAID in message.rows) for message in fresh]
        return np.asarray(self._model.decision_function(table)) - ordinary

    def points(self, at: float) -> dict[str, int]:
        """Points of each row, so that they come out above zero where the odds are above ``at``."""
        weights = dict(zip(self._names.feature_names_, self._model.coef_[0], strict=True))
        weights[START] = self._model.intercept_[0] - at
        weights[NOTHING_SAID] -= ORDINARY
        return {row: round(POINTS * weight) for row, weight in weights.items()}


def by_writer(known: Sequence[Message]) -> None:
    """Print how well each writer of ``learn-*`` is read by what the others taught."""
    every: list[tuple[Message, float, float]] = []
    _tell("writer | found | wrongly flagged | urgent at 3 | others at 3")
    for writer in sorted({one.writer for one in known if one.writer.startswith("learn")}):
        theirs = [one for one in known if one.writer == writer]
        others = [one for one in known if one.writer != writer]
        odds = (Fit(others, least).odds(theirs) for least in (2, 3))
        read = list(zip(theirs, *odds, strict=True))
        _tell(f"{writer} | {_shares(read, HELP_AT, URGENT_AT)}")
        every += read
    for help_at in (0.0, 0.4, 0.8, 1.2):
        for urgent_at in (-0.4, 0.0, 0.4):
            _tell(f"all at {help_at}, {urgent_at} | {_shares(every, help_at, urgent_at)}")
    _tell(f"entries alone | {_shares(every, inf, inf)}")


def _shares(read: Sequence[tuple[Message, float, float]], help_at: float, urgent_at: float) -> str:
    levels = [
        (one.level, _level(one, help_ - help_at, urgent - urgent_at)) for one, help_, urgent in read
    ]
    shares = []
    for least in (2, 3):
        for should in (True, False):
            found = [level >= least for right, level in levels if (right >= least) is should]
            shares.append(f"{np.mean(found):.3f}" if found else "-")
    return " | ".join(shares)


def _level(message: Message, help_: float, urgent: float) -> int:
    """What a message comes out at, as in ``bot.distress.screen``, but for the few exceptions."""
    if "(level 3)" in message.rows or (help_ > 0 and urgent > 0):
        return 3
    entry = "(level 2)" in message.rows and (help_ * POINTS >= HARMLESS or help_ == -inf)
    return 2 if entry or help_ > 0 else 0


def categories(known: Sequence[Message]) -> dict[str, str]:
    """What each row is mostly said of, among messages that should be flagged."""
    sizes = Counter(one.category for one in known if one.level >= 2)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in known:
        if one.level >= 2 and one.category != "bereavement":
            for row in one.rows:
                counts[row][one.category] += 1
    return {
        row: max(sorted(count), key=lambda name: count[name] / sizes[name] ** 0.5)
        for row, count in counts.items()
    }


def write(known: Sequence[Message], file: Path) -> None:
    """Learn from all messages and write the table, the heaviest first."""
    help_, urgent = Fit(known, 2).points(HELP_AT), Fit(known, 3).points(URGENT_AT)
    about = categories(known)
    rows = [
        (row, points, urgent[row], about.get(row, "") if points > 0 and row[0] != "(" else "")
        for row, points in help_.items()
        if max(abs(points), abs(urgent[row])) >= _LIGHT
    ]
    rows.sort(key=lambda row: (-row[1], -row[2], row[0]))
    with file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(rows)
    _tell(f"{len(rows)} rows from {len(known)} messages")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    folder = shipped_data() / "distress"
    learned = messages(Screener(compile_lexicons(read_lexicons(folder))))
    by_writer(learned)
    write(learned, folder / FILE)
