"""What makes words mean something else: negation, the past, quoting, idiom, play.

Every rule is data, named in the lexicon. This file knows only where a rule's phrases may stand
from what was found, and what happens then: the finding is quieted, under the rule's name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.distress.compiled import Rule
from bot.distress.tree import EDGE, Span
from bot.distress.words import Stream

_REACH = 40  # words; in a longer text, what is further away speaks of something else
_SHORTLY = 8  # words
_CLOSE = 4  # words
_QUOTED = 0.4  # of a hit's words
_OVERLAP = 2  # words: "was not trying to" before "trying to die"
_NEGATIONS = frozenset({"not", "no", "never"})
_ANEW = ("i", "yo")  # with these somebody begins to say another thing
_WRITER = ("i", "me", "myself", "yo")
_NOW = ("am", "want", "need", "wish", "rather", "will", "going", "quiero", "voy", "estoy")
_PAST = ("past", "recovery")
_ANYWHERE = (*_PAST, "mention", "address")  # kinds that are lifted from any sentence of the message


@dataclass(frozen=True)
class Hit:
    """An entry that fired on the words [start, end) of a stream."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Reason:
    """A context rule found in a text: where its phrases stand, and what lifts it."""

    rule: Rule
    spans: list[Span]
    lifting: list[Span]


def quieted(
    hits: list[Hit], rules: Collection[Rule], reasons: list[Reason], row: Stream
) -> tuple[list[Hit], list[tuple[str, str]]]:
    """The hits that stand, and for each other one the rule that quieted it.

    Args:
        hits: what fired.
        rules: all context rules.
        reasons: those that stand in the text.
        row: the words of the text.
    """
    # A language with context rules of its own is quieted by those alone.
    languages = {rule.language for rule in rules}
    # Who is "not thinking of dying" does not speak of dying either.
    denials = {rule.id for rule in rules if rule.kind == "negation" and rule.where == "before"}
    standing: list[Hit] = []
    silent: list[tuple[str, str]] = []
    denied: list[tuple[Span, str]] = []
    for hit in sorted(_unclaimed(hits, silent), key=_longest_first):
        by = None
        if not hit.rule.firm:
            by = next((by for span, by in denied if _within(hit, span)), None) or next(
                (reason.rule.id for reason in reasons if _quiets(reason, hit, languages, row)),
                None,
            )
        if by in denials:
            denied.append(((hit.start, hit.end), by))
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
            by = next((c for c in claims if _overlap(c, hit) and not _ignores(hit, c.rule)), None)
        if by is None:
            free.append(hit)
        else:
            silent.append((hit.rule.id, by.rule.id))
    return free


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _ignores(hit: Hit, rule: Rule) -> bool:
    """Whether a hit's entry says that a rule, or a family of them, has no power over it."""
    return any(rule.id == id_ or rule.id.startswith(f"{id_}.") for id_ in hit.rule.ignores)


def _longest_first(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end


def _within(hit: Hit, span: Span) -> bool:
    return span[0] <= hit.start <= span[0] + 2 and hit.end <= span[1]


def _accompanied(hit: Hit, standing: list[Hit]) -> bool:
    if not hit.rule.beside:
        return True
    return any(o.rule.category in hit.rule.beside and o.rule is not hit.rule for o in standing)


def _quiets(reason: Reason, hit: Hit, languages: Collection[str], row: Stream) -> bool:
    rule = reason.rule
    if rule.language != hit.rule.language and hit.rule.language in languages:
        return False
    if rule.only and hit.rule.category not in rule.only and hit.rule.id not in rule.only:
        return False
    if rule.kind == "past" and hit.rule.past_counts:
        return False
    if _ignores(hit, rule):
        return False
    if rule.where == "quoted":  # what is itself quoted does not say that the writer means it
        lifted = any(not row.is_quoted(span) for span in reason.lifting)
        quoted = sum(row.is_quoted((at, at + 1)) for at in range(hit.start, hit.end))
        return quoted >= _QUOTED * (hit.end - hit.start) and not lifted
    return any(
        _stands(rule, span, hit, row)
        and not (rule.kind == "address" and _of_the_writer(hit, span, row))
        and not (rule.kind in _PAST and _is_now(hit, span, row))
        and not any(_lifts(rule, lifting, span, hit, row) for lifting in reason.lifting)
        for span in reason.spans
    )


def _lifts(rule: Rule, lifting: Span, span: Span, hit: Hit, row: Stream) -> bool:
    """Whether words that lift a rule speak of the same thing as its phrase and the hit.

    Somebody comes back to the past, or says "that is me", anywhere in the message; a negation
    is undone only by the words shortly before it or between it and the hit.
    """
    if rule.where == "message" or rule.kind in _ANYWHERE:
        return _near(lifting, hit)
    if row.sentence(lifting[0]) != row.sentence(hit.start):
        return False
    return rule.where != "before" or span[0] - _SHORTLY <= lifting[0] < hit.end


def _of_the_writer(hit: Hit, span: Span, row: Stream) -> bool:
    """Whether a hit is said of the writer: an "I" or "me" early in it or shortly before.

    Not so in "I hope that you ...", where the rule's own words stand in between.
    """
    begun = max(hit.start + _CLOSE, (hit.start + hit.end) // 2)
    for at in range(min(begun, hit.end - 1), max(hit.start - _CLOSE, 0) - 1, -1):
        if row.words[at] == EDGE or (at < hit.start and span[0] <= at < span[1]):
            return False
        if row.words[at] in _WRITER:
            return True
    return False


def _is_now(hit: Hit, span: Span, row: Stream) -> bool:
    """Whether a hit speaks of the present, and another sentence of the past."""
    if row.sentence(span[0]) == row.sentence(hit.start):
        return False
    return any(word in _NOW for word in row.words[max(hit.start - 2, 0) : hit.end])


def _near(span: Span, hit: Hit) -> bool:
    return span[0] - hit.end <= _REACH and hit.start - span[1] <= _REACH


def _stands(rule: Rule, span: Span, hit: Hit, row: Stream) -> bool:
    start, end = span
    if rule.where == "message":
        return _near(span, hit)
    if rule.where == "over":
        return start < hit.end and hit.start < end
    if row.sentence(start) != row.sentence(hit.start):
        return False
    if rule.where == "sentence":
        return True
    if rule.where == "before":
        return _reaches(rule, span, hit, row)
    return hit.start < start and hit.end < end and start - hit.end <= rule.within


def _reaches(rule: Rule, span: Span, hit: Hit, row: Stream) -> bool:
    """Whether a phrase before a hit speaks of it: close, and in the same breath."""
    start, end = span
    if not (start < hit.start and -_OVERLAP <= hit.start - end <= rule.within):
        return False
    half = (hit.start + hit.end) // 2 + 1
    words = row.words[hit.start + 1 : min(half, hit.start + 1 + _CLOSE)]
    if any(word in _ANEW for word in words):
        return False  # not for attention, I want ...
    if not _NEGATIONS.isdisjoint(row.words[hit.start : end]):
        return False  # the hit's own
    return rule.kind == "mention" or not row.paused(end, hit.start + 1)
