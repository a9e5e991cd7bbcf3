"""``handrail rehearse --page``: serves the page until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from bot.errors import RehearsalError
from bot.paths import shipped_data
from bot.rehearsal.page.page import Page
from bot.rehearsal.page.site import Site

PORT = 8613
"""Where the page is unless told otherwise, so that a bookmark stays good."""


async def serve(script: Path, port: int, say: Callable[[str], None]) -> int:
    """Serve the page until Ctrl-C or SIGTERM.

    Args:
        say: gets the lines to print.

    Returns:
        0; 1 when the bot asked for what the rehearsal Discord lacks.

    Raises:
        DataError: the script has mistakes.
        RehearsalError: the port is taken.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signal handlers for loops
            loop.add_signal_handler(number, stopping.set)
    page = Page(shipped_data() / "rehearsals", script)
    try:
        async with AsyncExitStack() as stack:
            site = await stack.enter_async_context(Site(page, port))
            stack.push_async_callback(page.close)
            await page.open()
            say(f"The rehearsal page is at {site.address}")
            say("Open it in a browser on this machine. Press Ctrl-C here to end it.")
            await stopping.wait()
            say("\nEnding ...")
    except RehearsalError as error:
        if not stopping.is_set():
            raise
        say(str(error))
        return 1
    return 0
