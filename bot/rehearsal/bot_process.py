"""The real bot in a process of its own, with a throw-away database and key."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import bot
from bot.clock import Clock
from bot.errors import RehearsalError
from bot.rehearsal.server import Rehearsal
from bot.storage.secrets import new_key

# What a process needs to start at all. Nothing of the host's Handrail comes along.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "PYTHONTZPATH")
_PATIENCE = 30.0  # real seconds for a start
_GOODBYE = 3.0  # real seconds for an orderly end
_TAIL = 12  # lines of its log that are shown when it ends unasked


class BotProcess:
    """Starts the bot, kills it, starts it again on the same data.

    Args:
        folder: empty; it holds the database and the log and is the working directory, so that
            no ``.env`` of the host is read.
    """

    def __init__(self, rehearsal: Rehearsal, folder: Path, clock: Clock) -> None:
        self._rehearsal = rehearsal
        self._clock = clock
        self._folder = folder
        self._log = folder / "bot.log"
        self._process: asyncio.subprocess.Process | None = None
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._environment |= {
            "PYTHONPATH": str(Path(bot.__file__).parent.parent),
            "PYTHONUTF8": "1",
            "HANDRAIL_DATA_DIR": str(folder / "data"),
            "HANDRAIL_ENCRYPTION_KEYS": new_key(),
            "HANDRAIL_DISCORD_TOKEN": rehearsal.token,
            "HANDRAIL_DISCORD_API": rehearsal.api,
            "HANDRAIL_REHEARSAL": rehearsal.control,
            "HANDRAIL_LOG_FORMAT": "json",
        }

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def log(self) -> list[str]:
        """The lines of its log so far."""
        if not self._log.exists():
            return []
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines()

    async def migrate(self) -> None:
        """Make the database.

        Raises:
            RehearsalError: it could not be made; the text ends with what was printed.
        """
        process = await self._spawn("migrate", self._folder / "migrate.log")
        try:
            code = await process.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()  # also when this was cancelled
        if code:
            tail = (self._folder / "migrate.log").read_text(encoding="utf-8", errors="replace")
            raise RehearsalError(f"The database could not be made:\n{tail}")

    async def start(self) -> None:
        """Start the bot and return once it has connected and is at rest.

        Raises:
            RehearsalError: it ended, or was not ready in time; the text ends with the log.
        """
        self._process = await self._spawn("run", self._log)
        deadline = self._clock.monotonic() + _PATIENCE
        while not self._connected():
            self.check()
            if self._clock.monotonic() > deadline:
                raise RehearsalError(f"The bot did not connect in {_PATIENCE:.0f} s.{self._tail()}")
            await self._clock.pause(0.01)
        await self._rehearsal.quiet()

    def check(self) -> None:
        """Raise RehearsalError when the bot has ended although nobody stopped it."""
        if self._process is not None and self._process.returncode is not None:
            raise self._ended(self._process.returncode)

    async def kill(self) -> None:
        """End it at once, as a power cut would, and wait until the rehearsal has noticed."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._process = None
        while self._rehearsal.clock_server.followers or self._rehearsal.gateway.connections:
            await self._clock.pause(0.005)

    async def close(self) -> None:
        """Ask it to end; when it does not, end it."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        try:
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _GOODBYE)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()

    def _connected(self) -> bool:
        followed = self._rehearsal.clock_server.followers > 0
        return followed and any(one.session for one in self._rehearsal.gateway.connections)

    async def _spawn(self, command: str, file: Path) -> asyncio.subprocess.Process:
        with file.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", command),
                cwd=self._folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the rehearsal, which ends the bot itself
            )

    def _ended(self, code: int) -> RehearsalError:
        return RehearsalError(f"The bot ended by itself (exit code {code}).{self._tail()}")

    def _tail(self) -> str:
        lines = self.log[-_TAIL:]
        return " The end of its log:\n" + "\n".join(lines) if lines else " It logged nothing."
