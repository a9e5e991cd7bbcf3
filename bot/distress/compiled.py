"""Lexicons made ready to read with, and kept in a cache file under the digest of their files.

The cache is plain JSON: words, phrases as they were written, and which words lead to which phrase.
It is flat, since all of it is read at every start; trees are made when a message first needs them.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bot.distress.lexicon import Context, Entry, Source, lexicon_files, read_lexicons, shared_slots
from bot.distress.needs import Need, Needs
from bot.distress.spelling import PLAIN
from bot.distress.template import Reader, TemplateError, meaning
from bot.distress.tree import EDGE, Gap, Node, Word, nodes
from bot.errors import DataError, Problem

_FORMAT = 8  # raise it when the cache would be read differently
_Key = TypeVar("_Key", str, int)
_Template = tuple[str, str]  # its language, and how it is written
Leads = dict[str, str]  # a word to numbers


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
class PhraseLeads:
    """What leads to a set of rules.

    Attributes:
        ways: how phrases can match: the number of a phrase and of what else it needs.
        near, far: each word to the ways that it opens: a need and the numbers of all ways that
            need it too, the next after a comma. Near are phrases within a sentence, far those
            that reach further.
        also: for each rule the need that what it asks for besides cannot do without.
    """

    ways: list[str] = field(default_factory=list)
    near: Leads = field(default_factory=dict)
    far: Leads = field(default_factory=dict)
    also: list[int] = field(default_factory=list)


@dataclass
class Compiled:
    """Everything screening needs.

    Attributes:
        vocabulary: the words that templates use, stems as ``word*``, sorted.
        spellings: typed form to its view and its words.
        stops: words that no gap may skip.
        slots: of each language.
        needs: each word to the needs it meets, by number. A need is a set of words of which a text
            must have one; every text meets the first, which is empty.
        need_count: how many needs there are.
        entries, context: the rules.
        entry_leads, context_leads: what leads to them.
        complete: languages that are always read.
    """

    vocabulary: list[str]
    spellings: dict[str, list[Any]]
    common: list[str]
    anchors: list[str]
    not_typos: list[str]
    stops: list[str]
    slots: dict[str, dict[str, list[str]]]
    needs: Leads
    need_count: int
    entries: list[Rule]
    context: list[Rule]
    entry_leads: PhraseLeads
    context_leads: PhraseLeads
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


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What compiling makes lives to its end: to look for garbage meanwhile takes half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _digest(folder: Path) -> str:
    seen = hashlib.sha256(f"{_FORMAT}".encode())
    for file in lexicon_files(folder):
        with suppress(OSError):  # reading it again will say what is wrong
            seen.update(file.name.encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()


def _restored(kept: dict[str, Any]) -> Compiled:
    kept["entries"] = [Rule(**rule) for rule in kept["entries"]]
    kept["context"] = [Rule(**rule) for rule in kept["context"]]
    for leads in ("entry_leads", "context_leads"):
        kept[leads] = PhraseLeads(**kept[leads])
    return Compiled(**kept)


@_nothing_collected()
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
        needs={},
        need_count=0,
        entries=[_rule(x.language, rule) for x in lexicons for rule in x.entries],
        context=[_rule(x.language, rule) for x in lexicons for rule in x.context],
        entry_leads=PhraseLeads(),
        context_leads=PhraseLeads(),
        complete=[x.language for x in lexicons if x.complete],
    )
    trees = _trees(sources, compiled.readers())
    used = {w for node in nodes(trees.values()) if isinstance(node, Word) for w in node.words}
    compiled.vocabulary = sorted(used - {EDGE})
    meant = meaning(compiled.vocabulary)
    stops = used.intersection(stop for x in lexicons for stop in x.stops)
    compiled.stops = sorted({EDGE}.union(*map(meant, stops)))
    leads = _Leads(trees, Needs(rank, meant), [compiled.entries, compiled.context])
    compiled.entry_leads, compiled.context_leads = leads.written()
    compiled.needs, compiled.need_count = leads.needs(), len(leads.numbers)
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


class _Way(NamedTuple):
    """A way in which a phrase can match, and what it needs, the rarest first."""

    phrase: int
    far: bool
    rarest: Need
    others: list[Need]


class _Leads:
    """Works out what leads to the phrases of rules, and numbers the needs."""

    def __init__(
        self, trees: Mapping[_Template, Node], needs: Needs, sets: list[list[Rule]]
    ) -> None:
        self._trees = trees
        self._needs = needs
        self._ways = [self._ways_of(rules) for rules in sets]
        self._also = [[self._asked_besides(rule) for rule in rules] for rules in sets]
        every = [way.others for ways in self._ways for way in ways]
        # Those that decide first and most often have low numbers, which are quick to ask for.
        first = Counter(others[0] for others in every if others)
        self.numbers: dict[Need, int] = {frozenset(): 0}
        for need in (
            *(need for need, _ in first.most_common()),
            *(need for others in every for need in others),
            *(need for also in self._also for need in also),
        ):
            self.numbers.setdefault(need, len(self.numbers))

    def written(self) -> Iterator[PhraseLeads]:
        """What leads to each set of rules, by words and numbers."""
        for ways, also in zip(self._ways, self._also, strict=True):
            near: dict[str, dict[int, list[int]]] = {}
            far: dict[str, dict[int, list[int]]] = {}
            written: dict[str, int] = {}
            for way in ways:
                first, *others = [self.numbers[need] for need in way.others] or [0]
                text = " ".join(map(str, (way.phrase, *others)))
                number = written.setdefault(text, len(written))
                for word in way.rarest:
                    opened = (far if way.far else near).setdefault(word, {})
                    opened.setdefault(first, []).append(number)
            asked = [self.numbers[need] for need in also]
            yield PhraseLeads(list(written), _grouped(near), _grouped(far), asked)

    def needs(self) -> Leads:
        """The needs that each word meets."""
        met: dict[str, list[int]] = {}
        for need, number in self.numbers.items():
            for word in need:
                met.setdefault(word, []).append(number)
        return _joined(met)

    def _ways_of(self, rules: list[Rule]) -> list[_Way]:
        trees = [self._trees[rule.language, phrase] for rule in rules for phrase in rule.phrases]
        far = [any(isinstance(n, Gap) and n.far for n in nodes([tree])) for tree in trees]
        return [
            _Way(place, far[place], rarest, others)
            for place, tree in enumerate(trees)
            for rarest, *others in self._needs.of(tree)
        ]

    def _asked_besides(self, rule: Rule) -> Need:
        return self._needs.of_any(self._trees[rule.language, one] for one in rule.also)


def _joined(lists: dict[_Key, list[int]]) -> dict[_Key, str]:
    return {word: " ".join(map(str, dict.fromkeys(each))) for word, each in sorted(lists.items())}


def _grouped(groups: dict[str, dict[int, list[int]]]) -> Leads:
    return {
        word: ",".join(f"{need} {ways}" for need, ways in _joined(each).items())
        for word, each in sorted(groups.items())
    }
