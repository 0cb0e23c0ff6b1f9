"""Read models swapped in one process while others look: `python -m tests.support.swapping FOLDER SWAPS`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from projections.views import live_file, next_file, opened, point_to, remove_others

READERS = 3
STOP = "stop"


def swap(folder: Path, swaps: int) -> int:
    """Make a new file the live one, so many times; return how often the system refused."""
    refused, before = 0, live_file(folder)
    for _ in range(swaps):
        path = next_file(folder)
        with closing(sqlite3.connect(path)) as made, made:
            made.execute("CREATE TABLE t (n)")
        try:
            point_to(folder, path)
            remove_others(folder, path, before)
        except OSError:
            refused += 1
        before = path
    return refused


def read(folder: Path) -> Counter[str]:
    """Look for the live file and read it until told to stop; return how often it was there."""
    seen: Counter[str] = Counter()
    while not (folder / STOP).exists():
        live = live_file(folder)
        seen["looked"] += 1
        if live is None:
            seen["none"] += 1
            continue
        try:
            with opened(live) as views:
                views.execute("SELECT count(*) FROM t").fetchone()
        except sqlite3.Error:
            seen["replaced meanwhile"] += 1  # twice between look and read: whoever reads looks again
    return seen


def main(folder: Path, swaps: int) -> dict[str, int]:
    """Swap beside readers in processes of their own; return the sums of what they saw."""
    swap(folder, 1)
    command = [sys.executable, "-m", "tests.support.swapping", str(folder)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reads\n"
    refused = swap(folder, swaps)
    (folder / STOP).touch()
    seen: Counter[str] = Counter()
    for reader in readers:
        told, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        looked, none, replaced = map(int, told.split())
        seen += Counter({"looked": looked, "none": none, "replaced meanwhile": replaced})
    left = len(list(folder.glob("views-*.db")))
    return {"swaps": swaps, "refused": refused, "looked": seen["looked"], "none": seen["none"],
            "replaced meanwhile": seen["replaced meanwhile"], "files left": left}  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(main(Path(sys.argv[1]), int(sys.argv[2])))  # noqa: T201 - its answer
    else:
        print("reads", flush=True)  # noqa: T201 - the sign to begin
        found = read(Path(sys.argv[1]))
        print(found["looked"], found["none"], found["replaced meanwhile"])  # noqa: T201 - its answer
