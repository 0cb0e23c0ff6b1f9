"""Rows put together to sessions, wherever they stand in a file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.session_gather import SessionRows
from ledger.imports.session_rows import SessionRow
from tests.support.given import minutes

references = st.sampled_from([f"A-{number}" for number in range(6)])


def kept(rows: list[SessionRow]) -> SessionRows:
    """Rows in a table so small that many references are taken for seen."""
    found = SessionRows(1)
    for row in rows:
        found.add(row)
    return found


def row(line: int, reference: str, **more: object) -> SessionRow:
    return SessionRow(line, reference, "K-1", "other", minutes(line))._replace(**more)  # type: ignore[arg-type] # as a test gives it


@given(st.lists(references, max_size=40), st.sets(references, max_size=2))
def test_sessions_come_in_the_order_of_their_first_rows_with_all_of_theirs(
    told: list[str], broken: set[str]
) -> None:
    """Given rows of some sessions in any order, then each session comes once, whole, but the broken ones."""
    rows = [row(line, reference) for line, reference in enumerate(told, start=2)]
    expected = [
        [each for each in rows if each.session_ref == reference]
        for reference in dict.fromkeys(told)
        if reference not in broken
    ]
    found = kept(rows)
    for _ in range(2):
        assert list(found.together(broken)) == expected


def test_many_sessions_of_two_rows_far_apart_come_whole() -> None:
    """Given five thousand references twice, so that packed blocks lie between both rows."""
    rows = [row(line, f"A-{line % 5_000}") for line in range(10_000)]
    assert list(kept(rows).together()) == [[rows[n], rows[n + 5_000]] for n in range(5_000)]


def test_every_cell_of_a_row_is_kept() -> None:
    whole = SessionRow(
        7,
        "A-1",
        "K-1",
        "hardware",
        minutes(0),
        minutes(20),
        "anna",
        minutes(-5),
        "ZAM/1",
        "123456789",
        "phone",
        "link-lost",
        minutes(30),
        "FV/1",
        12_345,
    )
    assert list(kept([whole, row(8, "A-1")]).together()) == [[whole, row(8, "A-1")]]
