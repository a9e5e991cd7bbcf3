"""The control socket: the rehearsal owns the clock, and the bot follows it.

The rehearsal sends ``{"now": instant}`` when the clock moves and ``{"ask": number}`` to hear
what the bot is busy with. Nothing else passes here, and only on loopback.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
import yarl

from bot.clock import Clock, MovedClock
from bot.errors import RehearsalError
from bot.rehearsal.state import Json
from bot.supervisor import Activity

if TYPE_CHECKING:
    from aiohttp import web


@dataclass(frozen=True)
class Status:
    """What one bot is busy with.

    Attributes:
        due: sleepers past their time that have not run yet.
        activity: the names of the work under way.
        next_wake: the instant its first sleeper waits for, None when nobody sleeps.
    """

    due: int
    activity: tuple[str, ...]
    next_wake: datetime | None

    @property
    def outstanding(self) -> list[str]:
        """What stands in the way of quiet, in words."""
        late = [f"{self.due} sleepers of the bot are due"] if self.due else []
        return late + [f"the bot works on {name}" for name in self.activity]


class _Follower:
    """One bot on the control socket."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.asked: dict[int, asyncio.Future[Status]] = {}


class ClockServer:
    """The rehearsal's end of the control socket."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._followers: set[_Follower] = set()
        self._numbers = itertools.count(1)

    @property
    def followers(self) -> int:
        """How many bots follow the clock."""
        return len(self._followers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one bot until it goes."""
        from aiohttp import web  # the bot reads this module too, and serves nobody

        if not _on_loopback(request.remote):
            return web.Response(status=403)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        follower = _Follower(socket)
        await socket.send_json({"now": self._clock.now().isoformat()})
        self._followers.add(follower)
        try:
            async for message in socket:
                self._hear(follower, json.loads(message.data))
        finally:
            self._followers.discard(follower)
            for waiting in follower.asked.values():
                waiting.cancel()
        return socket

    @staticmethod
    def _hear(follower: _Follower, told: Json) -> None:
        waiting = follower.asked.pop(told["ask"], None)
        if waiting and not waiting.done():
            wake = told["next_wake"]
            when = datetime.fromisoformat(wake) if wake else None
            waiting.set_result(Status(told["due"], tuple(told["activity"]), when))

    async def move(self) -> None:
        """Tell every follower what the clock shows."""
        await self._tell_all({"now": self._clock.now().isoformat()})

    async def ask(self, timeout: float) -> list[Status]:  # noqa: ASYNC109
        """What every follower is busy with.

        One that goes meanwhile is left out; one silent for ``timeout`` real seconds is busy.
        """
        number = next(self._numbers)
        waiting: list[asyncio.Future[Status]] = []
        for follower in self._followers:
            follower.asked[number] = asyncio.get_running_loop().create_future()
            waiting.append(follower.asked[number])
        await self._tell_all({"ask": number})
        if waiting:
            await asyncio.wait(waiting, timeout=timeout)
        silent = Status(0, ("something that keeps it from answering",), None)
        return [one.result() if one.done() else silent for one in waiting if not one.cancelled()]

    async def _tell_all(self, order: Json) -> None:
        for follower in list(self._followers):
            with suppress(ConnectionError):  # it was killed; its handler forgets it
                await follower.socket.send_json(order)

    async def close(self) -> None:
        """Let every follower go."""
        for follower in list(self._followers):
            await follower.socket.close()


async def follow(
    url: str,
    clock: MovedClock,
    activity: Activity,
    pending_tasks: Callable[[], list[str]],
    joined: asyncio.Event,
) -> None:
    """Follow the clock of a rehearsal until it ends; the bot's end of the control socket.

    Args:
        url: a ``ws://`` address on loopback, as :attr:`Rehearsal.control` gives it.
        clock: moved as told; it must start no later than the rehearsal's.
        activity: what the bot counts as under way.
        pending_tasks: names of further work under way.
        joined: set once ``clock`` shows the rehearsal's time.

    Raises:
        RehearsalError: the address is not on this machine, or nobody answers there.
    """
    if not _on_loopback(yarl.URL(url).host):
        raise RehearsalError("A rehearsal's control address must be on this machine (127.0.0.1).")
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            async for message in socket:
                order = json.loads(message.data)
                if "now" in order:
                    clock.move_to(datetime.fromisoformat(order["now"]))
                    joined.set()
                else:
                    wake = clock.next_wake
                    await socket.send_json(
                        {
                            "ask": order["ask"],
                            "due": clock.due,
                            "activity": activity.names + pending_tasks(),
                            "next_wake": wake.isoformat() if wake else None,
                        }
                    )
    except aiohttp.ClientError as error:
        raise RehearsalError(f"No rehearsal answers at {url}: {error}.") from error


def _on_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
