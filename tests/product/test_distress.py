"""/distress: what staff try and leads change, and what it does to the next message."""

from __future__ import annotations

import pytest

from bot.rehearsal.people import Person
from bot.rehearsal.state import Message
from tests.product.harness import DANGER, HARMLESS, WORRYING, House, custom_ids, shown

OWN = {
    "phrases": "river day\nday for the river",
    "forbids": "kayak",
    "match": "today is a river day",
    "spare": "a rainy day",
}


async def ask(house: House, who: Person, command: str, **options: object) -> Message:
    """The answer to one of the commands."""
    return shown(await house.ask(who, f"distress {command}", **options))


async def entries(house: House, text: str) -> list[str]:
    """The entries that speak of a text here, as staff see them."""
    told = (await ask(house, house.kim, "test", text=text)).text
    spoke = told.split("What spoke")[-1].split("**")[1] if "What spoke" in told else ""
    return [line.split("`")[1] for line in spoke.splitlines() if line.startswith("- `")]


async def add(house: House, level: int = 2, **answers: str) -> Message:
    """A lead adds an entry; what came of it."""
    reply = await house.lee.slash("distress add", house.general, category="suicide", level=level)
    sent = await house.lee.submit(reply, OWN | answers)
    await sent.filled()
    await house.r.quiet()
    return shown(sent)


async def test_a_trial_shows_why_and_keeps_nothing(river: House) -> None:
    """Level, entries with the words they found, and what was quieted; the database is as before."""
    before = {name: river.rows(f"SELECT * FROM {name}") for name in river.tables()}
    told = await ask(river, river.kim, "test", text=f"well, {WORRYING.lower()}")
    assert told.ephemeral_for is river.kim
    assert "Level 2" in told.text
    assert "suicide" in told.text
    assert "want to die" in told.text
    quiet = await ask(river, river.kim, "test", text="I do not want to die")
    assert "Level 0" in quiet.text
    assert "quieted" in quiet.text
    assert {name: river.rows(f"SELECT * FROM {name}") for name in river.tables()} == before
    assert river.cards() == []


async def test_who_may_do_what(river: House) -> None:
    """Members are sent to /support; staff try and look; only a lead changes anything."""
    ana = await river.member("Ana")
    assert "/support" in (await ask(river, ana, "test", text=HARMLESS)).text
    options = {"category": "eating", "switch": "off"}
    assert "Only a lead" in (await ask(river, river.kim, "category", **options)).text
    assert "as shipped" in (await ask(river, river.kim, "show")).text


async def test_an_entry_left_out_is_silent_until_it_is_read_again(river: House) -> None:
    """Also over a restart; others of the lexicon go on."""
    ana = await river.member("Ana")
    for entry in await entries(river, WORRYING):
        told = await ask(river, river.lee, "entry", entry=entry, switch="off")
        assert "left out" in told.text
    await river.restart()
    assert await entries(river, WORRYING) == []
    await river.say(ana, WORRYING)
    assert river.cards() == []
    await river.say(ana, DANGER)
    assert len(river.cards()) == 1
    for entry in (await ask(river, river.kim, "show")).text.split("`")[1::2]:
        if entry.startswith("en."):
            await ask(river, river.lee, "entry", entry=entry, switch="on")
    assert await entries(river, WORRYING)


async def test_what_is_urgent_is_asked_twice(river: House) -> None:
    """A category with level 3 in it stays until a lead presses again; a peer cannot."""
    told = await ask(river, river.lee, "category", category="overdose", switch="off")
    assert "Nothing has changed yet" in told.text
    assert "Nothing." in (await ask(river, river.kim, "show")).text
    old = river.old_button(custom_ids(told)[0])
    assert "Only a lead" in shown(await river.press(river.kim, old, "Old")).text
    assert "left out" in shown(await river.press(river.lee, told, "Yes, change it")).text
    assert "category overdose" in (await ask(river, river.kim, "show")).text
    assert river.rows("SELECT actor_id FROM audit WHERE action = 'detector-changed'") == [
        (river.lee.id,)
    ]


async def test_a_language_left_out(river: House) -> None:
    """Its entries speak no more; nonsense is told."""
    assert await entries(river, "je veux mourir")
    told = await ask(river, river.lee, "language", language="fr", switch="off")
    if told.buttons:
        await river.press(river.lee, told, "Yes, change it")
    assert await entries(river, "je veux mourir") == []
    assert (
        "I do not know xx"
        in (await ask(river, river.lee, "language", language="xx", switch="off")).text
    )


async def test_an_entry_of_their_own(river: House) -> None:
    """It is noticed like any other, spares what it must, and can be taken out again."""
    ana = await river.member("Ana")
    assert "Added" in (await add(river)).text
    await river.say(ana, "no river day with the kayak for me")
    assert river.cards() == []
    await river.say(ana, "it is a River day")
    assert len(river.cards()) == 1
    about = shown(await river.press(river.kim, river.cards()[0], "What is it about?"))
    assert "suicide" in about.text
    await ask(river, river.lee, "remove", entry="en.own.river-day")
    assert await entries(river, "it is a river day") == []


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"match": "a sunny day"}, "does not fire on"),
        ({"spare": "the day for the river came"}, "It fires on"),
        ({"phrases": "river (day"}, "I cannot read the phrase"),
        ({"phrases": "river {nothing}"}, "is not a slot"),
        ({"phrases": "( .. )"}, "I cannot read the phrase"),
    ],
)
async def test_an_entry_that_will_not_do_is_refused(
    river: House, answers: dict[str, str], told: str
) -> None:
    """With the reason and the way out; nothing is kept of it."""
    assert told in (await add(river, **answers)).text
    assert "Your own" not in (await ask(river, river.kim, "show")).text


async def test_an_urgent_entry_of_their_own_rests_first(river: House) -> None:
    """It pages people at night, so a lead says it twice."""
    told = await add(river, level=3)
    assert "rests" in told.text
    assert await entries(river, OWN["match"]) == []
    await river.press(river.lee, told, "Yes, change it")
    assert await entries(river, OWN["match"]) == ["en.own.river-day"]
    assert "Level 3" in (await ask(river, river.kim, "test", text=OWN["match"])).text


async def test_the_digest_learns_from_what_staff_did(river: House) -> None:
    """A talk counts for an entry, "No action needed" against it; nobody is named."""
    ana, ben = await river.member("Ana"), await river.member("Ben")
    await add(river)
    await river.say(ana, OWN["match"])
    await river.press(river.kim, river.cards()[0], "I’ve got this")
    await river.press(river.kim, river.cards()[0], "We talked")
    assert f"{river.kim.mention} has talked with them" in river.cards()[0].text
    await river.say(ben, OWN["match"])
    await river.press(river.kim, river.cards()[1], "No action needed")
    told = await ask(river, river.kim, "digest")
    assert "`en.own.river-day`: 2, useful 1, not needed 1" in told.text
    assert ana.mention not in told.text


async def test_a_dry_run_counts_and_does_nothing(bare: House) -> None:
    """The join card says so; no card, no line, no help by itself; the buttons work as ever."""
    await bare.set_up(detection="dry-run")
    await bare.cohort()
    ana = bare.guild.add_person("Ana")
    invitation = await bare.invite(ana)
    card = shown(await ana.click(invitation, "Read and choose"))
    assert "I only count, without names" in card.text
    await bare.choose(ana, invitation)
    await bare.say(ana, DANGER)
    await ana.dm(DANGER)
    await bare.r.quiet()
    assert bare.cards() == []
    assert bare.lines() == []
    assert [one.text for one in bare.direct(ana) if "Support options" in one.text] == []
    assert any("I'm a program. No person reads this." in one.text for one in bare.direct(ana))
    counted = bare.rows("SELECT fired FROM rule_tally")
    assert counted
    assert all(fired == 2 for (fired,) in counted)


async def test_who_joined_in_a_dry_run_is_asked_anew(bare: House) -> None:
    """They agreed to be counted, not to alerts: these begin when they have agreed to them."""
    await bare.set_up(detection="dry-run")
    await bare.cohort()
    ana = await bare.member("Ana")
    await bare.set_up(detection="in-memory")
    await bare.say(ana, WORRYING)
    assert bare.cards() == []
    mine = shown(await bare.ask(ana, "my-choices"))
    assert "It screens messages for words of distress" in mine.text


async def test_nothing_here_stands_in_the_way_of_help(river: House) -> None:
    """With a broken database what was changed stays in force, and help comes without the count."""
    ana = await river.member("Ana")
    await add(river)
    river.break_database()
    await river.say(ana, OWN["match"])
    assert any("Support options" in one.text for one in river.direct(ana))
    assert len(river.cards()) == 1
