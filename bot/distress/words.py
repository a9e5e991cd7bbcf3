"""From folded text to the row of words that the rules read, and back to its places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.distress.spelling import OTHER, PLAIN, Reading, Speller
from bot.distress.template import EDGE

NUMBER = "#"

_WORD = r"[^\W\d_]+(?:'[^\W\d_]+)*"
WORDS = re.compile(_WORD)
WORDS_AND_SIGNS = re.compile(_WORD + r"|[^\w\s\x00-\x7f]")
_ENDS = r".!?;\u3002\uff01\uff1f\u00bf\u00a1\u061f"
# As _TOKEN has it: two dots and more are a pause.
SENTENCE_END = re.compile(rf"(?<!\.)\.(?!\.)|[{_ENDS[1:]}]|\n\s*\n")
_TOKEN = re.compile(
    rf"(?P<word>{_WORD})|(?P<number>\d+)|(?P<soft>\.{{2,}}|[,:()\-\u2013\u2014/])"
    r"|(?P<blank>\n\s*\n)|(?P<line>\n)|(?P<end>[" + _ENDS + r"]+)"
    r"|(?P<quote>\"|(?<!\w)'|'(?!\w))|(?P<sign>[^\w\s])"
)
_SIGNS = r"@$!|*#+\d(\u20ac\-_.\u2022\u2013\u2014"
# A sign or digit between letters, after a letter, or before two. It begins with a plain class,
# so that texts without signs cost next to nothing; every look ahead is bounded.
ODD = re.compile(
    rf"[{_SIGNS}](?:(?<=[^\W\d_].)(?=[{_SIGNS}]{{0,12}}[^\W\d_])|(?<=[^\W\d_][\d|$@])"
    r"|(?<=(?<!\w)[\d@$|+])(?=[\d@$|+]{0,8}[^\W\d_]{2}))"
)
_QUOTE = re.compile(r"\"|'(?:(?<!\w.)|(?!\w))")
_CHUNK = re.compile(r"\S+")
APART = re.compile(
    r"(?<![^\W_])(?<!')(?:[^\W_][\s._\-*~/|,+\u2022\u00b7]{1,3}){2,39}[^\W_](?![^\W_])(?!')"
)
_LONGEST_REJOINED = 20
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

    def add(self, words: tuple[str, ...], start: int, end: int, view: str) -> None:
        """Append words that were all typed at one place."""
        for word in words:
            self.words.append(word)
            self.places.append((start, end, view))

    def edge(self, at: int) -> None:
        """End the sentence, unless it has just begun."""
        if not self.words or self.words[-1] != EDGE:
            self.add((EDGE,), at, at, PLAIN)


def stream(text: str, speller: Speller, *, rewrite: bool = True) -> Stream:
    """Split folded text into the words that rules read.

    Args:
        text: folded text.
        speller: reads the single words.
        rewrite: whether to look for leet, stars, letters apart and halves of words.
    """
    found = Stream()
    found.edge(0)
    at = 0
    for start, end, (words, view) in _rewritten(text, speller) if rewrite else ():
        _plain(text, at, start, speller, found)
        found.add(words, start, end, view)
        at = end
    _plain(text, at, len(text), speller, found)
    found.edge(len(text))
    _quotes(text, found)
    return found


def _rewritten(text: str, speller: Speller) -> Iterator[tuple[int, int, Reading]]:
    """Places that do not read as plain words: letters apart, leet, stars, halves of a word."""
    found = [(r.start(), r.end(), speller.apart(r.group())) for r in APART.finditer(text)]
    if ODD.search(text):
        odd = [
            (chunk.start(), chunk.end(), speller.odd(chunk.group()))
            for chunk in _CHUNK.finditer(text)
            if ODD.search(chunk.group())
        ]
        found += odd
        if any(reading for *_, reading in odd):
            found += [
                (lone.start(), lone.end(), ((_LONE[lone.group()],), "leet"))
                for lone in _CHUNK.finditer(text)
                if lone.group() in _LONE
            ]
    if not speller.halves.isdisjoint(WORDS.findall(text)):
        found += _rejoined(text, speller)
    at = 0
    for start, end, reading in sorted(found, key=lambda place: place[:2]):
        if reading and start >= at:
            yield start, end, reading
            at = end


def _rejoined(text: str, speller: Speller) -> list[tuple[int, int, Reading | None]]:
    """``ki ll`` and ``su ici de``: neighbouring pieces of one anchor."""
    row = list(WORDS.finditer(text))
    found = []
    for size in (2, 3):
        for pieces in zip(*(row[at:] for at in range(size)), strict=False):
            close = pieces[-1].end() - pieces[0].start() <= _LONGEST_REJOINED
            if close and sum(piece.group() in speller.halves for piece in pieces) >= size - 1:
                read = speller.rejoin("".join(piece.group() for piece in pieces))
                found.append((pieces[0].start(), pieces[-1].end(), read))
    return found


def _plain(text: str, start: int, end: int, speller: Speller, found: Stream) -> None:
    add, read = found.add, speller.read
    for token in _TOKEN.finditer(text, start, end):
        kind = token.lastgroup
        if kind == "word":
            words, view = read(token[0])
            add(words, token.start(), token.end(), view)
        elif kind in ("end", "blank"):
            found.edge(token.start())
        elif kind in ("soft", "line"):
            found.soft.add(len(found.words))
        elif kind in ("number", "sign"):
            words, view = read(token[0])
            if kind == "number" and words == (OTHER,):
                words = (NUMBER,)
            if words != (OTHER,):
                add(words, token.start(), token.end(), view)


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
