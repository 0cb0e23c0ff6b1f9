"""Parallel replay: worker processes fill a file each, and the parent merges them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.application.backends import read_again
from ledger.folder.atomic_write import discard
from projections.engine.pool import Blocks, Sharing, chunks, helpers, shared
from projections.engine.writer import write
from projections.inputs.state import Inputs
from projections.views import Views, filled

if TYPE_CHECKING:
    from ledger.store.event_store import LedgerStore

Progress = Callable[[int], None]


class Parts(NamedTuple):
    """The division of work, and the file that each worker fills with rows."""

    sharing: Sharing[tuple[int, int]]
    files: list[Path]


def fill(
    views: Views, inputs: Inputs, blocks: Iterable[range], names: Sequence[str], progress: Progress
) -> None:
    """Write the rows of these sessions into a new file."""
    for chunk in chunks(blocks):
        before = inputs.events_read
        write(views, inputs, inputs.lives(chunk), names)
        progress(inputs.events_read - before)


@contextmanager
def elsewhere(store: LedgerStore, path: Path, until: int, names: Sequence[str]) -> Generator[Parts]:
    """Start the worker processes, which fill a file each beside `path` while this process goes on."""
    last = store.sessions()
    files = [path.with_name(f"{path.name}-part{count + 1}") for count in range(helpers(last))]
    try:
        for file in files:
            _make(file)
        asked = [(store.place, file, until, *names) for file in files]
        with shared(_fill_alone, last, asked) as sharing:
            yield Parts(sharing, files)
    finally:
        for file in files:
            discard(file)  # on Windows it is still attached; `remove_others` removes it


def put_together(
    views: Views, inputs: Inputs, parts: Parts, names: Sequence[str], progress: Progress
) -> None:
    """Wait for the workers, copy their rows, and fill in the blocks that they did not finish."""
    for answer, file in zip(parts.sharing.answers(), parts.files, strict=True):
        if answer is None:
            continue
        sessions, events = answer
        attached = file.name.rpartition("-")[2]
        views.execute(f"ATTACH DATABASE ? AS {attached}", (str(file),))
        for name in names:
            views.execute(f"INSERT INTO main.{name} SELECT * FROM {attached}.{name}")
        inputs.sessions_read += sessions
        inputs.events_read += events
        progress(events)
    fill(views, inputs, parts.sharing.left(), names, progress)


def _fill_alone(blocks: Blocks, place: str, file: Path, until: int, *names: str) -> tuple[int, int]:
    """Fill a worker's file; return the number of sessions read, and of their events."""
    with read_again(place) as store, filled(file) as views, views.transaction():
        inputs = Inputs.at(store, until)
        fill(views, inputs, blocks, names, lambda _: None)
    return inputs.sessions_read, inputs.events_read


def _make(file: Path) -> None:
    """Make a worker's file with its tables: a process that imports SQLAlchemy starts half as fast."""
    from projections.read_models.schema import create_tables  # noqa: PLC0415 - what only reads starts without SQLAlchemy

    file.touch(exist_ok=False)
    with filled(file) as views:
        create_tables(views)
