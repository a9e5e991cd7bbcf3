"""What Handrail asks of a server, each permission with its reason, and who may see a cohort."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.programme.model import Programme

NEEDED: dict[str, str] = {
    "view_channel": "to see the channels it made",
    "send_messages": "to post the day's card and support options",
    "send_messages_in_threads": "to answer in threads, and to write invitations",
    "read_message_history": "to find its own messages again after a restart",
    "manage_channels": "to make a cohort's private channels",
    "manage_roles": "to make a cohort's role and to give it to its members",
    "create_private_threads": "to invite each person privately",
    "manage_threads": "to take an invitation back",
    "pin_messages": "to pin the support options",
    "mention_everyone": "to page the lead or on-call by their role; it never notifies everyone",
    "attach_files": "to answer /my-data with a file",
    "embed_links": "to show links to help lines",
}
"""Discord's permission names and why each is asked for. The README shows this table."""


def invite_permissions() -> discord.Permissions:
    """The permissions of the invite link."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def missing(guild: discord.Guild) -> list[str]:
    """Sentences naming what the bot lacks in a server, in order."""
    held = guild.me.guild_permissions
    return [
        f"“{name.replace('_', ' ').title()}” {why}"
        for name, why in NEEDED.items()
        if not getattr(held, name)
    ]


Overwrites = dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]

_READS = {"view_channel": True, "read_message_history": True}
_WRITES = {**_READS, "send_messages": True, "send_messages_in_threads": True}
_OURS = {**_WRITES, "manage_channels": True, "manage_threads": True, "pin_messages": True}


def start_overwrites(guild: discord.Guild) -> Overwrites:
    """Everybody reads; nobody but the bot writes; threads are the bot's own."""
    return {
        guild.default_role: discord.PermissionOverwrite(
            **_READS,
            send_messages=False,
            create_public_threads=False,
            create_private_threads=False,
            send_messages_in_threads=True,
        ),
        guild.me: discord.PermissionOverwrite(**_OURS, create_private_threads=True),
    }


def cohort_overwrites(
    guild: discord.Guild, programme: Programme, staff: Iterable[discord.Member], role: discord.Role
) -> Overwrites:
    """A cohort sees only itself. Members make no private threads: nobody would see those."""
    made = staff_overwrites(guild, programme, staff)
    made[role] = discord.PermissionOverwrite(**_WRITES, create_private_threads=False)
    return made


def staff_overwrites(
    guild: discord.Guild, programme: Programme, staff: Iterable[discord.Member]
) -> Overwrites:
    """The cohort's own staff, the leads and on-call; no member, and no other cohort's staff."""
    made: Overwrites = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        guild.me: discord.PermissionOverwrite(**_OURS),
    }
    for role_id in filter(None, (programme.roles.lead, programme.roles.on_call)):
        role = guild.get_role(role_id)
        if role is not None:
            made[role] = staff_overwrite()
    return made | {person: staff_overwrite() for person in staff}


def staff_overwrite() -> discord.PermissionOverwrite:
    """What one of the staff may do in their cohort."""
    return discord.PermissionOverwrite(**_WRITES)
