"""Both bots on one rehearsal Discord, turn by turn, and what came of it."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.contestants import (
    ECHO,
    HANDRAIL,
    Contestant,
    Memory,
    Running,
    environment_of,
)
from benchmarks.latency import Answers, percentile
from benchmarks.town import MORE_THAN_A_LINE, Town, build
from bot.clock import MovedClock
from bot.rehearsal.server import Rehearsal
from bot.storage.secrets import new_key

Say = Callable[[str], None]
_MONDAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        messages: in each run, to each way of answering.
        runs: of the load; the median counts.
        starts: of each bot, beside one of each that is not counted; the median counts.
        rate: messages a second.
    """

    messages: int
    runs: int
    starts: int
    rate: float


@dataclass
class Measured:
    """What one kind of bot took.

    Attributes:
        starts: seconds from the start of the process until it was ready, one for each start.
        waits: seconds from message to answer, by way of answering, one list for each run.
        memory: after the load, one for each run.
    """

    starts: list[float] = field(default_factory=list)
    waits: dict[str, list[list[float]]] = field(default_factory=dict)
    memory: list[Memory] = field(default_factory=list)

    def start(self) -> float:
        """Seconds, the median."""
        return statistics.median(self.starts)

    def wait(self, way: str, share: float) -> float:
        """Seconds: the median of the runs' percentiles."""
        return statistics.median(percentile(run, share) for run in self.waits[way])

    def resident(self) -> float:
        """MiB, the median."""
        return statistics.median(one.resident for one in self.memory)

    def unique(self) -> float:
        """MiB that are shared with no other process, the median."""
        return statistics.median(one.unique for one in self.memory)


class Comparison:
    """One comparison in one folder.

    Args:
        folder: empty; databases and working directories are made in it.
        say: is told what is going on.

    Attributes:
        echo, handrail: what they took.
        migrated: seconds that making a new database took, as a host does before the first start.
    """

    def __init__(self, plan: Plan, folder: Path, say: Say) -> None:
        self.echo, self.handrail = Measured(), Measured()
        self.migrated = 0.0
        self._plan, self._folder, self._say = plan, folder, say
        self._clock = MovedClock(_MONDAY)
        self._key = new_key()
        self._cached = folder / "handrail"
        self._times = 0

    async def run(self) -> None:
        """Measure everything."""
        async with Rehearsal(self._clock, limits=False) as rehearsal:
            self._say("Making a server with a programme in it ...")
            template = self._folder / "template.sqlite3"
            town = await build(rehearsal, self._clock, template, self._plan.messages)
            self.migrated = await self._migrate(rehearsal)
            answers = Answers(rehearsal, self._clock)
            for number in range(self._plan.starts + 1):
                self._say(f"Start {number} of {self._plan.starts} ...")
                await self._start(rehearsal, counted=number > 0)
            for number in range(1, self._plan.runs + 1):
                self._say(f"Run {number} of {self._plan.runs} ...")
                await self._echo(rehearsal, answers, town)
                await self._handrail(rehearsal, answers, town)

    async def _migrate(self, rehearsal: Rehearsal) -> float:
        begun = self._clock.monotonic()
        environment = environment_of(rehearsal) | {"HANDRAIL_DATA_DIR": str(self._folder / "new")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "migrate"),
            cwd=self._folder,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await process.wait():
            raise SystemExit("handrail migrate failed.")
        return self._clock.monotonic() - begun

    async def _start(self, rehearsal: Rehearsal, *, counted: bool) -> None:
        for contestant, measured in ((ECHO, self.echo), (HANDRAIL, self.handrail)):
            async with self._running(contestant, rehearsal) as running:
                if counted:
                    measured.starts.append(running.seconds)
                await rehearsal.quiet()

    async def _echo(self, rehearsal: Rehearsal, answers: Answers, town: Town) -> None:
        async with self._running(ECHO, rehearsal) as running:
            await rehearsal.quiet()
            rate = self._plan.rate
            waits = await answers.measure(rehearsal, town.line, direct=False, rate=rate)
            self.echo.waits.setdefault("reply", []).append(waits)
            self.echo.memory.append(running.memory)

    async def _handrail(self, rehearsal: Rehearsal, answers: Answers, town: Town) -> None:
        """First the neutral lines, one to a channel in each turn, then the direct messages.

        The civil clock is moved between the turns, past the time in which a channel has one line
        only, and once before: a bot that was just started looks for lines of a dead one.
        """
        async with self._running(HANDRAIL, rehearsal) as running:
            rate = self._plan.rate
            line: list[float] = []
            for first in range(0, len(town.line), town.cohorts):
                await rehearsal.step_to(self._clock.now() + MORE_THAN_A_LINE)
                turn = town.line[first : first + town.cohorts]
                line += await answers.measure(rehearsal, turn, direct=False, rate=rate)
            direct = await answers.measure(rehearsal, town.direct, direct=True, rate=rate)
            self.handrail.waits.setdefault("line", []).append(line)
            self.handrail.waits.setdefault("help card", []).append(direct)
            self.handrail.memory.append(running.memory)

    def _running(
        self, contestant: Contestant, rehearsal: Rehearsal
    ) -> AbstractAsyncContextManager[Running]:
        """In a folder of its own, with a fresh copy of the database."""
        self._times += 1
        folder = self._folder / str(self._times)
        folder.mkdir()
        shutil.copy(self._folder / "template.sqlite3", folder / "handrail.sqlite3")
        more = {
            "HANDRAIL_DATA_DIR": str(self._cached),
            "HANDRAIL_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'handrail.sqlite3'}",
            "HANDRAIL_ENCRYPTION_KEYS": self._key,
        }
        return contestant.running(rehearsal, self._clock, folder, more)


@dataclass(frozen=True)
class Verdict:
    """One cost beside the echo bot's.

    Attributes:
        what: for people.
        ours, theirs: in ``unit``.
        target: the most the ratio may be.
    """

    what: str
    ours: float
    theirs: float
    unit: str
    target: float

    @property
    def ratio(self) -> float:
        """Ours divided by the echo bot's."""
        return self.ours / self.theirs

    @property
    def held(self) -> bool:
        """Whether the target was met."""
        return self.ratio <= self.target


def verdicts(handrail: Measured, echo: Measured) -> Sequence[Verdict]:
    """The four costs that have a target."""
    reply = echo.wait("reply", 0.99) * 1000
    return (
        Verdict(
            "message to help card, p99", handrail.wait("help card", 0.99) * 1000, reply, "ms", 3
        ),
        Verdict("message to neutral line, p99", handrail.wait("line", 0.99) * 1000, reply, "ms", 3),
        Verdict("resident memory after it", handrail.resident(), echo.resident(), "MiB", 2.5),
        Verdict("start to ready", handrail.start() * 1000, echo.start() * 1000, "ms", 2),
    )
