"""REST: messages, their history and pins."""

from __future__ import annotations

from bot.rehearsal import drafts, payloads, permissions
from bot.rehearsal.refusals import NotBuilt, Refusal, invalid, unknown
from bot.rehearsal.rest import Call, own_json, route
from bot.rehearsal.state import CATEGORY, EPHEMERAL, Channel, Json, Message
from bot.rehearsal.world import MESSAGE_CONTENT


def _told(call: Call, message: Message) -> Json:
    made = payloads.message(message)
    if call.world.intents & MESSAGE_CONTENT or message.channel.guild is None:
        return made
    bare = payloads.without_content(made | {"guild_id": "0"}, call.bot.id)
    return {key: value for key, value in bare.items() if key != "guild_id"}


@route("POST", "/channels/{channel_id}/messages")
def create_message(call: Call) -> Json:
    body, channel = own_json(call.body), call.channel()
    _may_send(call, channel, body)
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        raise invalid("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    if nonce is not None and body.get("enforce_nonce"):
        before = call.world.sent_with_nonce(call.bot, nonce)
        if before:
            return payloads.message(before, with_nonce=True)
    if int(body.get("flags") or 0) & EPHEMERAL:
        raise invalid("flags", "BITFIELD_INVALID", "Only answers to interactions are ephemeral.")
    fields = drafts.new(call.world, body, call.files, channel.id)
    if body.get("message_reference"):
        fields |= _reply(call, channel, body["message_reference"])
    made = call.world.create_message(channel, call.bot, nonce=nonce, **fields)
    return payloads.message(made, with_nonce=True)


def _may_send(call: Call, channel: Channel, body: Json) -> None:
    if channel.type == CATEGORY:
        raise Refusal(400, 50008, "Cannot send messages in a non-text channel")
    if channel.recipient:
        _may_write_to(call, channel)
        return
    needed = permissions.SEND_MESSAGES
    if channel.thread:
        needed = permissions.SEND_MESSAGES_IN_THREADS
        if channel.thread.locked:
            needed |= permissions.MANAGE_THREADS
    if body.get("embeds"):
        needed |= permissions.EMBED_LINKS
    if call.files:
        needed |= permissions.ATTACH_FILES
    call.need(channel, needed)
    if channel.thread and channel.thread.archived:
        channel.thread.archived = False  # writing in a thread opens it again
        call.world.change_channel(channel)


def _may_write_to(call: Call, channel: Channel) -> None:
    person = channel.recipient
    assert person is not None
    if not call.world.people.accepts_direct(person):
        raise Refusal(403, 50007, "Cannot send messages to this user")
    if not any(person.id in guild.members for guild in call.world.guilds.values()):
        raise Refusal(
            403, 50278, "Cannot send messages to this user due to having no mutual guilds"
        )


def _reply(call: Call, channel: Channel, asked: Json) -> Json:
    if asked.get("type"):
        raise NotBuilt("a forward by the bot")
    call.need(channel, permissions.READ_MESSAGE_HISTORY)
    original = channel.messages.get(int(asked["message_id"]))
    if original is None:
        if asked.get("fail_if_not_exists") is False:
            return {}
        raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    reference = {"type": 0, "channel_id": str(channel.id), "message_id": str(original.id)}
    if channel.guild:
        reference["guild_id"] = str(channel.guild.id)
    return {"reference": reference, "type": 19}


@route("GET", "/channels/{channel_id}/messages")
def history(call: Call) -> list[Json]:
    channel = call.channel()
    if not permissions.of(call.bot, channel) & permissions.READ_MESSAGE_HISTORY:
        return []
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        code = "NUMBER_TYPE_MAX"
        raise invalid("limit", code, "int value should be less than or equal to 100.")
    public = sorted(
        (one for one in channel.messages.values() if one.ephemeral_for is None),
        key=lambda one: one.id,
    )
    return [_told(call, one) for one in reversed(_slice(call, public, limit))]


def _slice(call: Call, messages: list[Message], limit: int) -> list[Message]:
    """The wanted part of ``messages``, which are and stay oldest first."""
    if "after" in call.query:
        return [one for one in messages if one.id > int(call.query["after"])][:limit]
    if "around" in call.query:
        middle = int(call.query["around"])
        older = [one for one in messages if one.id < middle][-(limit // 2) :]
        newer = [one for one in messages if one.id >= middle][: limit - limit // 2]
        return older + newer
    before = int(call.query.get("before", 1 << 63))
    return [one for one in messages if one.id < before][-limit:]


@route("GET", "/channels/{channel_id}/messages/{message_id}")
def message(call: Call) -> Json:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    return _told(call, call.message(channel))


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit_message(call: Call) -> Json:
    one = call.message(call.channel())
    if one.author is not call.bot:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    fields = drafts.change(call.world, own_json(call.body), call.files, one)
    call.world.change_message(one, **fields)
    return payloads.message(one)


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete_message(call: Call) -> None:
    channel = call.channel()
    one = call.message(channel)
    if one.author is not call.bot:
        if channel.guild is None:
            raise Refusal(403, 50003, "Cannot execute action on a DM channel")
        call.need(channel, permissions.MANAGE_MESSAGES)
    call.world.delete_message(one)


@route("GET", "/channels/{channel_id}/messages/pins")
def pins(call: Call) -> Json:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    items = [
        {"pinned_at": payloads.stamp(channel.pins[one.id]), "message": _told(call, one)}
        for one in channel.pinned
    ]
    return {"items": items[: int(call.query.get("limit", 50))], "has_more": False}


@route("GET", "/channels/{channel_id}/pins")
def pins_the_old_way(call: Call) -> list[Json]:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    return [_told(call, one) for one in channel.pinned]


@route("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@route("PUT", "/channels/{channel_id}/pins/{message_id}")
def pin(call: Call) -> None:
    one = call.message(_pinnable(call))
    if one.pinned:
        return
    if len(one.channel.pins) >= 250:
        raise Refusal(400, 30003, "Maximum number of pins reached (250)")
    call.world.pin(one, call.bot)


@route("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@route("DELETE", "/channels/{channel_id}/pins/{message_id}")
def unpin(call: Call) -> None:
    one = call.message(_pinnable(call))
    if not one.pinned:
        raise unknown("Message")
    call.world.pin(one, None)


def _pinnable(call: Call) -> Channel:
    channel = call.channel()
    if channel.guild:
        call.need(channel, permissions.PIN_MESSAGES)
    return channel


@route("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> None:
    call.channel(permissions.SEND_MESSAGES)
