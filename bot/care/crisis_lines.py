"""Reads ``data/crisis_lines.yaml`` and refuses it when a person could be sent to a wrong number.

``load`` checks what can be known without a calendar and is what the bot starts with: a line
does not stop helping on the day its last check becomes too old. ``check`` adds the calendar
and is for ``handrail check`` and CI.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from babel import Locale
from pydantic import ValidationError

from bot import marked_yaml
from bot.care import deny_list
from bot.care.crisis_model import Checkable, Country, CrisisFile, Directory, Kind, Line
from bot.errors import DataError, Problem

WARN_AFTER_DAYS = 180
FAIL_AFTER_DAYS = 365

_HINTS = (  # pydantic's words, and ours
    (
        "input should be a valid string",
        'must be text in quotes, such as "024"',
    ),
    (
        "string should match pattern '^[0-9*#+]",
        'must be just what is dialled, such as "024"',
    ),
    ("string should match pattern '^https:", "must be an address that begins with https://"),
    ("string should match pattern '^https?:", "must be an address: http:// or https://, no spaces"),
    (
        "string should match pattern '^[a-z]{2}-",
        "must be small letters and dashes, such as nz-1737",
    ),
    ("input should be a valid date", "must be a day without quotes, such as 2026-01-31, or null"),
    ("input should be a valid boolean", "must be true or false, without quotes"),
    ("input should be a valid tuple", "must be a list"),
    ("input should be a valid dictionary", "must be a group of fields, not a single value"),
)


@dataclass(frozen=True)
class Names:
    """What a country is called for a reader of English and of Spanish."""

    en: str
    es: str

    def shown(self, language: str) -> str:
        """The name for a reader of ``language``, English when it is not Spanish."""
        return self.es if language == "es" else self.en


@dataclass(frozen=True)
class CrisisLines:
    """Every country with its numbers, and the directories for everybody else.

    Attributes:
        directory: never empty; the first one is shown most often.
    """

    directory: tuple[Directory, ...]
    _by_code: dict[str, Country] = field(default_factory=dict)

    def country(self, code: str | None) -> Country | None:
        """The country with this ISO 3166-1 code in any case, None when it is not in the file."""
        return self._by_code.get((code or "").upper())

    @cached_property
    def countries(self) -> dict[str, Names]:
        """Code and names of every country in the file, in the file's order."""
        return {code: names_of(code) for code in self._by_code}

    @property
    def unverified(self) -> int:
        """How many lines and emergency numbers members see that no person has checked."""
        return sum(
            entry.verified_on is None
            for country in self._by_code.values()
            for entry in (*country.active, *country.emergency)
        )

    @property
    def shown(self) -> int:
        """How many lines and emergency numbers members see."""
        return sum(len(land.active) + len(land.emergency) for land in self._by_code.values())

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Ids of the lines that wait in the file for a person and are not shown."""
        lines = (line for country in self._by_code.values() for line in country.lines)
        return tuple(line.id for line in lines if line.status == "unconfirmed")


# Needs no file, so that help has an answer when the data is broken.
BUILT_IN = CrisisLines(
    directory=(
        Directory(name="Find A Helpline", url="https://findahelpline.com"),
        Directory(name="Befrienders Worldwide", url="https://befrienders.org"),
    )
)


@dataclass(frozen=True)
class Checked:
    """What ``check`` found: ``failures`` must be mended, ``warnings`` should be soon."""

    failures: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def load(file: Path) -> CrisisLines:
    """Read and check the file.

    Raises:
        DataError: with every problem found, each with its line, field and a sentence.
    """
    return _load(file)[0]


def check(file: Path, today: date) -> Checked:
    """Everything ``load`` checks, and how old each verification is on ``today`` (local date).

    Past 180 days a verification warns, past 365 it fails; one in the future fails.
    """
    try:
        lines, marked = _load(file)
    except DataError as error:
        return Checked(error.problems, ())
    failures: list[Problem] = []
    warnings: list[Problem] = []
    for code, country in lines._by_code.items():
        for place in ("lines", "emergency"):
            for i, entry in enumerate(getattr(country, place)):
                if entry.verified_on is None:
                    continue
                where = ("countries", code, place, i, "verified_on")
                age = (today - entry.verified_on).days
                told = f"was checked {age} days ago; compare it with its provider again"
                if age < 0:
                    failures.append(marked.problem(where, "is in the future; correct the day"))
                elif age > FAIL_AFTER_DAYS:
                    failures.append(marked.problem(where, told))
                elif age > WARN_AFTER_DAYS:
                    warnings.append(marked.problem(where, told))
    return Checked(tuple(failures), tuple(warnings))


def names_of(code: str) -> Names:
    """The names of a country by its ISO 3166-1 code; the code itself when it has none."""
    en, es = (Locale(language).territories for language in ("en", "es"))
    return Names(en=en.get(code, code), es=es.get(code, code))


def is_country(code: str) -> bool:
    """Whether ``code`` is two capital letters that name a country or territory."""
    return bool(re.fullmatch(r"[A-Z]{2}", code)) and code in Locale("en").territories


def sorting_key(name: str) -> str:
    """Orders names as people look for them: accents and case do not count."""
    flat = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in flat if not unicodedata.combining(c))


def _load(file: Path) -> tuple[CrisisLines, marked_yaml.Marked]:
    marked = marked_yaml.read(file)
    problems = list(_bad_codes(marked))
    if problems:
        raise DataError(problems)
    try:
        read = CrisisFile.model_validate(marked.data)
    except ValidationError as error:
        raise DataError([_in_our_words(p) for p in marked.problems(error)]) from error
    problems = [marked.problem(path, told) for path, told in _mistakes(read)]
    problems += [marked.problem(path, told) for path, told in _denied(marked.data, ())]
    if problems:
        raise DataError(problems)
    return CrisisLines(read.directory, read.countries), marked


def _in_our_words(problem: Problem) -> Problem:
    for theirs, ours in _HINTS:
        if problem.sentence.startswith(theirs):
            return replace(problem, sentence=ours)
    return problem


_Path = tuple[str | int, ...]
_Mistake = tuple[_Path, str]


def _bad_codes(marked: marked_yaml.Marked) -> Iterator[Problem]:
    countries = marked.data.get("countries") if isinstance(marked.data, dict) else None
    for code in countries if isinstance(countries, dict) else ():
        if not isinstance(code, str):
            told = 'is not a country code; put the code in quotes: "NO" without them means false'
            yield marked.problem(("countries", code), told)
        elif not is_country(code):
            told = "is not a country code; use two capital letters of ISO 3166-1, such as NZ"
            yield marked.problem(("countries", code), told)


def _mistakes(read: CrisisFile) -> Iterator[_Mistake]:
    if not read.directory:
        yield ("directory",), "is empty; people whose country is not here need one"
    ids = [line.id for country in read.countries.values() for line in country.lines]
    for code, country in read.countries.items():
        where: _Path = ("countries", code)
        crisis = any(line.kind is Kind.CRISIS for line in country.active)
        if not country.emergency:
            yield (*where, "emergency"), "needs at least one emergency number"
        if not crisis and not country.none_known:
            told = "needs an active crisis line; say none_known: true if there is none"
            yield (*where, "lines"), told
        if crisis and country.none_known:
            yield (*where, "none_known"), "cannot be true beside a crisis line; leave it out"
        for i, entry in enumerate(country.emergency):
            yield from _half_verified((*where, "emergency", i), entry)
        for i, line in enumerate(country.lines):
            yield from _line_mistakes((*where, "lines", i), line, ids)


def _line_mistakes(where: _Path, line: Line, ids: list[str]) -> Iterator[_Mistake]:
    yield from _half_verified(where, line)
    if ids.count(line.id) > 1:
        yield (*where, "id"), f"stands {ids.count(line.id)} times; an id is used once"
    for name in ("variant_of", "replaced_by"):
        other = getattr(line, name)
        if other is not None and other not in ids:
            yield (*where, name), "is not the id of a line in this file"
    if not (line.numbers or line.written or line.website):
        yield where, "offers no way to reach it; add dial, text_to, whatsapp, chat_url or website"
    if line.keywords and not line.text_to:
        yield (*where, "text_keyword"), "needs text_to, the number the word is sent to"
    if line.variant_of and not line.languages:
        yield (*where, "languages"), "needs the language this variant is for"
    for i, number in enumerate(line.numbers):
        at = (*where, "other_numbers", i - 1) if i else where
        for name in ("display", "display_es"):
            shown = getattr(number, name)
            if shown is not None and _digits(shown) != _digits(number.dial):
                yield (*at, name), "has other digits than dial; one of them is wrong"


def _half_verified(where: _Path, entry: Checkable) -> Iterator[_Mistake]:
    if (entry.verified_on is None) != (entry.verified_by is None):
        yield (*where, "verified_on"), "goes with verified_by; fill in both or neither"


def _digits(shown: str) -> str:
    """The digits that are dialled: what stands in brackets explains, such as "(833-TLC-MAMA)"."""
    return re.sub(r"\(.*?\)|[^0-9]", "", shown)


def _denied(data: Any, path: _Path) -> Iterator[_Mistake]:
    if isinstance(data, dict | list):
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _denied(value, (*path, step))
    elif isinstance(data, str):
        country = str(path[1]) if path[0] == "countries" else ""
        for denied in deny_list.find(data, country):
            yield path, f"holds {denied.written}, which must not be shown: {denied.why}"
