"""The catalogues hold what the code says, all of it, and in good words."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.content.wording import lint_wording, shipped_rules
from bot.paths import shipped_data
from tests.wording.everything import LANGUAGES, TEXTS
from tests.wording.extraction import messages

_FOLDER = shipped_data() / "locale"
_HOW = "see “Words and languages” in CONTRIBUTING.md"
_MARKS = re.compile(r"\{\w+\}|\*\*|`[^`]*`|<[@#]|/[a-z][a-z-]+")


def catalogue(language: str) -> Catalog:
    """A language's file, as it is."""
    with (_FOLDER / f"{language}.po").open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_catalogue_is_the_code(language: str) -> None:
    """No message of the code is missing, none is left over, none is doubtful or empty."""
    found = catalogue(language)
    entries = {str(one.id): one for one in found if one.id}
    assert set(messages()) - set(entries) == set(), f"missing; {_HOW}"
    assert set(entries) - set(messages()) == set(), f"left over; {_HOW}"
    assert not found.obsolete
    assert [name for name, one in entries.items() if one.fuzzy or not one.string] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_catalogue_names_the_files(language: str) -> None:
    """Translators see in which files a message stands, without lines that age at once."""
    for one in catalogue(language):
        if one.id:
            files = {(file, line) for file, line in one.locations}
            assert files == {(file, None) for file in messages()[str(one.id)]}, f"{one.id}: {_HOW}"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_is_filled_in_and_typed_stays(language: str) -> None:
    """Placeholders, bold marks, mentions and commands are the same in every language."""
    for message, translation in TEXTS.all(language):
        assert sorted(_MARKS.findall(translation)) == sorted(_MARKS.findall(message)), message


@pytest.mark.parametrize("message", messages())
def test_english_keeps_the_wording_rules(message: str) -> None:
    """What the bot says in English commands nobody, shames nobody, shouts at nobody."""
    assert lint_wording(message) == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translations_keep_the_wording_rules(language: str) -> None:
    """The same holds in every other language, by its own rules."""
    slips = {
        translation: found
        for _message, translation in TEXTS.all(language)
        if (found := lint_wording(translation, language=language))
    }
    assert slips == {}


def test_one_text_has_one_spelling() -> None:
    """No two messages differ only in quotation marks, commas or the full stop at the end."""
    seen: dict[str, str] = {}
    for message in messages():
        plain = re.sub(r"[^\w\s{}]", "", message.replace("’", "'")).strip()
        assert seen.setdefault(plain, message) == message


@pytest.mark.parametrize(
    "text",
    [
        "Te queremos aquí!",
        "LEE ESTO ahora",
        "Quieres hablar?",
        "Usted puede elegir.",
        "Bienvenido al grupo.",
        "Para todos/as.",
        "Para todxs.",
        "Habla con el staff.",
        "Una persona que cometió suicidio.",
        "Fue un intento fallido.",
        "Era la única salida.",
        "Ya descansa en paz.",
        "Pensó en cortarse las venas.",
        "Un adicto en el grupo.",
        "Sigue limpio.",
        "Solo quiere llamar la atención.",
        "Fue tu culpa.",
        "Tienes que contestar.",
        "Debes contestar.",
        "Es tu última oportunidad.",
        "Estoy aquí para ti.",
        "Todo va a estar bien.",
        "Esto cura la ansiedad.",
        "Llevas una racha de cinco.",
        "Cuéntaselo a tu familia.",
        "Anota las calorías.",
        "Hola, @everyone.",
    ],
)
def test_spanish_rules_see(text: str) -> None:
    """Each of these is noticed by the Spanish rules, with a way out."""
    slips = lint_wording(text, language="es")
    assert slips
    assert all(slip.sentence for slip in slips)


@pytest.mark.parametrize(
    "text",
    [
        "No tienes que cargar con esto a solas.",
        "Nadie debería recibir este trato, y no es tu culpa.",
        "¿Te gustaría hablar con alguien?",
        "Puedes preguntar al equipo, o saltártelo.",
    ],
)
def test_spanish_rules_let_good_words_pass(text: str) -> None:
    """What is said kindly is not held up."""
    assert lint_wording(text, language="es") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_rules(language: str) -> None:
    """A new language brings its own wording rules, none of them empty."""
    rules = shipped_rules(language)
    assert rules.language == language
    assert all(rule.words or rule.patterns for rule in rules.rules)
