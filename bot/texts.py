"""The words of the product in every language it speaks.

English stands in the code as the message itself, so it can never be missing; the other
languages are gettext catalogues in ``data/locale/<language>.po``, which translators edit
with the tools they know. Nothing is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from bot.errors import DataError, Problem

Translate = Callable[[str], str]
ENGLISH = "en"


def untranslated(message: str) -> str:
    """English, which is the message itself. Also marks a string for extraction."""
    return message


class Texts:
    """Translations by language; what has none is said in English."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, str]]) -> None:
        self._catalogues = dict(catalogues)

    @classmethod
    def load(cls, folder: Path) -> Texts:
        """Read every ``.po`` file of ``folder``.

        Raises:
            DataError: a file is not a gettext catalogue, or a translation lost a ``{name}``.
        """
        catalogues: dict[str, dict[str, str]] = {}
        problems: list[Problem] = []
        for file in sorted(folder.glob("*.po")):
            try:
                with file.open("rb") as stream:
                    found = read_po(stream, locale=file.stem, abort_invalid=True)
            except (OSError, PoFileError, UnicodeDecodeError, ValueError) as error:
                sentence = f"cannot be read as a gettext catalogue: {error}"
                problems.append(Problem(file, 0, "", sentence))
                continue
            catalogues[file.stem] = {
                str(message.id): str(message.string)
                for message in found
                if message.id and message.string and not message.fuzzy
            }
            problems += [
                Problem(file, message.lineno or 0, str(message.id), sentence)
                for message in found
                if message.id and message.string
                for sentence in _lost(str(message.id), str(message.string))
            ]
        if problems:
            raise DataError(problems)
        return cls(catalogues)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that can be chosen, English first."""
        return (ENGLISH, *sorted(self._catalogues))

    def all(self, language: str) -> Iterator[tuple[str, str]]:
        """Every message with its translation into ``language``; nothing for English."""
        yield from self._catalogues.get(language, {}).items()

    def speaking(self, language: str) -> Translate:
        """The translation into ``language``; English for one that is not here."""
        catalogue = self._catalogues.get(language, {})
        return lambda message: catalogue.get(message, message)

    def nearest(self, locale: str) -> str:
        """The language here that serves a Discord locale such as ``es-419``."""
        language = locale.split("-")[0]
        return language if language in self._catalogues else ENGLISH


def _lost(message: str, translation: str) -> list[str]:
    wanted, given = _names(message), _names(translation)
    return [
        f"the translation must carry {{{name}}} as the English does"
        for name in sorted(wanted ^ given)
    ]


def _names(message: str) -> set[str]:
    return {part.split("}")[0] for part in message.split("{")[1:]}
