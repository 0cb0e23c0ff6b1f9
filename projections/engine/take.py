"""The read model of another office: given away as a file, taken instead of reading the whole log.

Rows hold ids and amounts, no personal data. A file is known by its position and the hash of the last event
behind it, which this ledger's own log must have in that place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ledger.errors import FileTrouble, ViewsNotTaken
from ledger.folder.atomic_write import discard, move, sync
from ledger.message import Hint, msg, step, system_text
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import refusals, uri_of
from projections.engine.runner import Position, advance, current, is_of, position_in
from projections.views import SCHEMA_VERSION, alone, live_file, next_file, opened, point_to, remove_others

_SAME_PROGRAM = Hint(
    "both offices need the same version of the program; ", step("replay"), " derives it here"
)

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_MADE = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"


class Taken(NamedTuple):
    """How many events stood behind the file, how many it was caught up to, and the file it is now."""

    events: int
    caught_up: int
    file: Path


def take(folder: Path, store: LedgerStore, source: Path) -> Taken:
    """Make a copy of `source` the live read model, caught up with the log; one at a time.

    Raises: ViewsNotTaken for a file of another ledger or version, ahead of this log, or broken; the live
    read model then stays. FileTrouble where it cannot be read.
    """
    with alone(folder):
        live, path = live_file(folder), next_file(folder)
        try:
            with refusals(path.name, path.parent):
                _copy(source, path)
                position = _checked(path, source.name, store)
                with opened(path) as views:
                    while (found := _position(path, source.name)).events < store.length():
                        advance(views, store, found)
            sync(path)
        except BaseException:
            for left in (path, *folder.glob(f"{path.name}-*")):
                discard(left)
            raise
        point_to(folder, path)
        remove_others(folder, path, live)  # a reader may still hold the one before open
    return Taken(position.events, found.events, path)


def give(folder: Path, store: LedgerStore, target: Path) -> int:
    """Write a copy of the live read model, caught up, whole or not at all; return its number of events."""
    beside = target.with_name(f".{target.name}.part")
    try:
        with current(folder, store) as views, refusals(target.name, target.parent):
            (events,) = views.execute("SELECT max(position) FROM tracking").fetchone()
            beside.open("wb").close()
            with closing(sqlite3.connect(beside)) as there:
                views.backup(there)
        sync(beside)
        move(beside, target)
    except OSError as error:
        fact = msg("{name} cannot be written: {error}", name=target.name, error=system_text(error))
        raise FileTrouble(fact) from error
    finally:
        with suppress(OSError):
            discard(beside)
    return int(events)


def _copy(source: Path, path: Path) -> None:
    """Copy page by page as of one moment, with what stands in a write-ahead log beside the source."""
    try:
        with _read(source) as there, closing(sqlite3.connect(path)) as here, _broken_named(source.name):
            there.backup(here)
    except OSError as error:
        fact = msg("{name} cannot be read: {error}", name=source.name, error=system_text(error))
        raise FileTrouble(fact) from error


@contextmanager
def _read(source: Path) -> Generator[sqlite3.Connection]:
    source.open("rb").close()  # says what is wrong with a path better than SQLite does
    has_log = source.with_name(f"{source.name}-wal").exists()
    how = "mode=ro" if has_log else "mode=ro&immutable=1"  # a file by itself may lie where nothing is written
    with closing(sqlite3.connect(uri_of(source.absolute(), how), uri=True)) as connection:
        yield connection


def _checked(path: Path, name: str, store: LedgerStore) -> Position:
    """Return the position of a whole read model of this very ledger and version; raises ViewsNotTaken."""
    with _broken_named(name), closing(sqlite3.connect(path)) as views:
        (version,) = views.execute("PRAGMA user_version").fetchone()
        (verdict,) = views.execute("PRAGMA integrity_check(1)").fetchone()
        made = set(views.execute(_MADE).fetchall())
    if verdict != "ok" or version == 0:
        raise _broken(name)
    if version > SCHEMA_VERSION:
        newer = msg("{name} is a read model of a newer version of the program", name=name)
        raise ViewsNotTaken(newer, hint=_SAME_PROGRAM)
    if version != SCHEMA_VERSION or made != _as_made():
        other = msg("{name} is no read model of this version of the program", name=name)
        raise ViewsNotTaken(other, hint=_SAME_PROGRAM)
    position, length = _position(path, name), store.length()
    if position.events > length:
        ahead = msg(
            "{name} stands for {events} events, and this log has {length}",
            name=name,
            events=position.events,
            length=length,
        )
        hint = Hint("a copy of the log that is behind catches up; then take the file again")
        raise ViewsNotTaken(ahead, hint=hint)
    if not is_of(position, store):
        raise ViewsNotTaken(msg("{name} is of another ledger: its last event is not in this log", name=name))
    return position


def _as_made() -> set[tuple[str, str]]:
    """Return name and statement of everything in a file of this version."""
    from projections.read_models.schema import create_indexes, create_tables  # noqa: PLC0415 - it brings SQLAlchemy

    with closing(sqlite3.connect(":memory:")) as views:
        create_tables(views)
        create_indexes(views)
        return set(views.execute(_MADE).fetchall())


def _position(path: Path, name: str) -> Position:
    with _broken_named(name):
        position = position_in(path)
    if position is None or position.events < 1:
        raise _broken(name)
    return position


@contextmanager
def _broken_named(name: str) -> Generator[None]:
    """Raise ViewsNotTaken for what SQLite calls damaged; what the disk does passes through."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _DAMAGED:
            raise
        raise _broken(name) from error


def _broken(name: str) -> ViewsNotTaken:
    return ViewsNotTaken(msg("{name} is damaged, or no read model", name=name))
