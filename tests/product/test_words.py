"""The sentences the product tests use, and what the real lexicons make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.distress.screen import Screener
from tests.product import harness


@pytest.mark.parametrize(
    ("text", "level", "about"),
    [
        (harness.LOW, 1, "self"),
        (harness.WORRYING, 2, "self"),
        (harness.DANGER, 3, "self"),
        (harness.CRUEL, 2, "target"),
        (harness.SPANISH, 2, "self"),
    ],
)
def test_finding(data: Path, lexicon_cache: Path, text: str, level: int, about: str) -> None:
    """Each sentence of the harness is of the level its name says."""
    found = Screener.load(data / "distress", lexicon_cache).screen(text)
    assert (found.level, found.about) == (level, about)


def test_loss(data: Path, lexicon_cache: Path) -> None:
    """A loss is told apart from danger to the one who writes."""
    found = Screener.load(data / "distress", lexicon_cache).screen(harness.DIED)
    assert found.about == "died"
    assert found.level > 0


def test_harmless(data: Path, lexicon_cache: Path) -> None:
    """The harmless sentence says nothing at all."""
    screener = Screener.load(data / "distress", lexicon_cache)
    assert screener.screen(harness.HARMLESS).level == 0
