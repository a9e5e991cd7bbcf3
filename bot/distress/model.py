"""The words of screening: what a finding is, and which rules led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

About = Literal["self", "other", "died", "target", "unclear"]
Category = Literal[
    "suicide",
    "self-harm",
    "overdose",
    "substance",
    "abuse",
    "sexual-violence",
    "stalking",
    "violence",
    "eating",
    "psychosis",
    "severe-distress",
    "intrusive-thoughts",
    "medical",
    "dependent-at-risk",
    "third-party",
    "bereavement",
    "harassment",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
WEIGHED = "weighed."
"""How ids begin that stand for words that were weighed, and for no entry."""
ABOUTS: tuple[str, ...] = get_args(About)


@dataclass(frozen=True)
class RuleHit:
    """One lexicon entry that fired.

    Attributes:
        id: the entry, such as ``en.suicide.intent``.
        message: index of the message it was found in; 0 for a single text.
        span: [start, end) in code points of that message's original text.
        view: how the words were read: ``plain``, ``leet``, ``spaced`` and so on.
    """

    id: str
    message: int
    span: tuple[int, int]
    view: str


@dataclass(frozen=True)
class Finding:
    """What screening a message says. Never a risk score, never stored with text.

    Attributes:
        level: 0 nothing, 1 low distress, 2 offer help and tell staff, 3 immediate danger.
        categories: what it is about, in the order of the issue's list, without repeats.
        about: whom it is about.
        rules: the entries that fired, as they stand in the text.
        suppressed: entries that fired and were quieted, each with the rule that quieted it.
    """

    level: int
    categories: tuple[str, ...]
    about: About
    rules: tuple[RuleHit, ...] = ()
    suppressed: tuple[tuple[str, str], ...] = ()


NOTHING = Finding(level=0, categories=(), about="unclear")
