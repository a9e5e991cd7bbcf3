"""Every button has a handler, and whatever goes wrong behind it ends in a sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from tests.product.harness import House, shown

_ROOT = Path(bot.__file__).parent.parent


def _made() -> set[tuple[str, str]]:
    """Feature and action of every custom_id the code makes with two literal names."""
    return {
        (call.args[0].value, call.args[1].value)
        for call in _calls("custom_id")
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[1], ast.Constant)
    }


def _calls(name: str) -> Iterator[ast.Call]:
    for folder in ("bot", "cogs"):
        for path in (_ROOT / folder).rglob("*.py"):
            if "rehearsal" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                    yield node


async def test_every_custom_id_has_a_handler(bare: House) -> None:
    """For each custom_id the code makes there is a handler, so none says "older version"."""
    made = _made()
    assert ("help", "open") in made
    assert len(made) >= 20
    for feature, action in sorted(made):
        if (feature, action) in _FORMS:
            continue
        reply = await bare.press(bare.kim, bare.old_button(f"{feature}:{action}:v1:"), "Old")
        text = reply.text
        assert "older version" not in text, (feature, action)


_FORMS = {("join", "accept"), ("join", "change"), ("programme", "accept"), ("checkin", "send")}
"""What only a form's custom_id holds; test_joining, test_setting_up, test_checkins send these."""


@pytest.mark.parametrize(
    "custom_id",
    [
        "nothing",
        "help:gone:v1:",
        "moon:rise:v7:full",
        "help:open:v9:what:ever",
        ":::",
        "care:claim",
    ],
)
async def test_unknown(bare: House, custom_id: str) -> None:
    """A button of another version is answered with a sentence, never with silence."""
    reply = await bare.press(bare.kim, bare.old_button(custom_id), "Old")
    assert shown(reply).text
    assert shown(reply).ephemeral_for is bare.kim


@pytest.mark.parametrize("subject", ["", "x", "999999999999999999999", "-1", "1.en"])
@pytest.mark.parametrize("address", ["care:claim", "join:read", "checkin:open", "help:country"])
async def test_odd_subjects(river: House, address: str, subject: str) -> None:
    """A subject nobody expects ends in a sentence."""
    message = river.old_button(f"{address}:v1:{subject}")
    reply = await river.press(river.kim, message, "Old")
    assert shown(reply).text


async def test_failing_handler(river: House) -> None:
    """A handler that fails tells the person that it was not their fault and where help is."""
    reply = await river.press(river.kim, river.old_button("care:claim:v1:not-a-number"), "Old")
    assert "Nothing you did caused it" in shown(reply).text
    assert "/support" in shown(reply).text


async def test_presses_after_a_restart(river: House) -> None:
    """Buttons put up before a restart work after it."""
    ana = await river.member("Ana")
    await river.restart()
    reply = await river.press(ana, river.at("daily").pinned[0], "See options")
    assert "988" in shown(reply).text
