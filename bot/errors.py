"""What can go wrong, as one tree, and the sentence a person reads about it.

::

    HandrailError            anything Handrail raises on purpose; str() is a sentence for people
    ├── SettingsError        the settings cannot be used; the host reads it
    ├── DataError            a file of data/ cannot be used; carries its Problems
    ├── StorageError         the database is unreachable or broken
    │   └── WrongRevision    its tables are of another Handrail; the host must act
    ├── SecretsError         an encryption key is missing or wrong
    ├── RehearsalError       a rehearsal script or the rehearsal Discord cannot go on
    ├── NotAllowed           this person may not do this
    ├── Refused              a person asked for something that cannot be done as asked
    ├── Undeliverable        Discord will not take this, now or later: gone, forbidden, closed
    └── TryAgain             Discord did not take it this time

Errors of discord.py and SQLAlchemy are turned into these at the edge, in ``bot.chat`` and
in the stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class HandrailError(Exception):
    """Anything Handrail raises on purpose. Its text is a sentence that says what to do next."""


class SettingsError(HandrailError):
    """The settings cannot be used."""


class StorageError(HandrailError):
    """The database is unreachable or broken."""


class WrongRevision(StorageError):
    """The tables are missing, or of an older or newer Handrail."""


class SecretsError(HandrailError):
    """An encryption key is missing, malformed or not the one the data was written with."""


class RehearsalError(HandrailError):
    """A rehearsal script has a mistake, or the rehearsal cannot go on."""


class NotAllowed(HandrailError):
    """This person may not do this."""


class Refused(HandrailError):
    """A person asked for something that cannot be done as asked."""


class Undeliverable(HandrailError):
    """Discord will not take this, now or later: the channel is gone, forbidden or closed to us."""


class TryAgain(HandrailError):
    """Discord did not take it this time; the same call may go through later."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one data file, told so that a clinician can mend it.

    Attributes:
        file: the file, as given to the loader.
        line: 1-based line of the value, 0 when the whole file is meant.
        field: dotted path of the field, such as ``items[3].body``; empty for the whole file.
        sentence: what is wrong and the way out.
    """

    file: Path
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.field + ': ' if self.field else ''}{self.sentence}"


class DataError(HandrailError):
    """Files of data/ that cannot be used, with every problem found in them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
