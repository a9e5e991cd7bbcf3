"""One screener for all tests of the room: it holds no state that a test could change."""

from __future__ import annotations

import pytest

from bot.distress.screen import Screener
from tests.distress.shipped import shipped_screener


@pytest.fixture(scope="session")
def screener() -> Screener:
    """The shipped lexicons."""
    return shipped_screener()
