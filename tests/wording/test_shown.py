"""Everything people see fits into Discord and is easy to read, in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.cards import Card, Form
from bot.chat import render
from bot.content.reading import grade
from bot.programme.cards import topic
from bot.programme.model import CheckIns, Detection
from tests.wording import everything
from tests.wording.everything import LANGUAGES, TEXTS
from tests.wording.extraction import FOLDERS, ROOT

# Discord, components reference and application commands.
_BUTTON, _LABEL, _TITLE, _HINT, _OPTION, _PLACEHOLDER = 80, 45, 45, 100, 100, 150
_TOPIC, _COMPONENTS, _CUSTOM_ID = 1024, 40, 100
_HARDEST = 6.0
_SOURCES = (everything.for_members, everything.help_cards, everything.for_staff, everything.days)


def every_card(language: str) -> Iterator[tuple[str, Card]]:
    """All cards of a language."""
    for source in _SOURCES:
        yield from source(language)


def parts(payload: Any) -> Iterator[dict[str, Any]]:
    """A component and all that stands in it."""
    if isinstance(payload, list):
        for one in payload:
            yield from parts(one)
    elif isinstance(payload, dict):
        if "type" in payload:
            yield payload
        for inside in ("components", "component", "accessory"):
            yield from parts(payload.get(inside))


def too_long(found: list[dict[str, Any]]) -> list[str]:
    """What goes past one of Discord's limits."""
    over = []
    for part in found:
        limits = {"custom_id": _CUSTOM_ID, "placeholder": _PLACEHOLDER, "description": _HINT}
        limits["label"] = _BUTTON if part["type"] == 2 else _LABEL
        over += [
            f"{key}: {part[key]}" for key, most in limits.items() if len(part.get(key) or "") > most
        ]
        options = part.get("options", [])
        over += [f"{len(options)} options"] if len(options) > 25 else []
        over += [
            option[key]
            for option in options
            for key in ("label", "description")
            if len(option.get(key) or "") > _OPTION
        ]
    return over


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_fit(language: str) -> None:
    """No card is longer than Discord takes, none of its buttons or menus either."""
    for name, card in every_card(language):
        found = list(parts(render.view(card).to_components()))
        texts = [part["content"] for part in found if part["type"] == 10]
        assert sum(map(len, texts)) <= render.TEXT_LIMIT, name
        assert len(found) <= _COMPONENTS, name
        assert too_long(found) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_fit(language: str) -> None:
    """No form's title, question, hint or answer is longer than Discord takes."""
    for name, form in everything.forms(language):
        made = render.modal(form).to_dict()
        assert len(made["title"]) <= _TITLE, name
        assert 1 <= len(made["components"]) <= 5, name
        assert too_long(list(parts(made["components"]))) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics_fit(language: str) -> None:
    """A channel's topic holds the limits of this place, within Discord's 1024 characters."""
    for hours in ("none", "Mon 08:00-09:00; Tue 09:00-10:00; Wed 10:00-11:00; Sat 12:00-13:00"):
        place = everything.programme(Detection.IN_MEMORY, CheckIns.STORED, hours)
        assert len(topic(place, TEXTS.speaking(language))) <= _TOPIC


def spoken_in_cogs(name: str) -> Iterator[str]:
    """The messages that the cogs' own calls of ``name`` begin with."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                    for text in ast.walk(node.args[0]) if node.args else ():
                        if isinstance(text, ast.Constant) and isinstance(text.value, str):
                            yield text.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_in_the_code_fit(language: str) -> None:
    """No label of a button is longer than Discord takes, whichever file makes it."""
    _ = TEXTS.speaking(language)
    labels = list(spoken_in_cogs("Button"))
    assert len(labels) > 20
    assert [label for label in labels if len(_(label)) > _BUTTON] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_descriptions_of_members_commands_are_translated(language: str) -> None:
    """What members see of their commands in Discord's menu is in their language, and fits."""
    catalogue = dict(TEXTS.all(language))
    for message in (
        "See support options. Only you see the answer",
        "See and change what you chose here",
        "See everything I keep about you",
        "Delete everything I keep about you",
    ):
        assert len(catalogue[message]) <= _HINT


def as_read(text: str) -> str:
    """A text without what is shown but not read: bold marks, dots of a list, mentions."""
    lines = re.sub(r"\*\*|`|###|<[@#t][^>]*>|https?://\S+", "", text).splitlines()
    kept = [line.lstrip("- ").strip() for line in lines]
    return " ".join(line if line.endswith((".", "?", ":")) else f"{line}." for line in kept if line)


def test_cards_are_easy_to_read() -> None:
    """Every card for members reads at grade 6 or below."""
    hard = {
        name: found
        for name, card in everything.for_members("en")
        if (found := grade(as_read("\n".join(card.paragraphs)))) > _HARDEST
    }
    assert hard == {}


def test_forms_are_easy_to_read() -> None:
    """So does every form, with its questions, hints and answers."""
    hard = {
        name: found
        for name, form in everything.forms("en")
        if (found := grade(as_read(_words(form)))) > _HARDEST
    }
    assert hard == {}


def _words(form: Form) -> str:
    told = [form.text]
    for field in form.fields:
        told += [field.label, field.description]
        if field.key != "skills":  # those are titles of the content, which has its own lint
            told += [f"{choice.label}. {choice.description}" for choice in field.choices]
    return "\n".join(told)
