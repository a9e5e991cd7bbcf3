"""Phrase templates: how a clinician writes what people say, read into trees.

A template is a row of words. ``(a b|c)`` is either phrase, ``x?`` may be missing, ``word*`` is any
word that starts so, ``#`` any number, ``{slot}`` one of the slot's phrases, ``..`` up to two words
in between, ``...`` up to five, ``....`` up to twelve, ``~`` up to twenty of this sentence and
the next, ``<`` and ``>`` the start and the end of a sentence. Without brackets, ``|`` parts the
whole template.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice, takewhile
from sys import intern

from bot.distress.tree import EDGE, Either, Gap, Maybe, Node, Row, Word

_PIECE = re.compile(r"\s+|\.{2,4}|[()|<>?~]|\{[a-z_]+\}|[^\s()|<>?~{}]+")
_GAPS = {"..": 2, "...": 5, "....": 12}
_FAR = 20
NUMBER = "#"


class TemplateError(ValueError):
    """A template cannot be read; its text says why."""


class Reader:
    """Reads templates, looking up slots and spelling words out as screening does.

    Slots and words are read once: all trees of a reader share them.

    Args:
        slots: name to its phrases.
        spell: a typed word to the words it stands for (``don't`` to ``do``, ``not``).
        meant: a word of a template to the known words it covers (``cut*``, ``#``).
    """

    def __init__(
        self,
        slots: Mapping[str, Iterable[str]],
        spell: Callable[[str], tuple[str, ...]],
        meant: Callable[[str], Iterable[str]] = lambda word: (word,),
    ) -> None:
        self._slots = slots
        self._spell = spell
        self._meant = meant
        self._read: dict[str, Node] = {}
        self._words: dict[frozenset[str], Word] = {}
        self._pieces: dict[str, Node] = {}
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
        if _may_say_nothing(node):
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
        return self._either([_in_a_row(row) for row in either]), at

    def _either(self, ways: list[Node]) -> Node:
        """One of these; all that are a single word are one node, and tried last."""
        single = frozenset[str]().union(*(way.words for way in ways if isinstance(way, Word)))
        if single and len(ways) > 1:
            ways = [way for way in ways if not isinstance(way, Word)] + [self._word(single)]
        return ways[0] if len(ways) == 1 else Either(tuple(ways))

    def _word(self, words: Iterable[str]) -> Word:
        meant = frozenset(map(intern, words))
        return self._words.setdefault(meant, Word(meant))

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
            return self._word((EDGE,)), at + 1
        if piece.startswith("{"):
            return self._slot(piece[1:-1]), at + 1
        return self._typed(piece), at + 1

    def _typed(self, piece: str) -> Node:
        node = self._pieces.get(piece)
        if node is None:
            spelled = (piece,) if piece.endswith("*") else self._spell(piece)
            words: list[Node] = [self._word(self._meant(word)) for word in spelled]
            node = self._pieces[piece] = words[0] if len(words) == 1 else Row(tuple(words))
        return node

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
            self._read[name] = self._either(ways)
        return self._read[name]


def _in_a_row(parts: list[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Row) else (part,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def _may_say_nothing(node: Node) -> bool:
    if isinstance(node, Word):
        return EDGE in node.words
    if isinstance(node, Row):
        return all(_may_say_nothing(part) for part in node.parts)
    if isinstance(node, Either):
        return any(_may_say_nothing(part) for part in node.parts)
    return True


def meaning(vocabulary: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """What tells the known words that a word of a template covers: itself, or all of a stem.

    Args:
        vocabulary: every known word, sorted.
    """

    @cache
    def covered(word: str) -> tuple[str, ...]:
        if word == NUMBER:
            return (word, *filter(str.isdigit, vocabulary))
        known = islice(vocabulary, bisect_left(vocabulary, word[:-1]), None)
        fits = takewhile(lambda other: other.startswith(word[:-1]), known)
        return (word, *(other for other in fits if other != word))

    return lambda word: covered(word) if word[-1] in "*#" else (word,)
