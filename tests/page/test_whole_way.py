"""The whole way through the page, in a real browser, with the real bot."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.content.loader import load_library
from bot.paths import shipped_data
from tests.page.browsing import House, Tab

pytestmark = pytest.mark.full


async def make_cohort(tab: Tab) -> None:
    """/cohort create as Dana, and Mira let in as staff."""
    await tab.be("Dana")
    await tab.enter("lobby")
    await tab.slash("cohort create", name="River", zone="America/Chicago")
    await tab.sees("River is here")
    await tab.slash("cohort add", cohort="River", person="@Mira")
    await tab.sees("is staff of River now")


async def join(tab: Tab, name: str) -> None:
    """The invitation as Dana, then the choices as the one who was invited."""
    await tab.be("Dana")
    await tab.enter("lobby")
    await tab.slash("cohort add", cohort="River", person=f"@{name}")
    await tab.sees("Invited")
    await tab.be(name)
    await tab.enter("Welcome")
    await tab.press("Read and choose")
    await tab.sees("Before you join")
    await tab.press("Make my choices")
    form = await tab.form("Your choices")
    await form.get_by_label("A direct message from this bot").check()
    await form.get_by_role("group", name="If you seem in danger").get_by_label("Yes").check()
    await form.get_by_label("I am 18 or older").check()
    await form.get_by_label("I will keep the group").check()
    await form.get_by_role("button", name="Submit").click()
    await tab.sees("You are in")


async def test_the_whole_way(river: House) -> None:
    """From a slash command to a claimed care card, over a kill -9, each as the right person."""
    tab = await river.tab("Dana")
    await make_cohort(tab)
    await join(tab, "Ana")

    await tab.enter("daily")
    await tab.move("Next morning")
    await expect(tab.page.locator("#now")).to_contain_text("Tuesday, 3 March 2026, 09:00")
    await tab.sees("Today.s skill")

    await tab.move("Next day")
    await tab.move("+1 hour")
    for _ in range(7):
        await tab.move("+1 hour")
    await tab.sees("Only you see the form")
    await tab.press("Check in")
    form = await tab.form("Check-in")
    await form.get_by_label("3, in between").check()
    await form.get_by_role("button", name="Submit").click()
    await tab.sees("Thank you for taking a moment")

    await tab.enter("talk")
    await tab.say("I keep thinking everyone would be better off without me.")
    await tab.sees("better off without me")
    await tab.enter("Handrail")
    await tab.sees("Support options: United States")

    await tab.be("Ben")
    await tab.enter("Handrail")
    await expect(tab.messages("Support options")).to_have_count(0)
    await expect(tab.page.locator("[data-place=talk]")).to_have_count(0)

    await tab.be("Mira")
    await tab.enter("staff")
    card = await tab.sees("Please look")
    await expect(card).not_to_contain_text("better off")
    await tab.press("I’ve got this")
    await tab.sees("@Mira has got this")

    await tab.page.get_by_role("button", name="Make trouble").click()
    await tab.page.get_by_role("button", name="Restart the bot (kill -9)").click()
    await expect(tab.page.locator("#bot")).to_contain_text("starting")
    await expect(tab.page.locator("#bot")).to_contain_text("The bot is here")
    await tab.press("No action needed")
    await tab.sees("No action needed, says @Mira")

    await tab.be("Ana")
    await tab.enter("daily")
    await tab.move("Next morning")
    await expect(tab.messages("Today.s skill")).to_have_count(3)


async def test_a_picture_is_shown_with_its_alt_text(river: House) -> None:
    """One of the cards to steady oneself has a picture; a screen reader hears it once."""
    ana = await river.tab("Ana", "lobby")
    await ana.slash("ground")
    cards = ana.messages("Try it")
    pictures = ana.page.locator("#messages figure img")
    for count in range(1, 25):
        await expect(cards).to_have_count(count)
        if await pictures.count():
            break
        await ana.press("Another one")
    library = load_library(shipped_data() / "content")
    alts = {item.picture.alt for item in library.items.values() if item.picture}
    assert await pictures.get_attribute("alt") in alts
    await pictures.scroll_into_view_if_needed()
    await expect(pictures).to_have_js_property("naturalWidth", 800)
    await expect(ana.page.get_by_role("img")).to_have_count(1)
    await expect(ana.page.locator("figcaption")).to_have_attribute("aria-hidden", "true")
