"""Rate limits as Discord keeps them, and trouble on order."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.clock import MovedClock
from bot.rehearsal.server import Rehearsal

from .conftest import Bot, running
from .test_gateway import expect


async def test_a_bucket_slows_the_library_without_a_429(clock: MovedClock) -> None:
    """Headers alone make the library wait, so that no request is refused."""
    async with Rehearsal(clock, window_scale=0.05) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        place, ana = guild.add_channel("general"), guild.add_person("Ana")
        async with running(rehearsal) as bot:
            channel = bot.get_channel(place.id)
            assert isinstance(channel, discord.TextChannel)
            before = clock.monotonic()
            await asyncio.gather(*(channel.send(str(number)) for number in range(12)))
            assert clock.monotonic() - before > 0.4  # two windows of 5 s at a twentieth
            assert len(ana.sees(place)) == 12
        assert Counter(e.status for e in rehearsal.exchanges)[429] == 0


async def test_the_global_limit_refuses_the_51st(
    clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A burst into many channels is refused globally, retried and delivered once each."""
    async with Rehearsal(clock, window_scale=0.3) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        places = [guild.add_channel(f"c{number}") for number in range(70)]
        async with running(rehearsal) as bot:
            channels = [bot.get_partial_messageable(place.id) for place in places]
            await asyncio.gather(*(channel.send("x") for channel in channels))
        assert all(len(place.messages) == 1 for place in places)
        refused = [e for e in rehearsal.exchanges if e.status == 429]
        assert refused
        assert all(e.answer["global"] for e in refused)
        expect(caplog, "We are being rate limited")
        expect(caplog, "Global rate limit")


async def test_answers_to_interactions_are_exempt(clock: MovedClock) -> None:
    """Sixty answers at once pass though the global limit is fifty, and carry no bucket."""

    @app_commands.command(description="Ping")
    async def ping(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("pong", ephemeral=True)

    async with Rehearsal(clock, window_scale=5.0) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        place, ana = guild.add_channel("general"), guild.add_person("Ana")
        async with running(rehearsal) as bot:
            bot.tree.add_command(ping)
            await bot.tree.sync()
            replies = await asyncio.gather(*(ana.slash("ping", place) for _ in range(60)))
            assert all(reply.text == "pong" for reply in replies)
        assert Counter(e.status for e in rehearsal.exchanges)[429] == 0


async def test_an_ordered_500_is_retried_and_sends_once(rehearsal: Rehearsal) -> None:
    """A 500 is not executed; the library tries again and the message is there once."""
    place = rehearsal.add_guild("Riverside").add_channel("general")
    async with running(rehearsal) as bot:
        rehearsal.faults.next("POST", r"/messages$", 500)
        await bot.get_partial_messageable(place.id).send("x")
        assert [e.status for e in rehearsal.exchanges if e.path.endswith("/messages")] == [500, 200]
    assert len(place.messages) == 1


async def test_an_ordered_429_is_waited_for(
    rehearsal: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    """A 429 with Via is waited for and retried by the library."""
    place = rehearsal.add_guild("Riverside").add_channel("general")
    async with running(rehearsal) as bot:
        rehearsal.faults.next("POST", r"/messages$", 429, retry_after=0.05)
        await bot.get_partial_messageable(place.id).send("x")
    assert len(place.messages) == 1
    expect(caplog, "We are being rate limited")


async def test_a_lost_response_was_executed(rehearsal: Rehearsal) -> None:
    """The library raises, the message is there, and its nonce makes sending again safe."""
    place = rehearsal.add_guild("Riverside").add_channel("general")
    async with running(rehearsal) as bot:
        channel = bot.get_partial_messageable(place.id)
        rehearsal.faults.lose_response("POST", r"/messages$")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("x", nonce="d:1")
        (there,) = place.messages
        again = await channel.send("x", nonce="d:1")
        assert again.id == there
        assert [e.lost for e in rehearsal.exchanges if e.path.endswith("/messages")] == [
            True,
            False,
        ]


async def test_a_slow_answer_comes_too_late(clock: MovedClock) -> None:
    """A callback held longer than the patience of Discord is refused, and the person is told."""

    @app_commands.command(description="Ping")
    async def ping(interaction: discord.Interaction[Bot]) -> None:
        with pytest.raises(discord.NotFound):
            await interaction.response.send_message("pong")
        interaction.client.dispatch("refused")

    async with Rehearsal(clock, limits=False, patience=0.1) as rehearsal:
        guild = rehearsal.add_guild("Riverside")
        place, ana = guild.add_channel("general"), guild.add_person("Ana")
        async with running(rehearsal) as bot:
            bot.tree.add_command(ping)
            await bot.tree.sync()
            rehearsal.faults.slow(r"^/interactions/", 0.2)
            assert (await ana.slash("ping", place)).failed
            await bot.until("refused")
        assert place.messages == {}
