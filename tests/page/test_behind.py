"""Behind the scenes: what was due and why it did not come, which rule fired, what will come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.page.browsing import House
from tests.page.test_whole_way import join, make_cohort

pytestmark = pytest.mark.full

_WORDS = "I keep thinking everyone would be better off without me."


async def _entries(panel: Locator) -> list[str]:
    """The entries that spoke, as the page tells them."""
    told = await panel.locator("li", has_text="Screening: level 2").first.inner_text()
    return told.split("Rules: ")[1].split(".\n")[0].split(". ")[0].rstrip(".").split(", ")


async def test_behind_the_scenes(river: House, tmp_path: Path) -> None:
    """A skipped post with its reason, the rules, a coming day, and a log without words."""
    tab = await river.tab("Dana")
    await make_cohort(tab)
    await join(tab, "Ana")
    await tab.be("Mira")
    await tab.enter("lobby")
    await tab.slash("prompt skip", cohort="River", kind="Daily post", day="tomorrow")
    await tab.sees("is left out")
    await tab.be("Ana")
    await tab.enter("talk")
    await tab.say(_WORDS)
    await tab.move("Next morning")

    page, panel = tab.page, tab.page.locator("#behind-panel")
    await page.get_by_role("button", name="Look behind").click()
    await expect(panel).to_contain_text("Screening: level 2, suicide")
    await panel.get_by_label("Show").select_option(label="what staff see")
    await expect(panel).to_contain_text("Please look")
    await expect(panel).not_to_contain_text("better off")
    await page.get_by_role("tab", name="Posts").click()
    skipped = panel.get_by_role("row").filter(has_text="Tuesday, 3 March, 09:00")
    await expect(skipped).to_contain_text("skipped")
    await expect(skipped).to_contain_text("Skipped by")
    await page.get_by_role("tab", name="Coming days").click()
    await expect(panel).to_contain_text("What will Ana see on")
    await expect(panel).to_contain_text("Worth knowing")
    await tab.be("Ben")
    await expect(panel).to_contain_text("Ben is in no cohort")

    await page.get_by_role("tab", name="What happened").click()
    for ticked in (False, True):
        await panel.get_by_label("with what was written").set_checked(ticked)
        async with page.expect_download() as coming:
            await panel.get_by_role("link", name="Download as JSON Lines").click()
        download = await coming.value
        await download.save_as(tmp_path / "log.jsonl")
        text = (tmp_path / "log.jsonl").read_text("utf-8")
        assert (_WORDS in text) is ticked
        kinds = {json.loads(line)["kind"] for line in text.splitlines()}
        assert {"message", "slash", "modal", "ephemeral"} <= kinds


async def test_screening_is_told_as_the_programme_set_it(river: House) -> None:
    """What a lead has left out speaks no more, here as in the bot."""
    tab = await river.tab("Dana")
    await make_cohort(tab)
    await join(tab, "Ana")
    await tab.enter("talk")
    await tab.say(_WORDS)
    await tab.page.get_by_role("button", name="Look behind").click()
    panel = tab.page.locator("#behind-panel")
    spoke = panel.locator("li", has_text="Screening: level 2")
    await expect(spoke).to_have_count(1)
    await tab.be("Dana")
    await tab.enter("lobby")
    for entry in await _entries(panel):
        await tab.slash("distress entry", entry=entry, switch="off: leave it out")
        await tab.sees(f"{entry} is left out")
    await tab.be("Ana")
    await tab.enter("talk")
    await tab.say(_WORDS)
    await expect(panel.locator("li", has_text="Ana writes")).to_have_count(2)
    await expect(spoke).to_have_count(1)


async def test_a_cohort_elsewhere_has_its_own_clock(river: House) -> None:
    """Its time stands beside the programme's, and the day on which its clocks change is marked."""
    tab = await river.tab("Dana", "lobby")
    now = tab.page.locator("#now")
    await expect(now).to_contain_text("Monday, 2 March 2026, 10:00 Chicago time")
    await expect(now).to_contain_text(
        "Chicago, Denver: clocks go forward one hour on Sunday, 8 March"
    )
    await tab.slash("cohort create", name="Palm", zone="America/Los_Angeles")
    await tab.sees("Palm is here")
    await expect(now).to_contain_text("Palm: 08:00 in Los Angeles")
    await expect(now).to_contain_text("Chicago, Denver, Los Angeles: clocks go forward")
