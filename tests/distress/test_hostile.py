"""Texts that try to be slow, and any text at all."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.distress.normalise import fold
from tests.distress.shipped import shipped_screener

SCREENER = shipped_screener()
WORDS = sorted(word.strip("*") for word in SCREENER.compiled.vocabulary if len(word) > 1)


def hostile(length: int) -> list[str]:
    """Texts of a length, each made to hurt another step."""
    chance = random.Random(7)
    soup = " ".join(chance.choice(WORDS) for _ in range(length))[:length]
    pieces = [
        "i want to die ", "i really really want to ", "want to not ", "k i l l ", "k1ll ", "k*ll ",
        "aaaa", "*_", "a-", "1", "@", "(", "\"'", "\n", "\n> ", ". ", "killmyself", "su ic ",
        "😀", "\u200b", "е", "我", "||", "<@1", "a'", "http://", "i can not i can not ", "x ",
        "i.w.a.n.t ", "k1llmys3lf", "su***de ", "k i.l l-", "two die ", "my self ", "⒦⒤", "|<i|| ",
        "k1lz st4b ", "ki<:a:1>ll ",
    ]  # fmt: skip
    return [soup, *((piece * length)[:length] for piece in pieces)]


def seconds(text: str) -> float:
    """The fastest of three readings, on this process alone."""
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        SCREENER.screen(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("place", range(39))
def test_time_grows_no_faster_than_length(place: int) -> None:
    """Four times the text takes no more than some eight times as long, whatever it says."""
    short, long = hostile(2_000)[place], hostile(8_000)[place]
    assert seconds(long) < 8 * seconds(short) + 0.01


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_and_its_spans_lie_inside_it(text: str) -> None:
    """No text breaks screening, and every span is a real place in it."""
    finding = SCREENER.screen(text)
    assert 0 <= finding.level <= 3
    for rule in finding.rules:
        assert 0 <= rule.span[0] < rule.span[1] <= len(text)


@given(st.lists(st.sampled_from([*WORDS, ".", "!", "\n", ",", '"', "💀", "k1ll"]), max_size=40))
@settings(deadline=None, max_examples=300)
def test_any_row_of_known_words_is_read(words: list[str]) -> None:
    """No row of the lexicon's own words breaks screening."""
    text = " ".join(words)
    for rule in SCREENER.screen(text).rules:
        assert 0 <= rule.span[0] < rule.span[1] <= len(text)


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=300)
def test_every_folded_character_knows_its_place(text: str) -> None:
    """The map of offsets is as long as the folded text, and never runs backwards."""
    folded = fold(text)
    places = folded.places()
    assert len(places) == len(folded.text) + 1
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
