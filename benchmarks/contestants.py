"""Handrail and the echo bot, each in a process of its own, started, weighed and stopped."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.clock import Clock
from bot.errors import RehearsalError
from bot.rehearsal.server import Rehearsal

_ROOT = Path(__file__).parent.parent
_READY = b'"event": "ready"'
_PATIENCE = 30.0  # seconds for a start
_GOODBYE = 5.0  # seconds for an orderly end


@dataclass(frozen=True)
class Memory:
    """What one process holds in memory, in MiB: all of it, and the part it shares with none."""

    resident: float
    unique: float


class Contestant:
    """One kind of bot.

    Args:
        name: for people.
        module: run as ``python -m module``.
        arguments: of the command line.
    """

    def __init__(self, name: str, module: str, arguments: Sequence[str] = ()) -> None:
        self.name = name
        self.command = (sys.executable, "-m", module, *arguments)

    @asynccontextmanager
    async def running(
        self, rehearsal: Rehearsal, clock: Clock, folder: Path, more: Mapping[str, str]
    ) -> AsyncIterator[Running]:
        """A process of it, ready, on a rehearsal Discord; ended when the block ends.

        Args:
            folder: its working directory, so that no ``.env`` is read.
            more: further variables of the environment.
        """
        environment = environment_of(rehearsal) | more
        begun = clock.monotonic()
        process = await asyncio.create_subprocess_exec(
            *self.command, cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
        )
        running = Running(self.name, process)
        try:
            async with asyncio.timeout(_PATIENCE):
                await running.ready.wait()
            if process.returncode is not None or running.ended:
                raise SystemExit(f"{self.name} ended by itself:\n{running.tail}")
            running.seconds = clock.monotonic() - begun
            try:
                yield running
            except (SystemExit, RehearsalError) as error:
                raise SystemExit(
                    f"{self.name}: {error} The end of its log:\n{running.tail}"
                ) from error
        finally:
            await running.end()


class Running:
    """A process of a contestant.

    Attributes:
        ready: set once it said so, or ended.
        ended: whether its standard error is closed.
        seconds: from its start until it was ready.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.ready = asyncio.Event()
        self.ended = False
        self.seconds = 0.0
        self._process = process
        self._lines: deque[bytes] = deque(maxlen=20)
        self._reading = asyncio.create_task(self._read())

    @property
    def memory(self) -> Memory:
        """What it holds now."""
        held = psutil.Process(self._process.pid).memory_full_info()
        return Memory(held.rss / 2**20, held.uss / 2**20)

    @property
    def tail(self) -> str:
        """The end of its log."""
        return b"".join(self._lines).decode(errors="replace")

    async def end(self) -> None:
        """Ask it to end; when it does not, end it."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), _GOODBYE)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._lines.append(line)
            if _READY in line:
                self.ready.set()
        self.ended = True
        self.ready.set()


def environment_of(rehearsal: Rehearsal) -> dict[str, str]:
    """What both kinds are started with."""
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("HANDRAIL_")},
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "HANDRAIL_DISCORD_API": rehearsal.api,
        "HANDRAIL_DISCORD_TOKEN": rehearsal.token,
        "HANDRAIL_REHEARSAL": rehearsal.control,
    }


ECHO = Contestant("echo bot", "benchmarks.echo_bot")
HANDRAIL = Contestant("Handrail", "bot", ["run"])
