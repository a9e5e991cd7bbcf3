"""Chromium for the tests of the page; without it they are skipped with one line."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.page.browsing import ARGUMENTS, CHROMIUM, House, house

_MISSING = f"Chromium is not at {CHROMIUM}, so the page is not looked at in a browser."


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; a test that asks for it is skipped without it."""
    if shutil.which(CHROMIUM) is None:
        if os.environ.get("HANDRAIL_FULL"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        await found.close()


@pytest.fixture
async def river(browser: Browser) -> AsyncIterator[House]:
    """A programme that is set up, with no cohort yet."""
    async with house(browser) as made:
        yield made
