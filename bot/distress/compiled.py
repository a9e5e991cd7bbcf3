"""Lexicons made ready to read with, and kept in a cache file under the digest of their files.

The cache is plain JSON: words, phrases as they were written, and which words lead to which phrase.
It is flat, since all of it is read at every start; trees are made when a message first needs them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.distress.lexicon import Context, Entry, Source, lexicon_files, read_lexicons, shared_slots
from bot.distress.needs import Needs
from bot.distress.spelling import PLAIN
from bot.distress.template import Reader, TemplateError, meaning
from bot.distress.tree import EDGE, Gap, Node, Word, nodes
from bot.errors import DataError, Problem

_FORMAT = 6  # raise it when the cache would be read differently
_Template = tuple[str, str]  # its language, and how it is written
Leads = dict[str, str]  # a word to the ways it is in: "number need need", parted by commas


@dataclass
class Rule:
    """An entry or a context rule, ready to run.

    Attributes:
        phrases: templates.
        also, never: templates of which one must, or none may, be found in the same message.
        about, level, category and the rest: as in the lexicon.
    """

    id: str
    language: str
    phrases: list[str]
    also: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
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
        vocabulary: the words that templates use, stems as ``word*``, sorted.
        spellings: typed form to its view and its words.
        stops: words that no gap may skip.
        slots: of each language.
        needs: sets of words, of which a text needs one; numbered by their place.
        entries, context: the rules.
        entry_leads, context_leads: what leads to their phrases within a sentence, and to those that
            reach further, by the number of the phrase; and to ``also``, by that of the rule.
        complete: languages that are always read.
    """

    vocabulary: list[str]
    spellings: dict[str, list[Any]]
    common: list[str]
    anchors: list[str]
    not_typos: list[str]
    stops: list[str]
    slots: dict[str, dict[str, list[str]]]
    needs: list[str]
    entries: list[Rule]
    context: list[Rule]
    entry_leads: list[Leads]
    context_leads: list[Leads]
    complete: list[str]

    def readers(self) -> dict[str, Reader]:
        """What reads the templates of each language."""
        spelled = {typed: tuple(words) for typed, (_, words) in self.spellings.items()}
        meant = meaning(self.vocabulary)
        return {
            language: Reader(slots, lambda typed: spelled.get(typed, (typed,)), meant)
            for language, slots in self.slots.items()
        }


def load(folder: Path, cache: Path | None = None) -> Compiled:
    """The compiled lexicons of ``folder``, from the cache file when it is of the same digest.

    A cache that cannot be read or written is no fault: the lexicons are compiled again.

    Raises:
        DataError: a lexicon has a mistake.
    """
    digest = _digest(folder)
    if cache is not None:
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(cache.read_bytes())
            if kept["digest"] == digest:
                return _restored(kept["compiled"])
    compiled = compile_lexicons(read_lexicons(folder))
    if cache is not None:
        with suppress(OSError):
            half = cache.with_suffix(f".{os.getpid()}.part")
            kept = {"digest": digest, "compiled": compiled}
            half.write_text(json.dumps(kept, default=vars), encoding="utf-8")
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


def compile_lexicons(sources: list[Source]) -> Compiled:
    """Work out which words lead to which phrase.

    Raises:
        DataError: a template cannot be read.
    """
    lexicons = [source.lexicon for source in sources]
    spellings = _spellings(sources)
    rank = _rank(sources)
    slots = {
        language: {name: [str(phrase) for phrase in phrases] for name, phrases in each.items()}
        for language, each in shared_slots(sources).items()
    }
    compiled = Compiled(
        vocabulary=[],
        spellings=spellings,
        common=sorted(rank, key=lambda word: (rank[word], word)),  # the most frequent first
        anchors=_split(x.anchors for x in lexicons),
        not_typos=_split(x.not_typos for x in lexicons),
        stops=[],
        slots=slots,
        needs=[],
        entries=[_rule(x.language, rule) for x in lexicons for rule in x.entries],
        context=[_rule(x.language, rule) for x in lexicons for rule in x.context],
        entry_leads=[],
        context_leads=[],
        complete=[x.language for x in lexicons if x.complete],
    )
    trees = _trees(sources, compiled.readers())
    used = {w for node in nodes(trees.values()) if isinstance(node, Word) for w in node.words}
    compiled.vocabulary = sorted(used - {EDGE})
    meant = meaning(compiled.vocabulary)
    stops = used.intersection(stop for x in lexicons for stop in x.stops)
    compiled.stops = sorted({EDGE}.union(*map(meant, stops)))
    leads = _Leads(trees, Needs(rank, meant))
    compiled.entry_leads = leads.to(compiled.entries)
    compiled.context_leads = leads.to(compiled.context)
    compiled.needs = [" ".join(sorted(need)) for need in leads.numbers]
    return compiled


def _spellings(sources: list[Source]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for source in sources:
        for view, forms in source.lexicon.spellings.items():
            shown = PLAIN if view == "short" else view
            for typed, meant in forms.items():
                found.setdefault(str(typed), [shown, str(meant).split()])
    return found


def _split(texts: Iterable[str]) -> list[str]:
    return sorted({word for text in texts for word in text.split()})


def _rank(sources: list[Source]) -> dict[str, int]:
    rank: dict[str, int] = {}
    for source in sources:
        for place, word in enumerate(source.lexicon.common.split()):
            rank[word] = min(place, rank.get(word, place))
    return rank


def _rule(language: str, rule: Entry | Context) -> Rule:
    shared = rule.model_dump(include=set(Rule.__dataclass_fields__), mode="json")
    also = rule.requires if isinstance(rule, Entry) else ()
    never = rule.forbids if isinstance(rule, Entry) else rule.unless
    return Rule(language=language, also=list(also), never=list(never), **shared)


def _trees(sources: list[Source], readers: Mapping[str, Reader]) -> dict[_Template, Node]:
    trees: dict[_Template, Node] = {}
    problems: list[Problem] = []
    for source in sources:
        language = source.lexicon.language
        for path, template in _templates(source):
            try:
                trees[language, template] = readers[language].read(template)
            except TemplateError as error:
                problems.append(source.marked.problem(path, str(error)))
    if problems:
        raise DataError(problems)
    return trees


def _templates(source: Source) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for part, fields in (
        ("entries", ("phrases", "requires", "forbids")),
        ("context", ("phrases", "unless")),
    ):
        for index, rule in enumerate(getattr(source.lexicon, part)):
            for name in fields:
                for place, template in enumerate(getattr(rule, name)):
                    yield (part, index, name, place), template


class _Leads:
    """Works out what leads to the phrases of rules, and numbers the needs on the way."""

    def __init__(self, trees: Mapping[_Template, Node], needs: Needs) -> None:
        self._trees = trees
        self._needs = needs
        self.numbers: dict[frozenset[str], int] = {}

    def to(self, rules: list[Rule]) -> list[Leads]:
        """For each word what it leads to; see :class:`Compiled`."""
        near: dict[str, list[str]] = {}
        far: dict[str, list[str]] = {}
        also: dict[str, list[str]] = {}
        phrases = [self._trees[rule.language, phrase] for rule in rules for phrase in rule.phrases]
        for place, tree in enumerate(phrases):
            reaches_far = any(isinstance(node, Gap) and node.far for node in nodes([tree]))
            self._lead(far if reaches_far else near, place, tree)
        for place, rule in enumerate(rules):
            for template in rule.also:
                self._lead(also, place, self._trees[rule.language, template])
        return [
            {word: ",".join(dict.fromkeys(ways)) for word, ways in sorted(each.items())}
            for each in (near, far, also)
        ]

    def _lead(self, leads: dict[str, list[str]], place: int, tree: Node) -> None:
        for rarest, *others in self._needs.of(tree):
            numbers = [self.numbers.setdefault(need, len(self.numbers)) for need in others]
            way = " ".join(map(str, (place, *numbers)))
            for word in rarest:
                leads.setdefault(word, []).append(way)
