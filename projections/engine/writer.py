"""Writing: the rows of sessions into the tables of the read models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ledger.store.event_store import LedgerStore
from projections.inputs.session_snapshot import SessionSnapshot
from projections.inputs.state import Inputs
from projections.read_models import billing, deletions, sessions
from projections.views import Views

ROWS_A_STATEMENT = 50
ROWS: dict[str, Callable[[SessionSnapshot, Inputs], tuple[Any, ...] | None]] = {
    sessions.NAME: sessions.row,
    billing.NAME: billing.row,
    deletions.NAME: deletions.row,
}
"""By table, the function that makes a session's row; None where the session has none."""
NAMES = tuple(ROWS)


def write(views: Views, inputs: Inputs, snapshots: Sequence[SessionSnapshot], names: Sequence[str]) -> None:
    """Replace the rows of these sessions; delete the row of a session that has none any more."""
    for name in names:
        row_of = ROWS[name]
        rows = [row_of(snapshot, inputs) for snapshot in snapshots]
        present = [row for row in rows if row is not None]
        _insert(views, name, present)
        if len(present) < len(rows):
            absent = [(s.number,) for s, row in zip(snapshots, rows, strict=True) if row is None]
            views.executemany(f"DELETE FROM {name} WHERE number = ?", absent)


def _insert(views: Views, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert or replace rows, many in a statement: SQLite then seeks the first of them only."""
    if not rows:
        return
    values = f"({','.join('?' * len(rows[0]))})"
    one = f"INSERT OR REPLACE INTO {name} VALUES {values}"
    fifty = one + f",{values}" * (ROWS_A_STATEMENT - 1)
    many = len(rows) - len(rows) % ROWS_A_STATEMENT
    for start in range(0, many, ROWS_A_STATEMENT):
        views.execute(fifty, list(chain.from_iterable(rows[start : start + ROWS_A_STATEMENT])))
    views.executemany(one, rows[many:])


def track(views: Views, inputs: Inputs, store: LedgerStore) -> None:
    """Store the position of the rows, and the merges up to it."""
    place = (inputs.position, store.leaf_hash_at(inputs.position - 1))
    views.executemany("INSERT OR REPLACE INTO tracking VALUES (?, ?, ?)", [(name, *place) for name in NAMES])
    views.executemany("INSERT OR REPLACE INTO merges VALUES (?, ?)", inputs.customers.merges.items())


def merges(views: Views) -> dict[str, str]:
    """Return the merged customers: code, and the code they were merged into."""
    return dict(views.execute('SELECT customer, "into" FROM merges').fetchall())
