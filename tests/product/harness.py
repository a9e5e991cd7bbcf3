"""A whole bot in this process, on a Discord of this machine, with a programme around it.

Nothing is replaced: discord.py talks to :class:`bot.rehearsal.server.Rehearsal` over a socket,
the database is a real file, only the clock is moved. A test asks for a :class:`House`, lets
people do things, waits until all is quiet and looks at what each of them sees.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord

from bot.app import run
from bot.chat.permissions import NEEDED
from bot.clock import MovedClock
from bot.rehearsal.people import Person
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Channel, Message
from bot.settings import Settings
from bot.storage.secrets import new_key

MONDAY = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
"""A Monday, 09:30 in Chicago: staffed, after the day's post of a cohort made that morning."""

EVENING = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
"""The same Monday, 19:00 in Chicago: nobody of the staff is there."""

# What screening makes of these is pinned in test_words.py.
LOW = "everything feels hopeless"
WORRYING = "I want to die"
DANGER = "I just took all my pills, goodbye everyone"
DIED = "my brother died by suicide last year"
CRUEL = "just kill yourself, nobody wants you here"
SPANISH = "quiero morirme"
HARMLESS = "the soup was good today"

_ASKED = discord.Permissions(**dict.fromkeys(NEEDED, True)).value


@dataclass
class House:
    """One server, one programme, its people, and the bot.

    Attributes:
        r: the Discord it stands on.
        folder: where the bot keeps its data.
        key: with which it seals.
        cohorts: channels by cohort name and kind, as in ``house.at("River", "talk")``.
    """

    r: Rehearsal
    clock: MovedClock
    folder: Path
    key: str = field(default_factory=new_key)
    options: dict[str, Any] = field(default_factory=dict)
    bot: asyncio.Task[None] | None = None
    process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.guild = self.r.add_guild("Riverside", permissions=_ASKED)
        role = self.guild.add_role
        self.clinicians, self.leads = role("Clinicians"), role("Leads")
        self.peers, self.on_call = role("Peers"), role("On call")
        self.managers = role("Managers", permissions=1 << 5)
        person = self.guild.add_person
        self.owner = person("Olga", roles=[self.managers])
        self.kim = person("Kim", roles=[self.clinicians])
        self.lee = person("Lee", roles=[self.leads])
        self.pat = person("Pat", roles=[self.peers])
        self.ora = person("Ora", roles=[self.on_call])
        self.general = self.guild.add_channel("general")

    # the bot

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "handrail.sqlite3"

    def settings(self, **changes: Any) -> Settings:
        """What the bot is started with."""
        values = {
            "discord_token": self.r.token,
            "encryption_keys": self.key,
            "data_dir": self.folder,
            "discord_api": self.r.api,
            "rehearsal": self.r.control,
            "log_level": "debug",
            **self.options,
        }
        return Settings(**(values | changes))

    async def start(self, **changes: Any) -> None:
        """Start the bot in this process and wait until it is at rest."""
        self.bot = asyncio.create_task(run(self.settings(**changes)), name="the bot under test")
        await self._ready(self.bot.done)

    async def _ready(self, ended: Any) -> None:
        deadline = self.clock.monotonic() + 20
        while not self.r.gateway.behind_or_none() if False else not self.r.gateway._sessions:
            if ended():
                break
            assert self.clock.monotonic() < deadline, "the bot did not connect in 20 s"
            await self.clock.pause(0.005)
        if self.bot is not None and self.bot.done():
            self.bot.result()
            raise AssertionError("the bot ended without an error")
        await self.r.quiet()

    async def stop(self) -> None:
        """Stop the bot as Ctrl-C does."""
        if self.bot is not None:
            self.bot.cancel()
            await asyncio.gather(self.bot, return_exceptions=True)
            self.bot = None
