"""Thoughts sent in pieces."""

from __future__ import annotations

from bot.distress.fragments import FragmentWindow
from bot.distress.model import Finding
from bot.distress.screen import Screener


def feed(window: FragmentWindow, *texts: str, seconds: float = 5.0) -> list[Finding]:
    """Feed texts of one author in one channel, one every so many seconds."""
    return [window.feed(1, 1, index, text, index * seconds) for index, text in enumerate(texts)]


def test_a_sentence_in_pieces_is_found_at_the_piece_that_completes_it(screener: Screener) -> None:
    """Words over several messages are read as one sentence."""
    levels = [f.level for f in feed(FragmentWindow(screener), "i", "want", "to die")]
    assert levels == [0, 0, 2]


def test_a_word_in_pieces_is_found(screener: Screener) -> None:
    """Messages are joined without a space too."""
    levels = [f.level for f in feed(FragmentWindow(screener), "i want to kil", "l myself")]
    assert levels == [0, 2]


def test_one_window_tells_one_finding(screener: Screener) -> None:
    """What was told is not told again by the messages after it, unless the level rises."""
    window = FragmentWindow(screener)
    levels = [f.level for f in feed(window, "i want", "to die", "ok", "bye", "hm")]
    assert levels == [0, 2, 0, 0, 0]


def test_a_rising_level_is_told(screener: Screener) -> None:
    """A wish that becomes an intent within the window is told again."""
    window = FragmentWindow(screener)
    levels = [f.level for f in feed(window, "i want to", "kill myself", "tonight")]
    assert levels[-1] == 3


def test_pieces_too_far_apart_are_not_joined(screener: Screener) -> None:
    """After ninety seconds a message begins anew."""
    levels = [f.level for f in feed(FragmentWindow(screener), "i want", "to die", seconds=91)]
    assert levels == [0, 0]


def test_pieces_of_different_people_or_channels_are_not_joined(screener: Screener) -> None:
    """A window belongs to one author in one channel."""
    window = FragmentWindow(screener)
    window.feed(1, 1, 1, "i want", 0)
    assert window.feed(2, 1, 2, "to die", 1).level == 0
    assert window.feed(1, 2, 3, "to die", 1).level == 0


def test_rules_point_at_the_message_they_begin_in(screener: Screener) -> None:
    """The span of a finding over several messages lies in the first of them."""
    *_, last = feed(FragmentWindow(screener), "so yeah i want", "to die")
    rule = next(rule for rule in last.rules if rule.id == "en.suicide.wish")
    assert rule.message == 0
    assert "so yeah i want"[slice(*rule.span)] == "want"
