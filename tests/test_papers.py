"""README and its sisters say what is so: a table, a command or a link that ages fails here."""

from __future__ import annotations

import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from discord import app_commands
from discord.ext import commands
from typer.main import get_command

from bot.__main__ import cli
from bot.app import COGS
from bot.chat.client import intents
from bot.chat.permissions import NEEDED, invite_permissions
from bot.settings import Settings
from bot.storage.tables import metadata

ROOT = Path(__file__).parents[1]
PAPERS = tuple(
    ROOT / name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/privacy.md",
    )
)
README = PAPERS[0].read_text(encoding="utf-8")
_PERSON = ("user_id", "actor_id", "subject_id", "_by")
# Places of one machine, and addresses of package indexes: they work for nobody else.
_FOREIGN = re.compile(
    r"/(?:work|root|home|opt|Users)/\w|pythonhosted\.org|registry\.npmjs\.org"
    r"|index-url|find-links|\.internal\b"
)


def section(text: str, heading: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def named(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def slash_commands() -> Iterator[str]:
    """Every slash command of the cogs, such as ``/cohort add``."""
    for name in COGS:
        for cog in vars(importlib.import_module(name)).values():
            if isinstance(cog, type) and issubclass(cog, commands.Cog) and cog.__module__ == name:
                group = f"{cog.__cog_group_name__} " if cog.__cog_is_app_commands_group__ else ""
                for one in cog.__cog_app_commands__:
                    assert isinstance(one, app_commands.Command)
                    yield f"/{group}{one.name}"


def typed_commands() -> Iterator[str]:
    """Every command of the command line, such as ``handrail keys new``."""
    top: Any = get_command(cli)
    for name, command in top.commands.items():
        inner = getattr(command, "commands", None)
        yield from (f"handrail {name} {below}" for below in inner or ())
        if not inner:
            yield f"handrail {name}"


def tracked() -> list[Path]:
    """The files of the project; none outside a checkout."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this is not a checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def test_permissions() -> None:
    """The table of permissions is the list the bot asks for, with its reasons."""
    assert rows(section(README, "Permissions")) == [
        [f"`{name}`", reason] for name, reason in NEEDED.items()
    ]


def test_the_invite_asks_for_these_permissions() -> None:
    """The address of the invite carries exactly these permissions."""
    assert re.findall(r"permissions=(\d+)", README) == [str(invite_permissions().value)]


def test_intents() -> None:
    """The table of intents is what the client asks Discord for, each with a reason."""
    found = rows(section(README, "Intents"))
    assert {named(name)[0] for name, _why in found} == {name for name, on in intents() if on}
    assert all(why for _name, why in found)


def test_every_slash_command_is_in_the_table() -> None:
    """The table of commands names each one once, and none that is not there."""
    cells = [cell for _who, cell in rows(section(README, "Commands"))]
    told = [name for cell in cells for name in named(cell)]
    assert sorted(told) == sorted(slash_commands())


def test_every_command_of_the_command_line_is_named() -> None:
    """README names every command that can be typed on the machine."""
    told = {name for name in named(section(README, "Commands")) if name.startswith("handrail ")}
    assert told == set(typed_commands())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_commands_that_are_named_exist(paper: Path) -> None:
    """Whatever a paper tells people to type is there."""
    text = paper.read_text(encoding="utf-8")
    slashed, typed = set(slash_commands()), set(typed_commands())
    for one in named(text):
        if re.fullmatch(r"/[a-z-]+( [a-z-]+)?", one):
            assert one in slashed, one
        if one.startswith("handrail "):
            assert " ".join(re.findall(r"^handrail(?: [a-z]+)+", one)) in typed, one
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_links_and_files_lead_somewhere(paper: Path) -> None:
    """Every link to a file of the project, and every heading it points to, is there."""
    text = paper.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (paper.parent / name).resolve() if name else paper
        assert file.is_file(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, target
    for name in named(text):
        if re.fullmatch(r"(?:bot|cogs|data|docs|tests|requirements)/[\w./-]+", name):
            assert (ROOT / name).exists(), name


def test_settings_that_are_named_exist() -> None:
    """Every variable a paper names is a setting, but for the two of the tests."""
    known = {f"HANDRAIL_{name.upper()}" for name in Settings.model_fields} | {"HANDRAIL_FULL"}
    for paper in PAPERS:
        text = paper.read_text(encoding="utf-8")
        assert set(re.findall(r"HANDRAIL_[A-Z_]+", text)) <= known, paper.name
    assert "cp .env.example .env" in README


def test_the_number_of_countries() -> None:
    """README says for how many countries there are lines."""
    lines = yaml.safe_load((ROOT / "data" / "crisis_lines.yaml").read_text(encoding="utf-8"))
    assert f"lines\n  for {len(lines['countries'])} countries" in README


def test_what_nobody_has_checked_is_said_so() -> None:
    """As long as a number or an item is unchecked, README says so plainly."""
    lines = (ROOT / "data" / "crisis_lines.yaml").read_text(encoding="utf-8")
    items = "".join(
        file.read_text(encoding="utf-8")
        for file in sorted((ROOT / "data" / "content").glob("*/*.yaml"))
    )
    assert ("No crisis number in it has been checked" in README) == (
        re.search(r"verified_on: *\d", lines) is None
    )
    assert ("has been reviewed by a clinician" in README) == (
        re.search(r"reviewed_by: *[^n\s]", items) is None
    )


def test_every_table_is_on_the_privacy_page() -> None:
    """The page names each table, and each column that holds a person's number or is sealed."""
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    found = {named(row[0])[0]: row for row in rows(section(page, "The tables"))}
    assert set(found) == set(metadata.tables)
    for name, table in metadata.tables.items():
        people = {column.name for column in table.columns if column.name.endswith(_PERSON)}
        assert set(named(found[name][2])) == people, name
        sealed = {column.name for column in table.columns if column.name.startswith("sealed_")}
        assert sealed <= {*named(found[name][1]), "sealed_word"}, name
        assert found[name][3], name


def test_the_licence_is_whole() -> None:
    """LICENSE is the text of Apache 2.0, from its title to its appendix."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.strip().startswith("Apache License\n                           Version 2.0")
    assert "END OF TERMS AND CONDITIONS" in text
    assert all(f"\n   {number}. " in text for number in range(1, 10))


def test_no_file_names_one_machine() -> None:
    """No file of the project holds a path of somebody's machine or a package index's address."""
    found = []
    for file in tracked():
        if file == Path(__file__) or not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in _FOREIGN.finditer(text)]
    assert found == []
