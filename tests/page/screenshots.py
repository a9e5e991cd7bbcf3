"""``python -m tests.page.screenshots``: pictures of the page's main states, for README and docs.

They are taken from the shipped first week, played to the end of its Tuesday.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import async_playwright, expect

from bot.paths import shipped_data
from bot.rehearsal.script import load_script
from tests.page.browsing import ARGUMENTS, CHROMIUM, House, Tab, house

FOLDER = Path(__file__).parents[2] / "docs" / "images"
_SCRIPT = shipped_data() / "rehearsals" / "first-week.yaml"
_WIDE = {"width": 1280, "height": 800}
_NARROW = {"width": 390, "height": 760}


async def main() -> None:
    """Play, look, save."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        async with house(browser, _SCRIPT, _end_of_tuesday()) as made:
            await _tuesday(made)
        await browser.close()


def _end_of_tuesday() -> int:
    script = load_script(_SCRIPT)
    days = [scene.at.astimezone(script.zone).date() for scene in script.scenes]
    return days.index(days[0].replace(day=days[0].day + 2)) - 1


async def _tuesday(made: House) -> None:
    assert made.page.clockwork is not None
    made.page.clockwork.differences.clear()
    tab = await made.tab("Ana", "daily", viewport=_WIDE, color_scheme="light")
    await tab.move("Next morning")
    await tab.sees("Today.s skill")
    await _save(tab, "prompt")
    await tab.enter("Handrail")
    await tab.sees("Support options: United States")
    await _save(tab, "help-card")
    await tab.be("Mira")
    await tab.enter("staff")
    await tab.sees("No action needed, says")
    await tab.page.get_by_role("button", name="Look behind").click()
    await expect(tab.page.locator(".events > li").first).to_be_visible()
    await _save(tab, "staff-and-behind")
    await tab.page.get_by_role("tab", name="Coming days").click()
    await tab.be("Ana")
    await tab.enter("daily")
    await expect(tab.page.locator("#behind-panel .events > li").first).to_be_visible()
    await _save(tab, "coming-days")
    await tab.page.get_by_role("button", name="Look behind").click()
    await tab.press("Check in")
    await tab.form("Check-in")
    await _save(tab, "check-in")
    await tab.page.keyboard.press("Escape")
    await tab.be("Dana")
    await tab.enter("lobby")
    await tab.page.locator("#write").fill("/co")
    await expect(tab.page.get_by_role("option").first).to_be_visible()
    await _save(tab, "commands")
    dark = await made.tab("Ben", "talk", viewport=_WIDE, color_scheme="dark")
    await _save(dark, "dark")
    narrow = await made.tab("Inés", viewport=_NARROW, color_scheme="light")
    await narrow.page.get_by_role("button", name="Places").click()
    await narrow.page.locator("[data-place=daily]").click()
    await narrow.sees("Today.s skill")
    await _save(narrow, "narrow")


async def _save(tab: Tab, name: str) -> None:
    await tab.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    sys.stdout.write(f"docs/images/{name}.png\n")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())
