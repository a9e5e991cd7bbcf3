"""What belongs in the ledger, and the marker a card must carry."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.cards import Button, Card, Choice, Select
from bot.delivery.model import Delivery, Slot, SlotKind, State, carries, planned
from bot.programme.model import Admission, Cohort, CohortState
from tests.delivery.world import CHICAGO, MONDAY, utc

LONG_AGO = utc(2026, 1, 1)
COHORT = Cohort(
    1, 1, "River", CHICAGO, date(2026, 1, 1), Admission.ROLLING, CohortState.ACTIVE, LONG_AGO
)
SLOT = Slot(7, 1, SlotKind.DAILY, "1234567", time(9), LONG_AGO)
NOW = utc(2026, 3, 2, 14)  # Monday 08:00 in Chicago


def dates(slot: Slot, cohort: Cohort, now: datetime) -> list[date]:
    return [one.local_date for one in planned(slot, cohort, now)]


def test_a_week_back_and_two_days_ahead() -> None:
    """The ledger notices a week of absence, and knows the next two days."""
    found = dates(SLOT, COHORT, NOW)
    assert found == [MONDAY + timedelta(days=n) for n in range(-7, 2)]


def test_nothing_from_before_the_slot() -> None:
    """An occurrence from before the slot was made is not planned; one at that moment is."""
    nine = utc(2026, 3, 2, 15)
    assert dates(replace(SLOT, created_at=nine), COHORT, NOW)[0] == MONDAY
    later = replace(SLOT, created_at=nine + timedelta(microseconds=1))
    assert dates(later, COHORT, NOW)[0] == MONDAY + timedelta(days=1)


def test_nothing_from_before_the_cohort_starts() -> None:
    """A cohort that starts tomorrow is posted nothing today."""
    cohort = replace(COHORT, starts_on=MONDAY + timedelta(days=1))
    assert dates(SLOT, cohort, NOW) == [MONDAY + timedelta(days=1)]


def test_the_grace_comes_with_it() -> None:
    """Each occurrence knows until when it may be late."""
    [today] = [one for one in planned(SLOT, COHORT, NOW) if one.local_date == MONDAY]
    assert (today.due_at, today.grace_until) == (utc(2026, 3, 2, 15), utc(2026, 3, 2, 18))
    assert (today.slot_id, today.kind) == (7, SlotKind.DAILY)


def test_the_marker() -> None:
    """A card is recognised by the delivery's id in a button or a menu, nowhere else."""
    assert carries(Card(("x",), rows=((Button("Yes", "checkin:open:v1:abc"),),)), "abc")
    menu = Select("checkin:open:v1:abc", "Pick", (Choice("one", "1"),))
    assert carries(Card(("x",), rows=(menu,)), "abc")
    assert not carries(Card(("abc",), rows=((Button("abc", "checkin:open:v1:xyz"),),)), "abc")
    assert not carries(Card(("x",)), "abc")


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (6, 600), (500, 600)]
)
def test_the_pause_before_a_new_attempt(attempts: int, seconds: int) -> None:
    """It doubles from half a minute to ten minutes, however many attempts there were."""
    one = Delivery(
        "a" * 16, 1, 7, MONDAY, SlotKind.DAILY, NOW, NOW, State.CLAIMED, attempts=attempts
    )
    assert one.retry_at(NOW) == NOW + timedelta(seconds=seconds)
    assert len(one.nonce) <= 25
