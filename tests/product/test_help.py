"""Help: it reaches each person by the way they chose, first, privately, and only as often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.rehearsal.components import of_types
from bot.rehearsal.state import Message
from tests.product.conftest import MakeHouse
from tests.product.harness import (
    CRUEL,
    DANGER,
    DIED,
    EVENING,
    HARMLESS,
    LOW,
    SPANISH,
    WORRYING,
    House,
    shown,
)


async def test_direct(river: House) -> None:
    """A member who chose direct messages gets the card there, and the channel stays silent."""
    ana = await river.member("Ana", route="direct")
    said = await river.say(ana, WORRYING)
    card = river.direct(ana)[-1]
    assert "United States" in card.text
    assert "988" in card.text
    assert "Stop direct messages" in card.buttons
    assert "Ask staff to talk to me" in card.buttons
    assert river.ours(river.at("talk")) == []
    assert WORRYING not in card.text
    assert ana in card.pinged or card in ana.dms()
    assert not said.deleted


async def test_channel(river: House) -> None:
    """A member who chose the line gets it: silent, naming nobody, replying to nobody."""
    ana = await river.member("Ana", route="channel")
    await river.say(ana, WORRYING)
    [line] = river.lines()
    assert line.text == "Support options are here any time. Only you see what opens."
    assert line.buttons == ["See options"]
    assert line.pinged == line.mentions == []
    assert line.reference is None
    assert line.silent
    assert river.direct(ana) == []
    card = await river.press(ana, line, "See options")
    assert shown(card).ephemeral_for is ana


async def test_button(river: House) -> None:
    """A member who chose the pinned button alone is sent nothing, at any level."""
    ana = await river.member("Ana", route="button")
    for words in (LOW, WORRYING, DANGER):
        await river.say(ana, words)
    assert river.lines() == []
    assert river.direct(ana) == []


async def test_line_is_the_same_for_every_level(river: House) -> None:
    """Nobody can tell from the line how grave the words before it were."""
    ana = await river.member("Ana", route="channel")
    await river.say(ana, WORRYING)
    await river.say(ana, DANGER, river.at("daily"))
    [one], [other] = river.lines(), river.lines(river.at("daily"))
    assert one.text == other.text
    assert one.components == other.components


async def test_one_line_in_ten_minutes(river: House) -> None:
    """In ten minutes a channel gets one line, whoever writes; later it gets another."""
    ana = await river.member("Ana", route="channel")
    ben = await river.member("Ben", route="channel")
    await river.say(ana, WORRYING)
    await river.step(minutes=9)
    await river.say(ben, WORRYING)
    assert len(river.lines()) == 1
    await river.step(minutes=2)
    await river.say(ben, WORRYING)
    assert len(river.lines()) == 2


async def test_two_messages_at_once_make_one_line(river: House) -> None:
    """Messages that arrive together get one line."""
    ana = await river.member("Ana", route="channel")
    ben = await river.member("Ben", route="channel")
    await asyncio.gather(ana.say(river.at("talk"), WORRYING), ben.say(river.at("talk"), WORRYING))
    await river.r.quiet()
    assert len(river.lines()) == 1


async def test_two_messages_at_once_make_one_card(river: House) -> None:
    """Two messages of one person that arrive together get one help card and one care card."""
    ana = await river.member("Ana")
    await asyncio.gather(ana.say(river.at("talk"), WORRYING), ana.say(river.at("daily"), WORRYING))
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def test_a_restart_keeps_the_one_line(river: House) -> None:
    """A bot that was restarted finds the line of the one before it."""
    ana = await river.member("Ana", route="channel")
    await river.say(ana, WORRYING)
    await river.restart()
    await river.say(ana, WORRYING)
    assert len(river.lines()) == 1


async def test_level_three_is_not_held_back(river: House) -> None:
    """Level 3 gets a line at once, last in the channel, and there is still only one."""
    ana = await river.member("Ana", route="channel")
    await river.say(ana, WORRYING)
    said = await river.say(ana, DANGER)
    [line] = river.lines()
    assert line.id > said.id


async def test_low_distress_is_private_and_rare(river: House) -> None:
    """Level 1 offers a pause directly, once a day; never a line, and staff hear nothing."""
    ana = await river.member("Ana", route="direct")
    ben = await river.member("Ben", route="channel")
    await river.say(ana, LOW)
    await river.say(ana, LOW)
    await river.say(ben, LOW)
    [card] = river.direct(ana)
    assert "A small pause" in card.text
    assert river.direct(ben) == []
    assert river.lines() == []
    assert river.cards() == []
    assert river.rows("SELECT * FROM episode") == []


async def test_cool_down(river: House) -> None:
    """The same level brings one card in six hours; level 3 always brings one."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    await river.step(hours=5)
    await river.say(ana, WORRYING)
    assert len(river.direct(ana)) == 1
    await river.say(ana, DANGER)
    await river.step(minutes=6)
    await river.say(ana, DANGER)
    assert len(river.direct(ana)) == 3
    await river.step(hours=6)
    await river.say(ana, WORRYING)
    assert len(river.direct(ana)) == 4


async def test_emergency_first(river: House) -> None:
    """At level 3 the emergency number is the first thing on the card."""
    ana = await river.member("Ana")
    await river.say(ana, DANGER)
    lines = [line for line in river.direct(ana)[-1].text.split("\n") if not line.startswith("#")]
    assert "911" in lines[0]


async def test_closed_later(river: House) -> None:
    """Direct messages closed after joining give way to the line, so that help is not lost."""
    ana = await river.member("Ana", route="direct")
    ana.close_dms()
    await river.say(ana, WORRYING)
    assert len(river.lines()) == 1
    assert len(river.cards()) == 1


async def test_spanish(river: House) -> None:
    """Words in Spanish are noticed, and a Spanish-speaking member reads Spanish."""
    ana = await river.member("Ana")
    await river.press(ana, shown(await river.ask(ana, "my-choices")), "Español")
    await river.say(ana, SPANISH)
    assert "Estados Unidos" in river.direct(ana)[-1].text


async def test_loss_is_left_to_people(river: House) -> None:
    """Somebody who tells of a death gets no card and no line, and staff are told nothing."""
    ana = await river.member("Ana")
    await river.say(ana, DIED)
    assert river.direct(ana) == []
    assert river.lines() == []
    assert river.cards() == []


async def test_cruel_words(river: House) -> None:
    """Cruel words bring support to whom they were thrown at and the agreement to their author."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    eve = await river.member("Eve")
    await river.say(ben, f"{ana.mention} {eve.mention} {CRUEL}")
    for target in (ana, eve):
        [card] = river.direct(target)
        assert "988" in card.text
    [word] = river.direct(ben)
    assert "agreement" in word.text
    assert river.lines() == []
    assert len(river.cards()) == 1


async def test_cruel_words_to_closed_doors(river: House) -> None:
    """One target's closed direct messages do not keep help from the next one."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    eve = await river.member("Eve")
    ana.close_dms()
    await river.say(ben, f"{ana.mention} {eve.mention} {CRUEL}")
    assert len(river.direct(eve)) == 1
    assert len(river.cards()) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (HARMLESS, "No person reads this."),
        (LOW, "A small pause"),
        (WORRYING, "988"),
        (DANGER, "911"),
        (DIED, "I'm a program"),
        (CRUEL, "I'm a program"),
    ],
)
async def test_direct_messages_to_the_bot(river: House, words: str, expected: str) -> None:
    """Every direct message is answered by a program that says so and shows a way to support."""
    ana = await river.member("Ana")
    await ana.dm(words)
    await river.r.quiet()
    answer = river.direct(ana)[-1]
    assert expected in answer.text
    assert "I'm a program" in answer.text
    assert set(answer.buttons) & {"See options", "Ask staff to talk to me"}


async def test_direct_message_of_a_stranger(river: House) -> None:
    """Somebody in no group is answered and helped, and nothing is kept or told."""
    otto = river.guild.add_person("Otto")
    await otto.dm(WORRYING)
    await river.r.quiet()
    assert len([m for m in otto.dms() if m.author.bot]) == 1
    assert river.rows("SELECT * FROM episode") == []
    assert river.cards() == []


async def test_direct_message_tells_staff(river: House) -> None:
    """Worrying words to the bot reach the member's own staff, without a link to open."""
    ana = await river.member("Ana")
    await ana.dm(WORRYING)
    await river.r.quiet()
    [card] = river.cards()
    assert "https://" not in card.text
    assert "nothing to open" in card.text


async def test_edits(river: House) -> None:
    """A change of words is screened; Discord's own updates of a message are not."""
    ana = await river.member("Ana")
    said = await river.say(ana, HARMLESS)
    await ana.edit(said, WORRYING)
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    river.r.world.pin(said, river.kim)
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def test_old_edit_is_no_news(river: House) -> None:
    """Pinning a message that was edited long ago raises nothing after a restart."""
    ana = await river.member("Ana")
    said = await river.say(ana, HARMLESS)
    await ana.edit(said, WORRYING)
    await river.r.quiet()
    await river.press(river.kim, river.cards()[0], "No action needed")
    await river.step(hours=7)
    await river.restart()
    river.r.world.pin(said, river.kim)
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    assert len(river.cards()) == 1


async def test_edited_direct_message(river: House) -> None:
    """An edit of a message to the bot is answered too, when it says something new."""
    ana = await river.member("Ana")
    said = await ana.dm(HARMLESS)
    await river.r.quiet()
    await ana.edit(said, WORRYING)
    await river.r.quiet()
    assert "988" in river.direct(ana)[-1].text


async def test_forward(river: House) -> None:
    """A forwarded message is read with the words in it."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    said = await ben.say(river.general, WORRYING)
    await ana.forward(said, river.at("talk"))
    await river.r.quiet()
    assert len(river.direct(ana)) == 1
    assert river.direct(ben) == []


async def test_threads(river: House) -> None:
    """Threads of a cohort's channels are watched, and the line appears in the thread."""
    ana = await river.member("Ana", route="channel")
    start = await river.say(ana, HARMLESS)
    thread = river.r.world.create_thread(river.at("talk"), ana, start, name="soup", type=11)
    await river.r.quiet()
    await river.say(ana, WORRYING, thread)
    assert len(river.lines(thread)) == 1
    assert river.lines() == []
    assert len(river.cards()) == 1


async def test_not_watched(river: House) -> None:
    """Other channels, the staff channel, staff and bots are not screened."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING, river.general)
    await river.say(river.kim, WORRYING)
    await river.say(river.kim, WORRYING, river.at("staff"))
    assert river.direct(ana) == []
    assert river.lines() == []
    assert river.cards() == []


async def test_detection_off(bare: House) -> None:
    """With detection off nothing is screened, and the buttons work."""
    await bare.set_up(detection="off")
    await bare.cohort()
    ana = await bare.member("Ana")
    await bare.say(ana, DANGER)
    assert bare.direct(ana) == []
    assert bare.cards() == []
    await ana.dm(DANGER)
    await bare.r.quiet()
    assert "No person reads this." in bare.direct(ana)[-1].text
    assert bare.cards() == []
    await bare.press(ana, bare.at("daily").pinned[0], "Ask staff to talk to me")
    assert len(bare.cards()) == 1


async def test_support_anywhere(river: House) -> None:
    """/support answers anybody, anywhere, for their eyes alone, and keeps nothing."""
    otto = river.guild.add_person("Otto")
    reply = await river.ask(otto, "support")
    assert shown(reply).ephemeral_for is otto
    assert "988" in shown(reply).text
    direct = await otto.slash("support")
    assert "I'm a program" in shown(await direct.filled()).text
    assert str(otto.id) not in str([river.rows(f"SELECT * FROM {t}") for t in river.tables()])


async def test_somewhere_else(river: House) -> None:
    """Another country is two presses away, and is kept for a member alone."""
    ana = await river.member("Ana")
    card = shown(await river.ask(ana, "support"))
    menu = shown(await river.press(ana, card, "I'm somewhere else"))
    selects = [c for c in _selects(menu) if any(o["value"] == "CA" for o in c["options"])]
    reply = await ana.choose(menu, selects[0]["custom_id"], ["CA"])
    await river.r.quiet()
    assert "Canada" in shown(reply).text
    assert "Canada" in shown(await river.ask(ana, "support")).text
    assert river.rows("SELECT country FROM member") == [("CA",)]


async def test_every_button_of_the_card(river: House) -> None:
    """Each button of a help card opens something, in a channel and in direct messages."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    for card in (river.direct(ana)[-1], shown(await river.ask(ana, "support"))):
        for label in card.buttons:
            if label != "Stop direct messages":
                opened = shown(await river.press(ana, card, label))
                assert "older version" not in opened.text
                assert "wrong on my side" not in opened.text
                assert opened.channel.recipient is ana or opened.ephemeral_for is ana


async def test_no_one_tonight(make_house: MakeHouse) -> None:
    """When nobody is there and nobody is on call, the card says that no one may see this."""
    house = await make_house(EVENING)
    await house.start()
    await house.set_up()
    await house.cohort()
    ana = await house.member("Ana")
    await house.say(ana, WORRYING)
    assert "No one may see this tonight." in house.direct(ana)[-1].text
    back = EVENING.replace(hour=14)
    assert f"Staff are back <t:{int(back.timestamp())}:f>." in house.direct(ana)[-1].text
    asked = await house.press(ana, house.direct(ana)[-1], "Ask staff to talk to me")
    assert "No one may see this tonight." in shown(asked).text


async def test_help_comes_before_staff(river: House) -> None:
    """The help card is sent before the care card."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    assert river.direct(ana)[-1].id < river.cards()[0].id


async def test_urgent_help_does_not_wait_for_bulk(river: House) -> None:
    """A help card is there at the same instant, whatever else is posted."""
    ana = await river.member("Ana")
    before = river.clock.now()
    await river.say(ana, DANGER)
    assert river.direct(ana)[-1].at - before == timedelta(0)


def _selects(message: Message) -> list[dict[str, object]]:
    return of_types(message.components, {3})
