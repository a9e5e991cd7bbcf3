"""Screening one text: which entries of the lexicon it says, and what remains after context.

Most messages end at a look at which words are near each other. Only where every word that some
phrase needs stands close enough together is the phrase itself looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from bot.distress.compiled import Compiled, Rule
from bot.distress.compiling import load
from bot.distress.context import Hit, Reason, quieted
from bot.distress.model import CATEGORIES, NOTHING, WEIGHED, About, Finding, RuleHit
from bot.distress.normalise import Folded, fold
from bot.distress.search import Index, Needs, Patterns
from bot.distress.spelling import PLAIN, Speller
from bot.distress.tree import EDGE, Span, Text
from bot.distress.weighing import LANGUAGES, QUIET, Weights, evidence
from bot.distress.words import ODD, TOKEN, Stream, Tokens, rewritten, stream

_LONE = "bcdefghjklmnpqrstvwxz"  # letters that are no words: their word may be typed apart
_ABOUT_FIRST: tuple[About, ...] = ("self", "other", "target", "died", "unclear")


class Screener:
    """Reads texts by a set of lexicons. Holds no text and does no I/O once loaded."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._complete = frozenset(compiled.complete)
        self._stops = frozenset(compiled.stops)
        self._patterns = Patterns(compiled.readers())
        needs = Needs(compiled.needs, compiled.need_count)
        self._index = Index(compiled.entries, compiled.entry_leads, needs, self._patterns)
        self._quieting = Index(compiled.context, compiled.context_leads, needs, self._patterns)
        spellings = {
            typed: (view, tuple(words)) for typed, (view, words) in compiled.spellings.items()
        }
        self._speller = Speller(
            compiled.vocabulary, spellings, compiled.common, compiled.anchors, compiled.not_typos
        )
        self._tokens = Tokens(self._speller)
        self._suspicious = self._speller.halves.union(_LONE)
        self._weights = Weights(compiled.weights)
        self._weighed = {
            rule.id: rule for rule in compiled.entries if rule.id.startswith("weighed.")
        }
        self._turn_off(())

    def _turn_off(self, ids: Collection[str]) -> None:
        self._off = frozenset(ids)
        self._context = [rule for rule in self._compiled.context if rule.id not in ids]
        self._languages = {r.language for r in self._compiled.entries if r.id not in ids}

    @classmethod
    def load(cls, folder: Path, cache: Path | None = None) -> Screener:
        """Read the lexicons of ``folder``; ``cache`` is a file that makes the next start fast.

        Raises:
            bot.errors.DataError: a lexicon has a mistake; it names file, line and field.
        """
        return cls(load(folder, cache))

    @property
    def compiled(self) -> Compiled:
        """What it reads by."""
        return self._compiled

    def without(self, ids: Collection[str]) -> Screener:
        """The same lexicons with these entries and context rules off."""
        other = copy(self)
        other._turn_off(ids)
        return other

    def screen(self, text: str, language: str | None = None) -> Finding:
        """What a text says.

        Args:
            text: any text, of any length; blank text says nothing.
            language: where it is known. English and Spanish are always read, since people mix
                them; the small lexicons are read when the language is theirs or not known.
        """
        read = self._standing(text, language)
        standing, silent = read.standing, read.silent
        if self._weights:
            standing, silent = self._weigh(read)
        if not standing and not silent:
            return NOTHING
        row = read.row or stream(read.folded.text, self._tokens)
        return _finding(standing, silent, row, read.folded)

    def rows(self, text: str) -> list[str]:
        """The rows of the table of weights that stand for what entries say of a text."""
        return sorted(_said(self._standing(text, None)))

    def words(self, text: str) -> list[str]:
        """The words of a text that are weighed, with an edge around every sentence."""
        return self._standing(text, None).to_weigh()

    def _standing(self, text: str, language: str | None) -> _Read:
        """What entries and context rules make of a text, before its words are weighed."""
        folded = fold(text)
        tokens = TOKEN.findall(folded.text)
        row = None
        if ODD.search(folded.text) or not self._suspicious.isdisjoint(tokens):
            places = rewritten(folded.text, self._speller)
            row = stream(folded.text, self._tokens, places) if places else None
        words = Text(row.words if row else self._tokens.row(tokens), self._stops)
        hits = [
            Hit(rule, start, end)
            for rule, spans in self._index.search(words)
            if self._reads(rule, language) and not self._spans(rule, rule.never, words)
            for start, end in spans
        ]
        if not hits:
            return _Read(folded, words, row, [], [], [])
        # Only now it matters where each word was typed.
        row = row or stream(folded.text, self._tokens)
        hits.sort(key=lambda hit: (hit.start, hit.rule.id))
        standing, silent = quieted(hits, self._context, self._reasons(words, row), row)
        return _Read(folded, words, row, standing, silent, hits)

    def _weigh(self, read: _Read) -> tuple[list[Hit], list[tuple[str, str]]]:
        """What stands once every word has been weighed, and what is quieted."""
        weighed = self._weights.weigh(read.to_weigh(), _said(read))
        kept, silent = read.standing, read.silent
        if weighed.harmless and QUIET not in self._off:
            kept = [hit for hit in kept if not _can_be_quieted(hit.rule)]
            silent = [*silent, *((hit.rule.id, QUIET) for hit in read.standing if hit not in kept)]
        level = max((hit.rule.level for hit in kept), default=0)
        if weighed.help > 0 and (level < 2 or (level < 3 and weighed.urgent > 0)):
            name = f"{WEIGHED}{weighed.category}{'.now' if weighed.urgent > 0 else ''}"
            if name not in self._off:
                kept = [*kept, *(Hit(self._weighed[name], *span) for span in weighed.telling)]
        return kept, list(dict.fromkeys(silent))

    def _reads(self, rule: Rule, language: str | None) -> bool:
        if rule.id in self._off:
            return False
        if language is None or language not in self._languages:
            return True
        return rule.language == language or rule.language in self._complete

    def _reasons(self, words: Text, row: Stream) -> list[Reason]:
        found = [pair for pair in self._quieting.search(words) if pair[0].id not in self._off]
        if row.quoted:
            found += [(rule, []) for rule in self._context if rule.where == "quoted"]
        return [Reason(rule, spans, self._spans(rule, rule.never, words)) for rule, spans in found]

    def _spans(self, rule: Rule, templates: list[str], words: Text) -> list[Span]:
        return self._patterns(rule.language, *templates).spans(words) if templates else []


@dataclass(frozen=True)
class _Read:
    """A text, and what stands in it; ``row`` only where it was needed."""

    folded: Folded
    words: Text
    row: Stream | None
    standing: list[Hit]
    silent: list[tuple[str, str]]
    hits: list[Hit]

    def to_weigh(self) -> list[str]:
        """The words, without those that were quieted: context has said what these mean."""
        words = self.words.words[: self.words.length]
        if self.silent:
            stands = {at for hit in self.standing for at in range(hit.start, hit.end)}
            for hit in self.hits:
                for at in range(hit.start, hit.end):
                    if at not in stands and words[at] != EDGE:
                        words[at] = ""
        return words


def _said(read: _Read) -> set[str]:
    level = max((hit.rule.level for hit in read.standing), default=0)
    top = {hit.rule.category for hit in read.standing if hit.rule.level == level}
    ids = {hit.rule.id for hit in read.standing if hit.rule.level}
    return evidence(level, top, ids, {by for _, by in read.silent})


def _can_be_quieted(rule: Rule) -> bool:
    """Weighing quiets no stated danger and nothing firm, and only what is said in its languages."""
    return rule.level == 2 and not rule.firm and rule.language in LANGUAGES


def _finding(
    standing: Iterable[Hit], silent: list[tuple[str, str]], row: Stream, folded: Folded
) -> Finding:
    suppressed = tuple(silent)
    counted = [hit for hit in standing if hit.rule.level]
    if not counted:
        return Finding(0, (), "unclear", suppressed=suppressed) if suppressed else NOTHING
    places = folded.places()
    level = max(hit.rule.level for hit in counted)
    top = {hit.rule.about for hit in counted if hit.rule.level == level}
    said = {hit.rule.category for hit in counted}
    rules = [
        RuleHit(hit.rule.id, 0, _original_span(hit, row, places), _view(hit, row))
        for hit in counted
    ]
    return Finding(
        level=level,
        categories=tuple(category for category in CATEGORIES if category in said),
        about=next(about for about in _ABOUT_FIRST if about in top),
        rules=tuple(dict.fromkeys(rules)),
        suppressed=suppressed,
    )


def _original_span(hit: Hit, row: Stream, places: list[int]) -> tuple[int, int]:
    start = row.places[hit.start][0]
    end = max(place[1] for place in row.places[hit.start : hit.end])
    return places[start], places[end - 1] + 1


def _view(hit: Hit, row: Stream) -> str:
    views = (view for _, _, view in row.places[hit.start : hit.end])
    return next((view for view in views if view != PLAIN), PLAIN)
