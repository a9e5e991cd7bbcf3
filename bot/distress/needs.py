"""What must be in a text for a phrase to match: worked out once, so that few phrases are tried."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from math import fsum, inf

from bot.distress.tree import EDGE, Either, Node, Row, Word

Need = frozenset[str]  # words of which one must be in the text
Way = tuple[Need, ...]  # needs that must all be met
_MOST_WAYS = 60
_MOST_NEEDS = 5  # kept for a way: the rarest say most
_RARE = 2_000  # rank of a word that no list of common words has


class Needs:
    """Works out the ways in which trees can match.

    Args:
        rank: place of each common word, the most frequent first.
        meant: a word of a template to the known words it covers.
    """

    def __init__(self, rank: Mapping[str, int], meant: Callable[[str], Iterable[str]]) -> None:
        self._rank = rank
        self._meant = meant
        self._orders: dict[Need, tuple[float, int]] = {}
        self._ways: dict[Node, list[Way]] = {}

    def of(self, node: Node) -> list[list[Need]]:
        """For each way in which a tree can match its needs, the rarest first."""
        return [sorted(dict.fromkeys(way), key=self._order)[:_MOST_NEEDS] for way in self._of(node)]

    def of_any(self, trees: Iterable[Node]) -> Need:
        """One need of a text in which any of these trees matches; empty if it has none."""
        (drawn,) = self._drawn_together([way for tree in trees for way in self._of(tree)])
        return drawn[0] if drawn else frozenset()

    def _of(self, node: Node) -> list[Way]:
        found = self._ways.get(node)
        if found is None:
            found = self._ways[node] = self._worked_out(node)
        return found

    def _worked_out(self, node: Node) -> list[Way]:
        if isinstance(node, Word):
            if EDGE in node.words:
                return [()]
            return [(_either(map(self._meant, node.words)),)]
        if isinstance(node, Row):
            row: list[Way] = [()]
            # The parts with fewest ways first: the long lists are what is drawn together.
            for part in sorted(map(self._of, node.parts), key=len):
                fewer = part if len(row) * len(part) <= _MOST_WAYS else self._drawn_together(part)
                row = [(*left, *right) for left in row for right in fewer]
            return row
        if isinstance(node, Either):
            each = [way for part in node.parts for way in self._of(part)]
            lone = _either(way[0] for way in each if len(way) == 1)
            found = list(dict.fromkeys(way for way in each if len(way) != 1))
            return [*found, (lone,)] if lone else found
        return [()]

    def _drawn_together(self, ways: Collection[Way]) -> list[Way]:
        """One way that is weaker than all of these; never a wrong one."""
        if not all(ways):
            return [()]
        rarest = [min(way, key=self._order) for way in ways]
        return [(_either(rarest),)]

    def _order(self, need: Need) -> tuple[float, int]:
        """The rarest first; equals in the order in which they came."""
        order = self._orders.get(need)
        if order is None:
            order = self._orders[need] = self._cost(need), len(self._orders)
        return order

    def _cost(self, need: Need) -> float:
        """How much of ordinary talk has one of these words, roughly, by Zipf's law."""
        # Numbers and signs are everywhere.
        if not all(word.strip("*").isalpha() or not word.isascii() for word in need):
            return inf
        return fsum(1 / (self._rank.get(word, _RARE) + 5) for word in need)


def _either(needs: Iterable[Iterable[str]]) -> Need:
    return frozenset[str]().union(*needs)
