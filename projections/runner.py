"""Catch up, rebuild beside the live read model, swap: the one place that writes `views-<n>.db`.

`views.current` names the live file. A rebuild fills the next file, syncs it and then replaces that
one line; a database is never renamed over another, since a reader that holds it open would be given
old rows or a torn image.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DatabaseError

from ledger.errors import StoreBusy
from ledger.store.ledger_store import LedgerStore
from ledger.store.reading import PAGE_SIZE
from projections import billing, deletions, sessions
from projections.fold import Fold, Touched
from projections.tables import PROJECTIONS, SCHEMA_VERSION, merges, metadata, tracking
from projections.tables import sessions as session_rows
from projections.tracked import Tracked

POINTER = "views.current"
LOCK = "views.lock"
BUSY_MILLISECONDS = 30_000
_PRIMARY_CODE = 0xFF
_ROWS: dict[str, Callable[[Tracked, Fold], tuple[Any, ...] | None]] = {
    sessions.NAME: sessions.row,
    billing.NAME: billing.row,
    deletions.NAME: deletions.row,
}
NAMES = tuple(_ROWS)
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
        with _alone(folder):
            live = _current_file(folder, store) or _replay(folder, store).file
    with _reading(_engine(live)) as views:
        yield views


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
        with _reading(_engine(path, disposable=True)) as views:
            yield views


def folded(views: Connection, store: LedgerStore, position: int) -> Fold:
    """A fold that stands at a position, to read single sessions and customers with."""
    return Fold(store, position, 0, {row.customer: row.into for row in views.execute(select(merges))})


@contextmanager
def opened(path: Path, *, beside: Path | None = None) -> Generator[Connection]:
    """A read model as it stands, to be looked at; `beside` is attached as `live`."""
    with _reading(_engine(path, beside=beside)) as views:
        yield views


@contextmanager
def _reading(engine: Engine) -> Generator[Connection]:
    try:
        with engine.connect() as views:
            yield views
    finally:
        engine.dispose()


def _engine(path: Path, *, disposable: bool = False, beside: Path | None = None) -> Engine:
    """A views file; `disposable` skips syncing, for a file that is thrown away or synced at the end.

    `beside` is attached as `live`, to copy rows from.
    """
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy hands over sqlite3's own
        driver.isolation_level = None
        driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        driver.execute(f"PRAGMA journal_mode={'MEMORY' if disposable else 'WAL'}")
        driver.execute(f"PRAGMA synchronous={'OFF' if disposable else 'NORMAL'}")
        if beside is not None:
            driver.execute("ATTACH DATABASE ? AS live", (str(beside),))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def live_file(folder: Path) -> Path | None:
    """The read model that views.current names; None where there is none."""
    try:
        name = (folder / POINTER).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    path = folder / name
    return path if name.startswith("views-") and path.is_file() else None


def _next_file(folder: Path) -> Path:
    """A new, empty file of the next number."""
    numbers = [int(p.stem[6:]) for p in folder.glob("views-*.db") if p.stem[6:].isdigit()]
    path = folder / f"views-{max(numbers, default=0) + 1}.db"
    path.touch(exist_ok=False)
    return path


# --- replay -----------------------------------------------------------------------------------


def replay(
    folder: Path, store: LedgerStore, *, only: str | None = None, progress: Progress = _no_progress
) -> Replayed:
    """Derive the read models from the first event beside the live ones, then swap; one at a time.

    `only` names one projection to derive; the others are copied from the live file, caught up first.
    """
    with _alone(folder):
        return _replay(folder, store, only=only, progress=progress)


def _replay(
    folder: Path, store: LedgerStore, *, only: str | None = None, progress: Progress = _no_progress
) -> Replayed:
    started = time.perf_counter()
    before = _current_file(folder, store) if only is not None else live_file(folder)
    path = _next_file(folder)
    try:
        fold = build(path, store, store.length(), only=only, live=before, progress=progress)
        _sync(path)
    except BaseException:
        path.unlink()
        raise
    _point_to(folder, path)
    _remove_older(folder, {path, before})
    return Replayed(fold.position, fold.sessions_seen, time.perf_counter() - started, path)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Nobody else derives read models in this folder meanwhile; the system lets go of who dies."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _point_to(folder: Path, path: Path) -> None:
    pointer = folder / f"{path.name}.pointer"
    with pointer.open("w", encoding="ascii") as file:
        file.write(path.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(folder / POINTER)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_older(folder: Path, kept: set[Path | None]) -> None:
    """Drop the files before the last one, which a reader may still hold open."""
    newest = max(int(path.stem[6:]) for path in kept if path is not None)
    for path in folder.glob("views-*.db"):
        if path not in kept and path.stem[6:].isdigit() and int(path.stem[6:]) < newest:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                (folder / name).unlink(missing_ok=True)


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
    names = NAMES if only is None or live is None else (only,)
    copied = [table for table in PROJECTIONS if table.name not in names]
    engine = _engine(path, disposable=True, beside=live if copied else None)
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
                _write(views, fold, touched.sessions.values(), names)
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
            _write_again(views, fold, seen, names)
            _track(views, fold, store)
    finally:
        engine.dispose()
    return fold


# --- catching up ------------------------------------------------------------------------------


def _caught_up(path: Path, store: LedgerStore) -> bool:
    """Bring a read model up to the last event; False when it must be derived anew."""
    engine = _engine(path)
    try:
        with engine.connect().execution_options(writes=True) as views:
            while True:
                place = _place(views)
                if place is None or not is_of(place, store):
                    return False
                if place.position == store.length():
                    return True
                _advance(views, store, place)
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_BUSY:
            raise StoreBusy(f"another process is writing to {path.name}") from error
        return False
    finally:
        engine.dispose()


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


def _advance(views: Connection, store: LedgerStore, place: Place) -> None:
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
            _write(views, fold, touched.sessions.values(), NAMES)
            _write_again(views, fold, touched, NAMES)
            _track(views, fold, store)
        fold.forget()


# --- rows -------------------------------------------------------------------------------------

_INSERT = {
    table.name: f"INSERT OR REPLACE INTO {table.name} VALUES ({','.join('?' * len(table.columns))})"
    for table in PROJECTIONS
}

_DELETE = {table.name: f"DELETE FROM {table.name} WHERE number = ?" for table in PROJECTIONS}


def _write(views: Connection, fold: Fold, touched: Iterable[Tracked], names: Sequence[str]) -> None:
    """Put the rows of these sessions in place; a session that has none any more loses it."""
    changed = list(touched)
    # The driver's own: SQLAlchemy would look at every parameter of every row.
    driver: Any = views.connection.driver_connection
    for name in names:
        row_of = _ROWS[name]
        present: list[tuple[Any, ...]] = []
        absent: list[tuple[int]] = []
        for tracked in changed:
            row = row_of(tracked, fold)
            if row is None:
                absent.append((tracked.number,))
            else:
                present.append(row)
        if present:
            driver.executemany(_INSERT[name], present)
        if absent:
            driver.executemany(_DELETE[name], absent)


def _write_again(views: Connection, fold: Fold, touched: Touched, names: Sequence[str]) -> None:
    """Rate the recorded sessions of the touched customers again, from the sessions' own streams."""
    for streams in _streams(views, fold, touched):
        for start in range(0, len(streams), PAGE_SIZE):
            page = streams[start : start + PAGE_SIZE]
            _write(views, fold, [fold.read(stream, fold.position) for stream in page], names)


def _streams(views: Connection, fold: Fold, touched: Touched) -> Iterator[list[bytes]]:
    query = select(session_rows.c.stream)
    if touched.everyone:
        yield list(views.execute(query).scalars())
        return
    for root in sorted({fold.root(code) for code in touched.customers}):
        of_customer = query.where(session_rows.c.customer.in_(fold.members(root)))
        yield list(views.execute(of_customer).scalars())


def _track(views: Connection, fold: Fold, store: LedgerStore) -> None:
    place = {"position": fold.position, "leaf_hash": store.leaf_hash_at(fold.position - 1)}
    views.execute(tracking.delete())
    views.execute(tracking.insert(), [{"projection": name, **place} for name in NAMES])
    known = {row.customer for row in views.execute(select(merges))}
    added = [{"customer": c, "into": i} for c, i in fold.merges.items() if c not in known]
    if added:
        views.execute(merges.insert(), added)
