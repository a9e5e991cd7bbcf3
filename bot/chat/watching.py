"""Which messages are screened, and the way from a message to a notice."""

from __future__ import annotations

from datetime import datetime, timedelta

import discord

from bot.care.model import Notice
from bot.distress.model import Finding
from bot.programme.model import Cohort, Detection, Snapshot

_NEWS = timedelta(minutes=10)  # an edit is told at once, or after a short gap


def parent_of(channel: object) -> int | None:
    """The channel a thread belongs to, None for anything else."""
    return channel.parent_id if isinstance(channel, discord.Thread) else None


def text_of(message: discord.Message) -> str:
    """The words somebody sent: their own, and those they forwarded."""
    forwarded = [snapshot.content for snapshot in message.message_snapshots]
    return "\n".join(filter(None, (message.content, *forwarded)))


def notice_of(message: discord.Message, finding: Finding) -> Notice:
    """What care needs to know of a message. Its words stay behind."""
    reply = message.reference.resolved if message.reference else None
    addressed = [user.id for user in message.mentions if not user.bot]
    if isinstance(reply, discord.Message) and not reply.author.bot:
        addressed.append(reply.author.id)
    return Notice(
        user_id=message.author.id,
        channel_id=message.channel.id,
        message_id=message.id,
        finding=finding,
        guild_id=message.guild.id if message.guild else None,
        parent_id=parent_of(message.channel),
        addressed=tuple(dict.fromkeys(addressed)),
        private=message.guild is None,
        language=_language(finding),
        revision=int(message.edited_at.timestamp()) if message.edited_at else 0,
        written_at=message.edited_at or message.created_at,
    )


def _language(finding: Finding) -> str | None:
    """The language of the lexicon that spoke; its entries' ids begin with it."""
    return finding.rules[0].id.split(".")[0] if finding.rules else None


class Revisions:
    """Tells a change of words from Discord's own updates, such as the preview of a link."""

    _REMEMBERED = 1000

    def __init__(self) -> None:
        self._last: dict[int, datetime] = {}

    def is_new(self, message: discord.Message, now: datetime) -> bool:
        """Whether the author changed this message just now.

        Discord also tells of a message that was edited long ago, for example when it is pinned.
        """
        if message.edited_at is None or self._last.get(message.id) == message.edited_at:
            return False
        if now - message.edited_at > _NEWS:
            return False
        self._last[message.id] = message.edited_at
        if len(self._last) > self._REMEMBERED:
            del self._last[next(iter(self._last))]
        return True


def is_watched(message: discord.Message, snapshot: Snapshot, *, help_only: bool) -> bool:
    """Whether a message is screened: a member's, in a running cohort whose programme said so.

    Staff teach and quote, so theirs are not. When nothing could be read at the start, every
    message that can be read is screened: help matters more than fit.
    """
    if message.author.bot or message.webhook_id or message.guild is None:
        return False
    if help_only and not snapshot.programmes:
        return True
    cohort = cohort_of(message, snapshot)
    if not cohort:
        return False
    programme = snapshot.programmes[cohort.guild_id]
    roles = message.author.roles if isinstance(message.author, discord.Member) else []
    staff = programme.is_staff([role.id for role in roles])
    member = snapshot.member(cohort.guild_id, message.author.id)
    if member:
        return member.may_be_screened(programme) and not staff
    return programme.detection is Detection.IN_MEMORY and not staff


def cohort_of(message: discord.Message, snapshot: Snapshot) -> Cohort | None:
    """The running cohort a message was written in."""
    return snapshot.watched_cohort(message.channel.id, parent_of(message.channel))
