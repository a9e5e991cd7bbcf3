"""Sealing, opening, and changing keys."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import insert, select, text

from bot.clock import MovedClock
from bot.errors import SecretsError
from bot.storage import tables
from bot.storage.engine import Database
from bot.storage.secrets import Keyring, new_key
from tests.storage.conftest import add_cohort


@pytest.mark.parametrize("value", ["ciudad 🌊", {"sleep": 4, "skills": ["stop"]}, [], None, 0])
def test_what_is_sealed_can_be_opened(keyring: Keyring, value: object) -> None:
    """Any value JSON can hold comes back as it was."""
    assert keyring.open(keyring.seal(value)) == value


def test_sealed_text_tells_nothing(keyring: Keyring) -> None:
    """Neither the words nor the length of a short text can be seen, nor that two are the same."""
    sealed = [keyring.seal(["self-harm"]), keyring.seal(["self-harm", "means", "farewell"])]
    assert "self-harm" not in "".join(sealed)
    assert len(sealed[0]) == len(sealed[1])
    assert keyring.seal("same") != keyring.seal("same")


def test_another_key_opens_nothing(keyring: Keyring) -> None:
    """Data of another key, or changed data, is refused with what to do."""
    with pytest.raises(SecretsError, match="Put the old key back"):
        Keyring([new_key()]).open(keyring.seal("word"))
    with pytest.raises(SecretsError, match="Put the old key back"):
        keyring.rotate("gAAAA-not-sealed-by-us")


def test_the_first_key_seals_and_all_open() -> None:
    """With a new key in front old data opens, and what is rotated no longer needs the old one."""
    old, new = new_key(), new_key()
    both = Keyring([new, old])
    sealed = Keyring([old]).seal("word")
    assert both.open(sealed) == "word"
    assert Keyring([new]).open(both.rotate(sealed)) == "word"
    assert Keyring([new]).open(both.seal("word")) == "word"


def test_a_malformed_key_is_told_by_its_place() -> None:
    """Which key is wrong is said, and the key itself is not."""
    with pytest.raises(SecretsError, match=r"^Key 2 in HANDRAIL_ENCRYPTION_KEYS") as caught:
        Keyring([new_key(), "hunter2"])
    assert "hunter2" not in str(caught.value)


def test_no_key_is_refused() -> None:
    """Without a key the sentence names the command that makes one."""
    with pytest.raises(SecretsError, match="handrail keys new"):
        Keyring([])


async def test_a_wrong_key_is_named_at_the_start(db: Database, keyring: Keyring) -> None:
    """The first start leaves a check word; later ones pass with its key and with no other."""
    await keyring.confirm(db)
    await keyring.confirm(db)
    with pytest.raises(SecretsError, match="does not hold the key this data was written with"):
        await Keyring([new_key()]).confirm(db)


async def test_processes_that_start_together_agree_on_one_word(
    database_url: str, keyring: Keyring
) -> None:
    """Several first starts at the same moment leave one check word, and a wrong key loses."""
    async with Database.open(database_url) as one, Database.open(database_url) as other:
        await asyncio.gather(*(keyring.confirm(db) for db in (one, other) * 3))
        async with one.read() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM key_check")) == 1


async def _add_checkins(db: Database, clock: MovedClock, keyring: Keyring) -> None:
    async with db.write() as connection:
        row = {
            "guild_id": 1,
            "cohort_id": await add_cohort(connection, clock),
            "local_date": date(2026, 3, 2),
            "created_at": clock.now(),
        }
        rows = [row | {"user_id": one, "sealed_answers": keyring.seal([one])} for one in (1, 2)]
        await connection.execute(insert(tables.checkin), rows)


async def test_changing_keys_seals_everything_anew(db: Database, clock: MovedClock) -> None:
    """After ``rotate_all`` the old key can be thrown away: check word and rows open without it."""
    old, new = new_key(), new_key()
    await Keyring([old]).confirm(db)
    await _add_checkins(db, clock, Keyring([old]))
    assert await Keyring([new, old]).rotate_all(db) == 3
    await Keyring([new]).confirm(db)
    async with db.read() as connection:
        answers = await connection.scalars(select(tables.checkin.c.sealed_answers))
        assert sorted(map(Keyring([new]).open, answers)) == [[1], [2]]
    with pytest.raises(SecretsError):
        await Keyring([old]).confirm(db)


async def test_changing_keys_is_all_or_nothing(db: Database, clock: MovedClock) -> None:
    """One value that none of the keys opens leaves every other as it was."""
    old, new = new_key(), new_key()
    await Keyring([old]).confirm(db)
    await _add_checkins(db, clock, Keyring([new_key()]))
    with pytest.raises(SecretsError):
        await Keyring([new, old]).rotate_all(db)
    await Keyring([old]).confirm(db)
