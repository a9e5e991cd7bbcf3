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
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from bot.errors import DataError, Problem
from bot.marked_yaml import Marked, read
from bot.rehearsal.sheet import ACTIONS, ASKED, PersonSheet, ProgrammeSheet, Sheet, Step

DIRECT, PRIVATE, EVERYONE = "direct messages", "private", "everyone"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"(?:week (?P<week>[1-9]\d?) )?(?P<day>[a-z]{3}) (?P<clock>\d\d:\d\d)")
_DATE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) (?P<clock>\d\d:\d\d)")
_LATER = re.compile(r"\+(\d+ (?:second|minute|hour|day)s?)( \d+ (?:second|minute|hour|day)s?)*")
_HOW_TO_TIME = (
    "Write it like: Mon 09:00, week 2 Tue 17:30, 2026-03-10 09:00 or +10 minutes, with two "
    "digits for the hour."
)


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
        sheet = Sheet.model_validate(marked.data)
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


def _setting(marked: Marked, sheet: Sheet) -> Iterator[Problem]:
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


def _steps(marked: Marked, sheet: Sheet) -> Iterator[Problem]:
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
    if not any(name in there for name in ASKED):
        yield marked.problem(here, f"expects nothing; add one of: {', '.join(ASKED)}")
    for name in ("times", "pinged"):
        if name in there and "sees" not in there:
            yield marked.problem((*here, name), "goes with sees; say what is seen")


def _instants(marked: Marked, sheet: Sheet, problems: list[Problem]) -> Iterator[datetime]:
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
