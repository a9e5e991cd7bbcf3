"""A cohort's day with things going wrong at random: nothing is lost, nothing comes twice.

Each seed is one script of words, jumps of the clock and faults. What must be true at the end
is the same for all of them, and is read from what people see, from the calls Discord took and
from the database.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import discord
import pytest

from bot.care.model import CARD_PAUSE, LINE_PAUSE, MERGE_WITHIN, URGENT
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.faults import Trouble
from bot.rehearsal.people import Person
from bot.rehearsal.state import Message
from tests.product.conftest import MakeHouse
from tests.product.harness import DANGER, HARMLESS, WORRYING, House

EARLY = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
"""Monday 08:30 in Chicago, half an hour before the daily post."""

LAST = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
"""Tuesday 10:00: three posts have been due by then."""

_POSTS = 3
_WORDS = {0: HARMLESS, 2: WORRYING, 3: DANGER}
_SEND = r"/messages$"
_EDGE = timedelta(seconds=5)  # the clock of a snowflake counts milliseconds, that of a row not


@dataclass(frozen=True)
class Said:
    """A message with distress in it.

    Attributes:
        route: how its author chose to be helped.
    """

    message: Message
    route: str
    level: int

    @property
    def at(self) -> datetime:
        return discord.utils.snowflake_time(self.message.id)


@dataclass
class Story:
    """One seed's script as it runs, and what was said in it."""

    house: House
    dice: random.Random
    people: dict[str, Person]
    said: list[Said] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    async def run(
        self,
        steps: int,
        faults: Sequence[Fault],
        after_words: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Let ``steps`` things happen until Tuesday morning, then let everything heal."""
        house = self.house
        for number in range(steps):
            for _ in range(self.dice.randrange(3)):
                self.note(self.dice.choice(faults)(self))
            for _ in range(self.dice.randrange(1, 3)):
                await self.speak()
            if after_words:
                await after_words()
            if self.dice.random() < 0.7:
                await house.r.quiet()
            left = LAST - house.clock.now()
            await house.r.step_to(house.clock.now() + left / (steps - number))
        await house.r.step_to(LAST + timedelta(hours=1))

    async def speak(self) -> None:
        """Somebody says something somewhere, a second after the last one."""
        self.house.clock.move_to(self.house.clock.now() + timedelta(seconds=1))
        await self.house.r.clock_server.move()
        route, who = self.dice.choice(sorted(self.people.items()))
        level = self.dice.choice((0, 2, 2, 3))
        place = self.house.at(self.dice.choice(("talk", "daily")))
        message = await who.say(place, _WORDS[level])
        self.note(f"{route} says level {level} in {place.name}: {message.id}")
        if level:
            self.said.append(Said(message, route, level))

    def note(self, event: str) -> None:
        self.events.append(f"{self.house.clock.now():%a %H:%M} {event}")

    # what is true at the end

    def sent(self) -> dict[str, list[tuple[int, datetime]]]:
        """The channels and instants of the messages Discord made, by nonce."""
        made: dict[str, dict[int, tuple[int, datetime]]] = {}
        for one in self.house.r.exchanges:
            nonce = one.body.get("nonce") if isinstance(one.body, dict) else None
            if one.method == "POST" and one.status == 200 and nonce:
                at = datetime.fromisoformat(one.answer["timestamp"])
                place = int(one.answer["channel_id"])
                made.setdefault(nonce, {})[int(one.answer["id"])] = (place, at)
        return {nonce: list(found.values()) for nonce, found in made.items()}

    def check(self) -> None:
        """Everything that must hold, whatever went wrong."""
        told = "\n".join(self.events)
        twice = [nonce for nonce, found in self.sent().items() if len(found) > 1]
        assert twice == [], f"{twice}\n{told}"
        self._check_posts(told)
        for one in self.said:
            assert self._wrong(one) is None, f"{self._wrong(one)}: {one}\n{told}"
        self._check_cards(told)

    def _check_posts(self, told: str) -> None:
        rows = self.house.rows(
            "SELECT id, state, message_id FROM delivery WHERE due_at <= ?",
            f"{LAST:%Y-%m-%d %H:%M:%S}",
        )
        assert [state for _, state, _ in rows] == ["sent"] * _POSTS, told
        there = self.house.ours(self.house.at("daily"))
        for delivery, _, message_id in rows:
            carrying = [m.id for m in there if delivery in json.dumps(m.components)]
            assert carrying == [message_id], f"{delivery}\n{told}"

    def _wrong(self, one: Said) -> str | None:
        """What is wrong with the help for one message, None when all is well."""
        sent = self.sent()
        got = len(sent.get(f"h:{one.message.id}", []))
        if one.route == "button":
            return "helped in a way they did not choose" if got else None
        if got == 1 or (got == 0 and one.level < URGENT and self._rests(one, sent)):
            return None
        return f"helped {got} times"

    def _rests(self, one: Said, sent: dict[str, list[tuple[int, datetime]]]) -> bool:
        """Whether help of the same kind had come a short while before."""
        cards, lines = [], []
        for other in self.said:
            for place, at in sent.get(f"h:{other.message.id}", []):
                if place == one.message.channel.id:
                    lines.append(at)
                elif other.message.author is one.message.author:
                    cards.append(at)
        recent = [at for at in cards if one.at - CARD_PAUSE <= at <= one.at + _EDGE]
        standing = [at for at in lines if one.at - LINE_PAUSE <= at <= one.at + LINE_PAUSE]
        return bool(recent or standing)

    def _check_cards(self, told: str) -> None:
        """One care card for each episode; every message is in one; nobody has two at once."""
        rows = self.house.rows(
            "SELECT user_id, level, last_at, opened_at, care_message_id FROM episode ORDER BY id"
        )
        cards = Counter(card.id for card in self.house.cards())
        assert cards == Counter(row[4] for row in rows), told
        for one in self.said:
            mine = [row for row in rows if row[0] == one.message.author.id]
            ends = [_instant(last) for _, level, last, _, _ in mine if level >= one.level]
            assert any(end >= one.at - _EDGE for end in ends), f"{one}\n{told}"
        for who in self.people.values():
            mine = [row for row in rows if row[0] == who.id]
            for before, after in pairwise(mine):
                assert _instant(after[3]) - _instant(before[2]) > MERGE_WITHIN - _EDGE, told
        late = "SELECT id FROM episode WHERE escalate_at < ?"
        assert self.house.rows(late, f"{self.house.clock.now():%Y-%m-%d %H:%M:%S}") == [], told


def _instant(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


Fault = Callable[[Story], str]
"""Makes something go wrong and says what."""


def _dropped(story: Story) -> str:
    story.house.r.faults.drop_sockets()
    return "sockets dropped"


def _op_7(story: Story) -> str:
    story.house.r.faults.reconnect()
    return "op 7"


def _op_9(story: Story) -> str:
    resumable = story.dice.random() < 0.5
    story.house.r.faults.invalid_session(resumable)
    return f"op 9, resumable {resumable}"


def _refused(story: Story) -> str:
    status = story.dice.choice((500, 502, 503, 503))
    times = 1 if status < 503 else story.dice.randrange(1, 4)
    path = story.dice.choice((_SEND, _SEND, r"/users/@me/channels$"))
    story.house.r.faults.next("POST", path, status=status, times=times)
    return f"{times} times {status} for {path}"


def _limited(story: Story) -> str:
    everywhere = story.dice.random() < 0.3
    story.house.r.faults.next(
        "POST", _SEND, status=429, times=2, retry_after=0.02, is_global=everywhere
    )
    return f"429, global {everywhere}"


def _unread(story: Story) -> str:
    story.house.r.faults.next("GET", _SEND, status=503)
    return "503 for a look into a channel"


def _lost(story: Story) -> str:
    story.house.r.faults.lose_response("POST", _SEND)
    return "answer lost"


def _slow(story: Story) -> str:
    story.house.r.faults.slow(_SEND, 0.05, times=2)
    return "slow answers"


_OF_CALLS: list[Fault] = [_refused, _limited, _unread, _lost, _slow]
_OF_SESSIONS: list[Fault] = [_dropped, _op_7, _op_9]


async def _begun(house: House, seed: int) -> Story:
    """A programme with one cohort and a member of each way to be helped."""
    await house.set_up()
    await house.cohort("River")
    people = {
        route: await house.member(route.title(), route=route)
        for route in ("direct", "channel", "button")
    }
    return Story(house, random.Random(seed), people)


@pytest.mark.parametrize("seed", range(2))
async def test_calls(make_house: MakeHouse, seed: int) -> None:
    """Answers that are refused, limited, late or lost lose nothing and double nothing."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, seed)
    await story.run(8, _OF_CALLS)
    story.check()


@pytest.mark.parametrize("seed", range(10, 11))
async def test_sessions(make_house: MakeHouse, seed: int) -> None:
    """Sessions that are cut, moved or lost lose nothing and double nothing."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, seed)
    await story.run(4, _OF_SESSIONS)
    story.check()


@pytest.mark.parametrize("seed", range(20, 21))
async def test_everything(make_house: MakeHouse, seed: int) -> None:
    """The same with all of it at once."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, seed)
    await story.run(6, _OF_CALLS + _OF_SESSIONS)
    story.check()


async def _killed(story: Story, process: BotProcess) -> None:
    """End the bot's process at once, in the middle of whatever it does, and start another."""
    await story.house.clock.pause(story.dice.choice((0.0, 0.01, 0.03, 0.06)))
    await process.kill()
    story.note("killed")
    if story.dice.random() < 0.5:
        await story.speak()
    await process.start()


@pytest.mark.parametrize("seed", range(30, 31))
async def test_killed(
    make_house: MakeHouse, tmp_path: Path, lexicon_cache: Path, seed: int
) -> None:
    """A bot that is killed in the middle of its work loses nothing and doubles nothing."""
    house = await make_house(EARLY)
    folder = tmp_path / "process"
    (folder / "data").mkdir(parents=True)
    shutil.copy(lexicon_cache, folder / "data")
    shutil.copy(house.database, folder / "data")
    house.folder = folder / "data"
    process = BotProcess(house.r, folder, house.clock)
    try:
        await process.start()
        story = await _begun(house, seed)
        await story.run(3, _OF_CALLS, lambda: _killed(story, process))
    finally:
        await process.kill()
    story.check()


async def test_help_refused_everywhere(make_house: MakeHouse) -> None:
    """When Discord takes neither the direct message nor the line, help comes once it does."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, 0)
    ana = story.people["direct"]
    # Her direct messages and the channel, in turn; the staff channel would come in between.
    elsewhere = rf"/channels/(?!{house.at('staff').id}/)\d+/messages$"
    house.r.faults.next("POST", elsewhere, status=503, times=8)
    await house.say(ana, DANGER)
    assert house.direct(ana) == []
    await house.step(minutes=20)
    assert len(house.direct(ana)) == 1
    assert house.lines() == []
    assert len(house.cards()) == 1


async def test_gap_not_shown(make_house: MakeHouse) -> None:
    """A channel that Discord will not show after a start is read as soon as it does."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, 0)
    ana = story.people["direct"]
    await house.stop()
    await ana.say(house.at("talk"), DANGER)
    house.r.faults.next("GET", rf"/channels/{house.at('talk').id}/messages", status=503, times=2)
    await house.start()
    await house.say(story.people["channel"], WORRYING)  # what is new must not hide what is old
    assert house.direct(ana) == []
    await house.step(minutes=5)
    assert len(house.direct(ana)) == 1
    await house.restart()
    assert len(house.direct(ana)) == 1
    assert len(house.cards()) == 2


async def test_overtaken(make_house: MakeHouse) -> None:
    """Words of danger in a gap are not lost behind later words that arrive before they are read."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, 0)
    ana = story.people["direct"]
    await house.stop()
    await ana.say(house.at("talk"), DANGER)
    house.clock.move_to(house.clock.now() + timedelta(minutes=20))
    house.r.faults.slow(rf"/channels/{house.at('talk').id}/messages", 0.5)
    starting = asyncio.create_task(house.start())
    await house.until(lambda: any(one.session for one in house.r.gateway.connections))
    await ana.say(house.at("daily"), WORRYING)
    await house.until(lambda: len(house.direct(ana)) == 1)
    await starting
    assert len(house.direct(ana)) == 2
    assert house.rows("SELECT level FROM episode") == [(3,)]
    assert len(house.cards()) == 1


async def test_staff_channel_closed(make_house: MakeHouse) -> None:
    """A care card that Discord refuses is tried once a minute, not without a pause."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, 0)
    path = rf"/channels/{house.at('staff').id}/messages"
    house.r.faults.next("POST", path, status=403, times=10)
    await house.say(story.people["direct"], DANGER)
    await house.step(minutes=4)
    assert len(house.calls("POST", path)) <= 6
    await house.step(minutes=10)
    assert len(house.cards()) == 1


async def test_care_card_of_a_lost_answer(make_house: MakeHouse) -> None:
    """When the answer to a care card is lost, graver words soon after bring no second card."""
    house = await make_house(EARLY)
    await house.start()
    story = await _begun(house, 0)
    ana = story.people["direct"]
    path = rf"/channels/{house.at('staff').id}/messages"
    # Long enough for the loop that posts again to see that the card is being posted.
    house.trouble("POST", path, 0, Trouble(seconds=0.3, lost=True))
    await house.say(ana, WORRYING)
    await house.step(seconds=1)
    await house.say(ana, DANGER)
    await house.step(minutes=3)
    assert house.rows("SELECT level FROM episode") == [(3,)]
    [card] = house.cards()
    assert "Please look now" in card.text
