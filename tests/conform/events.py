"""Checks dispatched gateway events, which Discord's OpenAPI document leaves out.

The keys come from Discord's documentation (developers/events/gateway-events.mdx, and
developers/interactions/receiving-and-responding.mdx for interactions). Where a payload is, or
holds, an object that REST answers with as well, the document's schema of that object is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from tests.conform.checker import Conformance, Finding, Json


@dataclass(frozen=True)
class Shape:
    """What one event's payload must look like.

    Attributes:
        keys: the keys of the event itself, separated by spaces; ``?`` marks optional ones.
        base: the schema that the other keys must satisfy; without it there may be none.
        inner: schemas of keys; for a list, of each element.
        fine: pointers, separated by spaces, where the documentation of the event says something
            else than the schema: a field more, or one that the surroundings make needless.
    """

    keys: str = ""
    base: str = ""
    inner: Mapping[str, str] = field(default_factory=dict)
    fine: str = ""


_MESSAGE = Shape(
    "guild_id? member?",
    base="MessageResponse",
    inner={"member": "GuildMemberResponse"},
    fine="/member/user /mentions/*/member",
)
_CHANNEL = Shape(base="GuildChannelResponse")
_ROLE = Shape("guild_id role", inner={"role": "GuildRoleResponse"})
_USER = "UserResponse"
_MEMBER = "GuildMemberResponse"

SHAPES: Mapping[str, Shape] = {
    "READY": Shape(
        "v user guilds session_id resume_gateway_url shard? application",
        inner={"user": "UserPIIResponse"},
    ),
    "RESUMED": Shape(),
    "RATE_LIMITED": Shape("opcode retry_after meta"),
    "GUILD_CREATE": Shape(
        "joined_at large unavailable? member_count voice_states members channels threads presences"
        " stage_instances guild_scheduled_events soundboard_sounds",
        base="GuildResponse",
        inner={"members": _MEMBER, "channels": "GuildChannelResponse", "threads": "ThreadResponse"},
        fine="/channels/*/guild_id /threads/*/guild_id",
    ),
    "GUILD_UPDATE": Shape(base="GuildResponse"),
    "GUILD_DELETE": Shape("id unavailable?"),
    "GUILD_MEMBER_ADD": Shape("guild_id", base=_MEMBER),
    "GUILD_MEMBER_UPDATE": Shape("guild_id", base=_MEMBER, fine="/mute /deaf /flags"),
    "GUILD_MEMBER_REMOVE": Shape("guild_id user", inner={"user": _USER}),
    "GUILD_MEMBERS_CHUNK": Shape(
        "guild_id members chunk_index chunk_count not_found? presences? nonce?",
        inner={"members": _MEMBER},
    ),
    "GUILD_ROLE_CREATE": _ROLE,
    "GUILD_ROLE_UPDATE": _ROLE,
    "GUILD_ROLE_DELETE": Shape("guild_id role_id"),
    "CHANNEL_CREATE": _CHANNEL,
    "CHANNEL_UPDATE": _CHANNEL,
    "CHANNEL_DELETE": _CHANNEL,
    "CHANNEL_PINS_UPDATE": Shape("guild_id? channel_id last_pin_timestamp?"),
    "THREAD_CREATE": Shape("newly_created?", base="ThreadResponse"),
    "THREAD_UPDATE": Shape(base="ThreadResponse"),
    "THREAD_DELETE": Shape("id guild_id parent_id type"),
    "THREAD_LIST_SYNC": Shape(
        "guild_id channel_ids? threads members",
        inner={"threads": "ThreadResponse", "members": "ThreadMemberResponse"},
    ),
    "THREAD_MEMBER_UPDATE": Shape("guild_id", base="ThreadMemberResponse"),
    "THREAD_MEMBERS_UPDATE": Shape(
        "id guild_id member_count added_members? removed_member_ids?",
        inner={"added_members": "ThreadMemberResponse"},
        fine="/added_members/*/presence",
    ),
    "MESSAGE_CREATE": _MESSAGE,
    "MESSAGE_UPDATE": _MESSAGE,
    "MESSAGE_DELETE": Shape("id channel_id guild_id?"),
    "INTERACTION_CREATE": Shape(
        "id application_id type data? guild? guild_id? channel? channel_id? member? user? token"
        " version message? app_permissions locale? guild_locale? entitlements"
        " authorizing_integration_owners context? attachment_size_limit",
        inner={
            "user": _USER,
            "member": "PrivateGuildMemberResponse",
            "message": "MessageResponse",
            "data.resolved.users": _USER,
            "data.resolved.roles": "GuildRoleResponse",
            "data.resolved.messages": "MessageResponse",
        },
    ),
}

_DATA_KEYS = {  # of an interaction, by its type
    2: "id name type resolved? options? guild_id? target_id?",
    3: "custom_id component_type id? values? resolved?",
    4: "id name type resolved? options? guild_id? target_id?",
    5: "custom_id components resolved?",
}


def check_event(document: Conformance, name: str, payload: Json) -> list[Finding]:
    """Every difference of one dispatched event; empty when it is as Discord documents it."""
    shape = SHAPES.get(name)
    if shape is None:
        return [Finding(name, "event", "", f"tests/conform/events.py has no shape for {name}")]
    found = list(_surface(name, "", shape.keys, payload, closed=not shape.base))
    if shape.base:
        own = {key.rstrip("?") for key in shape.keys.split()}
        rest = {key: value for key, value in payload.items() if key not in own}
        found += document.check_component(name, shape.base, rest)
    for key, component in shape.inner.items():
        for pointer, value in _reach(payload, key.split(".")):
            for finding in document.check_component(name, component, value):
                found.append(replace(finding, pointer=pointer + finding.pointer))
    if name == "INTERACTION_CREATE":
        keys = _DATA_KEYS[payload["type"]]
        found += _surface(name, "/data", keys, payload["data"], closed=True)
    fine = shape.fine.split()
    return [
        replace(finding, part="event")
        for finding in found
        if not any(fnmatchcase(finding.pointer, pattern) for pattern in fine)
    ]


def _surface(name: str, where: str, keys: str, payload: Json, *, closed: bool) -> Iterator[Finding]:
    for key in keys.split():
        if not key.endswith("?") and key not in payload:
            yield Finding(name, "event", f"{where}/{key}", "a required field is missing")
    if closed:
        known = {key.rstrip("?") for key in keys.split()}
        for key in payload.keys() - known:
            yield Finding(name, "event", f"{where}/{key}", "Discord documents no such field")


def _reach(payload: Json, path: list[str]) -> Iterator[tuple[str, Json]]:
    """The values at ``path``, each element of a list or of a map keyed by ids by itself."""
    value = payload
    for step in path:
        if not isinstance(value, dict) or value.get(step) is None:
            return
        value = value[step]
    pointer = "/" + "/".join(path)
    if isinstance(value, list):
        yield from ((f"{pointer}/{number}", element) for number, element in enumerate(value))
    elif path[:1] == ["data"]:
        yield from ((f"{pointer}/{identity}", element) for identity, element in value.items())
    else:
        yield pointer, value
