"""A hikari bot, nothing of it changed, connected to the rehearsal Discord.

hikari was written by other people than discord.py and reads Discord's payloads by its own
rules. What it warns of, logs as an error or raises fails the test.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeVar

import hikari
import pytest

from bot.clock import MovedClock
from bot.rehearsal.people import Person
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Channel, Guild

EventT = TypeVar("EventT", bound=hikari.Event)

_PATIENCE = 10.0  # real seconds


class Inbox:
    """What hikari has told the bot, in order, to be taken out one by one."""

    def __init__(self) -> None:
        self.events: list[hikari.Event] = []
        self._changed = asyncio.Condition()

    async def keep(self, event: hikari.Event) -> None:
        async with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    async def next(self, kind: type[EventT]) -> EventT:
        """Take out the first event of ``kind``, waiting for it if need be."""
        async with asyncio.timeout(_PATIENCE), self._changed:
            while True:
                for event in self.events:
                    if isinstance(event, kind):
                        self.events.remove(event)
                        return event
                await self._changed.wait()


@dataclass
class Stage:
    """One server with Ana in it, and a hikari bot that is ready."""

    rehearsal: Rehearsal
    guild: Guild
    channel: Channel
    ana: Person
    bot: hikari.GatewayBot
    inbox: Inbox


@pytest.fixture
async def stage(clock: MovedClock, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    """A ready hikari bot; after the test, nothing it complained of is let pass."""
    caplog.set_level(logging.WARNING, "hikari")
    async with Rehearsal(clock) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        channel = guild.add_channel("general")
        ana = guild.add_person("Ana", roles=[guild.add_role("Clinicians")])
        bot = hikari.GatewayBot(
            rehearsal.token,
            rest_url=rehearsal.api,
            intents=hikari.Intents.ALL,
            banner=None,
            logs=None,
            suppress_optimization_warning=True,
        )
        inbox = Inbox()
        bot.subscribe(hikari.Event, inbox.keep)
        await bot.start(check_for_updates=False)
        try:
            await inbox.next(hikari.StartedEvent)
            await inbox.next(hikari.GuildAvailableEvent)
            yield Stage(rehearsal, guild, channel, ana, bot, inbox)
        finally:
            await bot.close()
        failed = [event for event in inbox.events if isinstance(event, hikari.ExceptionEvent)]
        assert failed == []
        complaints = [r.getMessage() for r in caplog.records if r.name.startswith("hikari")]
        assert complaints == []
