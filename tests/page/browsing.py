"""Driving the page as somebody with a mouse and a keyboard would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, expect
from playwright.async_api import Page as BrowserPage

from bot.rehearsal.page.page import Page
from bot.rehearsal.page.site import Site
from bot.rehearsal.page.stage import Stage, State

HERE = Path(__file__).parent
READY = HERE / "ready.yaml"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 20_000
"""How long a test waits for what must come, in milliseconds: a machine may have other work."""
expect.set_options(timeout=PATIENCE)


@dataclass
class House:
    """The page with its rehearsal, and the browser that looks at it."""

    site: Site
    page: Page
    browser: Browser

    @property
    def stage(self) -> Stage:
        """The rehearsal in play."""
        assert self.page.stage is not None
        return self.page.stage

    async def tab(self, name: str, place: str = "", **options: object) -> Tab:
        """A new tab as somebody; ``options`` go to the browser's context."""
        context = await self.browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        made = Tab(await context.new_page())
        await made.page.goto(f"{self.site.address}#as={name}")
        chosen = made.page.locator(f"[data-person={name}][aria-pressed=true]")
        await expect(chosen).to_be_attached()
        if place:
            await made.enter(place)
        return made


@asynccontextmanager
async def house(
    browser: Browser, script: Path = READY, until: int | None = 0, port: int = 0
) -> AsyncIterator[House]:
    """The page on a free port, its bot ready, the script played up to a step."""
    page = Page(HERE / "scripts", script, until)
    async with Site(page, port) as site:
        try:
            await page.open()
            await page.ready()
            assert page.stage is not None
            assert page.stage.state is State.READY, page.stage.said
            yield House(site, page, browser)
        finally:
            await page.close()


@dataclass
class Tab:
    """One tab of the browser."""

    page: BrowserPage

    async def be(self, name: str) -> None:
        """Look through somebody else's eyes."""
        await self.page.locator(f"[data-person={name}]").click()
        await expect(self.page.locator(f"[data-person={name}]")).to_have_attribute(
            "aria-pressed", "true"
        )

    async def enter(self, place: str) -> None:
        """Open a place by its name in the list."""
        await self.page.locator(f"[data-place='{place}']").click()
        await expect(self.page.locator("[aria-current=page]")).to_have_attribute(
            "data-place", place
        )

    async def say(self, text: str) -> None:
        """Write a message and send it with Enter."""
        await self.page.locator("#write").fill(text)
        await self.page.keyboard.press("Enter")

    async def slash(self, command: str, **options: str) -> None:
        """Pick a slash command from the list, fill it in, send it."""
        await self.page.locator("#write").fill(f"/{command}")
        await self.page.get_by_role("option", name=f"/{command}").first.click()
        form = self.page.get_by_role("form", name=f"/{command}")
        for name, value in options.items():
            field = form.get_by_label(name, exact=True)
            if await field.evaluate("node => node.tagName") == "SELECT":
                await field.select_option(label=value)
            else:
                await field.fill(value)
        if options:
            await form.get_by_role("button", name="Send command").click()
        await expect(self.page.locator("#slash")).to_be_hidden()

    def messages(self, text: str) -> Locator:
        """The messages on screen that have this text; a dot stands for any sign."""
        return self.page.locator("#messages > li.message").filter(has_text=re.compile(text))

    async def sees(self, text: str) -> Locator:
        """Wait for the newest message with this text."""
        found = self.messages(text).last
        await expect(found).to_be_visible()
        return found

    async def press(self, label: str) -> None:
        """Press the newest button of that label in a message."""
        button = self.page.locator("#messages").get_by_role("button", name=label, exact=True).last
        await button.click()

    async def form(self, title: str) -> Locator:
        """Wait for a form to open."""
        found = self.page.get_by_role("dialog", name=title)
        await expect(found).to_be_visible()
        return found

    async def move(self, label: str) -> None:
        """Press a button of the time row and wait until the clock stands."""
        before = await self.page.locator("#now strong").text_content()
        await self.page.locator("#time").get_by_role("button", name=label, exact=True).click()
        await expect(self.page.locator("#now strong")).not_to_have_text(before or "")
        await expect(self.page.locator("#play")).to_have_text("Play, a day a minute")
