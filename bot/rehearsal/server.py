"""The rehearsal Discord as one thing to start, hold and stop.

::

    async with Rehearsal(clock) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        ana = guild.add_person("Ana")
        channel = guild.add_channel("general")
        ...                              # connect a bot to rehearsal.api with rehearsal.token
        message = await ana.say(channel, "hello")
        await rehearsal.quiet()
        print(ana.sees(channel)[-1].text)
"""

from __future__ import annotations

import base64
import random
import ssl
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.clock import Clock, MovedClock
from bot.errors import RehearsalError

# Imported for the routes they add.
from bot.rehearsal import (
    permissions,
    rest_application,  # noqa: F401
    rest_channels,  # noqa: F401
    rest_interactions,  # noqa: F401
    rest_messages,  # noqa: F401
)
from bot.rehearsal.control import ClockServer
from bot.rehearsal.faults import Faults
from bot.rehearsal.gateway import Gateway
from bot.rehearsal.interactions import Interactions
from bot.rehearsal.limits import Limits
from bot.rehearsal.people import People, Person
from bot.rehearsal.rest import PREFIX, Exchange, Rest
from bot.rehearsal.state import Guild, Json
from bot.rehearsal.world import World

_LARGEST_REQUEST = 25 * 1024 * 1024  # bytes
_PATIENCE = 10.0  # real seconds a bot may take to say when it wakes
_PUBLIC = ("https://discord.com", "wss://gateway.discord.gg")


class Rehearsal:
    """A Discord on this machine.

    Args:
        clock: its time. :meth:`step_to` needs a :class:`MovedClock`.
        host: the loopback address to listen on.
        port: 0 takes a free one.
        limits: keep Discord's rate limits.
        window_scale: what the windows of the limits are multiplied with (0.1: a tenth).
        seed: for what is random here.
        shards: how many shards ``/gateway/bot`` recommends.
        patience: real seconds the bot has to answer an interaction first.
        heartbeat: real seconds between heartbeats of the bot. Past 80 events a minute,
            :meth:`quiet` has to wait for these; Discord's own are 41 seconds.
        tls: speak TLS under Discord's own host names, for a client whose resolver leads here.

    Attributes:
        world: everything that exists; ``world.log`` is kept for transcripts.
        faults: what can be made to go wrong.
        unbuilt: what the bot asked for and is not built; not empty at the end is an error.
        broken: errors of the rehearsal Discord itself; likewise.
    """

    def __init__(
        self,
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: bool = True,
        window_scale: float = 1.0,
        seed: int = 0,
        *,
        name: str = "Handrail",
        shards: int = 1,
        patience: float = 3.0,
        heartbeat: float = 0.5,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.world = World(clock, name)
        app_id = base64.b64encode(str(self.world.bot.id).encode()).decode().rstrip("=")
        self.token = f"{app_id}.rehearsal.{self.random.getrandbits(128):032x}"
        self.gateway = Gateway(
            self.world, clock, self.token, limits=limits, scale=window_scale, heartbeat=heartbeat
        )
        self.world.dispatch = self.gateway.dispatch
        self.interactions = Interactions(self.world, patience)
        self.world.people = People(self.world, self.interactions)
        self.faults = Faults(self.gateway)
        kept_limits = Limits(clock, window_scale) if limits else None
        self.rest = Rest(
            self.world, self.interactions, self.faults, kept_limits, clock, self.token, shards
        )
        self.unbuilt = self.gateway.unbuilt = self.rest.unbuilt
        self.broken = self.gateway.broken = self.rest.broken
        self.clock_server = ClockServer(clock)
        self.app = web.Application(client_max_size=_LARGEST_REQUEST)
        self._host, self._port, self._shards, self._tls = host, port, shards, tls
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        self.app.router.add_route("*", PREFIX + "/{path:.*}", self.rest.handle)
        self.app.router.add_get("/", self.gateway.handle)
        self.app.router.add_get("/rehearsal/control", self.clock_server.handle)
        self.app.router.add_get("/attachments/{channel}/{id}/{name}", self._attachment)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, ssl_context=self._tls).start()
        self._port = self._runner.addresses[0][1]
        local = f"{self._host}:{self._port}"
        self.world.base, self.world.gateway_url = f"http://{local}", f"ws://{local}"
        if self._tls:
            self.world.base, self.world.gateway_url = _PUBLIC
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.clock_server.close()
        await self.gateway.close()
        await self._runner.cleanup()
        if error is None and self.broken:
            raise RehearsalError("The rehearsal Discord itself failed.") from self.broken[0]
        if error is None and self.unbuilt:
            asked = "; ".join(dict.fromkeys(self.unbuilt))
            raise RehearsalError(f"The bot asked for what the rehearsal Discord lacks: {asked}.")

    async def _attachment(self, request: web.Request) -> web.Response:
        data = self.world.files.get(int(request.match_info["id"]))
        return web.Response(status=404) if data is None else web.Response(body=data)

    # addresses

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def api(self) -> str:
        """The address of the REST API, for a client to use instead of Discord's."""
        return self.world.base + PREFIX

    @property
    def control(self) -> str:
        """The address of the control socket, for :func:`bot.rehearsal.control.follow`."""
        return f"ws://{self._host}:{self._port}/rehearsal/control"

    # what is in it

    def add_guild(
        self,
        name: str,
        shard_hint: int | None = None,
        permissions: int = permissions.HANDRAIL,
    ) -> Guild:
        """A new server the bot is in.

        Args:
            shard_hint: the shard it belongs to; the shards take turns when it is None.
            permissions: what the bot's own role may do.
        """
        shard = len(self.world.guilds) % self._shards if shard_hint is None else shard_hint
        return self.world.create_guild(name, shard, self._shards, permissions)

    def person(self, name: str, locale: str = "en-US") -> Person:
        """Somebody new, in no server yet."""
        return self.world.people.make(name, locale)

    # what happened

    @property
    def log(self) -> list[Json]:
        """What happened, in order, as plain records."""
        return self.world.log

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request and its answer."""
        return self.rest.exchanges

    @property
    def dispatched(self) -> list[tuple[str, Json]]:
        """Every event with its payload, before intents were applied."""
        return self.gateway.dispatched

    # the clock

    async def quiet(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Return when the bot has nothing left to do at this instant, twice in a row.

        Every connected session has acknowledged every event, no request is in flight, no
        interaction waits for its first answer, and the bots on the control socket have no
        sleeper due and nothing under way.

        Args:
            timeout: real seconds.

        Raises:
            RehearsalError: it did not come to rest; the text names the work outstanding.
        """
        deadline = self.clock.monotonic() + timeout
        mark, pause = None, 0.001
        while True:
            self.gateway.ask()
            outstanding = await self._outstanding(deadline)
            before, mark = mark, self._mark()
            if not outstanding and mark == before:
                return
            if self.clock.monotonic() > deadline:
                raise RehearsalError(f"Not quiet after {timeout} s: {'; '.join(outstanding)}.")
            if outstanding:
                mark, pause = None, min(pause * 2, 0.05)
            # With nobody to ask over there, give the bot a moment to start what it was told.
            await self.clock.pause(pause if self.clock_server.followers else max(pause, 0.02))

    async def _outstanding(self, deadline: float) -> list[str]:
        left = max(deadline - self.clock.monotonic(), 0.05)
        found = [one for s in await self.clock_server.ask(left) for one in s.outstanding]
        found += self.gateway.behind
        found += [f"{request} is not answered" for request in self.rest.in_flight]
        found += [f"{name} waits for an answer" for name in self.interactions.waiting]
        if isinstance(self.clock, MovedClock) and self.clock.due:
            found.append(f"{self.clock.due} sleepers are due")
        return found

    def _mark(self) -> tuple[int, int]:
        return self.rest.served, len(self.gateway.dispatched)

    async def next_wake(self) -> datetime | None:
        """The next instant anything waits for, None when nothing does."""
        wakes = [status.next_wake for status in await self.clock_server.ask(_PATIENCE)]
        if isinstance(self.clock, MovedClock):
            wakes.append(self.clock.next_wake)
        return min((wake for wake in wakes if wake), default=None)

    async def step_to(self, when: datetime) -> None:
        """Move the clock to ``when``, stopping at every wake on the way until all is quiet.

        Raises:
            RehearsalError: the clock cannot be moved, or the bot does not come to rest.
        """
        if not isinstance(self.clock, MovedClock):
            raise RehearsalError("Only a moved clock can be stepped.")
        while True:
            await self.quiet()
            if self.clock.now() >= when:
                return
            wake = await self.next_wake()
            self.clock.move_to(min(wake, when) if wake else when)
            await self.clock_server.move()
