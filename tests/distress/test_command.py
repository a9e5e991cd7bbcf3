"""``handrail screen``: JSON Lines in and out."""

from __future__ import annotations

import io
import json

from bot.distress.command import screen_lines
from bot.distress.screen import Screener


def run(screener: Screener, *lines: str, explain: bool = False) -> tuple[int, list[dict], str]:
    """Screen lines and give back the status, the results and what was said of bad lines."""
    out, err = io.StringIO(), io.StringIO()
    status = screen_lines(lines, out, err, screener, explain=explain)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_each_line_has_its_result_in_order(screener: Screener) -> None:
    """One object per row, with the promised fields and nothing of the text."""
    status, results, err = run(
        screener,
        '{"id": 1, "text": "hello"}',
        '{"id": "b", "text": "i want to die", "language": "en"}',
    )
    assert (status, err) == (0, "")
    assert results[0] == {
        "id": 1, "level": 0, "categories": [], "about": "unclear", "rules": [], "suppressed": [],
    }  # fmt: skip
    assert (results[1]["id"], results[1]["level"], results[1]["about"]) == ("b", 2, "self")
    assert set(results[1]["rules"][0]) == {"id", "message", "span", "view"}


def test_messages_go_through_the_fragment_window(screener: Screener) -> None:
    """The level is the highest of all windows, the rule points at its message."""
    _, (result,), _ = run(screener, '{"id": 1, "messages": ["ok", "i want", "to die", "bye"]}')
    assert result["level"] == 2
    assert {rule["message"] for rule in result["rules"]} <= {1, 2}


def test_what_was_quieted_is_shown_with_the_rule_that_did(screener: Screener) -> None:
    """A clinician sees why nothing was said."""
    _, (result,), _ = run(screener, '{"id": 1, "text": "i do not want to kill myself"}')
    assert result["level"] == 0
    assert {"en.negated"} == {quiet["by"] for quiet in result["suppressed"]}


def test_explain_shows_the_words(screener: Screener) -> None:
    """With --explain each rule carries the words it found."""
    _, (result,), _ = run(screener, '{"id": 1, "text": "hm, i want to die"}', explain=True)
    assert "want to die" in {rule["words"] for rule in result["rules"]}


def test_a_line_that_cannot_be_read_is_named_and_the_rest_goes_on(screener: Screener) -> None:
    """Bad lines end in status 1 and a sentence each; good ones keep their order."""
    status, results, err = run(
        screener,
        "not json",
        '{"id": 1, "text": "hello"}',
        '{"text": "no id"}',
        '{"id": 2}',
        '{"id": 3, "text": 4}',
        '{"id": 4, "messages": "one"}',
        '{"id": 5, "text": "a", "language": 5}',
        "[1]",
        "",
        '{"id": 6, "messages": []}',
    )
    assert status == 1
    assert [result["id"] for result in results] == [1, 6]
    assert [line.split(" ")[1] for line in err.splitlines()] == ["1", "3", "4", "5", "6", "7", "8"]
