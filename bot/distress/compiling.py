"""Compiles lexicons, and keeps the result in a cache file under the digest of their files."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bot.distress.compiled import Compiled, PhraseLeads, Rule
from bot.distress.leads import LeadBuilder, Template
from bot.distress.lexicon import Context, Entry, Source, lexicon_files, read_lexicons, shared_slots
from bot.distress.needs import Needs
from bot.distress.spelling import PLAIN
from bot.distress.template import Reader, TemplateError, meaning
from bot.distress.tree import EDGE, Node, Word, nodes
from bot.distress.weighing import FILE, read_weights
from bot.distress.weighing import rules as weighed_rules
from bot.errors import DataError, Problem, Refused
from bot.files import write_whole

_FORMAT = 9  # raise it when the cache would be read differently


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
    compiled = compile_lexicons(read_lexicons(folder), read_weights(folder))
    if cache is not None:
        with suppress(Refused):
            kept = {"digest": digest, "compiled": compiled}
            write_whole(cache, json.dumps(kept, default=vars))
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
    for file in [*lexicon_files(folder), folder / FILE]:
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
def compile_lexicons(
    sources: list[Source], weights: dict[str, list[Any]] | None = None
) -> Compiled:
    """Work out which words lead to which phrase.

    Args:
        sources: the lexicons.
        weights: what words weigh beside them, if anything is weighed.

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
        entries=[
            *(_rule(x.language, rule) for x in lexicons for rule in x.entries),
            *(weighed_rules() if weights else ()),
        ],
        context=[_rule(x.language, rule) for x in lexicons for rule in x.context],
        entry_leads=PhraseLeads(),
        context_leads=PhraseLeads(),
        complete=[x.language for x in lexicons if x.complete],
        weights=weights or {},
    )
    trees = _trees(sources, compiled.readers())
    used = {w for node in nodes(trees.values()) if isinstance(node, Word) for w in node.words}
    compiled.vocabulary = sorted(used - {EDGE})
    meant = meaning(compiled.vocabulary)
    stops = used.intersection(stop for x in lexicons for stop in x.stops)
    compiled.stops = sorted({EDGE}.union(*map(meant, stops)))
    leads = LeadBuilder(trees, Needs(rank, meant), [compiled.entries, compiled.context])
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


def _trees(sources: list[Source], readers: Mapping[str, Reader]) -> dict[Template, Node]:
    trees: dict[Template, Node] = {}
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
