"""Plays steps on top of ``base.yaml`` and hands back how it ended."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.rehearsal.command import rehearse

BASE = Path(__file__).with_name("base.yaml")


@dataclass(frozen=True)
class Played:
    """How a rehearsal ended: exit status, what was printed, every event."""

    status: int
    printed: str
    events: list[dict[str, Any]]


async def play(script: Path, folder: Path, window_scale: float = 0.02) -> Played:
    """Play a script as a pipe would see it.

    Args:
        window_scale: a bot that starts every second would wait for Discord's member lists.
    """
    out, file = io.StringIO(), folder / "events.jsonl"
    status = await rehearse(script, file, Console(file=out, width=200), window_scale)
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return Played(status, out.getvalue(), events)


async def play_steps(steps: str, folder: Path) -> Played:
    """Play ``base.yaml`` and then ``steps``, written as in a script."""
    script = folder / "script.yaml"
    script.write_text(BASE.read_text(encoding="utf-8") + steps, encoding="utf-8")
    return await play(script, folder)


def line_of(text: str, folder: Path) -> int:
    """The last line of the played script on which ``text`` stands."""
    lines = (folder / "script.yaml").read_text(encoding="utf-8").splitlines()
    return max(number for number, line in enumerate(lines, start=1) if text in line)
