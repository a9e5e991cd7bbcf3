"""What a phrase looks for, as a tree, and where in a row of words it stands.

A node knows its *ends*: from one place in a row, the places it can reach, in the order in which a
regular expression would try them: earlier phrases first, what may be missing taken, gaps as long
as they can be. A choice is made once for each place and remembered, and gaps are bounded: the
time grows with the length of a row, whatever a lexicon says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_FEW = 2  # parts that are quicker tried than looked up
EDGE = "\n"  # the pseudo-word at the start and the end of every sentence
Span = tuple[int, int]
Ends = Collection[int]


class Text:
    """A row of words being read.

    Attributes:
        words: the words, with ``EDGE`` around every sentence, and one empty word at the end.
        length: how many words these are, without the empty one.
        edges: where the edges are.
        chosen: the ends of choices already made, by node and place.
    """

    def __init__(self, words: Sequence[str], stops: Collection[str]) -> None:
        self.words = [*words, ""]
        self.length = len(words)
        self.edges = [at for at, word in enumerate(words) if word == EDGE]
        self.chosen: dict[tuple[Either, int], Ends] = {}
        self._stops = stops
        self._reach: list[int] = []

    @property
    def reach(self) -> list[int]:
        """For each place the next one that no gap may skip."""
        if not self._reach:
            self._reach = [self.length] * (self.length + 1)
            for at in range(self.length - 1, -1, -1):
                skipped = self.words[at] not in self._stops
                self._reach[at] = self._reach[at + 1] if skipped else at
        return self._reach


@dataclass(frozen=True, eq=False, slots=True)
class Word:
    """Exactly one word out of a set."""

    words: frozenset[str]

    def ends(self, text: Text, start: int) -> Ends:
        """The next place, if the word there is one of these."""
        return (start + 1,) if text.words[start] in self.words else ()


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]

    def ends(self, text: Text, start: int) -> Ends:
        """Where the last part ends, all parts standing one after the other."""
        words = text.words
        ends: Ends = (start,)
        for part in self.parts:
            if isinstance(part, Word):
                ends = [at + 1 for at in ends if words[at] in part.words]
            elif len(ends) == 1:
                (at,) = ends
                ends = part.ends(text, at)
            else:
                if isinstance(part, Either) and part.opening:
                    ends = [at for at in ends if words[at] in part.opening]
                ends = dict.fromkeys([end for at in ends for end in part.ends(text, at)])
            if not ends:
                break
        return ends


@dataclass(frozen=True, eq=False)
class Either:
    """Any one of these."""

    parts: tuple[Node, ...]

    def ends(self, text: Text, start: int) -> Ends:
        """Where each of the parts ends."""
        if len(self.parts) > _FEW:
            parts = self._by_word.get(text.words[start], self._always)
        else:
            parts = self.parts
        if len(parts) < 2:
            return parts[0].ends(text, start) if parts else ()
        ends = text.chosen.get((self, start))
        if ends is None:
            ends = dict.fromkeys([end for part in parts for end in part.ends(text, start)])
            text.chosen[self, start] = ends
        return ends

    @cached_property
    def _by_word(self) -> dict[str, tuple[Node, ...]]:
        """The parts that each word can begin."""
        by_word: dict[str, tuple[Node, ...]] = {}
        always: tuple[Node, ...] = ()
        for part in self.parts:
            begins, longer = opening(part), _Longer(part)
            if begins is None:
                by_word = {word: longer[parts] for word, parts in by_word.items()}
                always = longer[always]
            else:
                for word in begins:
                    by_word[word] = longer[by_word.get(word, always)]
        return by_word

    @cached_property
    def _always(self) -> tuple[Node, ...]:
        """The parts that any word can begin, or none."""
        return tuple(part for part in self.parts if opening(part) is None)

    @cached_property
    def opening(self) -> Collection[str] | None:
        """The words it can begin with; ``None`` if it can begin with any, or be empty."""
        if len(self.parts) > _FEW:
            return None if self._always else self._by_word.keys()
        begins = [opening(part) for part in self.parts]
        return None if None in begins else frozenset[str]().union(*filter(None, begins))


class _Longer(dict[tuple["Node", ...], tuple["Node", ...]]):
    """Rows of nodes with one more at their end; words that begin the same share the same row."""

    def __init__(self, part: Node) -> None:
        self._part = part

    def __missing__(self, parts: tuple[Node, ...]) -> tuple[Node, ...]:
        longer = self[parts] = (*parts, self._part)
        return longer


@dataclass(frozen=True, eq=False, slots=True)
class Maybe:
    """This or nothing."""

    part: Node

    def ends(self, text: Text, start: int) -> Ends:
        """Where the part ends, then the place itself."""
        return dict.fromkeys((*self.part.ends(text, start), start))


@dataclass(frozen=True, eq=False, slots=True)
class Gap:
    """Up to ``most`` words of the same sentence, none of them a negation; or any, if ``far``."""

    most: int
    far: bool = False

    def ends(self, text: Text, start: int) -> Ends:
        """Every place in reach, the furthest first."""
        furthest = min(start + self.most, text.length if self.far else text.reach[start])
        return range(furthest, start - 1, -1)


Node = Word | Row | Either | Maybe | Gap


class Pattern:
    """A tree to look for."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._opening = opening(node)

    def find(self, text: Text, start: int, end: int) -> list[Span]:
        """Where it stands in [start, end), one after the other, without the edges around it."""
        words, begins = text.words, self._opening
        found: list[Span] = []
        at = start
        while at < end:
            if begins is None or words[at] in begins:
                for stop in self._node.ends(text, at):
                    if stop <= end:
                        found += _inside(words, at, stop)
                        at = stop - 1
                        break
            at += 1
        return found

    def spans(self, text: Text) -> list[Span]:
        """Where it stands in the whole text."""
        return self.find(text, 0, text.length)


def _inside(words: Sequence[str], start: int, end: int) -> Iterator[Span]:
    while start < end and words[start] == EDGE:
        start += 1
    while end > start and words[end - 1] == EDGE:
        end -= 1
    if start < end:
        yield start, end


def opening(node: Node) -> Collection[str] | None:
    """The words that a tree can begin with; ``None`` if it can begin with any, or be empty."""
    if isinstance(node, Word):
        return node.words
    if isinstance(node, Either):
        return node.opening
    begun: set[str] = set()
    for part in node.parts if isinstance(node, Row) else ():
        begins = opening(part.part if isinstance(part, Maybe) else part)
        if begins is None:
            return None
        begun.update(begins)
        if not isinstance(part, Maybe):
            return begun
    return None


def nodes(trees: Iterable[Node]) -> Iterator[Node]:
    """Every node of some trees, once."""
    seen: set[Node] = set()
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            yield node
            if isinstance(node, Maybe):
                waiting.append(node.part)
            elif isinstance(node, Row | Either):
                waiting.extend(node.parts)
