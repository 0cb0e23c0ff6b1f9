"""A long table in pieces that `?after=` turns over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cli.desk.fields import whole_number
from cli.presentation.formats.model import Table

ROWS_MAX = 100
"""So many rows make a piece: a page of them weighs less than 60 KB."""


class Piece(NamedTuple):
    """Some rows of a table, where those that follow are, and how many."""

    table: Table
    following: str | None
    left: int


def piece_of(table: Table, query: Mapping[str, str]) -> Piece:
    """Return the rows of a table that a page was asked for."""
    rows = list(table.rows)
    first = max(0, whole_number(query.get("after", "")) or 0)
    last = first + ROWS_MAX
    following = f"?table={table.name}&after={last}" if last < len(rows) else None
    shown = Table(table.name, table.title, table.columns, rows[first:last])
    return Piece(shown, following, max(0, len(rows) - last))
