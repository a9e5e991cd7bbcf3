"""A small bot on discord.py with nothing of the library touched, run as a program of its own.

Only public options are used: a connector whose resolver finds every host on loopback, and
``before_identify_hook`` without its five seconds. It believes that it talks to discord.com.
It prints one JSON object a line, and at its end every attribute of the library that changed.

Arguments: port, file of the certificate authority, bot token, ``zlib`` or ``zstd``.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import sys
from typing import Any

if sys.argv[4] == "zlib":
    sys.modules["zstandard"] = None  # type: ignore[assignment]  # as where it is not installed

import aiohttp
import discord
from aiohttp.abc import AbstractResolver, ResolveResult
from discord.ext import commands

from tests.untouched.attributes import attributes


class OnLoopback(AbstractResolver):
    """Finds every host at one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        pass


def tell(event: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"event": event} | facts) + "\n")
    sys.stdout.flush()


class PlainBot(commands.AutoShardedBot):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Shards may identify at once; there is nobody to be fair to."""

    async def setup_hook(self) -> None:
        @self.tree.command(description="Say hello in private")
        async def hello(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("Hello.", ephemeral=True)

        await self.tree.sync()

    async def on_ready(self) -> None:
        used = discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE
        tell("ready", shards=self.shard_count, guilds=len(self.guilds), compression=used)

    async def on_shard_resumed(self, shard_id: int) -> None:
        tell("resumed", shard=shard_id)

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot:
            return
        if message.content == "bye":
            await self.close()
        else:
            await message.channel.send(f"you said {message.content}")
            tell("answered", text=message.content)


async def main(port: int, authority: str, token: str) -> None:
    before = attributes()
    context = ssl.create_default_context(cafile=authority)
    connector = aiohttp.TCPConnector(resolver=OnLoopback(port), ssl=context)
    intents = discord.Intents.default()
    intents.message_content = True
    bot = PlainBot(
        command_prefix=commands.when_mentioned,
        intents=intents,
        connector=connector,
        guild_ready_timeout=0.1,
    )
    await bot.start(token)
    after = attributes()
    changed = sorted(name for name in before if after.get(name) != before[name])
    tell("end", changed=changed, base=discord.http.Route.BASE)


asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
