"""Plays a script: moves the clock, lets people act, and checks what must be seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from bot.errors import RehearsalError
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.expectations import Expectations
from bot.rehearsal.hands import Hands
from bot.rehearsal.people import Person
from bot.rehearsal.script import Scene, Script
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.sheet import Step
from bot.rehearsal.state import Guild, Json

_MANAGE_GUILD = 1 << 5
_POSTS = r"^/channels/\d+/messages$"
_HELD = 1.0  # real seconds a slow answer takes


@dataclass(frozen=True)
class Failure:
    """Something that is not as the script says; ``line`` 0 when no step is to blame."""

    line: int
    sentence: str


class Player:
    """Plays one script on one rehearsal.

    Attributes:
        begun: whether the first step was reached.
        failures: what was not as expected, in order.
        opening: how many events of the log are the setting, before anything happens.
    """

    def __init__(self, script: Script, rehearsal: Rehearsal, bot: BotProcess) -> None:
        self._script = script
        self._rehearsal = rehearsal
        self._bot = bot
        self.begun = False
        self.guild, self.people = set_up(script, rehearsal)
        self.failures: list[Failure] = []
        self.opening = self._mark = len(rehearsal.log)
        self._hands = Hands(script, self.guild, self.people)
        self._expectations = Expectations(script, self.guild, self.people)

    async def play(self, played: Callable[[Scene], None]) -> None:
        """Play every step, and write what is not as expected into ``failures``.

        A step that cannot be done ends the play, for what follows rests on it.

        Args:
            played: called after every step; the rehearsal's log has grown by then.
        """
        self.begun = True
        for scene in self._script.scenes:
            try:
                await self.step(scene)
            except RehearsalError as error:
                self.failures.append(Failure(scene.line, f"{error} The rehearsal stops here."))
                return
            finally:
                played(scene)
        if not any(scene.step.fault for scene in self._script.scenes):
            self.failures += [Failure(0, text) for text in _errors(self._bot.log)]

    async def step(self, scene: Scene) -> None:
        """Play one step, and write what is not as expected into ``failures``.

        Raises:
            RehearsalError: it cannot be done, or the bot has ended.
        """
        self._bot.check()
        step, log = scene.step, self._rehearsal.log
        if step.action in ("wait", "expect"):
            if scene.at > self._rehearsal.clock.now():
                self._mark = len(log)
                await self._rehearsal.step_to(scene.at)
            if step.action == "expect":
                found = self._expectations.failures(step, self._events(step))
                self.failures += [Failure(scene.line, f"{sentence}.") for sentence in found]
            return
        await self._rehearsal.step_to(scene.at)
        self._mark = len(log)
        if step.bot:
            await self._power(step.bot)
        elif step.fault:
            self._order(step)
        else:
            await self._act(scene)
        await self._rehearsal.quiet()

    async def _act(self, scene: Scene) -> None:
        reply = await self._hands.act(scene.step)
        if reply is not None and reply.failed:
            self.failures.append(Failure(scene.line, f"{scene.step.who} saw: {reply.failed}"))
        elif reply is not None:
            await reply.filled()

    async def _power(self, wanted: str) -> None:
        if wanted in ("stop", "restart"):
            await self._bot.kill()
        if wanted in ("start", "restart"):
            await self._bot.start()

    def _order(self, step: Step) -> None:
        """Order a fault. Those of sending befall the next messages the bot posts."""
        faults, times = self._rehearsal.faults, 1 if step.times is None else step.times
        orders: dict[str, Callable[[], None]] = {
            "lost connection": faults.drop_sockets,
            "reconnect": faults.reconnect,
            "new session": faults.invalid_session,
            "refused connections": lambda: faults.refuse_connections(times),
            "server error": lambda: faults.next("POST", _POSTS, 500, times),
            "rate limit": lambda: faults.next("POST", _POSTS, 429, times),
            "lost answer": lambda: faults.lose_response("POST", _POSTS, times),
            "slow answer": lambda: faults.slow(_POSTS, _HELD, times),
        }
        orders[step.fault or ""]()

    def _events(self, step: Step) -> list[Json]:
        """What an expectation is about."""
        log = self._rehearsal.log
        if step.since == "start":
            return log[self.opening :]
        if step.since == "today":
            zone = self._script.zone
            today = self._rehearsal.clock.now().astimezone(zone).date()
            midnight = datetime.combine(today, time(), zone)
            return [one for one in log if datetime.fromisoformat(one["at"]) >= midnight]
        return log[self._mark :]


def set_up(script: Script, rehearsal: Rehearsal) -> tuple[Guild, dict[str, Person]]:
    """The server, roles, channels and people a script begins with.

    Roles can be mentioned by everybody, as a programme must allow for the roles it pages.
    """
    sheet = script.programme
    guild = rehearsal.add_guild(sheet.name)
    roles = {name: guild.add_role(name, mentionable=True) for name in sheet.roles}
    managers = guild.add_role("Managers", _MANAGE_GUILD, above_bot=True)
    for name in sheet.channels:
        guild.add_channel(name)
    people = {}
    for name, one in script.people.items():
        people[name] = person = rehearsal.person(name, one.locale)
        if one.here:
            held = [roles[role] for role in one.roles]
            rehearsal.world.add_member(guild, person, [*held, managers] if one.manages else held)
    return guild, people


def _errors(log: Iterable[str]) -> Iterator[str]:
    """Sentences about the errors the bot logged: nothing in a rehearsal may fail unseen."""
    for line in log:
        try:
            told = json.loads(line)
        except ValueError:
            yield f"The bot wrote what is no log line: {line[:200]}"
            continue
        if told.get("level") in ("error", "critical"):
            yield f"The bot logged an error: {line}"
