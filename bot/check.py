"""``handrail check``: everything a host or clinician can get wrong, found before it matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.messages.pofile import read_po

from bot.care import crisis_lines
from bot.care.deny_list import strings
from bot.content.lint import lint_folder
from bot.content.loader import load_library
from bot.content.wording import lint_wording
from bot.distress.check import check as check_lexicon
from bot.distress.lexicon import read_lexicons
from bot.errors import DataError, Problem
from bot.rehearsal.script import load_script
from bot.texts import Texts


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes:
        problems: mistakes that must be mended.
        warnings: what should be looked at soon.
        counts: what was checked, in words and numbers.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    counts: tuple[str, ...]


def check(folder: Path, today: date) -> Report:
    """Check a data folder as a whole.

    Args:
        folder: laid out as the shipped ``data``.
        today: against which the age of verifications is measured, local date.
    """
    if not folder.is_dir():
        sentence = "is not a folder; name the one that holds content, distress and the rest"
        return Report((Problem(folder, 0, "", sentence),), (), ())
    problems: list[Problem] = []
    counts: list[str] = []
    try:
        library = load_library(folder / "content")
        kinds = ", ".join(f"{n} {kind.value}" for kind, n in library.counts().items())
        counts.append(f"content: {len(library.items)} items ({kinds})")
        faults = lint_folder(folder / "content", deny=strings())
        problems += [fault.problem for fault in faults]
    except DataError as error:
        problems += error.problems
    lines = crisis_lines.check(folder / "crisis_lines.yaml", today)
    problems += lines.failures
    if not lines.failures:
        found = crisis_lines.load(folder / "crisis_lines.yaml")
        counts.append(
            f"crisis lines: {len(found.countries)} countries, {found.unverified} to verify"
        )
    problems += _texts(folder / "locale", counts)
    problems += _lexicons(folder / "distress", counts)
    problems += _scripts(folder / "rehearsals", counts)
    return Report(tuple(problems), lines.warnings, tuple(counts))


def _texts(folder: Path, counts: list[str]) -> list[Problem]:
    try:
        texts = Texts.load(folder)
    except DataError as error:
        return list(error.problems)
    counts.append(f"languages: {', '.join(texts.languages)}")
    problems: list[Problem] = []
    for language in texts.languages[1:]:
        file = folder / f"{language}.po"
        lines = _lines(file)
        for message, translation in texts.all(language):
            slips = *lint_wording(message), *lint_wording(translation, language=language)
            problems += [Problem(file, lines[message], message, slip.sentence) for slip in slips]
    return problems


def _lines(file: Path) -> dict[str, int]:
    with file.open("rb") as stream:
        return {str(one.id): one.lineno or 0 for one in read_po(stream)}


def _lexicons(folder: Path, counts: list[str]) -> list[Problem]:
    problems = check_lexicon(folder)
    if not problems:
        lexicons = [source.lexicon for source in read_lexicons(folder)]
        entries = sum(len(one.entries) for one in lexicons)
        rules = sum(len(one.context) for one in lexicons)
        counts.append(
            f"distress lexicon: {entries} entries and {rules} context rules in "
            f"{', '.join(dict.fromkeys(one.language for one in lexicons))}, each with its examples"
        )
    return problems


def _scripts(folder: Path, counts: list[str]) -> list[Problem]:
    problems: list[Problem] = []
    files = sorted(folder.glob("*.yaml"))
    for file in files:
        try:
            load_script(file)
        except DataError as error:
            problems += error.problems
    counts.append(f"rehearsals: {len(files)}")
    return problems
