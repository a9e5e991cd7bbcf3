"""Content made for the tests: one good item, and files that differ from it by one mistake."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from bot.content.model import Item

HERE = Path(__file__).parent
GOOD = HERE / "good.yaml"
_DEFAULTS: dict[str, Any] = yaml.safe_load(GOOD.read_text(encoding="utf-8"))["defaults"]


def make_item(**changes: Any) -> Item:
    """The good item, with some fields changed."""
    return Item.model_validate({"id": "a-skill", **_DEFAULTS, **changes})


def lay_out(case: Path, folder: Path, name: str) -> Path:
    """Put a case into a content folder as ``en/<name>``, the good values added at its end.

    The folder has the pictures of the tests, too.
    """
    shutil.copytree(HERE / "pictures", folder / "pictures", dirs_exist_ok=True)
    target = folder / "en" / name
    target.parent.mkdir(exist_ok=True)
    text = case.read_text(encoding="utf-8")
    target.write_text(text + GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    return target


def expectations(case: Path) -> list[str]:
    """The parts of a case's first line: ``# one | two | three``."""
    first = case.read_text(encoding="utf-8").splitlines()[0]
    return [part.strip() for part in first.removeprefix("#").split("|")]


def line_of(part: str) -> int:
    """The number in ``line 7``."""
    found = re.fullmatch(r"line (\d+)", part)
    assert found, part
    return int(found[1])
