"""What is broken must not keep help away: storage and data, before the start and after it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import DataError, SecretsError, WrongRevision
from bot.storage.secrets import new_key
from tests.product.conftest import MakeHouse
from tests.product.harness import DANGER, HARMLESS, WORRYING, House, custom_ids, shown


def _garbage(house: House) -> None:
    house.database.write_bytes(b"this is no database at all" * 1000)


def _folder(house: House) -> None:
    house.database.mkdir()


@pytest.mark.parametrize("broken", [_garbage, _folder], ids=["corrupt", "unreachable"])
async def test_database_broken_before_the_start(
    make_house: MakeHouse, broken: Callable[[House], None]
) -> None:
    """With no database at the start, distress in any channel brings the line and its card."""
    house = await make_house(migrated=False)
    broken(house)
    ana = house.guild.add_person("Ana")
    await house.start()
    await house.say(ana, WORRYING, house.general)
    [line] = house.lines(house.general)
    assert "emergency" in shown(await house.press(ana, line, "See options")).text
    assert "emergency" in shown(await house.ask(ana, "support")).text
    await ana.dm(DANGER)
    await house.r.quiet()
    assert len(house.direct(ana)) == 1


async def test_commands_without_a_database(make_house: MakeHouse) -> None:
    """Commands that need the database end in a sentence that sends people to help."""
    house = await make_house(migrated=False)
    _garbage(house)
    await house.start()
    assert "/support" in shown(await house.set_up()).text
    assert "handrail.sqlite3" not in shown(await house.set_up()).text


async def test_database_comes_back(make_house: MakeHouse, sqlite_template: Path) -> None:
    """Once the database is there again the bot works without a restart."""
    house = await make_house(migrated=False)
    _garbage(house)
    await house.start()
    for path in house.folder.glob("handrail.sqlite3*"):
        path.unlink()
    shutil.copy(sqlite_template, house.database)
    await house.step(minutes=2)
    assert "Staffed hours" in shown(await house.set_up()).text


async def test_database_broken_after_ready(river: House) -> None:
    """Help, line, direct messages and an unsaved care card work with a broken database."""
    ana, ben = await river.member("Ana"), await river.member("Ben", route="channel")
    river.break_database()
    said = await river.say(ana, DANGER)
    assert "911" in river.direct(ana)[-1].text
    [card] = river.cards()
    assert "I cannot save anything right now" in card.text
    assert said.link in card.text
    assert custom_ids(card) == []
    assert river.lee in card.pinged
    await river.say(ben, WORRYING)
    assert len(river.lines()) == 1
    await ana.dm(HARMLESS)
    await river.r.quiet()
    assert "No person reads this." in river.direct(ana)[-1].text
    asked = await river.press(ana, river.at("daily").pinned[0], "Ask staff to talk to me")
    assert "I asked staff to talk to you" in shown(asked).text
    assert "988" in shown(await river.ask(ana, "support")).text


async def test_help_first_then_the_broken_database(river: House) -> None:
    """The help card is sent before the unsaved care card."""
    ana = await river.member("Ana")
    river.break_database()
    await river.say(ana, WORRYING)
    assert river.direct(ana)[-1].id < river.cards()[0].id


async def test_answers_within_a_second(river: House) -> None:
    """/support answers within a second while the database is broken."""
    river.break_database()
    ana = river.guild.add_person("Ana")
    begun = river.clock.monotonic()
    reply = await ana.slash("support", river.general)
    assert river.clock.monotonic() - begun < 1.0
    assert "988" in shown(reply).text


@pytest.fixture
def own_data(data: Path, tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may break."""
    folder = tmp_path / "own-data"
    shutil.copytree(data, folder)
    return folder


async def test_content_unreadable(make_house: MakeHouse, own_data: Path) -> None:
    """Without content the bot starts, helps and posts no daily card; staff are told why."""
    house = await make_house(content_dir=own_data)
    await house.start()
    await house.set_up()
    await house.cohort()
    ana = await house.member("Ana")
    await house.stop()
    shutil.rmtree(own_data / "content")
    await house.start()
    told = [m for m in house.ours(house.at("staff")) if "Please tell your host" in m.text]
    assert len(told) == 1
    await house.say(ana, WORRYING)
    assert "988" in house.direct(ana)[-1].text
    assert len(house.cards()) == 1


async def test_every_cohort_is_told(make_house: MakeHouse, own_data: Path) -> None:
    """Each cohort's staff channel is told, not only the first."""
    house = await make_house(content_dir=own_data)
    await house.start()
    await house.set_up()
    await house.cohort("River")
    await house.cohort("Hill")
    await house.stop()
    shutil.rmtree(own_data / "content")
    await house.start()
    for name in ("River", "Hill"):
        there = house.ours(house.at("staff", name))
        assert [m for m in there if "Please tell your host" in m.text], name


async def test_crisis_lines_unreadable(make_house: MakeHouse, own_data: Path) -> None:
    """Without the lines the card shows the built-in directory and the emergency sentence."""
    house = await make_house(content_dir=own_data)
    (own_data / "crisis_lines.yaml").unlink()
    await house.start()
    await house.set_up(country=None)
    await house.cohort()
    ana = await house.member("Ana")
    await house.say(ana, DANGER)
    text = house.direct(ana)[-1].text
    assert "call your local emergency number" in text
    assert "https://" in text
    for label in house.direct(ana)[-1].buttons:
        if label != "Stop direct messages":
            opened = shown(await house.press(ana, house.direct(ana)[-1], label))
            assert "wrong on my side" not in opened.text


async def test_broken_file_stops_the_start(make_house: MakeHouse, own_data: Path) -> None:
    """A mistake in a content file stops the start with file and line."""
    file = next((own_data / "content" / "en").glob("week-01.yaml"))
    file.write_text(file.read_text().replace("title:", "titel:", 1))
    house = await make_house(content_dir=own_data)
    with pytest.raises(DataError, match=r"week-01\.yaml:\d+"):
        await house.start()


async def test_broken_file_on_reload(make_house: MakeHouse, own_data: Path) -> None:
    """A mistake in a file on reload keeps the old library and says so with its line."""
    house = await make_house(content_dir=own_data)
    await house.start()
    await house.set_up()
    await house.cohort()
    file = next((own_data / "content" / "en").glob("week-01.yaml"))
    good = file.read_text()
    file.write_text(good.replace("title:", "titel:", 1))
    reply = await house.ask(house.lee, "library reload")
    assert "I go on with the old ones" in shown(reply).text
    assert "week-01.yaml:" in shown(reply).text
    preview = await house.ask(house.kim, "prompt preview", cohort="River", day="tomorrow")
    assert "wrong on my side" not in shown(preview).text
    file.write_text(good)
    assert "No change" in shown(await house.ask(house.lee, "library reload")).text
    assert "Only a lead" in shown(await house.ask(house.kim, "library reload")).text


async def test_wrong_revision(make_house: MakeHouse) -> None:
    """A database without tables, or of another version, stops the start with the command."""
    house = await make_house(migrated=False)
    with pytest.raises(WrongRevision, match="handrail migrate"):
        await house.start()


async def test_wrong_key(river: House) -> None:
    """A key that did not seal this database stops the start with a sentence."""
    await river.stop()
    with pytest.raises(SecretsError, match="HANDRAIL_ENCRYPTION_KEYS"):
        await river.start(encryption_keys=new_key())


async def test_wrong_token(make_house: MakeHouse) -> None:
    """A token Discord does not know stops the start with the way to a new one."""
    house = await make_house()
    with pytest.raises(Exception, match="HANDRAIL_DISCORD_TOKEN"):
        await house.start(discord_token="MTIz.wrong.token")


async def test_first_connection_refused(make_house: MakeHouse) -> None:
    """A refused first gateway connection does not end the bot."""
    house = await make_house()
    house.r.faults.refuse_connections(1)
    await house.start()
    assert "Staffed hours" in shown(await house.set_up()).text
