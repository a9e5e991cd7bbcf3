"""/my-data and /forget-me."""

from __future__ import annotations

import io
import json
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards import Button, Card, Look, custom_id
from bot.chat.client import Handrail
from bot.chat.leaving import close_doors
from bot.chat.rooms import Rooms
from bot.chat.router import Press, defer, show
from bot.errors import Refused
from bot.texts import untranslated


class Privacy(commands.Cog):
    """What is kept about you, and how to delete it. For everybody, members or not."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @app_commands.command(
        name="my-data", description=untranslated("See everything I keep about you")
    )
    @app_commands.guild_only()
    async def my_data(self, interaction: discord.Interaction[Any]) -> None:
        """A file with all of it, for their eyes only."""
        await defer(interaction)
        guild_id, user_id = interaction.guild_id or 0, interaction.user.id
        _ = self._rooms.speech(guild_id, user_id, interaction.locale.value)
        found = await self._rooms.privacy.export(guild_id, user_id)
        if not found:
            await show(interaction, Card((_("I keep nothing about you."),)))
            return
        text = json.dumps(found, indent=2, ensure_ascii=False, default=str)
        file = discord.File(
            io.BytesIO(text.encode()),
            "my-data.json",
            description=_("A text file with everything I keep about you"),
        )
        told = _(
            "Everything I keep about you is in this file. What you write in channels is not in it, "
            "because I never keep it."
        )
        await show(interaction, Card((told,), file_name="my-data.json"), files=[file])

    @app_commands.command(
        name="forget-me", description=untranslated("Delete everything I keep about you")
    )
    @app_commands.guild_only()
    async def forget_me(self, interaction: discord.Interaction[Any]) -> None:
        """Ask once."""
        _ = self._rooms.speech(interaction.guild_id, interaction.user.id, interaction.locale.value)
        told = _(
            "I delete everything I keep about you, and your group's channels close for you. "
            "Your messages stay in Discord until you delete them. Your care does not change."
        )
        button = Button(
            _("Delete everything"), custom_id("privacy", "forget"), look=Look.QUIET_DANGER
        )
        await show(interaction, Card((told,), rows=((button,),)))

    async def forget(self, press: Press) -> None:
        """*Delete everything*."""
        await press.wait()
        _ = self._rooms.speech(press.guild_id, press.user_id, press.locale)
        if press.guild_id is None:
            raise Refused(_("Please type /forget-me in the server it is about."))
        member = await self._rooms.privacy.erase(press.guild_id, press.user_id)
        # First, since the answer goes with the channel it stands in.
        await press.show(Card((_("Done. I keep nothing about you any more."),)))
        if member:
            await close_doors(self._rooms, member, _)


async def setup(bot: Handrail) -> None:
    """Load the cog."""
    cog = Privacy(bot.rooms)
    bot.router.on("privacy", "forget", cog.forget)
    await bot.add_cog(cog)
