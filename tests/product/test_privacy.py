"""What is kept about a person, shown and deleted; and that nobody's words are anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.rehearsal.people import Person
from tests.product.harness import DANGER, LOW, WORRYING, House, shown

CANARY = "zanzibar"


async def _lived(house: House) -> Person:
    """A member of whom every table has something, with a care card that is open."""
    await house.set_up(checkins="stored")
    await house.accept_limits()
    await house.cohort()
    ana = await house.member("Ana", checkins_stored="yes")
    await house.say(ana, WORRYING)
    await house.press(house.kim, house.cards()[0], "What is it about?")
    await house.ask(house.kim, "prompt now", cohort="River", kind="check-in")
    invitation = next(m for m in house.ours(house.at("daily")) if "Check in" in m.buttons)
    opened = await ana.click(invitation, "Check in")
    await (await ana.submit(opened, {"mood": "3"})).filled()
    await house.r.quiet()
    return ana


def _traces(house: House, who: Person) -> list[str]:
    return [
        table
        for table in house.tables()
        if str(who.id) in str(house.rows(f'SELECT * FROM "{table}"'))
    ]


async def _export(house: House, who: Person) -> dict[str, object]:
    reply = await house.ask(who, "my-data")
    assert shown(reply).ephemeral_for is who
    [data] = house.r.world.files.values()
    found: dict[str, object] = json.loads(data)
    return found


async def test_my_data(bare: House) -> None:
    """/my-data hands the person a file with every table that holds something of them."""
    ana = await _lived(bare)
    found = await _export(bare, ana)
    assert set(found) == {"member", "episode", "checkin", "audit"}
    assert _traces(bare, ana) == ["audit", "checkin", "episode", "member"]


async def test_my_data_is_ones_own(bare: House) -> None:
    """The file holds nothing of anybody else."""
    await _lived(bare)
    ben = await bare.member("Ben", checkins_stored="no")
    found = await _export(bare, ben)
    assert str(bare.person("Ana").id) not in str(found)
    assert "checkin" not in found


async def test_forget_me(bare: House) -> None:
    """/forget-me asks once, then nothing of the person is in any table, and channels close."""
    ana = await _lived(bare)
    asked = await bare.ask(ana, "forget-me")
    assert "member" in _traces(bare, ana)
    reply = await bare.press(ana, shown(asked), "Delete everything")
    assert "I keep nothing about you any more" in shown(reply).text
    assert _traces(bare, ana) == []
    assert ana.sees(bare.at("talk")) == []
    assert "I keep nothing about you" in shown(await bare.ask(ana, "my-data")).text


async def test_forget_me_leaves_an_open_card_readable(bare: House) -> None:
    """An open care card stays, without buttons, so that a person in danger is not lost."""
    ana = await _lived(bare)
    await bare.press(ana, shown(await bare.ask(ana, "forget-me")), "Delete everything")
    [card] = bare.cards()
    assert "They have left or deleted their data" in card.text
    assert card.buttons == []


async def test_forget_me_takes_closed_cards_down(bare: House) -> None:
    """A closed care card about somebody who wants to be forgotten is deleted."""
    ana = await _lived(bare)
    await bare.press(bare.kim, bare.cards()[0], "No action needed")
    await bare.press(ana, shown(await bare.ask(ana, "forget-me")), "Delete everything")
    assert bare.cards() == []


async def test_forgotten_is_not_in_the_file(bare: House) -> None:
    """What was deleted cannot be found in the database's bytes either."""
    ana = await _lived(bare)
    await bare.press(ana, shown(await bare.ask(ana, "forget-me")), "Delete everything")
    await bare.stop()
    assert str(ana.id).encode() not in bare.database.read_bytes()


async def test_old_card_after_forgetting(bare: House) -> None:
    """A button that somebody still sees on an old card answers with a sentence."""
    ana = await _lived(bare)
    await bare.press(ana, shown(await bare.ask(ana, "forget-me")), "Delete everything")
    reply = await bare.press(bare.kim, bare.old_button("care:claim:v1:1"), "Old")
    assert "nothing left to do here" in shown(reply).text


async def test_canary(bare: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Words sent through every door are in no database file, no log line and no export."""
    ana = await _lived(bare)
    ben = await bare.member("Ben", checkins_stored="yes")
    talk = bare.at("talk")
    for words in (WORRYING, LOW, DANGER, "hello"):
        await bare.say(ana, f"{words} {CANARY}")
        await ana.dm(f"{words} {CANARY}")
        await bare.r.quiet()
    said = await bare.say(ana, "hello")
    await ana.edit(said, f"{WORRYING} {CANARY}")
    await bare.r.quiet()
    elsewhere = await ben.say(bare.general, f"{WORRYING} {CANARY}")
    await ana.forward(elsewhere, talk)
    thread = bare.r.world.create_thread(talk, ana, said, name=CANARY, type=11)
    await bare.r.quiet()
    await bare.say(ana, f"{DANGER} {CANARY}", thread)
    await ana.delete(said)
    invitation = next(m for m in bare.ours(bare.at("daily")) if "Check in" in m.buttons)
    opened = await ana.click(invitation, "Check in")
    await (await ana.submit(opened, {"words": f"{WORRYING} {CANARY}"})).filled()
    await bare.ask(bare.kim, "cohort create", name=f"{CANARY} clinic", zone="UTC")
    await bare.ask(bare.kim, "cohort show", cohort=CANARY)
    await bare.ask(bare.kim, "cohort create", name="Hill", zone=CANARY)
    bare.r.faults.next("POST", r"/messages$", status=403)
    await bare.say(ana, f"{DANGER} {CANARY}")
    exported = str(await _export(bare, ana))
    for path in bare.folder.rglob("*"):
        if path.is_file() and path.name != "lexicon.cache":
            assert CANARY.encode() not in path.read_bytes(), path.name
    assert CANARY not in exported
    shown_now = capfd.readouterr()
    assert CANARY not in shown_now.out + shown_now.err
    assert "help_not_direct" in shown_now.err
    for card in bare.cards():
        assert CANARY not in card.text


async def test_canary_with_a_broken_database(
    bare: House, capfd: pytest.CaptureFixture[str]
) -> None:
    """Errors of the database are logged without anybody's words."""
    ana = await _lived(bare)
    bare.break_database()
    await bare.say(ana, f"{DANGER} {CANARY}")
    await bare.ask(ana, "my-data")
    told = capfd.readouterr()
    assert "episode_not_stored" in told.err
    assert CANARY not in told.out + told.err


async def test_audit(bare: House) -> None:
    """Every yes and every look at a person leaves a line: who, what, whom; never content."""
    ana = await _lived(bare)
    await bare.press(bare.kim, bare.cards()[0], "I’ve got this")
    await bare.press(bare.kim, bare.cards()[0], "No action needed")
    lines = bare.rows("SELECT action, actor_id, subject_id FROM audit ORDER BY id")
    assert lines == [
        ("limits-accepted", bare.lee.id, bare.lee.id),
        ("consent-given", ana.id, ana.id),
        ("care-category-read", bare.kim.id, ana.id),
        ("care-claimed", bare.kim.id, ana.id),
        ("care-no-action", bare.kim.id, ana.id),
    ]


def test_files_are_private(lexicon_cache: Path) -> None:
    """What the bot keeps of the lexicons holds no person's words."""
    assert CANARY.encode() not in lexicon_cache.read_bytes()
