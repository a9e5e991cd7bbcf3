"""Checks that the distress corpus is well formed: fields, ids, pairs, halves alike and apart."""

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
HALVES = ("dev", "held")
ABOUT = {"self", "other", "died", "target", "unclear"}
LANGUAGES = {"en", "es", "mixed", "fr", "pt", "de", "it", "nl", "tl", "zh", "ar"}
CATEGORIES = {
    "suicide",
    "self-harm",
    "overdose",
    "substance",
    "abuse",
    "sexual-violence",
    "stalking",
    "violence",
    "eating",
    "psychosis",
    "severe-distress",
    "intrusive-thoughts",
    "medical",
    "dependent-at-risk",
    "third-party",
    "bereavement",
    "harassment",
}
EVASIONS = {"leet", "spaced", "zero-width", "look-alikes", "censored", "algospeak", "emoji"}
KINDS = set((HERE / "kinds.txt").read_text("utf-8").split())
REQUIRED = {"id", "level", "about", "categories", "kind", "language"}
Row = dict[str, Any]


def load(half: str) -> list[Row]:
    """All messages of one half, in file order."""
    files = sorted(HERE.glob(f"{half}-*.jsonl"))
    return [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]


def words(row: Row) -> str:
    """The message without case, marks, spaces and invisible characters, to compare by."""
    text = unicodedata.normalize("NFKD", row.get("text") or " ".join(row["messages"])).casefold()
    hidden = {"Mn", "Cf", "Zs", "Po", "Pd"}
    return "".join(c for c in text if unicodedata.category(c) not in hidden)


@pytest.fixture(scope="module")
def halves() -> dict[str, list[Row]]:
    """Both halves, read once."""
    return {half: load(half) for half in HALVES}


@pytest.fixture(scope="module")
def rows(halves: dict[str, list[Row]]) -> list[Row]:
    """Every message."""
    return [row for half in HALVES for row in halves[half]]


@pytest.fixture(scope="module")
def learned() -> list[Row]:
    """The messages from which it is learned what words weigh."""
    return load("learn")


def test_fields_hold_only_known_values(rows: list[Row], learned: list[Row]) -> None:
    """Every message has the documented fields with values from the documented lists."""
    for row in [*rows, *learned]:
        where = row["id"]
        assert row.keys() - {"pair"} in (REQUIRED | {"text"}, REQUIRED | {"messages"}), where
        assert row["level"] in {0, 1, 2, 3}, where
        assert row["about"] in ABOUT, where
        assert row["kind"] in KINDS, where
        assert row["language"] in LANGUAGES, where
        assert set(row["categories"]) <= CATEGORIES, where
        assert len(set(row["categories"])) == len(row["categories"]), where


def test_flagged_messages_say_what_and_about_whom(rows: list[Row], learned: list[Row]) -> None:
    """A message at level 2 or 3 has a category and a person; one at level 0 alarms about nobody."""
    for row in [*rows, *learned]:
        if row["level"] >= 2:
            assert row["categories"], row["id"]
            assert row["about"] in {"self", "other", "target"}, row["id"]
        if row["level"] == 0:
            assert row["about"] in {"unclear", "died"}, row["id"]
            assert set(row["categories"]) <= {"bereavement"}, row["id"]


def test_texts_are_chat_sized(rows: list[Row]) -> None:
    """Each text has 1 to 420 characters, and a fragment case has at least two messages."""
    for row in rows:
        parts = row["messages"] if "messages" in row else [row["text"]]
        assert all(part.strip() for part in parts), row["id"]
        assert sum(map(len, parts)) <= 420, row["id"]
        assert ("messages" in row) == (row["kind"] == "fragments"), row["id"]
        assert "messages" not in row or len(parts) >= 2, row["id"]


def test_ids_are_unique_and_name_half_and_kind(halves: dict[str, list[Row]]) -> None:
    """An id is used once and starts with its half and kind."""
    seen = Counter(row["id"] for half in HALVES for row in halves[half])
    assert [i for i, n in seen.items() if n > 1] == []
    for half in HALVES:
        for row in halves[half]:
            assert row["id"].startswith(f"{half}-{row['kind']}-"), row["id"]


def test_pairs_stay_in_their_half_and_differ_in_level(halves: dict[str, list[Row]]) -> None:
    """A pair points at a message of the same half with another level."""
    for half in HALVES:
        by_id = {row["id"]: row for row in halves[half]}
        for row in halves[half]:
            if "pair" in row:
                assert by_id[row["pair"]]["level"] != row["level"], row["id"]


def test_every_message_of_the_pair_kind_has_its_pair(rows: list[Row]) -> None:
    """The kind minimal-pair holds nothing unpaired."""
    assert [r["id"] for r in rows if r["kind"] == "minimal-pair" and "pair" not in r] == []


def test_no_text_stands_in_both_halves(halves: dict[str, list[Row]]) -> None:
    """No message of one half is a message of the other, disguises by characters left aside."""
    dev, held = ({words(row): row["id"] for row in halves[half]} for half in HALVES)
    assert [(dev[text], held[text]) for text in dev.keys() & held.keys() if text] == []


def test_no_text_stands_twice_in_a_half(halves: dict[str, list[Row]]) -> None:
    """Within a half a text as written is used once."""
    for half in HALVES:
        texts = Counter(str(row.get("text") or row["messages"]) for row in halves[half])
        assert [text for text, n in texts.items() if n > 1] == []


def test_the_halves_are_alike_in_size_kinds_and_levels(halves: dict[str, list[Row]]) -> None:
    """Each half has at least 1,500 messages, every kind and 45 to 60 % harmless ones."""
    for half in HALVES:
        part = halves[half]
        assert len(part) >= 1500, half
        assert {row["kind"] for row in part} == KINDS, half
        assert {c for row in part for c in row["categories"]} == CATEGORIES, half
        harmless = sum(row["level"] <= 1 for row in part) / len(part)
        assert 0.45 <= harmless <= 0.60, half


def test_enough_spanish_and_enough_evasions(rows: list[Row]) -> None:
    """At least 400 messages are Spanish or mixed, and at least 400 are evasions."""
    assert sum(row["language"] in {"es", "mixed"} for row in rows) >= 400
    assert sum(row["kind"] in EVASIONS for row in rows) >= 400


def test_zero_width_messages_hold_invisible_characters(rows: list[Row]) -> None:
    """Each message of the kind zero-width has at least one invisible format character."""
    for row in rows:
        if row["kind"] == "zero-width":
            assert any(unicodedata.category(c) == "Cf" for c in row["text"]), row["id"]


def test_what_is_learned_from_is_not_what_is_measured_with(
    halves: dict[str, list[Row]], learned: list[Row]
) -> None:
    """No message of ``learn-*`` is one of ``held-*``, disguises by characters left aside."""
    held = {words(row) for row in halves["held"]}
    assert [row["id"] for row in learned if words(row) in held] == []


def test_what_is_learned_from_stands_once(learned: list[Row]) -> None:
    """Ids begin with ``learn`` and the kind; neither an id nor a text is there twice."""
    assert len(learned) > 10_000
    assert all(row["id"].startswith(f"learn-{row['kind']}-") for row in learned)
    assert len({row["id"] for row in learned}) == len(learned)
    assert len({row["text"] for row in learned}) == len(learned)
    assert all(0 < len(row["text"].strip()) <= 700 for row in learned)
