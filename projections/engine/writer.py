"""The rows of sessions, put into the tables of the read models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ledger.store.event_store import LedgerStore
from projections.inputs.session_snapshot import Standing
from projections.inputs.state import Fold
from projections.read_models import billing, deletions, sessions
from projections.views import Views

ROWS_A_STATEMENT = 50
ROWS: dict[str, Callable[[Standing, Fold], tuple[Any, ...] | None]] = {
    sessions.NAME: sessions.row,
    billing.NAME: billing.row,
    deletions.NAME: deletions.row,
}
"""Table: the row of a session in it, None where it has none."""
NAMES = tuple(ROWS)


def write(views: Views, fold: Fold, standings: Sequence[Standing], names: Sequence[str]) -> None:
    """Put the rows of these sessions in place; a session that has none any more loses it."""
    for name in names:
        row_of = ROWS[name]
        rows = [row_of(standing, fold) for standing in standings]
        present = [row for row in rows if row is not None]
        _insert(views, name, present)
        if len(present) < len(rows):
            absent = [(s.number,) for s, row in zip(standings, rows, strict=True) if row is None]
            views.executemany(f"DELETE FROM {name} WHERE number = ?", absent)


def _insert(views: Views, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Put rows in place, many in a statement: SQLite looks for the place of the first alone."""
    if not rows:
        return
    values = f"({','.join('?' * len(rows[0]))})"
    one = f"INSERT OR REPLACE INTO {name} VALUES {values}"
    fifty = one + f",{values}" * (ROWS_A_STATEMENT - 1)
    many = len(rows) - len(rows) % ROWS_A_STATEMENT
    for start in range(0, many, ROWS_A_STATEMENT):
        views.execute(fifty, list(chain.from_iterable(rows[start : start + ROWS_A_STATEMENT])))
    views.executemany(one, rows[many:])


def track(views: Views, fold: Fold, store: LedgerStore) -> None:
    """Write down how many events the rows stand for, and the merges among them."""
    place = (fold.position, store.leaf_hash_at(fold.position - 1))
    views.executemany("INSERT OR REPLACE INTO tracking VALUES (?, ?, ?)", [(name, *place) for name in NAMES])
    views.executemany("INSERT OR REPLACE INTO merges VALUES (?, ?)", fold.buyers.merges.items())


def merges(views: Views) -> dict[str, str]:
    """The customers that turned out to be another: code, and the code they were merged into."""
    return dict(views.execute('SELECT customer, "into" FROM merges').fetchall())
