"""What people write in place of a word: each typed word is looked up once and remembered.

Only a word that no list knows is looked at more closely: stretched (``dieeee``), leet
(``k1ll``), censored (``k*ll``), run together (``killmyself``), mistyped (``sucide``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import islice, product

OTHER = "\x00"  # any word that no lexicon mentions
PLAIN = "plain"
Reading = tuple[tuple[str, ...], str]  # canonical words, and the view that found them

_LONGEST_PIECE = 14
_LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "bg", "7": "t", "8": "b",
    "9": "g", "!": "il", "|": "il", "@": "a", "$": "s", "+": "t", "(": "c", "#": "h",
    "\u20ac": "e",
}  # fmt: skip
_STARS = "*#\u2022"
_CENSORS = _STARS + "-_.\u2013\u2014"
_STRETCHED = re.compile(r"(.)\1\1")


class Speller:
    """Knows every word of the lexicons and what people write in its place.

    Args:
        vocabulary: the words that templates use, stems as ``word*``.
        spellings: typed form to how it is read: a view and the words it stands for.
        common: ordinary words, never taken for a mistyped other word.
        anchors: words worth looking for behind typos, stars and spaces.
        not_typos: real words one letter away from an anchor.
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
        known = {*self._vocabulary, *spellings, *self._common}
        self._pieces = frozenset({"i", "a", *(word for word in known if len(word) > 1)})
        self._not_typos = frozenset(not_typos) | self._common
        self._stems = _by_beginning(word[:-1] for word in vocabulary if word.endswith("*"))
        self._anchors = frozenset(anchors)
        self._near: dict[str, list[str]] = {}
        for anchor in sorted(self._anchors):
            for key in {anchor, *_shorter(anchor)}:
                self._near.setdefault(key, []).append(anchor)
        self.halves = frozenset(
            half
            for anchor in self._anchors
            for cut in range(2, len(anchor) - 1)
            for half in (anchor[:cut], anchor[cut:])
            if half not in self._pieces
        )

    @cached_property
    def _hidden(self) -> dict[tuple[int, str], list[str]]:
        """Words that stars may hide, by length and first letter; anchors first."""
        hidden: dict[tuple[int, str], list[str]] = {}
        for word in (*sorted(self._anchors), *sorted(self._vocabulary)):
            hidden.setdefault((len(word), word[0]), []).append(word)
        return hidden

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
        listed = self._listed(typed)
        return listed or self._run_together(typed) or ((OTHER,), PLAIN)

    def _guesses(self, typed: str) -> Iterable[tuple[str, str]]:
        if _STRETCHED.search(typed):
            for most in (2, 1):
                yield _squeeze(typed, 3, most), "stretched"
            yield _squeeze(typed, 2, 1), "stretched"
        if 4 <= len(typed) <= 16 and typed not in self._not_typos:
            yield from ((anchor, "typo") for anchor in self._mistyped(typed))

    def _mistyped(self, typed: str) -> Iterable[str]:
        seen: list[str] = []
        for key in (typed, *_shorter(typed)):
            seen.extend(self._near.get(key, ()))
        for anchor in dict.fromkeys(seen):
            swapped = len(anchor) == len(typed) and sorted(anchor) == sorted(typed)
            if (len(anchor) >= 6 or swapped) and _one_slip(typed, anchor):
                yield anchor

    def _run_together(self, typed: str, *, anchored: bool = True) -> Reading | None:
        """``killmyself`` as its words: known ones only, an anchor among them, the fewest."""
        if not 5 <= len(typed) <= 60:
            return None
        best: list[tuple[str, ...] | None] = [()] + [None] * len(typed)
        pieces = self._pieces
        for start, before in enumerate(best):
            if before is None:
                continue
            for end in range(start + 1, min(start + _LONGEST_PIECE, len(typed)) + 1):
                now = best[end]
                if (now is None or len(before) + 1 < len(now)) and typed[start:end] in pieces:
                    best[end] = (*before, typed[start:end])
        row = best[-1]
        if row is None or (anchored and not self._anchors.intersection(row)):
            return None
        words = tuple(word for piece in row for word in (self._listed(piece) or ((OTHER,),))[0])
        return words, "joined"

    def odd(self, chunk: str) -> Reading | None:
        """The words behind a chunk with digits or signs among its letters, if it hides any."""
        core = chunk.strip(".,?;:\"'()").rstrip("!")
        for guess in (core, chunk):
            if 2 <= len(guess) <= 24:
                found = self._unleet(guess) or self._uncensored(guess)
                if found:
                    return found
        return None

    def _unleet(self, chunk: str) -> Reading | None:
        choices = [_LEET.get(character, character) for character in chunk]
        if not any(c.isalpha() for c in chunk):
            return None
        for letters in islice(product(*choices), 64):
            word = "".join(letters)
            if word != chunk and word.isalpha():
                found = self._listed(word) or self._run_together(word)
                if found and found[0] != (OTHER,):
                    return found[0], "leet"
        return None

    def _uncensored(self, chunk: str) -> Reading | None:
        shown = sum(character not in _CENSORS for character in chunk)
        if shown == len(chunk) or not shown or chunk[0] in _CENSORS:
            return None
        starred = any(character in _STARS for character in chunk)
        for word in self._hidden.get((len(chunk), chunk[0]), ()):
            # A dash may just be a dash; stars between letters hide a word on purpose.
            if not (starred or word in self._anchors) or not (shown > 1 or len(word) > 5):
                continue
            if all(c == a or c in _CENSORS for c, a in zip(chunk, word, strict=True)):
                found = self._listed(word)
                return (found[0], "censored") if found else None
        return None

    def rejoin(self, typed: str) -> Reading | None:
        """The words behind pieces put together, if they make an anchor or two words with one."""
        if typed in self._anchors:
            return self._listed(typed)
        found = self._run_together(typed)
        return found if found and len(found[0]) == 2 else None

    def apart(self, run: str) -> Reading | None:
        """The words behind letters typed apart, if there are any."""
        letters = "".join(c for c in run if c.isalnum())
        if letters in self._anchors or letters in self._spellings:
            return (self._listed(letters) or ((OTHER,),))[0], "spaced"
        found = self._run_together(letters, anchored=False) or self._unleet(letters)
        return (found[0], "spaced") if found else None


def _by_beginning(stems: Iterable[str]) -> dict[str, list[str]]:
    """Stems by the first three letters of the words they may begin, the longest first."""
    longest_first = sorted(stems, key=len, reverse=True)
    beginnings = {stem[:3] for stem in longest_first}
    return {
        three: [stem for stem in longest_first if stem.startswith(three) or three.startswith(stem)]
        for three in beginnings
    }


def _shorter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _squeeze(typed: str, least: int, most: int) -> str:
    """Every run of ``least`` or more equal letters cut to ``most``."""
    return re.sub(rf"(.)\1{{{least - 1},}}", lambda run: run.group(1) * most, typed)


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with the next."""
    if typed == meant:
        return False
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    a, b = typed[same:], meant[same:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
