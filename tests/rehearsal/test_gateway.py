"""The gateway: sessions that survive, sessions that do not, shards, streams and chunks."""

from __future__ import annotations

import asyncio
import json
import logging
import zlib

import aiohttp
import discord
import pytest

from bot.clock import MovedClock
from bot.rehearsal.server import Rehearsal

from .conftest import Bot, library_pointed_at, running


def expect(caplog: pytest.LogCaptureFixture, words: str) -> None:
    """What this test makes the library complain of, and no more."""
    found = [r for r in caplog.records if r.levelno >= logging.WARNING and words in r.getMessage()]
    assert found, f"no warning with {words!r}"
    for record in found:
        record.expected = True


@pytest.mark.parametrize("how", ["drop_sockets", "reconnect", "invalid_session"])
async def test_a_lost_connection_is_resumed_with_what_was_missed(
    rehearsal: Rehearsal, how: str
) -> None:
    """After a cut, op 7 or a resumable op 9 every event comes exactly once and in order."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal) as bot:
        await ana.say(place, "1")
        await rehearsal.quiet()
        if how == "invalid_session":
            rehearsal.faults.invalid_session(resumable=True)
        else:
            getattr(rehearsal.faults, how)()
        await ana.say(place, "2")
        await ana.say(place, "3")
        await bot.until("resumed")
        await ana.say(place, "4")
        await rehearsal.quiet()
        assert [m.content for (m,) in bot.events("message")] == ["1", "2", "3", "4"]
        assert len(bot.events("ready")) == 1


async def test_an_invalid_session_loses_what_was_missed(rehearsal: Rehearsal) -> None:
    """After op 9 the bot identifies anew; what happened in between never comes."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal) as bot:
        rehearsal.faults.invalid_session()
        await ana.say(place, "lost")
        await bot.until("ready", 2)
        await ana.say(place, "heard")
        await rehearsal.quiet()
        assert [m.content for (m,) in bot.events("message")] == ["heard"]
        assert bot.events("resumed") == []


async def test_a_refused_reconnection_loses_what_was_missed(
    rehearsal: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """Quiet waits until the bot is back; refused once, discord.py does not resume any more."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal) as bot:
        rehearsal.faults.refuse_connections(1)
        rehearsal.faults.drop_sockets()
        await ana.say(place, "still there?")
        await rehearsal.quiet()
        assert (len(bot.events("ready")), bot.events("message")) == (2, [])
        await ana.say(place, "there again?")
        await rehearsal.quiet()
        assert [m.content for (m,) in bot.events("message")] == ["there again?"]
    expect(caplog, "Attempting a reconnect")


async def test_zstd_carries_many_events(rehearsal: Rehearsal) -> None:
    """discord.py asks for zstd where it can, and one stream carries a session's events."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal) as bot:
        assert "compress=zstd-stream" in str(bot.shards[0]._parent.ws.socket._response.url)
        for number in range(30):
            await ana.say(place, f"{number} " + "ä" * 1000)
        await rehearsal.quiet()
        assert len(bot.events("message")) == 30


async def test_zlib_is_one_stream_of_flushed_blocks(rehearsal: Rehearsal) -> None:
    """Every payload ends with a sync flush and is read with one decompressor."""
    rehearsal.add_guild("Riverside")
    url = f"{rehearsal.world.gateway_url}/?v=10&encoding=json&compress=zlib-stream"
    stream, names = zlib.decompressobj(), []
    identify = {"token": rehearsal.token, "intents": 1, "properties": {}}
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_json({"op": 2, "d": identify})
        while "GUILD_CREATE" not in names:
            data = await socket.receive_bytes(timeout=5)
            assert data.endswith(b"\x00\x00\xff\xff")
            names.append(json.loads(stream.decompress(data)).get("t"))
    assert names == [None, "READY", "GUILD_CREATE"]


async def test_four_shards(clock: MovedClock) -> None:
    """Every server is on its own shard; direct messages and their commands are on shard 0."""
    async with Rehearsal(clock, limits=False, shards=4) as rehearsal:
        guilds = [rehearsal.add_guild(f"House {number}", shard_hint=number) for number in range(4)]
        people = [guild.add_person("Ana") for guild in guilds]
        places = [guild.add_channel("general") for guild in guilds]
        async with running(rehearsal) as bot:
            for person, place in zip(people, places, strict=True):
                await person.say(place, "hello")
                await person.dm("psst")
            await rehearsal.quiet()
            heard = [m for (m,) in bot.events("message")]
            assert sorted(m.guild.shard_id for m in heard if m.guild) == [0, 1, 2, 3]
            assert len(heard) == 8


async def test_members_come_in_chunks_once_in_thirty_seconds(clock: MovedClock) -> None:
    """All members of a server come on request; asked again too soon, the request is refused."""
    async with Rehearsal(clock) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        for number in range(1100):
            guild.add_person(f"P{number}")
        async with running(rehearsal, chunk_guilds_at_startup=True) as bot:
            here = bot.get_guild(guild.id)
            assert here is not None
            assert (here.chunked, len(here.members)) == (True, 1102)
            assert [m.name for m in await here.query_members("p1099")] == ["p1099"]
            here._members.clear()
            asking = asyncio.create_task(here.chunk(cache=True))
            await rehearsal.quiet()
            assert rehearsal.dispatched[-1][0] == "RATE_LIMITED"
            asking.cancel()


async def test_intents_decide_what_is_told(rehearsal: Rehearsal) -> None:
    """Without the members intent joining is not told; without messages neither is a message."""
    guild = rehearsal.add_guild("Riverside")
    place, ana = guild.add_channel("general"), guild.add_person("Ana")
    async with running(rehearsal, intents=discord.Intents(guilds=True)) as bot:
        await rehearsal.person("Ben").join(guild)
        await ana.say(place, "hello")
        guild.add_role("Red")
        await bot.until("guild_role_create")
        assert (bot.events("member_join"), bot.events("message")) == ([], [])


async def test_refused_tokens_and_intents_end_the_start(rehearsal: Rehearsal) -> None:
    """A wrong token is LoginFailure, an intent not enabled is PrivilegedIntentsRequired."""
    async with library_pointed_at(rehearsal):
        async with Bot(discord.Intents.default()) as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.start("wrong")
        rehearsal.world.intents &= ~(1 << 15)
        async with Bot(discord.Intents.all()) as bot:
            with pytest.raises(discord.PrivilegedIntentsRequired):
                await bot.start(rehearsal.token)
