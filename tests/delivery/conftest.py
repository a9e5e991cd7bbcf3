"""The world of the delivery tests, on both engines and on SQLite alone."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.clock import MovedClock
from bot.storage.engine import Database
from tests.delivery.world import World


@pytest.fixture
def world(db: Database, clock: MovedClock) -> World:
    """A world on each engine; it is Monday 2 March 2026, 08:00 in Chicago."""
    return World(db, clock)


@pytest.fixture
def small_world(sqlite_db: Database, clock: MovedClock) -> World:
    """The same on SQLite alone, for what the engine cannot change."""
    return World(sqlite_db, clock)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged, as plain events."""
    with capture_logs() as events:
        yield events
