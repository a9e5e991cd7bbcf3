"""Every entry and context rule proves itself on its own examples.

Run by ``handrail check``, on reload, and on entries that a programme adds; not at every start.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.distress.compiling import compile_lexicons
from bot.distress.lexicon import Entry, Source, read_lexicons
from bot.distress.screen import Screener
from bot.distress.weighing import read_weights
from bot.errors import DataError, Problem


def check(folder: Path) -> list[Problem]:
    """What is wrong with the lexicons of a folder; nothing when all is well.

    An entry must fire on each of its ``matches`` and on none of its ``spares``. A context rule
    must leave each of its ``quiets`` under level 2, at least one of which needs the rule for it,
    and each of its ``spares`` at level 2 or 3.
    """
    try:
        sources = read_lexicons(folder)
        compiled = compile_lexicons(sources)  # examples hold for what is written, not weighed
        read_weights(folder)
    except DataError as error:
        return list(error.problems)
    screener = Screener(compiled)
    problems: list[Problem] = []
    for source in sources:
        problems.extend(_entries(source, screener))
        problems.extend(_context(source, screener))
    return sorted(problems)


def _entries(source: Source, screener: Screener) -> Iterator[Problem]:
    for index, entry in enumerate(source.lexicon.entries):
        for field, fires in (("matches", True), ("spares", False)):
            for place, example in enumerate(getattr(entry, field)):
                sentence = _of_entry(entry, example, screener, fires=fires)
                if sentence:
                    yield source.marked.problem(("entries", index, field, place), sentence)


def _of_entry(entry: Entry, example: str, screener: Screener, *, fires: bool) -> str:
    finding = screener.screen(example)
    fired = entry.id in {rule.id for rule in finding.rules}
    if fired == fires:
        return ""
    if not fires:
        return f"fires on {example!r}, which it must spare; narrow its phrases or add to forbids"
    by = next((by for quieted, by in finding.suppressed if quieted == entry.id), None)
    reason = f"; {by} quiets it" if by else "; none of its phrases is there"
    return f"does not fire on {example!r}{reason}"


def _context(source: Source, screener: Screener) -> Iterator[Problem]:
    for index, rule in enumerate(source.lexicon.context):
        for place, example in enumerate(rule.quiets):
            level = screener.screen(example).level
            if level >= 2:
                sentence = f"does not quiet {example!r}; it stays at level {level}"
                yield source.marked.problem(("context", index, "quiets", place), sentence)
        for place, example in enumerate(rule.spares):
            level = screener.screen(example).level
            if level < 2:
                sentence = f"{example!r} must stay at level 2 or 3 and is at {level}; add to unless"
                yield source.marked.problem(("context", index, "spares", place), sentence)
        without = screener.without({rule.id})
        if all(without.screen(example).level < 2 for example in rule.quiets):
            sentence = f"all of these are quiet without {rule.id} too; give one that needs it"
            yield source.marked.problem(("context", index, "quiets"), sentence)
