"""From the body of a request to the fields of a message, checked against the rules."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bot.rehearsal import components, rules
from bot.rehearsal.refusals import Refusal, invalid
from bot.rehearsal.state import COMPONENTS_V2, EPHEMERAL, LOADING, SUPPRESS_EMBEDS, Json, Message
from bot.rehearsal.world import World

Upload = tuple[str, str, bytes]
"""File name, content type, bytes."""


def new(
    world: World, body: Json, files: dict[int, Upload], channel_id: int, *, ephemeral: bool = False
) -> Json:
    """The fields of a new message. ``allowed`` is among them, for the mentions.

    Raises:
        Refusal: Discord would refuse it.
    """
    flags = int(body.get("flags") or 0)
    content, embeds = body.get("content") or "", body.get("embeds") or []
    parts = body.get("components") or []
    listed = body.get("attachments") or [{"id": number} for number in files]
    rules.check_message(content, embeds, parts, flags, listed)
    allowed = _allowed(body)
    attachments = _attachments(world, listed, files, channel_id, ephemeral)
    return {
        "content": content,
        "embeds": [components.settled_embed(embed) for embed in embeds],
        "components": _settled(parts, attachments),
        "flags": (flags & ~EPHEMERAL) | (EPHEMERAL if ephemeral else 0),
        "attachments": attachments,
        "allowed": allowed,
    }


def change(world: World, body: Json, files: dict[int, Upload], message: Message) -> Json:
    """The fields of ``message`` an edit changes, checked as the message would stand then.

    Raises:
        Refusal: Discord would refuse it.
    """
    fields: Json = {}
    if "content" in body:
        fields["content"] = body["content"] or ""
    if "embeds" in body:
        fields["embeds"] = [components.settled_embed(one) for one in body["embeds"] or ()]
    parts = body["components"] or [] if "components" in body else message.components
    flags = message.flags & ~LOADING
    if body.get("flags") is not None:
        asked = int(body["flags"])
        if message.flags & COMPONENTS_V2 and not asked & COMPONENTS_V2:
            sentence = "The components v2 flag cannot be removed"
            raise invalid("flags", "MESSAGE_FLAGS_COMPONENTS_V2_REMOVED", sentence)
        kept = COMPONENTS_V2 | SUPPRESS_EMBEDS
        flags = (flags & ~SUPPRESS_EMBEDS) | (asked & kept)
    if "attachments" in body or files:
        listed = body.get("attachments") or [{"id": number} for number in files]
        old = {one["id"]: one for one in message.attachments}
        stay = [old[str(one["id"])] for one in listed if str(one["id"]) in old]
        fresh = [one for one in listed if str(one["id"]) not in old]
        private = message.ephemeral_for is not None
        made = _attachments(world, fresh, files, message.channel.id, private)
        fields["attachments"] = stay + made
    settable = flags & (COMPONENTS_V2 | SUPPRESS_EMBEDS)
    rules.check_message(
        fields.get("content", message.content),
        fields.get("embeds", message.embeds),
        parts,
        settable,
        fields.get("attachments", message.attachments),
    )
    if "components" in body:
        attachments = fields.get("attachments", message.attachments)
        fields["components"] = _settled(parts, attachments)
    return fields | {"flags": flags, "allowed": _allowed(body)}


def _settled(parts: list[Json], attachments: list[Json]) -> list[Json]:
    made = components.settled(parts)
    if not components.show_files(made, attachments):
        code, sentence = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "Not attached."
        raise invalid("components", code, sentence)
    return made


def _allowed(body: Json) -> Json | None:
    allowed: Json | None = body.get("allowed_mentions")
    for kind in ("users", "roles"):
        if allowed and allowed.get(kind) and kind in (allowed.get("parse") or ()):
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            sentence = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise invalid("allowed_mentions", code, sentence)
    return allowed


def _attachments(
    world: World, listed: list[Json], files: dict[int, Upload], channel_id: int, private: bool
) -> list[Json]:
    made: list[Json] = []
    for one in listed:
        number = int(one["id"])
        if number not in files:
            raise Refusal(400, 50035, "Invalid Form Body")
        filename, content_type, data = files[number]
        filename = one.get("filename") or filename
        file_id = world.ids.next()
        world.files[file_id] = data
        url = f"{world.base}/attachments/{channel_id}/{file_id}/{quote(filename)}"
        entry: dict[str, Any] = {
            "id": str(file_id),
            "filename": filename,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": content_type,
        }
        if one.get("description"):
            entry["description"] = one["description"]
        made.append(entry | {"ephemeral": True} if private else entry)
    return made
