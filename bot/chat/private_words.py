"""Words that somebody sends in a form: they are screened like any others, and help comes first."""

from __future__ import annotations

import structlog

from bot.care.model import Notice
from bot.chat.rooms import Rooms
from bot.chat.router import Press
from bot.distress.model import Finding
from bot.errors import HandrailError
from bot.programme.model import Detection, Member

log = structlog.get_logger(__name__)


async def help_first(rooms: Rooms, press: Press, member: Member, words: str | None) -> None:
    """Screen the words of a form. Its answer is private, so help comes right here.

    What fails is logged and never keeps the form from being taken.
    """
    programme = rooms.programmes.programme(member.guild_id)
    if not words or not member.may_be_screened(programme):
        return
    finding = rooms.screening.of(member.guild_id).screen(words)
    if finding.level == 0:
        return
    if programme.detection is not Detection.DRY_RUN:
        await _help(rooms, press, member, finding)
    await rooms.screening.fired(member.guild_id, finding)


async def _help(rooms: Rooms, press: Press, member: Member, finding: Finding) -> None:
    card = rooms.help.private_card(member.guild_id, member.user_id, finding)
    notice = Notice(
        user_id=member.user_id,
        channel_id=press.interaction.channel_id or 0,
        message_id=press.interaction.id,
        finding=finding,
        guild_id=member.guild_id,
        private=True,
    )
    try:
        if card:
            await press.show(card)
    except HandrailError as error:
        log.error("help_failed", user_id=member.user_id, reason=type(error).__name__)
    try:
        await rooms.care.staff_noticed(notice)
    except HandrailError as error:  # stored, and tried again; the receipt must still come
        log.error("staff_not_told", user_id=member.user_id, reason=type(error).__name__)
