"""From folded text to the row of words that the rules read, and back to its places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bot.distress.spelling import OTHER, PLAIN, Reading, Speller
from bot.distress.template import NUMBER
from bot.distress.tree import EDGE, Span

_WORD = r"[^\W\d_]+(?:'[^\W\d_]+)*"
_ENDS = r".!?;\u3002\uff01\uff1f\u00bf\u00a1\u061f"
_KINDS = {
    "word": _WORD,
    "number": r"\d+",
    "pause": r"\.{2,}|[,:()\-\u2013\u2014/]",
    "end": rf"\n\s*\n|[{_ENDS}]+",
    "line": r"\n",
    "quote": r"\"|(?<!\w)'|'(?!\w)",
    "sign": r"[^\w\s]",
}
_KIND = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items()))
TOKEN = re.compile("|".join(_KINDS.values()))
# A sign or digit between letters, after a letter, or before two. It begins with a plain class,
# so that texts without signs cost next to nothing; every look ahead is bounded.
ODD = re.compile(
    r"[^\s'a-z](?:(?<=[^\W\d_].)(?=[^a-z\s]{0,12}[^\W\d_])|(?<=[^\W\d_][\d|$@*#+])"
    r"|(?<=(?<!\w)[\d@$|+!*#^])(?=[^a-z\s]{0,8}[^\W\d_]{2}))"
)
_QUOTE = re.compile(r"\"|'(?:(?<!\w.)|(?!\w))")
_CHUNK = re.compile(r"[^\s.,?;:\"'()\[\]{}](?:\S*[^\s.,?;:\"'()\[\]{}])?")
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
APART = re.compile(r"(?<![^\W_])(?<!')(?:[^\W_](?:\W|_){1,3}){2,399}[^\W_](?![^\W_])(?!')")
_STRETCHED = re.compile(r"(.)\1{2,}")
_LONGEST_REJOINED = 20
_WORDS_OF_A_LETTER = "aiu"
_SHORT = 3
_REMEMBERED = 20_000  # tokens
_LONGEST = 40  # characters of a token that is remembered
_PAUSE = "pause"  # the view of what is no word, but parts the words around it
_SILENT: Reading = ((), _PAUSE)
_NOTHING: Reading = ((), PLAIN)
_END: Reading = ((EDGE,), PLAIN)
_A_NUMBER: Reading = ((NUMBER,), PLAIN)
Rewritten = tuple[int, int, Reading]  # where it was typed, and how it is read
_LONE = {"1": "i", "!": "i", "|": "i", "2": "to", "4": "for"}


@dataclass
class Stream:
    """The words of a text in order, with sentence edges, and where each was typed.

    Attributes:
        words: canonical words; ``EDGE`` at the start, the end and between sentences.
        places: of each word the start and the end in the folded text, and how it was read.
        soft: indexes of words after a comma, a dash or a line break.
        quoted: indexes of words inside quotation marks or a quoted line.
    """

    words: list[str] = field(default_factory=list)
    places: list[tuple[int, int, str]] = field(default_factory=list)
    soft: set[int] = field(default_factory=set)
    quoted: set[int] = field(default_factory=set)

    def add(self, reading: Reading, start: int, end: int) -> None:
        """Append words that were all typed at one place; no edge after another."""
        words, view = reading
        if view == _PAUSE:
            self.soft.add(len(self.words))
        for word in words:
            if word != EDGE or self.words[-1:] != [EDGE]:
                self.words.append(word)
                self.places.append((start, end, view))

    @cached_property
    def _edges(self) -> list[int]:
        return [at for at, word in enumerate(self.words) if word == EDGE]

    def sentence(self, at: int) -> int:
        """The number of the sentence a word stands in; once all words are there."""
        return bisect_right(self._edges, at)

    def is_quoted(self, span: Span) -> bool:
        """Whether all words of a span stand in quotation marks or on a quoted line."""
        return all(at in self.quoted for at in range(*span))

    def paused(self, start: int, end: int) -> bool:
        """Whether a comma, a dash or a line break stands among the words from start to end."""
        return any(at in self.soft for at in range(start, end))


class Tokens(dict[str, Reading]):
    """How each token is read; worked out once and remembered.

    Args:
        speller: reads single words.
    """

    def __init__(self, speller: Speller) -> None:
        self._speller = speller

    def __missing__(self, token: str) -> Reading:
        if len(self) > _REMEMBERED:
            self.clear()
        reading = self._read(token)
        if len(token) <= _LONGEST:
            self[token] = reading
        return reading

    def _read(self, token: str) -> Reading:
        match = _KIND.fullmatch(token)
        kind = match.lastgroup if match else ""
        if kind in ("pause", "line"):
            return _SILENT
        if kind == "end":
            return _END
        if kind == "quote":
            return _NOTHING
        reading = self._speller.read(token)
        if kind != "word" and reading[0] == (OTHER,):
            return _A_NUMBER if kind == "number" else _NOTHING
        return reading

    def row(self, tokens: Iterable[str]) -> list[str]:
        """The words of a text, with an edge around every sentence."""
        row = [EDGE]
        for token in tokens:
            row += self[token][0]
        row.append(EDGE)
        return [
            word for word, last in zip(row, ["", *row], strict=False) if not word == last == EDGE
        ]


def stream(text: str, tokens: Tokens, rewritten: Iterable[Rewritten] = ()) -> Stream:
    """Split folded text into the words that rules read.

    Args:
        text: folded text.
        tokens: reads the single tokens.
        rewritten: the places that do not read as plain words.
    """
    found = Stream()
    found.add(_END, 0, 0)
    at = 0
    for start, end, reading in [*rewritten, (len(text), len(text), _END)]:
        for token in TOKEN.finditer(text, at, start):
            found.add(tokens[token[0]], token.start(), token.end())
        found.add(reading, start, end)
        at = end
    _quotes(text, found)
    return found


def rewritten(text: str, speller: Speller) -> list[Rewritten]:
    """Places that do not read as plain words: letters apart, leet, stars, halves of a word.

    Args:
        text: folded text.
        speller: knows what is behind them.
    """
    found = [(r.start(), r.end(), speller.apart(r.group())) for r in APART.finditer(text)]
    if ODD.search(text):
        odd = [
            (chunk.start(), chunk.end(), speller.odd(chunk.group()))
            for chunk in _CHUNK.finditer(text)
            if not chunk.group().isalpha()
        ]
        # "m3" and a lone "2" are words only beside a word that is hidden in the same way.
        telling = [at for at in odd if _tells(*at, speller)]
        found += (
            odd if telling else [place for place in odd if speller.knows(text[place[0] : place[1]])]
        )
        if telling:
            found += [
                (lone.start(), lone.end(), ((_LONE[lone.group()],), "leet"))
                for lone in _CHUNK.finditer(text)
                if lone.group() in _LONE
            ]
    found += _rejoined(text, speller)
    kept: list[Rewritten] = []
    at = 0
    for start, end, reading in sorted(found, key=lambda place: (place[0], -place[1])):
        if reading and start >= at:
            kept.append((start, end, reading))
            at = end
    return kept


def _tells(start: int, end: int, reading: Reading | None, speller: Speller) -> bool:
    return reading is not None and (end - start > _SHORT or speller.tells(reading[0]))


def _rejoined(text: str, speller: Speller) -> list[tuple[int, int, Reading | None]]:
    """``ki ll``, ``su ici de``, ``sewer slide``: neighbours that stand for one word."""
    words = _PIECE.findall(text)
    if _STRETCHED.search(text):
        words = [_STRETCHED.sub(r"\1\1", word) for word in words]
    hints = [
        at
        for at, word in enumerate(words)
        if word in speller.halves or (len(word) == 1 and word not in _WORDS_OF_A_LETTER)
    ]
    read = [
        (start, start + size, reading)
        for size in (2, 3)
        for start in dict.fromkeys(
            start
            for at in hints
            for start in range(max(0, at - size + 1), min(at, len(words) - size) + 1)
        )
        if (reading := speller.rejoin(words[start : start + size]))
    ]
    if not read:
        return []
    places = [(piece.start(), piece.end()) for piece in _PIECE.finditer(text)]
    spans = [(places[start][0], places[end - 1][1], reading) for start, end, reading in read]
    return [place for place in spans if place[1] - place[0] <= _LONGEST_REJOINED]


def _quoted_places(text: str) -> Iterator[tuple[int, int]]:
    opened: int | None = None
    for mark in _QUOTE.finditer(text):
        if opened is None:
            opened = mark.end()
        else:
            yield opened, mark.start()
            opened = None
    if ">" not in text:
        return
    at = 0
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith(">"):
            yield at, at + len(line)
        at += len(line)


def _quotes(text: str, found: Stream) -> None:
    """Mark the words inside pairs of quotation marks and on lines that quote."""
    spans = sorted(_quoted_places(text))
    if not spans:
        return
    at = 0
    for index, (start, _, _) in enumerate(found.places):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        if at < len(spans) and spans[at][0] <= start and found.words[index] != EDGE:
            found.quoted.add(index)
