"""One rehearsal on the page: its Discord, its bot, its people, and what they have read."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import MovedClock
from bot.errors import RehearsalError
from bot.rehearsal import permissions
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.interactions import Modal
from bot.rehearsal.people import Person
from bot.rehearsal.player import Player
from bot.rehearsal.script import Scene, Script
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Channel, Json, Message

_WINDOWS = 0.1  # so that nobody waits for Discord's rate limits
_HEARTBEAT = 0.1  # real seconds
_LOOK = 0.25  # real seconds between two looks whether the bot still runs
_FORMS = 200  # opened forms that are remembered


class State(StrEnum):
    """What the bot is doing."""

    STARTING = "starting"
    READY = "ready"
    STOPPED = "stopped"
    CRASHED = "crashed"


class Stage:
    """A rehearsal, from its script's first setting until it is closed.

    Attributes:
        name: tells this rehearsal from the one before it, so that a page can tell.
        state, said: what the bot is doing, and one sentence more where there is one.
        changed: called whenever ``state`` or ``said`` is another.
        busy: held while the clock moves, or the bot is killed or started.
        forms: the forms that opened, by the key the page knows them by.
    """

    def __init__(self, script: Script, changed: Callable[[], None]) -> None:
        self.name = secrets.token_hex(4)
        self.script = script
        self.clock = MovedClock(script.scenes[0].at)
        self.rehearsal = Rehearsal(self.clock, window_scale=_WINDOWS, heartbeat=_HEARTBEAT)
        self.changed = changed
        self.state, self.said = State.STARTING, "The bot is starting."
        self.busy = asyncio.Lock()
        self.forms: dict[str, Modal] = {}
        self.played = 0
        self._numbers = itertools.count(1)
        self._stack = AsyncExitStack()
        self._watch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Set the scene; the bot is not started yet."""
        prefix = "handrail-page-"
        temporary = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
        self.folder = Path(self._stack.enter_context(temporary))
        await self._stack.enter_async_context(self.rehearsal)
        self.bot = BotProcess(self.rehearsal, self.folder, self.clock)
        self._stack.push_async_callback(self.bot.close)
        self.player = Player(self.script, self.rehearsal, self.bot)
        self.guild, self.people = self.player.guild, self.player.people
        self.marks = Marks(self.people)
        self.rehearsal.world.listeners.append(self._heard)

    async def close(self) -> None:
        """End the bot and its Discord.

        Raises:
            RehearsalError: the bot asked for what is not built here.
        """
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self._stack.aclose()

    # the bot

    async def begin(self) -> None:
        """Make the database and start the bot for the first time."""
        async with self.busy:
            try:
                await self.bot.migrate()
            except RehearsalError as error:
                self._tell(State.CRASHED, str(error))
                return
            await self._start()
        self._watch = asyncio.create_task(self._watching(), name="page-watch")

    async def start(self) -> None:
        """Start the bot again after it was stopped or ended by itself."""
        async with self.busy:
            if self.state in (State.STOPPED, State.CRASHED):
                self.rehearsal.world.note("bot", text="The bot is started.")
                await self._start()

    async def kill(self) -> None:
        """End the bot as a power cut does."""
        async with self.busy:
            self._tell(State.STOPPED, "The bot is off. What happens now, it finds when it is back.")
            self.rehearsal.world.note("bot", text="The bot is killed (kill -9).")
            await self.bot.kill()

    async def restart(self) -> None:
        """End the bot as a power cut does, and start it again."""
        await self.kill()
        await self.start()

    async def _start(self) -> None:
        self._tell(State.STARTING, "The bot is starting.")
        try:
            await self.bot.start()
        except RehearsalError as error:
            self._tell(State.CRASHED, str(error))
            return
        self._tell(State.READY, "")
        self.rehearsal.world.note("bot", text="The bot is ready.")

    async def _watching(self) -> None:
        while True:
            await self.clock.pause(_LOOK)
            if self.state is State.READY and not self.bot.running:
                try:
                    self.bot.check()
                except RehearsalError as error:
                    self._tell(State.CRASHED, str(error))
                    self.rehearsal.world.note("bot", text="The bot ended by itself.")

    def _tell(self, state: State, said: str) -> None:
        self.state, self.said = state, said
        self.changed()

    # the script

    @property
    def next_scene(self) -> Scene | None:
        """The next step of the script, None at its end."""
        scenes = self.script.scenes
        return scenes[self.played] if self.played < len(scenes) else None

    async def play_scene(self) -> list[str]:
        """Play the next step of the script.

        Returns:
            what was not as the script says, one sentence each.

        Raises:
            RehearsalError: the step cannot be done.
        """
        scene = self.script.scenes[self.played]
        self.played += 1
        before = len(self.player.failures)
        try:
            await self.player.step(scene)
        except RehearsalError as error:
            raise RehearsalError(f"{error} (line {scene.line} of the script)") from error
        fresh = self.player.failures[before:]
        return [f"Line {one.line} of the script: {one.sentence}" for one in fresh]

    # the people

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the programme."""
        return self.script.zone

    def person(self, name: object) -> Person:
        """Somebody by name. Raises RehearsalError when there is nobody of that name."""
        if not isinstance(name, str) or name not in self.people:
            known = ", ".join(self.people)
            raise RehearsalError(f"There is nobody called {name} here. There is: {known}.")
        return self.people[name]

    def channel(self, person: Person, number: object) -> Channel:
        """A channel that ``person`` sees. Raises RehearsalError when they see no such channel."""
        text = str(number)
        found = self.rehearsal.world.channels.get(int(text)) if text.isdecimal() else None
        if found is None or found.deleted or not permissions.sees(person, found):
            raise RehearsalError(f"{person.name} does not see that channel any more.")
        return found

    def message(self, person: Person, channel: Channel, number: object) -> Message:
        """A message that ``person`` sees. Raises RehearsalError when they see no such message."""
        text = str(number)
        found = channel.messages.get(int(text)) if text.isdecimal() else None
        if found is None or not sees(person, found):
            raise RehearsalError("That message is not there any more.")
        return found

    def remember(self, form: Modal) -> str:
        """Keep an opened form and give it a key."""
        key = f"form-{next(self._numbers)}"
        self.forms[key] = form
        while len(self.forms) > _FORMS:
            del self.forms[next(iter(self.forms))]
        return key

    def _heard(self, event: Json) -> None:
        if event["kind"] in ("message", "ephemeral"):
            channel = self.rehearsal.world.channels[event["channel"]]
            self.marks.add(channel.messages[event["message"]])


def sees(person: Person, message: Message) -> bool:
    """Whether ``person`` reads ``message``."""
    if message.ephemeral_for is not None:
        return message.ephemeral_for is person and permissions.sees(person, message.channel)
    needed = permissions.VIEW_CHANNEL | permissions.READ_MESSAGE_HISTORY
    return not needed & ~permissions.of(person, message.channel)


class Marks:
    """What each person has not read yet, per channel: how many messages, how many for them."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people
        self._marks: dict[tuple[int, int], tuple[int, int]] = {}

    def add(self, message: Message) -> None:
        """A new message: unread for everybody who sees it and did not write it."""
        for person in self._people.values():
            if person is not message.author and sees(person, message):
                key = (person.id, message.channel.id)
                unread, pings = self._marks.get(key, (0, 0))
                meant = person in message.pinged or message.ephemeral_for is person
                self._marks[key] = unread + 1, pings + meant

    def of(self, person: Person, channel: Channel) -> tuple[int, int]:
        """Unread messages, and how many of them were for ``person``."""
        return self._marks.get((person.id, channel.id), (0, 0))

    def read(self, person: Person, channel: Channel) -> None:
        """``person`` has read everything in ``channel``."""
        self._marks.pop((person.id, channel.id), None)
