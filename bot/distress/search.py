"""Finding phrases in a row of words: first by which words are there, then by the phrase itself.

A text is read in windows: each sentence, long ones in overlapping pieces, so that the time grows
with the length of the text and not with its square, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from bot.distress.compiled import Leads, PhraseLeads, Rule
from bot.distress.template import Reader
from bot.distress.tree import Either, Node, Pattern, Span, Text

_Bit = tuple[int, int]  # where a need stands among those of a text: the byte, and the bit in it
_Met = tuple[int, bytes]  # needs as one number, and as the bytes of it
_Way = tuple[int, tuple[_Bit, ...]]  # the number of a phrase, and what else it needs

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


class Needs:
    """Which needs a row of words meets. A need is a set of words of which it must have one.

    Args:
        met: each word's needs, by number.
        count: how many needs there are.
    """

    def __init__(self, met: Mapping[str, str], count: int) -> None:
        self._met = met
        self._size = count // 8 + 1
        self._bits: dict[str, int] = {}

    def of(self, words: Iterable[str]) -> _Met:
        """The needs that these words meet, a bit each."""
        met = 1  # the empty need
        for word in words:
            bits = self._bits.get(word)
            if bits is None:
                bits = self._bits[word] = _bits(map(int, self._met.get(word, "").split()))
            met |= bits
        return met, met.to_bytes(self._size, "little")


class _Ways(dict[str, list[_Way]]):
    """Ways by their numbers, written out; read when first needed."""

    def __init__(self, written: Sequence[str]) -> None:
        self._written = written
        self._read: dict[int, _Way] = {}

    def __missing__(self, numbers: str) -> list[_Way]:
        ways = self[numbers] = [self._way(int(number)) for number in numbers.split()]
        return ways

    def _way(self, number: int) -> _Way:
        if number not in self._read:
            phrase, *others = map(int, self._written[number].split())
            self._read[number] = phrase, tuple(map(_bit, others))
        return self._read[number]


class _Leading(dict[str, tuple[int, dict[int, str]]]):
    """What each word opens: needs as bits, and by each the numbers of ways that need it too."""

    def __init__(self, leads: Leads, ways: _Ways) -> None:
        self._leads = leads
        self._ways = ways

    def __missing__(self, word: str) -> tuple[int, dict[int, str]]:
        groups = {}
        for group in self._leads[word].split(","):
            need, numbers = group.split(" ", 1)
            groups[int(need)] = numbers
        opened = self[word] = _bits(groups), groups
        return opened

    def meet(self, words: set[str], needs: _Met) -> list[int]:
        """The numbers of all phrases that can stand in a text of these words."""
        met: set[int] = set()
        bits, present = needs
        for word in self._leads.keys() & words:
            asked, groups = self[word]
            both = asked & bits
            while both:
                lowest = both & -both
                both ^= lowest
                for phrase, others in self._ways[groups[lowest.bit_length() - 1]]:
                    for byte, bit in others:
                        if not present[byte] & bit:
                            break
                    else:
                        met.add(phrase)
        return sorted(met)


def _bits(numbers: Iterable[int]) -> int:
    """A bit for each of these different numbers."""
    places = bytearray()
    for number in numbers:
        byte, bit = _bit(number)
        places.extend(bytes(max(0, byte + 1 - len(places))))
        places[byte] |= bit
    return int.from_bytes(places, "little")


@cache
def _bit(number: int) -> _Bit:
    return number >> 3, 1 << (number & 7)


class Index:
    """Which phrases of a set of rules stand in a text.

    Args:
        rules: the rules.
        leads: to their phrases.
        needs: tells which needs a text meets.
        patterns: makes patterns of phrases.
    """

    def __init__(
        self, rules: Sequence[Rule], leads: PhraseLeads, needs: Needs, patterns: Patterns
    ) -> None:
        self._rules = rules
        self._phrases = [(i, phrase) for i, rule in enumerate(rules) for phrase in rule.phrases]
        ways = _Ways(leads.ways)
        self._near, self._far = _Leading(leads.near, ways), _Leading(leads.far, ways)
        self._also = [_bit(number) for number in leads.also]
        self._needs = needs
        self._patterns = patterns

    def search(self, text: Text) -> list[tuple[Rule, list[Span]]]:
        """The rules that have phrases in a text, and what else they ask for, and where.

        Rules are in their own order.
        """
        found: dict[int, dict[Span, None]] = {}
        whole = self._needs.of(set(text.words))
        for leading, windows in ((self._near, _windows(text)), (self._far, _far_windows(text))):
            for start, end in windows:
                words = set(text.words[start:end])
                needs = whole if end - start == text.length else self._needs.of(words)
                for number in leading.meet(words, needs):
                    index, phrase = self._phrases[number]
                    byte, bit = self._also[index]
                    if whole[1][byte] & bit and len(found.get(index, ())) < _MOST_SPANS:
                        pattern = self._patterns(self._rules[index].language, phrase)
                        for span in pattern.find(text, start, end):
                            found.setdefault(index, {})[span] = None
        return [
            (self._rules[index], list(spans))
            for index, spans in sorted(found.items())
            if self._has_also(self._rules[index], text)
        ]

    def _has_also(self, rule: Rule, text: Text) -> bool:
        return not rule.also or bool(self._patterns(rule.language, *rule.also).spans(text))


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
