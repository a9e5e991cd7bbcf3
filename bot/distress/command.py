"""``handrail screen``: JSON Lines in, JSON Lines out, for clinicians to audit on their own text.

It needs no token, settings or database, and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from bot.distress.fragments import FragmentWindow
from bot.distress.model import Finding
from bot.distress.screen import Screener

_SECONDS_APART = 5.0  # messages of one row are read as sent one right after the other


def screen_lines(
    lines: Iterable[str],
    out: TextIO,
    err: TextIO,
    screener: Screener,
    *,
    explain: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> int:
    """Screen each line and write one result for it, in the same order.

    Args:
        lines: ``{"id": …, "text": …}`` or ``{"id": …, "messages": […]}``, optional ``language``.
        out: one object a line: id, level, categories, about, rules, suppressed.
        err: a sentence for each line that cannot be read; the rest goes on.
        screener: reads the texts.
        explain: adds to each rule the ``words`` it found.
        advance: called after each line, for a progress bar.

    Returns:
        The exit status: 0, or 1 when a line could not be read.
    """
    status = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = _read(line)
            except ValueError as error:
                err.write(f"Line {number} cannot be read: {error}\n")
                status = 1
            else:
                result = _result(row, screener, explain=explain)
                out.write(json.dumps(result, ensure_ascii=False) + "\n")
        advance()
    return status


def _read(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError("it is not JSON; write one object on the line") from error
    if not isinstance(row, dict) or "id" not in row:
        raise ValueError('it has no "id"')
    if ("text" in row) == ("messages" in row):
        raise ValueError('it needs either "text" or "messages"')
    if not isinstance(row.get("text", ""), str):
        raise ValueError('"text" must be a string')
    messages = row.get("messages", [])
    if not isinstance(messages, list) or not all(isinstance(text, str) for text in messages):
        raise ValueError('"messages" must be a list of strings')
    if not isinstance(row.get("language"), str | None):
        raise ValueError('"language" must be a string, such as "en"')
    return row


def _result(row: dict[str, Any], screener: Screener, *, explain: bool) -> dict[str, Any]:
    language = row.get("language") or None
    if "text" in row:
        messages = [row["text"]]
        findings = [screener.screen(row["text"], language)]
    else:
        messages = row["messages"]
        window = FragmentWindow(screener, language)
        findings = [
            window.feed(0, 0, index, text, index * _SECONDS_APART)
            for index, text in enumerate(messages)
        ]
    top = max(findings, key=lambda finding: finding.level, default=None)
    level = top.level if top else 0
    kept = [finding for finding in findings if finding.level == level and (level or finding.rules)]
    rules = [rule for finding in kept for rule in finding.rules] if top else []
    return {
        "id": row["id"],
        "level": level,
        "categories": _categories(kept),
        "about": top.about if top else "unclear",
        "rules": [
            {"id": rule.id, "message": rule.message, "span": list(rule.span), "view": rule.view}
            | ({"words": messages[rule.message][slice(*rule.span)]} if explain else {})
            for rule in dict.fromkeys(rules)
        ],
        "suppressed": [
            {"id": entry, "by": by}
            for entry, by in dict.fromkeys(pair for f in findings for pair in f.suppressed)
        ],
    }


def _categories(findings: list[Finding]) -> list[str]:
    return list(dict.fromkeys(name for finding in findings for name in finding.categories))
