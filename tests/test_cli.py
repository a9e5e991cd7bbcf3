"""The command line: every command, and the sentence each ends with when it cannot go on."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.__main__ import main

COMMANDS = ("run", "rehearse", "check", "migrate", "screen", "keys", "content")
ROOT = Path(__file__).parent.parent
LEXICON = Path(__file__).parent / "check"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


class Handrail:
    """Runs a command line as ``handrail ...`` would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["handrail", *arguments])
        status = 0
        try:
            main()
        except SystemExit as left:
            status = int(left.code or 0)
        said = self._capsys.readouterr()
        return Ended(status, said.out, said.err)


def run(**settings: str) -> Ended:
    """``python -m bot run`` in a process of its own: it takes over logging and signals."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL")}
    made = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        env=kept | settings | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return Ended(made.returncode, made.stdout, made.stderr)


@pytest.fixture
def handrail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Handrail:
    """In an empty folder, without settings."""
    for name in list(os.environ):
        if name.upper().startswith("HANDRAIL"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return Handrail(monkeypatch, capsys)


def test_without_a_command_the_commands_are_told(handrail: Handrail) -> None:
    """A newcomer types the name and sees what there is."""
    said = handrail().out
    assert all(f" {command} " in said for command in COMMANDS)


@pytest.mark.parametrize(
    "command", [*((command,) for command in COMMANDS), ("keys", "new"), ("keys", "rotate")]
)
def test_every_command_explains_itself(command: tuple[str, ...], handrail: Handrail) -> None:
    """``--help`` needs no settings and names the command."""
    ended = handrail(*command, "--help")
    assert (ended.status, ended.err) == (0, "")
    assert f"handrail {' '.join(command)}" in ended.out


@pytest.mark.usefixtures("handrail")
def test_run_without_a_token_says_how_to_get_one() -> None:
    """In one sentence each, without a traceback, and with the rehearsal as a way to look around."""
    ended = run()
    assert (ended.status, ended.out) == (1, "")
    token, key = ended.err.splitlines()
    assert token.startswith("HANDRAIL_DISCORD_TOKEN is missing: make an application at https://")
    assert "`handrail rehearse`, which needs no token" in token
    assert key.startswith("HANDRAIL_ENCRYPTION_KEYS is missing: type `handrail keys new`")


def test_run_on_a_database_without_tables_says_what_to_type(handrail: Handrail) -> None:
    """Before anything is asked of Discord."""
    ended = run(
        HANDRAIL_DISCORD_TOKEN="t0ken",
        HANDRAIL_ENCRYPTION_KEYS=handrail("keys", "new").out.strip(),
        HANDRAIL_DISCORD_API="http://127.0.0.1:9",
    )
    assert ended.status == 1
    assert "Type `handrail migrate`." in ended.err
    assert "Traceback" not in ended.err


def test_a_new_key_is_one_that_works_and_another_each_time(handrail: Handrail) -> None:
    """It can be copied into .env as it stands."""
    first, second = (handrail("keys", "new").out.strip() for _ in range(2))
    assert first != second
    assert Fernet(first).decrypt(Fernet(first).encrypt(b"x")) == b"x"


def test_migrate_makes_the_database_for_this_user_alone(handrail: Handrail, tmp_path: Path) -> None:
    """It needs neither token nor key; a second time it changes nothing."""
    for _ in range(2):
        ended = handrail("migrate")
        assert (ended.status, ended.err) == (0, "")
        assert ended.out == (
            "the database file handrail-data/handrail.sqlite3 is at revision 0002.\n"
        )
    file = tmp_path / "handrail-data" / "handrail.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM cohort").fetchone() == (0,)
    connection.close()


def test_migrate_says_when_the_folder_cannot_be_made(
    handrail: Handrail, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the setting to change."""
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("HANDRAIL_DATA_DIR", str(tmp_path / "taken"))
    ended = handrail("migrate")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        f"The folder {tmp_path / 'taken'} cannot be made (File exists). "
        "Set HANDRAIL_DATA_DIR to a folder that this user may write to.\n"
    )


def test_keys_are_rotated_on_a_database_with_tables_only(
    handrail: Handrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On any other it says what to type first."""
    assert handrail("keys", "rotate").err.startswith("HANDRAIL_ENCRYPTION_KEYS is missing")
    keys = [handrail("keys", "new").out.strip() for _ in range(2)]
    monkeypatch.setenv("HANDRAIL_ENCRYPTION_KEYS", ",".join(keys))
    early = handrail("keys", "rotate")
    assert (early.status, early.out) == (1, "")
    assert "Type `handrail migrate`." in early.err
    handrail("migrate")
    ended = handrail("keys", "rotate")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.endswith("values are sealed with the first key. Older keys can go.\n")


def test_screen_reads_a_file_and_tells_what_fired(handrail: Handrail, tmp_path: Path) -> None:
    """One JSON object a line, in the order given; the words only when asked for."""
    rows = [{"id": 1, "text": "i want to die"}, {"id": 2, "text": "i want tea"}]
    file = tmp_path / "own.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ended = handrail("screen", str(file), "--lexicon", str(LEXICON))
    assert (ended.status, ended.err) == (0, "")
    found = [json.loads(line) for line in ended.out.splitlines()]
    assert [(row["id"], row["level"]) for row in found] == [(1, 2), (2, 0)]
    assert "words" not in found[0]["rules"][0]
    explained = handrail("screen", str(file), "--explain", "--lexicon", str(LEXICON))
    assert json.loads(explained.out.splitlines()[0])["rules"][0]["words"] == "i want to die"


def test_screen_shows_on_a_terminal_how_far_it_is(tmp_path: Path) -> None:
    """The bar goes to the terminal, with the line that cannot be read; the results stay whole."""
    file = tmp_path / "own.jsonl"
    file.write_text('{"id": 1, "text": "i want to die"}\nnonsense\n')
    terminal, end = os.openpty()
    command = (sys.executable, "-m", "bot", "screen", str(file), "--lexicon", str(LEXICON))
    kept = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    ended = subprocess.run(command, env=kept, stdout=subprocess.PIPE, stderr=end, timeout=30)
    os.close(end)
    told = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert ended.returncode == 1
    assert [json.loads(line)["level"] for line in ended.stdout.splitlines()] == [2]
    assert "own.jsonl" in told
    assert "100%" in told
    assert "Line 2 cannot be read" in told


def test_screen_reads_standard_input_and_goes_on_after_a_bad_line(
    handrail: Handrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bad line is told with its number, and the exit status says that there was one."""
    monkeypatch.setattr(sys, "stdin", io.StringIO('nonsense\n{"id": "a", "text": "i want tea"}\n'))
    ended = handrail("screen", "--lexicon", str(LEXICON))
    assert ended.status == 1
    assert ended.err.startswith("Line 1 cannot be read")
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == ["a"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("none.jsonl", "none.jsonl cannot be read: No such file"), ("latin.jsonl", "is not UTF-8")],
)
def test_screen_says_which_file_it_cannot_read(name: str, told: str, handrail: Handrail) -> None:
    """In a sentence, without a traceback."""
    Path("latin.jsonl").write_bytes('{"id": 1, "text": "Inés"}'.encode("latin-1"))
    ended = handrail("screen", name, "--lexicon", str(LEXICON))
    assert ended.status == 1
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_a_rehearsal_script_with_a_mistake_is_refused_with_its_line(
    handrail: Handrail, tmp_path: Path
) -> None:
    """Before anything is started, however the script was named; two scripts are one too many."""
    script = tmp_path / "own.yaml"
    script.write_text("title: Mine\nsteps:\n  - shout: hello\n")
    for named in ((str(script),), ("--script", str(script)), ("--page", str(script))):
        ended = handrail("rehearse", *named)
        assert ended.status == 1
        assert f"{script}:3: " in ended.err + ended.out
        assert "Traceback" not in ended.err
    ended = handrail("rehearse", str(script), "--script", str(script))
    assert ended.status == 1
    assert "Name one script" in ended.err


def test_an_unknown_command_is_told(handrail: Handrail) -> None:
    """With the way to the list of commands."""
    ended = handrail("rnu")
    assert ended.status == 2
    assert "No such command 'rnu'" in ended.err
