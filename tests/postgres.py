"""A throw-away PostgreSQL server for the tests, where Debian's server programs are installed.

The programs are found under /usr/lib/postgresql, never on PATH. PostgreSQL refuses to run as
root, so root starts it as the user ``postgres``. The cluster lives in a temporary folder,
listens on loopback alone, and is gone when the tests are.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_HOME = Path("/usr/lib/postgresql")
_USER = "postgres"
_SETTINGS = {  # nothing here outlives the tests, so nothing is forced to the disk
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "lc_messages": "C",
}


def programs() -> Path | None:
    """The folder of the newest installed server's programs, None when there is none to use."""
    found = [
        folder
        for folder in _HOME.glob("*/bin")
        if (folder / "initdb").is_file() and (folder / "postgres").is_file()
    ]
    if not found or (os.geteuid() == 0 and not _can_change_user()):
        return None
    return max(found, key=lambda folder: float(folder.parent.name))


def summary() -> str:
    """One line for people: which server the tests use, or what to install."""
    if folder := programs():
        return f"PostgreSQL {folder.parent.name} from {folder}"
    return "PostgreSQL not found (Debian's package postgresql): the tests on it are skipped"


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    port: int
    process: subprocess.Popen[str]
    drain: threading.Thread  # reads what the server says: a full pipe would stop it

    def url(self, database: str) -> str:
        """The address of one database, as Handrail's settings take it."""
        return f"postgresql+asyncpg://{_USER}@127.0.0.1:{self.port}/{database}"

    async def execute(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        admin = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=_USER, database="postgres"
        )
        try:
            await admin.execute(statement)
        finally:
            await admin.close()

    def stop(self) -> None:
        """Stop the server at once, whoever is connected."""
        self.process.send_signal(3)  # SIGQUIT: PostgreSQL's immediate shutdown
        self.process.wait(timeout=30)
        self.drain.join(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A fresh server from the programs in ``folder``, stopped and erased after the block."""
    home = Path(tempfile.mkdtemp(prefix="handrail-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(home, _USER, _USER)
    try:
        _make(folder, home)
        running = _start(folder, home)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _make(folder: Path, home: Path) -> None:
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", f"--username={_USER}"]
    made = _as_server([folder / "initdb", *options, f"--pgdata={home / 'data'}"], home)
    said, _ = made.communicate(timeout=120)
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{said}")


def _start(folder: Path, home: Path) -> Cluster:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [folder / "postgres", "-D", home / "data", "-p", port, *settings]
    process = _as_server(command, home)
    assert process.stdout is not None
    said: deque[str] = deque(maxlen=50)
    for line in process.stdout:
        said.append(line)
        if "ready to accept connections" in line:
            drain = threading.Thread(target=said.extend, args=(process.stdout,), daemon=True)
            drain.start()
            return Cluster(port, process, drain)
    process.communicate()
    raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))


def _as_server(command: list[object], home: Path) -> subprocess.Popen[str]:
    """Start a program as the server's user; it ends when the tests are killed."""
    drop = ["setpriv"]
    if os.geteuid() == 0:
        drop += [f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"]
    if shutil.which("setpriv"):
        command = [*drop, "--pdeathsig=QUIT", *command]
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=home,
        env={"LC_ALL": "C", "PATH": os.defpath},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _can_change_user() -> bool:
    try:
        pwd.getpwnam(_USER)
    except KeyError:
        return False
    return shutil.which("setpriv") is not None
