"""Who owns the clock, when it may step, and what fails loudly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from socket import SHUT_RDWR

import aiohttp
import discord
import pytest

from bot.clock import MovedClock
from bot.errors import RehearsalError
from bot.rehearsal.control import follow
from bot.rehearsal.server import Rehearsal
from bot.supervisor import Activity

from .conftest import START, library_pointed_at, running


@asynccontextmanager
async def following(rehearsal: Rehearsal, activity: Activity) -> AsyncIterator[MovedClock]:
    """A bot's clock, starting in another year, that has joined the rehearsal's."""
    clock, joined = MovedClock(datetime(2020, 1, 1, tzinfo=UTC)), asyncio.Event()
    task = asyncio.create_task(follow(rehearsal.control, clock, activity, list, joined))
    async with asyncio.timeout(5):
        await joined.wait()
    yield clock
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_bot_starts_at_the_rehearsals_time(rehearsal: Rehearsal) -> None:
    """Joining sets the bot's clock before anything else happens."""
    async with following(rehearsal, Activity()) as clock:
        assert clock.now() == START


async def test_stepping_stops_at_every_wake(rehearsal: Rehearsal, clock: MovedClock) -> None:
    """On the way to an instant the clock stops wherever the bot sleeps to, to the second."""
    woken: list[datetime] = []

    async def tick(own: MovedClock) -> None:
        while True:
            await own.sleep_until(own.now() + timedelta(hours=9))
            woken.append(own.now())

    async with following(rehearsal, Activity()) as own:
        ticking = asyncio.create_task(tick(own))
        await rehearsal.quiet()
        assert await rehearsal.next_wake() == START + timedelta(hours=9)
        await rehearsal.step_to(START + timedelta(days=1))
        assert woken == [START + timedelta(hours=9), START + timedelta(hours=18)]
        assert clock.now() == own.now() == START + timedelta(days=1)
        ticking.cancel()


async def test_quiet_waits_for_work_and_names_it(rehearsal: Rehearsal) -> None:
    """While the bot works the clock may not step; what never ends is named."""
    activity = Activity()
    async with following(rehearsal, activity):
        with activity("delivery"), pytest.raises(RehearsalError, match="works on delivery"):
            await rehearsal.quiet(timeout=0.2)
        await rehearsal.quiet()


async def test_quiet_waits_for_requests_and_answers(clock: MovedClock) -> None:
    """Quiet comes only after a slow request of the bot is answered."""
    async with Rehearsal(clock, limits=False) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        place, ana = guild.add_channel("general"), guild.add_person("Ana")
        async with running(rehearsal) as bot:

            async def echo(message: discord.Message) -> None:
                await message.channel.send("heard")

            bot.listener = echo
            rehearsal.faults.slow(r"/messages$", 0.3)
            await ana.say(place, "hello")
            await rehearsal.quiet()
            assert [m.text for m in ana.sees(place)] == ["hello", "heard"]


async def test_many_quiet_steps_do_not_choke_the_library(clock: MovedClock) -> None:
    """More events in a minute than discord.py's own send limit still come to rest soon."""
    async with Rehearsal(clock, limits=False, heartbeat=0.02) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        place, ana = guild.add_channel("general"), guild.add_person("Ana")
        async with running(rehearsal) as bot:
            async with following(rehearsal, Activity()):
                for number in range(130):
                    await ana.say(place, str(number))
                    await rehearsal.quiet()
            assert len(bot.events("message")) == 130


async def test_a_bot_that_says_nothing_or_dies_is_noticed(rehearsal: Rehearsal) -> None:
    """A frozen bot keeps quiet from coming and is named; a dead one is forgotten."""
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(rehearsal.control)
        assert (await socket.receive_json())["now"] == START.isoformat()
        with pytest.raises(RehearsalError, match="keeps it from answering"):
            await rehearsal.quiet(timeout=0.2)
        socket.get_extra_info("socket").shutdown(SHUT_RDWR)
        await rehearsal.quiet()


async def test_the_control_socket_is_for_this_machine(rehearsal: Rehearsal) -> None:
    """A control address elsewhere is refused, and so is one where nobody answers."""
    clock, joined = MovedClock(START), asyncio.Event()
    for url, sentence in (
        ("ws://192.0.2.1:80/rehearsal/control", "must be on this machine"),
        ("ws://127.0.0.1:1/rehearsal/control", "No rehearsal answers"),
    ):
        with pytest.raises(RehearsalError, match=sentence):
            await follow(url, clock, Activity(), list, joined)
    assert not joined.is_set()


async def ask_for_the_audit_log(clock: MovedClock) -> None:
    client = discord.Client(intents=discord.Intents.none())
    async with Rehearsal(clock) as rehearsal, library_pointed_at(rehearsal), client:
        await client.login(rehearsal.token)
        with pytest.raises(discord.DiscordServerError) as refused:
            await client.http.get_audit_logs(1)
        assert refused.value.status == 501


async def test_what_is_not_built_fails_the_test_that_asked(clock: MovedClock) -> None:
    """An unknown route answers 501, is noted, and the rehearsal does not end in peace."""
    with pytest.raises(RehearsalError, match="lacks: GET /guilds/1/audit-logs"):
        await ask_for_the_audit_log(clock)


async def test_the_log_tells_what_happened(rehearsal: Rehearsal) -> None:
    """The log holds who did what where, at the rehearsal's time, for a transcript."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    said = await ana.say(place, "hello")
    await ana.delete(said)
    kinds = [event["kind"] for event in rehearsal.log]
    assert kinds == ["server created", "channel created", "joined", "message", "deleted"]
    event = rehearsal.log[3]
    assert (event["author_name"], event["text"], event["channel_name"]) == (
        "Ana",
        "hello",
        "general",
    )
    assert event["at"] == START.isoformat()
