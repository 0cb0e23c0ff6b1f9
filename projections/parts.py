"""A long replay in several processes: each fills a file of its own with its part of the sessions.

A session's rows depend on no other session, so the parts are put together as they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.stores import read_again
from projections.files import Views, filled
from projections.fold import Fold
from projections.rows import NAMES, write

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ledger.store.factory import Place
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
    done: Future[tuple[int, int]]
    """How many sessions were read, and how many events they had."""


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
    store: LedgerStore, path: Path, parts: Sequence[range], until: int, names: Sequence[str]
) -> Generator[list[Part]]:
    """Have other processes fill a file each, beside a path, while this one does what it has to do."""
    if not parts:
        yield []
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a sixth of a report's start-up
    from multiprocessing import get_context  # noqa: PLC0415 - the same

    files = [path.with_name(f"{path.name}-part{n}") for n in range(1, len(parts) + 1)]
    # A process that is forked would share this one's connections, which SQLite forbids.
    pool = ProcessPoolExecutor(len(parts), mp_context=get_context("spawn"))
    try:
        yield [
            Part(part, file, pool.submit(_fill_alone, store.place, file, part, until, names))
            for part, file in zip(parts, files, strict=True)
        ]
    finally:
        pool.shutdown(cancel_futures=True)
        for file in files:
            file.unlink(missing_ok=True)


def _fill_alone(
    place: Place, path: Path, numbers: range, until: int, names: Sequence[str]
) -> tuple[int, int]:
    from projections.tables import create_tables  # noqa: PLC0415 - whoever only reads starts without SQLAlchemy

    path.touch(exist_ok=False)
    with read_again(place) as store, filled(path) as views, views.transaction():
        create_tables(views)
        fold = Fold(store, 0, {})
        fold.take(until)
        fill(views, fold, numbers, names, lambda _: None)
    return fold.sessions_read, fold.events_read


def put_together(views: Views, part: Part) -> tuple[int, int]:
    """Wait for a part and take over its rows: how many sessions it read, and how many events."""
    counts = part.done.result()
    attached = part.path.name.rpartition("-")[2]
    views.execute(f"ATTACH DATABASE ? AS {attached}", (str(part.path),))
    for name in NAMES:
        views.execute(f"INSERT INTO main.{name} SELECT * FROM {attached}.{name}")
    return counts
