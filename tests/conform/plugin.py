"""Holds every rehearsal Discord of the test run against Discord's own document.

A pytest plugin. After each test it checks the exchanges and the gateway events of the rehearsal
servers the test used, and fails the test for a difference that ``allowed.toml`` does not name.
(What is not built, and errors in the rehearsal itself, :class:`Rehearsal` raises on its own.)

The tests may be parted among processes (pytest-xdist): each checks its own, and the first one
adds up.

``DISCORD_OPENAPI`` names the document. Without it exchanges are not checked and one line says
so; with ``HANDRAIL_FULL=1`` its absence ends the run. When the whole suite ran, an entry of the
allow-list that nothing needed fails the run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from bot.rehearsal.server import Rehearsal
from tests.conform.allowed import AllowList
from tests.conform.checker import Conformance, Finding
from tests.conform.events import check_event

_MOST_SHOWN = 30


class Watch:
    """Every rehearsal of the run, and how far each has been checked."""

    def __init__(self, document: Conformance | None, allowed: AllowList) -> None:
        self.allowed = allowed
        self.checks = 0
        self._document = document
        self._checked: WeakKeyDictionary[Rehearsal, tuple[int, int]] = WeakKeyDictionary()

    def add(self, rehearsal: Rehearsal) -> None:
        """Check this rehearsal from now on."""
        self._checked[rehearsal] = (0, 0)

    def complaints(self) -> list[str]:
        """What is wrong with everything that happened since the last call, one line each."""
        lines: list[str] = []
        document = self._document
        if document is None:
            return lines
        for rehearsal in list(self._checked):
            lines += self._differences(rehearsal, document)
        return lines

    def _differences(self, rehearsal: Rehearsal, document: Conformance) -> list[str]:
        exchanges, events = self._checked[rehearsal]
        fresh, told = rehearsal.exchanges[exchanges:], rehearsal.dispatched[events:]
        self._checked[rehearsal] = (exchanges + len(fresh), events + len(told))
        self.checks += len(fresh) + len(told)
        found: list[Finding] = []
        for exchange in fresh:
            found += document.check(exchange)
        for name, payload in told:
            found += check_event(document, name, payload)
        counts = Counter(map(str, self.allowed.left(found)))
        return [f"{line} ({times} times)" for line, times in counts.items()]


def pytest_configure(config: pytest.Config) -> None:
    name = os.environ.get("DISCORD_OPENAPI")
    if not name and os.environ.get("HANDRAIL_FULL"):
        raise pytest.UsageError("DISCORD_OPENAPI must name Discord's schemas in the full run.")
    document = Conformance(json.loads(Path(name).read_text("utf-8"))) if name else None
    watch = Watch(document, AllowList.from_file())
    config.stash[_WATCH] = watch
    begin = Rehearsal.__init__

    def begin_watched(self: Rehearsal, *args: object, **kwargs: object) -> None:
        begin(self, *args, **kwargs)
        watch.add(self)

    # Whoever makes a rehearsal need not know of this plugin, so that none is forgotten.
    Rehearsal.__init__ = begin_watched
    config.add_cleanup(lambda: setattr(Rehearsal, "__init__", begin))


_WATCH = pytest.StashKey[Watch]()


def pytest_report_header() -> str:
    name = os.environ.get("DISCORD_OPENAPI")
    if name:
        return f"Discord's schemas: {name}"
    return "Discord's schemas: DISCORD_OPENAPI is not set, so exchanges are not validated."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    yield
    lines = item.config.stash[_WATCH].complaints()
    if lines:
        more = [f"... and {len(lines) - _MOST_SHOWN} more"] if len(lines) > _MOST_SHOWN else []
        pytest.fail("\n".join(lines[:_MOST_SHOWN] + more), pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of the run has ended: count what it checked."""
    told = getattr(node, "workeroutput", None)
    if told is None:  # it was killed, which xdist reports
        return
    watch = node.config.stash[_WATCH]
    watch.checks += told["checks"]
    watch.allowed.needed_elsewhere(told["unused"])


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    watch = session.config.stash[_WATCH]
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        entries = watch.allowed.entries
        told["checks"] = watch.checks
        told["unused"] = [entries.index(entry) for entry in watch.allowed.unused]
        return
    whole = watch.checks and _whole_suite(session.config)
    if exitstatus == pytest.ExitCode.OK and whole and watch.allowed.unused:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    config = terminalreporter.config
    watch = config.stash[_WATCH]
    if watch.checks:
        terminalreporter.write_line(
            f"{watch.checks} exchanges and events held against Discord's schemas."
        )
    if watch.checks and _whole_suite(config):
        for entry in watch.allowed.unused:
            terminalreporter.write_line(
                f"tests/conform/allowed.toml: nothing needs the entry {entry.operation}"
                f" {entry.part} {entry.pointer}; delete it."
            )


def _whole_suite(config: pytest.Config) -> bool:
    narrowed = any(config.getoption(name, False) for name in ("keyword", "markexpr", "lf"))
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS and not narrowed
