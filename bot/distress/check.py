"""Every entry and context rule proves itself on its own examples.

Run by ``handrail check``, on reload, and on entries that a programme adds; not at every start.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import re2

from bot.distress.compiled import compile_lexicons, runs
from bot.distress.lexicon import Context, Entry, Source, read_lexicons
from bot.distress.screen import Screener
from bot.errors import DataError, Problem


def check(folder: Path) -> list[Problem]:
    """What is wrong with the lexicons of a folder; nothing when all is well.

    An entry must fire on each of its ``matches`` and on none of its ``spares``. A context rule
    must bring each of its ``quiets`` under level 2, which they must reach without it, and leave
    each of its ``spares`` at level 2 or 3.
    """
    try:
        sources = read_lexicons(folder)
        compiled = compile_lexicons(sources)
    except DataError as error:
        return list(error.problems)
    problems = []
    by_id = {rule.id: rule for rule in (*compiled.entries, *compiled.context)}
    for source in sources:
        for path, identifier in _places(source):
            rule = by_id[identifier]
            for part in (rule.pattern, rule.also, rule.never):
                try:
                    runs(part)
                except re2.error as error:
                    sentence = f"is too large to run ({error}); split the entry in two"
                    problems.append(source.marked.problem(path, sentence))
    if problems:
        return problems
    screener = Screener(compiled)
    for source in sources:
        problems.extend(_entries(source, screener))
        problems.extend(_context(source, screener))
    return sorted(problems)


def _places(source: Source) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for part in ("entries", "context"):
        for index, rule in enumerate(getattr(source.lexicon, part)):
            yield (part, index), rule.id


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
        without = screener.without({rule.id})
        for field, quiet in (("quiets", True), ("spares", False)):
            for place, example in enumerate(getattr(rule, field)):
                sentence = _of_context(rule, example, screener, without, quiet=quiet)
                if sentence:
                    yield source.marked.problem(("context", index, field, place), sentence)


def _of_context(
    rule: Context, example: str, screener: Screener, without: Screener, *, quiet: bool
) -> str:
    level = screener.screen(example).level
    if not quiet:
        said = f"{example!r} must stay at level 2 or 3 and is at {level}; add to unless"
        return "" if level >= 2 else said
    if level >= 2:
        return f"does not quiet {example!r}; it stays at level {level}"
    if without.screen(example).level < 2:
        return f"is not what quiets {example!r}: it is quiet without {rule.id} too"
    return ""
