"""A long replay in several processes: each fills a file of its own, and the files are put together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.stores import read_again
from projections.files import Views, filled
from projections.fold import Fold
from projections.rows import write
from projections.shares import Share, answer_with, chunks, started

if TYPE_CHECKING:
    from ledger.store.ledger_store import LedgerStore

Progress = Callable[[int], None]
Part = tuple[Share, Path]
"""Which sessions another process reads, and the file that it fills with their rows."""


def fill(views: Views, fold: Fold, numbers: range, names: Sequence[str], progress: Progress) -> None:
    """Write the rows of these sessions into an empty file."""
    for chunk in chunks(numbers):
        before = fold.events_read
        write(views, fold, fold.standings(chunk), names)
        progress(fold.events_read - before)


@contextmanager
def elsewhere(
    store: LedgerStore, path: Path, shared: Sequence[range], until: int, names: Sequence[str]
) -> Generator[list[Part]]:
    """Have other processes fill a file each, beside a path, while this one does what it has to do."""
    files = [path.with_name(f"{path.name}-part{count}") for count in range(1, len(shared) + 1)]
    try:
        for file in files:
            file.touch(exist_ok=False)
        asked = [(store.place, file, until, *names) for file in files]
        with started(__name__, list(zip(shared, asked, strict=True))) as found:
            yield list(zip(found, files, strict=True))
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def put_together(views: Views, fold: Fold, part: Part, names: Sequence[str], progress: Progress) -> None:
    """Wait for a part and take over its rows; fill it here where that went wrong."""
    share, file = part
    told = share.answer()
    if told is None:
        fill(views, fold, share.numbers, names, progress)
        return
    sessions, events = map(int, told)
    attached = file.name.rpartition("-")[2]
    views.execute(f"ATTACH DATABASE ? AS {attached}", (str(file),))
    for name in names:
        views.execute(f"INSERT INTO main.{name} SELECT * FROM {attached}.{name}")
    fold.sessions_read += sessions
    fold.events_read += events
    progress(events)


def _fill_alone(numbers: range, place: str, file: str, until: str, *names: str) -> tuple[int, int]:
    """How many sessions another process read, and how many events they had; their rows are in the file."""
    from projections.tables import create_tables  # noqa: PLC0415 - whoever only reads starts without SQLAlchemy

    with read_again(place) as store, filled(Path(file)) as views, views.transaction():
        create_tables(views)
        fold = Fold.standing_at(store, int(until))
        fill(views, fold, numbers, names, lambda _: None)
    return fold.sessions_read, fold.events_read


if __name__ == "__main__":
    answer_with(_fill_alone)
