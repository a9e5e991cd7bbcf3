"""Joining: the invitation, the choices, the yes before which nothing is kept, and the way out."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import RehearsalError
from bot.rehearsal.faults import Trouble
from bot.rehearsal.people import Person
from tests.product.conftest import MakeHouse
from tests.product.harness import HARMLESS, WORRYING, House, shown


def _traces(house: House, who: Person) -> list[str]:
    """The tables in which somebody's id stands anywhere, in whatever column."""
    found = []
    for table in house.tables():
        for row in house.rows(f'SELECT * FROM "{table}"'):
            if any(str(who.id) in str(value) for value in row):
                found.append(table)
    return found


async def test_nothing_before_yes(river: House) -> None:
    """Up to the yes no table holds anything of the person; after it one row and an audit line."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    assert _traces(river, ana) == []
    card = await river.press(ana, invitation, "Read and choose")
    form = await ana.click(shown(card), "Make my choices")
    assert _traces(river, ana) == []
    assert not ana.sees(river.at("talk"))
    await ana.submit(form, {"route": "button", "staff_told": "no", "agree": ["adult", "agreement"]})
    await river.r.quiet()
    assert "member" in _traces(river, ana)
    assert river.rows("SELECT help_route, staff_told, checkins_stored FROM member") == [
        ("button", 0, None)
    ]


async def test_invitation_is_not_audited_by_name(river: House) -> None:
    """Not even the audit log names somebody who was invited and has not said yes."""
    ana = river.guild.add_person("Ana")
    await river.invite(ana)
    assert _traces(river, ana) == []


async def test_invitation_is_private(river: House) -> None:
    """The invitation notifies the person alone and nobody else can see it."""
    ana, ben = river.guild.add_person("Ana"), river.guild.add_person("Ben")
    invitation = await river.invite(ana)
    assert invitation.pinged == [ana]
    assert ben.sees(invitation.channel) == []
    assert "River" not in invitation.text + invitation.channel.name


async def test_staff_are_reminded_of_consent(river: House) -> None:
    """Adding somebody reminds staff that written consent comes first, outside Discord."""
    ana = river.guild.add_person("Ana")
    reply = await river.ask(river.kim, "cohort add", cohort="River", person=ana)
    assert "written consent must be signed before" in shown(reply).text


async def test_join_card_says_what_must_be_said(river: House) -> None:
    """Hours, who sees what, the agreement, help, data and the way out stand on the join card."""
    ana = river.guild.add_person("Ana")
    card = await river.press(ana, await river.invite(ana), "Read and choose")
    text = shown(card).text
    for words in (
        "not therapy",
        "Mon-Fri 08:00-17:00 (America/Chicago)",
        "its staff see what you post",
        "agreement",
        "/support",
        "/my-data",
        "/forget-me",
        "I never quote you",
        "does not change your care",
    ):
        assert words in text, words


async def test_join_card_without_detection(bare: House) -> None:
    """Where messages are not screened the join card does not promise that they are."""
    await bare.set_up(detection="off")
    await bare.cohort("River")
    ana = bare.guild.add_person("Ana")
    card = await bare.press(ana, await bare.invite(ana), "Read and choose")
    assert "When some words appear" not in shown(card).text
    assert "do not look" in shown(card).text


async def test_decline(river: House) -> None:
    """Saying no keeps nothing, closes nothing, and can be changed later."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    card = await river.press(ana, invitation, "Read and choose")
    reply = await river.press(ana, shown(card), "No, thank you")
    assert "Nothing about you was saved" in shown(reply).text
    assert _traces(river, ana) == []
    assert "You are in" in shown(await river.choose(ana, invitation)).text


@pytest.mark.parametrize("agree", [["adult"], ["agreement"], []])
async def test_both_ticks(river: House, agree: list[str]) -> None:
    """The form cannot be sent without both ticks, and nothing is kept."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    with pytest.raises(RehearsalError, match="agree"):
        await river.choose(ana, invitation, agree=agree)
    assert _traces(river, ana) == []
    assert not ana.sees(river.at("daily"))


@pytest.mark.parametrize(("route", "told"), [("direct", 1), ("channel", 0), ("button", 0)], ids=str)
async def test_routes(river: House, route: str, told: int) -> None:
    """Only who chose direct messages gets one, as a test, with a way to stop them."""
    ana = await river.member("Ana", route=route)
    assert len(ana.dms()) == told
    if told:
        assert "This is a test" in ana.dms()[0].text
        assert ana.dms()[0].buttons == ["Stop direct messages"]
    assert river.rows("SELECT help_route FROM member") == [(route,)]


async def test_two_join_in_the_same_moment(river: House) -> None:
    """Two people who say yes in the same second each get their own test message."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    assert len(ana.dms()) == len(ben.dms()) == 1


async def test_closed_direct_messages(river: House) -> None:
    """When the test message does not arrive, that is said, and the pinned button is the way."""
    ana = river.guild.add_person("Ana")
    ana.close_dms()
    reply = await river.choose(ana, await river.invite(ana))
    assert "could not send you a direct message" in shown(reply).text
    assert river.rows("SELECT help_route FROM member") == [("button",)]
    await river.say(ana, WORRYING)
    assert river.lines() == []


async def test_role_refused(river: House) -> None:
    """When Discord refuses the role, nothing is kept and the person can try again."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    river.r.faults.next("PUT", r"/members/\d+/roles/", status=403)
    reply = await river.choose(ana, invitation)
    assert "staff" in shown(reply).text
    assert _traces(river, ana) == []
    assert "You are in" in shown(await river.choose(ana, invitation)).text
    await river.say(ana, HARMLESS)


async def test_dies_between_role_and_yes(river: House) -> None:
    """When the bot dies before the yes was kept, the form can be sent again."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    card = await river.press(ana, invitation, "Read and choose")
    held = river.trouble("PUT", r"/members/\d+/roles/", 0, Trouble(seconds=0.2))
    form = await ana.click(shown(card), "Make my choices")
    choices = {"route": "button", "staff_told": "no", "agree": ["adult", "agreement"]}
    await ana.submit(form, choices)
    await river.until(lambda: held.reached)
    await river.kill()
    await river.until(lambda: not river.r.rest.in_flight)
    await river.start()
    assert "You are in" in shown(await river.choose(ana, invitation)).text
    assert river.rows("SELECT user_id FROM member") == [(ana.id,)]
    await river.say(ana, HARMLESS)


async def test_sent_twice(river: House) -> None:
    """A form sent twice in the same moment makes one member and one test message."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    await asyncio.gather(river.choose(ana, invitation), river.choose(ana, invitation))
    assert river.rows("SELECT count(*) FROM member") == [(1,)]
    assert len(ana.dms()) == 1


async def test_change(river: House) -> None:
    """A member changes each choice later, and a new direct route is tested first."""
    ana = await river.member("Ana", route="button")
    card = await river.ask(ana, "my-choices")
    assert "Only the pinned button" in shown(card).text
    form = await ana.click(shown(card), "Change")
    reply = await ana.submit(form, {"route": "direct", "staff_told": "no"})
    await reply.filled()
    await river.r.quiet()
    assert "Your choices are saved" in shown(reply).text
    assert river.rows("SELECT help_route, staff_told FROM member") == [("direct", 0)]
    assert len(ana.dms()) == 1
    assert ("consent-changed",) in river.rows("SELECT action FROM audit")


async def test_language(river: House) -> None:
    """One press changes the language; it does not count as a new yes."""
    ana = await river.member("Ana")
    before = river.rows("SELECT consented_at FROM member")
    await river.step(hours=1)
    card = await river.ask(ana, "my-choices")
    await river.press(ana, shown(card), "Español")
    assert river.rows("SELECT language FROM member") == [("es",)]
    assert river.rows("SELECT consented_at FROM member") == before


async def test_spanish_from_the_invitation(river: House) -> None:
    """The invitation's Spanish button makes a Spanish-speaking member."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    card = await river.press(ana, invitation, "Leer y elegir (español)")
    button = shown(card).buttons[0]
    form = await ana.click(shown(card), button)
    choices = {"route": "button", "staff_told": "yes", "agree": ["adult", "agreement"]}
    await (await ana.submit(form, choices)).filled()
    assert river.rows("SELECT language FROM member") == [("es",)]


async def test_stop(river: House) -> None:
    """The button under every direct message ends them with one tap."""
    ana = await river.member("Ana")
    reply = await river.press(ana, ana.dms()[0], "Stop direct messages")
    assert "I will not send you direct messages any more" in shown(reply).text
    await river.say(ana, WORRYING)
    assert river.direct(ana) == [shown(reply)] or river.direct(ana) == []
    assert river.rows("SELECT help_route FROM member") == [("button",)]


async def test_leave(river: House) -> None:
    """Leaving asks once, closes the channels and forgets the choices."""
    ana = await river.member("Ana")
    await river.say(ana, HARMLESS)
    asked = await river.press(ana, shown(await river.ask(ana, "my-choices")), "Leave this group")
    assert "member" in _traces(river, ana)
    await river.press(ana, shown(asked), "Leave")
    assert _traces(river, ana) == []
    assert ana.sees(river.at("talk")) == []


async def test_leave_although_the_role_stays(river: House) -> None:
    """What is kept is deleted even when Discord refuses to take the role back, and that is said."""
    ana = await river.member("Ana")
    asked = await river.press(ana, shown(await river.ask(ana, "my-choices")), "Leave this group")
    river.r.faults.next("DELETE", r"/members/\d+/roles/", status=403)
    reply = await river.press(ana, shown(asked), "Leave")
    assert _traces(river, ana) == []
    assert "staff" in shown(reply).text


async def test_removed_by_staff(river: House) -> None:
    """Staff take somebody out: channels closed, row gone, invitation gone."""
    ana = await river.member("Ana")
    await river.say(ana, HARMLESS)
    reply = await river.ask(river.kim, "cohort remove", cohort="River", person=ana)
    assert "is out of River" in shown(reply).text
    assert river.rows("SELECT * FROM member") == []
    assert ana.sees(river.at("talk")) == []


async def test_invitation_taken_back(river: House) -> None:
    """An invitation that is taken back is gone from Discord."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    await river.ask(river.kim, "cohort remove", cohort="River", person=ana)
    assert invitation.deleted


async def test_half_made_invitation(river: House) -> None:
    """When the invitation's message is refused, no empty thread with the person in it stays."""
    ana = river.guild.add_person("Ana")
    river.r.faults.next("POST", r"/channels/\d+/messages$", status=403)
    reply = await river.ask(river.kim, "cohort add", cohort="River", person=ana)
    assert "Discord refused" in shown(reply).text
    assert [c.name for c in river.guild.channels.values() if c.thread] == []


async def test_second_invitation(river: House) -> None:
    """A second invitation takes the first one's place; a member cannot be invited again."""
    ana = river.guild.add_person("Ana")
    first = await river.invite(ana)
    second = await river.invite(ana)
    assert first.deleted
    await river.choose(ana, second)
    reply = await river.ask(river.kim, "cohort add", cohort="River", person=ana)
    assert "They are in River already" in shown(reply).text


async def test_old_invitation_of_a_member(river: House) -> None:
    """Pressing one's old invitation again speaks to the member, not about them."""
    ana = river.guild.add_person("Ana")
    invitation = await river.invite(ana)
    await river.choose(ana, invitation)
    reply = await river.press(ana, invitation, "Read and choose")
    assert "They are" not in shown(reply).text


async def test_in_week_five(river: House) -> None:
    """Somebody who joins a rolling cohort in week 5 reads a card that fits, and is in."""
    await _begin_earlier(river, weeks=5)
    ana = river.guild.add_person("Ana")
    card = await river.press(ana, await river.invite(ana), "Read and choose")
    assert "You can join at any week" in shown(card).text
    assert "You are in" in shown(await river.choose(ana, ana.notifications[-1])).text


async def _begin_earlier(house: House, weeks: int) -> None:
    await house.stop()
    begun = (house.clock.now() - timedelta(weeks=weeks)).date().isoformat()
    connection = sqlite3.connect(house.database)
    with connection:
        connection.execute("UPDATE cohort SET starts_on = ?", (begun,))
    connection.close()
    await house.start()


async def test_closed_cohort(make_house: MakeHouse) -> None:
    """A closed cohort takes people on its first day and nobody after, on its own calendar."""
    house = await make_house(datetime(2026, 3, 3, 10, 0, tzinfo=UTC))  # 23:00 in Auckland
    await house.start()
    await house.set_up()
    await house.cohort("River", admission="closed", zone="Pacific/Auckland")
    ana, ben = house.guild.add_person("Ana"), house.guild.add_person("Ben")
    invitation = await house.invite(ana)
    await house.step(hours=1.5)
    reply = await house.ask(house.kim, "cohort add", cohort="River", person=ben)
    assert "closed and has started" in shown(reply).text
    late = await house.press(ana, invitation, "Read and choose")
    assert "does not hold any more" in shown(late).text


async def test_left_the_server(river: House) -> None:
    """Whoever leaves the server is forgotten, and can be invited again later."""
    ana = await river.member("Ana")
    await ana.leave(river.guild)
    await river.r.quiet()
    assert river.rows("SELECT * FROM member") == []
    await ana.join(river.guild)
    await river.r.quiet()
    assert "You are in" in shown(await river.choose(ana, await river.invite(ana))).text


async def test_left_while_the_bot_was_away(river: House) -> None:
    """Whoever left the server while the bot was away is forgotten at its next start."""
    ana = await river.member("Ana")
    ben = await river.member("Ben")
    await river.stop()
    await ana.leave(river.guild)
    await river.start()
    assert river.rows("SELECT user_id FROM member") == [(ben.id,)]


async def test_staff_who_left(river: House) -> None:
    """One of the staff who leaves the server is staff of no cohort any more."""
    await river.kim.leave(river.guild)
    await river.r.quiet()
    assert river.rows("SELECT * FROM cohort_staff") == []


async def test_invited_while_in_another(river: House) -> None:
    """A member of one cohort is refused in a second one, with the way out."""
    await river.cohort("Hill")
    ana = await river.member("Ana")
    reply = await river.ask(river.kim, "cohort add", cohort="Hill", person=ana)
    assert "They are in River already. Remove them there first." in shown(reply).text


async def test_level_three_rule_is_said_first(make_house: MakeHouse) -> None:
    """A programme that always tells staff of level 3 says so before the yes."""
    house = await make_house()
    await house.start()
    await house.set_up(danger="always")
    await house.cohort()
    ana = house.guild.add_person("Ana")
    card = await house.press(ana, await house.invite(ana), "Read and choose")
    assert "whatever you choose" in shown(card).text


async def test_strangers_choices(river: House) -> None:
    """Somebody in no group who asks for their choices gets a sentence."""
    for command in ("my-choices", "my-data"):
        reply: Any = await river.ask(river.guild.add_person("Otto"), command)
        assert "keep no" in shown(reply).text
