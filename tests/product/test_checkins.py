"""Check-ins: what opens, what is kept, for whom, and what the receipt says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rehearsal.interactions import Reply
from bot.rehearsal.people import Person
from bot.rehearsal.state import Message
from tests.product.harness import DANGER, HARMLESS, WORRYING, House, shown

_ANSWERS = {"mood": "2", "sleep": "poor", "words": HARMLESS}


@pytest.fixture
async def storing(bare: House) -> House:
    """A programme that stores check-ins, with a cohort called River."""
    await bare.set_up(checkins="stored")
    await bare.accept_limits()
    await bare.cohort()
    return bare


async def _invitation(house: House) -> Message:
    await house.ask(house.kim, "prompt now", cohort="River", kind="check-in")
    return next(m for m in house.ours(house.at("daily")) if "Check in" in m.buttons)


async def _send(house: House, who: Person, opened: Reply, **answers: object) -> Reply:
    reply = await who.submit(opened, _ANSWERS | answers)
    await reply.filled()
    await house.r.quiet()
    return reply


async def test_prompt_only_keeps_nothing(river: House) -> None:
    """Where nothing is stored the form opens at once, nothing is kept, and that is said."""
    ana = await river.member("Ana")
    opened = await ana.click(await _invitation(river), "Check in")
    receipt = await _send(river, ana, opened)
    assert "Nothing is kept, and nobody reads it" in receipt.text
    assert river.rows("SELECT * FROM checkin") == []
    assert river.cards() == []


async def test_form(river: House) -> None:
    """The form asks in words, requires nothing, and says that its free text is not kept."""
    ana = await river.member("Ana")
    opened = await ana.click(await _invitation(river), "Check in")
    assert opened.modal is not None
    assert "How are you?" in opened.modal.labels
    assert "Would you like staff to reach out?" in opened.modal.labels
    assert "Nobody reads this and it is not kept" in opened.text
    reply = await ana.submit(opened, {})
    assert "Nothing is kept" in (await reply.filled()).text


async def test_invitation_is_quiet(river: House) -> None:
    """The invitation notifies nobody and carries the support button."""
    ana = await river.member("Ana")
    invitation = await _invitation(river)
    assert invitation.silent
    assert invitation.pinged == []
    assert ana not in invitation.mentions
    assert "See options" in invitation.buttons


async def test_stored_with_both_yes(storing: House) -> None:
    """Kept where programme and member said yes; sealed in the file; the receipt says who reads."""
    ana = await storing.member("Ana", checkins_stored="yes")
    opened = await ana.click(await _invitation(storing), "Check in")
    receipt = await _send(storing, ana, opened)
    assert "Your answers are kept, locked, for 30 days" in receipt.text
    [(sealed,)] = storing.rows("SELECT sealed_answers FROM checkin")
    assert "poor" not in sealed
    assert "mood" not in sealed


async def test_member_said_no(storing: House) -> None:
    """Nothing is kept of somebody who said no, and the form opens all the same."""
    ana = await storing.member("Ana", checkins_stored="no")
    opened = await ana.click(await _invitation(storing), "Check in")
    receipt = await _send(storing, ana, opened)
    assert "Nothing is kept" in receipt.text
    assert storing.rows("SELECT * FROM checkin") == []


@pytest.mark.parametrize(("button", "kept"), [("Yes, keep mine", 1), ("No, keep nothing", 0)])
async def test_asked_first(bare: House, button: str, kept: int) -> None:
    """A member from before storing began is asked first; a yes is stored with the answers."""
    await bare.set_up()
    await bare.cohort()
    ana = await bare.member("Ana")
    await bare.accept_limits()
    question = await bare.press(ana, await _invitation(bare), "Check in")
    assert shown(question).ephemeral_for is ana
    opened = await ana.click(shown(question), button)
    assert bare.rows("SELECT checkins_stored FROM member") == [(None,)]
    await _send(bare, ana, opened)
    assert bare.rows("SELECT checkins_stored FROM member") == [(kept,)]
    assert bare.rows("SELECT count(*) FROM checkin") == [(kept,)]


async def test_second_on_the_same_day(storing: House) -> None:
    """A second check-in of a day takes the first one's place."""
    ana = await storing.member("Ana", checkins_stored="yes")
    invitation = await _invitation(storing)
    first = await _send(storing, ana, await ana.click(invitation, "Check in"))
    [(before,)] = storing.rows("SELECT sealed_answers FROM checkin")
    await _send(storing, ana, await ana.click(invitation, "Check in"), mood="5")
    [(after,)] = storing.rows("SELECT sealed_answers FROM checkin")
    assert before != after
    assert "kept" in first.text


async def test_gone_after_thirty_days(storing: House) -> None:
    """Answers are deleted after 30 days."""
    ana = await storing.member("Ana", checkins_stored="yes")
    await _send(storing, ana, await ana.click(await _invitation(storing), "Check in"))
    await storing.stop()
    storing.clock.move_to(storing.clock.now() + timedelta(days=31))
    await storing.start()
    assert storing.rows("SELECT * FROM checkin") == []


@pytest.mark.parametrize(
    ("choice", "said", "card"),
    [
        ("today", "I asked staff to reach out today", "reach out today"),
        ("when-you-can", "reach out when they can", "reach out when they can"),
    ],
)
async def test_reach_out(river: House, choice: str, said: str, card: str) -> None:
    """A wish to be reached puts a card before staff, also where nothing is kept."""
    ana = await river.member("Ana", staff_told="no")
    opened = await ana.click(await _invitation(river), "Check in")
    receipt = await _send(river, ana, opened, reach_out=choice)
    assert said in receipt.text
    assert "Staff look at alerts here until" in receipt.text
    [there] = river.cards()
    assert card in there.text


async def test_words_are_screened(river: House) -> None:
    """Worrying free text brings help right there, then a card for staff, and is not kept."""
    ana = await river.member("Ana", route="button")
    opened = await ana.click(await _invitation(river), "Check in")
    reply = await _send(river, ana, opened, words=WORRYING)
    assert "988" in reply.text
    assert "Thank you for taking a moment" in reply.text
    assert river.direct(ana) == []
    assert len(river.cards()) == 1


async def test_words_of_danger_with_a_broken_answer(river: House) -> None:
    """When the help card cannot be shown, staff are told all the same."""
    ana = await river.member("Ana")
    opened = await ana.click(await _invitation(river), "Check in")
    river.r.faults.next("POST", r"/webhooks/", status=404)
    await ana.submit(opened, _ANSWERS | {"words": DANGER})
    await river.r.quiet()
    assert len(river.cards()) == 1


async def test_staff_channel_refuses(river: House) -> None:
    """When the care card cannot be posted the member still gets a receipt."""
    ana = await river.member("Ana")
    opened = await ana.click(await _invitation(river), "Check in")
    river.r.faults.next("POST", rf"/channels/{river.at('staff').id}/messages", status=403)
    receipt = await _send(river, ana, opened, words=WORRYING)
    assert "Thank you for taking a moment" in receipt.text


async def test_own_programme_is_told(river: House) -> None:
    """Words in a check-in reach the staff of this server, not of another one of the member."""
    other = river.r.add_guild("Lakeside", permissions=river.asked)
    staff = other.add_role("Staff")
    boss = other.add_person("Boss", roles=[staff, other.add_role("Managers", permissions=1 << 5)])
    place = other.add_channel("general")
    await river.r.quiet()
    ana = await river.member("Ana")
    await ana.join(other)
    await river.ask(
        boss,
        "programme setup",
        place,
        zone="UTC",
        clinicians=staff,
        leads=staff,
        hours="none",
        detection="in-memory",
    )
    await river.ask(boss, "cohort create", place, name="Lake", zone="UTC")
    await river.step(minutes=1)
    await river.ask(boss, "cohort add", place, cohort="Lake", person=ana)
    await river.choose(ana, ana.notifications[-1])
    opened = await ana.click(await _invitation(river), "Check in")
    await _send(river, ana, opened, words=WORRYING)
    assert len(river.cards()) == 1
    [theirs] = [
        c for c in other.channels.values() if c.name == "staff" and c.parent and c.parent.name
    ]
    assert [m for m in river.ours(theirs) if "Please look" in m.text] == []


async def test_old_button_after_a_restart(storing: House) -> None:
    """A form opened before a restart can be sent after it, and the button still works."""
    ana = await storing.member("Ana", checkins_stored="yes")
    invitation = await _invitation(storing)
    opened = await ana.click(invitation, "Check in")
    await storing.restart()
    await _send(storing, ana, opened)
    assert storing.rows("SELECT count(*) FROM checkin") == [(1,)]
    again = await ana.click(invitation, "Check in")
    assert again.modal is not None


async def test_database_broken_at_send(storing: House) -> None:
    """With a broken database the receipt says nothing is kept, and staff are still asked."""
    ana = await storing.member("Ana", checkins_stored="yes")
    opened = await ana.click(await _invitation(storing), "Check in")
    storing.break_database()
    receipt = await _send(storing, ana, opened, reach_out="today")
    assert "could not save your answers" in receipt.text
    assert "I asked staff to reach out today" in receipt.text
    [card] = storing.cards()
    assert "cannot save anything right now" in card.text
    assert "asks that staff reach out" in card.text


async def test_database_broken_at_consent(bare: House) -> None:
    """A yes that cannot be kept does not keep help or staff away."""
    await bare.set_up()
    await bare.cohort()
    ana = await bare.member("Ana")
    await bare.accept_limits()
    question = await bare.press(ana, await _invitation(bare), "Check in")
    opened = await ana.click(shown(question), "Yes, keep mine")
    bare.break_database()
    receipt = await _send(bare, ana, opened, reach_out="today", words=WORRYING)
    assert "988" in receipt.text
    assert "could not save your answers" in receipt.text
    assert bare.cards() != []


async def test_not_for_strangers(river: House) -> None:
    """Staff and others who press the button get a sentence."""
    reply = await river.press(river.kim, await _invitation(river), "Check in")
    assert "for the members of this group" in shown(reply).text
