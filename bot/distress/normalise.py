"""Plain letters out of whatever was typed, with the way back to the original.

Folding never loses the place: every folded character knows the index, in code points, of the
character it came from. ASCII text without links or mentions folds to its lower case, unmoved.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Letters that people pass for Latin ones and that Unicode's table of confusables does not have,
# or has for another letter. By twos: the letter as typed, the Latin letter it passes for.
_PAIRS = (
    "бbз3пnцuч4шwєeժdղnςcδdηnμuνvυuωwθo∂dĸkҡkқkҝkғfⲁaßbђhћhѣbяrиnлnэeюoдaфo๏oคaรsภnยuฬwשwאxץyקp"
    "ןlเi×xþpӏlϲcƨsքqվu"
)
# Alphabets that makers of fancy text put together from letters of many scripts, by twos as well.
_FANCY = (
    "ᏗaᏰbፈcᎴdᏋeᎦfᎶgᏂhᏠjᏝlᏁnᎧoᎮpᎤqᏒrᏕsᏖtᎿtᏬuᏉvᏇwጀxፚz๒b๔d๓mՇtչzཞrӄkʍm"
    "ꍏaꌃbꉓcꀸdꍟeꎇfꁅgꃅhꀤiꀭjꀘk꒒lꂵmꈤnꂦoꉣpꆰqꋪrꌗs꓄tꀎuꃴvꅏwꊼxꌩyꁴz"
)
_LOOKALIKES = dict(zip((_PAIRS + _FANCY)[::2], (_PAIRS + _FANCY)[1::2], strict=True))
_LATIN_BY_NAME = re.compile(
    r"(?:LATIN|MODIFIER|REGIONAL INDICATOR|TAG)[A-Z ]*? LETTER "
    r"(?:SMALL CAPITAL |SMALL |CAPITAL )?"
    r"(?:SCRIPT |TURNED |REVERSED |INSULAR |DOTLESS |LONG |INVERTED |SIDEWAYS |OPEN )?"
    r"([A-Z])(?: WITH .*)?$"
)
# Discord's own marks hide nothing a person wrote: they are blanked, their length is kept.
_MARKS = re.compile(
    r"<a?:\w{1,40}:\d+>|<[@#][!&]?\d+>|<t:-?\d+(?::\w)?>|https?://\S+|www\.\S+"
    r"|(?<=\w)\.sh\b|(?<=bin/)sh\b|^(?:#{1,3}|-#)\s",
    re.IGNORECASE | re.MULTILINE,
)
# Stars between letters stay, and those that are no pair around words: they may censor a word.
# Possessive, so that long runs stay linear.
_MARKED = re.compile(r"\|\||```|`|~~")
_OPENED = re.compile(r"(?<![*_])(?<![^\W_])[*_]++(?=[^\W_])")
_CLOSED = re.compile(r"(?<=[^\W_])[*_]++(?![^\W_])")
_STYLE = re.compile(_MARKED.pattern + r"|(?<![*_])(?:(?<![^\W_])[*_]++|[*_]++(?![^\W_]))")
_ARABIC = re.compile(r"[\u0600-\u06ff]")  # read as it is: there is a lexicon for it
_SEPARATED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_APOSTROPHES = "\u2019\u2018\u02bc\u00b4\u2032\uff07\u0060\u055a"
_QUOTES = "\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u201f"
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"


def _fold_character(code: int) -> str:
    character = chr(code)
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    if character in _BLANKS:
        return ""
    if character == "\u2026":
        return "..."
    folded = []
    for part in unicodedata.normalize("NFKD", character):
        kind = unicodedata.category(part)
        if kind in ("Mn", "Me", "Cf", "Sk") and part not in "^`":
            continue
        if part.isascii():
            folded.append(part.lower())
        elif kind[0] == "L" or kind == "So" or part in _LOOKALIKES:
            folded.append(_fold_letter(part))
        elif kind == "Zs":
            folded.append(" ")
        else:
            folded.append(part)
    if len(folded) == 3 and folded[0] == "(":  # a letter in brackets that is one character
        return folded[1]
    return "".join(folded)


def _fold_letter(letter: str) -> str:
    if _SEPARATED.match(letter):
        return f"{letter} "  # scripts without spaces: every character is a word
    small = letter.lower()
    if letter in _LOOKALIKES or small in _LOOKALIKES:
        return _LOOKALIKES.get(letter) or _LOOKALIKES[small]
    named = _LATIN_BY_NAME.search(unicodedata.name(letter, ""))
    if named:
        return named.group(1).lower()
    if not _ARABIC.match(letter):
        for form in (letter, small, letter.upper()):
            if form in _confusables():
                return _confusables()[form]
    return "".join(c for c in small.casefold() if unicodedata.category(c) != "Mn")


@cache
def _confusables() -> dict[str, str]:
    """Letters of any script to the Latin letter that they pass for, by Unicode's own table."""
    file = files("confusable_homoglyphs") / "confusables.json"
    table = {}
    for letter, rows in json.loads(file.read_text(encoding="utf-8")).items():
        latin = [row["c"] for row in rows if row["c"].isascii() and row["c"].isalpha()]
        if len(letter) == 1 and letter.isalpha() and not letter.isascii() and latin:
            # The table has one sign for l and for I; few scripts but those of Europe have an l.
            upright = latin[0] == "l" and unicodedata.category(letter) != "Ll"
            table[letter] = "i" if upright else latin[0][0].lower()
    return table


class _Table(dict[int, str]):
    """One character at a time, remembered; bounded by the number of code points in use."""

    def __missing__(self, code: int) -> str:
        if len(self) > 20_000:
            self.clear()
        folded = self[code] = _fold_character(code)
        return folded


_TABLE = _Table()


@dataclass(frozen=True)
class Folded:
    """Folded text and the way back.

    Attributes:
        text: what the rules read.
        original: what was typed.
        plain: whether folded and original have the same places.
    """

    text: str
    original: str
    plain: bool

    def places(self) -> list[int]:
        """For each folded character its index in the original, and one more for the end."""
        if self.plain:
            return list(range(len(self.text) + 1))
        places: list[int] = []
        for index, character in enumerate(_blanked(self.original)):
            places.extend([index] * len(_TABLE[ord(character)]))
        places.append(len(self.original))
        return places


def fold(original: str) -> Folded:
    """Fold case, width, look-alikes, invisible marks, accents, Discord's markup and links."""
    text = _blanked(original)
    if text.isascii():
        return Folded(text.lower(), original, plain=True)
    folded = text.translate(_TABLE)
    # Same length is not enough: one character may vanish while another grows.
    plain = len(folded) == len(original) and all(len(_TABLE[ord(c)]) == 1 for c in set(text))
    return Folded(folded, original, plain)


def _blanked(original: str) -> str:
    text = original
    if "<" in text or "#" in text or "http" in text or "www." in text or "sh" in text:
        text = _MARKS.sub(_blank_mark, text)
    if "|" in text or "*" in text or "`" in text or "_" in text or "~" in text:
        paired = _OPENED.search(text) and _CLOSED.search(text)
        text = (_STYLE if paired else _MARKED).sub(_blank_style, text)
    return text


def _blank_mark(match: re.Match[str]) -> str:
    found = match.group()
    # A mention stays visible as one word: it is a person being spoken to or about.
    if found.startswith("<@"):
        return "@".ljust(len(found))
    before, after = match.start() - 1, match.end()
    within = match.string[max(before, 0)].isalpha() and match.string[after : after + 1].isalpha()
    return ("\u200b" if within else " ") * len(found)


def _blank_style(match: re.Match[str]) -> str:
    # Zero-width marks, so that ki||ll|| becomes kill and the places stay the same.
    return "\u200b" * len(match.group())
