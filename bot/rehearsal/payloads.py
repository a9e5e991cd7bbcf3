"""Records as the JSON Discord sends: every required field, no undocumented one."""

from __future__ import annotations

from datetime import datetime

from bot.rehearsal import permissions
from bot.rehearsal.state import (
    CATEGORY,
    DM,
    HAS_THREAD,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Role,
    User,
    made_at,
)

_MESSAGE_CONTENT_FIELDS: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
_SNAPSHOT_FIELDS = (
    "type",
    "content",
    "mentions",
    "mention_roles",
    "attachments",
    "embeds",
    "timestamp",
    "edited_timestamp",
    "flags",
    "components",
)


def stamp(when: datetime) -> str:
    """An instant as Discord writes it."""
    return when.isoformat()


def user(one: User) -> Json:
    made: Json = {
        "id": str(one.id),
        "username": one.username,
        "avatar": None,
        "discriminator": "0000" if one.bot else "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": None if one.bot else one.name,
        "primary_guild": None,
    }
    return made | {"bot": True, "username": one.name} if one.bot else made


def own_user(one: User) -> Json:
    """What a bot reads about itself."""
    return user(one) | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def member(one: Member, *, with_user: bool = True) -> Json:
    made: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": stamp(one.joined_at),
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": [str(role.id) for role in one.roles],
        "mute": False,
        "deaf": False,
    }
    return made | {"user": user(one.user)} if with_user else made


def role(one: Role) -> Json:
    made: Json = {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": one.colour,
        "colors": {"primary_color": one.colour, "secondary_color": None, "tertiary_color": None},
        "hoist": one.hoist,
        "managed": one.managed,
        "mentionable": one.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return made | {"tags": {"bot_id": str(one.bot_id)}} if one.bot_id else made


def channel(one: Channel, reader: User | None = None) -> Json:
    """A channel of any kind; a thread shows ``reader`` their own membership."""
    last = one.last_message_id
    made: Json = {"id": str(one.id), "type": one.type, "flags": 0}
    if one.type != CATEGORY:
        made["last_message_id"] = str(last) if last else None
    if one.type == DM:
        return made | {"recipients": [user(one.recipient)] if one.recipient else []}
    assert one.guild is not None
    made |= {
        "guild_id": str(one.guild.id),
        "name": one.name,
        "parent_id": str(one.parent.id) if one.parent else None,
    }
    if one.type != CATEGORY:
        made["rate_limit_per_user"] = one.slowmode
    if one.thread:
        return made | _thread(one, reader)
    made |= {
        "position": one.position,
        "nsfw": one.nsfw,
        "permission_overwrites": [
            {"id": str(o.id), "type": o.type, "allow": str(o.allow), "deny": str(o.deny)}
            for o in one.overwrites.values()
        ],
    }
    return made if one.type == CATEGORY else made | {"topic": one.topic}


def _thread(one: Channel, reader: User | None) -> Json:
    thread = one.thread
    assert thread is not None
    made: Json = {
        "owner_id": str(thread.owner.id),
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": stamp(thread.changed_at),
            "auto_archive_duration": thread.auto_archive,
            "locked": thread.locked,
            "create_timestamp": stamp(made_at(one.id)),
        },
        "message_count": len(one.messages),
        "member_count": min(len(thread.members), 50),
        "total_message_sent": thread.sent,
    }
    if one.type == permissions.PRIVATE_THREAD:
        made["thread_metadata"]["invitable"] = thread.invitable
    if reader and reader.id in thread.members:
        made["member"] = thread_member(one, reader.id)
    return made


def thread_member(one: Channel, user_id: int) -> Json:
    assert one.thread is not None
    return {
        "id": str(one.id),
        "user_id": str(user_id),
        "join_timestamp": stamp(one.thread.members[user_id]),
        "flags": 0,
    }


def message(one: Message, *, with_nonce: bool = False) -> Json:
    """A message; the nonce comes back only when it was just sent, as in Discord."""
    made: Json = {
        "type": one.type,
        "content": one.content,
        "mentions": [user(person) for person in one.mentions],
        "mention_roles": [str(role_id) for role_id in one.mention_roles],
        "attachments": one.attachments,
        "embeds": one.embeds,
        "timestamp": stamp(one.at),
        "edited_timestamp": stamp(one.edited_at) if one.edited_at else None,
        "flags": one.flags | (HAS_THREAD if one.thread else 0),
        "components": one.components,
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "author": user(one.author),
        "pinned": one.pinned,
        "mention_everyone": one.mention_everyone,
        "tts": False,
    }
    if with_nonce and one.nonce is not None:
        made["nonce"] = one.nonce
    if one.from_interaction:
        app = str(one.author.id)
        made |= {"interaction_metadata": one.from_interaction}
        made |= {"application_id": app, "webhook_id": app}
    if one.reference:
        made["message_reference"] = one.reference
        if one.reference["type"] == 0:
            original = one.channel.messages.get(int(one.reference["message_id"]))
            quoted = message(original) if original else None
            if quoted:
                quoted.pop("referenced_message", None)
            made["referenced_message"] = quoted
    if one.snapshots:
        made["message_snapshots"] = one.snapshots
    if one.thread:
        made["thread"] = channel(one.thread)
    return made


def message_event(one: Message, *, with_nonce: bool = False) -> Json:
    """A message as the gateway tells it: with the server and the author's membership."""
    made = message(one, with_nonce=with_nonce)
    guild = one.channel.guild
    if guild is None:
        return made
    made["guild_id"] = str(guild.id)
    if (author := guild.members.get(one.author.id)) and not one.from_interaction:
        made["member"] = member(author, with_user=False)
    for mention, person in zip(made["mentions"], one.mentions, strict=True):
        if found := guild.members.get(person.id):
            mention["member"] = member(found, with_user=False)
    return made


def snapshot(one: Message) -> Json:
    """What a forward carries of the message it forwards."""
    kept = message(one)
    return {"message": {key: kept[key] for key in _SNAPSHOT_FIELDS}}


def without_content(data: Json, bot_id: int) -> Json:
    """The message as a bot without the message content intent gets it.

    Its own messages, direct ones and those that mention it stay whole
    (Discord's documentation, events/gateway: message content intent).
    """
    exempt = data["author"]["id"] == str(bot_id) or "guild_id" not in data
    if exempt or any(one["id"] == str(bot_id) for one in data["mentions"]):
        return data
    bare = data | _MESSAGE_CONTENT_FIELDS
    if "message_snapshots" in bare:
        bare["message_snapshots"] = [
            {"message": one["message"] | _MESSAGE_CONTENT_FIELDS}
            for one in bare["message_snapshots"]
        ]
    if bare.get("referenced_message"):
        quoted = {"guild_id": data["guild_id"]} | bare["referenced_message"]
        bare["referenced_message"] = without_content(quoted, bot_id)
        del bare["referenced_message"]["guild_id"]
    return bare


def guild(one: Guild) -> Json:
    """A server as REST tells it."""
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(one.owner.id),
        "application_id": None,
        "region": "us-west",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "roles": [role(r) for r in one.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": one.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(one: Guild, bot: User) -> Json:
    """A server as the gateway tells it: of the members only the bot itself.

    Everybody else comes with member chunks (Discord's documentation, events/gateway-events:
    guild create, for bots without the presences intent).
    """
    threads = [c for c in one.channels.values() if c.thread and not c.thread.archived]
    return guild(one) | {
        "joined_at": stamp(one.members[bot.id].joined_at),
        "large": len(one.members) > 250,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [member(one.members[bot.id])],
        "channels": [channel(c) for c in one.channels.values() if not c.thread],
        "threads": [channel(t, bot) for t in threads if permissions.sees(bot, t)],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(name: str, bot: User, owner: User, guilds: int, flags: int) -> Json:
    """The bot's application, as it reads it."""
    return {
        "id": str(bot.id),
        "name": name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["applications.commands", "bot"],
    }
