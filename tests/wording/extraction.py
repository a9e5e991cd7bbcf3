"""The messages that stand in the code, found as ``pybabel extract`` finds them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).parents[2]
FOLDERS = ("bot", "cogs")
_KEYWORDS = {"_": None, "untranslated": None}


@cache
def messages() -> dict[str, tuple[str, ...]]:
    """Every message of the code, with the files it stands in."""
    found: dict[str, set[str]] = {}
    for message, file in _extracted():
        found.setdefault(message, set()).add(file)
    return {message: tuple(sorted(files)) for message, files in found.items()}


def _extracted() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for file, _line, message, _notes, _context in extract_from_dir(
            ROOT / folder, [("**.py", "python")], keywords=_KEYWORDS
        ):
            assert isinstance(message, str), f"{file}: no plural forms are used"
            yield message, f"{folder}/{file}"
