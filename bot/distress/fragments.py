"""Thoughts sent in pieces: the last few messages of one person in one channel, read as one.

Only in memory, only for 90 seconds, only the last few. People break a sentence anywhere, even
inside a word, so the pieces are joined with a space and without.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.distress.model import NOTHING, WEIGHED, Finding, RuleHit

WINDOW_SECONDS = 90.0
MOST_MESSAGES = 16
MOST_CHARACTERS = 1_500  # longer messages are not pieces of a sentence
_MOST_WINDOWS = 20_000


class Reads(Protocol):
    """Anything that screens one text."""

    def screen(self, text: str, language: str | None = None) -> Finding:
        """What a text says."""


@dataclass
class _Window:
    pieces: deque[tuple[int, str, float]] = field(default_factory=deque)
    told: int = 0  # the highest level already found in this window


class FragmentWindow:
    """Feeds messages one by one and finds what they say together.

    Args:
        screener: reads each message, and the joined ones.
        language: of the messages, where it is known.
    """

    def __init__(self, screener: Reads, language: str | None = None) -> None:
        self._screener = screener
        self._language = language
        self._windows: OrderedDict[tuple[int, int], _Window] = OrderedDict()

    def feed(
        self, author: int, channel: int, message_id: int, text: str, at_seconds: float
    ) -> Finding:
        """What this message says, alone or with the ones just before it.

        One finding per window: what a window has told already is not told again, unless the
        level rises. A message that says something by itself is always told.

        Args:
            author, channel: whose messages these are, and where.
            message_id: comes back as ``message`` of the rules; any number.
            text: the message.
            at_seconds: when it came, on any clock that does not run backwards.
        """
        alone = _placed(self._screener.screen(text, self._language), message_id)
        window = self._window((author, channel), at_seconds)
        window.pieces.append((message_id, text, at_seconds))
        while len(window.pieces) > MOST_MESSAGES:
            window.pieces.popleft()
        together = self._together(window)
        if together.level > max(alone.level, window.told):
            window.told = together.level
            return together
        window.told = max(window.told, alone.level)
        return alone

    def _window(self, key: tuple[int, int], at_seconds: float) -> _Window:
        window = self._windows.pop(key, None) or _Window()
        while window.pieces and at_seconds - window.pieces[0][2] > WINDOW_SECONDS:
            window.pieces.popleft()
        if not window.pieces:
            window.told = 0
        self._windows[key] = window
        while len(self._windows) > _MOST_WINDOWS:
            self._windows.popitem(last=False)
        return window

    def _together(self, window: _Window) -> Finding:
        pieces = [(number, text) for number, text, _ in window.pieces]
        if len(pieces) < 2 or sum(len(text) for _, text in pieces) > MOST_CHARACTERS:
            return NOTHING
        spaced = self._joined(pieces, " ")
        if any(not by.startswith(WEIGHED) for _, by in spaced.suppressed):
            return spaced  # read whole, and quieted for a reason
        glued = self._joined(pieces, "")
        return glued if glued.level > spaced.level else spaced

    def _joined(self, pieces: list[tuple[int, str]], glue: str) -> Finding:
        finding = self._screener.screen(glue.join(text for _, text in pieces), self._language)
        if all(rule.id.startswith(WEIGHED) for rule in finding.rules):
            return replace(finding, level=0, rules=())  # small weights of many messages add up
        rules = tuple(_back(rule, pieces, len(glue)) for rule in finding.rules)
        return replace(finding, rules=rules)


def _placed(finding: Finding, message: int) -> Finding:
    if not finding.rules:
        return finding
    return replace(finding, rules=tuple(replace(rule, message=message) for rule in finding.rules))


def _back(rule: RuleHit, pieces: list[tuple[int, str]], glue: int) -> RuleHit:
    """The rule at the message it begins in, its span cut at that message's end."""
    start, end = rule.span
    for number, text in pieces:
        if start < len(text):
            return replace(rule, message=number, span=(start, min(end, len(text))))
        start, end = max(0, start - len(text) - glue), end - len(text) - glue
    return rule
