"""The one place that touches discord.py's internals: which server it talks to.

``AutoShardedBot`` with ``shard_count=None`` asks ``/gateway/bot`` for the gateway, so
``Route.BASE`` alone points it elsewhere: at a REST proxy shared by several processes, or at the
rehearsal Discord.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from discord.http import Route


@contextmanager
def talking_to(api: str | None) -> Iterator[None]:
    """Send every REST call inside the block to ``api``, such as ``http://127.0.0.1:8080/api/v10``.

    ``None`` leaves Discord's own address. The attribute is process-wide; it is put back.
    """
    before = Route.BASE
    if api:
        Route.BASE = api.rstrip("/")
    try:
        yield
    finally:
        Route.BASE = before
