"""``python -m tests.page.pictures``: the pictures of the content, from their drawings.

Each ``data/content/pictures/<name>.svg`` becomes ``<name>.png`` beside it, 800 by 450 pixels.
"""

from __future__ import annotations

import asyncio
import sys

from playwright.async_api import async_playwright

from bot.paths import shipped_data
from tests.page.browsing import ARGUMENTS, CHROMIUM

FOLDER = shipped_data() / "content" / "pictures"
_SIZE = {"width": 800, "height": 450}


async def main() -> None:
    """Draw them all anew."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport=_SIZE)
        for drawing in sorted(FOLDER.glob("*.svg")):
            svg = drawing.read_text(encoding="utf-8")
            await page.set_content(f'<body style="margin:0;line-height:0">{svg}</body>')
            await page.screenshot(path=drawing.with_suffix(".png"))
            sys.stdout.write(f"data/content/pictures/{drawing.stem}.png\n")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
