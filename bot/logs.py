"""Log lines that can never carry what somebody wrote: an allow-list, not a block-list.

A line of ours is an event named in ``snake_case`` and the keys below, with values that are
numbers, ids or single words. A line of a library shows its message template with numbers
filled in and every other argument starred out; a message that was put together beforehand is
withheld, and its place in the source is given instead. An exception is told by its type and
where it came from; its text only when it is ours (:class:`~bot.errors.HandrailError`), for the
texts of discord.py and SQLAlchemy can quote messages and rows.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from structlog.types import EventDict, ExcInfo, Processor, WrappedLogger

from bot.errors import HandrailError

_OURS = ("bot", "cogs")
_WITHHELD = "withheld"
_META = ("_record", "_from_structlog")  # structlog's own, taken out before rendering

_EVENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_WORD = re.compile(r"[\w.:/-]{1,64}", re.ASCII)
_COMMAND = re.compile(r"[a-z-]{1,32}( [a-z-]{1,32}){0,2}")
_ADDRESS = re.compile(r"[\w./:{}@~+%-]{1,300}", re.ASCII)
_TOKEN = re.compile(r"[^/]{40,}")  # a part of a REST path this long lets its reader act as the bot

_TEXT_KEYS: Mapping[str, re.Pattern[str]] = {
    "event": _EVENT,
    "command": _COMMAND,
    **dict.fromkeys(
        ("dialect", "error", "exc_type", "file", "kind", "language", "level", "logger", "method"),
        _WORD,
    ),
    **dict.fromkeys(("reason", "revision", "state", "status", "task", "timestamp"), _WORD),
}
_NUMBER_KEYS = ("attempt", "attempts", "count", "line", "port", "seconds", "shard", "status")

log = structlog.get_logger(__name__)


def configure(format: str, level: str) -> None:  # noqa: A002 - the setting's own name
    """Send every log line of the process to standard error, ours and the libraries'.

    Args:
        format: ``json``, one object a line, or ``console``.
        level: the least shown of ``bot`` and ``cogs``; libraries are never shown below info,
            where discord.py logs whole payloads.
    """
    handler = _Handler()
    handler.addFilter(_never_below_info)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_of_a_library, _only_allowed],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _render(format),
            ],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level.upper()]))
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            _stamp,
            _tell_exception,
            _only_allowed,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _catch_what_nobody_caught()


# A log line tells when it was written, also while a rehearsal moves the civil clock.
_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _render(format: str) -> Processor:  # noqa: A002
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


class _Handler(logging.Handler):
    """Writes to whatever standard error is now: a progress bar puts itself in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say where, in place of logging's own report, which prints message and arguments."""
        with suppress(OSError, ValueError):
            sys.stderr.write(f"a log line was lost: {record.pathname}:{record.lineno}\n")


def _never_below_info(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in _OURS


def _of_a_library(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    told = _filled(event["event"], event.get("positional_args"))
    line = {
        "event": _Told(told or f"{_WITHHELD}, see {record.pathname}:{record.lineno}"),
        "logger": record.name,
        "level": record.levelname.lower(),
        **{key: event[key] for key in _META},
    }
    if event.get("exc_info"):
        line["exc_info"] = event["exc_info"]
    return _tell_exception(logger, method, dict(_stamp(logger, method, line)))


def _filled(template: Any, arguments: Any) -> str | None:
    """A template with its numbers; None when it has no arguments and may be a finished text."""
    if not arguments or not isinstance(template, str):
        return None
    try:
        if isinstance(arguments, Mapping):
            return template % {key: _starred(value) for key, value in arguments.items()}
        return template % tuple(map(_starred, arguments))
    except (TypeError, ValueError, KeyError):
        return None


def _starred(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float) else "*"


def _tell_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    given: bool | BaseException | ExcInfo | None = event.pop("exc_info", None)
    if given is True:
        given = sys.exception()
    elif isinstance(given, tuple):
        given = given[1]
    event.pop("exception", None)
    if isinstance(given, BaseException):
        event["exception"] = _Told("\n".join(_told(given, set())))
    return event


class _Told(str):
    """Text made by this module."""


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    yield _named(error)
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield "one of several:"
            yield from _told(part, seen)
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield "after:"
        yield from _told(before, seen)


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name}: {error}" if isinstance(error, HandrailError) else name


def _only_allowed(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    line: EventDict = {}
    withheld = []
    for key, value in event.items():
        if key in _META or isinstance(value, _Told):
            line[key] = value
        elif (safe := _safe(key, value)) is not None or value is None:
            line[key] = safe
        else:
            withheld.append(key if key.isidentifier() else "?")
    line.setdefault("event", _WITHHELD)
    if withheld:
        line[_WITHHELD] = withheld
    return line


def _safe(key: str, value: Any) -> Any:
    """The value as it may be shown, None when it may not."""
    if key == "error" and isinstance(value, BaseException):
        return _named(value)
    if key.endswith("_id"):
        return _id(value)
    if key.endswith("_ids") and isinstance(value, list | tuple | set | frozenset):
        ids = [_id(one) for one in value]
        return None if None in ids else ids
    if isinstance(value, int | float):
        return value if key in _NUMBER_KEYS or key.endswith("_seconds") else None
    if key == "path" and isinstance(value, Path):
        return str(value)
    if key == "path" and isinstance(value, str) and _ADDRESS.fullmatch(value):
        return _TOKEN.sub("*", value)
    allowed = _TEXT_KEYS.get(key)
    return value if allowed and isinstance(value, str) and allowed.fullmatch(value) else None


def _id(value: Any) -> int | str | None:
    if isinstance(value, int) or (isinstance(value, str) and _ID.fullmatch(value)):
        return value
    return None


def _catch_what_nobody_caught() -> None:
    """Python's own last reports quote exception texts, so ours take their place."""

    def crashed(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if not isinstance(error, KeyboardInterrupt):
            log.critical("crashed", exc_info=error)

    sys.excepthook = crashed
    threading.excepthook = lambda report: log.critical("thread_crashed", exc_info=report.exc_value)
    sys.unraisablehook = lambda report: log.error("error_unraisable", exc_info=report.exc_value)
