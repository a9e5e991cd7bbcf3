"""The whole path once: a real discord.py bot answers what a person writes."""

from __future__ import annotations

import discord

from bot.rehearsal.server import Rehearsal

from .conftest import running


async def test_echo(rehearsal: Rehearsal) -> None:
    """The unmodified client logs in, hears a person and is read by them."""
    guild = rehearsal.add_guild("Riverside")
    channel = guild.add_channel("general")
    ana = guild.add_person("Ana")
    async with running(rehearsal) as bot:

        async def echo(message: discord.Message) -> None:
            await message.channel.send(f"heard: {message.content}")

        bot.listener = echo
        await ana.say(channel, "hello")
        await rehearsal.quiet()
        assert [m.text for m in ana.sees(channel)] == ["hello", "heard: hello"]
        await ana.dm("psst")
        await rehearsal.quiet()
        assert [m.text for m in ana.dms()] == ["psst", "heard: psst"]
