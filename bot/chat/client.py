"""The discord.py client: what it listens to, what it remembers (no message), how errors end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.chat.rooms import Rooms
from bot.chat.router import Router, show, sorry_card, speech
from bot.errors import HandrailError, StorageError

log = structlog.get_logger(__name__)

_COUNTED = ("discord.py: on_", "CommandTree-invoker")
"""How discord.py names the tasks in which our handlers run."""

_GOODBYE = 5.0  # real seconds for handlers to finish when the bot is stopped


def intents() -> discord.Intents:
    """What Discord is asked to tell us, each for a reason the README gives."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = True  # screening reads words, in memory
    wanted.members = True  # who is on call; who has left
    return wanted


class Handrail(commands.AutoShardedBot):
    """The bot. It keeps no message: ``max_messages=None``, and only raw events are used."""

    rooms: Rooms

    def __init__(
        self,
        trace: aiohttp.TraceConfig,
        cogs: Sequence[str],
        *,
        rehearsing: bool = False,
        **options: Any,
    ) -> None:
        """Make a client that is not connected yet.

        Args:
            trace: paces every REST call.
            cogs: dotted names, loaded in order.
            rehearsing: on a Discord of our own machine there is nobody to be patient with.
            options: for discord.py, such as ``connector``.
        """
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents(),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=trace,
            guild_ready_timeout=0.1 if rehearsing else 2.0,
            **options,
        )
        self._rehearsing = rehearsing
        self.router = Router()
        self._cog_names = tuple(cogs)
        self.tree.error(self._command_failed)

    async def setup_hook(self) -> None:
        """Load the cogs and tell Discord our commands."""
        for name in self._cog_names:
            await self.load_extension(name)
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord wants five seconds between identifies; a rehearsal does not."""
        if not self._rehearsing:
            await super().before_identify_hook(shard_id, initial=initial)

    async def on_message(self, message: discord.Message) -> None:
        """No text commands; the watching cog listens for itself."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Every button, menu and form takes the one way in."""
        await self.router.handle(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A listener failed. Its arguments hold message text, so only its name is logged."""
        log.exception("listener_failed", kind=event_method)

    def pending(self) -> list[str]:
        """The names of our handlers that have not finished."""
        names = (task.get_name() for task in asyncio.all_tasks())
        return sorted(name for name in names if name.startswith(_COUNTED))

    async def finish(self) -> None:
        """Wait a moment for our handlers, so that nothing is left half made when we go."""
        mine = {task for task in asyncio.all_tasks() if task.get_name().startswith(_COUNTED)}
        if mine:
            await asyncio.wait(mine, timeout=_GOODBYE)

    async def _command_failed(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        command = interaction.command.qualified_name if interaction.command else ""
        _ = speech(interaction)
        if isinstance(cause, HandrailError) and not isinstance(cause, StorageError):
            log.warning("command_refused", command=command, reason=type(cause).__name__)
            await show(interaction, Card((_(str(cause)),)))
        elif isinstance(cause, app_commands.MissingPermissions):
            told = _("Only somebody who may manage this server can use this command.")
            await show(interaction, Card((told,)))
        else:
            log.error("command_failed", command=command, exc_info=cause)
            await show(interaction, sorry_card(_))
