"""What makes words mean something else: negation, the past, quoting, idiom, play.

Every rule is data, named in the lexicon. This file knows only where a rule's phrases may stand
from what was found, and what happens then: the finding is quieted, under the rule's name.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Protocol

from bot.distress.compiled import WIDTH, Rule
from bot.distress.template import EDGE
from bot.distress.words import Stream


class Patterns(Protocol):
    """Gives the compiled pattern of a rule's part, or nothing when the rule has none."""

    def __call__(self, rule: Rule, part: str) -> Any:
        """``part`` is ``pattern``, ``also`` or ``never``."""


@dataclass(frozen=True)
class Hit:
    """An entry that fired on the words [start, end) of a stream."""

    rule: Rule
    start: int
    end: int


class Text:
    """One text being read: its words, their symbols, where its sentences end."""

    def __init__(self, stream: Stream, data: bytes, patterns: Patterns) -> None:
        self.stream = stream
        self.data = data
        self._patterns = patterns
        self._edges = [i for i, word in enumerate(stream.words) if word == EDGE]
        self._spans: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def spans(self, rule: Rule, part: str = "pattern") -> list[tuple[int, int]]:
        """Where a rule's pattern stands, in words, without the sentence edges around it."""
        key = (rule.id, part)
        if key not in self._spans:
            self._spans[key] = list(self._find(rule, part))
        return self._spans[key]

    def _find(self, rule: Rule, part: str) -> list[tuple[int, int]]:
        compiled = self._patterns(rule, part)
        if compiled is None:
            return []
        found = []
        words = self.stream.words
        for match in compiled.finditer(self.data):
            start, end = match.start() // WIDTH, match.end() // WIDTH
            while start < end and words[start] == EDGE:
                start += 1
            while end > start and words[end - 1] == EDGE:
                end -= 1
            if start < end:
                found.append((start, end))
        return found

    def sentence(self, at: int) -> int:
        """The number of the sentence a word stands in."""
        return bisect_right(self._edges, at)

    def quoted(self, span: tuple[int, int]) -> bool:
        """Whether all words of a span stand in quotation marks or on a quoted line."""
        return all(at in self.stream.quoted for at in range(*span))

    def paused(self, start: int, end: int) -> bool:
        """Whether a comma, a dash or a line break stands among the words from start to end."""
        return any(at in self.stream.soft for at in range(start, end))


def quieted(
    hits: list[Hit], rules: list[Rule], text: Text
) -> tuple[list[Hit], list[tuple[str, str]]]:
    """The hits that stand, and for each other one the rule that quieted it."""
    standing: list[Hit] = []
    silent: list[tuple[str, str]] = []
    for hit in _unclaimed(hits, silent):
        by = None if hit.rule.firm else next((r.id for r in rules if _quiets(r, hit, text)), None)
        if by is None:
            standing.append(hit)
        else:
            silent.append((hit.rule.id, by))
    kept = [hit for hit in standing if _accompanied(hit, standing)]
    return kept, list(dict.fromkeys(silent))


def _unclaimed(hits: list[Hit], silent: list[tuple[str, str]]) -> list[Hit]:
    """Hits whose words are not claimed by another entry."""
    claims = [hit for hit in hits if hit.rule.claims]
    free = []
    for hit in hits:
        by = None
        if not hit.rule.firm and not hit.rule.claims:
            by = next((c for c in claims if c.start < hit.end and hit.start < c.end), None)
        if by is None:
            free.append(hit)
        else:
            silent.append((hit.rule.id, by.rule.id))
    return free


def _accompanied(hit: Hit, standing: list[Hit]) -> bool:
    if not hit.rule.beside:
        return True
    return any(o.rule.category in hit.rule.beside and o.rule is not hit.rule for o in standing)


def _quiets(rule: Rule, hit: Hit, text: Text) -> bool:
    if rule.only and hit.rule.category not in rule.only and hit.rule.id not in rule.only:
        return False
    if rule.id in hit.rule.ignores or (rule.kind == "past" and hit.rule.past_counts):
        return False
    if rule.where == "quoted":
        near = text.quoted((hit.start, hit.end))
    else:
        near = any(_stands(rule, span, hit, text) for span in text.spans(rule))
    return near and not _lifted(rule, hit, text)


def _lifted(rule: Rule, hit: Hit, text: Text) -> bool:
    spans = text.spans(rule, "never")
    if rule.where == "quoted":  # what is itself quoted does not say that the writer means it
        return any(not text.quoted(span) for span in spans)
    if rule.where == "message":
        return bool(spans)
    here = text.sentence(hit.start)
    return any(text.sentence(start) == here for start, _ in spans)


def _stands(rule: Rule, span: tuple[int, int], hit: Hit, text: Text) -> bool:
    start, end = span
    if rule.where == "message":
        return True
    if rule.where == "over":
        return start < hit.end and hit.start < end
    if text.sentence(start) != text.sentence(hit.start):
        return False
    if rule.where == "sentence":
        return True
    if rule.where == "before":
        return 0 <= hit.start - end <= rule.within and not text.paused(end, hit.start + 1)
    return 0 <= start - hit.end <= rule.within
