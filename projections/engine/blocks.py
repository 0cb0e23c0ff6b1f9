"""A long replay in several processes: each fills a file of its own, and the files are put together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.application.backends import read_again
from ledger.folder.atomic_write import discard
from projections.engine.pool import Blocks, Sharing, chunks, helpers, shared
from projections.engine.writer import write
from projections.inputs.state import Fold
from projections.views import Views, filled

if TYPE_CHECKING:
    from ledger.store.event_store import LedgerStore

Progress = Callable[[int], None]


class Parts(NamedTuple):
    """Who works on what, and the file that each other process fills with rows."""

    sharing: Sharing[tuple[int, int]]
    files: list[Path]


def fill(views: Views, fold: Fold, blocks: Iterable[range], names: Sequence[str], progress: Progress) -> None:
    """Write the rows of these sessions into a new file."""
    for chunk in chunks(blocks):
        before = fold.events_read
        write(views, fold, fold.standings(chunk), names)
        progress(fold.events_read - before)


@contextmanager
def elsewhere(store: LedgerStore, path: Path, until: int, names: Sequence[str]) -> Generator[Parts]:
    """Have other processes fill a file each, beside a path, while this one does what it has to do."""
    last = store.sessions()
    files = [path.with_name(f"{path.name}-part{count + 1}") for count in range(helpers(last))]
    try:
        for file in files:
            file.touch(exist_ok=False)
        asked = [(store.place, file, until, *names) for file in files]
        with shared(_fill_alone, last, asked) as sharing:
            yield Parts(sharing, files)
    finally:
        for file in files:
            discard(file)  # on Windows it is still attached; `remove_others` removes it


def put_together(views: Views, fold: Fold, parts: Parts, names: Sequence[str], progress: Progress) -> None:
    """Wait for the others, take over their rows, and fill in what they left."""
    for told, file in zip(parts.sharing.answers(), parts.files, strict=True):
        if told is None:
            continue
        sessions, events = told
        attached = file.name.rpartition("-")[2]
        views.execute(f"ATTACH DATABASE ? AS {attached}", (str(file),))
        for name in names:
            views.execute(f"INSERT INTO main.{name} SELECT * FROM {attached}.{name}")
        fold.sessions_read += sessions
        fold.events_read += events
        progress(events)
    fill(views, fold, parts.sharing.left(), names, progress)


def _fill_alone(blocks: Blocks, place: str, file: Path, until: int, *names: str) -> tuple[int, int]:
    """How many sessions another process read, and how many events they had; their rows are in the file."""
    from projections.read_models.schema import create_tables  # noqa: PLC0415 - whoever only reads starts without SQLAlchemy

    with read_again(place) as store, filled(file) as views, views.transaction():
        create_tables(views)
        fold = Fold.standing_at(store, until)
        fill(views, fold, blocks, names, lambda _: None)
    return fold.sessions_read, fold.events_read
