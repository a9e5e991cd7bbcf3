"""The pacer: under Discord's limit, help first, scheduled posts a few at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from bot.clock import MovedClock
from bot.delivery.pacer import IN_FLIGHT, Pacer

CALL = "/api/v10/channels/1/messages"


class Server:
    """Answers every call, and notes when each one came and what for."""

    def __init__(self, clock: MovedClock) -> None:
        self.calls: list[tuple[float, str]] = []
        self.url = ""
        self._clock = clock

    async def answer(self, request: web.Request) -> web.Response:
        self.calls.append((self._clock.monotonic(), request.query.get("who", request.path)))
        return web.json_response({})

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield
        finally:
            await runner.cleanup()


@pytest.fixture
async def server(clock: MovedClock) -> AsyncIterator[Server]:
    """A real server on loopback."""
    made = Server(clock)
    async with made.running():
        yield made


def session(pacer: Pacer) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(trace_configs=[pacer.trace_config()])


async def call(client: aiohttp.ClientSession, server: Server, who: str, path: str = CALL) -> None:
    async with client.post(server.url + path, params={"who": who}) as answer:
        await answer.read()


def fullest(starts: list[float], seconds: float) -> int:
    """The most calls that started within any stretch of so many seconds."""
    return max(sum(a <= b < a + seconds for b in starts) for a in starts)


async def starting(pacer: Pacer, clock: MovedClock, calls: int) -> list[float]:
    """When each of so many calls made at once may start, in real seconds."""
    starts: list[float] = []
    params = aiohttp.TraceRequestStartParams("POST", URL("http://x" + CALL), CIMultiDict())

    async def one() -> None:
        await pacer.on_request_start(None, None, params)
        starts.append(clock.monotonic())

    await asyncio.gather(*(one() for _ in range(calls)))
    return starts


async def test_as_it_comes(clock: MovedClock) -> None:
    """As shipped a quarter of a second sees at most 18 calls, so a second 48: less than 50."""
    starts = await starting(Pacer(clock), clock, 24)
    assert fullest(starts, 0.25) <= 18


async def test_no_stretch_is_overfull(clock: MovedClock) -> None:
    """However many calls are made at once, no stretch sees more than burst and rate allow."""
    starts = await starting(Pacer(clock, rate=400, burst=8), clock, 100)
    assert len(starts) == 100
    assert fullest(starts, 0.1) <= 8 + 400 * 0.1
    assert starts[-1] - starts[0] >= (100 - 8 - 1) / 400


async def test_after_a_rest(clock: MovedClock) -> None:
    """A rest saves up the burst and no more."""
    pacer = Pacer(clock, rate=400, burst=4)
    await starting(pacer, clock, 20)
    await clock.pause(0.05)
    starts = await starting(pacer, clock, 10)
    assert starts[-1] - starts[0] >= (10 - 4 - 1) / 400


async def test_every_try_counts(clock: MovedClock, server: Server) -> None:
    """Calls of one after another count, as the retries of discord.py do."""
    pacer = Pacer(clock, rate=100, burst=1)
    async with session(pacer) as client:
        for _ in range(6):
            await call(client, server, "again")
    starts = [at for at, _ in server.calls]
    assert starts[-1] - starts[0] >= 0.04


async def test_urgent_before_all_that_waits(clock: MovedClock, server: Server) -> None:
    """A help card made last goes before all scheduled posts and other calls that wait."""
    pacer = Pacer(clock, rate=50, burst=1)
    async with session(pacer) as client:

        async def bulk(number: int) -> None:
            async with pacer.bulk(number):
                await call(client, server, "bulk")

        async def help_card() -> None:
            with pacer.urgent():
                await call(client, server, "urgent")

        async with asyncio.TaskGroup() as group:
            for number in range(6):
                group.create_task(bulk(number))
            while not server.calls:
                await clock.pause(0)
            group.create_task(call(client, server, "normal"))
            await clock.pause(0)
            group.create_task(help_card())
            await clock.pause(0)
            order_before = len(server.calls)
    order = [who for _, who in server.calls]
    assert order_before == 1
    assert order == ["bulk", "urgent", "normal", *["bulk"] * 5]


async def test_answers_to_people_never_wait(clock: MovedClock, server: Server) -> None:
    """Interactions and their follow-ups do not count and do not wait; all else does."""
    pacer = Pacer(clock, rate=0.001, burst=1)
    free = (
        "/api/v10/interactions/1/token/callback",
        "/api/v10/webhooks/1/token",
        "/api/v10/webhooks/1/token/messages/@original",
    )
    async with session(pacer) as client, asyncio.timeout(10):
        await call(client, server, "first")
        for path in free * 3:
            await call(client, server, path, path)
        assert len(server.calls) == 10
        for path in (CALL, "/api/v10/channels/1/webhooks"):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await call(client, server, "second", path)
    assert len(server.calls) == 10


async def test_a_call_given_up(clock: MovedClock) -> None:
    """A call that is given up while it waits leaves its place to the others."""
    pacer = Pacer(clock, rate=20, burst=1)
    await starting(pacer, clock, 1)
    waiting = [asyncio.create_task(starting(pacer, clock, 1)) for _ in range(40)]
    await clock.pause(0)
    for task in waiting[:-1]:
        task.cancel()
    async with asyncio.timeout(1.9):  # all forty would take two seconds
        await asyncio.gather(*waiting, return_exceptions=True)
    assert len(waiting[-1].result()) == 1


async def test_eight_posts_one_to_a_channel(clock: MovedClock) -> None:
    """Eight scheduled posts are under way at once; a busy channel takes no place of another."""
    pacer = Pacer(clock)
    inside: list[int] = []
    go_on = asyncio.Event()

    async def post(channel_id: int) -> None:
        async with pacer.bulk(channel_id):
            inside.append(channel_id)
            await go_on.wait()

    tasks = [asyncio.create_task(post(1)) for _ in range(20)]
    tasks += [asyncio.create_task(post(number)) for number in range(2, 20)]
    for _ in range(50):
        await clock.pause(0)
    assert inside == [*range(1, 1 + IN_FLIGHT)]
    go_on.set()
    await asyncio.gather(*tasks)
    assert sorted(inside) == sorted([1] * 20 + [*range(2, 20)])
    assert not pacer._channels


async def test_a_failed_post_frees_its_place(clock: MovedClock) -> None:
    """After failures the channel and the eight places are free again."""
    pacer = Pacer(clock)
    for _ in range(IN_FLIGHT + 1):
        with pytest.raises(RuntimeError):
            async with pacer.bulk(1):
                raise RuntimeError
    async with asyncio.timeout(1), pacer.bulk(1):
        pass
