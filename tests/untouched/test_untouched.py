"""discord.py with nothing of it touched takes the rehearsal Discord for Discord.

Host names, TLS and addresses are the real ones; only the resolver leads to loopback.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from bot.chat.endpoint import talking_to
from bot.clock import MovedClock
from bot.rehearsal.server import Rehearsal
from tests.untouched.attributes import attributes

ROOT = Path(__file__).parents[2]
# The library itself sets these, once, when it has warned that voice is not installed.
ITS_OWN = {
    "discord.voice_client.VoiceClient.warn_dave",
    "discord.voice_client.VoiceClient.warn_nacl",
}
_PATIENCE = 20.0  # real seconds


@dataclass
class Process:
    """A running plain bot, read line by line."""

    process: asyncio.subprocess.Process
    waiting: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, event: str) -> dict[str, Any]:
        """Take out the next line that tells of ``event``; the others wait their turn."""
        assert self.process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            while True:
                for told in self.waiting:
                    if told["event"] == event:
                        self.waiting.remove(told)
                        return told
                line = await self.process.stdout.readline()
                assert line, f"the bot ended before {event!r}; it said {self.waiting}"
                self.waiting.append(json.loads(line))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority of this test's own."""
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """A certificate for Discord's own host names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("discord.com", "gateway.discord.gg").configure_cert(context)
    return context


@asynccontextmanager
async def plain_bot(
    rehearsal: Rehearsal, authority: trustme.CA, compression: str, folder: Path
) -> AsyncIterator[Process]:
    """Start the bot as its own process; it must have ended well by the end of the block."""
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    arguments = [str(rehearsal.port), str(file), rehearsal.token, compression]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.untouched.plain_bot", *arguments),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Process(process)
        async with asyncio.timeout(_PATIENCE):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(("compression", "shards"), [("zstd", 1), ("zlib", 4)])
async def test_the_library_untouched_talks_listens_and_resumes(
    clock: MovedClock,
    authority: trustme.CA,
    server_tls: ssl.SSLContext,
    tmp_path: Path,
    compression: str,
    shards: int,
) -> None:
    """Messages, a command and a resume after a dropped socket work, and nothing was changed."""
    async with Rehearsal(clock, tls=server_tls, shards=shards, window_scale=0.1) as rehearsal:
        guilds = [rehearsal.add_guild(f"House {n}", shard_hint=n) for n in range(shards)]
        rooms = [guild.add_channel("general") for guild in guilds]
        people = [guild.add_person(f"Ana {n}") for n, guild in enumerate(guilds)]
        async with plain_bot(rehearsal, authority, compression, tmp_path) as bot:
            ready = await bot.until("ready")
            assert ready["shards"] == ready["guilds"] == shards
            assert ready["compression"] == f"{compression}-stream"
            for person, room in zip(people, rooms, strict=True):
                await person.say(room, "one")
            for _ in range(shards):
                await bot.until("answered")
            reply = await people[0].slash("hello", rooms[0])
            assert reply.message is not None
            assert reply.message.text == "Hello."
            rehearsal.faults.drop_sockets()
            for person, room in zip(people, rooms, strict=True):
                await person.say(room, "two")
            for _ in range(shards):
                await bot.until("resumed")
                await bot.until("answered")
            for person, room in zip(people, rooms, strict=True):
                seen = person.sees(room)
                heard = [message.text for message in seen if not message.ephemeral_for]
                assert heard == ["one", "you said one", "two", "you said two"]
            await people[0].say(rooms[0], "bye")
            end = await bot.until("end")
    assert set(end["changed"]) <= ITS_OWN
    assert end["base"] == "https://discord.com/api/v10"


async def test_rate_limits_slow_the_library_and_lose_nothing(
    clock: MovedClock, authority: trustme.CA, server_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    """Twelve answers in one channel take three windows of its bucket; each arrives, once."""
    async with Rehearsal(clock, tls=server_tls, window_scale=0.1) as rehearsal:
        room = (guild := rehearsal.add_guild("Riverside")).add_channel("general")
        ana = guild.add_person("Ana")
        async with plain_bot(rehearsal, authority, "zstd", tmp_path) as bot:
            await bot.until("ready")
            began = clock.monotonic()
            for number in range(12):
                await ana.say(room, str(number))
            for _ in range(12):
                await bot.until("answered")
            answers = [m.text for m in ana.sees(room) if m.text.startswith("you said")]
            assert sorted(answers) == sorted(f"you said {number}" for number in range(12))
            assert clock.monotonic() - began > 2 * 0.5 * 0.9
            # On a busy machine the library now and then sends one too many in so short a window,
            # and then waits and repeats it; the limit on everything must not be what it met.
            refused = [e.answer for e in rehearsal.exchanges if e.status == 429]
            assert [answer for answer in refused if answer["global"]] == []
            await ana.say(room, "bye")
            await bot.until("end")


def test_pointing_the_library_elsewhere_touches_one_attribute() -> None:
    """Handrail's own way to another server changes ``Route.BASE``, nothing else, and undoes it."""
    before = attributes()
    with talking_to("http://127.0.0.1:8080/api/v10"):
        during = attributes()
    assert [name for name in before if during[name] != before[name]] == ["discord.http.Route.BASE"]
    assert attributes() == before
