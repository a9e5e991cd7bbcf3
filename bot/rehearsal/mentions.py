"""Whom a message mentions and whom it notifies (Discord: resources/message, allowed mentions)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.rehearsal import permissions
from bot.rehearsal.state import SILENT, Channel, Json, Message, Role, User

_USER, _ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass
class Mentions:
    """What one text mentions after allowed mentions were honoured."""

    users: list[User] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    everyone: bool = False


def read(text: str, allowed: Json | None, channel: Channel, author: User) -> Mentions:
    """The mentions in ``text`` by ``author``; ``allowed`` None allows all."""
    found = Mentions()
    guild = channel.guild
    if guild is None:
        if channel.recipient and channel.recipient.mention in text and _may(allowed, "users", 0):
            found.users = [channel.recipient]
        return found
    for user_id in dict.fromkeys(int(n) for n in _USER.findall(text)):
        if user_id in guild.members and _may(allowed, "users", user_id):
            found.users.append(guild.members[user_id].user)
    loud = bool(permissions.of(author, channel) & permissions.MENTION_EVERYONE)
    for role_id in dict.fromkeys(int(n) for n in _ROLE.findall(text)):
        role = guild.roles.get(role_id)
        if role and (role.mentionable or loud) and _may(allowed, "roles", role_id):
            found.roles.append(role)
    found.everyone = loud and bool(_EVERYONE.search(text)) and _may(allowed, "everyone", 0)
    return found


def _may(allowed: Json | None, kind: str, snowflake: int) -> bool:
    if allowed is None or kind in (allowed.get("parse") or ()):
        return True
    return str(snowflake) in {str(one) for one in allowed.get(kind) or ()}


def notified(message: Message, found: Mentions, replied_to: User | None) -> list[User]:
    """Whom ``message`` notifies: the people it mentions or writes to, never its author.

    Servers here notify for mentions only, as servers with many channels do; a message sent
    silently notifies nobody, and nobody is notified of what they cannot see.
    """
    if message.flags & SILENT or message.ephemeral_for:
        return []
    channel = message.channel
    if channel.guild is None:
        reached = [channel.recipient] if channel.recipient else []
    else:
        wanted = set(found.users) | ({replied_to} if replied_to else set())
        reached = [
            member.user
            for member in channel.guild.members.values()
            if found.everyone
            or member.user in wanted
            or any(role in member.roles for role in found.roles)
        ]
    return [
        user
        for user in reached
        if user is not message.author and not user.bot and permissions.sees(user, channel)
    ]
