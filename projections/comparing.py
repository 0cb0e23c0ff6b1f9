"""The live read model held against a replay, row by row, without writing a second one.

Every session's rows are computed as the fold passes it and held against the live ones. A row that differs
may only not be the last word yet: those sessions, and all that a later purchase or price list touched, are
read once more from their own streams at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from ledger.store.ledger_store import LedgerStore
from ledger.store.reading import PAGE_SIZE
from projections.fold import Fold, Touched
from projections.rows import READ_AGAIN, ROWS, streams_of
from projections.tables import PROJECTIONS, merges
from projections.tracked import Tracked


class Different(NamedTuple):
    """A row of a table that says something else than the events, or is one too many or too few."""

    table: str
    key: int | str


def differences(views: Connection, store: LedgerStore, position: int) -> Iterator[Different]:
    """What of the live rows is not what the first `position` events say, by table and key."""
    fold, seen, suspects = Fold(store, 0, 0, {}), Touched(), dict[bytes, None]()
    for rows in store.pages(0, position, PAGE_SIZE):
        touched = fold.take(rows)
        suspects.update(dict.fromkeys(_differing(views, fold, list(touched.sessions.values()))))
        seen.customers |= touched.customers
        seen.everyone |= touched.everyone and fold.sessions_seen > 0
        fold.forget()
    for streams in streams_of(views, fold, seen):
        suspects.update(dict.fromkeys(streams))
    found = set(_looked_at_again(views, fold, list(suspects)))
    for table in PROJECTIONS:
        beyond = select(table.c.number).where(~table.c.number.between(1, fold.sessions_seen))
        found.update(Different(table.name, number) for number in views.execute(beyond).scalars())
    live = {row.customer: row.into for row in views.execute(select(merges))}
    told = fold.buyers.merges
    found.update(
        Different(merges.name, code) for code in live.keys() | told.keys() if live.get(code) != told.get(code)
    )
    return iter(sorted(found, key=lambda each: (_ORDER[each.table], str(each.key).zfill(20))))


_ORDER = {table.name: place for place, table in enumerate((*PROJECTIONS, merges))}


def _differing(views: Connection, fold: Fold, sessions: list[Tracked]) -> Iterator[bytes]:
    """The streams of those sessions whose live rows are not what the fold says now."""
    sessions.sort(key=attrgetter("number"))
    for table in PROJECTIONS:
        row_of = ROWS[table.name]
        told = [row_of(tracked, fold) for tracked in sessions]
        live = _live(views, table, sessions)
        if [row for row in told if row is not None] == live:
            continue  # as a rule; compared all at once
        by_number = {row[0]: row for row in live}
        for tracked, row in zip(sessions, told, strict=True):
            if row != by_number.get(tracked.number):
                yield tracked.stream


def _looked_at_again(views: Connection, fold: Fold, streams: Sequence[bytes]) -> Iterator[Different]:
    """The rows of these sessions that differ, read from their own streams as they ended."""
    for start in range(0, len(streams), READ_AGAIN):
        sessions = [fold.read(stream, fold.position) for stream in streams[start : start + READ_AGAIN]]
        for table in PROJECTIONS:
            live = {row[0]: row for row in _live(views, table, sessions)}
            for tracked in sessions:
                if ROWS[table.name](tracked, fold) != live.get(tracked.number):
                    yield Different(table.name, tracked.number)


def _live(views: Connection, table: Table, sessions: Sequence[Tracked]) -> list[tuple[Any, ...]]:
    """The live rows of these sessions, as the driver gives them, in the table's order."""
    numbers = [tracked.number for tracked in sessions]
    if not numbers:
        return []
    driver: Any = views.connection.driver_connection
    first, last = min(numbers), max(numbers)
    if last - first + 1 == len(numbers):  # as in a log that was just written
        query = f"SELECT * FROM {table.name} WHERE number BETWEEN ? AND ? ORDER BY number"
        return list(driver.execute(query, (first, last)))
    query = f"SELECT * FROM {table.name} WHERE number = ?"
    found = (driver.execute(query, (number,)).fetchone() for number in numbers)
    return [row for row in found if row is not None]
