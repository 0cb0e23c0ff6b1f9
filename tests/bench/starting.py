"""What a command takes before it does anything: processor time of whole processes, compared two by two.

Another build of ours stands beside it where one is named by the folder of its source; it runs on the same
Python with the same libraries, which need not be its own. Whoever else uses the machine slows both of a pair:
how far a program differs from itself is told beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench.process import ours, run
from tests.bench.table import Table

COMMANDS: dict[str, list[str]] = {
    "--help": ["--help"],
    "session request": ["session", "request", "--customer", "K-001", "--issue", "other"],
    "status": ["status"],
    "session show": ["session", "show", "14"],
}


class Side(NamedTuple):
    """A program of ours, and the ledger that it made."""

    source: Path | None
    folder: Path

    def processor_s(self, words: Sequence[str], now: str | None = None) -> float:
        """Return what a command takes."""
        return ours(*words, folder=self.folder, source=self.source, now=now).processor_s


def starting(table: Table, root: Path, base: Path | None, pairs: int) -> None:
    """Put what commands take beside the build before, or beside Click alone."""
    table.part("start-up, processor time of whole processes, medians of pairs")
    now, again = Side(None, root / "now"), Side(None, root / "again")
    before = None if base is None else Side(base, root / "before")
    for side in filter(None, (now, again, before)):
        side.processor_s(["demo", str(side.folder)])
    for name, words in COMMANDS.items():
        if before is None:
            click = [run([sys.executable, "-c", "import click"]).processor_s for _ in range(pairs)]
            taken = [now.processor_s(words) for _ in range(pairs)]
            beside = f"{median(taken) / median(click):.2f} x python -c 'import click'"
        else:
            taken, ratio = compared(now, before, words, pairs)
            beside = f"{ratio:.2f} x the build before"
        _, same = compared(now, again, words, pairs)
        table.line(name, f"{median(taken) * 1000:.0f} ms", "", f"{beside}, {same:.2f} x itself")


def compared(one: Side, other: Side, words: Sequence[str], pairs: int) -> tuple[list[float], float]:
    """Return what one takes, and the median of how many times the other's that is; they take turns."""
    taken: list[float] = []
    ratios: list[float] = []
    for pair in range(pairs):
        first, second = (one, other) if pair % 2 else (other, one)
        seconds = {side is one: side.processor_s(words) for side in (first, second)}
        taken.append(seconds[True])
        ratios.append(seconds[True] / seconds[False])
    return taken, median(ratios)
