"""A command line in front of a ledger, and what it says."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.errors import report
from cli.main import run


class Told(NamedTuple):
    """How a command ended and what it said on stderr."""

    status: int
    stderr: str


class Desk:
    """A folder with the prepared ledger in `ledger`, and a way to type a command in it."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.ledger = folder / "ledger"
        self._capfd = capfd

    def types(self, line: str) -> Told:
        """Run one line of the command line, in this process."""
        self._capfd.readouterr()
        status = run(shlex.split(line))
        return Told(status, self._capfd.readouterr().err)

    def fails(self, raising: Callable[[], object]) -> Told:
        """What the command line would say of whatever a function raises."""
        self._capfd.readouterr()
        try:
            raising()
        except Exception as error:  # noqa: BLE001 - it is what the command line does
            return Told(report(error, color=False, lang="en"), self._capfd.readouterr().err)
        return Told(0, "")

    def types_on_terminal(self, line: str, answer: str = "") -> Told:
        """Run one line in a process whose streams are a terminal; `answer` is typed at its question."""
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "ledger", "--no-color", *shlex.split(line)]
        with subprocess.Popen(
            command, cwd=self.folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        ) as process:
            os.close(theirs)
            shown = b""
            while chunk := _read(ours):
                shown += chunk
                if answer and shown.endswith(b": "):
                    os.write(ours, answer.encode())
                    answer = ""
        os.close(ours)
        return Told(process.returncode, shown.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side has closed
        return b""
