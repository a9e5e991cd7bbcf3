"""A rehearsal Discord and a plain discord.py bot on it, for the tests of the rehearsal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import yarl
from discord.ext import commands

from bot.clock import MovedClock
from bot.rehearsal.server import Rehearsal

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

ECHO_INTENTS = discord.Intents.default()
ECHO_INTENTS.message_content = True
ECHO_INTENTS.members = True


class Bot(commands.AutoShardedBot):
    """A plain bot that notes every event of the library."""

    def __init__(self, intents: discord.Intents, **options: Any) -> None:
        options.setdefault("chunk_guilds_at_startup", False)
        super().__init__(
            "!",
            intents=intents,
            guild_ready_timeout=0.1,
            allowed_mentions=discord.AllowedMentions.none(),
            help_command=None,
            **options,
        )
        self.seen: list[tuple[str, tuple[Any, ...]]] = []
        self.failures: list[BaseException] = []
        self.listener: Callable[[discord.Message], Awaitable[None]] | None = None
        self._changed = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library waits five seconds here."""

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        self.seen.append((event_name, args))
        self._changed.set()
        super().dispatch(event_name, *args, **kwargs)

    async def on_message(self, message: discord.Message) -> None:
        if self.listener and message.author != self.user:
            await self.listener(message)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        error = sys.exc_info()[1]
        assert error is not None
        self.failures.append(error)

    def events(self, name: str) -> list[tuple[Any, ...]]:
        return [args for event, args in self.seen if event == name]

    async def until(self, name: str, times: int = 1) -> tuple[Any, ...]:
        """The arguments of the ``times``-th event called ``name``."""
        async with asyncio.timeout(8):
            while len(self.events(name)) < times:
                self._changed.clear()
                await self._changed.wait()
        return self.events(name)[times - 1]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(START)


@asynccontextmanager
async def library_pointed_at(rehearsal: Rehearsal) -> AsyncIterator[None]:
    """discord.py uses ``rehearsal`` instead of Discord inside the block.

    A session that cannot be resumed identifies at DEFAULT_GATEWAY, whatever /gateway/bot said.
    """
    socket = discord.gateway.DiscordWebSocket
    before = discord.http.Route.BASE, socket.DEFAULT_GATEWAY
    discord.http.Route.BASE = rehearsal.api
    socket.DEFAULT_GATEWAY = yarl.URL(rehearsal.world.gateway_url)
    try:
        yield
    finally:
        discord.http.Route.BASE, socket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running(
    rehearsal: Rehearsal,
    *,
    intents: discord.Intents = ECHO_INTENTS,
    prepare: Callable[[Bot], Awaitable[None]] | None = None,
    **options: Any,
) -> AsyncIterator[Bot]:
    """A bot on ``rehearsal``, ready; any error it met fails the test at the end."""
    async with library_pointed_at(rehearsal), Bot(intents, **options) as bot:
        if prepare:
            await prepare(bot)
        task = asyncio.create_task(bot.start(rehearsal.token))
        waiting = asyncio.create_task(bot.until("ready"))
        done, _ = await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            waiting.cancel()
            task.result()
        await waiting
        yield bot
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
    assert bot.failures == []


@pytest.fixture
async def rehearsal(clock: MovedClock) -> AsyncIterator[Rehearsal]:
    """A rehearsal Discord without limits; what it lacks fails the test."""
    async with Rehearsal(clock, limits=False) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_warned(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning of the client library is a failure unless a test expects it."""
    yield
    loud = [r for r in caplog.records if r.name.startswith("discord") and r.levelno >= 30]
    assert [r.getMessage() for r in loud if not getattr(r, "expected", False)] == []
