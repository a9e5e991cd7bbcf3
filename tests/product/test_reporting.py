"""*Let staff know*: a person's worry reaches the right staff, and nobody learns who had it."""

from __future__ import annotations

import pytest

from bot.rehearsal.interactions import Reply
from bot.rehearsal.people import Person
from bot.rehearsal.state import Message
from tests.product.harness import CRUEL, HARMLESS, House, shown

MENU = "Let staff know"


async def point(house: House, who: Person, message: Message) -> Message:
    """What somebody is asked when they choose the entry."""
    reply = await who.menu(MENU, message)
    await reply.filled()
    return shown(reply)


async def report(house: House, who: Person, message: Message) -> Reply:
    """The entry, and the button behind it."""
    return await house.press(who, await point(house, who, message), MENU)


async def test_a_worry_reaches_the_staff_of_the_place(river: House) -> None:
    """The card names the author and links to the message; not the words, nor who asked."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    said = await river.say(ana, HARMLESS)
    assert river.cards() == []
    asked = await point(river, ben, said)
    assert asked.ephemeral_for is ben
    assert "They will not see who asked" in asked.text
    assert river.cards() == []
    receipt = shown(await river.press(ben, asked, MENU))
    assert "Staff look at alerts here until" in receipt.text
    [card] = river.cards()
    assert f"what {ana.mention} wrote" in card.text
    assert said.link in card.text
    assert "soup" not in card.text
    assert ben.mention not in card.text
    assert card not in ana.sees(river.at("staff"))
    assert card.buttons == ["I’ve got this", "No action needed", "Handed over"]


async def test_nothing_is_kept_of_who_asked(river: House) -> None:
    """Neither the database nor the log of acts holds them in connection with it."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    before = {name: river.rows(f"SELECT * FROM {name}") for name in river.tables()}
    await report(river, ben, await river.say(ana, HARMLESS))
    new = {
        name: [row for row in river.rows(f"SELECT * FROM {name}") if row not in before[name]]
        for name in river.tables()
    }
    assert new["episode"]
    assert not [row for rows in new.values() for row in rows if ben.id in row]


async def test_the_author_chose_that_staff_hear_nothing(river: House) -> None:
    """That choice is about what a program finds; a person may still speak for them."""
    ana = await river.member("Ana", staff_told="no")
    ben = await river.member("Ben")
    await report(river, ben, await river.say(ana, HARMLESS))
    assert len(river.cards()) == 1


async def test_where_nothing_is_screened(bare: House) -> None:
    """It works where detection is off, which is when it is needed most."""
    await bare.set_up(detection="off")
    await bare.cohort()
    ana, ben = await bare.member("Ana"), await bare.member("Ben")
    await report(bare, ben, await bare.say(ana, CRUEL))
    assert len(bare.cards()) == 1


async def test_several_worries_are_one_card(river: House) -> None:
    """A second worry about the same person brings the card up again instead of doubling it."""
    ana, ben, cleo = [await river.member(name) for name in ("Ana", "Ben", "Cleo")]
    said = await river.say(ana, HARMLESS)
    await report(river, ben, said)
    await report(river, cleo, said)
    assert len(river.cards()) == 1
    assert river.rows("SELECT kind, level, state FROM episode") == [("report", 2, "open")]


async def test_unclaimed_it_goes_to_the_lead(river: House) -> None:
    """As every care card: after a quarter of an hour in staffed hours the lead is paged once."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    await report(river, ben, await river.say(ana, HARMLESS))
    await river.step(minutes=14)
    assert not river.lee.notifications
    await river.step(minutes=2)
    assert len(river.lee.notifications) == 1


async def test_the_database_is_broken(river: House) -> None:
    """Staff hear of it all the same; the card says that nothing can be claimed."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    said = await river.say(ana, HARMLESS)
    river.break_database()
    receipt = shown(await report(river, ben, said))
    assert "Staff are asked to look." in receipt.text
    [card] = river.cards()
    assert "I cannot save anything right now" in card.text
    assert said.link in card.text


@pytest.mark.parametrize(
    ("reporter", "author", "told"),
    [
        ("Ana", "Ana", "This message is yours"),
        ("Ana", "Kim", "Only a message of a member"),
        ("Ana", "Handrail", "Only a message of a member"),
        ("Zoe", "Ana", "only for members of a group"),
    ],
)
async def test_what_cannot_be_reported_is_said(
    river: House, reporter: str, author: str, told: str
) -> None:
    """One's own words, staff's and the bot's, and a stranger's wish; each is told what to do."""
    people = {"Ana": await river.member("Ana"), "Kim": river.kim}
    people["Zoe"] = river.guild.add_person("Zoe")
    if author == "Handrail":
        message = river.ours(river.at("daily"))[0]
    else:
        place = river.general if reporter == "Zoe" else river.at("talk")
        message = await river.say(people[author], HARMLESS, place)
    answer = await point(river, people[reporter], message)
    assert told in answer.text
    assert "See options" in answer.buttons
    assert river.cards() == []


async def test_a_server_that_is_not_set_up(bare: House) -> None:
    """Nobody could be told, and the sentence says so."""
    ana, ben = bare.guild.add_person("Ana"), bare.guild.add_person("Ben")
    answer = await point(bare, ben, await bare.say(ana, HARMLESS, bare.general))
    assert "not set up yet" in answer.text
