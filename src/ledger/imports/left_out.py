"""Rows of an office's sheet that are no records: titles, sums, headings that a page repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from ledger.imports.layout import normal

Why = Literal["title", "total", "headings"]

_TOTAL_WORDS = frozenset(
    {
        *("razem", "suma", "sumy", "ogolem", "lacznie", "podsumowanie", "total", "totals", "sum", "subtotal"),
        *("saldo", "bilans", "przeniesienia", "przeniesieniu"),
    }
)
_CELLS_OF_A_TITLE = 1


class LeftOut(NamedTuple):
    """A row that is no record, why, and what stands in it."""

    line: int
    why: Why
    text: str


def why_left_out(
    cells: Sequence[str], named: Mapping[str, str], header: Sequence[str], required: Sequence[str]
) -> Why | None:
    """Return why a row is no record, or None when it may be one.

    Never left out is a row in which every required column is filled: it is read, or refused.
    """
    filled = [normal(cell) for cell in cells if cell]
    if [normal(cell) for cell in cells[: len(header)]] == list(header):
        return "headings"
    if all(name in named for name in required):
        return None
    words = {word for cell in filled for word in cell.split("_")}
    if words & _TOTAL_WORDS:
        return "total"
    return "title" if len(filled) == _CELLS_OF_A_TITLE and not any(_is_number(c) for c in filled) else None


_YEAR = re.compile(r"(?:199|20\d)\d", re.ASCII)


def _is_number(cell: str) -> bool:
    """Return whether a lone cell may be a number that lost its row; a year alone is a title."""
    return cell.replace("_", "").isdigit() and _YEAR.fullmatch(cell) is None
