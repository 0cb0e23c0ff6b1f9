"""Writing: the rows of sessions into the tables of the read models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ledger.store.event_store import LedgerStore
from projections.inputs.life import Life
from projections.inputs.state import Inputs
from projections.read_models import billing, deletions, sessions
from projections.views import Views

ROWS: dict[str, Callable[[Life, Inputs], tuple[Any, ...] | None]] = {
    sessions.NAME: sessions.row,
    billing.NAME: billing.row,
    deletions.NAME: deletions.row,
}
"""By table, the function that makes a session's row; None where the session has none."""
NAMES = tuple(ROWS)


def write(views: Views, inputs: Inputs, lives: Sequence[Life], names: Sequence[str]) -> None:
    """Replace the rows of these sessions; delete the row of a session that has none any more."""
    for name in names:
        row_of = ROWS[name]
        rows = [row_of(life, inputs) for life in lives]
        present = [row for row in rows if row is not None]
        if present:
            values = ",".join("?" * len(present[0]))
            views.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({values})", present)
        if len(present) < len(rows):
            absent = [(life.number,) for life, row in zip(lives, rows, strict=True) if row is None]
            views.executemany(f"DELETE FROM {name} WHERE number = ?", absent)


def track(views: Views, inputs: Inputs, store: LedgerStore) -> None:
    """Store the position of the rows, and the merges up to it."""
    place = (inputs.position, store.leaf_hash_at(inputs.position - 1))
    views.executemany("INSERT OR REPLACE INTO tracking VALUES (?, ?, ?)", [(name, *place) for name in NAMES])
    views.executemany("INSERT OR REPLACE INTO merges VALUES (?, ?)", inputs.customers.merges.items())


def merges(views: Views) -> dict[str, str]:
    """Return the merged customers: code, and the code they were merged into."""
    return dict(views.execute('SELECT customer, "into" FROM merges').fetchall())
