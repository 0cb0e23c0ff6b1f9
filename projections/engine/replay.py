"""The read models derived from the first event, in a new file beside the live one."""

from __future__ import annotations

import gc
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.application.backends import read_again
from ledger.errors import StoreDamaged
from ledger.folder.atomic_write import discard, sync
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import refusals
from projections.engine.blocks import Progress, elsewhere, fill, put_together
from projections.engine.writer import NAMES, track
from projections.inputs.decode import decode
from projections.inputs.state import Inputs
from projections.views import SCHEMA_VERSION, Views, filled, next_file, point_to, remove_others

if TYPE_CHECKING:
    from ledger.folder.workers import Workers


class Replayed(NamedTuple):
    """What a replay read, and the file it filled."""

    events: int
    sessions: int
    seconds: float
    file: Path
    blocks_here: int = 0
    """Blocks that other machines were asked for and did not do."""


def no_progress(_events: int) -> None:
    """Show nothing."""


def rebuild(
    folder: Path,
    store: LedgerStore,
    live: Path | None,
    *,
    only: str | None = None,
    progress: Progress = no_progress,
    workers: Workers | None = None,
) -> Replayed:
    """Derive the read models in a new file and make it the live one; the caller holds the folder's lock.

    With `only`, one projection is derived and the others are copied from `live`. `workers` are other machines
    that derive all of them.
    """
    started = time.perf_counter()
    path = next_file(folder)
    try:
        inputs = build(path, store, store.length(), only=only, live=live, progress=progress, workers=workers)
        sync(path)
    except BaseException:
        discard(path)
        raise
    point_to(folder, path)
    remove_others(folder, path, live)  # a reader may still hold the one before open
    seconds = time.perf_counter() - started
    return Replayed(inputs.position, inputs.sessions_read, seconds, path, inputs.blocks_here)


def build(
    path: Path,
    store: LedgerStore,
    until: int,
    *,
    only: str | None = None,
    live: Path | None = None,
    progress: Progress = no_progress,
    workers: Workers | None = None,
) -> Inputs:
    """Fill a new file with the rows of the first `until` events; indexes come after the rows.

    With `only`, the other projections are copied from `live`, and its position takes the place of `until`.
    """
    with refusals(path.name, path.parent), uncollected(), filled(path) as views:
        names = NAMES if only is None or live is None else (only,)
        copied = [name for name in NAMES if name not in names]
        if copied:
            views.execute("ATTACH DATABASE ? AS live", (str(live),))
        with views.transaction():
            if workers is not None:
                return _fill_by(workers, views, store, until, progress)
            if copied:  # from here on the transaction sees the live file as it is now
                (until,) = views.execute("SELECT DISTINCT position FROM live.tracking").fetchone()
            return _fill(views, path, store, until, names=names, copied=copied, progress=progress)


@contextmanager
def uncollected() -> Generator[None]:
    """Turn the cyclic garbage collector off: it scans millions of rows and finds no cycle in them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _fill(
    views: Views,
    path: Path,
    store: LedgerStore,
    until: int,
    *,
    names: Sequence[str],
    copied: Sequence[str],
    progress: Progress,
) -> Inputs:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - it brings what no report needs

    with ThreadPoolExecutor(1) as beside, elsewhere(store, path, until, names) as parts:
        from projections.read_models.schema import create_indexes, create_tables  # noqa: PLC0415 - others begin meanwhile

        views.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        create_tables(views)
        inputs = Inputs.at(store, until)
        fill(views, inputs, parts.sharing.mine, names, progress)
        # Overlaps with the copying and indexing below, during which SQLite releases the interpreter lock.
        counting = beside.submit(_count_beside_sessions, store.place, until)
        put_together(views, inputs, parts, names, progress)
        for name in copied:
            views.execute(f"INSERT INTO main.{name} SELECT * FROM live.{name}")
        create_indexes(views)
        count = counting.result()
    _end(views, inputs, store, count, progress)
    return inputs


def _fill_by(workers: Workers, views: Views, store: LedgerStore, until: int, progress: Progress) -> Inputs:
    """Fill a file with rows that other machines derive, block by block."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as above

    from projections.engine.cluster import cluster  # noqa: PLC0415 - it brings the engine
    from projections.engine.parts import answered, asked, part, put_in_order, remove, task_of  # noqa: PLC0415 - the same
    from projections.read_models.schema import create_indexes, create_tables  # noqa: PLC0415 - SQLAlchemy

    task = task_of(workers, store, until, NAMES)
    with cluster(workers) as them, ThreadPoolExecutor(1) as beside:
        waiting = asked(them.executor, part, task, store.sessions())
        counting = beside.submit(_count_beside_sessions, store.place, until)
        views.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        create_tables(views)
        inputs = Inputs.at(store, until)
        put_in_order(views, inputs, task, answered(waiting, them.answer_of, task, store), progress)
        create_indexes(views)
        count = counting.result()
    _end(views, inputs, store, count, progress)
    remove(task)
    return inputs


def _end(views: Views, inputs: Inputs, store: LedgerStore, count: int, progress: Progress) -> None:
    """Count what was read, `count` events of no session with it, and store the position."""
    progress(count)
    check_all_read(store, 0, inputs.position, count + inputs.events_read)
    track(views, inputs, store)


def _count_beside_sessions(place: str, until: int) -> int:
    """Count those of the first `until` events that belong to no session, reading them all.

    Raises: EventUnreadable, StoreDamaged.
    """
    with read_again(place) as store:
        _, count = Inputs(store, 0, {}).take(until)
    return count


def check_all_read(store: LedgerStore, after: int, until: int, count: int) -> None:
    """Raise EventUnreadable or StoreDamaged unless `count` is the number of events between two positions."""
    if count == until - after:
        return
    for rows in store.pages(after, until):
        for row in rows:
            decode(row)
    raise StoreDamaged(
        msg(
            "of {value} events only {count} are there, in streams that are known",
            value=until - after,
            count=count,
        )
    )
