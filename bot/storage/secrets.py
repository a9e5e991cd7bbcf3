"""What members write, sealed: encrypted at rest with keys that can be changed.

Fernet (AES-128-CBC with HMAC-SHA256) through cryptography's ``MultiFernet``: the first key
seals, every key opens. To change keys put a new one first, call :meth:`Keyring.rotate_all`,
then take the old one away.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Column, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import SecretsError
from bot.storage.engine import Database
from bot.storage.tables import key_check, metadata

_WORD = "handrail"
_WORD_ID = 1
_STEP = 128  # bytes; what is sealed is filled up to a multiple, so its length tells little


def new_key() -> str:
    """A fresh random key, as it stands in HANDRAIL_ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


class Keyring:
    """The keys of one programme's data.

    Args:
        keys: as made by :func:`new_key`; the first one seals.

    Raises:
        SecretsError: there is no key, or one is malformed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise SecretsError(
                "There is no encryption key. Type `handrail keys new` and put the key it prints "
                "in HANDRAIL_ENCRYPTION_KEYS."
            )
        self._fernet = MultiFernet([_fernet(key, place) for place, key in enumerate(keys, 1)])

    def seal(self, value: Any) -> str:
        """Encrypt a value that JSON can hold."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        filled = text.ljust(-(-len(text) // _STEP) * _STEP)
        return self._fernet.encrypt(filled).decode()

    def open(self, sealed: str) -> Any:
        """The value that was sealed.

        Raises:
            SecretsError: none of the keys opens it.
        """
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise _wrong_key() from error

    def rotate(self, sealed: str) -> str:
        """The same value, sealed with the first key.

        Raises:
            SecretsError: none of the keys opens it.
        """
        try:
            return self._fernet.rotate(sealed).decode()
        except InvalidToken as error:
            raise _wrong_key() from error

    async def confirm(self, db: Database) -> None:
        """Make sure at the start that these keys open what the database holds.

        A database without a check word gets one.

        Raises:
            SecretsError: the data was written with another key.
            StorageError: the database is away or broken.
        """
        word = await _check_word(db)
        if word is None:
            try:
                async with db.write() as connection:
                    row = {"id": _WORD_ID, "sealed_word": self.seal(_WORD)}
                    await connection.execute(insert(key_check).values(row))
                return
            except IntegrityError:  # another process was first
                word = await _check_word(db)
        if word is None or self.open(word) != _WORD:
            raise _wrong_key()

    async def rotate_all(self, db: Database) -> int:
        """Seal everything in the database with the first key, all or nothing.

        Returns:
            How many values were sealed anew.

        Raises:
            SecretsError: a value is opened by none of the keys.
            StorageError: the database is away or broken.
        """
        count = 0
        async with db.write() as connection:
            for table, column in _sealed_columns():
                identity = list(table.primary_key.columns)
                rows = await connection.execute(
                    select(column, *identity).where(column.is_not(None))
                )
                for sealed, *values in rows.all():
                    here = [key == value for key, value in zip(identity, values, strict=True)]
                    anew = {column.name: self.rotate(sealed)}
                    await connection.execute(update(table).where(*here).values(anew))
                    count += 1
        return count


def _sealed_columns() -> list[tuple[Table, Column[Any]]]:
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.startswith("sealed_")
    ]


async def _check_word(db: Database) -> str | None:
    async with db.read() as connection:
        query = select(key_check.c.sealed_word).where(key_check.c.id == _WORD_ID)
        found: str | None = await connection.scalar(query)
        return found


def _fernet(key: str, place: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise SecretsError(
            f"Key {place} in HANDRAIL_ENCRYPTION_KEYS is not a key. `handrail keys new` prints "
            "one; copy all 44 characters and put a comma between two keys."
        ) from None


def _wrong_key() -> SecretsError:
    return SecretsError(
        "HANDRAIL_ENCRYPTION_KEYS does not hold the key this data was written with. Put the old "
        "key back, after the new one if you are changing keys."
    )
