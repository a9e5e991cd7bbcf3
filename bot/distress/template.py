"""Phrase templates: how a clinician writes what people say, and how that becomes a pattern.

A template is a row of words. ``(a b|c)`` is either phrase, ``x?`` may be missing, ``word*`` is any
word that starts so, ``#`` any number, ``{slot}`` one of the slot's phrases, ``..`` up to two words
in between, ``...`` up to five, ``....`` up to twelve, ``~`` up to twenty of this sentence and
the next, ``<`` and ``>`` the start and the end of a sentence. Without brackets, ``|`` parts the
whole template.

Patterns run over *symbols*, one per word, not over letters. That keeps them short, and RE2
keeps them linear: there is no backtracking, whatever a lexicon says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

EDGE = "\n"  # the pseudo-word at the start and the end of every sentence
_PIECE = re.compile(r"\s+|\.{2,4}|[()|<>?~]|\{[a-z_]+\}|[^\s()|<>?~{}]+")
_GAPS = {"..": 2, "...": 5, "....": 12}
_FAR = 20


@dataclass(frozen=True)
class Word:
    """Exactly one word out of a set; ``word*`` stands for its stem."""

    words: frozenset[str]


@dataclass(frozen=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """Any one of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Maybe:
    """This or nothing."""

    part: Node


@dataclass(frozen=True)
class Gap:
    """Up to ``most`` words of the same sentence, none of them a negation; or any, if ``far``."""

    most: int
    far: bool = False


Node = Word | Row | Either | Maybe | Gap


class TemplateError(ValueError):
    """A template cannot be read; its text says why."""


class Reader:
    """Reads templates, looking up slots and spelling words out as screening does.

    Args:
        slots: name to its phrases.
        spell: a typed word to the words it stands for (``don't`` to ``do``, ``not``).
    """

    def __init__(
        self, slots: Mapping[str, Iterable[str]], spell: Callable[[str], tuple[str, ...]]
    ) -> None:
        self._slots = slots
        self._spell = spell
        self._read: dict[str, Node] = {}
        self._open: list[str] = []

    def read(self, template: str) -> Node:
        """The tree of a template.

        Raises:
            TemplateError: a bracket is open, a slot is unknown or contains itself, or nothing
                in it must be there.
        """
        pieces = [p for p in _PIECE.findall(template) if p]
        if "".join(pieces) != template:
            raise TemplateError(f"{template!r} has a sign that means nothing here")
        node, rest = self._row(pieces, 0)
        if rest != len(pieces):
            raise TemplateError(f"{template!r} closes a bracket that it did not open")
        if not all(ways(node, len)):
            raise TemplateError(f"{template!r} has no word that must be there; add one")
        return node

    def _row(self, pieces: list[str], at: int) -> tuple[Node, int]:
        either: list[list[Node]] = [[]]
        while at < len(pieces) and pieces[at] != ")":
            piece = pieces[at]
            if piece == "|":
                either.append([])
                at += 1
            elif piece == "?":
                self._optional(either[-1])
                at += 1
            elif piece.isspace():
                at += 1
            else:
                node, at = self._one(pieces, at)
                either[-1].append(node)
        rows = [row[0] if len(row) == 1 else Row(tuple(row)) for row in either]
        return (rows[0] if len(rows) == 1 else Either(tuple(rows))), at

    def _optional(self, row: list[Node]) -> None:
        if not row:
            raise TemplateError("a ? stands where nothing can be left out")
        row.append(Maybe(row.pop()))

    def _one(self, pieces: list[str], at: int) -> tuple[Node, int]:
        piece = pieces[at]
        if piece == "(":
            node, end = self._row(pieces, at + 1)
            if end >= len(pieces):
                raise TemplateError(f"{''.join(pieces)!r} opens a bracket and does not close it")
            return node, end + 1
        if piece in _GAPS:
            return Gap(_GAPS[piece]), at + 1
        if piece == "~":
            return Gap(_FAR, far=True), at + 1
        if piece in "<>":
            return Word(frozenset({EDGE})), at + 1
        if piece.startswith("{"):
            return self._slot(piece[1:-1]), at + 1
        if piece.endswith("*"):
            return Word(frozenset({piece})), at + 1
        words = [Word(frozenset({word})) for word in self._spell(piece)]
        return (words[0] if len(words) == 1 else Row(tuple(words))), at + 1

    def _slot(self, name: str) -> Node:
        if name not in self._read:
            if name not in self._slots:
                raise TemplateError(f"{{{name}}} is not a slot; check its spelling")
            if name in self._open:
                raise TemplateError(f"{{{name}}} contains itself")
            self._open.append(name)
            ways = [
                self._row([p for p in _PIECE.findall(str(phrase)) if p], 0)[0]
                for phrase in self._slots[name]
            ]
            self._open.pop()
            self._read[name] = ways[0] if len(ways) == 1 else Either(tuple(ways))
        return self._read[name]


def words(node: Node) -> Iterator[str]:
    """Every word of a tree, in order."""
    if isinstance(node, Word):
        yield from sorted(node.words)
    elif isinstance(node, Maybe):
        yield from words(node.part)
    elif isinstance(node, Row | Either):
        for part in node.parts:
            yield from words(part)


def reaches_far(node: Node) -> bool:
    """Whether a tree may match over the end of a sentence."""
    if isinstance(node, Gap):
        return node.far
    if isinstance(node, Maybe):
        return reaches_far(node.part)
    return isinstance(node, Row | Either) and any(reaches_far(part) for part in node.parts)


Way = tuple[frozenset[str], ...]  # word sets that must each have a word in the text
_MOST_WAYS = 40


def ways(node: Node, cost: Callable[[frozenset[str]], float]) -> list[Way]:
    """What must be in a text for a tree to match: one of these ways, all of its word sets.

    Long lists of ways are drawn together into fewer, weaker ones; never into wrong ones.

    Args:
        node: the tree.
        cost: how often a word set is met; the rarest sets are kept.
    """
    if isinstance(node, Word):
        return [()] if EDGE in node.words else [(node.words,)]
    if isinstance(node, Row):
        row: list[Way] = [()]
        # The parts with fewest ways first: the long lists are what is drawn together.
        for part in sorted((ways(p, cost) for p in node.parts), key=len):
            fewer = part if len(row) * len(part) <= _MOST_WAYS else [_drawn_together(part, cost)]
            row = [(*left, *right) for left in row for right in fewer]
        return row
    if isinstance(node, Either):
        each = [way for part in node.parts for way in ways(part, cost)]
        lone = frozenset[str]().union(*(way[0] for way in each if len(way) == 1))
        found = list(dict.fromkeys(way for way in each if len(way) != 1))
        return [*found, (lone,)] if lone else found
    return [()]


def _drawn_together(each: list[Way], cost: Callable[[frozenset[str]], float]) -> Way:
    if not all(each):
        return ()
    return (frozenset[str]().union(*(min(way, key=cost) for way in each)),)


def pattern(node: Node, symbols: Mapping[str, str], gap: str) -> str:
    """The RE2 pattern of a tree over symbols.

    Args:
        node: the tree.
        symbols: word to a class member, such as ``\\x{1203}``; a stem to several.
        gap: the class of symbols that may stand in a gap.
    """
    if isinstance(node, Word):
        return f"[{''.join(symbols[word] for word in sorted(node.words))}]"
    if isinstance(node, Row):
        return "".join(pattern(part, symbols, gap) for part in node.parts)
    if isinstance(node, Maybe):
        return f"(?:{pattern(node.part, symbols, gap)})?"
    if isinstance(node, Gap):
        return f"{'.' if node.far else gap}{{0,{node.most}}}"
    single = frozenset[str]().union(*(p.words for p in node.parts if isinstance(p, Word)))
    ways = [pattern(p, symbols, gap) for p in node.parts if not isinstance(p, Word)]
    if single:
        ways.append(pattern(Word(single), symbols, gap))
    return f"(?:{'|'.join(ways)})"
