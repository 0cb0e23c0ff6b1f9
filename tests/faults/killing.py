"""Command lines in processes of their own, killed at a moment that is aimed at, and where the kill landed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from tests.faults.watching import Watch

SERVER = Path(__file__).with_name("forking.py")
MOST_S = 300.0
"""A command that takes longer hangs."""
Mark = tuple[str, int, int]


class Aim(NamedTuple):
    """When to kill: so many seconds after the start, or after the first byte that was written."""

    seconds: float
    after_write: bool = False


class Ended(NamedTuple):
    """How a command line ended, and when; -9 is the status of one that was killed."""

    status: int
    out: str
    err: str
    seconds: float
    wrote_after: float | None
    """Seconds until something in the ledger's folder changed; None when nothing did."""

    @property
    def answered(self) -> bool:
        """Return True if the whole answer was printed: from then on it is acknowledged."""
        return self.out.endswith("\n")

    @property
    def landed(self) -> str:
        """Where the kill landed, seen from the recording."""
        if self.status != -signal.SIGKILL:
            return "not killed"
        if self.answered:
            return "after"
        return "before" if self.wrote_after is None else "during"


class _Running(Protocol):
    """A process that nobody has waited for yet."""

    pid: int
    over: int
    """A descriptor that can be read once it has ended."""

    def status(self) -> int:
        """How it ended."""
        ...


class _Real:
    """The command line as it is started every day."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str], answer: Path) -> None:
        with answer.open("wb") as out, Path(f"{answer}.err").open("wb") as err:
            command = [sys.executable, "-m", "ledger", *words]
            given = {"PATH": os.environ["PATH"], **environment}
            self._process = subprocess.Popen(command, env=given, stdout=out, stderr=err)
        self.pid = self._process.pid
        self.over = os.pidfd_open(self.pid)

    def status(self) -> int:
        os.close(self.over)
        return self._process.wait()


class _Forked:
    """The command line in a fork of a process that has read its modules: nearly all of its time is work."""

    def __init__(self, server: subprocess.Popen[bytes], line: str) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        self._asked, self._told = server.stdin, server.stdout
        self._ask(line)
        self.pid = int(self._told.readline())
        self.over = self._told.fileno()

    def status(self) -> int:
        self._told.readline()
        self._ask("")
        return int(self._told.readline())

    def _ask(self, line: str) -> None:
        self._asked.write(f"{line}\n".encode())
        self._asked.flush()


class Killing:
    """Runs command lines of one ledger and kills them."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self._server = server
        self._answer = folder.parent / "answer"

    def run(
        self,
        words: tuple[str, ...],
        environment: dict[str, str],
        aim: Aim | None = None,
        *,
        real: bool = False,
    ) -> Ended:
        """Run words, and kill the process when the moment comes; None: it lives."""
        for end in ("", ".err"):
            Path(f"{self._answer}{end}").write_bytes(b"")  # nobody reads the answer of the last one
        running: _Running
        with Watch(self.folder) as watch:
            before, began = marks(self.folder), time.perf_counter()
            if real:
                running = _Real(words, environment, self._answer)
            else:
                running = _Forked(self._server, json.dumps([environment, str(self._answer), *words]))
            wrote_after, left = None, _left(aim, 0.0, None)
            while not watch.is_readable(running.over, left):
                seconds = time.perf_counter() - began
                assert seconds < MOST_S, words
                if wrote_after is None and watch.has_news() and marks(self.folder) != before:
                    wrote_after = seconds
                    watch.stop()
                left = _left(aim, seconds, wrote_after)
                if left is not None and left <= 0:
                    os.kill(running.pid, signal.SIGKILL)
                    aim = left = None
        status, seconds = running.status(), time.perf_counter() - began
        if wrote_after is None and marks(self.folder) != before:
            wrote_after = seconds
        out, err = (Path(f"{self._answer}{end}").read_text(encoding="utf-8") for end in ("", ".err"))
        return Ended(status, out, err, seconds, wrote_after)


@contextmanager
def killing(folder: Path) -> Generator[Killing]:
    """With a server that forks."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    command, pipe = [sys.executable, str(SERVER)], subprocess.PIPE
    # Without a buffer: what lies in one, select does not see.
    with subprocess.Popen(command, env=given, stdin=pipe, stdout=pipe, bufsize=0) as server:
        yield Killing(folder, server)
        assert server.stdin is not None
        server.stdin.close()


def _left(aim: Aim | None, seconds: float, wrote_after: float | None) -> float | None:
    """Give the seconds until the kill; None: there is none, or its moment is not known yet."""
    if aim is None or (aim.after_write and wrote_after is None):
        return None
    return aim.seconds - seconds + ((wrote_after or 0.0) if aim.after_write else 0.0)


def marks(folder: Path) -> set[Mark]:
    """Every file that holds something, its size and moment, but for the memory that SQLite shares."""
    found: set[Mark] = set()
    for place in filter(Path.is_dir, (folder, folder / "keys", folder / "documents")):
        with os.scandir(place) as entries:
            for entry in entries:
                if not entry.name.endswith("-shm"):
                    found |= _mark(entry)
    return found


def _mark(entry: os.DirEntry[str]) -> set[Mark]:
    """The mark of a file that is still there and not empty."""
    try:
        told = entry.stat()
    except FileNotFoundError:
        return set()
    is_one = entry.is_file() and told.st_size > 0
    return {(entry.path, told.st_size, told.st_mtime_ns)} if is_one else set()
