"""What people write in place of a word: each typed word is looked up once and remembered.

Only a word that no list knows is looked at more closely: stretched (``dieeee``), leet
(``k1ll``), censored (``k*ll``), run together (``killmyself``), mistyped (``sucide``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

OTHER = "\x00"  # any word that no lexicon mentions
PLAIN = "plain"
Reading = tuple[tuple[str, ...], str]  # canonical words, and the view that found them

_LONGEST = 40
_LONGEST_PIECE = 14
_LONGEST_CHUNK = 60
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
    r"\/\/": "w", r"|\/|": "m", r"|\|": "n", "|-|": "h", "|_|": "u", "|<": "k", "|)": "d",
    "|3": "b", r"\/": "v", r"/\ ".strip(): "a", "()": "o", "|_": "l",
}  # fmt: skip
_DRAWING = re.compile("|".join(map(re.escape, _DRAWN)))
_DIGITS_AS_WORDS = {"2": "to", "4": "for", "u": "you", "r": "are"}
_STARS = frozenset("*#\u2022\u25cf\u2588\u2592\u25a0\u25a1")
_SIGNS = re.compile(r"[^\w\s]+|_+")
_NO_PART_OF_WORDS = re.compile(r"[*|\\~#]|__")
_GAP = re.compile(r"[\W_]+")
_LETTER_AND_GAP = re.compile(r"([^\W_])([\W_]*)")
_STRETCHED = re.compile(r"(.)\1\1")
_DOUBLED = re.compile("([aiu])\\1")
_VOWELS = re.compile("[aeiou]")
# Short words that people run together with others; any other may be a syllable.
_SHORT = frozenset(
    {"i", "a", "am", "im", "id", "my", "me", "it", "is", "in", "on", "of", "up", "do", "so", "go"}
    | {"no", "we", "he", "be", "at", "an", "as", "if", "by", "us", "or", "to", "u", "ur"}
    | {"mi", "ya", "yo", "la", "el", "en", "de", "un", "se"}
)
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
        self._pieces = frozenset(
            word
            for word in known
            if len(word) > 3
            or word in self._anchors
            or word in _SHORT
            or (len(word) == 3 and word in self._common)
        )
        self._near: dict[str, list[str]] = {}
        self._worn: dict[str, tuple[str, str]] = {}
        for anchor in sorted(self._anchors, key=lambda word: (len(word), word)):
            for key in {anchor, *_shorter(anchor)}:
                self._near.setdefault(key, []).append(anchor)
            for worn, view in _worn(anchor):
                self._worn.setdefault(worn, (anchor, view))
        self.halves = self._parts(common)

    def _parts(self, common: Collection[str]) -> frozenset[str]:
        """What hints at a word written as two: half an anchor, a rare part of a phrase."""
        cuts = {
            half
            for anchor in self._anchors
            for cut in range(2, len(anchor) - 1)
            for half in (anchor[:cut], anchor[cut:])
            if half not in self._common
        }
        phrases = [form.split() for form in self._spellings if " " in form]
        rank = {word: place for place, word in enumerate(common)}
        return frozenset(cuts).union(
            max(row, key=lambda word: rank.get(word.replace("'", ""), len(rank))) for row in phrases
        )

    @cached_property
    def _hidden(self) -> dict[tuple[int, str], list[str]]:
        """Words that stars may hide, by length and first letter; anchors first."""
        hidden: dict[tuple[int, str], list[str]] = {}
        known = (*sorted(self._anchors), *sorted(self._vocabulary), *self._spellings)
        for word in dict.fromkeys(known):
            hidden.setdefault((len(word), word[0]), []).append(word)
        for word in sorted(self._anchors, key=lambda word: (len(word), word)):
            hidden.setdefault((0, word[0]), []).append(word)
            hidden.setdefault((-len(word), word[-1]), []).append(word)
        return hidden

    @cached_property
    def _shapes(self) -> dict[str, list[str]]:
        """Known words by their shape, anchors first."""
        shapes: dict[str, list[str]] = {}
        for word in (*sorted(self._anchors), *sorted(self._known)):
            shapes.setdefault(word.translate(_SHAPES), []).append(word)
        return shapes

    def tells(self, words: Collection[str]) -> bool:
        """Whether an anchor is among the words, or behind them."""
        return not self._anchors.isdisjoint([*words, *self._words(words)])

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
        """The canonical words of known words, one after the other."""
        return tuple(word for piece in row for word in (self._listed(piece) or ((OTHER,),))[0])

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
                yield _squeeze(typed, 3, most), "stretched"
            yield _squeeze(typed, 2, 1), "stretched"
        if 3 <= len(typed) <= 16 and typed not in self._not_typos:
            for form in (typed, _squeeze(typed, 2, 1), typed.replace("l", "i")):
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
        if not 5 <= len(typed) <= _LONGEST_CHUNK:
            return None
        row = self._parted(typed, self._piece, unknown=len(typed) > _LONGEST_PIECE)
        if len(row) < 2 or 2 * row.count(OTHER) >= len(row) or not self.tells(row):
            return None
        return self._words(row), "joined"

    def _piece(self, typed: str) -> str | None:
        return typed if typed in self._pieces else None

    def _parted(
        self, typed: str, known: Callable[[str], str | None], *, unknown: bool
    ) -> tuple[str, ...]:
        """The fewest known words that make up all of ``typed``; none if it cannot be done.

        Args:
            typed: letters without spaces.
            known: the word that a piece stands for, if it stands for one.
            unknown: whether letters may be left over.
        """
        best: list[tuple[int, tuple[str, ...]]] = [(0, ()), *[(_NEVER, ())] * len(typed)]
        for start in range(len(typed)):
            cost, row = best[start]
            if cost >= _NEVER:
                continue
            for end in range(start + 1, min(start + _LONGEST_PIECE, len(typed)) + 1):
                word = known(typed[start:end])
                if word:
                    more = _ORDINARY if word in self._common or word in self._anchors else _RARE
                    if cost + more < best[end][0]:
                        best[end] = cost + more, (*row, word)
            if unknown and cost + _UNKNOWN < best[start + 1][0]:
                best[start + 1] = cost + _UNKNOWN, (*row, OTHER)
        return best[-1][1]

    def odd(self, chunk: str) -> Reading | None:
        """The words behind a chunk with digits or signs among its letters, if it hides any."""
        for guess in dict.fromkeys((chunk.rstrip("!"), chunk)):
            if 2 <= len(guess) <= _LONGEST_CHUNK:
                found = self._exact(guess) or self._unleet(guess) or self._uncensored(guess)
                found = found or self._put_together(guess) or self._starred(guess)
                found = found or self._leet_together(guess)
                if found:
                    return found
        return None

    def _unmasked(self, shape: str, typed: str) -> str | None:
        """The known word that digits and signs stand for."""
        for word in self._shapes.get(shape, ()):
            if all(t == w or w in _LEET.get(t, "") for t, w in zip(typed, word, strict=True)):
                return word
        return None

    def _unleet(self, chunk: str) -> Reading | None:
        drawn = _DRAWING.sub(lambda sign: _DRAWN[sign.group()], chunk)
        for typed in dict.fromkeys((chunk, drawn, _squeeze(drawn, 3, 2), _squeeze(drawn, 3, 1))):
            if any(c.isalpha() for c in typed):
                word = self._unmasked(typed.translate(_SHAPES), typed)
                if word:
                    return self._words([word]), "leet"
        return None

    def _leet_together(self, chunk: str) -> Reading | None:
        if len(chunk) < 5 or not any(c.isalpha() for c in chunk):
            return None
        row = self._parted(chunk, self._leet_piece, unknown=False)
        return (self._words(row), "leet") if self.tells(row) else None

    def _leet_piece(self, typed: str) -> str | None:
        found = self._unmasked(typed.translate(_SHAPES), typed)
        return found or _DIGITS_AS_WORDS.get(typed)

    def _uncensored(self, chunk: str) -> Reading | None:
        """``k*ll``, ``s@icide``, ``k.ll``: a sign for each letter, behind it an anchor."""
        shown = sum(map(str.isalnum, chunk))
        if not 0 < shown < len(chunk):
            return None
        told = [word for word in self._alike(chunk) if word in self._anchors]
        if shown == 1 and len(told) > 1 and len(chunk) < 6:
            return None
        return (self._words(told[:1]), "censored") if told else None

    def _starred(self, chunk: str) -> Reading | None:
        """``su***de``, ``k*l``: a star for any number of letters; ``cr*pe``: any known word."""
        shown = sum(map(str.isalnum, chunk))
        starred = not _STARS.isdisjoint(chunk)
        if shown == len(chunk) or shown < (2 if starred else 4):
            return None
        form = re.compile(_SIGNS.sub(".+", chunk))
        told = self._hidden.get((0, _first_letter(chunk)), ())
        words = [w for w in told if len(w) <= len(chunk) + 3 and form.fullmatch(w)]
        words = words or (self._alike(chunk) if starred else [])
        return (self._words(words[:1]), "censored") if words else None

    def _alike(self, chunk: str) -> list[str]:
        """Known words that may stand behind a chunk of as many letters and signs."""
        place = (len(chunk), _first_letter(chunk))
        if not chunk[0].isalnum() and chunk[0] not in "@$!|(":
            place = (-len(chunk), chunk[-1])
        return [word for word in self._hidden.get(place, ()) if _fits(chunk, word)]

    def _put_together(self, chunk: str) -> Reading | None:
        """``su-ici-de`` and ``i.want.to.die``: pieces of one word, or words."""
        pieces = re.findall(r"[^\W_]+(?:'[^\W_]+)*", chunk)
        if len(pieces) < 2:
            return None
        joined = "".join(pieces)
        for letters in (joined, _squeeze(joined, 3, 1)):
            word = self._unmasked(letters.translate(_SHAPES), letters)
            # A dash or a dot may part two words; nobody writes a star or a bar for that.
            parted = _NO_PART_OF_WORDS.search(chunk) and len(letters) > 3
            if word and (parted or word in self._anchors):
                return self._words([word]), "spaced"
        parts = [part for part in re.split(r"[-/.,:+&]+", chunk) if part]
        if 1 < len(parts) < len(pieces):
            found = [
                self._unleet(part) or self._uncensored(part) or self.read(part) for part in parts
            ]
            words = tuple(word for reading in found for word in reading[0])
            if self.tells(words) and OTHER not in words:
                return words, "censored"
        words = tuple(word for piece in pieces for word in self.read(piece)[0])
        if len(pieces) > 2 and 3 * words.count(OTHER) < len(words) and self.tells(words):
            return words, "joined"
        return None

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
        censored = self._uncensored(run) if len(run) < _LONGEST and " " not in run else None
        if censored:
            return censored
        ((usual, times),) = Counter(_GAP.findall(run)).most_common(1)
        if times < 2:
            return None
        words: list[str] = []
        group = ""
        # The rarer gaps part words: "k i l l   m e", "k-i-l-l m-e".
        for letter, gap in _LETTER_AND_GAP.findall(run):
            group += letter
            if gap != usual and "'" not in gap:
                words += self._spelled_out(group)
                group = ""
        return (tuple(words), "spaced") if words.count(OTHER) < len(words) else None

    def _spelled_out(self, letters: str) -> tuple[str, ...]:
        if letters in self._anchors or letters in self._spellings:
            return self._words([letters])
        found = self._unleet(letters) or self._leet_together(letters)
        if found:
            return found[0]
        row = self._parted(letters, self._piece, unknown=True)
        return self._words(row) if row.count(OTHER) * 2 < len(row) else self.read(letters)[0]


def _first_letter(chunk: str) -> str:
    return chunk[0] if chunk[0].isalpha() else _LEET.get(chunk[0], chunk[0])[0]


def _fits(chunk: str, word: str) -> bool:
    """Whether a word may stand behind a chunk of as many signs and letters."""
    return all(
        c == a or not c.isalnum() or a in _LEET.get(c, "") for c, a in zip(chunk, word, strict=True)
    )


def _worn(anchor: str) -> Iterable[tuple[str, str]]:
    """An anchor with single letters for double ones, with i for l, without its vowels."""
    yield _squeeze(anchor, 2, 1), "typo"
    yield anchor.replace("l", "i"), "leet"
    yield _VOWELS.sub("x", anchor, count=1), "censored"
    for bare in (anchor[0] + _VOWELS.sub("", anchor[1:]), _VOWELS.sub("", anchor)):
        if len(bare) > 2:
            yield bare, "censored"


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
    """Whether one letter was added, left out, changed, or swapped with the next.

    In a short word only what fingers do: letters swapped, doubled or hit beside the right key.
    """
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    a, b = typed[same:], meant[same:]
    if a[:2] == b[1::-1] and a[2:] == b[2:]:
        return True
    if a[1:] == b or a == b[1:] or a[1:] == b[1:]:
        meant_keys = b[:1] + meant[max(same - 1, 0) : same]
        slipped = any(a[:1] + key in _NEIGHBOURS for key in meant_keys)
        return len(meant) > 5 or (same > 0 and (len(meant) == 5 or slipped))
    return False
