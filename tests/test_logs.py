"""No words of anybody in the logs, through any door; and still lines that help."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StorageError
from bot.logs import configure
from bot.storage import tables
from bot.storage.engine import Database

CANARY = "the canary says goodbye"
log = structlog.get_logger("bot.test")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The logging of the test run as it was before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root.handlers, root.level = handlers, level
    for name in ("bot", "cogs"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    """What was logged since the last call, one dictionary a line; the canary is in none."""
    configure("json", "debug")

    def read() -> list[dict[str, Any]]:
        written = capsys.readouterr()
        assert "canary" not in written.out + written.err
        return [json.loads(line) for line in written.err.splitlines()]

    return read


def test_a_line_of_ours_holds_event_time_level_and_ids(lines: Any) -> None:
    """Ids, counts and the like pass through, numbers stay numbers."""
    log.info("help_card_opened", guild_id=1, message_id=2**62, channel_ids=[3, 4], seconds=0.5)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "help_card_opened",
        "level": "info",
        "logger": "bot.test",
        "guild_id": 1,
        "message_id": 2**62,
        "channel_ids": [3, 4],
        "seconds": 0.5,
    }


def test_words_and_answers_are_withheld_by_name(lines: Any) -> None:
    """A key that is not on the list, or a value that is not of its kind, only leaves its name."""
    log.info(
        "noticed",
        text=CANARY,
        answers={"mood": CANARY},
        mood=1,
        user_id=CANARY,
        channel_ids=[1, CANARY],
        reason=CANARY,
        path=CANARY,
        error=CANARY,
        command=CANARY + "!",
        kind="finding",
        level=CANARY,
    )
    (line,) = lines()
    assert set(line) == {"event", "kind", "level", "logger", "timestamp", "withheld"}
    assert line["level"] == "info"
    assert set(line["withheld"]) == {
        "text", "answers", "mood", "user_id", "channel_ids", "reason", "path", "error", "command",
    }  # fmt: skip


def test_an_event_is_a_name(lines: Any) -> None:
    """A text logged as the event itself, or filled into it, is withheld."""
    log.warning(CANARY)
    log.warning("saw %s", CANARY)
    log.warning(f"saw {CANARY}", exception=CANARY)
    assert [line["event"] for line in lines()] == ["withheld"] * 3


def test_tokens_in_paths_are_starred(lines: Any) -> None:
    """The part of an address that lets its reader act as the bot is not shown."""
    log.warning("call_failed", path=f"/webhooks/1/{'aW50' * 20}/messages/@original", status=500)
    log.warning("call_failed", path=Path("/srv/hand rail/data"))
    first, second = lines()
    assert first["path"] == "/webhooks/1/*/messages/@original"
    assert second["path"] == "/srv/hand rail/data"


def test_a_library_line_shows_its_template_and_numbers(lines: Any) -> None:
    """Words filled into a library's message are starred out, numbers stay."""
    discord = logging.getLogger("discord.gateway")
    discord.info("Shard ID %s has connected (%s).", 3, CANARY)
    discord.info("Waited %(seconds).2f for %(who)s", {"seconds": 1.5, "who": CANARY})
    shard, waited = lines()
    assert shard["event"] == "Shard ID 3 has connected (*)."
    assert (shard["logger"], shard["level"]) == ("discord.gateway", "info")
    assert waited["event"] == "Waited 1.50 for *"


def test_a_library_message_put_together_beforehand_is_withheld(lines: Any) -> None:
    """Of a finished text only its place in the source is told."""
    configure("json", "info")  # alone: the test run's own handlers fail on the second line
    logging.getLogger("somewhere").warning(f"got {CANARY}", extra={"more": CANARY})
    logging.getLogger("somewhere").warning("got %d of them", CANARY)
    for line in lines():
        assert line["event"].startswith(f"withheld, see {__file__}:")
        assert set(line) == {"event", "level", "logger", "timestamp"}


def _fail(words: str) -> None:
    raise ValueError(f"cannot read {words}")


def test_an_exception_is_told_by_type_and_place(lines: Any) -> None:
    """Neither text, cause, note nor local variables of a foreign exception are shown."""
    try:
        try:
            _fail(CANARY)
        except ValueError as error:
            error.add_note(CANARY)
            raise ExceptionGroup(CANARY, [KeyError(CANARY)]) from error
    except ExceptionGroup as error:
        log.exception("task_failed", task="delivery", again_in_seconds=1.0, error=error)
    (line,) = lines()
    told = line["exception"].splitlines()
    assert line["error"] == told[0] == "builtins.ExceptionGroup"
    assert told[1].startswith(f"  {__file__}:")
    assert told[1].endswith("in test_an_exception_is_told_by_type_and_place")
    assert told[2:4] == ["one of several:", "builtins.KeyError"]
    assert told[4:6] == ["after:", "builtins.ValueError"]
    assert told[-1].endswith("in _fail")


def test_our_own_exceptions_keep_their_sentence(lines: Any) -> None:
    """The sentence written for the host is shown, the text of what was behind it is not."""
    try:
        try:
            _fail(CANARY)
        except ValueError as error:
            raise StorageError("The disk is full.") from error
    except StorageError:
        log.exception("write_failed")
    log.error("write_failed", error=StorageError("The disk is full."))
    log.error("write_failed", error="ValueError")
    raised, given, named = lines()
    assert raised["exception"].startswith("bot.errors.StorageError: The disk is full.\n")
    assert given["error"] == "bot.errors.StorageError: The disk is full."
    assert named["error"] == "ValueError"


def test_exceptions_in_library_lines_are_told_the_same_way(lines: Any) -> None:
    """asyncio's and discord.py's own error lines hold no words either."""
    try:
        _fail(CANARY)
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved " + CANARY)
        logging.getLogger("discord.client").exception("Ignoring exception in %s", CANARY)
    first, second = lines()
    assert first["exception"].startswith("builtins.ValueError\n")
    assert second["event"] == "Ignoring exception in *"


async def test_statements_and_their_values_are_not_shown(db: Database, lines: Any) -> None:
    """A failed statement leaves its type and place, whichever way it failed."""
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - the fault in question
    same = insert(tables.key_check).values([{"id": 1, "sealed_word": CANARY}] * 2)
    cohort = {"name": CANARY, "created_at": naive}
    for failing in (same, insert(tables.cohort).values(cohort), text(f"SELECT '{CANARY}' FROM x")):
        try:
            async with db.write() as connection:
                await connection.execute(failing)
        except (StorageError, SQLAlchemyError):
            log.exception("write_failed")
    told = [line["exception"].splitlines()[0] for line in lines()]
    assert told[:2] == ["sqlalchemy.exc.IntegrityError", "sqlalchemy.exc.StatementError"]
    assert told[2].startswith("bot.errors.StorageError: The database")


@pytest.mark.parametrize(
    "name", ["discord.http", "aiohttp.client", "sqlalchemy.engine", "aiosqlite"]
)
def test_libraries_never_go_below_info(lines: Any, name: str) -> None:
    """Also when somebody turned a library's debugging on, while ours is shown."""
    library = logging.getLogger(name)
    before = library.level
    library.setLevel(logging.DEBUG)
    library.debug("payload %s", 1)
    library.setLevel(before)
    log.debug("looked")
    assert [line["event"] for line in lines()] == ["looked"]


def test_the_level_holds_for_all(lines: Any) -> None:
    """At ``error`` neither ours nor a library's warnings are shown."""
    configure("json", "error")
    log.warning("looked")
    logging.getLogger("discord").warning("number %s", 1)
    log.error("failed")
    assert [line["event"] for line in lines()] == ["failed"]


def test_a_line_that_cannot_be_written_says_only_where(capsys: pytest.CaptureFixture[str]) -> None:
    """A value that breaks the formatter does not bring out logging's own report."""

    class Broken(int):
        def __str__(self) -> str:
            raise RuntimeError(CANARY)

    configure("json", "info")
    logging.getLogger("somewhere").warning("number %s", Broken())
    written = capsys.readouterr().err
    assert written.startswith(f"a log line was lost: {__file__}:")
    assert "canary" not in written


def test_console_lines_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The other format shows the same things on readable lines."""
    configure("console", "info")
    try:
        _fail(CANARY)
    except ValueError:
        log.exception("task_failed", task="delivery", text=CANARY)
    written = capsys.readouterr().err
    assert "task_failed" in written
    assert "builtins.ValueError" in written
    assert "canary" not in written


_CRASHES = {
    "the program": "raise ValueError(words)",
    "a thread": (
        "def fail():\n    raise ValueError(words)\n"
        "import threading; one = threading.Thread(target=fail); one.start(); one.join()"
    ),
    "a finaliser": "class One:\n    def __del__(self):\n        raise ValueError(words)\nOne()",
    "a task": (
        "import asyncio, gc\n"
        "async def fail():\n    raise ValueError(words)\n"
        "async def main():\n    asyncio.create_task(fail()); await asyncio.sleep(0); gc.collect()\n"
        "asyncio.run(main())"
    ),
}


@pytest.mark.parametrize("crash", _CRASHES.values(), ids=_CRASHES.keys())
def test_what_nobody_caught_is_told_without_words(crash: str) -> None:
    """Python's own last reports, which quote exceptions, are replaced by log lines."""
    program = f"from bot.logs import configure\nconfigure('json', 'info')\nwords = {CANARY!r}\n"
    ran = subprocess.run(
        [sys.executable, "-c", program + crash],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    (line,) = map(json.loads, ran.stderr.splitlines())
    assert line["exception"].startswith("builtins.ValueError")
    assert "canary" not in ran.stdout + ran.stderr
