"""Care cards: who sees them, who may do what, who is paged and when, and what is kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.rehearsal import permissions
from bot.rehearsal.faults import Trouble
from bot.rehearsal.people import Person
from bot.rehearsal.state import Message, Overwrite
from tests.product.conftest import MakeHouse
from tests.product.harness import (
    CRUEL,
    DANGER,
    EVENING,
    HARMLESS,
    LOW,
    WORRYING,
    House,
    custom_ids,
    shown,
)


@pytest.fixture
async def evening(make_house: MakeHouse) -> House:
    """A cohort called River on an evening without staff; Ora is on call."""
    house = await make_house(EVENING)
    house.guild.add_person("Ora", roles=[house.on_call])
    await house.start()
    await house.set_up()
    await house.cohort()
    return house


def _pages(house: House, who: Person) -> list[Message]:
    """What notified somebody in the staff channel."""
    return [m for m in who.notifications if m.channel is house.at("staff")]


async def test_never_the_words(river: House) -> None:
    """The card says who, where and how urgent; neither words nor category stand on it."""
    ana = await river.member("Ana")
    said = await river.say(ana, f"{WORRYING} because of zanzibar")
    [card] = river.cards()
    assert ana.mention in card.text
    assert said.link in card.text
    assert card.text.startswith("### Please look\n")
    for word in ("zanzibar", "die", "suicid"):
        assert word not in card.text.lower()
    assert card.pinged == []


async def test_who_sees_it(river: House) -> None:
    """Members, the manager and another cohort's staff do not see the card."""
    pia = river.guild.add_person("Pia", roles=[river.clinicians])
    ana, ben = await river.member("Ana"), await river.member("Ben")
    await river.say(ana, WORRYING)
    [card] = river.cards()
    for who in (ana, ben, pia, river.owner):
        assert card not in who.sees(river.at("staff"))
    for who in (river.kim, river.lee):
        assert card in who.sees(river.at("staff"))


async def test_category_for_the_clicker_alone(river: House) -> None:
    """What it is about is shown to the one who asks, and the reading is noted."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    about = shown(await river.press(river.kim, river.cards()[0], "What is it about?"))
    assert "suicide" in about.text
    assert about.ephemeral_for is river.kim
    assert river.rows("SELECT actor_id, subject_id FROM audit WHERE action LIKE '%category%'") == [
        (river.kim.id, ana.id)
    ]


async def test_claim(river: House) -> None:
    """One press claims it; the card says who has got it."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    assert f"{river.kim.mention} has got this" in river.cards()[0].text
    assert river.rows("SELECT state, claimed_by FROM episode") == [("claimed", river.kim.id)]


async def test_claim_race(river: House) -> None:
    """Of two who press in the same moment one has got it and the other is told so."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    [card] = river.cards()
    replies = await asyncio.gather(
        river.press(river.kim, card, "I’ve got this"),
        river.press(river.lee, card, "I’ve got this"),
    )
    texts = sorted(shown(reply).text for reply in replies)
    assert [text.split(".")[0] for text in texts] == ["Somebody was faster", "You have got this"]


async def test_close_race(river: House) -> None:
    """Of two outcomes chosen in the same moment the first stands."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    [card] = river.cards()
    replies = await asyncio.gather(
        river.press(river.kim, card, "No action needed"),
        river.press(river.lee, card, "Handed over"),
    )
    assert sum("Somebody was faster" in shown(reply).text for reply in replies) == 1
    [(outcome, closed_by)] = river.rows("SELECT outcome, closed_by FROM episode")
    assert (outcome, closed_by) in [("no-action", river.kim.id), ("handed-over", river.lee.id)]
    assert river.cards()[0].buttons == []


async def test_peers(river: House) -> None:
    """Peer staff claim and hand over; level 2 and 3 are closed by a clinician or lead."""
    pia = river.guild.add_person("Pia", roles=[river.peers])
    await river.ask(river.kim, "cohort add", cohort="River", person=pia)
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    [card] = river.cards()
    await river.press(pia, card, "I’ve got this")
    refused = await river.press(pia, card, "No action needed")
    assert "A clinician or lead closes this one" in shown(refused).text
    await river.press(pia, card, "Handed over")
    assert river.rows("SELECT state, claimed_by FROM episode") == [("open", None)]
    assert len(_pages(river, river.lee)) == 1
    await river.press(river.kim, card, "No action needed")
    assert river.rows("SELECT state, outcome FROM episode") == [("closed", "no-action")]


async def test_hand_over_after_an_escalation(river: House) -> None:
    """A hand-over pings the lead although they were pinged a minute before."""
    pia = river.guild.add_person("Pia", roles=[river.peers])
    await river.ask(river.kim, "cohort add", cohort="River", person=pia)
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    await river.step(minutes=15)
    assert len(_pages(river, river.lee)) == 1
    await river.step(minutes=1)
    await river.press(pia, river.cards()[0], "Handed over")
    assert len(_pages(river, river.lee)) == 2


async def test_peers_close_small_requests(river: House) -> None:
    """A request without urgency is closed by whoever has looked."""
    pia = river.guild.add_person("Pia", roles=[river.peers])
    await river.ask(river.kim, "cohort add", cohort="River", person=pia)
    ana = await river.member("Ana")
    await _check_in(river, ana, "when-you-can")
    await river.press(pia, river.cards()[0], "No action needed")
    assert river.rows("SELECT state FROM episode") == [("closed",)]


@pytest.mark.parametrize("label", ["I’ve got this", "No action needed", "What is it about?"])
async def test_strangers(river: House, label: str) -> None:
    """Another cohort's staff who sees the card by some mistake can do nothing with it."""
    pia = river.guild.add_person("Pia", roles=[river.clinicians])
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    [card] = river.cards()
    _let_see(river, pia)
    reply = await river.press(pia, card, label)
    assert "Only this cohort's staff, on-call and lead" in shown(reply).text
    assert river.rows("SELECT state FROM episode") == [("open",)]
    assert river.rows("SELECT * FROM audit WHERE actor_id = ?", pia.id) == []


async def test_staff_told_no(river: House) -> None:
    """A member who said no is helped and staff hear nothing; nothing of it is kept."""
    ana = await river.member("Ana", staff_told="no")
    await river.say(ana, WORRYING)
    await river.say(ana, DANGER)
    assert len(river.direct(ana)) == 2
    assert river.cards() == []
    assert river.rows("SELECT * FROM episode") == []


async def test_level_three_always(bare: House) -> None:
    """Where the programme said so before joining, staff hear of level 3 and not of level 2."""
    await bare.set_up(danger="always")
    await bare.cohort()
    ana = await bare.member("Ana", staff_told="no")
    await bare.say(ana, WORRYING)
    assert bare.cards() == []
    await bare.say(ana, DANGER)
    [card] = bare.cards()
    assert card.text.startswith("### Please look now")


async def test_low_words_tell_nobody(river: House) -> None:
    """Level 1 makes no card."""
    await river.say(await river.member("Ana"), LOW)
    assert river.cards() == []


async def test_one_card_for_a_run(river: House) -> None:
    """Findings of one member soon after each other share one card, led by the gravest."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    second = await river.say(ana, DANGER)
    await river.say(ana, WORRYING)
    [card] = river.cards()
    assert card.text.startswith("### Please look now")
    assert second.link in card.text
    assert river.rows("SELECT level FROM episode") == [(3,)]


async def test_a_run_that_becomes_graver_pages(river: House) -> None:
    """A claimed card that rises to level 3 is brought up for whoever has got it."""
    ana = await river.member("Ana")
    await river.say(ana, WORRYING)
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    await river.say(ana, DANGER)
    assert len(_pages(river, river.kim)) == 1


async def test_danger_hours_later_pages_again(river: House) -> None:
    """Level 3 again hours later is brought up, not only drawn into the old card."""
    ana = await river.member("Ana")
    await river.say(ana, DANGER)
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    await river.step(hours=3)
    before = len(river.ours(river.at("staff")))
    await river.say(ana, DANGER)
    assert len(river.ours(river.at("staff"))) == before + 1
    assert len(_pages(river, river.kim)) == 1


async def test_danger_at_night_pages_on_call(river: House) -> None:
    """Level 3 in the evening pages on-call although somebody claimed the card in the day."""
    ora = river.guild.add_person("Ora", roles=[river.on_call])
    ana = await river.member("Ana")
    await river.r.step_to(EVENING - timedelta(hours=3))
    await river.say(ana, WORRYING)
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    await river.r.step_to(EVENING)
    await river.say(ana, DANGER)
    assert len(_pages(river, ora)) == 1


async def test_cruel_words(river: House) -> None:
    """Harmful words to a peer reach staff whatever their author chose."""
    ana = await river.member("Ana")
    ben = await river.member("Ben", staff_told="no")
    await river.say(ben, f"{ana.mention} {CRUEL}")
    assert len(river.cards()) == 1


async def test_deleted_message(river: House) -> None:
    """A deleted message leaves its card open, marked, without a dead link."""
    ana = await river.member("Ana")
    said = await river.say(ana, WORRYING)
    await ana.delete(said)
    await river.r.quiet()
    [card] = river.cards()
    assert "The message was deleted" in card.text
    assert said.link not in card.text
    assert "I’ve got this" in card.buttons


async def test_edited_away(river: House) -> None:
    """Words that were edited away leave the card open, marked."""
    ana = await river.member("Ana")
    said = await river.say(ana, WORRYING)
    await ana.edit(said, HARMLESS)
    await river.r.quiet()
    [card] = river.cards()
    assert "It was changed since" in card.text
    assert "I’ve got this" in card.buttons


@pytest.mark.parametrize(("words", "minutes"), [(WORRYING, 15), (DANGER, 5)])
async def test_unclaimed_in_hours(river: House, words: str, minutes: int) -> None:
    """Unclaimed in staffed hours, the lead is pinged after 15 minutes (level 3: 5), once."""
    await river.say(await river.member("Ana"), words)
    await river.step(minutes=minutes - 1)
    assert _pages(river, river.lee) == []
    await river.step(minutes=1)
    assert len(_pages(river, river.lee)) == 1
    await river.step(hours=2)
    assert len(_pages(river, river.lee)) == 1


async def test_claimed_in_time(river: House) -> None:
    """A claimed card pings nobody."""
    await river.say(await river.member("Ana"), WORRYING)
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    await river.step(hours=1)
    assert _pages(river, river.lee) == []


async def test_outside_hours(evening: House) -> None:
    """Outside staffed hours on-call is paged with the card itself, and once."""
    await evening.say(await evening.member("Ana"), WORRYING)
    ora = evening.person("Ora")
    assert _pages(evening, ora) == evening.cards()
    await evening.step(hours=1)
    assert len(_pages(evening, ora)) == 1
    await evening.press(ora, evening.cards()[0], "I’ve got this")
    assert "has got this" in evening.cards()[0].text


async def test_nobody_on_call(make_house: MakeHouse) -> None:
    """Without on-call the card waits, and the lead is pinged when staff are back."""
    house = await make_house(EVENING.replace(hour=13, minute=30))
    await house.start()
    await house.set_up(on_call=None)
    await house.cohort()
    await house.say(await house.member("Ana"), WORRYING)
    assert len(house.cards()) == 1
    await house.step(minutes=44)
    assert _pages(house, house.lee) == []
    await house.step(minutes=1)
    assert len(_pages(house, house.lee)) == 1


async def test_escalation_survives_a_restart(river: House) -> None:
    """The lead is pinged although the bot was restarted in between."""
    await river.say(await river.member("Ana"), WORRYING)
    await river.stop()
    river.clock.move_to(river.clock.now() + timedelta(minutes=20))
    await river.start()
    assert len(_pages(river, river.lee)) == 1


async def test_escalation_is_tried_again(river: House) -> None:
    """When Discord does not take the lead's ping it is sent a minute later."""
    await river.say(await river.member("Ana"), WORRYING)
    river.trouble("POST", rf"/{river.at('staff').id}/messages", 0, Trouble(status=429, lost=True))
    await river.step(minutes=15)
    await river.step(minutes=2)
    assert len(_pages(river, river.lee)) == 1


async def test_card_is_tried_again(river: House) -> None:
    """A care card whose sending failed is put up a minute later, once."""
    ana = await river.member("Ana")
    river.trouble("POST", rf"/{river.at('staff').id}/messages", 0, Trouble(status=403))
    await river.say(ana, WORRYING)
    await river.step(minutes=2)
    assert len(river.cards()) == 1
    assert len(river.direct(ana)) == 1


async def test_card_whose_answer_was_lost(river: House) -> None:
    """A care card that Discord took is not sent again when its answer was lost."""
    ana = await river.member("Ana")
    river.trouble("POST", rf"/{river.at('staff').id}/messages", 0, Trouble(lost=True))
    await river.say(ana, WORRYING)
    await river.step(minutes=10)
    assert len(river.cards()) == 1
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    assert "has got this" in river.cards()[0].text


async def test_deleted_after_thirty_days(river: House) -> None:
    """Thirty days after its outcome card and row are gone; an open one stays."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    await river.say(ana, WORRYING)
    await river.press(river.kim, river.cards()[0], "No action needed")
    await river.say(ben, WORRYING)
    await river.stop()
    river.clock.move_to(river.clock.now() + timedelta(days=31))
    await river.start()
    assert river.rows("SELECT user_id FROM episode") == [(ben.id,)]
    assert [ben.mention in card.text for card in river.cards()] == [True]


async def test_ask_staff(river: House) -> None:
    """A member asks for staff with one press, is told who is there, and a second adds no card."""
    ana = await river.member("Ana")
    pinned = river.at("daily").pinned[0]
    for _ in range(2):
        reply = await river.press(ana, pinned, "Ask staff to talk to me")
        assert "Staff look at alerts here until <t:" in shown(reply).text
    [card] = river.cards()
    assert f"{ana.mention} asks that staff reach out today" in card.text
    assert "nothing to open" in card.text or "http" not in card.text


async def test_ask_staff_as_a_stranger(river: House) -> None:
    """Somebody in no group is told so and is shown the options."""
    otto = river.guild.add_person("Otto")
    start = river.guild.channel("start-here").pinned[0]
    reply = shown(await river.press(otto, start, "Ask staff to talk to me"))
    assert "members of a group" in reply.text
    assert reply.buttons == ["See options"]
    assert river.rows("SELECT * FROM episode") == []


async def test_today_after_when_you_can(evening: House) -> None:
    """A request that becomes urgent pages on-call, also when an earlier one is still open."""
    ana = await evening.member("Ana")
    ora = evening.person("Ora")
    await _check_in(evening, ana, "when-you-can")
    assert _pages(evening, ora) == []
    await evening.press(ana, evening.at("daily").pinned[0], "Ask staff to talk to me")
    assert len(_pages(evening, ora)) == 1


async def test_peoples_cards_are_their_own(river: House) -> None:
    """Two members in distress make two cards."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    await asyncio.gather(ana.say(river.at("talk"), WORRYING), ben.say(river.at("talk"), WORRYING))
    await river.r.quiet()
    assert len(river.cards()) == 2
    assert len({found for card in river.cards() for found in custom_ids(card)}) == 8


async def _check_in(house: House, who: Person, reach_out: str) -> None:
    await house.ask(house.kim, "prompt now", cohort="River", kind="check-in")
    [invitation] = [m for m in house.ours(house.at("daily")) if "Check in" in m.buttons]
    form = await who.click(invitation, "Check in")
    await (await who.submit(form, {"reach_out": reach_out})).filled()
    await house.r.quiet()


def _let_see(house: House, who: Person) -> None:
    allowed = permissions.VIEW_CHANNEL | permissions.READ_MESSAGE_HISTORY
    house.at("staff").overwrites[who.id] = Overwrite(who.id, 1, allow=allowed)
