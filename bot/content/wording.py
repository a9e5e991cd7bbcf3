"""How Handrail speaks, as rules that clinicians can edit, for content and for its own strings.

The rules follow safe-messaging guidance and person-first language. They stand in
``data/content/wording-<language>.yaml``; this file only applies them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.content.model import Caution, Kind, Slug
from bot.errors import DataError
from bot.marked_yaml import read
from bot.paths import shipped_data


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return pattern


_Pattern = Annotated[str, AfterValidator(_compiles)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WordingRule(_Frozen):
    """Phrases and patterns that are not used, each with the way out."""

    id: Slug
    words: dict[str, str] = Field(default_factory=dict)
    patterns: dict[_Pattern, str] = Field(default_factory=dict)
    items_only: bool = False


class CautionRule(_Frozen):
    """What an item that teaches something has to carry for those it may harm.

    ``needs`` asks for one of the contraindications, with ``all`` for every one of them.
    """

    id: Slug
    kinds: frozenset[Kind]
    when: _Pattern
    needs: tuple[Caution, ...]
    say: str
    all: bool = False

    def missing_in(self, carried: tuple[Caution, ...]) -> bool:
        """Whether an item that carries these contraindications lacks one it needs."""
        have = [caution in carried for caution in self.needs]
        return not (all(have) if self.all else any(have))


class WordingRules(_Frozen):
    """All rules of one language. ``standing`` are hosts whose pages count as sources."""

    language: str
    rules: tuple[WordingRule, ...]
    cautions: tuple[CautionRule, ...]
    standing: frozenset[str]


@dataclass(frozen=True)
class Slip:
    """One breach of a rule in a text: the rule's id, the words, and a sentence."""

    rule: str
    found: str
    sentence: str


def load_rules(file: Path) -> WordingRules:
    """Read one file of rules.

    Raises:
        DataError: it cannot be used; with every problem.
    """
    sheet = read(file)
    try:
        return WordingRules.model_validate(sheet.data)
    except ValidationError as error:
        raise DataError(list(sheet.problems(error))) from error


@lru_cache
def shipped_rules(language: str = "en") -> WordingRules:
    """The rules that ship with Handrail for a language.

    Raises:
        DataError: there are none, or they cannot be used.
    """
    return load_rules(shipped_data() / "content" / f"wording-{language}.yaml")


def lint_wording(text: str, *, language: str = "en", item: bool = False) -> list[Slip]:
    """Every breach of the wording rules in a text, in the order of the rules.

    Args:
        text: what members would read.
        item: also apply the rules that are for content alone, not for the bot's own strings.
    """
    return [
        slip
        for rule in shipped_rules(language).rules
        if item or not rule.items_only
        for slip in _slips(rule, straight(text))
    ]


def straight(text: str) -> str:
    """The text with straight apostrophes, so that one spelling in the rules is enough."""
    return text.replace("’", "'")


def finds(pattern: str, text: str) -> re.Match[str] | None:
    """The first match, in any case; compiled patterns are kept by ``re`` and here."""
    return _compiled(pattern).search(straight(text))


def _slips(rule: WordingRule, text: str) -> Iterator[Slip]:
    for phrase, better in rule.words.items():
        if match := _compiled(_whole_words(phrase)).search(text):
            yield Slip(rule.id, match[0], f'says "{match[0]}"; write: {better}')
    for pattern, way_out in rule.patterns.items():
        if match := _compiled(pattern).search(text):
            yield Slip(rule.id, match[0], f'says "{match[0]}"; {way_out}')


def _whole_words(phrase: str) -> str:
    return r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?!\w)"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
