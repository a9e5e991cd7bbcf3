"""One piece of content and its fields. Pure: no files, no Discord.

Each field that stands here is either shown or checked. A field that nothing reads yet is
refused on purpose, so that nobody believes it has an effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Slug = Annotated[str, StringConstraints(pattern=_SLUG, max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Kind(StrEnum):
    """What an item is for."""

    SKILL = "skill"
    PSYCHOED = "psychoed"
    REFLECTION = "reflection"
    GROUNDING = "grounding"
    MOMENT = "moment"
    CHECKIN = "checkin"
    CONTACT = "contact"
    ALUMNI = "alumni"
    FAMILY = "family"
    FACILITATOR = "facilitator"
    ANNOUNCEMENT = "announcement"


DAILY = (Kind.SKILL, Kind.PSYCHOED, Kind.REFLECTION)
"""The three kinds that make up a day, in the order in which they are shown."""


class Audience(StrEnum):
    """Who an item is written for; ``mh`` and ``sud`` are the programme's focus."""

    PARTICIPANT = "participant"
    ALUMNI = "alumni"
    FAMILY = "family"
    FACILITATOR = "facilitator"
    MH = "mh"
    SUD = "sud"


class Caution(StrEnum):
    """For whom a skill can be unwise as it stands. Each comes with a note that is shown."""

    BETA_BLOCKERS = "beta-blockers"
    BIPOLAR = "bipolar"
    BODY_IMAGE = "body-image"
    BREATHING_ILLNESS = "breathing-illness"
    CARDIAC = "cardiac"
    DISSOCIATION = "dissociation"
    EATING_DISORDER = "eating-disorder"
    GRATITUDE = "gratitude"
    GRIEF = "grief"
    INJURY = "injury"
    LOW_HOPE = "low-hope"
    MEDICATION = "medication"
    PANIC = "panic"
    PARENTING = "parenting"
    PREGNANCY = "pregnancy"
    PTSD = "ptsd"
    UNSAFE_HOME = "unsafe-home"
    UNSAFE_RELATIONSHIP = "unsafe-relationship"
    WITHDRAWAL = "withdrawal"
    WITH_THERAPIST = "with-therapist"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(_Frozen):
    """A page that an item rests on. Paraphrased, never copied."""

    name: Line
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s<>()]+$", max_length=200)]


def _png_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.png", name):
        raise ValueError("is no plain name; use small letters, digits and dashes, then .png")
    return name


class Picture(_Frozen):
    """A picture, and in words what is to be seen in it. The text says it all without it, too.

    Attributes:
        file: a PNG in the folder ``pictures`` beside the folders of the languages.
        alt: what a screen reader says in its place, at most 300 characters.
    """

    file: Annotated[str, AfterValidator(_png_name)]
    alt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Item(_Frozen):
    """One piece of content.

    Attributes:
        id: stable and never reused; items of a week begin with ``w<week>d<day>-``.
        week: counted from 1, or None for an item that belongs to no week. It is the cohort's week
            (12 at most) for daily and facilitator items, the week since discharge (52) for alumni
            notes, and simply the order (24) for family notes.
        day: 1 (Monday) to 7 (Sunday), or None; a daily item with a week has a day, too.
        round: 2 for a reflection that takes the first one's place when a cohort goes through the
            weeks again, so that nobody is asked the same twice within half a year.
        body: Discord markdown, at most 600 characters.
        practice: what to do, at most 200 characters; skills, grounding cards and moments only.
        reflection: the question, at most 180 characters; reflections only.
        plain: the same in the plainest words, at most 300 characters; behind a button.
        picture: shown under the text; grounding cards and moments only.
        time_minutes: how long it takes, 1 to 30.
        content_notes: whole sentences, shown to members as they stand.
        contraindications: why the notes are there.
        reviewed_by: the clinician who reviewed it; None until one has.
        version: counts up with every change of the text.
        translation_of: the item that this one says in another language; it has the same id there.
        translates_version: which version of that item was translated.
        rolling_ok: makes sense on somebody's first day. Nothing else is shipped.
        reading_override: why this item may be harder to read than the limit.
    """

    id: Slug
    kind: Kind
    module: Slug
    theme: Words
    week: Annotated[int, Field(ge=1, le=52)] | None
    day: Annotated[int, Field(ge=1, le=7)] | None
    round: Literal[1, 2] = 1
    title: Words
    body: Annotated[str, StringConstraints(max_length=600)] = ""
    practice: Annotated[str, StringConstraints(max_length=200)] = ""
    reflection: Annotated[str, StringConstraints(max_length=180)] = ""
    plain: Annotated[str, StringConstraints(max_length=300)] = ""
    picture: Picture | None = None
    time_minutes: Annotated[int, Field(ge=1, le=30)]
    materials: Annotated[tuple[Words, ...], Field(max_length=2)]
    tags: tuple[Slug, ...]
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)]
    content_notes: Annotated[tuple[Note, ...], Field(max_length=2)]
    contraindications: tuple[Caution, ...]
    source: Annotated[tuple[Source, ...], Field(max_length=4)]
    citation: Line
    license: Literal["CC-BY-4.0", "CC0-1.0"]
    attribution: Line
    author: Line
    reviewed_by: Words | None
    reviewed_on: date | None
    version: Annotated[int, Field(ge=1)]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    translation_of: Slug | None
    translates_version: Annotated[int, Field(ge=1)] | None = None
    rolling_ok: Literal[True]
    reading_override: Annotated[str, StringConstraints(min_length=10)] | None = None

    @property
    def reviewed(self) -> bool:
        """Whether a clinician has put their name to it."""
        return self.reviewed_by is not None


@dataclass(frozen=True)
class DayContent:
    """What one day holds: something to do, something to know, something to ask oneself."""

    skill: Item
    psychoed: Item
    reflection: Item

    @property
    def items(self) -> tuple[Item, Item, Item]:
        """The three in the order in which they are shown."""
        return self.skill, self.psychoed, self.reflection


_USES: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.SKILL: (("body", "practice"), ()),
    Kind.GROUNDING: (("body", "practice"), ()),
    Kind.MOMENT: (("body",), ("practice",)),
    Kind.REFLECTION: (("reflection",), ("body",)),
}
"""Which texts a kind needs, and which it can also have. Any other kind needs its body."""

ON_DEMAND = (Kind.GROUNDING, Kind.MOMENT)
"""The kinds that somebody asks for. They alone can have a picture: no other place shows one."""

_WEEKS = {
    **dict.fromkeys(DAILY, 12),
    Kind.FACILITATOR: 12,
    Kind.FAMILY: 24,
    Kind.ALUMNI: 52,
}
"""How many weeks a kind has. An item of any other kind belongs to none."""


def mistakes(item: Item) -> Iterator[tuple[str, str]]:
    """What is wrong between the fields of one item: the field and a sentence."""
    yield from _out_of_place(item)
    most = _WEEKS.get(item.kind, 0)
    if item.week is not None and item.week > most:
        can = f"is {item.week}; {most} is the last one" if most else "is never used; give null"
        yield "week", f"{can} for an item of kind {item.kind}"
    if item.round == 2 and item.kind is not Kind.REFLECTION:
        yield "round", "is for reflections alone; leave it out"
    if item.week is None and item.day is not None:
        yield "week", "goes together with day; give both, or null for both"
    if item.week is not None and item.day is None and item.kind in DAILY:
        yield "day", "goes together with week; give both, or null for both"
    if item.translation_of not in (None, item.id):
        yield "translation_of", "is not this item's id; a translation keeps the id of its original"
    if (item.translation_of is None) != (item.translates_version is None):
        yield "translates_version", "goes together with translation_of; give both, or neither"
    if (item.reviewed_by is None) != (item.reviewed_on is None):
        yield "reviewed_on", "goes together with reviewed_by; give both, or null for both"
    if item.contraindications and not item.content_notes:
        yield "content_notes", "is empty; say in a sentence what to do instead for whom it may harm"


def _out_of_place(item: Item) -> Iterator[tuple[str, str]]:
    """What its kind lacks, and what is never shown for it."""
    needed, optional = _USES.get(item.kind, (("body",), ()))
    for field in ("body", "practice", "reflection"):
        text = getattr(item, field)
        if field in needed and not text:
            yield field, f"is missing; an item of kind {item.kind} needs it"
        if text and field not in needed + optional:
            yield field, f"is never shown for an item of kind {item.kind}; leave it out"
    if item.picture and item.kind not in ON_DEMAND:
        yield "picture", f"is never shown for an item of kind {item.kind}; leave it out"
