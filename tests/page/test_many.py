"""A channel with 5,000 messages: switched to and scrolled without a wait that one notices."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.page.browsing import House

pytestmark = pytest.mark.full

_MESSAGES = 5000
_ON_SCREEN = 150


async def test_a_channel_with_5000_messages(river: House) -> None:
    """It opens at its end, gets older messages on the way up, and never holds more than 150."""
    world, ben = river.stage.rehearsal.world, river.stage.people["Ben"]
    lobby = river.stage.guild.channel("lobby")
    for number in range(_MESSAGES):
        world.create_message(lobby, ben, told=False, content=f"number {number} of many")
    tab = await river.tab("Ana", "start-here")
    items = tab.page.locator("#messages > li.message")
    await tab.sees("Support options")
    await tab.page.locator("[data-place=lobby]").click()
    await expect(tab.messages("number 4999 of many")).to_be_visible()
    scroll = tab.page.locator("#scroll")
    oldest = "number 4950 of many"
    for _ in range(6):
        first = await items.first.get_attribute("data-id")
        await scroll.evaluate("node => { node.scrollTop = 0; }")
        await expect(items.first).not_to_have_attribute("data-id", first or "")
        assert await items.count() <= _ON_SCREEN
    oldest = await items.first.text_content() or ""
    assert "number 46" in oldest
    await tab.page.get_by_role("button", name="Show the newest messages").click()
    await expect(tab.messages("number 4999 of many")).to_be_visible()
    await ben.say(lobby, "the last one")
    await expect(tab.messages("the last one")).to_be_visible()
