"""Command lines in processes of their own, killed at a moment that is aimed at, and where the kill landed."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

SERVER = Path(__file__).with_name("forking.py")
LOOK_EVERY_S = 0.001
"""So often is looked whether something was written, until it was; each look costs half as much."""
WAIT_S = 0.01
"""So long at once is waited for the end of a process that has written and need not be killed any more."""
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

    def is_over(self, seconds: float) -> bool:
        """Return True if it has ended, waiting at most so long."""
        ...

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

    def is_over(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self._process.poll() is not None

    def status(self) -> int:
        return self._process.wait()


class _Forked:
    """The command line in a fork of a process that has read its modules: nearly all of its time is work."""

    def __init__(self, server: subprocess.Popen[bytes], line: str) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        self._asked, self._told = server.stdin, server.stdout
        self._ask(line)
        self.pid = int(self._told.readline())

    def is_over(self, seconds: float) -> bool:
        return bool(select.select([self._told], [], [], seconds)[0])

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
        before, began = marks(self.folder), time.perf_counter()
        running: _Running
        if real:
            running = _Real(words, environment, self._answer)
        else:
            running = _Forked(self._server, json.dumps([environment, str(self._answer), *words]))
        wrote_after, wait = None, LOOK_EVERY_S
        while not running.is_over(wait):
            seconds = time.perf_counter() - began
            assert seconds < MOST_S, words
            if wrote_after is None and marks(self.folder) != before:
                wrote_after = seconds
            left = _left(aim, seconds, wrote_after)
            if left is not None and left <= 0:
                os.kill(running.pid, signal.SIGKILL)
                aim = left = None
            # The moment of a kill is met as well as the machine lets us; nothing is looked at on the way to it.
            longest = LOOK_EVERY_S if wrote_after is None else WAIT_S
            wait = longest if left is None else min(longest, left)
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
