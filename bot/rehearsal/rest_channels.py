"""REST: channels, categories, permission overwrites, threads and their members."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import payloads, permissions
from bot.rehearsal.refusals import (
    FormProblems,
    NotBuilt,
    Refusal,
    invalid,
    missing_permissions,
    unknown,
)
from bot.rehearsal.rest import TRUE, Answer, Call, route
from bot.rehearsal.state import (
    CATEGORY,
    DM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Guild,
    Json,
    Overwrite,
    User,
)

_SAME_NAME = {"name": "name", "topic": "topic", "position": "position", "nsfw": "nsfw"}
_SAME_NAME["rate_limit_per_user"] = "slowmode"


@route("GET", "/guilds/{guild_id}/channels")
def channels(call: Call) -> list[Json]:
    return [payloads.channel(one) for one in call.guild.channels.values() if not one.thread]


@route("GET", "/channels/{channel_id}")
def channel(call: Call) -> Json:
    return payloads.channel(call.channel(), call.bot)


@route("POST", "/guilds/{guild_id}/channels")
def create_channel(call: Call) -> Answer:
    guild, body = call.guild, call.body
    call.need_in_guild(permissions.MANAGE_CHANNELS)
    if len([one for one in guild.channels.values() if not one.thread]) >= 500:
        raise Refusal(400, 30013, "Maximum number of guild channels reached (500)")
    kind = body.get("type") or TEXT
    if kind not in (TEXT, CATEGORY):
        raise NotBuilt(f"a channel of type {kind}")
    fields = _fields(guild, body)
    parent: Channel | None = fields.get("parent")
    overwrites = _overwrites(call, guild, body.get("permission_overwrites"))
    if parent and not overwrites:  # given none, a channel takes those of its category
        overwrites = [Overwrite(o.id, o.type, o.allow, o.deny) for o in parent.overwrites.values()]
    fields.pop("position", None)
    name = fields.pop("name", "")
    made = call.world.create_channel(guild, name, type=kind, overwrites=overwrites, **fields)
    return Answer(201, payloads.channel(made))


@route("PATCH", "/channels/{channel_id}")
def change_channel(call: Call) -> Json:
    one = call.channel()
    if one.thread:
        return _change_thread(call, one)
    guild = _guild_of(one)
    call.need(one, permissions.MANAGE_CHANNELS)
    fields = _fields(guild, call.body)
    if call.body.get("permission_overwrites") is not None:
        call.need(one, permissions.MANAGE_ROLES)
        made = _overwrites(call, guild, call.body["permission_overwrites"], one)
        fields["overwrites"] = {overwrite.id: overwrite for overwrite in made}
    for name, value in fields.items():
        setattr(one, name, value)
    call.world.change_channel(one)
    return payloads.channel(one)


@route("DELETE", "/channels/{channel_id}")
def delete_channel(call: Call) -> Json:
    one = call.channel()
    if one.type == DM:
        raise NotBuilt("closing a direct conversation")
    call.need(one, permissions.MANAGE_THREADS if one.thread else permissions.MANAGE_CHANNELS)
    made = payloads.channel(one, call.bot)
    call.world.delete_channel(one)
    return made


def _guild_of(one: Channel) -> Guild:
    if one.guild is None:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    return one.guild


def _fields(guild: Guild, body: Json) -> dict[str, Any]:
    problems = FormProblems()
    if "name" in body:
        problems.between("name", body["name"], 1, 100)
    problems.at_most("topic", body.get("topic"), 1024)
    fields: dict[str, Any] = {
        ours: body[sent]
        for sent, ours in _SAME_NAME.items()
        if sent in body and (body[sent] is not None or sent == "topic")
    }
    if "parent_id" in body:
        fields["parent"] = _parent(guild, body["parent_id"], problems)
    problems.refuse()
    return fields


def _parent(guild: Guild, parent_id: object, problems: FormProblems) -> Channel | None:
    if parent_id is None:
        return None
    parent = guild.channels.get(int(str(parent_id)))
    if parent is None or parent.type != CATEGORY:
        problems.add("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
        return None
    if len([one for one in guild.channels.values() if one.parent is parent]) >= 50:
        sentence = "Maximum number of channels in category reached (50)"
        problems.add("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", sentence)
    return parent


def _overwrites(
    call: Call, guild: Guild, listed: list[Json] | None, existing: Channel | None = None
) -> list[Overwrite]:
    made = []
    for one in listed or ():
        allow, deny = int(one.get("allow") or 0), int(one.get("deny") or 0)
        made.append(Overwrite(int(one["id"]), int(one.get("type") or 0), allow, deny))
    for overwrite in made:
        before = existing.overwrites.get(overwrite.id) if existing else None
        _check_overwrite(call, guild, overwrite, before)
    return made


def _check_overwrite(
    call: Call, guild: Guild, one: Overwrite, before: Overwrite | None = None
) -> None:
    """Only permissions the bot has may be given or taken (resources/channel, overwrites)."""
    known = guild.roles if one.type == 0 else call.world.users
    if one.id not in known:
        raise unknown("Role" if one.type == 0 else "User")
    changed = one.allow | one.deny
    if before:
        changed = (one.allow ^ before.allow) | (one.deny ^ before.deny)
    me = guild.members[call.bot.id]
    own = permissions.in_guild(me)
    only_for_hosts = changed & permissions.MANAGE_ROLES and not own & permissions.ADMINISTRATOR
    if only_for_hosts or not permissions.may_grant(guild, me, changed):
        raise missing_permissions()


@route("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
def put_overwrite(call: Call) -> None:
    one = call.channel(permissions.MANAGE_ROLES)
    target, body = call.number("overwrite_id"), call.body
    kind, before = int(body.get("type") or 0), one.overwrites.get(target)
    made = Overwrite(target, kind, int(body.get("allow") or 0), int(body.get("deny") or 0))
    _check_overwrite(call, _guild_of(one), made, before)
    one.overwrites[target] = made
    call.world.change_channel(one)


@route("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def delete_overwrite(call: Call) -> None:
    one = call.channel(permissions.MANAGE_ROLES)
    if one.overwrites.pop(call.number("overwrite_id"), None) is None:
        raise unknown("Overwrite")
    call.world.change_channel(one)


# threads


@route("POST", "/channels/{channel_id}/threads")
def create_thread(call: Call) -> Answer:
    parent, body = call.channel(), call.body
    kind = body.get("type") or PRIVATE_THREAD
    if parent.type != TEXT or kind not in (PUBLIC_THREAD, PRIVATE_THREAD):
        raise NotBuilt(f"a thread of type {kind} in a channel of type {parent.type}")
    needed = permissions.CREATE_PRIVATE_THREADS
    if kind == PUBLIC_THREAD:
        needed = permissions.CREATE_PUBLIC_THREADS
    call.need(parent, needed)
    fields = _thread_fields(body) | {"type": kind}
    fields["thread"]["invitable"] = body.get("invitable") is not False
    made = call.world.create_thread(parent, call.bot, **fields)
    return Answer(201, payloads.channel(made, call.bot))


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def create_thread_from_message(call: Call) -> Answer:
    parent = call.channel(permissions.CREATE_PUBLIC_THREADS)
    source = call.message(parent)
    if source.thread:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    fields = _thread_fields(call.body) | {"type": PUBLIC_THREAD}
    made = call.world.create_thread(parent, call.bot, source, **fields)
    return Answer(201, payloads.channel(made, call.bot))


def _thread_fields(body: Json) -> dict[str, Any]:
    problems = FormProblems()
    problems.between("name", body.get("name"), 1, 100)
    problems.refuse()
    minutes = body.get("auto_archive_duration") or 4320
    if minutes not in (60, 1440, 4320, 10080):
        code, sentence = "BASE_TYPE_CHOICES", "Value must be one of (60, 1440, 4320, 10080)."
        raise invalid("auto_archive_duration", code, sentence)
    thread = {"auto_archive": minutes}
    return {
        "name": body["name"],
        "slowmode": body.get("rate_limit_per_user") or 0,
        "thread": thread,
    }


def _change_thread(call: Call, one: Channel) -> Json:
    thread, body = one.thread, call.body
    assert thread is not None
    manages = bool(permissions.of(call.bot, one) & permissions.MANAGE_THREADS)
    own = thread.owner is call.bot
    if not manages and (not own or thread.locked or body.get("locked") is not None):
        raise missing_permissions()
    if thread.archived and body.get("archived") is not False:
        raise Refusal(400, 50083, "Thread is archived")
    for name in ("archived", "locked", "invitable"):
        if body.get(name) is not None:
            setattr(thread, name, bool(body[name]))
    if body.get("archived") is not None:
        thread.changed_at = call.world.clock.now()
    if body.get("auto_archive_duration") is not None:
        thread.auto_archive = body["auto_archive_duration"]
    if body.get("name"):
        one.name = body["name"]
    call.world.change_channel(one)
    return payloads.channel(one, call.bot)


def _thread(call: Call) -> Channel:
    one = call.channel()
    if one.thread is None:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    return one


def _person(call: Call, one: Channel) -> User:
    member = _guild_of(one).members.get(call.number("user_id"))
    if member is None:
        raise unknown("User")
    return member.user


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add_to_thread(call: Call) -> None:
    one = _thread(call)
    person = _person(call, one)
    call.need(one, permissions.SEND_MESSAGES_IN_THREADS)
    parent = one.parent
    if parent is None or not permissions.sees(person, parent):
        raise Refusal(403, 50001, "Missing Access")
    call.world.change_thread_members(one, added=[person])


@route("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def remove_from_thread(call: Call) -> None:
    one = _thread(call)
    assert one.thread is not None
    own_private = one.type == PRIVATE_THREAD and one.thread.owner is call.bot
    if not own_private:
        call.need(one, permissions.MANAGE_THREADS)
    call.world.change_thread_members(one, removed=[_person(call, one)])


@route("PUT", "/channels/{channel_id}/thread-members/@me")
def join_thread(call: Call) -> None:
    call.world.change_thread_members(_thread(call), added=[call.bot])


@route("DELETE", "/channels/{channel_id}/thread-members/@me")
def leave_thread(call: Call) -> None:
    call.world.change_thread_members(_thread(call), removed=[call.bot])


@route("GET", "/channels/{channel_id}/thread-members")
def thread_members(call: Call) -> list[Json]:
    one = _thread(call)
    assert one.thread is not None
    made = [payloads.thread_member(one, user_id) for user_id in sorted(one.thread.members)]
    if call.query.get("with_member") not in TRUE:
        return made
    limit, after = int(call.query.get("limit", 100)), int(call.query.get("after", 0))
    members = _guild_of(one).members
    return [
        entry | {"member": payloads.member(members[int(entry["user_id"])])}
        for entry in made
        if int(entry["user_id"]) > after
    ][:limit]


@route("GET", "/guilds/{guild_id}/threads/active")
def active_threads(call: Call) -> Json:
    seen = [
        one
        for one in call.guild.channels.values()
        if one.thread and not one.thread.archived and permissions.sees(call.bot, one)
    ]
    return {
        "threads": [payloads.channel(one, call.bot) for one in seen],
        "members": [
            payloads.thread_member(one, call.bot.id)
            for one in seen
            if one.thread and call.bot.id in one.thread.members
        ],
        "has_more": False,
    }
