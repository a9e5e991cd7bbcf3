"""Finding phrases in a row of words: first by which words are near, then by the phrase itself.

A text is read in windows: each sentence, long ones in overlapping pieces, so that the time grows
with the length of the text and not with its square, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from sys import intern

from bot.distress.compiled import Leads, Rule
from bot.distress.template import Reader
from bot.distress.tree import Either, Node, Pattern, Span, Text

# The number of a phrase that two words lead to, and what else it needs.
_Way = tuple[int, tuple[frozenset[str], ...]]

_WINDOW, _STEP = 56, 28  # words; no phrase is longer than a step, but for ~
_FAR_WINDOW, _FAR_STEP = 80, 40
_MOST_SPANS = 40  # of one rule in one text; more of the same changes nothing


class Patterns:
    """Templates of all languages as patterns, made when first needed."""

    def __init__(self, readers: dict[str, Reader]) -> None:
        self._readers = readers
        self._made: dict[tuple[str, ...], Pattern] = {}

    def __call__(self, language: str, *templates: str) -> Pattern:
        """What finds any of these, the earlier ones first."""
        key = (language, *templates)
        if key not in self._made:
            nodes: list[Node] = [self._readers[language].read(each) for each in templates]
            self._made[key] = Pattern(nodes[0] if len(nodes) == 1 else Either(tuple(nodes)))
        return self._made[key]


class Needs(dict[int, frozenset[str]]):
    """Sets of words of which a text must have one, by number; taken apart when first needed."""

    def __init__(self, written: Sequence[str]) -> None:
        self._written = written

    def __missing__(self, number: int) -> frozenset[str]:
        need = self[number] = frozenset(map(intern, self._written[number].split()))
        return need


class _Pairs(dict[str, dict[str, list[_Way]]]):
    """What each word leads to beside each other word; worked out when first needed."""

    def __init__(self, leads: Leads, needs: Needs) -> None:
        self._leads = leads
        self._needs = needs

    def __missing__(self, word: str) -> dict[str, list[_Way]]:
        grouped: dict[frozenset[str], list[_Way]] = {}
        alone = frozenset((word,))
        for way in self._leads[word].split(","):
            phrase, *numbers = map(int, way.split())
            second, *others = [self._needs[number] for number in numbers] or [alone]
            grouped.setdefault(second, []).append((phrase, tuple(others)))
        pairs = self[word] = {}
        for second, ways in grouped.items():
            for other in second:
                # The same list where nothing is added: there are many.
                pairs[other] = pairs[other] + ways if other in pairs else ways
        return pairs

    def meet(self, words: set[str]) -> list[int]:
        """The numbers of all that can stand in a text of these words."""
        met: set[int] = set()
        absent = words.isdisjoint
        for word in self._leads.keys() & words:
            beside = self[word]
            for second in beside.keys() & words:
                for number, others in beside[second]:
                    for need in others:
                        if absent(need):
                            break
                    else:
                        met.add(number)
        return sorted(met)


class Index:
    """Which phrases of a set of rules stand in a text.

    Args:
        rules: the rules.
        leads: to their phrases, near and far.
        needs: what the leads point to.
        patterns: makes patterns of phrases.
    """

    def __init__(
        self, rules: Sequence[Rule], leads: Sequence[Leads], needs: Needs, patterns: Patterns
    ) -> None:
        self.rules = rules
        self._phrases = [(i, phrase) for i, rule in enumerate(rules) for phrase in rule.phrases]
        self._near, self._far, self.also = (_Pairs(each, needs) for each in leads)
        self.patterns = patterns

    def search(self, text: Text) -> list[tuple[Rule, list[Span]]]:
        """The rules that have phrases in a text, and what else they ask for, and where.

        Rules are in their own order.
        """
        found: dict[int, dict[Span, None]] = {}
        allowed = _Allowed(self, text)
        for pairs, windows in ((self._near, _windows(text)), (self._far, _far_windows(text))):
            for start, end in windows:
                for number in pairs.meet(set(text.words[start:end])):
                    index, phrase = self._phrases[number]
                    if allowed[index] and len(found.get(index, ())) < _MOST_SPANS:
                        pattern = self.patterns(self.rules[index].language, phrase)
                        for span in pattern.find(text, start, end):
                            found.setdefault(index, {})[span] = None
        return [(self.rules[index], list(spans)) for index, spans in sorted(found.items())]


class _Allowed(dict[int, bool]):
    """Whether a text has what each rule asks for besides its phrases."""

    def __init__(self, index: Index, text: Text) -> None:
        self._index = index
        self._text = text
        self._may: list[int] | None = None

    def __missing__(self, number: int) -> bool:
        self[number] = allowed = self._has_also(number)
        return allowed

    def _has_also(self, number: int) -> bool:
        rule = self._index.rules[number]
        if not rule.also:
            return True
        if self._may is None:
            self._may = self._index.also.meet(set(self._text.words))
        if number not in self._may:
            return False
        return bool(self._index.patterns(rule.language, *rule.also).spans(self._text))


def _windows(text: Text) -> Iterator[Span]:
    """Each sentence with the edges around it, long ones in overlapping pieces."""
    for left, right in pairwise(text.edges):
        yield from _pieces(left, right + 1, _WINDOW, _STEP)


def _far_windows(text: Text) -> Iterator[Span]:
    """The whole text in overlapping pieces."""
    yield from _pieces(0, text.length, _FAR_WINDOW, _FAR_STEP)


def _pieces(start: int, end: int, size: int, step: int) -> Iterator[Span]:
    while end - start > size:
        yield start, start + size
        start += step
    yield start, end
