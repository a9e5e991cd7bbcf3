"""/ground and /moment: something to hold on to at two in the morning. Private, and kept nowhere."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards import Card, Picture
from bot.chat.client import Handrail
from bot.chat.rooms import Rooms
from bot.chat.router import Press, language_of, show, speech
from bot.content.model import Item, Kind
from bot.content.on_demand import ground_card, moment_card, moments_card
from bot.texts import untranslated


class Moments(commands.Cog):
    """Answers from memory alone, for everybody: neither the database nor Discord is asked."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @app_commands.command(description=untranslated("Something to steady you. Only you see it"))
    async def ground(self, interaction: discord.Interaction[Any]) -> None:
        """A grounding card; each day begins with another one."""
        today = self._rooms.clock.now().date().toordinal()
        await show(interaction, self._ground(today, interaction))

    @app_commands.command(description=untranslated("Words for a hard moment. Only you see them"))
    async def moment(self, interaction: discord.Interaction[Any]) -> None:
        """The list of hard moments."""
        await show(interaction, self._list(interaction))

    async def open(self, press: Press) -> None:
        """*For a hard moment*: the list."""
        await press.show(self._list(press.interaction))

    async def pick(self, press: Press) -> None:
        """A moment was chosen; one that is gone since gives way to the list."""
        moments = self._of(Kind.MOMENT, press.interaction)
        found = next((one for one in moments if one.id in press.values), None)
        if found is None:
            await press.show(self._list(press.interaction))
            return
        shown = self._picture(found, press.interaction)
        await press.show(moment_card(found, speech(press.interaction), self._others(found), shown))

    async def steady(self, press: Press) -> None:
        """*Something to steady me*, *Another one*."""
        turn = int(press.subject or 0)
        await press.show(self._ground(turn, press.interaction))

    def _list(self, interaction: discord.Interaction[Any]) -> Card:
        return moments_card(self._of(Kind.MOMENT, interaction), speech(interaction))

    def _ground(self, turn: int, interaction: discord.Interaction[Any]) -> Card:
        grounding = self._of(Kind.GROUNDING, interaction)
        _ = speech(interaction)
        if not grounding:
            return ground_card(None, turn, _)
        item = grounding[turn % len(grounding)]
        return ground_card(item, turn, _, self._others(item), self._picture(item, interaction))

    def _of(self, kind: Kind, interaction: discord.Interaction[Any]) -> tuple[Item, ...]:
        holder = self._rooms.library
        return holder.speaking(language_of(interaction)).of_kind(kind) if holder else ()

    def _picture(self, item: Item, interaction: discord.Interaction[Any]) -> Picture | None:
        holder = self._rooms.library
        return holder.speaking(language_of(interaction)).picture(item) if holder else None

    def _others(self, item: Item) -> tuple[str, ...]:
        holder = self._rooms.library
        return tuple(other.language for other in holder.others(item)) if holder else ()


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Moments(bot.rooms)
    bot.router.on("moment", "open", cog.open)
    bot.router.on("moment", "pick", cog.pick)
    bot.router.on("moment", "ground", cog.steady)
    await bot.add_cog(cog)
