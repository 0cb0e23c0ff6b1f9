"""The live read model, caught up with the log: the one way to read it and to change it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ledger.domain.customer import live_code
from ledger.errors import StoreBusy, ViewsDamaged
from ledger.folder.atomic_write import temporary_folder
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import is_read_only
from projections.engine.blocks import SESSIONS_AT_A_TIME, Progress
from projections.engine.replay import Replayed, build, check_all_read, no_progress, rebuild
from projections.engine.writer import NAMES, merges, track, write
from projections.inputs.state import Inputs, Touched
from projections.read_models import billing
from projections.views import NAMES_IN_FILE, SCHEMA_VERSION, Views, alone, live_file, next_file, opened

if TYPE_CHECKING:
    from ledger.folder.workers import Workers

Answer = TypeVar("Answer")
_PRIMARY_CODE = 0xFF
# Of several connections the one that decides may be another than the first that the row tells.
_CONNECTED_SINCE = """\
SELECT number FROM sessions WHERE customer = ? AND (connected_at >= ? OR stretches IS NOT NULL)"""
EVENTS_AT_A_TIME = 20_000
"""Events caught up with in one transaction."""
MANY_EVENTS = 50_000
"""From here on a replay is faster than catching up, where they are most of the history."""


class Position(NamedTuple):
    """How far a read model is: the number of events read, and the hash of the last one."""

    events: int
    leaf_hash: bytes


Deriving = Callable[[int], AbstractContextManager[Progress]]
"""Shows how many of a number of events are done while read models are derived from them."""


def unseen(_events: int) -> AbstractContextManager[Progress]:
    """Show nothing of a derivation."""
    return nullcontext(no_progress)


# --- reading ----------------------------------------------------------------------------------


@contextmanager
def current(folder: Path, store: LedgerStore, deriving: Deriving = unseen) -> Generator[Views]:
    """Yield the live read model, caught up; one that is missing or of another history is derived again."""
    if is_read_only(folder):  # nothing can be caught up there: derived aside, and thrown away
        with as_of(store, store.length()) as views:
            yield views
        return
    with _refusals(), ExitStack() as held:
        found = _caught_up(held, live_file(folder), store)
        if found is None:
            held.close()
            found = held.enter_context(opened(_derived(folder, store, deriving)))
        with found.transaction():
            yield found


def _derived(folder: Path, store: LedgerStore, deriving: Deriving) -> Path:
    """Derive the live read model again, unless another process has."""
    with alone(folder):
        live = _current_file(folder, store)
        if live is None:
            with deriving(store.length()) as progress:
                live = rebuild(folder, store, live_file(folder), progress=progress).file
    return live


@contextmanager
def _refusals() -> Generator[None]:
    """Raise ViewsDamaged for what SQLite finds wrong with the live read model while it is read."""
    try:
        yield
    except sqlite3.IntegrityError:  # of the event store: a reader may record, too
        raise
    except sqlite3.DatabaseError as error:
        raise ViewsDamaged(msg("a read model is damaged")) from error


def _current_file(folder: Path, store: LedgerStore) -> Path | None:
    """Return the live read model, caught up; None when it must be derived again."""
    live = live_file(folder)
    with ExitStack() as held:
        return None if _caught_up(held, live, store) is None else live


@contextmanager
def as_of(store: LedgerStore, position: int) -> Generator[Views]:
    """Yield a temporary read model of the first `position` events."""
    with temporary_folder() as folder:
        path = next_file(folder)
        build(path, store, position)
        with opened(path) as views, views.transaction():
            yield views


def inputs_at(views: Views, store: LedgerStore, position: int) -> Inputs:
    """Return the inputs of rows at a position, to read single sessions and customers with."""
    return Inputs(store, position, merges(views))


def root_of(views: Views, code: str) -> str:
    """Return the code under which a customer's sessions count in these rows."""
    return live_code(merges(views), code)


# --- replay -----------------------------------------------------------------------------------


def replay(
    folder: Path,
    store: LedgerStore,
    *,
    only: str | None = None,
    progress: Progress = no_progress,
    workers: Workers | None = None,
) -> Replayed:
    """Derive the read models from the first event beside the live ones, then swap; one at a time.

    `only` names one projection to derive; the others are copied from the live file, caught up first.
    `workers` are other machines that derive all of them.
    """
    with alone(folder):
        live = _current_file(folder, store) if only is not None else live_file(folder)
        return rebuild(folder, store, live, only=only, progress=progress, workers=workers)


# --- catching up ------------------------------------------------------------------------------


def _caught_up(held: ExitStack, path: Path | None, store: LedgerStore) -> Views | None:
    """Open a read model and read on to the last event; None when it must be derived again."""
    if path is None:
        return None
    try:
        views = held.enter_context(opened(path))
        while True:
            position = _position(views)
            if position is None or not is_of(position, store):
                return None
            length = store.length()
            if position.events == length:
                return views
            if length - position.events > max(MANY_EVENTS, position.events):
                return None
            advance(views, store, position)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_BUSY:
            raise StoreBusy(msg("another process is writing to {name}", name=path.name)) from error
        return None


def read_before(
    folder: Path, store: LedgerStore, position: int, read: Callable[[Views], Answer]
) -> Answer | None:
    """Read the live read model at a past position; None where it is beyond, or cannot be brought there."""
    live = None if is_read_only(folder) else live_file(folder)
    try:
        with opened(live) if live is not None else nullcontext() as views:
            found = None if views is None else _position(views)
            if views is None or found is None or found.events > position or not is_of(found, store):
                return None
            if position - found.events > max(MANY_EVENTS, found.events):
                return None
            advance(views, store, found, position)
            with views.transaction():
                return read(views) if position_of(views) == position else None
    except sqlite3.DatabaseError:  # whoever reads it next says what is wrong
        return None


def position_of(views: Views) -> int:
    """Return the number of events behind the rows that this connection reads."""
    (position,) = views.execute("SELECT position FROM tracking LIMIT 1").fetchone()
    return int(position)


def position_in(path: Path) -> Position | None:
    """Return the position of a read model; None for one of another schema, or incomplete."""
    with opened(path) as views:
        return _position(views)


def _position(views: Views) -> Position | None:
    with views.transaction():
        if views.execute("PRAGMA user_version").fetchone() != (SCHEMA_VERSION,):
            return None
        there = views.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        if {name for (name,) in there} != NAMES_IN_FILE:
            return None
        found = views.execute("SELECT DISTINCT position, leaf_hash FROM tracking").fetchall()
    return Position(*found[0]) if len(found) == 1 else None


def is_of(position: Position, store: LedgerStore) -> bool:
    """Return True if a read model at this position was derived from a beginning of this very log."""
    return position.events <= store.length() and store.leaf_hash_at(position.events - 1) == position.leaf_hash


def advance(views: Views, store: LedgerStore, position: Position, until: int | None = None) -> None:
    """Read on to a position, or to the last event, rows and position in one transaction.

    Stops if another process was faster.
    """
    views.execute("PRAGMA cache_size=-24576")  # 24 MiB: a customer's rows are spread over the whole index
    inputs, length = inputs_at(views, store, position.events), store.length() if until is None else until
    while inputs.position < length:
        with views.transaction(write=True):
            if position_of(views) != inputs.position:
                return
            _go_on(views, inputs, min(inputs.position + EVENTS_AT_A_TIME, length))


def _go_on(views: Views, inputs: Inputs, until: int) -> None:
    after, store = inputs.position, inputs.store
    numbers = store.sessions_between(after, until)
    touched, count = inputs.take(until)
    check_all_read(store, after, until, count + sum(numbers.values()))
    whole = numbers.keys() | _recounted(views, inputs, touched)
    for concerned, names in ((whole, NAMES), (_repriced(views, inputs, touched) - whole, (billing.NAME,))):
        ordered = sorted(concerned)
        for start in range(0, len(ordered), SESSIONS_AT_A_TIME):
            write(views, inputs, inputs.lives(ordered[start : start + SESSIONS_AT_A_TIME]), names)
    track(views, inputs, store)


def _recounted(views: Views, inputs: Inputs, touched: Touched) -> set[int]:
    """Return the recorded sessions of everyone, or of the customers that others were merged into."""
    if touched.everyone:
        return {number for (number,) in views.execute("SELECT number FROM sessions")}
    codes = {code for each in touched.merged for code in inputs.customers.members(inputs.root(each))}
    found = (views.execute("SELECT number FROM sessions WHERE customer = ?", (code,)) for code in codes)
    return {number for rows in found for (number,) in rows}


def _repriced(views: Views, inputs: Inputs, touched: Touched) -> set[int]:
    """Return the recorded sessions whose amount may be another one by what their customer bought."""
    found: set[int] = set()
    for each, since_us in touched.repriced.items():
        for code in inputs.customers.members(inputs.root(each)):
            found.update(number for (number,) in views.execute(_CONNECTED_SINCE, (code, since_us)))
    return found
