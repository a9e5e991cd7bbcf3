"""The least a bot on discord.py can be: it answers every message with the message.

It takes the same three variables of the environment as Handrail, and says ``ready`` on standard
error as Handrail does.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import discord
from discord.ext import commands
from discord.http import Route


class Echo(commands.AutoShardedBot):
    """Replies to everybody but bots."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library waits five seconds here; Handrail does not wait in a rehearsal either."""

    async def on_ready(self) -> None:
        print('{"event": "ready"}', file=sys.stderr, flush=True)

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            await message.reply(message.content)


def main() -> None:
    """Run until terminated."""
    Route.BASE = os.environ["HANDRAIL_DISCORD_API"]
    wanted = discord.Intents.none()  # the same as Handrail's, so that both are told the same
    wanted.guilds = wanted.members = wanted.message_content = True
    wanted.guild_messages = wanted.dm_messages = True
    options: dict[str, Any] = {"guild_ready_timeout": 0.1}
    bot = Echo("!", intents=wanted, help_command=None, **options)
    bot.run(os.environ["HANDRAIL_DISCORD_TOKEN"], log_level=logging.WARNING)


if __name__ == "__main__":
    main()
