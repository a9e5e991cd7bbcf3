"""What goes wrong is said, and the page comes back from it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.page.browsing import READY, House, Tab, house

pytestmark = pytest.mark.full


async def test_two_tabs_are_two_people(river: House) -> None:
    """What one writes the other reads at once, and an answer to one stays with that one."""
    dana, ana = await river.tab("Dana", "lobby"), await river.tab("Ana", "lobby")
    await dana.say("hello **Ana** <img src=x onerror=alert(1)> https://example.org/")
    shown = await ana.sees("hello Ana")
    await expect(shown.locator("strong")).to_have_text("Ana")
    await expect(shown.locator("img")).to_have_count(0)
    await ana.slash("support")
    await ana.sees("Support options: United States")
    await dana.say("and one more")
    await ana.sees("and one more")
    await expect(dana.messages("Support options")).to_have_count(0)
    await ana.enter("Handrail")
    await dana.say("@Ana this is for you")
    await expect(ana.page.locator("[data-place=lobby]")).to_contain_text("1 for you")
    await ana.enter("lobby")
    await expect(ana.page.locator("[data-place=lobby]")).not_to_contain_text("for you")


async def test_own_messages_can_be_edited_answered_and_deleted(river: House) -> None:
    """The menu of a message edits, replies and deletes, and others see it happen."""
    dana, ana = await river.tab("Dana", "lobby"), await river.tab("Ana", "lobby")
    await ana.say("frist")
    menu = ana.page.get_by_role("button", name="What to do with the message of Ana")
    await (await ana.sees("frist")).hover()
    await menu.click()
    await ana.page.get_by_role("button", name="Edit").click()
    await ana.page.get_by_label("New text").fill("first")
    await ana.page.get_by_role("button", name="Save").click()
    await expect(await dana.sees("first")).to_contain_text("(edited)")
    await (await dana.sees("first")).hover()
    await dana.page.get_by_role("button", name="What to do with the message of Ana").click()
    await dana.page.get_by_role("button", name="Reply").click()
    await dana.say("second")
    await expect(await ana.sees("second")).to_contain_text("In reply to Ana")
    await (await ana.sees("first")).first.hover()
    await menu.click()
    await ana.page.get_by_role("button", name="Delete").click()
    await expect(dana.messages("^Ana.*first")).to_have_count(0)


async def test_leaving_and_joining(river: House) -> None:
    """Who leaves sees direct messages alone; who joins sees the server; both are marked."""
    tab = await river.tab("Ana", "lobby")
    await tab.page.get_by_role("button", name="Leave the server").click()
    await expect(tab.page.locator("[data-person=Ana]")).to_contain_text("not in the server")
    await expect(tab.page.locator("[data-place=lobby]")).to_have_count(0)
    await tab.be("Sam")
    await tab.page.get_by_role("button", name="Join the server").click()
    await expect(tab.page.locator("[data-place=lobby]")).to_be_visible()
    await tab.page.get_by_role("button", name="Close Sam’s direct messages").click()
    await expect(tab.page.get_by_role("button", name="Open Sam’s direct")).to_be_visible()


async def test_a_bot_that_ended_is_said_and_switched_on_again(river: House) -> None:
    """The page says that it ended and why, the clock stands, and a button brings it back."""
    tab = await river.tab("Dana", "lobby")
    process = river.stage.bot._process
    assert process is not None
    process.kill()
    await expect(tab.page.locator("#bot")).to_contain_text("The bot ended by itself")
    await tab.page.locator("#time").get_by_role("button", name="+1 hour").click(force=True)
    await expect(tab.page.locator("#failed")).to_contain_text("the clock stands still")
    await _trouble(tab, "Switch the bot on")
    await expect(tab.page.locator("#bot")).to_contain_text("The bot is here")
    await tab.slash("support")
    await tab.sees("Support options: United States")


async def test_a_bot_that_is_off_does_not_answer(river: House) -> None:
    """As in Discord: nobody answers for three seconds, then it is said."""
    tab = await river.tab("Ana", "start-here")
    await _trouble(tab, "Switch the bot off")
    await expect(tab.page.locator("#bot")).to_contain_text("The bot is off")
    await tab.press("See options")
    await expect(tab.page.locator("#failed")).to_contain_text("The application did not respond")


async def test_a_lost_connection_and_a_slow_discord_are_outlived(river: House) -> None:
    """Both are noted behind the scenes, and the bot still answers."""
    tab = await river.tab("Ana", "lobby")
    await _trouble(tab, "Cut the connection")
    await _trouble(tab, "Make Discord slow")
    await tab.slash("support")
    await tab.sees("Support options: United States")
    await tab.page.get_by_role("button", name="Look behind").click()
    await expect(tab.page.locator("#behind-panel")).to_contain_text("is cut")
    await expect(tab.page.locator("#behind-panel")).to_contain_text("Discord takes 1 s")


async def test_starting_over(river: House) -> None:
    """A broken script shows its mistakes and cannot be chosen; another tab follows the new one."""
    dana, ana = await river.tab("Dana", "lobby"), await river.tab("Ana", "lobby")
    await dana.say("soon gone")
    await ana.sees("soon gone")
    await dana.page.get_by_role("button", name="Start over").click()
    window = dana.page.get_by_role("dialog", name="Start over")
    await expect(window).to_contain_text("'America/Chicagoo' is not a time zone")
    await expect(window.get_by_role("radio").nth(0)).to_be_disabled()
    await window.get_by_role("button", name="Start over").click()
    await expect(ana.page.locator("#bot")).to_contain_text("The bot is here")
    await expect(ana.messages("soon gone")).to_have_count(0)
    await ana.enter("lobby")
    await dana.enter("lobby")
    await ana.say("here again")
    await dana.sees("here again")


async def test_a_tab_outlives_a_restart_of_the_page(browser: Browser) -> None:
    """While nothing answers it says so; then it finds the new rehearsal by itself."""
    async with house(browser) as first:
        tab = await first.tab("Ana", "lobby")
        port = first.site._port
    await expect(tab.page.locator("#notice")).to_contain_text("does not answer")
    async with house(browser, port=port):
        await expect(tab.page.locator("#notice")).to_be_hidden(timeout=20000)
        await expect(tab.page.locator("#bot")).to_contain_text("The bot is here")
        await tab.enter("lobby")
        await tab.say("here again")
        await tab.sees("here again")


async def test_nothing_is_asked_of_anybody_else(river: House) -> None:
    """Every request of the page goes to the page's own address."""
    tab = await river.tab("Ana", "lobby")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    await tab.page.reload()
    await tab.slash("support")
    await tab.sees("Support options: United States")
    assert asked
    assert [url for url in asked if not url.startswith(river.site.address)] == []


async def test_ctrl_c_ends_the_page_and_its_bot(tmp_path: Path) -> None:
    """The command prints the address and ends with status 0 on Ctrl-C, also while it starts."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "rehearse", "--page", "--port", "0", "--script", READY),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    assert b"http://127.0.0.1:" in await asyncio.wait_for(process.stdout.readline(), 20)
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 15) == 0


async def _trouble(tab: Tab, label: str) -> None:
    await tab.page.get_by_role("button", name="Make trouble").click()
    await tab.page.get_by_role("button", name=label, exact=True).click()
