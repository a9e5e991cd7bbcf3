"""How long people wait: from their message until the bot's answer stands before them."""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from benchmarks.town import Seat
from bot.clock import Clock
from bot.rehearsal.server import Rehearsal
from bot.rehearsal.state import Guild, Json

RATE = 12.0
"""Messages a second. Each may cost Handrail three calls, and Discord allows fifty a second."""

WORDS = "I want to die"
_PATIENCE = 10.0  # seconds for the last answers


class Answers:
    """Notes when the bot's messages appear, by channel; direct messages by who reads them."""

    def __init__(self, rehearsal: Rehearsal, clock: Clock) -> None:
        self._world = rehearsal.world
        self._clock = clock
        self._asked: dict[int, float] = {}
        self._waited: list[float] = []
        self._answered = asyncio.Event()
        self._tell = rehearsal.world.dispatch
        rehearsal.world.dispatch = self._dispatch

    async def measure(
        self, rehearsal: Rehearsal, seats: Sequence[Seat], *, direct: bool, rate: float = RATE
    ) -> list[float]:
        """Let everybody in turn write one message, at a steady pace whatever the answers do.

        Args:
            direct: the answer is expected in their direct messages, not in their channel.
            rate: messages a second.

        Returns:
            Seconds until the answer, one for each message.

        Raises:
            SystemExit: some message was not answered.
        """
        self._waited = []
        self._answered.clear()
        with _no_collection():
            begun = self._clock.monotonic()
            for number, seat in enumerate(seats):
                await self._clock.pause(max(0.0, begun + number / rate - self._clock.monotonic()))
                place = seat.person.id if direct else seat.talk.id
                self._asked[place] = self._clock.monotonic()
                await seat.person.say(seat.talk, WORDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    while len(self._waited) < len(seats):
                        self._answered.clear()
                        await self._answered.wait()
            await rehearsal.quiet()
        if self._asked or len(self._waited) != len(seats):
            way = "a direct message" if direct else "a message in the channel"
            raise SystemExit(
                f"{len(self._waited)} of {len(seats)} messages were answered with {way}."
            )
        return self._waited

    def _dispatch(self, event: str, data: Json, guild: Guild | None, intent: int) -> None:
        if event == "MESSAGE_CREATE" and int(data["author"]["id"]) == self._world.bot.id:
            channel = self._world.channels[int(data["channel_id"])]
            place = channel.recipient.id if channel.recipient else channel.id
            asked = self._asked.pop(place, None)
            if asked is not None:
                self._waited.append(self._clock.monotonic() - asked)
                self._answered.set()
        self._tell(event, data, guild, intent)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` (0 to 1) of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pauses of this process, which plays Discord, are nobody's cost."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
