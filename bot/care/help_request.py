"""What a help card is made from, and what its buttons remember of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.care.crisis_lines import BUILT_IN, CrisisLines, names_of
from bot.care.crisis_model import Country
from bot.care.help_words import by_priority, topics_of

_UNKNOWN = "-"
_SUBJECT = re.compile(r"([A-Z]{2}|-)\.([0-3])\.([a-z+-]*)\.([a-z]+)(?:\.\d+)?")


@dataclass(frozen=True)
class HelpRequest:
    """What a help card is made from.

    Attributes:
        lines: None when the file could not be read; the built-in directory then stands in.
        country: ISO 3166-1 code, None when not known. Never guessed.
        level: 0 asked for by the member, 1 to 3 from a finding.
        categories: of the finding, in any order.
        about: of the finding: whom it is about.
        language: ``en`` or ``es``; the words come from the translation given beside it.
        coverage: who of the staff reads alerts now, a sentence in the member's language.
    """

    lines: CrisisLines | None
    country: str | None = None
    level: int = 0
    categories: tuple[str, ...] = ()
    about: str = "self"
    language: str = "en"
    coverage: str = ""

    @property
    def here(self) -> Country | None:
        """The country, None when it is not known or not in the file."""
        return self.known.country(self.country)

    @property
    def country_name(self) -> str:
        """The country's name in the reader's language; empty when it is not known."""
        return names_of((self.country or "").upper()).shown(self.language)

    @property
    def known(self) -> CrisisLines:
        """The lines, or the built-in directory in their place."""
        return self.lines or BUILT_IN

    @property
    def directory(self) -> str:
        """The address shown where no number can be."""
        return self.known.directory[0].url

    @property
    def topics(self) -> tuple[str, ...]:
        """The categories, with whom it is about among them, the most pressing first."""
        return topics_of(self.categories, self.about)

    @property
    def subject(self) -> str:
        """Country, level, the three first categories and whom it is about, for a ``custom_id``."""
        topics = "+".join(by_priority(self.categories)[:3])
        country = (self.country or _UNKNOWN).upper()
        return f"{country}.{self.level}.{topics}.{self.about}"


@dataclass(frozen=True)
class HelpPlace:
    """What a button of a help card knows of the card it stood on."""

    country: str | None = None
    level: int = 0
    categories: tuple[str, ...] = ()
    about: str = "self"


def place_of(subject: str) -> HelpPlace:
    """Read a subject back; anything else, such as a pinned button's, is an empty place."""
    found = _SUBJECT.fullmatch(subject)
    if not found:
        return HelpPlace()
    country, level, topics, about = found.groups()
    return HelpPlace(
        country=None if country == _UNKNOWN else country,
        level=int(level),
        categories=by_priority(topics.split("+")),
        about=about,
    )
