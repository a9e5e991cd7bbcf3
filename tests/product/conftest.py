"""Houses: a bot with its server, in the states most tests begin with."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.clock import MovedClock
from bot.distress.screen import Screener
from bot.paths import shipped_data
from bot.rehearsal.server import Rehearsal
from tests.product.harness import DAY, House

MakeHouse = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Undo what the bot does to the process's logging and hooks."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    root.handlers[:], root.level = before
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped data as it is when the tests begin."""
    folder = tmp_path_factory.mktemp("shipped") / "data"
    shutil.copytree(shipped_data(), folder)
    return folder


@pytest.fixture(scope="session")
def lexicon_cache(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the bot keeps of the lexicons, made once: reading them takes a second."""
    path = tmp_path_factory.mktemp("lexicon") / "lexicon.cache"
    Screener.load(data / "distress", path)
    return path


@pytest.fixture
async def make_house(
    tmp_path: Path, sqlite_template: Path, data: Path, lexicon_cache: Path
) -> AsyncIterator[MakeHouse]:
    """Makes houses without a programme, their bot not started. All end with the test."""
    async with AsyncExitStack() as stack:

        async def make(
            at: Any = DAY, *, migrated: bool = True, limits: bool = False, **options: Any
        ) -> House:
            clock = MovedClock(at)
            r = await stack.enter_async_context(Rehearsal(clock, limits=limits, window_scale=0.1))
            folder = tmp_path / "data"
            folder.mkdir(exist_ok=True)
            shutil.copy(lexicon_cache, folder)
            house = House(r, clock, folder, options={"content_dir": data} | options)
            if migrated:
                shutil.copy(sqlite_template, house.database)
            stack.push_async_callback(house.stop)
            return house

        yield make


@pytest.fixture
async def bare(make_house: MakeHouse) -> House:
    """A server with its bot, not set up yet."""
    house = await make_house()
    await house.start()
    return house


@pytest.fixture
async def river(bare: House) -> House:
    """A programme with a cohort called River, whose staff is Kim, on a staffed morning."""
    await bare.set_up()
    await bare.cohort("River")
    return bare
