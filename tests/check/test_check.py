"""``handrail check`` on the shipped data, and on copies of it with one mistake each."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.care.deny_list import DENIED
from bot.check import check
from bot.paths import shipped_data

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without settings, and a folder without ``.env``."""
    for name in list(os.environ):
        if name.upper().startswith("HANDRAIL"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped data, with a lexicon that takes no time to check."""
    copied = tmp_path / "data"
    shutil.copytree(shipped_data(), copied, ignore=shutil.ignore_patterns("distress"))
    (copied / "distress").mkdir()
    shutil.copy(Path(__file__).with_name("en.yaml"), copied / "distress" / "en.yaml")
    return copied


@dataclass(frozen=True)
class Mistake:
    """One mistake in one file.

    Attributes:
        file: below the data folder.
        find: a regular expression; its first find is replaced.
        put: what stands there instead.
        line: a text in the line that must be named; its first find after the change.
        told: part of the sentence.
    """

    name: str
    file: str
    find: str
    put: str
    line: str
    told: str

    def make(self, folder: Path) -> tuple[Path, int]:
        """Make it, and tell where."""
        file = folder / self.file
        text = file.read_text(encoding="utf-8")
        found = re.search(self.find, text)
        assert found, f"nothing to break in {self.file}"
        broken = text[: found.start()] + self.put + text[found.end() :]
        file.write_text(broken, encoding="utf-8")
        at = broken.index(self.line, max(0, found.start() - 200))
        return file, broken.count("\n", 0, at) + 1


WEEK, LINES, SCRIPT = "content/en/week-01.yaml", "crisis_lines.yaml", "rehearsals/first-week.yaml"
MISTAKES = (
    Mistake(
        "a number that is no text",
        LINES,
        r'dial: "988"',
        "dial: 988",
        "dial: 988",
        "quotes",
    ),
    Mistake(
        "a number that is dead",
        LINES,
        r'dial: "988"',
        'dial: "1-800-273-8255"',
        'dial: "1-800-273-8255"',
        "show 988, which replaced it",
    ),
    Mistake(
        "an id that stands twice",
        WEEK,
        r"id: w01d2-your-alarm",
        "id: w01d1-set-up-my-space",
        "id: w01d1-set-up-my-space",
        "choose another one",
    ),
    Mistake(
        "no YAML any more",
        WEEK,
        r"title: Set up my space",
        "title: [Set up my space",
        "title: [Set up my space",
        "is not valid YAML",
    ),
    Mistake(
        "a field left out",
        WEEK,
        r"    title: Set up my space\n",
        "",
        "- id: w01d1-set-up-my-space",
        "title",
    ),
    Mistake(
        "content that is too long",
        WEEK,
        r"title: Set up my space",
        "title: Set up my space and " + "then some more of it " * 8,
        "title: Set up my space",
        "character",
    ),
    Mistake(
        "a word that shames",
        WEEK,
        r"A wall, a song",
        "He suffers from stress. A wall, a song",
        "body: He suffers from stress.",
        "lives with",
    ),
    Mistake(
        "a translation that lost its placeholder",
        "locale/es.po",
        r'msgid "[^"\n]*\{(\w+)\}[^"\n]*"\nmsgstr "[^"\n]*"',
        'msgid "Until {time}."\nmsgstr "Hasta."',
        'msgid "Until {time}."',
        "{time}",
    ),
    Mistake(
        "a lexicon entry that misses its own example",
        "distress/en.yaml",
        r"matches: \[i want to die\]",
        "matches: [i feel fine]",
        "matches: [i feel fine]",
        "does not fire on 'i feel fine'",
    ),
    Mistake(
        "a rehearsal step nobody can play",
        SCRIPT,
        r"- at: Mon 07:30\n",
        "- at: Mon 07:30\n    shout: hello\n",
        "shout: hello",
        "is not a field here",
    ),
    Mistake(
        "a rehearsal with somebody who is not in it",
        SCRIPT,
        r"who: Dana",
        "who: Dna",
        "who: Dna",
        "Dna",
    ),
)


def test_the_shipped_data_is_in_order() -> None:
    """``handrail check`` says ok, and how much it looked at."""
    result = CliRunner().invoke(cli, ["check"])
    assert (result.exit_code, result.stderr.replace("\n", "")) == (0, "")
    ok, *counts = [line for line in result.stdout.splitlines() if not line.startswith("warning")]
    assert ok == "ok"
    told = "\n".join(counts)
    assert re.search(r"content in en: [1-9]\d* items \([1-9]\d* ", told)
    assert re.search(r"crisis lines: [1-9]\d* countries, \d+ to verify", told)
    assert re.search(
        r"distress lexicon: [1-9]\d* entries and [1-9]\d* context rules in en, .*\bes\b", told
    )
    assert "languages: en, es" in told
    assert re.search(r"rehearsals: [1-9]", told)


def test_a_copy_without_a_mistake_is_in_order(copy: Path) -> None:
    """What the next tests find is the mistake they made, and nothing else."""
    assert check(copy, TODAY).problems == ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_with_its_place(mistake: Mistake, copy: Path) -> None:
    """File, line and a sentence come first, then how much there is to mend; exit status 1."""
    file, line = mistake.make(copy)
    result = CliRunner().invoke(cli, ["check", "--data", str(copy)])
    assert result.exit_code == 1
    *told, count = result.stderr.splitlines()
    here = [one for one in told if one.startswith(f"{file}:{line}: ") and mistake.told in one]
    assert here, "\n".join(told)
    assert all(one.startswith(f"{file}:") for one in told)
    assert count == f"{len(told)} to mend."
    assert "ok" not in result.stdout.split()


def test_a_mistyped_setting_is_named_with_the_right_one(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``HANDRAIL_DISCORD_TOKN`` would otherwise pass unseen, and so would its value."""
    monkeypatch.setenv("HANDRAIL_DISCORD_TOKN", "s3cret")
    result = CliRunner().invoke(cli, ["check", "--data", str(copy)])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "HANDRAIL_DISCORD_TOKN is not a setting of Handrail. Did you mean HANDRAIL_DISCORD_TOKEN?",
        "1 to mend.",
    ]


def test_a_wrong_setting_is_told_and_the_data_is_checked_all_the_same(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One wrong thing does not hide the next."""
    monkeypatch.setenv("HANDRAIL_LOG_LEVEL", "loud")
    file, line = MISTAKES[0].make(copy)
    result = CliRunner().invoke(cli, ["check", "--data", str(copy)])
    assert result.exit_code == 1
    assert result.stderr.startswith("HANDRAIL_LOG_LEVEL is not right")
    assert f"{file}:{line}: " in result.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Nothing to check is not the same as nothing wrong."""
    result = CliRunner().invoke(cli, ["check", "--data", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{tmp_path / 'nowhere'}: is not a folder; "
        "name the one that holds content, distress and the rest",
        "1 to mend.",
    ]


def test_every_phrase_of_the_deny_list_holds_a_digit() -> None:
    """Texts without a digit are not looked at any closer."""
    phrases = [phrase for denied in DENIED for phrase in denied.phrases]
    assert [phrase for phrase in phrases if not re.search("[0-9]", phrase)] == []
    assert all(denied.digits or denied.phrases for denied in DENIED)
