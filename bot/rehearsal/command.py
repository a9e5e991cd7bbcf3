"""``handrail rehearse``: plays a script and says whether it held."""

from __future__ import annotations

import json
import tempfile
from contextlib import AsyncExitStack
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
from bot.rehearsal.state import Json
from bot.rehearsal.transcript import Transcript

_WINDOWS = 0.1  # so that a week does not wait for Discord's rate limits
_HEARTBEAT = 0.05  # real seconds; the clock waits for these where much happens at once
_NAMES = {
    "posts": "Posts sent",
    "check_ins": "Check-ins",
    "help_cards": "Help cards and lines",
    "care_cards": "Care cards",
    "messages": "Messages of people",
    "seconds": "Seconds",
}


@dataclass
class Counts:
    """What the closing table tells. ``help_cards``: cards and lines that offer help."""

    posts: int = 0
    check_ins: int = 0
    help_cards: int = 0
    care_cards: int = 0
    messages: int = 0
    seconds: float = 0.0


async def rehearse(
    script: Path,
    json_file: Path | None = None,
    console: Console | None = None,
    window_scale: float = _WINDOWS,
) -> int:
    """Play ``script`` with the real bot and print who sees what.

    Args:
        json_file: gets every event, one JSON object a line.
        console: where to print; standard output when None.
        window_scale: what the windows of Discord's rate limits are multiplied with.

    Returns:
        0 when every expectation held, else 1.

    Raises:
        DataError: the script has mistakes; nothing was started.
        RehearsalError: the bot could not be started, or asked for what is not built here.
    """
    loaded = load_script(script)
    console = console or Console()
    clock = MovedClock(loaded.scenes[0].at)
    started = clock.monotonic()
    player = None
    try:
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handrail-")))
            rehearsal = await stack.enter_async_context(
                Rehearsal(clock, window_scale=window_scale, heartbeat=_HEARTBEAT)
            )
            bot = BotProcess(rehearsal, folder, clock)
            stack.push_async_callback(bot.close)
            player = Player(loaded, rehearsal, bot)
            tally = Tally(rehearsal)
            await _play(loaded, player, rehearsal, bot, console, tally)
    except RehearsalError as error:
        if player is None or not player.begun:
            raise
        player.failures.append(Failure(0, str(error)))  # the rehearsal Discord itself objects
    counts = tally.counts
    counts.seconds = round(clock.monotonic() - started, 1)
    if json_file is not None:
        _write(json_file, rehearsal, player, counts)
    _close(console, script, player, counts)
    return 1 if player.failures else 0


async def _play(
    script: Script,
    player: Player,
    rehearsal: Rehearsal,
    bot: BotProcess,
    console: Console,
    tally: Tally,
) -> None:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} steps"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    transcript = Transcript(console, script, player.guild, player.people)
    transcript.begin()
    shown = player.opening
    with bar:
        task = bar.add_task("Starting the bot", total=len(script.scenes))

        def played(scene: Scene) -> None:
            nonlocal shown
            tally.add(rehearsal.log[shown:])
            transcript.show(rehearsal.log[shown:])
            shown = len(rehearsal.log)
            bar.update(task, advance=1, description=f"{scene.at.astimezone(script.zone):%A %H:%M}")

        await bot.migrate()
        await bot.start()
        await player.play(played)


class Tally:
    """Counts as the rehearsal goes on: a closed care card, say, has lost its buttons at the end."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._world = rehearsal.world
        self._counted: set[int] = set()
        self.counts = Counts()

    def add(self, events: list[Json]) -> None:
        """Count new events of the log."""
        for event in events:
            if event["kind"] == "answers":
                self.counts.check_ins += event["form"].startswith("checkin:")
            if event["kind"] in ("message", "ephemeral", "filled"):
                self._message(event)

    def _message(self, event: Json) -> None:
        if event["author"] != self._world.bot.id:
            self.counts.messages += 1
            return
        channel = self._world.channels[event["channel"]]
        message = channel.messages.get(event["message"])
        if message is None or message.loading or message.id in self._counted:
            return
        self._counted.add(message.id)
        ids = [str(b.get("custom_id")) for b in components.of_types(message.components, {2})]
        self.counts.posts += any(_is_post(one) for one in ids)
        self.counts.care_cards += any(one.startswith("care:claim") for one in ids)
        self.counts.help_cards += any(_offers_help(one) for one in ids)


def _is_post(custom_id: str) -> bool:
    """Whether a button is a scheduled post's: it carries the delivery's id, 16 characters."""
    subject = custom_id.rpartition(":")[2]
    return custom_id.startswith(("help:open:", "checkin:open:")) and len(subject) == 16


def _offers_help(custom_id: str) -> bool:
    return custom_id.startswith("help:barriers:") or custom_id.endswith(":line")


def _write(file: Path, rehearsal: Rehearsal, player: Player, counts: Counts) -> None:
    records = [*rehearsal.log]
    records += [{"kind": "not as expected", **asdict(failure)} for failure in player.failures]
    records.append({"kind": "end", **asdict(counts)})
    lines = [json.dumps(record, ensure_ascii=False, default=str) for record in records]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _close(console: Console, script: Path, player: Player, counts: Counts) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in asdict(counts).items():
        table.add_row(_NAMES[name], f"{value}")
    console.print()
    console.print(table)
    console.print()
    for failure in player.failures:
        where = f"{script}:{failure.line}" if failure.line else f"{script}"
        console.print(Text(f"{where}: {failure.sentence}", "red"), soft_wrap=True)
    if player.failures:
        console.print(f"{len(player.failures)} not as the script says.")
    else:
        console.print("Everything was as the script says.")
