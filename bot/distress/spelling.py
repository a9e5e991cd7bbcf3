"""What people write in place of a word: each typed word is looked up once and remembered.

Only a word that no list knows is looked at more closely: stretched (``dieeee``), mistyped
(``sucide``), without vowels (``kll``), run together (``killmyself``), hidden (``k*ll``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from bot.distress.disguise import Disguises, squeezed

OTHER = "\x00"  # any word that no lexicon mentions
PLAIN = "plain"
Reading = tuple[tuple[str, ...], str]  # canonical words, and the view that found them

_LONGEST_TYPO = 16
_LONGEST_TOGETHER = 60
_LEFT_OVER_FROM = 14  # in a word longer than this, some letters may belong to no known word
_STRETCHED = re.compile(r"(.)\1\1")
_DOUBLED = re.compile("([aiu])\\1")
_VOWELS = re.compile("[aeiou]")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    pair
    for row, below in zip(_KEYBOARD, (*_KEYBOARD[1:], ""), strict=True)
    for other, shift in ((row, 1), (below, 0), (below, -1))
    for at, key in enumerate(row)
    if 0 <= at + shift < len(other)
    for pair in (key + other[at + shift], other[at + shift] + key)
)


class Speller:
    """Knows every word of the lexicons and what people write in its place.

    Args:
        vocabulary: the words that templates use, stems as ``word*``.
        spellings: typed form to how it is read: a view and the words it stands for. A form of
            two or three words with spaces stands for neighbours.
        common: ordinary words, the most frequent first, never taken for a mistyped other word.
        anchors: words worth looking for behind typos, stars and spaces.
        not_typos: real words one letter away from an anchor.

    Attributes:
        halves: what hints at a word written as two: half an anchor, a rare part of a phrase.
    """

    def __init__(
        self,
        vocabulary: Collection[str],
        spellings: Mapping[str, tuple[str, tuple[str, ...]]],
        common: Collection[str],
        anchors: Collection[str],
        not_typos: Collection[str],
    ) -> None:
        self._vocabulary = frozenset(vocabulary)
        self._spellings = spellings
        self._common = frozenset(common)
        self._not_typos = frozenset(not_typos) | self._common
        self._stems = _by_beginning(word[:-1] for word in vocabulary if word.endswith("*"))
        self._anchors = frozenset(anchors)
        known = {*self._vocabulary, *spellings, *self._common, *anchors}
        self._known = frozenset(word for word in known if len(word) > 1).union("ia")
        self._disguises = Disguises(self._known, anchors, self._common)
        self._near: dict[str, list[str]] = {}
        self._worn: dict[str, tuple[str, str]] = {}
        for anchor in sorted(self._anchors, key=lambda word: (len(word), word)):
            for key in {anchor, *_shorter(anchor)}:
                self._near.setdefault(key, []).append(anchor)
            for worn, view in _worn(anchor):
                self._worn.setdefault(worn, (anchor, view))
        self.halves = self._parts(common)

    def _parts(self, common: Collection[str]) -> frozenset[str]:
        cuts = {
            half
            for anchor in self._anchors
            for cut in range(2, len(anchor) - 1)
            for half in (anchor[:cut], anchor[cut:])
            if half not in self._common
        }
        rank = {word: place for place, word in enumerate(common)}
        phrases = [form.split() for form in self._spellings if " " in form]
        return frozenset(cuts).union(
            max(row, key=lambda word: rank.get(word.replace("'", ""), len(rank))) for row in phrases
        )

    def tells(self, words: Collection[str]) -> bool:
        """Whether an anchor is among the words."""
        return not self._anchors.isdisjoint(words)

    def knows(self, typed: str) -> bool:
        """Whether a lexicon has the very word."""
        return self._exact(typed) is not None

    def _exact(self, typed: str) -> Reading | None:
        if typed in self._spellings:
            view, words = self._spellings[typed]
            return words, view
        if typed in self._vocabulary:
            return (typed,), PLAIN
        return None

    def _listed(self, typed: str) -> Reading | None:
        exact = self._exact(typed)
        if exact:
            return exact
        for stem in self._stems.get(typed[:3], ()):
            if typed.startswith(stem):
                return (f"{stem}*",), PLAIN
        return ((OTHER,), PLAIN) if typed in self._common else None

    def _words(self, row: Iterable[str]) -> tuple[str, ...]:
        """The canonical words of typed ones, one after the other."""
        return tuple(word for typed in row for word in (self._listed(typed) or ((OTHER,),))[0])

    def read(self, typed: str) -> Reading:
        """The canonical words behind one typed word, and the view that found them."""
        if typed in self._common:
            return self._listed(typed) or ((OTHER,), PLAIN)
        exact = self._exact(typed)
        if exact:
            return exact
        if "'" in typed:
            bare = typed.replace("'", "")
            head = typed.split("'")[0]
            return self._listed(bare) or self._listed(head) or ((OTHER,), PLAIN)
        for guess, view in self._guesses(typed):
            meant = self._exact(guess)
            if meant:
                return meant[0], view
        return self._run_together(typed) or self._listed(typed) or ((OTHER,), PLAIN)

    def _guesses(self, typed: str) -> Iterable[tuple[str, str]]:
        if _STRETCHED.search(typed):
            for most in (2, 1):
                yield squeezed(typed, 3, most), "stretched"
            yield squeezed(typed, 2, 1), "stretched"
        if 3 <= len(typed) <= _LONGEST_TYPO and typed not in self._not_typos:
            for form in (typed, squeezed(typed, 2, 1), typed.replace("l", "i")):
                if form in self._worn:
                    yield self._worn[form]
            yield _DOUBLED.sub(r"\1", typed), "typo"
            yield from ((anchor, "typo") for anchor in self._mistyped(typed))

    def _mistyped(self, typed: str) -> Iterable[str]:
        seen: list[str] = []
        for key in (typed, *_shorter(typed)):
            seen.extend(self._near.get(key, ()))
        for anchor in dict.fromkeys(seen):
            if len(anchor) > 3 and _one_slip(typed, anchor):
                yield anchor

    def _run_together(self, typed: str) -> Reading | None:
        """``killmyself`` as its words: an anchor among them, the fewest that make it up."""
        if not 5 <= len(typed) <= _LONGEST_TOGETHER:
            return None
        row = self._disguises.together(typed, unknown=len(typed) > _LEFT_OVER_FROM)
        if len(row) < 2 or 2 * row.count("") >= len(row):
            return None
        words = self._words(row)
        return (words, "joined") if self.tells((*row, *words)) else None

    def odd(self, chunk: str) -> Reading | None:
        """The words behind a chunk with digits or signs among its letters, if it hides any."""
        found = self._disguises.behind(chunk)
        if not found:
            return None
        row, view = found
        exact = self._exact(chunk) if view == PLAIN else None
        return exact or (self._words(row), view)

    def rejoin(self, pieces: list[str]) -> Reading | None:
        """The words behind neighbours that are pieces of one word, or stand for another."""
        listed = self._spellings.get(" ".join(pieces))
        if listed:
            return listed[1], listed[0]
        if sum(piece not in self._common for piece in pieces) < len(pieces) - 1:
            return None
        typed = "".join(pieces)
        if typed in self._anchors:
            return self._listed(typed)
        if self._known.issuperset(pieces):
            return None
        found = self._run_together(typed)
        return found if found and len(found[0]) == 2 else None

    def apart(self, run: str) -> Reading | None:
        """The words behind letters typed apart, if there are any."""
        row = self._disguises.apart(run)
        words = tuple(word for typed in row for word in self._spelled_out(typed))
        return (words, "spaced") if words.count(OTHER) < len(words) else None

    def _spelled_out(self, typed: str) -> tuple[str, ...]:
        return self.read(typed)[0] if typed else (OTHER,)


def _worn(anchor: str) -> Iterable[tuple[str, str]]:
    """An anchor with single letters for double ones, with i for l, with x or no vowels."""
    yield squeezed(anchor, 2, 1), "typo"
    yield anchor.replace("l", "i"), "leet"
    yield _VOWELS.sub("x", anchor, count=1), "censored"
    for bare in (anchor[0] + _VOWELS.sub("", anchor[1:]), _VOWELS.sub("", anchor)):
        if len(bare) > 2:
            yield bare, "censored"


def _by_beginning(stems: Iterable[str]) -> dict[str, list[str]]:
    """Stems by the first three letters of the words they may begin, the longest first."""
    beginnings: dict[str, list[str]] = {}
    for stem in sorted(stems, key=len, reverse=True):
        beginnings.setdefault(stem[:3], []).append(stem)
    for three, longest_first in beginnings.items():
        longest_first += [
            short
            for end in range(len(three) - 1, 0, -1)
            for short in beginnings.get(three[:end], ())
        ]
    return beginnings


def _shorter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with the next.

    In a short word only what fingers do: letters swapped, or a key hit beside the right one.
    """
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    a, b = typed[same:], meant[same:]
    if a[:2] == b[1::-1] and a[2:] == b[2:]:
        return True
    if a[1:] == b or a == b[1:] or a[1:] == b[1:]:
        near = b[:1] + meant[max(same - 1, 0) : same]
        slipped = any(a[:1] + key in _NEIGHBOURS for key in near)
        return len(meant) > 5 or (same > 0 and (len(meant) == 5 or slipped))
    return False
