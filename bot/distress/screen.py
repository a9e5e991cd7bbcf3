"""Screening one text: which entries of the lexicon it says, and what remains after context.

Most messages end at the first step, a look at which words are there at all. Only when every
word that some phrase needs is present are places worked out and patterns run.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from bot.distress.compiled import Compiled, Rule, load, runs
from bot.distress.context import Hit, Text, quieted
from bot.distress.model import CATEGORIES, NOTHING, About, Finding, RuleHit
from bot.distress.normalise import Folded, fold
from bot.distress.spelling import OTHER, PLAIN, Speller
from bot.distress.words import ODD, WORDS, WORDS_AND_SIGNS, Stream, stream

_LOOK_CLOSER = 1  # lowest bit of a mask: this word may be half of another, or a letter on its own
_REMEMBERED = 30_000
_LONGEST = 40
_ABOUT_FIRST: tuple[About, ...] = ("self", "other", "target", "died", "unclear")

Phrases = list[tuple[int, int]]  # (mask of what the phrase needs, index of its entry)


class Screener:
    """Reads texts by a set of lexicons. Holds no text and does no I/O once loaded."""

    def __init__(self, compiled: Compiled, off: Collection[str] = ()) -> None:
        self._compiled = compiled
        self._entries = [rule for rule in compiled.entries if rule.id not in off]
        self._context = [rule for rule in compiled.context if rule.id not in off]
        self._known = {rule.language for rule in self._entries}
        self._complete = frozenset(compiled.complete)
        self._patterns: dict[tuple[str, str], Any] = {}
        spellings = {
            typed: (view, tuple(words)) for typed, (view, words) in compiled.spellings.items()
        }
        self._speller = Speller(
            compiled.symbols, spellings, compiled.common, compiled.anchors, compiled.not_typos
        )
        self._masks: dict[str, int] = {}
        self._anchored: dict[str, Phrases] = {}
        self._index()
        self._always = 0
        for word, mask in self._masks.items():
            if not WORDS_AND_SIGNS.fullmatch(word.strip("*")):
                self._always |= mask
        self._seen: dict[str, tuple[int, Phrases]] = {}

    @classmethod
    def load(cls, folder: Path, cache: Path | None = None) -> Screener:
        """Read the lexicons of ``folder``; ``cache`` is a file that makes the next start fast.

        Raises:
            bot.errors.DataError: a lexicon has a mistake; it names file, line and field.
        """
        return cls(load(folder, cache))

    def without(self, ids: Collection[str]) -> Screener:
        """The same lexicons with these entries and context rules off."""
        return Screener(self._compiled, ids)

    def _index(self) -> None:
        sets = self._compiled.sets
        for number, words in enumerate(sets, start=1):
            for word in words:
                self._masks[word] = self._masks.get(word, 0) | 1 << number
        for index, rule in enumerate(self._entries):
            for needs in rule.needs:
                mask = 0
                for number in needs:
                    mask |= 1 << number + 1
                for word in sets[needs[0]]:  # the rarest set is the one to look out for
                    self._anchored.setdefault(word, []).append((mask, index))

    def screen(self, text: str, language: str | None = None) -> Finding:
        """What a text says.

        Args:
            text: any text, of any length; blank text says nothing.
            language: where it is known. English and Spanish are always read, since people mix
                them; the small lexicons are read when the language is theirs or not known.
        """
        folded = fold(text)
        finder = WORDS if folded.text.isascii() else WORDS_AND_SIGNS
        present = self._always
        phrases: Phrases = []
        seen = self._seen
        for typed in finder.findall(folded.text):
            mask, anchored = seen.get(typed) or self._look_up(typed)
            present |= mask
            if anchored:
                phrases += anchored
        closer = present & _LOOK_CLOSER or ODD.search(folded.text)
        if not closer and not any(need & present == need for need, _ in phrases):
            return NOTHING
        return self._closely(folded, language)

    def _look_up(self, typed: str) -> tuple[int, Phrases]:
        words, _ = self._speller.read(typed)
        mask = sum({1 << bit for word in words for bit in _bits(self._masks.get(word, 0))})
        phrases = [phrase for word in words for phrase in self._anchored.get(word, ())]
        alone = len(typed) == 1 and typed.isascii() and typed not in "aiuyoe"
        if alone or typed in self._speller.halves:
            mask |= _LOOK_CLOSER
        if len(typed) <= _LONGEST:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
            self._seen[typed] = mask, phrases
        return mask, phrases

    def _closely(self, folded: Folded, language: str | None) -> Finding:
        row = stream(folded.text, self._speller)
        present = self._always
        phrases: Phrases = []
        for word in row.words:
            present |= self._masks.get(word, 0)
            phrases += self._anchored.get(word, ())
        candidates = sorted({entry for need, entry in phrases if need & present == need})
        if not candidates:
            return NOTHING
        symbols = self._compiled.symbols
        data = "".join(chr(symbols.get(w, symbols[OTHER])) for w in row.words).encode()
        text = Text(row, data, self._pattern)
        hits: list[Hit] = []
        for index in candidates:
            rule = self._entries[index]
            if self._read(rule, language) and self._allowed(rule, data):
                hits += [Hit(rule, start, end) for start, end in text.spans(rule)]
        if not hits:
            return NOTHING
        standing, silent = quieted(hits, self._relevant(present), text)
        return _finding(standing, silent, row, folded)

    def _read(self, rule: Rule, language: str | None) -> bool:
        if language is None or language not in self._known:
            return True
        return rule.language == language or rule.language in self._complete

    def _allowed(self, rule: Rule, data: bytes) -> bool:
        if rule.also and not self._pattern(rule, "also").search(data):
            return False
        return not (rule.never and self._pattern(rule, "never").search(data))

    def _relevant(self, present: int) -> list[Rule]:
        """Context rules of which some phrase has all its words present."""
        return [
            rule
            for rule in self._context
            if not rule.needs
            or any(all(present >> n + 1 & 1 for n in needs) for needs in rule.needs)
        ]

    def _pattern(self, rule: Rule, part: str) -> Any:
        key = (rule.id, part)
        if key not in self._patterns:
            source = getattr(rule, part)
            self._patterns[key] = runs(source) if source else None
        return self._patterns[key]


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def _finding(
    standing: list[Hit], silent: list[tuple[str, str]], row: Stream, folded: Folded
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
        for hit in sorted(counted, key=lambda hit: (hit.start, hit.rule.id))
    ]
    return Finding(
        level=level,
        categories=tuple(category for category in CATEGORIES if category in said),
        about=next(about for about in _ABOUT_FIRST if about in top),
        rules=tuple(dict.fromkeys(rules)),
        suppressed=suppressed,
    )


def _original_span(hit: Hit, row: Stream, places: list[int]) -> tuple[int, int]:
    start, end = row.starts[hit.start], max(row.ends[hit.start : hit.end])
    return places[start], places[end - 1] + 1


def _view(hit: Hit, row: Stream) -> str:
    return next((v for v in row.views[hit.start : hit.end] if v != PLAIN), PLAIN)
