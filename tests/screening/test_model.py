"""What a programme changed, as data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.errors import Refused
from bot.screening.model import MOST_OWN, OwnEntry, Tuning, own_id

OWN = OwnEntry("en.own.river-day", "suicide", 2, ("river day",), "a river day", "a rainy day")


def test_it_comes_back_from_json() -> None:
    """What is written down reads back the same, a programme that changed nothing too."""
    full = Tuning(frozenset({"eating"}), frozenset({"fr"}), frozenset({"en.x"}), (OWN,))
    for tuning in (Tuning(), full):
        assert Tuning.from_row(json.loads(json.dumps(tuning.row()))) == tuning
    assert Tuning.from_row({}) == Tuning()


def test_what_is_left_out_can_come_back() -> None:
    """Leaving out and reading again undo each other, for every kind."""
    for kind in ("categories", "languages", "entries"):
        less = Tuning().without(kind, "x")
        assert less != Tuning()
        assert less.with_again(kind, "x") == Tuning()


def test_own_entries_that_do_not_work() -> None:
    """Unconfirmed, muted, or of a category left out: none of these reads anything."""
    assert Tuning(own=(OWN,)).working == (OWN,)
    assert Tuning(own=(replace(OWN, confirmed=False),)).working == ()
    assert Tuning(own=(replace(OWN, confirmed=False),)).confirming(OWN.id).working == (OWN,)
    assert Tuning(own=(OWN,), categories=frozenset({"suicide"})).working == ()
    assert Tuning(own=(OWN,), entries=frozenset({OWN.id})).working == ()


def test_what_cannot_be_added_or_removed_is_said() -> None:
    """Twice the same, too many, or one that is not there."""
    full = Tuning(own=tuple(replace(OWN, id=f"en.own.{n}") for n in range(MOST_OWN)))
    with pytest.raises(Refused, match="already"):
        Tuning(own=(OWN,)).adding(OWN)
    with pytest.raises(Refused, match="Remove one first"):
        full.adding(OWN)
    with pytest.raises(Refused, match="no entry"):
        Tuning().removing("en.own.none")
    assert Tuning(own=(OWN,)).removing(OWN.id) == Tuning()


@pytest.mark.parametrize(
    ("phrase", "made"),
    [
        ("a River day!", "en.own.a-river-day"),
        ("{want_to} ..", "en.own.want-to"),
        ("(...)", "en.own.entry"),
        ("¿" * 9, "en.own.entry"),
        ("x" * 90, "en.own." + "x" * 40),
    ],
)
def test_an_id_is_made_of_the_phrase(phrase: str, made: str) -> None:
    """Small letters, digits and dashes, short enough for a button."""
    assert own_id(phrase) == made
