"""Files that are written whole or not at all."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.files import write_whole


def test_a_file_and_its_folder(tmp_path: Path) -> None:
    """Text and bytes are written, missing folders made, and nothing else is left beside."""
    file = tmp_path / "ours" / "en" / "one.yaml"
    write_whole(file, "señal\n")
    assert file.read_bytes() == "señal\n".encode()
    write_whole(file, b"\x00")
    assert file.read_bytes() == b"\x00"
    assert list(file.parent.iterdir()) == [file]


def test_a_disk_with_no_room(tmp_path: Path) -> None:
    """What stood there is still whole, no half file is left, and the reason is told."""
    file = tmp_path / "reviews.yaml"
    write_whole(file, "old\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(Refused, match="cannot be written"):
            write_whole(file, "x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_text(encoding="utf-8") == "old\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    """A path through a file is refused with a sentence."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refused, match="Choose a place"):
        write_whole(tmp_path / "file" / "one.yaml", "x")
