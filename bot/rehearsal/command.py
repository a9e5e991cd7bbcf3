"""``handrail rehearse``: plays a script and says whether it held."""

from __future__ import annotations

import json
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from bot.clock import MovedClock
from bot.errors import RehearsalError
from bot.rehearsal import components
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.player import Failure, Player
from bot.rehearsal.script import Scene, Script, load_script
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.transcript import Transcript

_WINDOWS = 0.1  # of Discord's rate limits, so that a week does not wait for them
_HEARTBEAT = 0.05  # real seconds


@dataclass
class Counts:
    """What the closing table tells."""

    posts: int = 0
    check_ins: int = 0
    help_cards: int = 0
    care_cards: int = 0
    messages: int = 0
    seconds: float = 0.0


async def rehearse(
    script: Path, json_file: Path | None = None, console: Console | None = None
) -> int:
    """Play ``script`` with the real bot and print who sees what.

    Args:
        json_file: gets every event, one JSON object a line.
        console: where to print; standard output when None.

    Returns:
        0 when every expectation held, else 1.

    Raises:
        DataError: the script has mistakes; nothing was started.
        RehearsalError: the bot cannot be started.
    """
    loaded = load_script(script)
    console = console or Console()
    clock = MovedClock(loaded.scenes[0].at)
    started = clock.monotonic()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handrail-")))
        rehearsal = await stack.enter_async_context(
            Rehearsal(clock, window_scale=_WINDOWS, heartbeat=_HEARTBEAT)
        )
        bot = BotProcess(rehearsal, folder, clock)
        stack.push_async_callback(bot.close)
        await bot.migrate()
        player = await _play(loaded, rehearsal, bot, console)
        counts = count(rehearsal)
    counts.seconds = round(clock.monotonic() - started, 1)
    if json_file is not None:
        _write(json_file, rehearsal, player.failures, counts)
    _close(console, script, player.failures, counts)
    return 1 if player.failures else 0
