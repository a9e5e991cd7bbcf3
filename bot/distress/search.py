"""Finding phrases in a row of words: first by which words are near, then by pattern.

A text is read in windows: each sentence, long ones in overlapping pieces, so that the time grows
with the length of the text and not with its square, whatever it says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.distress.compiled import WIDTH, Rule, runs
from bot.distress.spelling import OTHER
from bot.distress.template import EDGE
from bot.distress.words import WORDS_AND_SIGNS, Stream

# What a way needs in the text, what of it in one window, the index of its rule, of its phrase.
Phrase = tuple[int, int, int, int]
Span = tuple[int, int]

_WINDOW, _STEP = 56, 28  # words; no phrase is longer than a step, but for ~
_FAR_WINDOW, _FAR_STEP = 80, 40
_MOST_PATTERNS = 1_000
_MOST_SPANS = 40  # of one rule in one text; more of the same changes nothing


class Patterns:
    """Compiled patterns, made when first needed."""

    def __init__(self, symbols: Mapping[str, int]) -> None:
        self._symbols = {word: chr(code) for word, code in symbols.items()}
        self._other = chr(symbols[OTHER])
        self._compiled: dict[str, Any] = {}

    def encode(self, words: Sequence[str]) -> bytes:
        """Words as symbols, ``WIDTH`` bytes each."""
        symbols, other = self._symbols, self._other
        return "".join([symbols.get(word, other) for word in words]).encode()

    def __call__(self, source: str) -> Any:
        found = self._compiled.get(source)
        if found is None:
            if len(self._compiled) > _MOST_PATTERNS:
                self._compiled.clear()
            found = self._compiled[source] = runs(source)
        return found


class Text:
    """One text being read: its words, their symbols, where its sentences end."""

    def __init__(self, stream: Stream, patterns: Patterns) -> None:
        self.stream = stream
        self._patterns = patterns
        self._data = patterns.encode(stream.words)
        self._edges = [i for i, word in enumerate(stream.words) if word == EDGE]

    def windows(self) -> Iterator[Span]:
        """Each sentence with the edges around it, long ones in overlapping pieces."""
        for left, right in zip(self._edges, self._edges[1:], strict=False):
            yield from _pieces(left, right + 1, _WINDOW, _STEP)

    def far_windows(self) -> Iterator[Span]:
        """The whole text in overlapping pieces."""
        yield from _pieces(0, len(self.stream.words), _FAR_WINDOW, _FAR_STEP)

    def find(self, source: str, window: Span) -> Iterator[Span]:
        """Where a pattern stands in a window, in words, without the edges around it."""
        words = self.stream.words
        data = self._data[window[0] * WIDTH : window[1] * WIDTH]
        for match in self._patterns(source).finditer(data):
            start = window[0] + match.start() // WIDTH
            end = window[0] + match.end() // WIDTH
            while start < end and words[start] == EDGE:
                start += 1
            while end > start and words[end - 1] == EDGE:
                end -= 1
            if start < end:
                yield start, end

    def has(self, source: str) -> bool:
        """Whether a pattern stands anywhere in the text."""
        return self._patterns(source).search(self._data) is not None

    def spans(self, source: str) -> list[Span]:
        """Where a pattern stands in the text."""
        return list(self.find(source, (0, len(self.stream.words)))) if source else []

    def sentence(self, at: int) -> int:
        """The number of the sentence a word stands in."""
        return bisect_right(self._edges, at)

    def quoted(self, span: Span) -> bool:
        """Whether all words of a span stand in quotation marks or on a quoted line."""
        return all(at in self.stream.quoted for at in range(*span))

    def paused(self, start: int, end: int) -> bool:
        """Whether a comma, a dash or a line break stands among the words from start to end."""
        return any(at in self.stream.soft for at in range(start, end))


def _pieces(start: int, end: int, size: int, step: int) -> Iterator[Span]:
    while end - start > size:
        yield start, start + size
        start += step
    yield start, end


class Index:
    """Which phrases of a set of rules can stand in a window at all.

    Attributes:
        masks: word to the bits of the word sets it belongs to.
        anchored: word to the ways whose rarest set it belongs to.
        always: bits of sets with numbers or signs, which are not looked up.
    """

    def __init__(self, rules: Sequence[Rule], sets: Sequence[Sequence[str]]) -> None:
        self._rules = rules
        self.masks: dict[str, int] = {}
        self.anchored: dict[str, list[Phrase]] = {}
        self._far_anchored: dict[str, list[Phrase]] = {}
        self.always = 0
        self._bit: dict[int, int] = {}
        self._shared: dict[tuple[int, ...], int] = {}  # many ways need the same
        self._mask(sets)
        self._anchor(sets)
        self._shared.clear()

    def _mask(self, sets: Sequence[Sequence[str]]) -> None:
        numbers: dict[str, list[int]] = {}
        for place, number in enumerate(self._used(), start=1):
            self._bit[number] = place
            for word in sets[number]:
                numbers.setdefault(word, []).append(place)
        for word, found in numbers.items():
            bits = bytearray(len(self._bit) // 8 + 1)
            for number in found:
                bits[number // 8] |= 1 << number % 8
            mask = self.masks[word] = int.from_bytes(bits, "little")
            if not WORDS_AND_SIGNS.fullmatch(word.strip("*")):
                self.always |= mask

    def _used(self) -> list[int]:
        near = {n for rule in self._rules for ways in rule.ways for way in ways for n in way}
        return sorted(near.union(*(rule.also_needs for rule in self._rules)))

    def _bits(self, numbers: tuple[int, ...]) -> int:
        mask = self._shared.get(numbers)
        if mask is None:
            mask = 0
            for number in numbers:
                mask |= 1 << self._bit[number]
            self._shared[numbers] = mask
        return mask

    def _anchor(self, sets: Sequence[Sequence[str]]) -> None:
        for index, rule in enumerate(self._rules):
            also = tuple(rule.also_needs)
            for place, (ways, far) in enumerate(zip(rule.ways, rule.far, strict=True)):
                for way in ways:
                    near = self._bits(tuple(way))
                    # The same number where nothing is added: there are thousands of them.
                    whole = self._bits((*way, *also)) if also else near
                    phrase = (whole, near, index, place)
                    for word in sets[way[0]]:
                        self.anchored.setdefault(word, []).append(phrase)
                        if far:
                            self._far_anchored.setdefault(word, []).append(phrase)

    def far(self, phrase: Phrase) -> bool:
        """Whether a phrase may reach over the end of a sentence."""
        return self._rules[phrase[2]].far[phrase[3]]

    def search(
        self, text: Text, hopeful: Collection[Phrase] | None = None
    ) -> list[tuple[Rule, list[Span]]]:
        """The rules that have phrases in a text, in their own order, and where.

        Args:
            text: the text.
            hopeful: the only ways that can match, where that is known.
        """
        found: dict[int, dict[Span, None]] = {}
        for far, anchored in ((False, self.anchored), (True, self._far_anchored)):
            ways = hopeful
            if hopeful is not None:
                ways = [phrase for phrase in hopeful if self.far(phrase) == far]
            if anchored and (ways is None or ways):
                for window in text.far_windows() if far else text.windows():
                    words = set(text.stream.words[window[0] : window[1]])
                    near = self._gathered(words, anchored) if ways is None else ways
                    self._window(text, window, self._fitting(words, near, far=far), found)
        return [(self._rules[index], list(spans)) for index, spans in sorted(found.items())]

    def _gathered(self, words: Iterable[str], anchored: Mapping[str, list[Phrase]]) -> list[Phrase]:
        ways: list[Phrase] = []
        for word in words:
            ways += anchored.get(word, ())
        return ways

    def _fitting(
        self, words: Iterable[str], ways: Collection[Phrase], *, far: bool
    ) -> set[tuple[int, int]]:
        """The phrases, as rule and place, all of whose words are among these."""
        present = self.always
        for word in words:
            present |= self.masks.get(word, 0)
        fits = {(rule, place) for _, near, rule, place in ways if near & present == near}
        return {(rule, place) for rule, place in fits if self._rules[rule].far[place] == far}

    def _window(
        self,
        text: Text,
        window: Span,
        phrases: Iterable[tuple[int, int]],
        found: dict[int, dict[Span, None]],
    ) -> None:
        for index, place in phrases:
            if len(found.get(index, ())) < _MOST_SPANS:
                for span in text.find(self._rules[index].phrases[place], window):
                    found.setdefault(index, {})[span] = None
