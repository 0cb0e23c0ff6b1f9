"""Catch up, rebuild beside the live read model, swap: the one place that changes read models."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger.application.backends import read_again
from ledger.errors import StoreBusy, StoreDamaged, ViewsDamaged
from ledger.folder.atomic_write import discard, sync
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import refusals
from projections.engine.blocks import Progress, elsewhere, fill, put_together
from projections.engine.pool import SESSIONS_AT_A_TIME
from projections.engine.writer import NAMES, merges, track, write
from projections.inputs.customers import root_among
from projections.inputs.decode import decode
from projections.inputs.state import Fold, Touched
from projections.views import (
    NAMES_IN_FILE,
    SCHEMA_VERSION,
    Views,
    alone,
    filled,
    live_file,
    next_file,
    opened,
    point_to,
    remove_others,
)

_PRIMARY_CODE = 0xFF
EVENTS_AT_A_TIME = 20_000
"""So many events are caught up with in one transaction."""
MANY_EVENTS = 50_000
"""So many events are derived anew sooner than caught up with, where they are most of the history."""


class Position(NamedTuple):
    """Where a read model stands: events folded, and the hash of the last one."""

    position: int
    leaf_hash: bytes


class Replayed(NamedTuple):
    """What a replay did, and the file it filled."""

    events: int
    sessions: int
    seconds: float
    file: Path


Deriving = Callable[[int], AbstractContextManager[Progress]]
"""What shows, while so many events are derived from, how many of them are done."""


def _no_progress(_events: int) -> None:
    """Show nothing."""


def unseen(_events: int) -> AbstractContextManager[Progress]:
    """Show nothing of a derivation."""
    return nullcontext(_no_progress)


# --- reading ----------------------------------------------------------------------------------


@contextmanager
def current(folder: Path, store: LedgerStore, deriving: Deriving = unseen) -> Generator[Views]:
    """The live read model, caught up; derived anew when it is missing or stands for another history."""
    live = _current_file(folder, store)
    if live is None:
        with alone(folder):
            live = _current_file(folder, store)
            if live is None:
                with deriving(store.length()) as progress:
                    live = _replay(folder, store, progress=progress).file
    with _refusals(), opened(live) as views, views.transaction():
        yield views


@contextmanager
def _refusals() -> Generator[None]:
    """Turn what SQLite finds wrong with the live read model while it is read into a refusal."""
    try:
        yield
    except sqlite3.IntegrityError:  # whoever reads may record, too: that is of another file
        raise
    except sqlite3.DatabaseError as error:
        raise ViewsDamaged("a read model is damaged") from error


def _current_file(folder: Path, store: LedgerStore) -> Path | None:
    """The live read model, caught up; None when it must be derived anew."""
    live = live_file(folder)
    return live if live is not None and _caught_up(live, store) else None


@contextmanager
def as_of(store: LedgerStore, position: int) -> Generator[Views]:
    """A temporary read model of the first `position` events."""
    with TemporaryDirectory(prefix="session-ledger-") as folder:
        path = next_file(Path(folder))
        build(path, store, position)
        with opened(path) as views, views.transaction():
            yield views


def folded(views: Views, store: LedgerStore, position: int) -> Fold:
    """A fold that stands at a position, to read single sessions and customers with."""
    return Fold(store, position, merges(views))


def root_of(views: Views, code: str) -> str:
    """The code under which a customer's sessions count in these rows."""
    return root_among(merges(views), code)


# --- replay -----------------------------------------------------------------------------------


def replay(
    folder: Path, store: LedgerStore, *, only: str | None = None, progress: Progress = _no_progress
) -> Replayed:
    """Derive the read models from the first event beside the live ones, then swap; one at a time.

    `only` names one projection to derive; the others are copied from the live file, caught up first.
    """
    with alone(folder):
        return _replay(folder, store, only=only, progress=progress)


def _replay(
    folder: Path, store: LedgerStore, *, only: str | None = None, progress: Progress = _no_progress
) -> Replayed:
    started = time.perf_counter()
    before = _current_file(folder, store) if only is not None else live_file(folder)
    path = next_file(folder)
    try:
        fold = build(path, store, store.length(), only=only, live=before, progress=progress)
        sync(path)
    except BaseException:
        discard(path)
        raise
    point_to(folder, path)
    remove_others(folder, path, before)  # a reader may still hold the one before open
    return Replayed(fold.position, fold.sessions_read, time.perf_counter() - started, path)


def build(
    path: Path,
    store: LedgerStore,
    until: int,
    *,
    only: str | None = None,
    live: Path | None = None,
    progress: Progress = _no_progress,
) -> Fold:
    """Fill a new file with the first `until` events; indexes come after the rows.

    With `only`, the other projections are copied from `live`, and the events are as many as it stands for.
    """
    with refusals(path.name), uncollected(), filled(path) as views:
        names = NAMES if only is None or live is None else (only,)
        copied = [name for name in NAMES if name not in names]
        if copied:
            views.execute("ATTACH DATABASE ? AS live", (str(live),))
        with views.transaction():
            if copied:  # from here on the transaction sees the live file as it is now
                (until,) = views.execute("SELECT DISTINCT position FROM live.tracking").fetchone()
            return _fill(views, path, store, until, names=names, copied=copied, progress=progress)


@contextmanager
def uncollected() -> Generator[None]:
    """Without the cyclic garbage collector, which finds nothing in millions of rows and looks at them all."""
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
) -> Fold:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - it brings what no report needs

    with ThreadPoolExecutor(1) as beside, elsewhere(store, path, until, names) as parts:
        from projections.read_models.schema import create_indexes, create_tables  # noqa: PLC0415 - others begin meanwhile

        views.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        create_tables(views)
        fold = Fold.standing_at(store, until)
        fill(views, fold, parts.sharing.mine, names, progress)
        # The others are done, too, and what follows is SQLite's, which lets go of the interpreter.
        counting = beside.submit(_beside_sessions, store.place, until)
        put_together(views, fold, parts, names, progress)
        for name in copied:
            views.execute(f"INSERT INTO main.{name} SELECT * FROM live.{name}")
        create_indexes(views)
        count = counting.result()
    progress(count)
    check_all_read(store, 0, until, count + fold.events_read)
    track(views, fold, store)
    return fold


def _beside_sessions(place: str, until: int) -> int:
    """How many of the first events are of no session, all of them taken in; raises as `Fold.take`."""
    with read_again(place) as store:
        _, count = Fold(store, 0, {}).take(until)
    return count


def check_all_read(store: LedgerStore, after: int, until: int, count: int) -> None:
    """Raise EventUnreadable or StoreDamaged unless so many events are all that lie between two positions."""
    if count == until - after:
        return
    for rows in store.pages(after, until):
        for row in rows:
            decode(row)
    raise StoreDamaged(f"of {until - after} events only {count} are there, in streams that are known")


# --- catching up ------------------------------------------------------------------------------


def _caught_up(path: Path, store: LedgerStore) -> bool:
    """Bring a read model up to the last event; False when it must be derived anew."""
    try:
        with opened(path) as views:
            while True:
                place = _place(views)
                if place is None or not is_of(place, store):
                    return False
                length = store.length()
                if place.position == length:
                    return True
                if length - place.position > max(MANY_EVENTS, place.position):
                    return False
                advance(views, store, place)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_BUSY:
            raise StoreBusy(f"another process is writing to {path.name}") from error
        return False


def position_of(views: Views) -> int:
    """How many events the rows stand for that this connection reads."""
    (position,) = views.execute("SELECT position FROM tracking LIMIT 1").fetchone()
    return int(position)


def place_of(path: Path) -> Position | None:
    """Where a read model stands; None for one of another schema, or not whole."""
    with opened(path) as views:
        return _place(views)


def _place(views: Views) -> Position | None:
    """Where the read model stands; None for one of another schema, or not whole."""
    with views.transaction():
        if views.execute("PRAGMA user_version").fetchone() != (SCHEMA_VERSION,):
            return None
        there = views.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        if {name for (name,) in there} != NAMES_IN_FILE:
            return None
        found = views.execute("SELECT DISTINCT position, leaf_hash FROM tracking").fetchall()
    return Position(*found[0]) if len(found) == 1 else None


def is_of(place: Position, store: LedgerStore) -> bool:
    """Whether a read model stands for a beginning of this very history."""
    return place.position <= store.length() and store.leaf_hash_at(place.position - 1) == place.leaf_hash


def advance(views: Views, store: LedgerStore, place: Position) -> None:
    """Go on to the last event, rows and position in one transaction; stop when somebody else was faster."""
    views.execute("PRAGMA cache_size=-24576")  # 24 MiB: a customer's place in an index may be anywhere in it
    fold, length = folded(views, store, place.position), store.length()
    while fold.position < length:
        with views.transaction(write=True):
            if position_of(views) != fold.position:
                return
            _go_on(views, fold, min(fold.position + EVENTS_AT_A_TIME, length))


def _go_on(views: Views, fold: Fold, until: int) -> None:
    after, store = fold.position, fold.store
    numbers = store.sessions_between(after, until)
    touched, count = fold.take(until)
    check_all_read(store, after, until, count + sum(numbers.values()))
    concerned = sorted(numbers.keys() | _recorded(views, fold, touched))
    for start in range(0, len(concerned), SESSIONS_AT_A_TIME):
        write(views, fold, fold.standings(concerned[start : start + SESSIONS_AT_A_TIME]), NAMES)
    track(views, fold, store)


def _recorded(views: Views, fold: Fold, touched: Touched) -> set[int]:
    """The recorded sessions of the customers, or of everyone, that were touched."""
    if touched.everyone:
        return {number for (number,) in views.execute("SELECT number FROM sessions")}
    members = {code for each in touched.customers for code in fold.buyers.members(fold.root(each))}
    found = (views.execute("SELECT number FROM sessions WHERE customer = ?", (code,)) for code in members)
    return {number for rows in found for (number,) in rows}
