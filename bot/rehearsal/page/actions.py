"""What a person does on the page: each is what the app would let them do, or a sentence."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from bot.errors import RehearsalError
from bot.rehearsal import commands, components
from bot.rehearsal.interactions import Reply
from bot.rehearsal.page import views
from bot.rehearsal.page.stage import Stage
from bot.rehearsal.people import Person
from bot.rehearsal.state import Json

LONGEST = 2000
"""Characters of a message somebody writes (Discord, resources/message)."""

_INTEGER, _BOOLEAN, _NUMBER = 4, 5, 10
_NAMED = {6, 7, 8, 9}  # option types: user, channel, role, either
_WHOLE, _DECIMAL = re.compile(r"-?\d{1,15}"), re.compile(r"-?\d{1,15}(\.\d+)?")


async def do(stage: Stage, person: Person, what: str, wanted: Json) -> Json:
    """Let ``person`` do one thing.

    Returns:
        ``failed`` with what Discord shows when the bot did not answer, ``form`` when one
        opened, ``message`` with the id of what was written; all may be missing.

    Raises:
        RehearsalError: the app would not let them.
    """
    if what not in _ACTIONS:
        raise RehearsalError(f"Nobody can {what!r} here.")
    try:
        answer = await _ACTIONS[what](stage, person, wanted)
    except KeyError as error:
        raise RehearsalError(f"The page left out {error}. Load it again.") from error
    return _told(stage, answer) if isinstance(answer, Reply) else answer or {}


def _told(stage: Stage, reply: Reply) -> Json:
    if reply.failed:
        return {"failed": reply.failed}
    if reply.modal:
        return {"form": views.form(stage.remember(reply.modal), reply.modal)}
    return {}


def written(stage: Stage, text: object) -> str:
    """A text as the app sends it: ``@Name`` and ``#channel`` become mentions.

    Raises:
        RehearsalError: it is empty or too long.
    """
    typed = str(text).strip()
    if not typed:
        raise RehearsalError("There is nothing to send yet. Write something first.")
    if len(typed) > LONGEST:
        raise RehearsalError(f"A message has at most {LONGEST} characters. Make it shorter.")
    marks = {f"@{p.name}": p.mention for p in stage.people.values()}
    marks |= {f"@{r.name}": r.mention for r in stage.guild.roles.values() if r.mentionable}
    marks |= {f"#{c.name}": c.mention for c in stage.guild.channels.values() if c.name}
    pattern = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
    return re.sub(rf"(?:{pattern})\b", lambda found: marks[found[0]], typed)


async def suggestions(stage: Stage, person: Person, wanted: Json) -> list[Json]:
    """The suggestions while an option of a slash command is typed."""
    channel = stage.channel(person, wanted["channel"])
    typed, option = str(wanted["typed"]), str(wanted["option"])
    options = _options(stage, person, wanted, leaving=option)
    found = await person.autocomplete(
        str(wanted["command"]), option, typed, channel=channel, **options
    )
    return [{"label": one.name, "value": one.value} for one in found]


# writing


async def _say(stage: Stage, person: Person, wanted: Json) -> Json:
    channel = stage.channel(person, wanted["channel"])
    original = wanted.get("reply_to")
    reply_to = stage.message(person, channel, original) if original else None
    made = await person.say(channel, written(stage, wanted["text"]), reply_to=reply_to)
    return {"message": str(made.id)}


async def _edit(stage: Stage, person: Person, wanted: Json) -> None:
    channel = stage.channel(person, wanted["channel"])
    own = stage.message(person, channel, wanted["message"])
    await person.edit(own, written(stage, wanted["text"]))


async def _delete(stage: Stage, person: Person, wanted: Json) -> None:
    channel = stage.channel(person, wanted["channel"])
    await person.delete(stage.message(person, channel, wanted["message"]))


async def _forward(stage: Stage, person: Person, wanted: Json) -> Json:
    channel = stage.channel(person, wanted["channel"])
    found = stage.message(person, channel, wanted["message"])
    made = await person.forward(found, stage.channel(person, wanted["to"]))
    return {"message": str(made.id)}


async def _read(stage: Stage, person: Person, wanted: Json) -> None:
    stage.marks.read(person, stage.channel(person, wanted["channel"]))
    stage.changed()


# interactions


async def _slash(stage: Stage, person: Person, wanted: Json) -> Reply:
    channel = stage.channel(person, wanted["channel"])
    options = _options(stage, person, wanted)
    return await person.slash(str(wanted["command"]), channel, **options)


def _options(stage: Stage, person: Person, wanted: Json, leaving: str = "") -> dict[str, Any]:
    channel = stage.channel(person, wanted["channel"])
    typed = commands.find(stage.rehearsal.world, channel.guild, str(wanted["command"]))
    kinds = {option["name"]: option["type"] for option in typed.options}
    return {
        name: _value(stage, name, kinds.get(name), value)
        for name, value in wanted["options"].items()
        if name != leaving and value not in ("", None)
    }


def _value(stage: Stage, name: str, kind: int | None, value: object) -> Any:
    if kind in _NAMED:
        return views.reach(stage, [value])[0]
    text = str(value).strip()
    if kind == _BOOLEAN:
        return text.lower() in ("true", "yes", "1")
    if kind == _INTEGER:
        if not _WHOLE.fullmatch(text):
            raise RehearsalError(f"{name} takes a whole number, such as 3.")
        return int(text)
    if kind == _NUMBER:
        if not _DECIMAL.fullmatch(text):
            raise RehearsalError(f"{name} takes a number, such as 2.5.")
        return float(text)
    return value


async def _click(stage: Stage, person: Person, wanted: Json) -> Reply:
    channel = stage.channel(person, wanted["channel"])
    found = stage.message(person, channel, wanted["message"])
    return await person.click(found, str(wanted["custom_id"]))


async def _choose(stage: Stage, person: Person, wanted: Json) -> Reply:
    channel = stage.channel(person, wanted["channel"])
    found = stage.message(person, channel, wanted["message"])
    name, values = str(wanted["custom_id"]), list(wanted["values"])
    menus = components.of_types(found.components, views.MENTIONS)
    if any(one.get("custom_id") == name for one in menus):
        values = views.reach(stage, values)
    return await person.choose(found, name, values)


async def _menu(stage: Stage, person: Person, wanted: Json) -> Reply:
    channel = stage.channel(person, wanted["channel"])
    found = stage.message(person, channel, wanted["message"])
    return await person.menu(str(wanted["name"]), found)


async def _submit(stage: Stage, person: Person, wanted: Json) -> Reply:
    modal = stage.forms.get(str(wanted["form"]))
    if modal is None:
        raise RehearsalError("This form is not open any more. Open it once more.")
    menus = {
        one["custom_id"]
        for one in components.of_types(modal.components, views.MENTIONS)
        if "custom_id" in one
    }
    answers = {
        name: views.reach(stage, value) if name in menus else value
        for name, value in wanted["answers"].items()
    }
    reply = await person.submit(modal, answers)
    if not reply.failed:
        stage.forms.pop(str(wanted["form"]), None)
    return reply


# being there


async def _join(stage: Stage, person: Person, wanted: Json) -> None:
    roles = [stage.guild.role(name) for name in stage.script.people[person.name].roles]
    await person.join(stage.guild, roles)


async def _leave(stage: Stage, person: Person, wanted: Json) -> None:
    await person.leave(stage.guild)


async def _direct(stage: Stage, person: Person, wanted: Json) -> None:
    if wanted["open"]:
        person.open_dms()
    else:
        person.close_dms()
    told = "takes direct messages again" if wanted["open"] else "takes no direct messages now"
    stage.rehearsal.world.note("trouble", person=person.id, text=f"{person.name} {told}.")
    stage.changed()


_Action = Callable[[Stage, Person, Json], Awaitable[Reply | Json | None]]
_ACTIONS: dict[str, _Action] = {
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "forward": _forward,
    "read": _read,
    "slash": _slash,
    "click": _click,
    "choose": _choose,
    "menu": _menu,
    "submit": _submit,
    "join": _join,
    "leave": _leave,
    "direct": _direct,
}
