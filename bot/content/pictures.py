"""The files of pictures: read once with the items, so that a card needs no disk to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

FOLDER = "pictures"
LARGEST = 300_000  # bytes; somebody may be on a bad connection
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def find(name: str, folders: Iterable[Path]) -> Path | None:
    """Where a picture stands in the first of some content folders that has it."""
    places = (folder / FOLDER / name for folder in folders)
    return next((place for place in places if place.is_file()), None)


def wrong_with(name: str, folders: Iterable[Path]) -> str:
    """Why a picture cannot be shown, as the end of a sentence; empty when it can."""
    file = find(name, folders)
    if file is None:
        return f"is no file in {FOLDER}, beside the folders of the languages; put it there"
    data = file.read_bytes()
    if not data.startswith(_SIGNATURE):
        return f"is not a PNG, whatever its name; save {name} as PNG"
    if len(data) > LARGEST:
        size = f"{len(data) // 1000} KB; {LARGEST // 1000} KB is the limit"
        return f"has {size}, so make the picture smaller"
    return ""
