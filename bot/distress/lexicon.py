"""The lexicon as clinicians write it: YAML files, read and checked here.

A language is one file, ``en.yaml``, or that and others, ``en-suicide.yaml``; slots are shared
among them. It has ``common`` words, ``spellings`` (short forms, algospeak, emoji), ``anchors``
(words worth finding behind typos and stars), ``slots`` (groups of phrases that mean the same),
``entries`` (what people say) and ``context`` (what makes it mean something else).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.distress.model import About, Category
from bot.errors import DataError, Problem
from bot.marked_yaml import Marked, read

Identifier = Annotated[str, Field(pattern=r"^[a-z]{2}(\.[a-z0-9-]+)+$")]
Phrase = Annotated[str, Field(min_length=1, max_length=6000)]
Kind = Literal["negation", "past", "recovery", "mention", "address", "idiom", "play", "logistics"]
Where = Literal["before", "after", "over", "sentence", "message", "quoted"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Entry(_Strict):
    """One thing people say, in all its wordings.

    Attributes:
        level: 0 to 3; 0 only claims its words, so that nothing else reads them.
        phrases: templates; any of them is enough.
        requires: templates of which one must stand in the same message too.
        forbids: templates none of which may stand in the same message.
        beside: counts only next to another finding in one of these categories.
        past_counts: whether "I used to" leaves it standing.
        firm: nothing quiets it.
        claims: what it covers is read by it alone, unless that is firm.
        ignores: context rules that do not touch it; ``en.idiom`` is ``en.idiom.dying-of`` too.
        matches, spares: examples that must fire it, and that must not.
        reviewer: who checked it, and when; null until a person has.
    """

    id: Identifier
    category: Category
    level: Literal[0, 1, 2, 3]
    about: About = "self"
    phrases: tuple[Phrase, ...] = Field(min_length=1)
    requires: tuple[Phrase, ...] = ()
    forbids: tuple[Phrase, ...] = ()
    beside: tuple[Category, ...] = ()
    past_counts: bool = False
    firm: bool = False
    claims: bool = False
    ignores: tuple[Identifier, ...] = ()
    matches: tuple[str, ...] = Field(min_length=1)
    spares: tuple[str, ...] = ()
    source: str = Field(min_length=3)
    reviewer: str | None


class Context(_Strict):
    """One reason why words do not mean what they say.

    Attributes:
        kind: ``past`` is ignored by entries whose past counts, ``recovery`` is not; ``address``
            is talk to or about somebody else, and never quiets what is said of an "I" or "me".
        where: where the phrases stand from the finding: just ``before`` or ``after`` it, ``over``
            it (sharing words), in its ``sentence``, or in the ``message`` within 40 words;
            ``quoted`` needs no phrases.
        within: for before and after, the most words in between.
        unless: templates that lift the rule: anywhere in the message for the past, mention and
            address, and for ``message``; for ``before`` shortly before the phrase, or between it
            and the finding; otherwise in the same sentence.
        only: the categories and entries it touches; all when empty.
        quiets, spares: examples that it must quiet, and pairs that must stay at level 2 or 3.
    """

    id: Identifier
    kind: Kind
    where: Where
    within: int = Field(default=2, ge=0, le=8)
    phrases: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    only: tuple[str, ...] = ()
    quiets: tuple[str, ...] = Field(min_length=1)
    spares: tuple[str, ...] = Field(min_length=1)
    source: str = Field(min_length=3)
    reviewer: str | None


class Lexicon(_Strict):
    """One language, or a part of it.

    Attributes:
        complete: read always, if one part says so; otherwise only when the language is asked for
            or not known.
        stops: words that no gap in a template may skip.
        spellings: view, then typed form to what it stands for.
    """

    language: str = Field(pattern=r"^[a-z]{2}$")
    complete: bool = False
    common: str = ""
    stops: tuple[str, ...] = ()
    anchors: str = ""
    not_typos: str = ""
    spellings: dict[str, dict[str, str]] = {}
    slots: dict[str, tuple[Phrase, ...]] = {}
    entries: tuple[Entry, ...] = ()
    context: tuple[Context, ...] = ()


@dataclass(frozen=True)
class Source:
    """A lexicon and the file it came from, to point at mistakes."""

    lexicon: Lexicon
    marked: Marked


def lexicon_files(folder: Path) -> list[Path]:
    """The lexicons of a folder, English first, since it may be spelled out in the others."""
    return sorted(folder.glob("*.yaml"), key=lambda file: (file.stem[:2] != "en", file.name))


def shared_slots(sources: list[Source]) -> dict[str, dict[str, tuple[Phrase, ...]]]:
    """The slots of each language, from all its files."""
    slots: dict[str, dict[str, tuple[Phrase, ...]]] = {}
    for source in sources:
        slots.setdefault(source.lexicon.language, {}).update(source.lexicon.slots)
    return slots


def read_lexicons(folder: Path) -> list[Source]:
    """Read every lexicon of a folder.

    Raises:
        DataError: a file cannot be read or has a wrong field, with file, line and field.
    """
    files = lexicon_files(folder)
    if not files:
        sentence = "has no lexicon; put at least en.yaml there"
        raise DataError([Problem(folder, 0, "", sentence)])
    problems: list[Problem] = []
    sources: list[Source] = []
    for file in files:
        try:
            marked = read(file)
            sources.append(Source(Lexicon.model_validate(marked.data), marked))
        except ValidationError as error:
            problems.extend(marked.problems(error))
        except DataError as error:
            problems.extend(error.problems)
    problems.extend(_twice(sources))
    if problems:
        raise DataError(problems)
    return sources


def _twice(sources: list[Source]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for source in sources:
        for part in ("entries", "context"):
            for index, rule in enumerate(getattr(source.lexicon, part)):
                if rule.id in seen:
                    sentence = f"{rule.id} stands twice; give one of them another id"
                    problems.append(source.marked.problem((part, index, "id"), sentence))
                seen.add(rule.id)
        for name in source.lexicon.slots:
            slot = f"{{{name}}} of {source.lexicon.language}"
            if slot in seen:
                sentence = f"{slot} stands twice; give one of them another name"
                problems.append(source.marked.problem(("slots", name), sentence))
            seen.add(slot)
    return problems
