"""Help that is always there: /support, the pinned buttons and what opens behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Button, Card, Look, custom_id
from bot.care.help_card import HelpRequest, barriers_card, country_menu, more_lines_card, place_of
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press, show
from bot.errors import HandrailError
from bot.texts import untranslated

log = structlog.get_logger(__name__)


class Support(commands.Cog):
    """Answers from memory alone: neither the database nor the content is asked."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @app_commands.command(description=untranslated("See support options. Only you see the answer"))
    async def support(self, interaction: discord.Interaction[Any]) -> None:
        """The help card, for whoever asks."""
        language = self._rooms.texts.nearest(interaction.locale.value)
        card = self._rooms.help.card(interaction.guild_id, interaction.user.id, language=language)
        await show(interaction, card)

    async def open(self, press: Press) -> None:
        """*See options*: the card for whoever pressed, not for whom it was posted."""
        place = place_of(press.subject)
        card = self._rooms.help.card(
            press.guild_id,
            press.user_id,
            level=place.level,
            categories=place.categories,
            about=place.about,
            language=self._rooms.texts.nearest(press.locale),
            country=place.country,
        )
        await press.show(card)

    async def elsewhere(self, press: Press) -> None:
        """*I'm somewhere else*: the list of countries."""
        await press.show(country_menu(*self._request(press)))

    async def country(self, press: Press) -> None:
        """A country was chosen: its card now, and from now on for a member."""
        place = place_of(press.subject)
        chosen = press.values[0]
        card = self._rooms.help.card(
            press.guild_id,
            press.user_id,
            level=place.level,
            categories=place.categories,
            about=place.about,
            language=self._rooms.texts.nearest(press.locale),
            country=chosen,
        )
        await press.show(card)
        snapshot = self._rooms.roster.snapshot
        member = snapshot.member(press.guild_id, press.user_id) or snapshot.anywhere(press.user_id)
        if member and member.choices.country != chosen:
            try:
                await self._rooms.joining.change(member, replace(member.choices, country=chosen))
            except HandrailError as error:
                log.warning("country_not_kept", user_id=press.user_id, error=error)

    async def more(self, press: Press) -> None:
        """*More lines*."""
        await press.show(more_lines_card(*self._request(press)))

    async def barriers(self, press: Press) -> None:
        """*What might get in the way?*"""
        await press.show(barriers_card(*self._request(press)))

    async def staff(self, press: Press) -> None:
        """*Ask staff to talk to me*."""
        await press.wait()
        _ = self._rooms.speech(press.guild_id, press.user_id, press.locale)
        snapshot = self._rooms.roster.snapshot
        member = snapshot.member(press.guild_id, press.user_id) or snapshot.anywhere(press.user_id)
        options = (Button(_("See options"), custom_id("help", "open"), look=Look.MAIN),)
        if not member:
            told = _("I can ask staff only for members of a group here. These options are for all.")
            await press.show(Card((told,), rows=(options,)))
            return
        try:
            coverage = await self._rooms.care.asked(member.guild_id, member.user_id, today=True)
        except HandrailError as error:
            log.error("staff_not_asked", user_id=member.user_id, reason=type(error).__name__)
            coverage = None
        if coverage is None:
            told = _(
                "I could not reach staff just now. No one has seen this. "
                "Please try again, or write to them yourself."
            )
            await press.show(Card((told,), rows=(options,)))
            return
        asked = _("I asked staff to talk to you.")
        await press.show(Card((asked, coverage.receipt(_)), rows=(options,)))

    def _request(self, press: Press) -> tuple[HelpRequest, Any]:
        place = place_of(press.subject)
        request = self._rooms.help.request(
            press.guild_id,
            press.user_id,
            level=place.level,
            categories=place.categories,
            about=place.about,
            language=self._rooms.texts.nearest(press.locale),
            country=place.country,
        )
        return request, self._rooms.texts.speaking(request.language)


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Support(bot.rooms)
    for action in ("open", "elsewhere", "country", "more", "barriers", "staff"):
        bot.router.on("help", action, getattr(cog, action))
    await bot.add_cog(cog)
