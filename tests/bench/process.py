"""Whole processes: what they print, the seconds they take, and the most memory they held."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

COMMAND = [sys.executable, "-m", "ledger"]
FINE = (0, 3)
"""3: done, and something was found that a person should look at."""
_MIB = 1024


class Ran(NamedTuple):
    """A process that came to its end."""

    out: str
    seconds: float
    peak_mb: float


def run(
    words: Sequence[str], *, environment: Mapping[str, str] | None = None, stdin: Path | None = None
) -> Ran:
    """A process from its start to its end; one that fails ends the benchmark."""
    with TemporaryFile() as out, TemporaryFile() as err, Path(stdin or os.devnull).open("rb") as fed:
        started = time.perf_counter()
        process = subprocess.Popen(
            words, env={**os.environ, **(environment or {})}, stdin=fed, stdout=out, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in FINE:
            raise SystemExit(f"{' '.join(words)} ended with {process.returncode}:\n{err.read().decode()}")
        return Ran(out.read().decode(), seconds, usage.ru_maxrss / _MIB)


def ours(*words: str, folder: Path) -> Ran:
    """A command of session-ledger on a ledger."""
    environment = {"SESSION_LEDGER_DIR": str(folder), "SESSION_LEDGER_BY": "bench"}
    return run([*COMMAND, *words], environment=environment)
