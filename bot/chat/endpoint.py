"""The one place that touches discord.py's internals: which server it talks to.

``AutoShardedBot`` with ``shard_count=None`` asks ``/gateway/bot`` for the gateway, so
``Route.BASE`` alone leads it to a REST proxy or to the rehearsal Discord. But when a
reconnection is refused or a session is thrown away, discord.py dials its built-in gateway
without asking; in a rehearsal that would be Discord's own, so there it is changed too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


@contextmanager
def talking_to(api: str | None, gateway: str | None = None) -> Iterator[None]:
    """Send every REST call, and every connection, inside the block elsewhere.

    The attributes are process-wide; they are put back.

    Args:
        api: such as ``http://127.0.0.1:8080/api/v10``; None leaves Discord's own address.
        gateway: such as ``ws://127.0.0.1:8080``; None leaves Discord's own.
    """
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    if api:
        Route.BASE = api.rstrip("/")
    if gateway:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
