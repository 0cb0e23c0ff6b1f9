"""What reads a ledger, on lived years of growing sizes: `python -m tests.bench.growing FOLDER…`, small first.

Processor time, which others on the machine change less than the clock does, and the most memory of any of a
command's processes. Each folder holds a ledger of the shape `mixed`; what a command writes goes into a
temporary folder. Papers are of a month: those of a year are refused or as long as the year is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.process import Ran, ours
from tests.bench.shaped import LATER
from tests.bench.table import Table, growth

PEAK_MB = 300
MONTH, YEAR = ("--period", "2026-06"), ("--period", "2026")
BILLING, DELETIONS = ("report", "billing"), ("report", "deletions")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("replay",),
    ("check",),
    ("audit", "checkpoint"),
    ("audit", "verify"),
    ("status",),
    ("session", "list", "--state", "connected"),
    ("session", "show", "1000"),
    ("session", "explain", "1000"),
    ("customer", "list"),
    ("period", "show", "2026-06"),
    ("report", "month", *MONTH),
    ("report", "sessions", *YEAR, "-f", "csv"),
    (*BILLING, *YEAR, "-f", "csv"),
    (*BILLING, *YEAR, "-f", "json"),
    (*BILLING, *YEAR, "-o", "year.xlsx"),
    (*BILLING, *MONTH, "-o", "month.html"),
    (*BILLING, *MONTH, "-o", "month.pdf"),
    (*BILLING, *MONTH, "-f", "csv", "--as-of", "2026-09-01T00:00:00+02:00"),
    (*DELETIONS, *YEAR, "-f", "csv"),
    (*DELETIONS, *MONTH, "-o", "deletions.pdf"),
    ("report", "deletion-register", *MONTH, "-o", "register.pdf"),
    ("report", "sales", *MONTH),
    ("report", "receivables"),
    ("invoice", "draft", *MONTH),
    ("retention", "due"),
)


def grown(table: Table, folders: Sequence[Path], out: Path) -> None:
    """Print what each command takes on each ledger; what is over the memory or grows faster is marked."""
    table.part(
        f"processor seconds, megabytes at most (<= {PEAK_MB}), on {', '.join(f.name for f in folders)}"
    )
    for words in COMMANDS:
        there = [str(out / word) if "." in word and word[0].isalpha() else word for word in words]
        taken = [_ran(there, folder) for folder in folders]
        figures, _, steps = growth([each.processor_s for each in taken if each is not None])
        peaks = ", ".join("-" if each is None else f"{each.peak_mb:,.0f}" for each in taken)
        table.line(" ".join(words)[:54], figures, f"{peaks} MB", steps)


def _ran(words: Sequence[str], folder: Path) -> Ran | None:
    """Run a command; None where it refuses."""
    try:
        return ours(*words, folder=folder, now=LATER)
    except SystemExit as refusal:
        print(str(refusal).splitlines()[-1], file=sys.stderr)
        return None


if __name__ == "__main__":
    with TemporaryDirectory(prefix="session-ledger-growing-") as name:
        grown(Table(datetime.now(UTC)), [Path(folder) for folder in sys.argv[1:]], Path(name))
