"""What the gateway is made of: sessions, and the websocket connections that carry them."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from bot.rehearsal.state import Json


@dataclass(eq=False)
class Session:
    """One identified session of one shard.

    Attributes:
        events: what was sent and not acknowledged yet, for a resume.
        awaited: a fault cut it, so the bot is expected back.
    """

    id: str
    shard: tuple[int, int]
    intents: int
    sequence: int = 0
    acknowledged: int = 0
    events: deque[Json] = field(default_factory=deque)
    connection: Connection | None = None
    awaited: bool = False

    @property
    def name(self) -> str:
        return f"shard {self.shard[0]}"


class Connection:
    """One websocket: encodes what it is given, in order.

    Attributes:
        asked: when heartbeats were requested, in real seconds; ``asking`` while one is awaited.
        received: when the client sent anything but a heartbeat, in real seconds.
    """

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.session: Session | None = None
        self._request = request
        self._encode = _encoder(request.query.get("compress"))
        self._waiting: asyncio.Queue[Json] = asyncio.Queue()
        self.asked: deque[float] = deque()
        self.asking = False
        self.received: deque[float] = deque()

    def send(self, payload: Json) -> None:
        """Queue one payload."""
        self._waiting.put_nowait(payload)

    async def write(self) -> None:
        """Write what is queued until the connection ends."""
        while True:
            encoded = self._encode(await self._waiting.get())
            try:
                if isinstance(encoded, str):
                    await self.socket.send_str(encoded)
                else:
                    await self.socket.send_bytes(encoded)
            except (ConnectionError, aiohttp.ClientError):
                return

    def cut(self) -> None:
        """End the connection without a goodbye."""
        if self._request.transport:
            self._request.transport.abort()


def _encoder(compression: str | None) -> Callable[[Json], str | bytes]:
    if compression == "zlib-stream":
        deflate = zlib.compressobj()

        def squeeze(payload: Json) -> bytes:
            return deflate.compress(json.dumps(payload).encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)

        return squeeze
    if compression == "zstd-stream":
        import zstandard  # only a client that has it asks for it

        stream = zstandard.ZstdCompressor().compressobj()

        def shrink(payload: Json) -> bytes:
            head = stream.compress(json.dumps(payload).encode())
            return head + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

        return shrink
    return json.dumps
