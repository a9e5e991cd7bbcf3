"""The shipped lexicons, compiled once for all tests of a process."""

from __future__ import annotations

from functools import cache

from bot.distress.screen import Screener
from bot.paths import shipped_data


@cache
def shipped_screener() -> Screener:
    """Reads by the shipped lexicons; also where no fixture reaches, such as in parameters."""
    return Screener.load(shipped_data() / "distress")
