"""The whole bot on PostgreSQL: what the other product tests pin on SQLite holds there too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from bot.clock import MovedClock
from bot.errors import WrongRevision
from bot.storage.engine import Database
from tests.postgres import Cluster
from tests.product.conftest import MakeHouse
from tests.product.harness import DANGER, DAY, HARMLESS, WORRYING, House, custom_ids, shown

EARLY = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
"""Monday 08:30 in Chicago: staffed, and before the hour of the daily post."""


class Rows:
    """Looks into the bot's database from outside."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, query: str) -> list[tuple[Any, ...]]:
        async with Database.open(self._url) as db, db.read() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]


@pytest.fixture
def rows(postgres_url: str) -> Rows:
    return Rows(postgres_url)


@pytest.fixture
async def house(make_house: MakeHouse, postgres_url: str) -> House:
    """River on PostgreSQL, whose staff is Kim, before the hour of the daily post."""
    made = await make_house(EARLY, migrated=False, database_url=postgres_url)
    await made.start()
    await made.set_up()
    await made.cohort("River")
    return made


async def test_no_sqlite(house: House, rows: Rows) -> None:
    """Set-up and cohort stand in PostgreSQL, and no SQLite file is made beside it."""
    assert await rows("SELECT guild_id FROM programme") == [(house.guild.id,)]
    assert await rows("SELECT name, state FROM cohort") == [("River", "active")]
    assert not house.database.exists()


async def test_a_day(house: House, rows: Rows) -> None:
    """Who joins is kept, and the daily post and the check-in come once each at their times."""
    ana = await house.member("Ana")
    assert await rows("SELECT user_id, help_route FROM member") == [(ana.id, "direct")]
    await house.step(hours=10)
    await house.restart()
    posted = [
        m for m in house.ours(house.at("daily")) if m.id != house.ours(house.at("daily"))[0].id
    ]
    assert len(posted) == 2
    assert await rows("SELECT kind, state FROM delivery WHERE state = 'sent' ORDER BY due_at") == [
        ("daily", "sent"),
        ("check-in", "sent"),
    ]


async def test_distress(house: House, rows: Rows) -> None:
    """Help comes first, staff get one card, and a claim is kept over a restart."""
    ana = await house.member("Ana")
    await house.say(ana, WORRYING)
    await house.say(ana, DANGER)
    assert len(house.direct(ana)) == 2
    [card] = house.cards()
    await house.press(house.kim, card, "I’ve got this")
    await house.restart()
    assert await rows("SELECT level, state, claimed_by FROM episode") == [
        (3, "claimed", house.kim.id)
    ]
    await house.press(house.kim, house.cards()[0], "No action needed")
    assert await rows("SELECT state, outcome FROM episode") == [("closed", "no-action")]


async def test_escalation(house: House) -> None:
    """An unclaimed card is brought to the lead once."""
    ana = await house.member("Ana")
    await house.say(ana, DANGER)
    before = len(house.ours(house.at("staff")))
    await house.step(minutes=30)
    assert len(house.ours(house.at("staff"))) == before + 1


async def test_gap(house: House) -> None:
    """What is written while the bot is away is answered once after its start."""
    ana = await house.member("Ana")
    await house.say(ana, HARMLESS)
    await house.stop()
    await ana.say(house.at("talk"), WORRYING)
    await house.start()
    await house.restart()
    assert len(house.direct(ana)) == 1
    assert len(house.cards()) == 1


async def test_check_in(house: House, rows: Rows) -> None:
    """Answers are kept sealed, the second of a day in the place of the first."""
    await house.accept_limits()
    ana = await house.member("Ana", checkins_stored="yes")
    await house.step(hours=10)
    [invitation] = [
        m
        for m in house.ours(house.at("daily"))
        if any(one.startswith("checkin:open") for one in custom_ids(m))
    ]
    for mood in ("2", "5"):
        form = await ana.click(invitation, "Check in")
        reply = await ana.submit(form, {"mood": mood, "sleep": "poor"})
        await reply.filled()
        await house.r.quiet()
    [(sealed,)] = await rows("SELECT sealed_answers FROM checkin")
    assert "poor" not in sealed
    mine = await house.ask(ana, "my-data", house.at("talk"))
    assert shown(mine)


async def test_forget_me(house: House, rows: Rows) -> None:
    """Whoever wants to be forgotten is in no table any more."""
    ana = await house.member("Ana")
    await house.say(ana, WORRYING)
    asked = await house.ask(ana, "forget-me", house.at("talk"))
    message = shown(asked)
    await house.press(ana, message, message.buttons[0])
    tables = await rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    for (table,) in tables:
        left = await rows(f"SELECT * FROM {table}")
        assert not any(ana.id in row for row in left), table


async def test_many_at_once(house: House, rows: Rows) -> None:
    """Direct messages of people the bot has not met, all at once, are answered once each."""
    people = [house.guild.add_person(f"Person {number}") for number in range(6)]
    await house.r.quiet()
    await asyncio.gather(*(person.dm(HARMLESS) for person in people))
    await house.r.quiet()
    assert [len(house.direct(person)) for person in people] == [1] * 6
    channels = {person.dms()[0].channel.id for person in people}
    kept = {channel for (channel,) in await rows("SELECT channel_id FROM watermark")}
    assert channels <= kept


async def test_server_gone(house: House, postgres_cluster: Cluster, postgres_url: str) -> None:
    """Help arrives and staff hear of it while the server lets nobody in."""
    ana = await house.member("Ana")
    name = postgres_url.rsplit("/", 1)[1]
    await postgres_cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await postgres_cluster.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    await house.say(ana, DANGER)
    assert len(house.direct(ana)) == 1
    [card] = house.cards()
    assert "cannot save anything right now" in card.text
    await postgres_cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await house.say(ana, DANGER)
    assert len(house.direct(ana)) == 2
    assert len(house.cards()) == 2


async def test_not_migrated(
    make_house: MakeHouse, postgres_cluster: Cluster, clock: MovedClock
) -> None:
    """A database without tables is refused with the command to type."""
    await postgres_cluster.execute("CREATE DATABASE bare")
    house = await make_house(DAY, migrated=False, database_url=postgres_cluster.url("bare"))
    with pytest.raises(WrongRevision, match="handrail migrate"):
        await house.start()
