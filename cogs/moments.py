"""/ground and /moment: something to hold on to at two in the morning. Private, and kept nowhere."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press, show, speech
from bot.content.model import Item, Kind
from bot.content.on_demand import ground_card, moment_card, moments_card
from bot.texts import Translate, untranslated


class Moments(commands.Cog):
    """Answers from memory alone, for everybody: neither the database nor Discord is asked."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @app_commands.command(description=untranslated("Something to steady you. Only you see it"))
    async def ground(self, interaction: discord.Interaction[Any]) -> None:
        """A grounding card; each day begins with another one."""
        today = self._rooms.clock.now().date().toordinal()
        await show(interaction, self._ground(today, speech(interaction)))

    @app_commands.command(description=untranslated("Words for a hard moment. Only you see them"))
    async def moment(self, interaction: discord.Interaction[Any]) -> None:
        """The list of hard moments."""
        await show(interaction, moments_card(self._of(Kind.MOMENT), speech(interaction)))

    async def open(self, press: Press) -> None:
        """*For a hard moment*: the list."""
        await press.show(moments_card(self._of(Kind.MOMENT), speech(press.interaction)))

    async def pick(self, press: Press) -> None:
        """A moment was chosen; one that is gone since gives way to the list."""
        _ = speech(press.interaction)
        moments = self._of(Kind.MOMENT)
        found = next((one for one in moments if one.id in press.values), None)
        await press.show(moment_card(found, _) if found else moments_card(moments, _))

    async def steady(self, press: Press) -> None:
        """*Something to steady me*, *Another one*."""
        turn = int(press.subject or 0)
        await press.show(self._ground(turn, speech(press.interaction)))

    def _ground(self, turn: int, _: Translate) -> Card:
        return ground_card(self._of(Kind.GROUNDING), turn, _)

    def _of(self, kind: Kind) -> tuple[Item, ...]:
        holder = self._rooms.library
        return holder.library.of_kind(kind) if holder else ()


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Moments(bot.rooms)
    bot.router.on("moment", "open", cog.open)
    bot.router.on("moment", "pick", cog.pick)
    bot.router.on("moment", "ground", cog.steady)
    await bot.add_cog(cog)
