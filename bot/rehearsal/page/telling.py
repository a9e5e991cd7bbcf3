"""One event of the log as a row that a facilitator reads: when, what kind, who, where, what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.rehearsal.reading import Reader, is_private, path_of
from bot.rehearsal.state import Json

if TYPE_CHECKING:
    from bot.rehearsal.page.stage import Stage

_LONGEST = 240  # characters of a text that are shown

_SENTENCES = {
    "slash": "{name} types {text}",
    "menu": "{name} uses the menu entry “{text}”",
    "click": "{name} presses [{text}]",
    "choose": "{name} chooses {text}",
    "submit": "{name} sends the form “{text}”",
    "no answer": "{name} gets no answer to {text}",
    "joined": "{name} joins the server",
    "left": "{name} leaves the server",
    "role created": "The role {name} is made",
    "role deleted": "The role {name} is deleted",
    "role added": "{person_name} gets the role {name}",
    "role removed": "{person_name} loses the role {name}",
    "channel created": "The channel #{name} is made",
    "channel deleted": "The channel #{name} is deleted",
    "category created": "The category {name} is made",
    "thread created": "The thread {name} is opened",
    "thread joined": "{name} is brought into a thread",
    "bot": "{text}",
    "trouble": "{text}",
}
_GROUPS = {
    **dict.fromkeys(("slash", "menu", "click", "choose", "submit", "no answer"), "people"),
    **dict.fromkeys(("bot", "trouble"), "trouble"),
}
_MESSAGES = {"message", "ephemeral", "filled", "edited", "deleted"}


def told(event: Json, stage: Stage) -> Json | None:
    """The row of an event; None for one that says nothing on its own."""
    kind = event["kind"]
    if kind in _MESSAGES:
        return None if event["loading"] else _message(event, stage)
    if kind == "modal":
        first = str(event["text"]).split("\n", 1)[0]
        sentence = f"{event['name']} is shown the form “{first}”"
        return _row(event, "bot", sentence, "")
    if kind not in _SENTENCES:
        return None
    values = {key: value for key, value in event.items() if key != "kind"}
    values["text"] = _short(str(event.get("text", "")), stage)
    row = _row(event, _GROUPS.get(kind, "server"), _SENTENCES[kind].format(**values), "")
    if event.get("options"):
        reader = Reader(stage.guild)
        row["text"] = "; ".join(
            f"{name}: {reader.known(value)}"
            for name, _, value in (one.partition(": ") for one in event["options"])
        )
    return row


def _message(event: Json, stage: Stage) -> Json:
    world = stage.rehearsal.world
    by_bot = event["author"] == world.bot.id
    kind, author = event["kind"], event["author_name"]
    users = {person.id: name for name, person in stage.people.items()}
    where = _where(event, stage, users)
    verb = {"edited": "changes a message", "deleted": "A message is deleted"}.get(kind, "writes")
    if event["ephemeral_for"] and kind != "deleted":
        verb = "shows"
        where = f"to {users.get(event['ephemeral_for'], 'somebody')} alone, {where}"
    sentence = f"{verb} {where}" if kind == "deleted" else f"{author} {verb} {where}"
    row = _row(event, "bot" if by_bot else "people", sentence, _short(event["text"], stage))
    row["silent"] = by_bot and event["silent"]
    row["pinged"] = [users[one] for one in event["pinged"] if one in users]
    row["staff"] = _of_staff(event, stage)
    return row


def _where(event: Json, stage: Stage, users: dict[int, str]) -> str:
    if event["direct_with"]:
        return f"in direct messages with {users.get(event['direct_with'], 'somebody')}"
    channel = stage.rehearsal.world.channels.get(event["channel"])
    if channel is None:
        return f"in #{event['channel_name']}"
    return f"in {'the thread ' if channel.thread else '#'}{path_of(channel)}"


def _of_staff(event: Json, stage: Stage) -> bool:
    """Whether it is what staff see: a message in a channel that no member opens."""
    channel = stage.rehearsal.world.channels.get(event["channel"])
    if channel is None or is_private(channel) or event["ephemeral_for"]:
        return False
    return channel.name == "staff"


def _row(event: Json, group: str, sentence: str, text: str) -> Json:
    return {"at": event["at"], "group": group, "sentence": sentence, "text": text}


def _short(text: str, stage: Stage) -> str:
    shown = Reader(stage.guild).text(text, stage.zone)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
