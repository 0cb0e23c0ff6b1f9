"""The rows of a page of sessions, put into the tables of the read models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, select

from ledger.store.ledger_store import LedgerStore
from projections import billing, deletions, sessions
from projections.fold import Fold, Touched
from projections.tables import PROJECTIONS, merges, tracking
from projections.tables import sessions as session_rows
from projections.tracked import Tracked

ROWS_A_STATEMENT = 50
READ_AGAIN = 5_000
"""So many sessions are read again, and their rows written, at a time."""
ROWS: dict[str, Callable[[Tracked, Fold], tuple[Any, ...] | None]] = {
    sessions.NAME: sessions.row,
    billing.NAME: billing.row,
    deletions.NAME: deletions.row,
}
"""Table: the row of a session in it, None where it has none."""
NAMES = tuple(ROWS)
_INSERT = {
    table.name: f"INSERT OR REPLACE INTO {table.name} VALUES ({','.join('?' * len(table.columns))})"  # noqa: S608 - a table of ours
    for table in PROJECTIONS
}
_INSERT_MANY = {
    table.name: _INSERT[table.name] + f",({','.join('?' * len(table.columns))})" * (ROWS_A_STATEMENT - 1)
    for table in PROJECTIONS
}
_DELETE = {
    table.name: f"DELETE FROM {table.name} WHERE number = ?"  # noqa: S608 - a table of ours
    for table in PROJECTIONS
}


def write(views: Connection, fold: Fold, touched: Iterable[Tracked], names: Sequence[str]) -> None:
    """Put the rows of these sessions in place; a session that has none any more loses it."""
    changed = list(touched)
    # The driver's own: SQLAlchemy would look at every parameter of every row.
    driver: Any = views.connection.driver_connection
    for name in names:
        row_of = ROWS[name]
        present: list[tuple[Any, ...]] = []
        absent: list[tuple[int]] = []
        for tracked in changed:
            row = row_of(tracked, fold)
            if row is None:
                absent.append((tracked.number,))
            else:
                present.append(row)
        _insert(driver, name, present)
        if absent:
            driver.executemany(_DELETE[name], absent)


def _insert(driver: Any, name: str, rows: list[tuple[Any, ...]]) -> None:  # noqa: ANN401 - the driver's connection
    """Put rows in place, many in a statement: SQLite looks for the place of the first alone."""
    many = len(rows) - len(rows) % ROWS_A_STATEMENT
    for start in range(0, many, ROWS_A_STATEMENT):
        page = rows[start : start + ROWS_A_STATEMENT]
        driver.execute(_INSERT_MANY[name], list(chain.from_iterable(page)))
    driver.executemany(_INSERT[name], rows[many:])


def write_again(views: Connection, fold: Fold, touched: Touched, names: Sequence[str]) -> None:
    """Rate the recorded sessions of the touched customers again, from the sessions' own streams."""
    for streams in streams_of(views, fold, touched):
        for start in range(0, len(streams), READ_AGAIN):
            page = streams[start : start + READ_AGAIN]
            write(views, fold, [fold.read(stream, fold.position) for stream in page], names)


def streams_of(views: Connection, fold: Fold, touched: Touched) -> Iterator[list[bytes]]:
    """The streams of every recorded session that the touched customers, or the book, make look different."""
    query = select(session_rows.c.stream)
    if touched.everyone:
        yield list(views.execute(query).scalars())
        return
    for root in sorted({fold.root(code) for code in touched.customers}):
        of_customer = query.where(session_rows.c.customer.in_(fold.buyers.members(root)))
        yield list(views.execute(of_customer).scalars())


def track(views: Connection, fold: Fold, store: LedgerStore) -> None:
    """Write down how many events the rows stand for, and the merges among them."""
    place = {"position": fold.position, "leaf_hash": store.leaf_hash_at(fold.position - 1)}
    views.execute(tracking.delete())
    views.execute(tracking.insert(), [{"projection": name, **place} for name in NAMES])
    known = {row.customer: row.into for row in views.execute(select(merges))}
    changed = {c: i for c, i in fold.buyers.merges.items() if known.get(c) != i}
    if changed:
        views.execute(merges.delete().where(merges.c.customer.in_(changed)))
        views.execute(merges.insert(), [{"customer": c, "into": i} for c, i in changed.items()])
