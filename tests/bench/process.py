"""Whole processes: what they print, the seconds they take, and the most memory they held."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

COMMAND = [sys.executable, "-m", "ledger"]
_OF_SOURCE = [sys.executable, "-P", "-m", "ledger"]
"""Not the packages of the folder that we stand in, which is a source, too."""
LAUNCH = Path(__file__).with_name("launch.py")
FINE = (0, 3)
"""3: done, and something was found that a person should look at."""
HOUR_S = 3_600
_MIB = 1024


class Ran(NamedTuple):
    """A process that came to its end."""

    out: str
    seconds: float
    processor_s: float
    peak_mb: float


class Failed(SystemExit):
    """A process that did not come to a good end; nobody waits for it, and the benchmark ends."""


class TookTooLong(Failed):
    """A process that was stopped at its limit."""


def run(
    words: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdin: Path | None = None,
    limit_s: float = HOUR_S,
) -> Ran:
    """A process from its start to its end; raises Failed, or TookTooLong at the limit."""
    reading, writing = os.pipe()
    with TemporaryFile() as out, TemporaryFile() as err, Path(stdin or os.devnull).open("rb") as fed:
        with os.fdopen(writing, "wb"):
            launcher = subprocess.Popen(
                [sys.executable, "-I", "-S", str(LAUNCH), str(writing), str(limit_s), *words],
                env={**_environment(), **(environment or {})},
                stdin=fed,
                stdout=out,
                stderr=err,
                pass_fds=(writing,),
            )
        with os.fdopen(reading) as report:
            status, _, figures = report.read().partition(",")
        launcher.wait()
        out.seek(0)
        err.seek(0)
        if figures and not status:
            raise TookTooLong(f"{' '.join(words)} took more than {limit_s:.0f} s")
        if not figures or int(status) not in FINE:
            raise Failed(f"{' '.join(words)} ended with {status}:\n{err.read().decode()}")
        seconds, processor_s, peak_kib = figures.split(",")
        return Ran(out.read().decode(), float(seconds), float(processor_s), int(peak_kib) / _MIB)


def _environment() -> dict[str, str]:
    """This environment; Python may keep what it compiled, as it does of every program that is installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def ours(*words: str, folder: Path, now: str | None = None, source: Path | None = None) -> Ran:
    """A command of session-ledger on a ledger, at a moment where the ledger was made for testing.

    `source` is the folder of another build of ours, which runs with the libraries of this one.
    """
    environment = {"SESSION_LEDGER_DIR": str(folder), "SESSION_LEDGER_BY": "bench"}
    if now is not None:
        environment["SESSION_LEDGER_NOW"] = now
    if source is not None:
        environment["PYTHONPATH"] = os.pathsep.join((str(source / "src"), str(source)))
    return run([*(COMMAND if source is None else _OF_SOURCE), *words], environment=environment)
