"""A long replay in several processes: each fills a file of its own with its part of the sessions.

A session's rows depend on no other session, so the parts are put together as they are. A part that another
process did not fill, for whatever reason, is filled by the one that asked: so what is wrong is told there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.stores import read_again
from projections.files import Views, filled
from projections.fold import Fold
from projections.rows import write

if TYPE_CHECKING:
    from subprocess import Popen

    from ledger.store.ledger_store import LedgerStore

SESSIONS_AT_A_TIME = 2_000
"""So many sessions are read, and their rows written, at a time."""
WORTH_A_PROCESS = 50_000
"""So many sessions take longer than another process takes to start."""
PROCESSES = min(8, len(os.sched_getaffinity(0)))
"""As many as can run at once, and as SQLite attaches files."""
Progress = Callable[[int], None]


class Part(NamedTuple):
    """What one of the other processes does: which sessions, into which file."""

    numbers: range
    path: Path
    process: Popen[bytes]


def chunks(numbers: range) -> list[range]:
    """The numbers, so many at a time as are worked on at once."""
    starts = range(0, len(numbers), SESSIONS_AT_A_TIME)
    return [numbers[start : start + SESSIONS_AT_A_TIME] for start in starts]


def fill(views: Views, fold: Fold, numbers: range, names: Sequence[str], progress: Progress) -> None:
    """Write the rows of these sessions into an empty file."""
    for chunk in chunks(numbers):
        before = fold.events_read
        write(views, fold, fold.standings(chunk), names)
        progress(fold.events_read - before)


def shares(last: int) -> list[range]:
    """The sessions up to a number, shared out among as many processes as are worth starting."""
    workers = max(1, min(PROCESSES, last // WORTH_A_PROCESS))
    borders = [1 + last * n // workers for n in range(workers + 1)]
    return [range(*pair) for pair in pairwise(borders)]


@contextmanager
def elsewhere(
    store: LedgerStore, path: Path, shared: Sequence[range], until: int, names: Sequence[str]
) -> Generator[list[Part]]:
    """Have other processes fill a file each, beside a path, while this one does what it has to do.

    They are started afresh: one that was forked would share this one's connections, which SQLite forbids.
    """
    from subprocess import PIPE, Popen  # noqa: PLC0415 - only a long replay needs it

    parts: list[Part] = []
    try:
        for count, numbers in enumerate(shared, start=1):
            file = path.with_name(f"{path.name}-part{count}")
            _make(file)
            asked = (store.place, file, numbers.start, numbers.stop, until, *names)
            command = [sys.executable, "-m", "projections.parts", *map(str, asked)]
            parts.append(Part(numbers, file, Popen(command, stdout=PIPE)))  # noqa: S603 - our own module
        yield parts
    finally:
        for _, file, process in parts:
            if process.returncode is None:
                process.kill()
                process.communicate()
            file.unlink(missing_ok=True)


def _make(file: Path) -> None:
    from projections.tables import create_tables  # noqa: PLC0415 - whoever only reads starts without SQLAlchemy

    file.touch(exist_ok=False)
    with filled(file) as views:
        create_tables(views)


def put_together(views: Views, fold: Fold, part: Part, names: Sequence[str], progress: Progress) -> None:
    """Wait for a part and take over its rows; fill it here where that went wrong."""
    told, _ = part.process.communicate()
    if part.process.returncode:
        fill(views, fold, part.numbers, names, progress)
        return
    sessions, events = map(int, told.split())
    attached = part.path.name.rpartition("-")[2]
    views.execute(f"ATTACH DATABASE ? AS {attached}", (str(part.path),))
    for name in names:
        views.execute(f"INSERT INTO main.{name} SELECT * FROM {attached}.{name}")
    fold.sessions_read += sessions
    fold.events_read += events
    progress(events)


def _fill_alone(place: str, file: str, first: str, stop: str, until: str, *names: str) -> str:
    """What one of the other processes does: how many sessions it read, and how many events they had."""
    with read_again(place) as store, filled(Path(file)) as views, views.transaction():
        fold = Fold(store, 0, {})
        fold.take(int(until))
        fill(views, fold, range(int(first), int(stop)), names, lambda _: None)
    return f"{fold.sessions_read} {fold.events_read}"


if __name__ == "__main__":
    import gc

    gc.disable()  # it would find nothing in millions of rows, and look at them all
    try:
        sys.stdout.write(_fill_alone(*sys.argv[1:]))
    except Exception:  # noqa: BLE001 - whoever asked does it again, and tells what is wrong
        sys.exit(1)
