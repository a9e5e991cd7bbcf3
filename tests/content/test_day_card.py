"""What members see of a day, and what staff see before."""

from __future__ import annotations

from datetime import date

import pytest

from bot.cards import Button, Card
from bot.content.day_card import MAX_CHARACTERS, day_card, preview_card
from bot.content.loader import load_library
from bot.content.model import DayContent
from bot.paths import shipped_data
from tests.content.helpers import make_item

BUTTON = Button("Support options", "care:support:v1:7")
LIBRARY = load_library(shipped_data() / "content")
DAYS = [(week, day) for week in (1, 2) for day in range(1, 8)]


def same(text: str) -> str:
    return text


def shown(week: int, day: int) -> Card:
    return day_card(
        LIBRARY.for_day(week, day), translate=same, support_button=BUTTON, weekend=day > 5
    )


def size(card: Card) -> int:
    return len("\n".join([card.title, *card.paragraphs]))


@pytest.mark.parametrize(("week", "day"), DAYS)
def test_every_day_has_the_same_shape(week: int, day: int) -> None:
    """Three parts under three headings, always in this order, then the leave to skip."""
    card = shown(week, day)
    skill, know, think, skip = card.paragraphs
    assert skill.startswith("### Today's skill: ")
    assert know.startswith("### Worth knowing: ")
    assert think.startswith("### To think about: ")
    assert "you can skip this" in skip.lower()


def test_the_post_is_silent_and_has_the_support_button() -> None:
    """It notifies and pings nobody, and its only button is the one it was given."""
    card = shown(1, 1)
    assert card.silent
    assert (card.ping_users, card.ping_roles) == ((), ())
    assert card.rows == ((BUTTON,),)


def test_cautions_stand_before_the_exercise_in_plain_lines() -> None:
    """Whoever should not do it as written reads so before the words that say what to do."""
    day = LIBRARY.for_day(1, 3)
    lines = shown(1, 3).paragraphs[0].splitlines()
    first, second = day.skill.content_notes
    assert lines.index(first) < lines.index(second) < len(lines) - 1
    assert lines[-1].startswith("**Try it (2 min):** Do five slow rounds")


def test_what_is_needed_is_named() -> None:
    """Materials stand before the exercise; without any there is no line about them."""
    assert "Good to have: something to write with." in shown(1, 7).paragraphs[0]
    assert "Good to have" not in shown(1, 2).paragraphs[0]


@pytest.mark.parametrize("week", [1, 2])
def test_weekends_are_lighter(week: int) -> None:
    """Saturday and Sunday are shorter than every weekday of their week, and say so."""
    sizes = [size(shown(week, day)) for day in range(1, 8)]
    assert max(sizes[5:]) < min(sizes[:5])
    assert "Weekends are light" in shown(week, 6).paragraphs[-1]
    assert "Weekends are light" not in shown(week, 5).paragraphs[-1]


def test_members_do_not_read_about_reviews() -> None:
    """The review notice and the ids are for staff."""
    text = "\n".join(shown(1, 1).paragraphs)
    assert "review" not in text
    assert "w01d1" not in text


def test_strings_are_translated_and_content_is_not() -> None:
    """What the card itself says goes through gettext; the items come in their own language."""
    card = day_card(
        LIBRARY.for_day(1, 1),
        translate=lambda text: f"«{text}»",
        support_button=BUTTON,
        weekend=False,
    )
    assert card.title == "«Today: Arriving and grounding»"
    assert "### «Worth knowing»: What an IOP is" in card.paragraphs[1]
    assert "«Good to have: one thing that feels good to hold.»" in card.paragraphs[0]


def test_staff_see_who_reviewed_it_and_the_sources() -> None:
    """The preview holds the members' card whole, a review line for each item, and the pages."""
    week, day = 2, 1
    content = LIBRARY.for_day(week, day)
    card = preview_card(content, translate=same, support_button=BUTTON, weekend=False)
    assert card.paragraphs[1:5] == shown(week, day).paragraphs
    assert card.paragraphs[0].count("not yet reviewed by a clinician") == 3
    assert "<https://www.ncbi.nlm.nih.gov/books/NBK207201/>" in card.paragraphs[-1]


def test_staff_see_a_reviewers_name() -> None:
    """An item that was reviewed says by whom and when."""
    day = LIBRARY.for_day(1, 1)
    reviewed = make_item(reviewed_by="A clinician", reviewed_on=date(2025, 3, 3))
    card = preview_card(
        DayContent(reviewed, day.psychoed, day.reflection),
        translate=same,
        support_button=BUTTON,
        weekend=False,
    )
    assert "a-skill: reviewed by A clinician on 2025-03-03." in card.paragraphs[0]
    assert card.paragraphs[0].count("not yet reviewed") == 2


def test_the_longest_possible_day_fits_one_message() -> None:
    """With every field at its limit, both cards stay within what Discord allows."""
    notes = ["n" * 120, "N" * 120]
    pages = [{"name": "p" * 160, "url": "https://" + c + "u" * 191} for c in "abcd"]
    full = {
        "id": "i" * 40,
        "theme": "t" * 60,
        "title": "T" * 60,
        "body": "b" * 600,
        "content_notes": notes,
        "materials": ["m" * 60] * 2,
        "source": pages,
        "reviewed_by": "R" * 60,
        "reviewed_on": date(2025, 3, 3),
    }
    day = DayContent(
        make_item(**full, practice="p" * 200),
        make_item(**full, practice=""),
        make_item(**full, practice="", reflection="r" * 180),
    )

    def longer(text: str) -> str:
        return text + "x" * (len(text) // 3)

    for lay_out in (day_card, preview_card):
        card = lay_out(day, translate=longer, support_button=BUTTON, weekend=True)
        assert size(card) <= MAX_CHARACTERS


def test_sources_stop_where_the_message_is_full() -> None:
    """Whatever the length of a body, a preview with many sources stays within the limit."""
    pages, others = (
        [{"name": "p" * 160, "url": "https://" + c + "u" * 150} for c in letters]
        for letters in ("abcd", "efgh")
    )
    seen = set()
    for length in range(1, 600, 7):
        long = make_item(body="b" * length, practice="", reflection="r", source=pages)
        day = DayContent(make_item(body="c" * 600, source=others), make_item(body="d" * 600), long)
        card = preview_card(day, translate=same, support_button=BUTTON, weekend=False)
        assert size(card) <= MAX_CHARACTERS
        seen.add(card.paragraphs[-1].count("https://"))
    assert len(seen) > 1
