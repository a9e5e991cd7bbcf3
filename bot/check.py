"""``handrail check``: everything a host or clinician can get wrong, found before it matters."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from babel.messages.pofile import read_po

from bot.care import crisis_lines
from bot.care.deny_list import strings
from bot.content.library import ORIGINAL, Library
from bot.content.lint import lint
from bot.content.loader import load_libraries, read_items
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

    def as_json(self, settings: list[str]) -> str:
        """All of it for other programs; ``settings`` are sentences about the settings."""
        return json.dumps(
            {
                "problems": [*({"sentence": one} for one in settings), *map(_told, self.problems)],
                "warnings": [*map(_told, self.warnings)],
                "counts": self.counts,
            },
            ensure_ascii=False,
            indent=2,
        )


def _told(problem: Problem) -> dict[str, str | int]:
    return asdict(problem) | {"file": str(problem.file)}


def check(folder: Path, today: date, overlay: Path | None = None) -> Report:
    """Check a data folder as a whole.

    Args:
        folder: laid out as the shipped ``data``.
        overlay: a programme's own content, laid over it.
        today: against which the age of verifications is measured, local date.
    """
    if not folder.is_dir():
        sentence = "is not a folder; name the one that holds content, distress and the rest"
        return Report((Problem(folder, 0, "", sentence),), (), ())
    problems: list[Problem] = []
    counts: list[str] = []
    drifted: list[Problem] = []
    try:
        drifted = _content(folder / "content", overlay, problems, counts)
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
    return Report(tuple(problems), (*drifted, *lines.warnings), tuple(counts))


def _content(
    folder: Path, overlay: Path | None, problems: list[Problem], counts: list[str]
) -> list[Problem]:
    """Check the items of every language. Returns the translations that have drifted."""
    libraries = load_libraries(folder, overlay)
    drifted = []
    for language, library in libraries.items():
        own = [item for item in library.items.values() if item.language == language]
        kinds = ", ".join(f"{n} {kind}" for kind, n in Library(language, own).counts().items())
        counts.append(f"content in {language}: {len(own)} items ({kinds})")
        placed = read_items(folder, language, overlay)
        problems += [fault.problem for fault in lint(placed, strings())]
        for one in placed:
            first = libraries[ORIGINAL].get(one.item.id)
            if first and (one.item.translates_version or first.version) < first.version:
                sentence = f"translates an older version; {first.version} is in use in English"
                drifted.append(one.problem("translates_version", sentence))
    return drifted


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
