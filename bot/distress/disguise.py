"""Words behind signs, digits, stars and gaps: ``k1ll``, ``su***de``, ``k i l l``, ``killmyself``.

Every step is bounded by the length of what it looks at, whatever that is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import cached_property, lru_cache

_LONGEST_PIECE = 14
_LONGEST_CHUNK = 60
_LONGEST_CENSORED = 40
_ORDINARY, _RARE, _UNKNOWN, _NEVER = 10, 13, 50, 1_000_000  # what a word costs
# A sign or a digit, and the letters it is written for.
_LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "bg", "7": "t", "8": "b",
    "9": "gq", "!": "il", "|": "il", "@": "a", "^": "a", "$": "s", "+": "t", "(": "c", "<": "c",
    "#": "h", "\u20ac": "e", "l": "i", "i": "l",
}  # fmt: skip
# Whatever passes for the same letter has the same shape; two looks show whether it is that word.
_SHAPES = str.maketrans("l1!|03\u20ac4@^5$2z7+(<68gq9#", "iiiioeeaaasssst" + "tccbbbbbh")
_DRAWN = {
    "\\/\\/": "w", "|\\/|": "m", "|\\|": "n", "|-|": "h", "|_|": "u", "|<": "k", "|)": "d",
    "|3": "b", "\\/": "v", "/\\": "a", "()": "o", "|_": "l",
}  # fmt: skip
_DRAWING = re.compile("|".join(map(re.escape, _DRAWN)))
_AS_WORDS = {"2": "to", "4": "for"}
_STARS = frozenset("*#\u2022\u25cf\u2588\u2592\u25a0\u25a1")
_SIGNS = re.compile(r"[^\w\s]+|_+")
_PIECES = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PARTS = re.compile(r"[-/.,:+&]+")
_NO_PART_OF_WORDS = re.compile(r"[*|\\~#]|__")
_GAPS = re.compile(r"[\W_]+")
_LETTER_AND_GAP = re.compile(r"([^\W_])([\W_]*)")
# Short words that people run together with others; any other may be a syllable.
_SHORT = frozenset(
    {"i", "a", "am", "im", "id", "my", "me", "it", "is", "in", "on", "of", "up", "do", "so", "go"}
    | {"no", "we", "he", "be", "at", "an", "as", "if", "by", "us", "or", "to", "u", "ur"}
    | {"mi", "ya", "yo", "la", "el", "en", "de", "un", "se"}
)


class Disguises:
    """Finds known words in what does not look like them.

    Args:
        known: every word that may be found.
        anchors: words that are worth looking for; others count only beside one.
        common: ordinary words.
    """

    def __init__(
        self, known: Iterable[str], anchors: Collection[str], common: Collection[str]
    ) -> None:
        self._anchors = frozenset(anchors)
        self._common = frozenset(common)
        self._known = frozenset(known)
        self._pieces = frozenset(word for word in self._known if self._is_piece(word))
        self._starts = frozenset(word[:3] for word in self._pieces)
        self.behind = lru_cache(4_096)(self._behind)

    def _is_piece(self, word: str) -> bool:
        told = word in self._anchors or word in _SHORT
        return told or len(word) > 3 or (len(word) == 3 and word in self._common)

    @cached_property
    def _alike(self) -> dict[tuple[int, str], list[str]]:
        """Words by length and first letter, anchors first; by last letter with a length below 0."""
        alike: dict[tuple[int, str], list[str]] = {}
        for word in dict.fromkeys((*sorted(self._anchors), *sorted(self._known))):
            alike.setdefault((len(word), word[0]), []).append(word)
        for word in sorted(self._anchors):
            alike.setdefault((-len(word), word[-1]), []).append(word)
        return alike

    @cached_property
    def _anchors_by_letter(self) -> dict[str, list[str]]:
        """Anchors by their first letter, the shortest first."""
        by_letter: dict[str, list[str]] = {}
        for word in sorted(self._anchors, key=lambda word: (len(word), word)):
            by_letter.setdefault(word[0], []).append(word)
        return by_letter

    @cached_property
    def _shapes(self) -> dict[str, list[str]]:
        """Words by their shape, anchors first."""
        shapes: dict[str, list[str]] = {}
        for word in dict.fromkeys((*sorted(self._anchors), *sorted(self._known))):
            shapes.setdefault(word.translate(_SHAPES), []).append(word)
        return shapes

    @cached_property
    def _shape_starts(self) -> frozenset[str]:
        return frozenset(shape[:3] for shape in self._shapes)

    def _behind(self, chunk: str) -> tuple[tuple[str, ...], str] | None:
        """The words behind a chunk with signs among its letters, and how they were hidden."""
        for guess in dict.fromkeys((chunk.rstrip("!"), chunk)):
            if 2 <= len(guess) <= _LONGEST_CHUNK:
                for look, view in (
                    (self._known_word, "plain"),
                    (self._unleet, "leet"),
                    (self._censored, "censored"),
                    (self._parted_by_signs, "spaced"),
                    (self._starred, "censored"),
                    (self._leet_together, "leet"),
                ):
                    row = look(guess)
                    if row:
                        return row, view
        return None

    def _known_word(self, chunk: str) -> tuple[str, ...]:
        return (chunk,) if chunk in self._known else ()

    def _unmasked(self, shape: str, typed: str) -> str | None:
        """The known word that digits and signs stand for."""
        for word in self._shapes.get(shape, ()):
            if all(t == w or w in _LEET.get(t, "") for t, w in zip(typed, word, strict=True)):
                return word
        return None

    def _unleet(self, chunk: str) -> tuple[str, ...]:
        """``k1ll``, ``|<ill``, ``d1eeee``."""
        if any(c.isalpha() for c in chunk):
            drawn = _DRAWING.sub(lambda sign: _DRAWN[sign.group()], chunk)
            for typed in dict.fromkeys(
                (chunk, drawn, squeezed(drawn, 3, 2), squeezed(drawn, 3, 1))
            ):
                word = self._unmasked(typed.translate(_SHAPES), typed)
                if word:
                    return (word,)
        return ()

    def _leet_together(self, chunk: str) -> tuple[str, ...]:
        """``k1llmys3lf``: known words only, an anchor among them."""
        if len(chunk) < 5 or not any(c.isalpha() for c in chunk):
            return ()
        shape = chunk.translate(_SHAPES)

        def known(start: int, end: int) -> str | None:
            word = self._unmasked(shape[start:end], chunk[start:end])
            return word or (_AS_WORDS.get(chunk[start]) if end == start + 1 else None)

        row = self._fewest(shape, self._shape_starts, known, unknown=False)
        return () if self._anchors.isdisjoint(row) else row

    def _censored(self, chunk: str) -> tuple[str, ...]:
        """``k*ll``, ``s@icide``, ``k.ll``: a sign for each letter, behind it an anchor."""
        shown = sum(map(str.isalnum, chunk))
        if not 0 < shown < len(chunk) <= _LONGEST_CENSORED:
            return ()
        told = [word for word in self._like(chunk) if word in self._anchors]
        return tuple(told[:1]) if shown > 1 or len(told) == 1 or len(chunk) > 5 else ()

    def _starred(self, chunk: str) -> tuple[str, ...]:
        """``su***de``, ``k*l``: a star for any number of letters; ``cr*ck``: any known word."""
        shown = sum(map(str.isalnum, chunk))
        starred = not _STARS.isdisjoint(chunk)
        if not (2 if starred else 4) <= shown < len(chunk):
            return ()
        parts = _SIGNS.split(chunk)
        words = [
            word
            for word in self._anchors_by_letter.get(_first_letter(chunk), ())
            if len(word) <= len(chunk) + 3 and _stand_in_order(parts, word)
        ]
        return tuple((words or (self._like(chunk) if starred else []))[:1])

    def _like(self, chunk: str) -> list[str]:
        """Known words that may stand behind a chunk of as many letters and signs."""
        place = (len(chunk), _first_letter(chunk))
        if not chunk[0].isalnum() and chunk[0] not in "@$!|(":
            place = (-len(chunk), chunk[-1])
        return [word for word in self._alike.get(place, ()) if _fits(chunk, word)]

    def _parted_by_signs(self, chunk: str) -> tuple[str, ...]:
        """``su-ici-de``, ``k*i*ll``, ``s*lf-h*rm``, ``i.want.to.die``."""
        pieces = _PIECES.findall(chunk)
        if len(pieces) < 2:
            return ()
        joined = "".join(pieces)
        for letters in (joined, squeezed(joined, 3, 1)):
            word = self._unmasked(letters.translate(_SHAPES), letters)
            # A dash or a dot may part two words; nobody writes a star or a bar for that.
            parted = _NO_PART_OF_WORDS.search(chunk) and len(letters) > 3
            if word and (parted or word in self._anchors):
                return (word,)
        parts = [part for part in _PARTS.split(chunk) if part]
        for row in (parts if len(parts) < len(pieces) else [], pieces if len(pieces) > 2 else []):
            words = [self._part(part) for part in row]
            known = self._known.intersection(words)
            if not self._anchors.isdisjoint(known) and len(known) * 3 >= len(set(words)) * 2:
                return tuple(words)
        return ()

    def _part(self, part: str) -> str:
        if part in self._known or part.isalpha():
            return part
        return next(iter(self._unleet(part) or self._censored(part)), part)

    def apart(self, run: str) -> tuple[str, ...]:
        """The words behind letters typed apart, as far as there are any."""
        if len(run) <= _LONGEST_CENSORED and " " not in run:
            censored = self._censored(run)
            if censored:
                return censored
        ((usual, times),) = Counter(_GAPS.findall(run)).most_common(1)
        if times < 2:
            return ()
        words: list[str] = []
        group = ""
        # The rarer gaps part words: "k i l l   m e", "k-i-l-l m-e".
        for letter, gap in _LETTER_AND_GAP.findall(run):
            group += letter
            if gap != usual and "'" not in gap:
                words += self._spelled_out(group)
                group = ""
        return tuple(words) if self._known.intersection(words) else ()

    def _spelled_out(self, letters: str) -> tuple[str, ...]:
        if letters in self._anchors:
            return (letters,)
        found = () if letters.isalpha() else self._unleet(letters) or self._leet_together(letters)
        row = found or self.together(letters, unknown=True)
        return row if row.count("") * 2 < len(row) else (letters,)

    def together(self, typed: str, *, unknown: bool) -> tuple[str, ...]:
        """The fewest known words that make up ``typed``; empty ones for letters left over."""
        return self._fewest(
            typed,
            self._starts,
            lambda start, end: typed[start:end] if typed[start:end] in self._pieces else None,
            unknown=unknown,
        )

    def _fewest(
        self,
        letters: str,
        starts: Collection[str],
        known: Callable[[int, int], str | None],
        *,
        unknown: bool,
    ) -> tuple[str, ...]:
        """The cheapest row of words from the first letter to the last; none if there is none.

        Args:
            letters: without spaces.
            starts: the first three letters of all longer words.
            known: the word that stands from one place to another, if there is one.
            unknown: whether letters may be left over.
        """
        costs = [0] + [_NEVER] * len(letters)
        steps = [(0, "")] * (len(letters) + 1)
        for start, cost in enumerate(costs[:-1]):
            cost = costs[start]
            if cost >= _NEVER:
                continue
            longest = _LONGEST_PIECE if letters[start : start + 3] in starts else 2
            for end in range(start + 1, min(start + longest, len(letters)) + 1):
                word = known(start, end)
                if word:
                    ordinary = word in self._common or word in self._anchors
                    more = cost + (_ORDINARY if ordinary else _RARE)
                    if more < costs[end]:
                        costs[end], steps[end] = more, (start, word)
            if unknown and cost + _UNKNOWN < costs[start + 1]:
                costs[start + 1], steps[start + 1] = cost + _UNKNOWN, (start, "")
        row: list[str] = []
        at = len(letters) if costs[-1] < _NEVER else 0
        while at:
            at, word = steps[at]
            row.append(word)
        return tuple(reversed(row))


def squeezed(typed: str, least: int, most: int) -> str:
    """Every run of ``least`` or more equal letters cut to ``most``."""
    return re.sub(rf"(.)\1{{{least - 1},}}", lambda run: run.group(1) * most, typed)


def _first_letter(chunk: str) -> str:
    return chunk[0] if chunk[0].isalpha() else _LEET.get(chunk[0], chunk[0])[0]


def _fits(chunk: str, word: str) -> bool:
    """Whether a word may stand behind a chunk of as many signs and letters."""
    return all(
        c == w or not c.isalnum() or w in _LEET.get(c, "") for c, w in zip(chunk, word, strict=True)
    )


def _stand_in_order(parts: list[str], word: str) -> bool:
    """Whether a word begins and ends as the parts do, with a letter or more between them all."""
    if not (word.startswith(parts[0]) and word.endswith(parts[-1])):
        return False
    at = len(parts[0])
    for part in parts[1:-1]:
        at = word.find(part, at + 1)
        if at < 0:
            return False
        at += len(part)
    return at < len(word) - len(parts[-1])
