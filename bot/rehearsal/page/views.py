"""What one person sees, as JSON for the page: places, messages, commands, forms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from bot.rehearsal import commands, components, permissions
from bot.rehearsal.interactions import Modal
from bot.rehearsal.page.stage import Stage, sees
from bot.rehearsal.people import Person
from bot.rehearsal.state import CATEGORY, TEXT, Channel, Json, Message

_PINNED_NOTE = 6  # message type: "... pinned a message"
_SUBCOMMANDS = {1, 2}
_QUOTED = 120  # characters of a message that is replied to


def places(stage: Stage, person: Person) -> list[Json]:
    """The channels ``person`` sees, as the app orders them, the direct conversation first."""
    direct = stage.rehearsal.world.direct_channel(person)
    found = [_place(stage, person, direct, "direct", stage.rehearsal.world.bot.name)]
    if person.id not in stage.guild.members:
        return found
    seen = [c for c in stage.guild.channels.values() if permissions.sees(person, c)]
    texts = sorted((c for c in seen if c.type == TEXT), key=lambda c: (c.position, c.id))
    categories = {c.parent for c in texts if c.parent}
    for home in (None, *sorted(categories, key=lambda c: (c.position, c.id))):
        if home is not None:
            found.append({"id": str(home.id), "kind": "category", "name": home.name})
        for channel in (c for c in texts if c.parent is home):
            found.append(_place(stage, person, channel, "text", channel.name))
            threads = [c for c in seen if c.thread and c.parent is channel]
            for thread in sorted(threads, key=lambda c: c.id):
                found.append(_place(stage, person, thread, "thread", thread.name))
    return found


def _place(stage: Stage, person: Person, channel: Channel, kind: str, name: str) -> Json:
    unread, pings = stage.marks.of(person, channel)
    thread = channel.thread
    writes = permissions.SEND_MESSAGES_IN_THREADS if thread else permissions.SEND_MESSAGES
    return {
        "id": str(channel.id),
        "kind": kind,
        "name": name,
        "home": channel.parent.name if channel.parent and channel.parent.type == CATEGORY else "",
        "topic": channel.topic or "",
        "private": kind == "direct" or channel.type == permissions.PRIVATE_THREAD,
        "writes": bool(permissions.of(person, channel) & writes),
        "archived": bool(thread and thread.archived),
        "unread": unread,
        "pings": pings,
        "pins": len(channel.pins),
        "seen_by": [one.name for one in stage.people.values() if permissions.sees(one, channel)],
    }


def people(stage: Stage) -> list[Json]:
    """Everybody one can be."""
    places_of = list(stage.rehearsal.world.channels.values())
    made = []
    for name, person in stage.people.items():
        member = stage.guild.members.get(person.id)
        seen = [c for c in places_of if stage.marks.of(person, c)[1]]
        made.append(
            {
                "id": str(person.id),
                "name": name,
                "locale": person.locale,
                "zone": stage.script.zone_of(name).key,
                "here": member is not None,
                "roles": [role.name for role in member.roles] if member else [],
                "takes_direct": person.accepts_direct,
                "pings": sum(stage.marks.of(person, c)[1] for c in seen),
            }
        )
    return made


def names(stage: Stage, reader: Person) -> Json:
    """The names behind the ids in a text, as far as ``reader`` may know them."""
    world = stage.rehearsal.world
    return {
        "users": {str(one.id): one.name for one in world.users.values()},
        "roles": {str(one.id): one.name for one in stage.guild.roles.values()},
        "channels": {
            str(one.id): one.name
            for one in stage.guild.channels.values()
            if permissions.sees(reader, one)
        },
        "members": [str(number) for number in stage.guild.members if number != world.host.id],
    }


# messages


def page_of(
    person: Person,
    channel: Channel,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> Json:
    """Some of the messages ``person`` reads in ``channel``, oldest first.

    Without ``before``, ``after`` or ``around`` (ids) the newest. ``older`` and ``newer`` tell
    whether there are more on that side.
    """
    ids = [number for number, one in channel.messages.items() if sees(person, one)]
    ids.sort()
    end = len(ids)
    if before is not None:
        end = bisect_left(ids, before)
    elif after is not None:
        end = min(len(ids), bisect_left(ids, after + 1) + limit)
    elif around is not None:
        end = min(len(ids), bisect_left(ids, around) + limit // 2)
    start = max(0, end - limit)
    if after is not None:
        start = bisect_left(ids, after + 1)
    return {
        "messages": [message(channel.messages[number], person) for number in ids[start:end]],
        "older": start > 0,
        "newer": end < len(ids),
    }


def message(one: Message, reader: Person) -> Json:
    """A message as ``reader`` sees it."""
    return {
        "id": str(one.id),
        "channel": str(one.channel.id),
        "author": {"id": str(one.author.id), "name": one.author.name, "bot": one.author.bot},
        "at": one.at.isoformat(),
        "edited": one.edited_at.isoformat() if one.edited_at else None,
        "content": one.text if one.type == _PINNED_NOTE else one.content,
        "embeds": one.embeds,
        "components": one.components,
        "attachments": one.attachments,
        "forwarded": [snapshot["message"] for snapshot in one.snapshots],
        "note": one.type == _PINNED_NOTE,
        "silent": one.silent,
        "loading": one.loading,
        "ephemeral": one.ephemeral_for is not None,
        "pinned": one.pinned,
        "mine": one.author is reader,
        "deletable": one.author is reader
        or bool(permissions.of(reader, one.channel) & permissions.MANAGE_MESSAGES),
        "pinged": reader in one.pinged,
        "reply": _reply(one, reader),
        "thread": {"id": str(one.thread.id), "name": one.thread.name} if one.thread else None,
    }


def _reply(one: Message, reader: Person) -> Json | None:
    if one.type != 19 or not one.reference:
        return None
    original = one.channel.messages.get(int(one.reference["message_id"]))
    if original is None or not sees(reader, original):
        return {"id": None, "name": "", "text": "The message was deleted."}
    return {
        "id": str(original.id),
        "name": original.author.name,
        "text": original.text[:_QUOTED],
    }


def pinned(person: Person, channel: Channel) -> list[Json]:
    """The pinned messages, the newest pin first."""
    return [message(one, person) for one in channel.pinned if sees(person, one)]


# commands and forms


def offered(stage: Stage, person: Person, channel: Channel) -> Json:
    """The slash commands and message menu entries that ``person`` can use in ``channel``."""
    allowed = channel.guild is None or bool(
        permissions.of(person, channel) & permissions.USE_APPLICATION_COMMANDS
    )
    member = channel.guild.members.get(person.id) if channel.guild else None
    there = [
        one
        for one in commands.listed(stage.rehearsal.world, channel.guild)
        if allowed and commands.may_use(one, member, channel)
    ]
    slash: list[Json] = []
    for one in there:
        if one.type == 1:
            slash += _lines(one.body, (), person.locale)
    slash.sort(key=lambda line: str(line["line"]))
    menu = [{"name": c.name, "shown": _local(c.body, "name", person)} for c in there if c.type == 3]
    return {"slash": slash, "menu": menu}


def _lines(body: Json, way: tuple[str, ...], locale: str) -> Iterator[Json]:
    way = (*way, body["name"])
    inner = [one for one in body.get("options") or () if one["type"] in _SUBCOMMANDS]
    for one in inner:
        yield from _lines(one, way, locale)
    if not inner:
        options = [_option(one, locale) for one in body.get("options") or ()]
        described = _in_language(body, "description", locale)
        yield {"line": " ".join(way), "description": described, "options": options}


def _option(one: Json, locale: str) -> Json:
    return {
        "name": one["name"],
        "shown": _in_language(one, "name", locale),
        "description": _in_language(one, "description", locale),
        "type": one["type"],
        "required": bool(one.get("required")),
        "autocomplete": bool(one.get("autocomplete")),
        "choices": [
            {"value": choice["value"], "label": _in_language(choice, "name", locale)}
            for choice in one.get("choices") or ()
        ],
        **{key: one[key] for key in ("min_length", "max_length") if key in one},
        **{key: one[key] for key in ("min_value", "max_value") if key in one},
    }


def _local(body: Json, field: str, person: Person) -> str:
    return _in_language(body, field, person.locale)


def _in_language(body: Json, field: str, locale: str) -> str:
    translated: Json = body.get(f"{field}_localizations") or {}
    return str(translated.get(locale) or body.get(field) or "")


def form(key: str, modal: Modal) -> Json:
    """An opened form."""
    return {"key": key, "title": modal.title, "components": modal.components}


def reach(stage: Stage, values: Iterable[Any]) -> list[Any]:
    """People, roles and channels by their ids; anything else as it is."""
    world = stage.rehearsal.world
    known: dict[str, object] = {str(n): one for n, one in world.users.items()}
    known |= {str(n): one for n, one in stage.guild.roles.items()}
    known |= {str(n): one for n, one in stage.guild.channels.items()}
    return [known.get(str(value), value) for value in values]


MENTIONS = components.SELECTS - {3}
"""The types of menus in which people, roles or channels are chosen."""
