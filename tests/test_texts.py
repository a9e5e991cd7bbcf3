"""Translations are read from gettext files, and a broken file is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import DataError
from bot.texts import Texts, untranslated

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def written(folder: Path, text: str, language: str = "es") -> Texts:
    """Texts of one catalogue with these entries."""
    (folder / f"{language}.po").write_text(HEAD + text, encoding="utf-8")
    return Texts.load(folder)


def test_a_message_is_said_in_the_language(tmp_path: Path) -> None:
    """What is translated is said in that language."""
    texts = written(tmp_path, 'msgid "Yes"\nmsgstr "Sí"\n')
    assert texts.speaking("es")("Yes") == "Sí"
    assert list(texts.all("es")) == [("Yes", "Sí")]


def test_english_stands_in(tmp_path: Path) -> None:
    """What has no translation, a doubtful one or an unknown language is said in English."""
    texts = written(tmp_path, 'msgid "Yes"\nmsgstr ""\n\n#, fuzzy\nmsgid "No"\nmsgstr "Quizá"\n')
    assert texts.speaking("es")("Yes") == "Yes"
    assert texts.speaking("es")("No") == "No"
    assert texts.speaking("fr")("Maybe") == untranslated("Maybe")
    assert list(texts.all("en")) == []


def test_languages_begin_with_english(tmp_path: Path) -> None:
    """English can always be chosen, and stands first."""
    assert Texts.load(tmp_path).languages == ("en",)
    written(tmp_path, "", "de")
    assert written(tmp_path, "").languages == ("en", "de", "es")


@pytest.mark.parametrize(
    ("locale", "language"), [("es-419", "es"), ("es-ES", "es"), ("en-GB", "en"), ("ja", "en")]
)
def test_the_nearest_language_serves_a_locale(tmp_path: Path, locale: str, language: str) -> None:
    """Every Discord locale of a language is served by it, all others by English."""
    assert written(tmp_path, "").nearest(locale) == language


@pytest.mark.parametrize(("given", "named"), [("a las", "hours"), ("{hours} {zone}", "zone")])
def test_a_placeholder_is_neither_lost_nor_added(tmp_path: Path, given: str, named: str) -> None:
    """A translation that would say less, or fail to be filled in, is refused with its line."""
    with pytest.raises(DataError) as refused:
        written(tmp_path, f'msgid "at {{hours}}"\nmsgstr "{given}"\n')
    (problem,) = refused.value.problems
    assert problem.line == 4
    assert f"{{{named}}}" in problem.sentence


def test_what_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    """A file that gettext cannot read is named."""
    with pytest.raises(DataError, match=r"es\.po: cannot be read as a gettext catalogue"):
        written(tmp_path, "Yes means Sí.\n")
