"""The read models derived from the first event, in a new file beside the live one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.application.backends import read_again
from ledger.errors import StoreDamaged
from ledger.folder.atomic_write import discard, discard_folder, sync
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import refusals
from projections.engine.blocks import Progress, blocks, fill, helpers, uncollected
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
            if copied:  # from here on the transaction sees the live file as it is now
                (until,) = views.execute("SELECT DISTINCT position FROM live.tracking").fetchone()
            return _fill(
                views, path, store, until, names=names, copied=copied, progress=progress, workers=workers
            )


def _fill(
    views: Views,
    path: Path,
    store: LedgerStore,
    until: int,
    *,
    names: Sequence[str],
    copied: Sequence[str],
    progress: Progress,
    workers: Workers | None,
) -> Inputs:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - it brings what no report needs

    from projections.read_models.schema import create_indexes, create_tables  # noqa: PLC0415 - it brings SQLAlchemy

    views.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    create_tables(views)
    for name in copied:
        views.execute(f"INSERT INTO main.{name} SELECT * FROM live.{name}")
    inputs = Inputs.at(store, until)
    if workers is None and helpers(store.sessions()) == 0:
        fill(views, inputs, blocks(store.sessions()), names, progress)
    else:
        own = path.with_name(f"{path.name}-parts")
        _fill_by_others(views, inputs, own, names=names, progress=progress, workers=workers)
    with ThreadPoolExecutor(1) as beside:  # indexing releases the interpreter lock
        counting = beside.submit(_count_beside_sessions, store.place, until)
        create_indexes(views)
        count = counting.result()
    progress(count)
    check_all_read(store, 0, inputs.position, count + inputs.events_read)
    track(views, inputs, store)
    return inputs


def _fill_by_others(
    views: Views,
    inputs: Inputs,
    own: Path,
    *,
    names: Sequence[str],
    progress: Progress,
    workers: Workers | None,
) -> None:
    """Put together the rows that processes of this machine, or other machines, derive block by block."""
    from projections.engine import parts  # noqa: PLC0415 - only long work needs it

    store, until = inputs.store, inputs.position
    task = parts.task_of(workers, store, until, names, own)
    try:
        with parts.others(workers, store.sessions()) as them:
            parts.put_in_order(views, inputs, task, parts.answered(them, task, store), progress)
        if workers is not None:
            parts.remove(task)
    finally:
        discard_folder(own)


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
