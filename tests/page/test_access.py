"""The page for everybody: no serious finding of axe-core, the keyboard alone, narrow, zoomed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.page.browsing import House, Tab
from tests.page.test_whole_way import join, make_cohort

pytestmark = pytest.mark.full

_MISSING = "AXE_CORE names no axe.min.js, so accessibility is not checked by axe-core."


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, named by the environment."""
    file = os.environ.get("AXE_CORE")
    if not file or not Path(file).exists():
        if os.environ.get("HANDRAIL_FULL"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    return Path(file).read_text("utf-8")


async def _serious(tab: Tab, axe: str) -> list[str]:
    if not await tab.page.evaluate("typeof axe === 'object'"):
        await tab.page.evaluate(axe)
    found = await tab.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(river: House, axe: str, scheme: str) -> None:
    """Cards, lists, a command, a form, every window and the drawer pass, light and dark."""
    tab = await river.tab("Dana", bypass_csp=True, color_scheme=scheme, reduced_motion="reduce")
    page = tab.page
    wrong: dict[str, list[str]] = {}

    async def look(name: str) -> None:
        wrong[name] = await _serious(tab, axe)

    await make_cohort(tab)
    await look("answers only Dana sees")
    await page.locator("#write").fill("/co")
    await expect(page.get_by_role("option").first).to_be_visible()
    await look("list of commands")
    await page.get_by_role("option", name="/cohort create").click()
    await page.get_by_label("zone", exact=True).fill("Chi")
    await expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    await look("a command with suggestions")
    await page.get_by_role("button", name="Cancel").click()
    await tab.enter("daily")
    await page.get_by_role("button", name="Pinned").click()
    await look("pinned messages")
    await page.keyboard.press("Escape")
    await join(tab, "Ana")
    await look("a private thread")
    await tab.be("Dana")
    await tab.enter("lobby")
    await tab.slash("cohort add", cohort="River", person="@Ben")
    await tab.sees("Invited")
    await tab.be("Ben")
    await tab.enter("Welcome")
    await tab.press("Read and choose")
    await tab.press("Make my choices")
    await tab.form("Your choices")
    await look("a form")
    await page.keyboard.press("Escape")
    for button in ("Make trouble", "Start over", "Go to a date"):
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await look(button)
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Look behind").click()
    for label in ("What happened", "Posts", "Coming days", "Bot’s log"):
        await page.get_by_role("tab", name=label).click()
        await expect(page.locator("#behind-panel")).not_to_have_text("…")
        await look(label)
    assert {name: found for name, found in wrong.items() if found} == {}


async def test_what_a_screen_reader_is_told(river: House) -> None:
    """A new card is announced with its parts apart, not as words run together."""
    tab = await river.tab("Dana")
    await make_cohort(tab)
    await expect(tab.page.locator("#live")).to_contain_text("Handrail: River is here #daily")


async def test_the_keyboard_alone(river: House) -> None:
    """A command is found, filled in and sent, and a button pressed, without a mouse."""
    tab = await river.tab("Dana", "lobby")
    page, keyboard = tab.page, tab.page.keyboard
    await page.locator(".skip").focus()
    await expect(page.locator(".skip")).to_be_focused()
    await keyboard.press("Enter")
    await expect(page.locator("#write")).to_be_focused()
    assert page.url.endswith(f"in={river.stage.guild.channel('lobby').id}")
    await keyboard.type("/cohort cr")
    await expect(page.get_by_role("option")).to_have_count(1)
    await keyboard.press("Enter")
    await expect(page.get_by_label("name", exact=True)).to_be_focused()
    await keyboard.type("River")
    await keyboard.press("Tab")
    await keyboard.insert_text("Chicag")
    first = page.locator(".suggestions [role=option]").first
    await expect(first).to_have_text("America/Chicago")
    await keyboard.press("ArrowDown")
    await expect(first).to_have_attribute("aria-selected", "true")
    await keyboard.press("Enter")
    await expect(page.get_by_label("zone", exact=True)).to_have_value("America/Chicago")
    await keyboard.press("Enter")
    await tab.sees("River is here")
    await expect(page.locator("#write")).to_be_focused()
    await expect(page.locator("#live")).to_contain_text("River is here")
    await keyboard.type("/support")
    await expect(page.get_by_role("option")).to_have_count(1)
    await keyboard.press("Enter")
    await tab.sees("Support options: United States")
    await page.locator("#scroll").focus()
    await keyboard.press("ArrowUp")
    await keyboard.press("Tab")
    await expect(page.locator("#messages :focus")).to_have_count(1)


async def test_narrow_and_zoomed(river: House) -> None:
    """At 360 pixels, and at 640 as a window of 1280 zoomed to 200 %, nothing is cut off."""
    for width, height in ((360, 700), (640, 400)):
        tab = await river.tab("Dana", viewport={"width": width, "height": height})
        page = tab.page
        wide = "document.documentElement.scrollWidth"
        assert await page.evaluate(wide) <= width
        await page.get_by_role("button", name="Places").click()
        await page.locator("[data-place=lobby]").click()
        await expect(page.locator("[data-place=lobby]")).to_be_hidden()
        await tab.say("hello from a small screen")
        await tab.sees("hello from a small screen")
        await page.get_by_role("button", name="Look behind").click()
        await expect(page.get_by_role("tab", name="Posts")).to_be_visible()
        assert await page.evaluate(wide) <= width
        await page.context.close()
