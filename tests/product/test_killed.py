"""kill -9 of the real bot in a process of its own: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import MovedClock, SystemClock
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.faults import Trouble
from bot.rehearsal.server import Rehearsal
from tests.product.harness import DANGER, House

_JUST_BEFORE = datetime(2026, 3, 3, 14, 59, tzinfo=UTC)  # 08:59 in Chicago


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[tuple[House, BotProcess]]:
    """A cohort called River one minute before its daily post, and its bot's process."""
    clock = MovedClock(_JUST_BEFORE)
    async with Rehearsal(clock, limits=False) as r:
        bot = BotProcess(r, tmp_path, SystemClock())
        house = House(r, clock, tmp_path / "data")
        try:
            await bot.migrate()
            await bot.start()
            await house.set_up()
            await house.cohort()
            yield house, bot
        finally:
            await bot.close()


async def _kill_at(house: House, bot: BotProcess, order: object) -> None:
    await house.until(lambda: bool(getattr(order, "reached", False)))
    await bot.kill()
    await house.until(lambda: not house.r.rest.in_flight)
    await bot.start()


@pytest.mark.parametrize("channel", ["direct", "staff"])
async def test_between_help_and_staff(process: tuple[House, BotProcess], channel: str) -> None:
    """Killed while it sends the help card, or the care card, it ends with one of each."""
    house, bot = process
    ana = await house.member("Ana")
    place = ana.dms()[0].channel if channel == "direct" else house.at("staff")
    order = house.trouble("POST", rf"/channels/{place.id}/messages", 0, Trouble(seconds=0.3))
    await ana.say(house.at("talk"), DANGER)
    await _kill_at(house, bot, order)
    assert len(house.direct(ana)) == 1
    assert len(house.cards()) == 1


async def test_in_a_delivery(process: tuple[House, BotProcess]) -> None:
    """Killed while the daily post is under way, the next bot finds it and posts it once."""
    house, bot = process
    daily = house.at("daily")
    order = house.trouble("POST", rf"/channels/{daily.id}/messages", 0, Trouble(seconds=0.3))
    house.clock.move_to(_JUST_BEFORE.replace(hour=15, minute=0))
    await house.r.clock_server.move()
    await _kill_at(house, bot, order)
    await house.step(minutes=30)
    posts = [m for m in house.ours(daily) if not m.pinned]
    assert len(posts) == 1
    assert house.rows("SELECT state FROM delivery WHERE kind = 'daily' ORDER BY local_date")[0] == (
        "sent",
    )
