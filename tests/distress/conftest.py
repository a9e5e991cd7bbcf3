"""One screener for all tests of the room: it holds no state that a test could change."""

from __future__ import annotations

import pytest

from bot.distress.screen import Screener
from bot.paths import shipped_data


@pytest.fixture(scope="session")
def screener() -> Screener:
    """The shipped lexicons."""
    return Screener.load(shipped_data() / "distress")
