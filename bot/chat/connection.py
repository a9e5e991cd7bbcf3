"""Staying connected: logging in and connecting, again and again, until told to stop."""

from __future__ import annotations

import aiohttp
import discord
import structlog

from bot.chat.client import Handrail
from bot.errors import SettingsError

log = structlog.get_logger(__name__)

_FIRST_PAUSE = 1.0  # seconds
_LONGEST_PAUSE = 60.0  # seconds


async def log_in(client: Handrail, token: str) -> None:
    """Log in, and again while Discord cannot be reached.

    Raises:
        SettingsError: Discord does not accept the token.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            await client.login(token)
            return
        except discord.LoginFailure as error:
            raise SettingsError(
                "Discord does not accept HANDRAIL_DISCORD_TOKEN. Make a new token on the Bot page "
                "of your application and put it into .env."
            ) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("not_logged_in", reason=type(error).__name__)
            await client.rooms.clock.pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def stay_connected(client: Handrail) -> None:
    """Connect, and again whenever discord.py gives up.

    discord.py ends for good when its first connection fails (Rapptz/discord.py#10520), so its
    own reconnecting is not enough.

    Raises:
        SettingsError: an intent is not turned on.
    """
    pause = _FIRST_PAUSE
    while not client.is_closed():
        try:
            await client.connect(reconnect=True)
        except discord.PrivilegedIntentsRequired as error:
            raise SettingsError(
                "Discord refuses to tell Handrail what it needs. On the Bot page of your "
                "application turn on Server Members Intent and Message Content Intent."
            ) from error
        except Exception as error:
            log.warning("connection_lost", reason=type(error).__name__)
            await client.rooms.clock.pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
