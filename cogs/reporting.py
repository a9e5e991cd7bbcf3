"""*Let staff know*, in the menu of every message: a person's worry, brought to staff.

Needs no intent and works whatever was chosen about screening: Discord hands over this one
message because somebody pointed at it (responding-to-distress 2.6, "Human report").
"""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Button, Card, Look, custom_id
from bot.care.model import Notice
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press, show
from bot.chat.watching import parent_of
from bot.distress.model import NOTHING
from bot.errors import HandrailError
from bot.texts import Translate, untranslated

log = structlog.get_logger(__name__)

MENU = untranslated("Let staff know")


class Reporting(commands.Cog):
    """Asks once, says what staff will see, and never says who asked."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def point(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Somebody chose *Let staff know* on a message: what that does, and a button."""
        _ = self._rooms.speech(interaction.guild_id, interaction.user.id, interaction.locale.value)
        why_not = self._why_not(interaction, message.author, _)
        if why_not:
            await show(interaction, why_not)
            return
        told = _(
            "Staff of this group will see a link to this message and who wrote it. "
            "They will not see who asked. I keep nothing about you."
        )
        fix = _("You don’t have to fix it, and you don’t have to carry it alone.")
        send = custom_id("report", "send", f"{message.id}.{message.author.id}")
        buttons = (Button(_(MENU), send, look=Look.MAIN), _options(_))
        await show(interaction, Card((told, fix), _("Are you worried about this?"), (buttons,)))

    async def send(self, press: Press) -> None:
        """The button: the message goes before the staff of the place it stands in."""
        await press.wait()
        _ = self._rooms.speech(press.guild_id, press.user_id, press.locale)
        message_id, author_id = (int(part) for part in press.subject.split("."))
        channel = press.interaction.channel
        notice = Notice(
            user_id=author_id,
            channel_id=channel.id if channel else 0,
            message_id=message_id,
            finding=NOTHING,
            guild_id=press.guild_id,
            parent_id=parent_of(channel),
        )
        try:
            coverage = await self._rooms.care.reported(notice)
        except HandrailError as error:
            log.error("report_failed", message_id=message_id, reason=type(error).__name__)
            coverage = None
        if coverage is None:
            told = _("I could not reach staff just now. Please try again, or tell them yourself.")
        else:
            told = f"{_('Staff are asked to look.')} {coverage.receipt(_)}"
        more = _("If this was hard to read, there is help for you too.")
        await press.show(Card((told, more), rows=((_options(_),),)))

    def _why_not(
        self,
        interaction: discord.Interaction[Any],
        author: discord.User | discord.Member,
        _: Translate,
    ) -> Card | None:
        snapshot = self._rooms.roster.snapshot
        programme = snapshot.programmes.get(interaction.guild_id or 0)
        me, guild_id = interaction.user, interaction.guild_id
        if programme is None:
            told = _("This server is not set up yet, so there is no staff I could tell.")
        elif author.id == me.id:
            told = _("This message is yours. Would you like staff to talk to you?")
            ask = Button(_("Ask staff to talk to me"), custom_id("help", "staff"), look=Look.MAIN)
            return Card((told,), rows=((ask, _options(_)),))
        elif not snapshot.member(guild_id, me.id) and not programme.is_staff(_roles(me)):
            told = _("I can do this only for members of a group here. These options are for all.")
        elif author.bot or not snapshot.member(guild_id, author.id):
            told = _(
                "Only a message of a member can be brought to staff this way. "
                "Please tell staff yourself."
            )
        else:
            return None
        return Card((told,), rows=((_options(_),),))


def _options(_: Translate) -> Button:
    return Button(_("See options"), custom_id("help", "open"))


def _roles(user: discord.User | discord.Member) -> list[int]:
    return [role.id for role in user.roles] if isinstance(user, discord.Member) else []


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Reporting(bot.rooms)
    menu = app_commands.ContextMenu(name=MENU, callback=cog.point)
    menu.guild_only = True
    bot.tree.add_command(menu)
    bot.router.on("report", "send", cog.send)
    await bot.add_cog(cog)
