"""Catch up, rebuild beside the live read model, swap: the one place that changes read models."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from ledger.errors import StoreBusy, ViewsDamaged
from ledger.store.ledger_store import LedgerStore
from ledger.store.reading import PAGE_SIZE
from projections.buyers import root_among
from projections.files import (
    alone,
    connected,
    engine_of,
    live_file,
    next_file,
    opened,
    point_to,
    remove_others,
    sync,
)
from projections.fold import Fold, Touched
from projections.rows import NAMES, track, write, write_again
from projections.tables import PROJECTIONS, SCHEMA_VERSION, merges, metadata, tracking

_PRIMARY_CODE = 0xFF
_NAMES_IN_FILE = {*metadata.tables, *(str(i.name) for t in metadata.tables.values() for i in t.indexes)}
Progress = Callable[[int], None]


class Place(NamedTuple):
    """Where a read model stands: events folded, hash of the last one, sessions seen."""

    position: int
    leaf_hash: bytes
    sessions_seen: int


class Replayed(NamedTuple):
    """What a replay did, and the file it filled."""

    events: int
    sessions: int
    seconds: float
    file: Path


def _no_progress(_events: int) -> None:
    """Show nothing."""


# --- reading ----------------------------------------------------------------------------------


@contextmanager
def current(folder: Path, store: LedgerStore) -> Generator[Connection]:
    """The live read model, caught up; derived anew when it is missing or stands for another history."""
    live = _current_file(folder, store)
    if live is None:
        with alone(folder):
            live = _current_file(folder, store) or _replay(folder, store).file
    with _refusals(), opened(live) as views:
        yield views


@contextmanager
def _refusals() -> Generator[None]:
    """Turn what SQLite finds wrong with the live read model while it is read into a refusal."""
    try:
        yield
    except DatabaseError as error:
        raise ViewsDamaged("a read model is damaged") from error


def _current_file(folder: Path, store: LedgerStore) -> Path | None:
    """The live read model, caught up; None when it must be derived anew."""
    live = live_file(folder)
    return live if live is not None and _caught_up(live, store) else None


@contextmanager
def as_of(store: LedgerStore, position: int) -> Generator[Connection]:
    """A temporary read model of the first `position` events."""
    with TemporaryDirectory(prefix="session-ledger-") as folder:
        path = Path(folder) / "views-1.db"
        build(path, store, position)
        with connected(engine_of(path, disposable=True)) as views:
            yield views


def folded(views: Connection, store: LedgerStore, position: int) -> Fold:
    """A fold that stands at a position, to read single sessions and customers with."""
    return Fold(store, position, 0, _merges(views))


def root_of(views: Connection, code: str) -> str:
    """The code under which a customer's sessions count in these rows."""
    return root_among(_merges(views), code)


def _merges(views: Connection) -> dict[str, str]:
    return {row.customer: row.into for row in views.execute(select(merges))}


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
        path.unlink()
        raise
    point_to(folder, path)
    remove_others(folder, path, before)  # a reader may still hold the one before open
    return Replayed(fold.position, fold.sessions_seen, time.perf_counter() - started, path)


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
    with uncollected():
        return _build(path, store, until, only=only, live=live, progress=progress)


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


def _build(
    path: Path, store: LedgerStore, until: int, *, only: str | None, live: Path | None, progress: Progress
) -> Fold:
    names = NAMES if only is None or live is None else (only,)
    copied = [table for table in PROJECTIONS if table.name not in names]
    engine = engine_of(path, disposable=True, beside=live if copied else None)
    fold = Fold(store, 0, 0, {})
    seen = Touched()
    try:
        with engine.connect() as views, views.begin():
            if copied:  # from here on the transaction sees the live file as it is now
                until = int(views.exec_driver_sql("SELECT DISTINCT position FROM live.tracking").scalar_one())
            views.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
            metadata.create_all(views)
            for table in PROJECTIONS:
                for index in table.indexes:
                    index.drop(views)
            for rows in store.pages(0, until, PAGE_SIZE):
                touched = fold.take(rows)
                write(views, fold, touched.sessions.values(), names)
                seen.customers |= touched.customers
                seen.everyone |= touched.everyone and fold.sessions_seen > 0
                fold.forget()
                progress(len(rows))
            for table in copied:
                copy = f"INSERT INTO main.{table.name} SELECT * FROM live.{table.name}"
                views.exec_driver_sql(copy)
            for table in PROJECTIONS:
                for index in table.indexes:
                    index.create(views)
            write_again(views, fold, seen, names)
            track(views, fold, store)
    finally:
        engine.dispose()
    return fold


# --- catching up ------------------------------------------------------------------------------


def _caught_up(path: Path, store: LedgerStore) -> bool:
    """Bring a read model up to the last event; False when it must be derived anew."""
    try:
        with opened(path) as views:
            while True:
                place = _place(views)
                if place is None or not is_of(place, store):
                    return False
                if place.position == store.length():
                    return True
                advance(views.execution_options(writes=True), store, place)
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_BUSY:
            raise StoreBusy(f"another process is writing to {path.name}") from error
        return False


def position_of(views: Connection) -> int:
    """How many events the rows stand for that this connection reads."""
    return int(views.execute(select(tracking.c.position).limit(1)).scalar_one())


def place_of(path: Path) -> Place | None:
    """Where a read model stands; None for one of another schema, or not whole."""
    with opened(path) as views:
        return _place(views)


def _place(views: Connection) -> Place | None:
    """Where the read model stands; None for one of another schema, or not whole."""
    with views.begin():
        if views.exec_driver_sql("PRAGMA user_version").scalar() != SCHEMA_VERSION:
            return None
        there = views.exec_driver_sql("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        if set(there.scalars()) != _NAMES_IN_FILE:
            return None
        found = views.execute(select(tracking.c.position, tracking.c.leaf_hash).distinct()).all()
        seen = views.exec_driver_sql("SELECT coalesce(max(number), 0) FROM sessions").scalar()
    if len(found) != 1:
        return None
    position, leaf_hash = found[0]
    return Place(position, leaf_hash, int(seen or 0))


def is_of(place: Place, store: LedgerStore) -> bool:
    """Whether a read model stands for a beginning of this very history."""
    return place.position <= store.length() and store.leaf_hash_at(place.position - 1) == place.leaf_hash


def advance(views: Connection, store: LedgerStore, place: Place) -> None:
    """Fold page by page, rows and position in one transaction; stop when somebody else was faster."""
    with views.begin():
        fold = folded(views, store, place.position)
    fold.sessions_seen = place.sessions_seen
    for rows in store.pages(place.position, size=PAGE_SIZE):
        with views.begin():
            position = views.execute(select(tracking.c.position).limit(1)).scalar()
            if position != fold.position:
                return
            touched = fold.take(rows)
            write(views, fold, touched.sessions.values(), NAMES)
            write_again(views, fold, touched, NAMES)
            track(views, fold, store)
        fold.forget()
