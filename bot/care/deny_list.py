"""Numbers and claims that are dead, changed or wrong, and still widespread.

Checked in crisis lines, content and the bot's own words. This file is the one place where
they may stand.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LOOSE = re.compile(r"[0-9](?:[\s().,/·*_–—‐‑‒−-]*[0-9])*")  # for long numbers, however broken up
_TIGHT = re.compile(r"[0-9](?:[ -]?[0-9])*")  # for short ones, which must stand alone
_DIGIT = re.compile(r"[0-9]")
_LONG = 7


@dataclass(frozen=True)
class Denied:
    """One thing that must not be shown.

    Attributes:
        written: as it is usually written; told to whoever has to mend the text.
        why: what happened to it, with what to use now.
        digits: the digits that give it away, without a country's prefix; found with any
            spacing. Empty for a claim in words.
        phrases: words that give it away, in lower case with single spaces; each with a digit.
        country: only wrong there, as a whole number of its own: the number is too short to
            be hunted in every text. Empty for everywhere.
    """

    written: str
    why: str
    digits: str = ""
    phrases: tuple[str, ...] = ()
    country: str = ""


_NEDA = "the NEDA helpline closed in 2023; leave it out"
_PRESS_3 = "the LGBTQ+ youth option of 988 ended on 17 July 2025; leave it out"
DENIED: tuple[Denied, ...] = (
    Denied("1-800-931-2237", _NEDA, digits="8009312237"),
    Denied("NEDA to 741741", _NEDA, phrases=("neda to 741741", "neda al 741741")),
    Denied(
        "988 press 3",
        _PRESS_3,
        phrases=(
            "988 press 3",
            "988 then 3",
            "988 then press 3",
            "988 and press 3",
            "988 and then press 3",
            "988 option 3",
            "press 3 on 988",
            "988 y luego marca 3",
            "988 y marca 3",
            "988 luego marca 3",
            "988 y oprime 3",
            "988 y presiona 3",
        ),
    ),
    Denied("text PRIDE to 988", _PRESS_3, phrases=("pride to 988", "pride al 988")),
    Denied("1-800-273-8255", "show 988, which replaced it", digits="8002738255"),
    Denied("833-943-5746", "superseded; see the maternal line in the file", digits="8339435746"),
    Denied(
        "1-800-SUICIDE",
        "obsolete; show 988",
        digits="8007842433",
        phrases=("800 suicide", "800suicide"),
    ),
    Denied("text ANSWER to 839863", "obsolete; leave it out", digits="839863"),
    Denied("08457 90 90 90", "an old number; Samaritans is 116 123", digits="8457909090"),
    Denied("07725 909090", "an old number; Samaritans is 116 123", digits="7725909090"),
    Denied("1850 60 90 90", "an old number; Samaritans is 116 123", digits="1850609090"),
    Denied("01 40 09 15 22", "replaced by 3114", digits="140091522"),
    Denied("199 284 284", "replaced by 02 2327 2327", digits="199284284"),
    Denied("141", "replaced by 188", digits="141", country="BR"),
    Denied("020 22 00 60", "replaced by 90101", digits="20220060"),
    Denied("0900-0113", "use 113 or 0800-0113", digits="9000113"),
    Denied("1393", "folded into 109", digits="1393", country="KR"),
    Denied("1800-599-0019", "KIRAN was merged into Tele-MANAS, 14416", digits="8005990019"),
    Denied("0570-046-556", "a typing mistake for another number", digits="570046556"),
    Denied("717", "a fragment of a number; the line is 024", digits="717", country="ES"),
)


def find(text: str, country: str = "") -> tuple[Denied, ...]:
    """What in ``text`` must not be shown, however it is spaced or dashed.

    Args:
        text: any text; nothing of it is kept.
        country: ISO 3166-1 code of the country the text speaks of, for the numbers that are
            wrong only there.
    """
    plain = unicodedata.normalize("NFKC", text)
    if not _DIGIT.search(plain):  # most texts, and looking closer takes long
        return ()
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    words = f" {re.sub(r'[^a-z0-9]+', ' ', plain.lower())} "
    loose = [_digits(run) for run in _LOOSE.findall(plain)]
    tight = {_digits(run) for run in _TIGHT.findall(plain)}
    return tuple(
        denied
        for denied in DENIED
        if denied.country in ("", country)
        and (
            any(f" {phrase} " in words for phrase in denied.phrases)
            or denied.digits in tight
            or (len(denied.digits) >= _LONG and any(denied.digits in run for run in loose))
        )
    )


def _digits(run: str) -> str:
    return re.sub(r"[^0-9]", "", run)


def strings() -> tuple[str, ...]:
    """What must not stand in any text, as usually written; for lints that take plain strings."""
    return tuple(denied.written for denied in DENIED if not denied.country)
