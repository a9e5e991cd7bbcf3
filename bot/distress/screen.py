"""Screening one text: which entries of the lexicon it says, and what remains after context.

Most messages end at the first step, a look at which words are there at all. Only where every
word that some phrase needs stands close enough together is a pattern run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from bot.distress.compiled import Compiled, Rule, load
from bot.distress.context import Hit, quieted
from bot.distress.model import CATEGORIES, NOTHING, About, Finding, RuleHit
from bot.distress.normalise import Folded, fold
from bot.distress.search import Index, Patterns, Phrase, Text
from bot.distress.spelling import PLAIN, Speller
from bot.distress.words import ODD, SENTENCE_END, WORDS, WORDS_AND_SIGNS, Stream, stream

_LOOK_CLOSER = 1  # lowest bit of a mask: this word may be half of another, or a letter on its own
_REMEMBERED = 10_000
_NO_PHRASES: list[Phrase] = []
_LONGEST = 40
_ABOUT_FIRST: tuple[About, ...] = ("self", "other", "target", "died", "unclear")


class Screener:
    """Reads texts by a set of lexicons. Holds no text and does no I/O once loaded."""

    def __init__(self, compiled: Compiled, off: Collection[str] = ()) -> None:
        self._compiled = compiled
        entries = [rule for rule in compiled.entries if rule.id not in off]
        self._context = [rule for rule in compiled.context if rule.id not in off]
        self._languages = {rule.language for rule in entries}
        self._complete = frozenset(compiled.complete)
        self._patterns = Patterns(compiled.symbols)
        self._index = Index(entries, compiled.sets)
        self._quieting = Index(self._context, compiled.sets)
        spellings = {
            typed: (view, tuple(words)) for typed, (view, words) in compiled.spellings.items()
        }
        self._speller = Speller(
            compiled.symbols, spellings, compiled.common, compiled.anchors, compiled.not_typos
        )
        self._seen: dict[str, tuple[int, list[Phrase]]] = {}

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
        return Screener(self._compiled, ids)

    def screen(self, text: str, language: str | None = None) -> Finding:
        """What a text says.

        Args:
            text: any text, of any length; blank text says nothing.
            language: where it is known. English and Spanish are always read, since people mix
                them; the small lexicons are read when the language is theirs or not known.
        """
        folded = fold(text)
        finder = WORDS if folded.text.isascii() else WORDS_AND_SIGNS
        present = self._index.always
        phrases: list[Phrase] = []
        seen = self._seen
        for typed in finder.findall(folded.text):
            mask, anchored = seen.get(typed) or self._look_up(typed)
            if mask:
                present |= mask
                if anchored:
                    phrases += anchored
        closer = bool(present & _LOOK_CLOSER or ODD.search(folded.text))
        if closer:
            return self._closely(folded, language)
        for phrase in phrases:
            if phrase[0] & present == phrase[0]:
                break
        else:
            return NOTHING
        hopeful = {phrase for phrase in phrases if phrase[0] & present == phrase[0]}
        if self._in_one_sentence(folded.text, finder, hopeful):
            return self._closely(folded, language, hopeful)
        return NOTHING

    def _in_one_sentence(self, text: str, finder: re.Pattern[str], phrases: set[Phrase]) -> bool:
        """Whether all that some phrase needs stands in one sentence, if it has to."""
        if any(self._index.far(phrase) for phrase in phrases):
            return True
        seen = self._seen
        for sentence in SENTENCE_END.split(text):
            present = self._index.always
            for typed in finder.findall(sentence):
                present |= (seen.get(typed) or self._look_up(typed))[0]
            if any(near & present == near for _, near, _, _ in phrases):
                return True
        return False

    def _look_up(self, typed: str) -> tuple[int, list[Phrase]]:
        words, _ = self._speller.read(typed)
        # A single word shares the index's own mask and list: they are large, and many.
        mask = self._index.masks.get(words[0], 0)
        phrases = self._index.anchored.get(words[0], _NO_PHRASES)
        for word in words[1:]:
            mask = mask | self._index.masks.get(word, 0)
            phrases = [*phrases, *self._index.anchored.get(word, ())]
        alone = len(typed) == 1 and typed.isascii() and typed not in "aiuyoe"
        if alone or typed in self._speller.halves:
            mask |= _LOOK_CLOSER
        if len(typed) <= _LONGEST:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
            self._seen[typed] = mask, phrases
        return mask, phrases

    def _closely(
        self, folded: Folded, language: str | None, hopeful: set[Phrase] | None = None
    ) -> Finding:
        """Work out places and run patterns; without ``hopeful``, rewrite odd spellings first."""
        row = stream(folded.text, self._speller, rewrite=hopeful is None)
        text = Text(row, self._patterns)
        hits = [
            Hit(rule, start, end)
            for rule, spans in self._index.search(text, hopeful)
            if self._read(rule, language) and self._allowed(rule, text)
            for start, end in spans
        ]
        if not hits:
            return NOTHING
        hits.sort(key=lambda hit: (hit.start, hit.rule.id))
        standing, silent = quieted(hits, self._context, self._quieting.search(text), text)
        return _finding(standing, silent, row, folded)

    def _read(self, rule: Rule, language: str | None) -> bool:
        if language is None or language not in self._languages:
            return True
        return rule.language == language or rule.language in self._complete

    def _allowed(self, rule: Rule, text: Text) -> bool:
        if rule.also and not text.has(rule.also):
            return False
        return not (rule.never and text.has(rule.never))


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
