"""The shape of ``data/crisis_lines.yaml``: countries, their emergency numbers and their lines.

Numbers are text and stay as written. Short numbers are right as they are, so nothing here
measures, normalises or formats them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(strict=True, min_length=1)]
Link = Annotated[str, Field(strict=True, pattern=r"^https://\S+$")]
Day = Annotated[date, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
# What a phone can dial, then at most one choice in a menu: "988, then 1".
Dial = Annotated[str, Field(strict=True, pattern=r"^[0-9*#+][0-9 ()*#+-]*(, then [0-9])?$")]


class Audience(StrEnum):
    """Whom a line is for. ``dv`` is violence at home, ``sv`` sexual violence."""

    ANYONE = "anyone"
    VETERANS = "veterans"
    LGBTQ = "lgbtq"
    TRANS = "trans"
    DV = "dv"
    SV = "sv"
    SUBSTANCE = "substance"
    EATING = "eating"
    POISON = "poison"
    PERINATAL = "perinatal"
    INDIGENOUS = "indigenous"
    YOUTH = "youth"


class Kind(StrEnum):
    """What a line does. Only CRISIS may be shown as a crisis line."""

    CRISIS = "crisis"
    WARMLINE = "warmline"
    REFERRAL = "referral"
    INFORMATION = "information"


class Status(StrEnum):
    """Whether members see a line: only ACTIVE ones.

    UNCONFIRMED lines have a number without a source; they wait in the file for a person.
    """

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    CLOSED = "closed"
    SUPERSEDED = "superseded"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Checkable(_Strict):
    """Something a person compares with its provider.

    Attributes:
        verified_on: the day of the last comparison; None when there was none.
        verified_by: who compared.
    """

    verified_on: Day | None
    verified_by: Text | None


class Emergency(Checkable):
    """An emergency number; ``who`` answers it is None for every service, or when not known."""

    dial: Dial
    who: Literal["ambulance", "police", "mobile"] | None


class Number(_Strict):
    """A number as dialled, and as shown when that differs; ``display_es`` the same in Spanish."""

    dial: Dial
    display: Text | None = None
    display_es: Text | None = None

    def shown(self, language: str) -> str:
        """The number for a reader of ``language``, verbatim from the file."""
        in_spanish = self.display_es if language == "es" else None
        return in_spanish or self.display or self.dial


class Line(Checkable):
    """One service. The fields are explained at the head of ``data/crisis_lines.yaml``.

    Attributes:
        is_24_7: of the phone, or of the text service where there is no phone; None: not known.
        hours: such as ``09:00-24:00`` in the zone ``hours_tz``; None: not known.
        languages: BCP 47 tags; empty when not known.
        confidence: A a provider or government page, B two or more other sources, C one weak one.
    """

    id: Annotated[str, Field(strict=True, pattern=r"^[a-z]{2}-[a-z0-9-]+$")]
    variant_of: Text | None = None
    region: Text | None = None
    name: Text
    local_name: Text | None = None
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)]
    kind: Kind
    dial: Dial | None = None
    display: Text | None = None
    display_es: Text | None = None
    other_numbers: tuple[Number, ...] = ()
    text_to: Dial | None = None
    text_keyword: Text | None = None
    other_keywords: tuple[Text, ...] = ()
    whatsapp: Dial | None = None
    whatsapp_hours: Text | None = None
    email: Text | None = None
    chat_url: Link | None = None
    chat_limited: Flag = False
    website: Link | None = None
    tty: Dial | None = None
    hours: Text | None
    hours_tz: Text | None = None
    is_24_7: Flag | None
    languages: tuple[Text, ...]
    free: Flag | None = None
    shows_on_bill: Flag | None = None
    status: Status
    replaced_by: Text | None = None
    confidence: Literal["A", "B", "C"]
    source_url: Annotated[str, Field(strict=True, pattern=r"^https?://\S+$")] | None

    def named(self, language: str) -> str:
        """The name for a reader of ``language``: its own-language one for those who speak it."""
        return self.local_name if self.local_name and language in self.languages else self.name

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number to call, the first one first; empty for a service without a phone."""
        if self.dial is None:
            return ()
        first = Number(dial=self.dial, display=self.display, display_es=self.display_es)
        return (first, *self.other_numbers)

    @property
    def keywords(self) -> tuple[str, ...]:
        """The words to text, any of which will do; empty when any text will do."""
        return (self.text_keyword, *self.other_keywords) if self.text_keyword else ()

    @property
    def written(self) -> bool:
        """Whether it can be reached without a voice call."""
        return bool(self.text_to or self.whatsapp or self.email or self.chat_url)

    @property
    def for_anyone_in_crisis(self) -> bool:
        """Whether it may stand on everybody's help card."""
        return self.kind is Kind.CRISIS and Audience.ANYONE in self.audience


class Country(_Strict):
    """A country: its name in its own language, emergency numbers in order, lines in order."""

    local_name: Text
    none_known: Flag = False
    emergency: tuple[Emergency, ...]
    lines: tuple[Line, ...]

    @property
    def active(self) -> tuple[Line, ...]:
        """The lines members may see."""
        return tuple(line for line in self.lines if line.status is Status.ACTIVE)


class Directory(_Strict):
    """A website that lists lines by country."""

    name: Text
    url: Link


class CrisisFile(_Strict):
    """The whole file."""

    directory: tuple[Directory, ...]
    countries: dict[str, Country]
