"""A process that records command after command, each until it is told that it was done.

Words: its name, the file that ends it, and `anew` where each command is to be a Python of its own. It
prints a JSON line for each answer: command id, exit status, standard output, standard error.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from cli.main import run

NAME, END, ANEW = sys.argv[1], Path(sys.argv[2]), "anew" in sys.argv[3:]
GIVEN_UP_AFTER_S = 300.0
DAY = "2026-11-30"
REQUEST = (
    "session",
    "request",
    "--customer",
    "K-1",
    "--issue",
    "other",
    "--contact",
    "Jan Próba",
    "--at",
    f"{DAY} 10:00",
)
LIFE = (
    ("session", "connect", "{}", "--at", f"{DAY} 11:00"),
    ("session", "note", "{}", "--summary", "driver reinstalled"),
    ("session", "end", "{}"),
    ("session", "invoice-request", "{}", "--on", DAY),
    ("invoice", "issue", "--session", "{}", "--yes"),
)


def _done(words: tuple[str, ...]) -> tuple[int, str, str]:
    if ANEW:
        done = subprocess.run(
            [sys.executable, "-m", "ledger", *words], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        status = run(words)
    return status, out.getvalue(), err.getvalue()


def _until_done(command: str, words: tuple[str, ...]) -> str:
    """The answer, once there is one; a server that is killed comes back sooner than it is given up."""
    until = time.monotonic() + GIVEN_UP_AFTER_S
    while time.monotonic() < until:
        status, out, err = _done((*words, "--command-id", command, "-f", "json"))
        print(json.dumps([command, status, out, err]), flush=True)  # noqa: T201 - what it is for
        if status == 0:
            return out
        time.sleep(0.02)
    sys.exit(f"{command} is refused for ever")


def _record() -> None:
    number = 0
    while not END.exists():
        number += 1
        session = json.loads(_until_done(f"{NAME}-{number}-0", REQUEST))["session"]
        for step, words in enumerate(LIFE, start=1):
            _until_done(f"{NAME}-{number}-{step}", tuple(word.format(session) for word in words))


if __name__ == "__main__":
    _record()
