"""A whole bot in this process, on a Discord of this machine, with a programme around it.

Nothing is replaced: discord.py talks to :class:`bot.rehearsal.server.Rehearsal` over a socket,
the database is a real file, only the clock is moved. A test asks for a :class:`House`, lets
people do things, waits until all is quiet and looks at what each of them sees.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord

from bot.app import run
from bot.chat.permissions import NEEDED
from bot.clock import MovedClock
from bot.rehearsal.faults import Faults, Trouble
from bot.rehearsal.interactions import Reply
from bot.rehearsal.people import Person
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import COMPONENTS_V2, Channel, Json, Message
from bot.settings import Settings
from bot.storage.secrets import new_key

DAY = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
"""Monday 09:30 in Chicago: staffed, and after the hour of the daily post."""

EVENING = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
"""The same Monday, 19:00 in Chicago: the staff are away until Tuesday 08:00."""

# What screening makes of these is pinned in test_words.py.
LOW = "I feel hopeless"
WORRYING = "I want to die"
DANGER = "I just took all my pills, goodbye everyone"
DIED = "my brother died by suicide last year"
CRUEL = "just kill yourself, nobody wants you here"
SPANISH = "quiero morirme"
HARMLESS = "the soup was good today"

_ASKED = discord.Permissions(**dict.fromkeys(NEEDED, True)).value
_CHOICES = {"route": "direct", "staff_told": "yes", "agree": ["adult", "agreement"]}


@dataclass
class Nth:
    """The trouble of one call among several that look alike."""

    inner: Faults
    method: str
    path: re.Pattern[str]
    before: int
    trouble: Trouble
    reached: bool = False

    def take(self, method: str, path: str) -> Trouble:
        """What is to go wrong with this call."""
        if method == self.method and self.path.search(path) and not self.reached:
            self.before -= 1
            self.reached = self.before < 0
            if self.reached:
                return self.trouble
        return self.inner.take(method, path)


@dataclass
class House:
    """One server, its people, and the bot.

    Attributes:
        folder: where the bot keeps its data.
        options: settings that differ from the usual ones.
    """

    r: Rehearsal
    clock: MovedClock
    folder: Path
    key: str = field(default_factory=new_key)
    options: dict[str, Any] = field(default_factory=dict)
    bot: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.guild = self.r.add_guild("Riverside", permissions=_ASKED)
        role, person = self.guild.add_role, self.guild.add_person
        self.clinicians, self.leads = role("Clinicians"), role("Leads")
        self.peers, self.on_call = role("Peers"), role("On call")
        self.owner = person("Olga", roles=[role("Managers", permissions=1 << 5)])
        self.kim = person("Kim", roles=[self.clinicians])
        self.lee = person("Lee", roles=[self.leads])
        self.general = self.guild.add_channel("general")

    @property
    def asked(self) -> int:
        """The permissions that Handrail asks for, and no more."""
        return _ASKED

    # trouble

    def trouble(self, method: str, path: str, before: int, trouble: Trouble) -> Nth:
        """Let ``trouble`` befall one call, after ``before`` others like it went well."""
        order = Nth(self.r.faults, method, re.compile(path), before, trouble)
        self.r.rest._faults = order  # type: ignore[assignment]
        return order

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that a moved clock does not decide."""
        async with asyncio.timeout(10):
            while not happened():
                await self.clock.pause(0.005)

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
        }
        return Settings(**(values | self.options | changes))

    async def start(self, **changes: Any) -> None:
        """Start the bot in this process and wait until it is at rest.

        Raises:
            HandrailError: it refused to start.
        """
        self.bot = asyncio.create_task(run(self.settings(**changes)), name="the bot under test")
        async with asyncio.timeout(20):
            while not any(one.session for one in self.r.gateway.connections):
                if self.bot.done():
                    self.bot.result()
                await self.clock.pause(0.005)
        await self.r.quiet()

    async def stop(self) -> None:
        """End the bot."""
        if self.bot is not None:
            self.bot.cancel()
            await asyncio.gather(self.bot, return_exceptions=True)
            self.bot = None
            while self.r.clock_server.followers or self.r.gateway.connections:
                await self.clock.pause(0.005)

    async def kill(self) -> None:
        """End the bot as a power cut does: nothing under way gets a word in."""
        for task in asyncio.all_tasks():
            if task.get_name().startswith(("discord.py: ", "CommandTree-invoker")):
                task.cancel()
        await self.stop()

    async def restart(self, **changes: Any) -> None:
        """End the bot and start it again on the same data."""
        await self.stop()
        await self.start(**changes)

    # the programme

    async def set_up(self, **options: Any) -> Reply:
        """``/programme setup`` by the manager; every option has a usual value."""
        usual = {
            "zone": "America/Chicago",
            "clinicians": self.clinicians,
            "leads": self.leads,
            "peers": self.peers,
            "on_call": self.on_call,
            "hours": "Mon-Fri 08:00-17:00",
            "detection": "in-memory",
            "country": "US",
        }
        given = {name: value for name, value in (usual | options).items() if value is not None}
        return await self.ask(self.owner, "programme setup", **given)

    async def accept_limits(self) -> Reply:
        """A lead reads the limits and accepts both."""
        form = await self.lee.click(
            shown(await self.ask(self.lee, "programme show")), "Read the limits"
        )
        reply = await self.lee.submit(form, {"limits": ["emergency", "record"]})
        return await reply.filled()

    async def cohort(self, name: str = "River", by: Person | None = None, **options: Any) -> Reply:
        """``/cohort create`` by Kim."""
        usual = {"name": name, "zone": "America/Chicago"}
        return await self.ask(by or self.kim, "cohort create", **(usual | options))

    async def ask(self, who: Person, command: str, place: Channel | None = None, **o: Any) -> Reply:
        """A slash command, waited for until all is quiet."""
        reply = await who.slash(command, place or self.general, **o)
        await reply.filled()
        await self.r.quiet()
        return reply

    async def invite(self, who: Person, cohort: str = "River") -> Message:
        """Invite somebody; the message in their private thread."""
        await self.ask(self.kim, "cohort add", cohort=cohort, person=who)
        return who.notifications[-1]

    async def choose(self, who: Person, invitation: Message, **choices: Any) -> Reply:
        """Read, choose and send the form, as far as the answer to it."""
        card = await who.click(invitation, "Read and choose")
        form = await who.click(shown(card), "Make my choices")
        reply = await who.submit(form, _CHOICES | choices)
        await reply.filled()
        await self.r.quiet()
        return reply

    async def member(self, name: str, cohort: str = "River", **choices: Any) -> Person:
        """Somebody who was invited and said yes. ``locale`` is their Discord's language."""
        who = self.guild.add_person(name, locale=choices.pop("locale", "en-US"))
        await self.choose(who, await self.invite(who, cohort), **choices)
        return who

    # what is there

    def at(self, name: str, cohort: str = "River") -> Channel:
        """A cohort's channel: ``daily``, ``talk`` or ``staff``."""
        for channel in self.guild.channels.values():
            if channel.name == name and channel.parent and channel.parent.name == cohort:
                return channel
        raise KeyError(name)

    def person(self, name: str) -> Person:
        """Somebody in the server, by name."""
        found = next(m.user for m in self.guild.members.values() if m.user.name == name)
        assert isinstance(found, Person)
        return found

    async def say(self, who: Person, text: str, channel: Channel | None = None) -> Message:
        """Write into a channel, the cohort's talk channel unless told, and wait."""
        message = await who.say(channel or self.at("talk"), text)
        await self.r.quiet()
        return message

    def old_button(self, custom_id: str) -> Message:
        """A message of the bot's, as another version of it may have left behind."""
        button = {"type": 2, "id": 2, "style": 1, "label": "Old", "custom_id": custom_id}
        row = {"type": 1, "id": 1, "components": [button]}
        return self.r.world.create_message(
            self.general, self.r.world.bot, components=[row], flags=COMPONENTS_V2
        )

    async def press(self, who: Person, message: Message, button: str) -> Reply:
        """Press a button and wait."""
        reply = await who.click(message, button)
        await reply.filled()
        await self.r.quiet()
        return reply

    def ours(self, channel: Channel) -> list[Message]:
        """What the bot has put into a channel for everybody there, notes of pins left out."""
        bot = self.r.world.bot
        found = [one for one in channel.messages.values() if one.author is bot and one.type == 0]
        return sorted((one for one in found if not one.ephemeral_for), key=lambda one: one.id)

    def lines(self, channel: Channel | None = None) -> list[Message]:
        """The neutral lines that stand in a channel."""
        there = self.ours(channel or self.at("talk"))
        return [one for one in there if "help:open:v1:line" in custom_ids(one)]

    def cards(self, cohort: str = "River") -> list[Message]:
        """The care cards that stand in a cohort's staff channel, unsaved ones too."""
        there = self.ours(self.at("staff", cohort))
        return [one for one in there if one.text.startswith("### Please look")]

    def direct(self, who: Person) -> list[Message]:
        """What the bot wrote to somebody directly, the test message left out."""
        return [m for m in who.dms() if m.author.bot and "This is a test" not in m.text]

    def break_database(self) -> None:
        """Damage the database under the running bot, so that nothing can be read or written."""
        for path in self.folder.glob("handrail.sqlite3*"):
            size = max(path.stat().st_size, 4096)
            with path.open("r+b") as file:
                file.write(b"\xde" * size)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the database now."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def tables(self) -> list[str]:
        """The names of all tables."""
        found = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        return sorted(name for (name,) in found)

    def calls(self, method: str, path: str) -> list[Json]:
        """The bodies of the bot's calls with this method whose path contains ``path``."""
        return [
            {"path": one.path, "status": one.status, "body": one.body, "answer": one.answer}
            for one in self.r.exchanges
            if one.method == method and path in one.path
        ]

    async def step(self, **by: float) -> None:
        """Move the clock, stopping at every wake."""
        await self.r.step_to(self.clock.now() + timedelta(**by))


def shown(reply: Reply) -> Message:
    """The message somebody got in answer; the last one of several."""
    assert reply.failed is None, reply.failed
    message = reply.followups[-1] if reply.followups else reply.message
    assert message is not None, "there was no answer"
    return message


def custom_ids(message: Message) -> list[str]:
    """The custom_ids on a message."""
    return list(_found(message.components, "custom_id"))


def _found(value: Any, key: str) -> Iterable[str]:
    if isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value[key]
        for inner in value.values():
            yield from _found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _found(inner, key)
