"""Discord's permissions: the bits, and what role and channel overwrites make of them.

Order of overwrites: Discord's documentation, topics/permissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.rehearsal.state import Channel, Guild, Member, User

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
MANAGE_ROLES = 1 << 28
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
PIN_MESSAGES = 1 << 51

ALL = (1 << 53) - 1

EVERYONE = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS
)
"""What a new server grants to everybody."""

HANDRAIL = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PRIVATE_THREADS
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | MANAGE_CHANNELS
    | MANAGE_ROLES
    | MANAGE_MESSAGES
    | MANAGE_THREADS
    | MENTION_EVERYONE
    | PIN_MESSAGES
)
"""What Handrail asks for when a programme invites it."""

DIRECT = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
PRIVATE_THREAD = 12


def in_guild(member: Member) -> int:
    """The bits ``member`` has in the server as a whole."""
    if member.guild.owner is member.user:
        return ALL
    bits = member.guild.everyone.permissions
    for role in member.roles:
        bits |= role.permissions
    return ALL if bits & ADMINISTRATOR else bits


def in_channel(member: Member, channel: Channel) -> int:
    """The bits ``member`` has in ``channel``, overwrites applied; a thread asks its parent."""
    home = channel.parent if channel.thread and channel.parent else channel
    bits = in_guild(member)
    if bits & ADMINISTRATOR:
        return ALL
    if everyone := home.overwrites.get(member.guild.id):
        bits = bits & ~everyone.deny | everyone.allow
    of_roles = [home.overwrites[role.id] for role in member.roles if role.id in home.overwrites]
    for overwrite in of_roles:
        bits &= ~overwrite.deny
    for overwrite in of_roles:
        bits |= overwrite.allow
    if own := home.overwrites.get(member.user.id):
        bits = bits & ~own.deny | own.allow
    return bits if bits & VIEW_CHANNEL else 0


def of(user: User, channel: Channel) -> int:
    """The bits ``user`` has in ``channel``; 0 when they may not see it at all."""
    if channel.guild is None:
        return DIRECT if user is channel.recipient or user.bot else 0
    member = channel.guild.members.get(user.id)
    if member is None:
        return 0
    bits = in_channel(member, channel)
    thread = channel.thread
    if thread and channel.type == PRIVATE_THREAD and user.id not in thread.members:
        return bits if bits & MANAGE_THREADS else 0
    return bits


def sees(user: User, channel: Channel) -> bool:
    """Whether ``user`` may see ``channel``."""
    return bool(of(user, channel) & VIEW_CHANNEL)


def top_role(member: Member) -> tuple[int, int]:
    """The place of the highest role of ``member``: position, then the older role first."""
    if member.guild.owner is member.user:
        return (1 << 30, 0)
    places = [(role.position, -role.id) for role in member.roles]
    return max(places, default=(0, 0))


def may_grant(guild: Guild, member: Member, bits: int) -> bool:
    """Whether ``member`` has every permission it wants to give or take in ``guild``."""
    own = in_guild(member)
    return bool(own & ADMINISTRATOR) or not bits & ~own
