"""REST: the bot about itself, its application, its commands, the gateway's address, users."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import commands, payloads, permissions, rules
from bot.rehearsal.refusals import Refusal, unknown
from bot.rehearsal.rest import TRUE, Call, route
from bot.rehearsal.state import Json

_LIMITED_INTENTS = (1 << 15) | (1 << 19)  # application flags: members and message content


@route("GET", "/users/@me")
def own_user(call: Call) -> Json:
    return payloads.own_user(call.bot)


@route("GET", "/users/{user_id}")
def user(call: Call) -> Json:
    found = call.world.users.get(call.number("user_id"))
    if found is None:
        raise unknown("User")
    return payloads.user(found)


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(call: Call) -> Json:
    world = call.world
    flags = _LIMITED_INTENTS
    return payloads.application(world.bot.name, world.bot, world.host, len(world.guilds), flags)


@route("GET", "/gateway/bot")
def gateway(call: Call) -> Json:
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 16}
    return {"url": call.world.gateway_url, "shards": call.shards, "session_start_limit": limit}


@route("POST", "/users/@me/channels")
def open_direct(call: Call) -> Json:
    person = call.world.users.get(int(call.body.get("recipient_id") or 0))
    if person is None:
        raise unknown("User")
    if person.bot:
        raise Refusal(400, 50007, "Cannot send messages to this user")
    return payloads.channel(call.world.direct_channel(person))


@route("GET", "/applications/{application_id}/commands")
@route("GET", "/applications/{application_id}/guilds/{guild_id}/commands")
def read_commands(call: Call) -> list[Json]:
    return [one.body for one in call.world.commands.get(_scope(call), [])]


@route("PUT", "/applications/{application_id}/commands")
@route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands")
def replace_commands(call: Call) -> list[Json]:
    scope, wanted = _scope(call), call.body or []
    rules.check_commands(wanted)
    commands.replace(call.world, scope, wanted)
    return [one.body for one in call.world.commands[scope]]


def _scope(call: Call) -> int | None:
    if call.number("application_id") != call.bot.id:
        raise Refusal(
            403, 20012, "You are not authorized to perform this action on this application"
        )
    return call.guild.id if "guild_id" in call.params else None


@route("GET", "/guilds/{guild_id}")
def guild(call: Call) -> Json:
    made = payloads.guild(call.guild)
    if call.query.get("with_counts") in TRUE:
        made["approximate_member_count"] = len(call.guild.members)
        made["approximate_presence_count"] = len(call.guild.members)
    return made


@route("GET", "/guilds/{guild_id}/members")
def members(call: Call) -> list[Json]:
    limit, after = int(call.query.get("limit", 1)), int(call.query.get("after", 0))
    ordered = sorted(call.guild.members.values(), key=lambda member: member.user.id)
    return [payloads.member(one) for one in ordered if one.user.id > after][:limit]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(call: Call) -> Json:
    return payloads.member(call.member())


@route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def give_role(call: Call) -> None:
    _set_role(call, wanted=True)


@route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def take_role(call: Call) -> None:
    _set_role(call, wanted=False)


def _set_role(call: Call, *, wanted: bool) -> None:
    member = call.member()
    role = call.guild.roles.get(call.number("role_id"))
    if role is None or role is call.guild.everyone:
        raise unknown("Role")
    if role.managed:
        raise Refusal(400, 50028, "Invalid role")
    reach_role(call, (role.position, -role.id))
    others = [one for one in member.roles if one is not role]
    call.world.set_roles(member, [*others, role] if wanted else others)


def reach_role(call: Call, place: tuple[int, int]) -> None:
    """Refuse unless the bot may manage roles and its highest role stands above ``place``."""
    call.need_in_guild(permissions.MANAGE_ROLES)
    if permissions.top_role(call.me) <= place:
        raise Refusal(403, 50013, "Missing Permissions")


@route("GET", "/guilds/{guild_id}/roles")
def roles(call: Call) -> list[Json]:
    return [payloads.role(one) for one in call.guild.roles.values()]


@route("POST", "/guilds/{guild_id}/roles")
def create_role(call: Call) -> Json:
    call.need_in_guild(permissions.MANAGE_ROLES)
    if len(call.guild.roles) >= 250:
        raise Refusal(400, 30005, "Maximum number of guild roles reached (250)")
    fields = _role_fields(call)
    fields.setdefault("permissions", call.guild.everyone.permissions)
    name = fields.pop("name", "new role")
    return payloads.role(call.world.create_role(call.guild, name, **fields))


@route("PATCH", "/guilds/{guild_id}/roles/{role_id}")
def change_role(call: Call) -> Json:
    role = call.guild.roles.get(call.number("role_id"))
    if role is None:
        raise unknown("Role")
    reach_role(call, (role.position, -role.id))
    for name, value in _role_fields(call).items():
        setattr(role, name, value)
    call.world.change_role(role)
    return payloads.role(role)


@route("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_role(call: Call) -> None:
    role = call.guild.roles.get(call.number("role_id"))
    if role is None:
        raise unknown("Role")
    if role.managed or role is call.guild.everyone:
        raise Refusal(400, 50028, "Invalid role")
    reach_role(call, (role.position, -role.id))
    call.world.delete_role(role)


def _role_fields(call: Call) -> dict[str, Any]:
    body, fields = call.body or {}, {}
    for sent in ("name", "hoist", "mentionable"):
        if body.get(sent) is not None:
            fields[sent] = body[sent]
    if body.get("color") is not None:
        fields["colour"] = body["color"]
    elif body.get("colors"):
        fields["colour"] = body["colors"].get("primary_color") or 0
    if body.get("permissions") is not None:
        bits = int(body["permissions"])
        if not permissions.may_grant(call.guild, call.me, bits):
            raise Refusal(403, 50013, "Missing Permissions")
        fields["permissions"] = bits
    return fields
