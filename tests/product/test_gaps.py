"""What is written while the bot is away, or its session is lost, is answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.rehearsal.faults import Trouble
from bot.rehearsal.people import Person
from bot.rehearsal.state import Channel
from tests.product.harness import DANGER, HARMLESS, LOW, WORRYING, House


async def test_message(river: House) -> None:
    """A message written while the bot was down brings help and a care card after its start."""
    ana = await river.member("Ana")
    await river.stop()
    await ana.say(river.at("talk"), WORRYING)
    await river.start()
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1
    await river.restart()
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def test_two_messages_of_one_person(river: House) -> None:
    """The second, graver message of the same gap is not lost behind the first."""
    ana = await river.member("Ana")
    await river.stop()
    await ana.say(river.at("talk"), WORRYING)
    river.clock.move_to(river.clock.now() + timedelta(minutes=10))
    await ana.say(river.at("daily"), DANGER)
    river.clock.move_to(river.clock.now() + timedelta(minutes=10))
    await river.start()
    assert river.rows("SELECT level FROM episode") == [(3,)]
    assert "911" in river.direct(ana)[-1].text.split("\n")[1]


async def test_many_messages(river: House) -> None:
    """The newest message of a busy gap is read too."""
    ana = await river.member("Ana")
    await river.stop()
    for _ in range(210):
        await ana.say(river.at("talk"), HARMLESS)
    await ana.say(river.at("talk"), WORRYING)
    await river.start()
    assert len(river.direct(ana)) == 1


async def test_direct_message(river: House) -> None:
    """A direct message written while the bot was down is answered after its start."""
    ana = await river.member("Ana")
    await river.stop()
    await ana.dm(HARMLESS)
    await river.start()
    assert "No person reads this." in river.direct(ana)[-1].text
    await river.restart()
    assert len(river.direct(ana)) == 1


async def test_thread(river: House) -> None:
    """A thread made while the bot was down is read."""
    ana = await river.member("Ana", route="channel")
    await river.stop()
    start = await ana.say(river.at("talk"), HARMLESS)
    thread = river.r.world.create_thread(river.at("talk"), ana, start, name="soup", type=11)
    await ana.say(thread, WORRYING)
    await river.start()
    assert len(river.lines(thread)) == 1
    assert len(river.cards()) == 1


async def test_archived_thread_is_not_a_direct_message(river: House) -> None:
    """A thread that was archived meanwhile is never answered as if only one person read it."""
    ana = await river.member("Ana", route="channel")
    start = await river.say(ana, HARMLESS)
    thread = river.r.world.create_thread(river.at("talk"), ana, start, name="soup", type=11)
    await river.r.quiet()
    await river.say(ana, WORRYING, thread)
    await river.stop()
    await ana.say(thread, HARMLESS)
    assert thread.thread is not None
    thread.thread.archived = True
    await river.start()
    assert [m.text for m in river.ours(thread)] == [m.text for m in river.lines(thread)]


@pytest.mark.parametrize(
    "trouble",
    [
        lambda house: house.r.faults.drop_sockets(),
        lambda house: house.r.faults.reconnect(),
        lambda house: house.r.faults.invalid_session(resumable=True),
        lambda house: house.r.faults.invalid_session(),
    ],
    ids=["dropped", "op 7", "op 9 resumable", "op 9"],
)
async def test_lost_session(river: House, trouble: Callable[[House], None]) -> None:
    """Whatever becomes of the session, each message in between is answered once."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    trouble(river)
    await ana.say(river.at("talk"), WORRYING)
    await ben.dm(HARMLESS)
    await river.until(lambda: bool(river.direct(ana) and river.direct(ben)))
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    assert len(river.direct(ben)) == 1
    assert len(river.cards()) == 1


async def test_messages_around_the_start(river: House) -> None:
    """A message that arrives before the gap was read does not hide what the gap held."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    await river.stop()
    await ana.say(river.at("talk"), WORRYING)
    river.r.faults.slow(r"/messages$", 0.3)
    starting = asyncio.create_task(river.start())
    await river.until(lambda: any(one.session for one in river.r.gateway.connections))
    await ben.say(river.at("talk"), HARMLESS)
    await starting
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def test_a_replay_sends_nothing_twice(river: House) -> None:
    """The same event told twice brings one help card and one care card."""
    ana = await river.member("Ana")
    await river.say(ana, DANGER)
    events = [one for one in river.r.gateway.dispatched if one[0] == "MESSAGE_CREATE"]
    told = [data for _, data in events if data["content"] == DANGER]
    river.r.world.dispatch("MESSAGE_CREATE", told[0], river.guild, 1 << 9)
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def test_low_words_are_not_answered_again(river: House) -> None:
    """After a restart level 1 is not answered a second time."""
    ana = await river.member("Ana")
    await river.say(ana, LOW)
    await river.step(minutes=10)
    await river.restart()
    assert len(river.direct(ana)) == 1


async def test_killed_before_the_care_card(river: House) -> None:
    """A bot that dies between help card and care card puts up the care card at its next start."""
    ana = await river.member("Ana")
    await _killed_at(river, ana, river.at("staff"))
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    assert "has got this" in river.cards()[0].text


async def test_killed_at_the_help_card(river: House) -> None:
    """A bot that dies while the help card is sent sends it once and tells staff."""
    ana = await river.member("Ana")
    await _killed_at(river, ana, ana.dms()[0].channel)
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def _killed_at(house: House, who: Person, channel: Channel) -> None:
    held = house.trouble("POST", rf"/channels/{channel.id}/messages", 0, Trouble(seconds=0.2))
    await who.say(house.at("talk"), WORRYING)
    await house.until(lambda: held.reached)
    await house.kill()
    await house.until(lambda: not house.r.rest.in_flight)
    await house.start()
