"""A table on a terminal is never wider than it; what does not fit is named, and nothing is lost in a pipe."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.presentation.formats import table as format_table
from cli.presentation.formats.model import Column, Kind, Page, Report, Row, Table
from ledger.message import plain

KINDS: tuple[Kind, ...] = ("text", "integer", "grosze", "seconds", "boolean")
WORDS = st.lists(st.text(alphabet="ąęłżabc", min_size=1, max_size=20), max_size=3).map(" ".join)


def _cell(kind: Kind) -> st.SearchStrategy[str | int | None]:
    return st.none() | (WORDS if kind == "text" else st.integers(0, 10**7))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=18))
    columns = tuple(Column(f"c{at}", f"Kolumna{at}", kind) for at, kind in enumerate(kinds))
    rows: list[Row] = draw(st.lists(st.tuples(*map(_cell, kinds)), max_size=5))
    return Table("wide", plain("wide"), columns, rows)


def shown(table: Table, columns: int | None) -> str:
    out = io.BytesIO()
    format_table.write(Report("wide", plain("wide"), {}, (table,)), Page("pl", columns=columns), out)
    return re.sub(r"\x1b\[[\d;]*m", "", out.getvalue().decode())


@settings(deadline=None)  # the first one imports what draws
@given(tables(), st.sampled_from([80, 100]))
def test_no_line_is_wider_than_the_terminal(table: Table, columns: int) -> None:
    assert max(map(len, shown(table, columns).splitlines())) <= columns


@settings(deadline=None)  # the first one imports what draws
@given(tables(), st.sampled_from([80, 100]))
def test_every_column_that_says_something_is_shown_or_named(table: Table, columns: int) -> None:
    told = " ".join(shown(table, columns).split())
    rows = list(table.rows)
    for at, column in enumerate(table.columns):
        if any(row[at] is not None and row[at] != "" for row in rows):
            assert str(column.title) in told


@settings(deadline=None)  # the first one imports what draws
@given(tables(), st.sampled_from([80, 100]))
def test_no_word_and_no_amount_is_broken(table: Table, columns: int) -> None:
    """Given words that three columns have room for, then a terminal shows no part of one."""
    piped = set(shown(table, None).split())
    told = shown(table, columns).partition("bez kolumn")[0]
    assert set(told.replace("─", "").split()) <= piped


@pytest.mark.parametrize("columns", [80, 100])
def test_amounts_stay_whole_beside_a_folded_heading(columns: int) -> None:
    """Regression: a column of amounts was made narrower than they are, and `50,00` became `50,0`."""
    heads = ("Niezgodność", "Waga", "Rodzaj", "Sesja", "Szczegóły", "Różnica netto")
    kinds: tuple[Kind, ...] = ("text", "text", "text", "integer", "text", "grosze")
    cells = (
        "F2611-60b4c87787",
        "informacja",
        "kilka połączeń jednej sesji",
        15,
        "wpis o 4 minuty dłuższy",
        -20000,
    )
    columns_of = tuple(Column(f"c{at}", head, kinds[at]) for at, head in enumerate(heads))
    told = shown(Table("d", plain("d"), columns_of, [cells]), columns)
    assert "-200,00" in told.split()
    assert {"F2611-60b4c87787", "informacja", "połączeń", "dłuższy"} <= set(told.split())


def test_old_console_of_windows_cuts_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Regression: rich takes such a console for a column narrower, and cut that column off full rows."""
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: True)
    heads = ("Sesja", "Usługa", "Uwagi", "Netto")
    kinds: tuple[Kind, ...] = ("integer", "text", "text", "grosze")
    columns_of = tuple(
        Column(f"c{at}", head, kind) for at, (head, kind) in enumerate(zip(heads, kinds, strict=True))
    )
    rows: list[Row] = [(15, "a" * 30, "b" * 60, 1234567)]
    for columns in range(60, 120):
        told = shown(Table("d", plain("d"), columns_of, rows), columns)
        table, _, left_out = told.partition("bez kolumn")
        assert ("12345,67" in table.split()) != ("Netto" in left_out), columns


@pytest.mark.parametrize("columns", [80, 100, None])
def test_a_deletion_of_the_month_reads_on_one_line(columns: int | None) -> None:
    """Given a table of two hundred characters, then a terminal shows what it is about, and names the rest."""
    heads = ("Sesja", "Numer własny", "Klient", "Zakończono", "Usunięto", "Po", "Ocena", "Dowód", "Zapisano")
    cells = ("1", "2026/11/A-01", "K-002", "02.11.2026 10:47:00", "02.11.2026 10:51:00", "0:04:00")
    row: Row = (*cells, "w terminie", "oświadczenie", "01.12.2026 09:00:00")
    table = Table("d", plain("d"), tuple(Column(f"c{at}", head) for at, head in enumerate(heads)), [row])
    told = shown(table, columns)
    assert ("bez kolumn" in told) == (columns is not None)
    assert "K-002" in told
