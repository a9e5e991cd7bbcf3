"""The differences from Discord's document that are known and meant, each with its reason.

They stand in ``allowed.toml`` beside this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from tests.conform.checker import Finding

FILE = Path(__file__).with_name("allowed.toml")


@dataclass(frozen=True)
class Difference:
    """One entry of the list.

    Attributes:
        operation: pattern of the operation or event; ``*`` stands for any text.
        part: ``request``, ``query``, ``response``, ``event`` or ``operation``.
        pointer: pattern of the JSON pointer; ``*`` stands for any text.
        reason: why the document is not followed.
        source: where Discord, or the library that sends it, says so.
        since: the day somebody looked at it last.
    """

    operation: str
    part: str
    pointer: str
    reason: str
    source: str
    since: date

    def covers(self, finding: Finding) -> bool:
        return (
            self.part == finding.part
            and fnmatchcase(finding.operation, self.operation)
            and fnmatchcase(finding.pointer, self.pointer)
        )


class AllowList:
    """The entries, and which of them were needed."""

    def __init__(self, entries: Iterable[Difference]) -> None:
        self.entries = tuple(entries)
        self._used: set[Difference] = set()

    @classmethod
    def from_file(cls, path: Path = FILE) -> AllowList:
        """The list in a TOML file; a missing or unknown key raises TypeError."""
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("difference", [])
        return cls(Difference(**table) for table in tables)

    def left(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that no entry covers; the entries that cover one count as needed."""
        rest = []
        for finding in findings:
            covering = [entry for entry in self.entries if entry.covers(finding)]
            self._used.update(covering)
            if not covering:
                rest.append(finding)
        return rest

    def needed_elsewhere(self, unused: Iterable[int]) -> None:
        """Another process of the same run needed all entries but these, by their places."""
        left = set(unused)
        self._used.update(entry for n, entry in enumerate(self.entries) if n not in left)

    @property
    def unused(self) -> list[Difference]:
        """The entries that nothing has needed so far."""
        return [entry for entry in self.entries if entry not in self._used]
