"""Lexicons turned into patterns, and kept in a cache file under the digest of what they came from.

The cache is plain JSON: it holds words and patterns, nothing that runs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import re2

from bot.distress.lexicon import Context, Entry, Source, lexicon_files, read_lexicons, shared_slots
from bot.distress.spelling import OTHER
from bot.distress.template import (
    EDGE,
    Node,
    Reader,
    TemplateError,
    pattern,
    reaches_far,
    ways,
    words,
)
from bot.distress.words import NUMBER
from bot.errors import DataError, Problem

_FORMAT = 4  # raise it when the cache would be read differently
_FIRST = 0x1000  # symbols from here on all take three bytes in UTF-8
WIDTH = 3
_MOST_NEEDS = 5  # word sets kept for a way: the rarest say most


@dataclass
class Rule:
    """An entry or a context rule, ready to run.

    Attributes:
        phrases: one pattern over symbols for each.
        ways: for each phrase how it can match: numbers of word sets that each have a word there.
        far: for each phrase whether it reaches over the end of a sentence.
        also_needs: number of a word set that the text needs for ``also``, if there is one.
        also, never: patterns that must, or must not, be found in the same message.
        about, level, category and the rest: as in the lexicon.
    """

    id: str
    language: str
    phrases: list[str]
    ways: list[list[list[int]]]
    far: list[bool]
    also_needs: list[int] = field(default_factory=list)
    also: str = ""
    never: str = ""
    category: str = ""
    level: int = 0
    about: str = "self"
    beside: list[str] = field(default_factory=list)
    past_counts: bool = False
    firm: bool = False
    claims: bool = False
    ignores: list[str] = field(default_factory=list)
    kind: str = ""
    where: str = ""
    within: int = 0
    only: list[str] = field(default_factory=list)


@dataclass
class Compiled:
    """Everything screening needs.

    Attributes:
        symbols: canonical word to code point.
        spellings: typed form to its view and its words.
        sets: the word sets that rules' needs point to.
        entries, context: the rules.
        complete: languages that are always read.
    """

    symbols: dict[str, int]
    spellings: dict[str, list[Any]]
    common: list[str]
    anchors: list[str]
    not_typos: list[str]
    sets: list[list[str]]
    entries: list[Rule]
    context: list[Rule]
    complete: list[str]


def load(folder: Path, cache: Path | None = None) -> Compiled:
    """The compiled lexicons of ``folder``, from the cache file when it is of the same digest.

    A cache that cannot be read or written is no fault: the lexicons are compiled again.

    Raises:
        DataError: a lexicon has a mistake.
    """
    digest = _digest(folder)
    if cache is not None:
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(cache.read_text(encoding="utf-8"))
            if kept["digest"] == digest:
                return _restored(kept["compiled"])
    compiled = compile_lexicons(read_lexicons(folder))
    if cache is not None:
        with suppress(OSError):
            half = cache.with_suffix(f".{os.getpid()}.part")
            half.write_text(json.dumps({"digest": digest, "compiled": asdict(compiled)}))
            half.replace(cache)
    return compiled


def _digest(folder: Path) -> str:
    seen = hashlib.sha256(f"{_FORMAT}".encode())
    for file in lexicon_files(folder):
        with suppress(OSError):  # reading it again will say what is wrong
            seen.update(file.name.encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()


def _restored(kept: dict[str, Any]) -> Compiled:
    kept["entries"] = [Rule(**rule) for rule in kept["entries"]]
    kept["context"] = [Rule(**rule) for rule in kept["context"]]
    return Compiled(**kept)


@dataclass
class _Trees:
    phrases: list[Node]
    also: list[Node]
    never: list[Node]


def compile_lexicons(sources: list[Source]) -> Compiled:
    """Turn lexicons into patterns.

    Raises:
        DataError: a template cannot be read.
    """
    spellings = _spellings(sources)
    trees: dict[str, _Trees] = {}
    problems: list[Problem] = []
    readers = {
        language: Reader(slots, lambda typed: _spell(typed, spellings))
        for language, slots in shared_slots(sources).items()
    }
    for source in sources:
        reader = readers[source.lexicon.language]
        for part, fields in (
            ("entries", ("phrases", "requires", "forbids")),
            ("context", ("phrases", "unless")),
        ):
            for index, rule in enumerate(getattr(source.lexicon, part)):
                read: list[list[Node]] = []
                for name in fields:
                    read.append([])
                    for place, template in enumerate(getattr(rule, name)):
                        try:
                            read[-1].append(reader.read(template))
                        except TemplateError as error:
                            path = (part, index, name, place)
                            problems.append(source.marked.problem(path, str(error)))
                trees[rule.id] = _Trees(read[0], [] if len(read) == 2 else read[1], read[-1])
    if problems:
        raise DataError(problems)
    return _Compiler(sources, spellings, trees).compiled()


def _spellings(sources: list[Source]) -> dict[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for source in sources:
        for view, forms in source.lexicon.spellings.items():
            shown = "plain" if view == "short" else view
            for typed, meant in forms.items():
                found.setdefault(str(typed), (shown, tuple(str(meant).split())))
    return found


def _spell(typed: str, spellings: dict[str, tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    known = spellings.get(typed)
    return known[1] if known else (typed,)


class _Compiler:
    def __init__(
        self,
        sources: list[Source],
        spellings: dict[str, tuple[str, tuple[str, ...]]],
        trees: dict[str, _Trees],
    ) -> None:
        self._sources = sources
        self._spellings = spellings
        self._trees = trees
        self._rank: dict[str, int] = {}
        for source in sources:
            for place, word in enumerate(source.lexicon.common.split()):
                self._rank[word] = min(place, self._rank.get(word, place))
        self._sets: dict[frozenset[str], int] = {}
        self._stems: dict[str, list[str]] = {}
        self._symbols = self._number()
        self._classes = {word: self._class(word) for word in self._symbols}
        # A gap runs neither over the end of a sentence nor over a negation.
        stops = {EDGE, *(stop for source in sources for stop in source.lexicon.stops)}
        self._gap = f"[^{''.join(self._classes[s] for s in sorted(stops) if s in self._classes)}]"

    def _number(self) -> dict[str, int]:
        symbols = {EDGE: _FIRST, OTHER: _FIRST + 1}
        for tree in self._trees.values():
            for node in (*tree.phrases, *tree.also, *tree.never):
                for word in words(node):
                    symbols.setdefault(word, _FIRST + len(symbols))
        return symbols

    def _class(self, word: str) -> str:
        meant = sorted(self._symbols[known] for known in self._meant(word))
        return "".join(f"\\x{{{code:x}}}" for code in meant)

    def _meant(self, word: str) -> list[str]:
        """The known words that a word of a template stands for."""
        if word[-1] not in "*#":
            return [word]
        if word not in self._stems:
            fits = str.isdigit if word == NUMBER else lambda known: known.startswith(word[:-1])
            self._stems[word] = [word, *(k for k in self._symbols if k != word and fits(k))]
        return self._stems[word]

    def _either(self, nodes: list[Node]) -> str:
        return "|".join(pattern(node, self._classes, self._gap) for node in nodes)

    def _ways(self, node: Node) -> list[list[int]]:
        found = []
        for way in ways(node, self._cost):
            rarest = sorted({self._spread(need) for need in way}, key=self._cost)[:_MOST_NEEDS]
            found.append([self._sets.setdefault(need, len(self._sets)) for need in rarest])
        return found

    def _also(self, nodes: list[Node]) -> list[int]:
        each = [way for node in nodes for way in ways(node, self._cost)]
        if not each or not all(each):
            return []
        any_of = self._spread(frozenset[str]().union(*(min(w, key=self._cost) for w in each)))
        return [self._sets.setdefault(any_of, len(self._sets))]

    def _spread(self, need: frozenset[str]) -> frozenset[str]:
        return need.union(*(self._meant(word) for word in need if word[-1] in "*#"))

    def _cost(self, need: frozenset[str]) -> float:
        """How much of ordinary talk has one of these words, roughly, by Zipf's law."""
        if not all(word.strip("*").isalpha() or not word.isascii() for word in need):
            return float("inf")  # numbers and signs are everywhere
        return sum(1 / (self._rank.get(word, 2_000) + 5) for word in need)

    def _rule(self, language: str, rule: Entry | Context) -> Rule:
        tree = self._trees[rule.id]
        made = Rule(
            id=rule.id,
            language=language,
            phrases=[self._either([node]) for node in tree.phrases],
            ways=[self._ways(node) for node in tree.phrases],
            far=[reaches_far(node) for node in tree.phrases],
            also_needs=self._also(tree.also),
            also=self._either(tree.also),
            never=self._either(tree.never),
        )
        for name in (
            *("category", "level", "about", "past_counts", "firm", "claims"),
            *("kind", "where", "within"),
        ):
            if hasattr(rule, name):
                setattr(made, name, getattr(rule, name))
        for name in ("beside", "ignores", "only"):
            setattr(made, name, list(getattr(rule, name, ())))
        return made

    def compiled(self) -> Compiled:
        lexicons = [source.lexicon for source in self._sources]
        entries = [self._rule(x.language, rule) for x in lexicons for rule in x.entries]
        context = [self._rule(x.language, rule) for x in lexicons for rule in x.context]
        return Compiled(
            symbols=self._symbols,
            spellings={typed: [view, list(row)] for typed, (view, row) in self._spellings.items()},
            common=sorted(self._rank),
            anchors=_split(x.anchors for x in lexicons),
            not_typos=_split(x.not_typos for x in lexicons),
            sets=[sorted(need) for need in self._sets],
            entries=entries,
            context=context,
            complete=[x.language for x in lexicons if x.complete],
        )


def _split(texts: Iterable[str]) -> list[str]:
    return sorted({word for text in texts for word in text.split()})


def runs(source: str) -> Any:
    """A pattern ready to run over encoded symbols, in linear time.

    Raises:
        ValueError: RE2 does not take it.
    """
    options = re2.Options()
    options.max_mem = 300_000  # bytes; patterns are small, and there are many
    options.log_errors = False
    options.never_capture = True
    options.dot_nl = True
    return re2.compile(source, options)
