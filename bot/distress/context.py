"""What makes words mean something else: negation, the past, quoting, idiom, play.

Every rule is data, named in the lexicon. This file knows only where a rule's phrases may stand
from what was found, and what happens then: the finding is quieted, under the rule's name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.distress.compiled import Rule
from bot.distress.search import Span, Text

_REACH = 40  # words; in a longer text, what is further away speaks of something else


@dataclass(frozen=True)
class Hit:
    """An entry that fired on the words [start, end) of a stream."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class _Reason:
    """A context rule found in a text: where its phrases stand, and what lifts it."""

    rule: Rule
    spans: list[Span]
    lifting: list[Span]


def quieted(
    hits: list[Hit],
    rules: Collection[Rule],
    found: Iterable[tuple[Rule, list[Span]]],
    text: Text,
) -> tuple[list[Hit], list[tuple[str, str]]]:
    """The hits that stand, and for each other one the rule that quieted it.

    Args:
        hits: what fired.
        rules: all context rules.
        found: those whose phrases stand in the text, and where.
        text: the text.
    """
    reasons = [_Reason(rule, spans, text.spans(rule.never)) for rule, spans in found]
    if text.stream.quoted:
        reasons += [
            _Reason(rule, [], text.spans(rule.never)) for rule in rules if rule.where == "quoted"
        ]
    # A language with context rules of its own is quieted by those alone.
    languages = {rule.language for rule in rules}
    standing: list[Hit] = []
    silent: list[tuple[str, str]] = []
    for hit in _unclaimed(hits, silent):
        by = None
        if not hit.rule.firm:
            by = next(
                (reason.rule.id for reason in reasons if _quiets(reason, hit, languages, text)),
                None,
            )
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


def _quiets(reason: _Reason, hit: Hit, languages: Collection[str], text: Text) -> bool:
    rule = reason.rule
    if rule.language != hit.rule.language and hit.rule.language in languages:
        return False
    if rule.only and hit.rule.category not in rule.only and hit.rule.id not in rule.only:
        return False
    if rule.id in hit.rule.ignores or (rule.kind == "past" and hit.rule.past_counts):
        return False
    if rule.where == "quoted":
        near = text.quoted((hit.start, hit.end))
    else:
        near = any(_stands(rule, span, hit, text) for span in reason.spans)
    return near and not _lifted(reason, hit, text)


def _lifted(reason: _Reason, hit: Hit, text: Text) -> bool:
    where = reason.rule.where
    if where == "quoted":  # what is itself quoted does not say that the writer means it
        return any(not text.quoted(span) for span in reason.lifting)
    if where == "message":
        return any(_near(span, hit) for span in reason.lifting)
    here = text.sentence(hit.start)
    return any(text.sentence(start) == here for start, _ in reason.lifting)


def _near(span: Span, hit: Hit) -> bool:
    return span[0] - hit.end <= _REACH and hit.start - span[1] <= _REACH


def _stands(rule: Rule, span: Span, hit: Hit, text: Text) -> bool:
    start, end = span
    if rule.where == "message":
        return _near(span, hit)
    if rule.where == "over":
        return start < hit.end and hit.start < end
    if text.sentence(start) != text.sentence(hit.start):
        return False
    if rule.where == "sentence":
        return True
    if rule.where == "before":
        return 0 <= hit.start - end <= rule.within and not text.paused(end, hit.start + 1)
    return 0 <= start - hit.end <= rule.within
