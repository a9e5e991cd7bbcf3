"""The script of a rehearsal: who is there, and step by step who does what and what must be seen.

``docs/rehearsal.md`` explains the format to those who write one. A script with a mistake is
refused with its line before anything is started.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.errors import DataError, Problem
from bot.marked_yaml import Marked, read

DIRECT, PRIVATE, EVERYONE = "direct messages", "private", "everyone"

Fault = Literal[
    "lost connection",
    "reconnect",
    "new session",
    "refused connections",
    "server error",
    "rate limit",
    "lost answer",
    "slow answer",
]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"(?:week (?P<week>[1-9]\d?) )?(?P<day>[a-z]{3}) (?P<clock>\d\d:\d\d)")
_DATE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) (?P<clock>\d\d:\d\d)")
_LATER = re.compile(r"\+(\d+ (?:second|minute|hour|day)s?)( \d+ (?:second|minute|hour|day)s?)*")
_HOW_TO_TIME = (
    "Write it like: Mon 09:00, week 2 Tue 17:30, 2026-03-10 09:00 or +10 minutes, with two "
    "digits for the hour."
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonSheet(_Strict):
    """One person.

    Attributes:
        roles: of the programme's roles.
        zone: where they are, so that times are shown to them in their own; None: as the calendar.
        locale: of their Discord, such as ``es-ES``.
        manages: they may manage the server.
        here: False for somebody who joins the server later.
    """

    roles: list[str] = []
    zone: str | None = None
    locale: str = "en-US"
    manages: bool = False
    here: bool = True


class ProgrammeSheet(_Strict):
    """The server as it is before the first step.

    Attributes:
        zone: of the calendar; every time of the script is in it.
        starts: the first day of week 1 of the script.
        channels: ordinary channels that everybody sees.
    """

    name: str
    zone: str
    starts: date
    roles: list[str] = []
    channels: list[str] = Field(default=["lobby"], min_length=1)


class Step(_Strict):
    """One step: when, who, one thing done or expected, and what belongs to it."""

    at: str | None = None
    who: str | None = None

    say: str | None = None
    dm: str | None = None
    edit: str | None = None
    delete: str | None = None
    forward: str | None = None
    slash: str | None = None
    click: str | None = None
    choose: str | None = None
    submit: dict[str, str | list[str]] | None = None
    join: Literal[True] | None = None
    leave: Literal[True] | None = None
    close_dms: Literal[True] | None = None
    open_dms: Literal[True] | None = None
    bot: Literal["restart", "stop", "start"] | None = None
    fault: Fault | None = None
    expect: list[str] | None = None

    place: str | None = Field(None, alias="in")
    to: str | None = None
    options: dict[str, Any] = Field({}, alias="with")
    message: str | None = None
    times: int | None = Field(None, ge=0)
    sees: list[str] | None = None
    not_sees: list[str] | None = None
    sees_nothing: Literal[True] | None = None
    pinged: bool | None = None
    since: Literal["today", "start"] | None = None
    except_: list[str] = Field([], alias="except")
    can_open: list[str] | None = None
    cannot_open: list[str] | None = None

    @field_validator(
        "expect", "sees", "not_sees", "except_", "can_open", "cannot_open", mode="before"
    )
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and any(isinstance(one, dict) for one in found):
            raise ValueError("holds a colon, which YAML takes for itself; put the text in quotes")
        return found

    @field_validator("options", mode="before")
    @classmethod
    def _plain_values(cls, value: Any) -> Any:
        """YAML reads a bare 2026-03-08 as a date; in a command it is typed as it stands."""
        if not isinstance(value, dict):
            return value
        if any(isinstance(one, list | dict | float | None) for one in value.values()):
            raise ValueError("each option takes one word, number or text in quotes")
        return {k: str(v) if isinstance(v, date) else v for k, v in value.items()}

    @field_validator("submit", mode="before")
    @classmethod
    def _yes_and_no(cls, value: Any) -> Any:
        """YAML reads a bare Yes as true; in a form it is the word."""
        words = {True: "Yes", False: "No"}
        if not isinstance(value, dict):
            return value
        return {k: words[v] if isinstance(v, bool) else v for k, v in value.items()}

    @property
    def action(self) -> str:
        """The name of what is done; ``wait`` for a step that has only a time."""
        return next((name for name in ACTIONS if getattr(self, name, None) is not None), "wait")


@dataclass(frozen=True)
class _Rule:
    """What may stand beside an action; what must is in ``needs``."""

    may: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    who: bool = True


ACTIONS = {
    "say": _Rule(needs=("in",)),
    "dm": _Rule(),
    "edit": _Rule(("in",), needs=("to",)),
    "delete": _Rule(("in",)),
    "forward": _Rule(needs=("in",)),
    "slash": _Rule(("in", "with")),
    "click": _Rule(("in", "message")),
    "choose": _Rule(("in", "message")),
    "submit": _Rule(),
    "join": _Rule(),
    "leave": _Rule(),
    "close_dms": _Rule(),
    "open_dms": _Rule(),
    "bot": _Rule(who=False),
    "fault": _Rule(("times",), who=False),
    "expect": _Rule(
        (
            *("in", "times", "sees", "not_sees", "sees_nothing"),
            *("pinged", "since", "except", "can_open", "cannot_open"),
        ),
        who=False,
    ),
}
_ASKED = ("sees", "not_sees", "sees_nothing", "can_open", "cannot_open")


class _Sheet(_Strict):
    title: str
    content_note: str | None = None
    programme: ProgrammeSheet
    people: dict[str, PersonSheet] = Field(min_length=1)
    steps: list[Step] = Field(min_length=1)


@dataclass(frozen=True)
class Scene:
    """A step with its line in the file and its instant, in UTC."""

    step: Step
    line: int
    at: datetime


@dataclass(frozen=True)
class Script:
    """A script without mistakes. ``content_note``: what a reader may want to know first."""

    file: Path
    title: str
    content_note: str | None
    programme: ProgrammeSheet
    people: dict[str, PersonSheet]
    scenes: tuple[Scene, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the script's calendar."""
        return ZoneInfo(self.programme.zone)

    def zone_of(self, name: str) -> ZoneInfo:
        """Where a person is."""
        person = self.people.get(name)
        return ZoneInfo(person.zone) if person and person.zone else self.zone


def load_script(file: Path) -> Script:
    """Read and check one script.

    Raises:
        DataError: with every mistake, its line and a sentence.
    """
    marked = read(file)
    try:
        sheet = _Sheet.model_validate(marked.data)
    except ValidationError as error:
        raise DataError(list(marked.problems(error))) from error
    problems = [*_setting(marked, sheet), *_steps(marked, sheet)]
    if any(problem.field == "programme.zone" for problem in problems):
        raise DataError(problems)
    instants = list(_instants(marked, sheet, problems))
    if problems:
        raise DataError(problems)
    scenes = tuple(
        Scene(step, marked.line(("steps", place)), at)
        for place, (step, at) in enumerate(zip(sheet.steps, instants, strict=True))
    )
    note = sheet.content_note
    return Script(file, sheet.title, note, sheet.programme, sheet.people, scenes)


def _setting(marked: Marked, sheet: _Sheet) -> Iterator[Problem]:
    zones = available_timezones()
    named: dict[tuple[str, ...], str] = {("programme", "zone"): sheet.programme.zone}
    named |= {("people", n, "zone"): p.zone for n, p in sheet.people.items() if p.zone}
    for path, zone in named.items():
        if zone not in zones:
            sentence = f"{zone!r} is not a time zone. {_nearest(zone, zones)}".strip()
            yield marked.problem(path, f"{sentence} For example: America/Chicago.")
    for name, person in sheet.people.items():
        if name.lower() == EVERYONE or name in sheet.programme.roles:
            yield marked.problem(("people", name), "is taken; give this person another name")
        for place, role in enumerate(person.roles):
            if role not in sheet.programme.roles:
                sentence = f"there is no role {role!r}. {_nearest(role, sheet.programme.roles)}"
                yield marked.problem(("people", name, "roles", place), sentence.strip())


def _steps(marked: Marked, sheet: _Sheet) -> Iterator[Problem]:
    # Cohorts are roles, too, once they are made.
    made = [str(s.options["name"]) for s in sheet.steps if s.slash and "name" in s.options]
    readers = {*sheet.people, *sheet.programme.roles, *made, EVERYONE}
    for place, step in enumerate(sheet.steps):
        here = ("steps", place)
        yield from _shape(marked, here, step)
        for key, known, names in (
            ("who", set(sheet.people), [step.who] if step.who else []),
            ("expect", readers, step.expect or []),
            ("except", readers, step.except_),
        ):
            for name in names:
                if name not in known:
                    sentence = f"there is nobody called {name!r}. {_nearest(name, known)}"
                    yield marked.problem((*here, key), sentence.strip())
        for option, value in step.options.items():
            if isinstance(value, str) and value.startswith("@") and value[1:] not in readers:
                sentence = f"there is no person or role {value!r}. {_nearest(value[1:], readers)}"
                yield marked.problem((*here, "with", option), sentence.strip())


def _shape(marked: Marked, here: tuple[str, int], step: Step) -> Iterator[Problem]:
    aliases = {"place": "in", "options": "with", "except_": "except"}
    there = {aliases.get(name, name) for name in step.model_fields_set} - {"at"}
    actions = [name for name in ACTIONS if name in there]
    if len(actions) > 1:
        sentence = f"does two things at once, {' and '.join(actions)}; make two steps of it"
        yield marked.problem((*here, actions[1]), sentence)
        return
    if not actions:
        if there or step.at is None:
            known = ", ".join(ACTIONS)
            sentence = f"does nothing; add one of: {known}. Or only a time, to wait"
            yield marked.problem(here, sentence)
        return
    action = actions[0]
    rule = ACTIONS[action]
    allowed = {action, *rule.may, *rule.needs, *(["who"] if rule.who else [])}
    for name in sorted(there - allowed):
        yield marked.problem((*here, name), f"does not go with {action}; take it out")
    for name in (*(["who"] if rule.who else []), *rule.needs):
        if name not in there:
            yield marked.problem(here, f"{action} needs {name!r}; add it")
    if action == "expect":
        yield from _asked(marked, here, there)


def _asked(marked: Marked, here: tuple[str, int], there: Collection[str]) -> Iterator[Problem]:
    if not any(name in there for name in _ASKED):
        yield marked.problem(here, f"expects nothing; add one of: {', '.join(_ASKED)}")
    for name in ("times", "pinged"):
        if name in there and "sees" not in there:
            yield marked.problem((*here, name), "goes with sees; say what is seen")


def _instants(marked: Marked, sheet: _Sheet, problems: list[Problem]) -> Iterator[datetime]:
    now: datetime | None = None
    for place, step in enumerate(sheet.steps):
        path = ("steps", place, "at")
        if step.at is None and now is None:
            problems.append(marked.problem(("steps", place), "the first step needs a time, 'at'"))
        if step.at is not None:
            try:
                found = _instant(step.at, now, sheet.programme)
            except ValueError as error:
                problems.append(marked.problem(path, str(error)))
                continue
            if now and found < now:
                told = now.astimezone(ZoneInfo(sheet.programme.zone))
                sentence = f"is before the step above it ({told:%a %d %b %H:%M}); time runs forward"
                problems.append(marked.problem(path, sentence))
            now = found
        yield now or datetime.min.replace(tzinfo=UTC)


def _instant(text: str, now: datetime | None, programme: ProgrammeSheet) -> datetime:
    """The instant ``text`` means. Raises ValueError with a sentence."""
    words = " ".join(text.lower().split())
    if _LATER.fullmatch(words):
        if now is None:
            raise ValueError("the first step needs a day and a time, such as Mon 08:00")
        parts = re.findall(r"(\d+) (second|minute|hour|day)", words)
        return now + sum((timedelta(**{f"{u}s": int(n)}) for n, u in parts), timedelta())
    if found := _WEEKDAY.fullmatch(words):
        if found["day"] not in _DAYS:
            raise ValueError(f"{found['day']!r} is not a day. {_HOW_TO_TIME}")
        ahead = (_DAYS.index(found["day"]) - programme.starts.weekday()) % 7
        day = programme.starts + timedelta(days=ahead + 7 * (int(found["week"] or 1) - 1))
    elif found := _DATE.fullmatch(words):
        try:
            day = date.fromisoformat(found["date"])
        except ValueError:
            raise ValueError(f"{found['date']} is not a date. {_HOW_TO_TIME}") from None
    else:
        raise ValueError(f"{text!r} is not a time I can read. {_HOW_TO_TIME}")
    try:
        clock = time.fromisoformat(found["clock"])
    except ValueError:
        raise ValueError(f"{found['clock']} is not a time of day. {_HOW_TO_TIME}") from None
    return datetime.combine(day, clock, ZoneInfo(programme.zone)).astimezone(UTC)


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"Did you mean {near[0]}?" if near else ""
