"""Rows of sessions.csv: typed, and added up to sessions."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.imports.columns import Problems, TableRecord
from ledger.imports.session_gather import one_session
from ledger.imports.session_rows import ImportedSession, SessionRow, parsers, read_row
from ledger.imports.table_reader import Sheet
from tests.support.given import minutes

CELLS = {
    "session_ref": "2026/11/A-1",
    "customer": "K-1",
    "issue": "inne",
    "connected_at": "16.11.2026 10:00",
}


def read(**cells: str) -> tuple[SessionRow | None, list[tuple[str, str]]]:
    """The typed row of good cells with some changed, and what is wrong with it: column and code."""
    problems = Problems(Sheet("sessions.csv", [], []))
    record = TableRecord(2, {key: text for key, text in (CELLS | cells).items() if text})
    found = read_row(record, problems, parsers(problems))
    return found, [(problem.column, problem.code) for problem in problems.found]


def added_up(*rows: SessionRow) -> tuple[ImportedSession, list[tuple[int, str, str]]]:
    """The session of rows, and what is wrong with them together: line, column and code."""
    problems = Problems(Sheet("sessions.csv", [], []))
    session, _ = one_session(rows, problems)
    return session, [(problem.line, problem.column, problem.code) for problem in problems.found]


def row(line: int, begins: int, closes: int | None, **more: object) -> SessionRow:
    closed_at = None if closes is None else minutes(closes)
    return SessionRow(line, "A-1", "K-1", "other", minutes(begins), closed_at)._replace(**more)  # type: ignore[arg-type] # as a test gives it


def test_a_row_is_read_with_polish_dates_and_words() -> None:
    found, wrong = read(
        ended_at="16.11.2026 10:20", channel="Telefon", ended_by="klient", remote_id="123 456 789"
    )
    assert wrong == []
    assert found == SessionRow(
        2,
        "2026/11/A-1",
        "K-1",
        "other",
        minutes(0),
        minutes(20),
        channel="phone",
        ended_by="customer",
        remote_id="123456789",
    )


def test_a_reference_of_digits_alone_is_taken() -> None:
    """`ref:1017` names it where 1017 would be a session's number."""
    found, wrong = read(session_ref="1017")
    assert wrong == []
    assert found is not None
    assert found.session_ref == "1017"


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("session_ref", "Jan Nowak", "E-KEY-PERSONAL"),
        ("session_ref", "600700800", "E-KEY-PERSONAL"),
        ("customer", "jan@example.pl", "E-KEY-PERSONAL"),
        ("technician", "52602502745", "E-KEY-PERSONAL"),
        ("order_ref", "x" * 129, "E-KEY"),
        ("issue", "sprzęt?", "E-IMPORT-CELL"),
        ("channel", "fax", "E-IMPORT-CELL"),
        ("ended_by", "kot", "E-IMPORT-CELL"),
        ("remote_id", "12x", "E-IMPORT-CELL"),
        ("billed_as", "jan@example.pl", "E-IMPORT-CELL"),
        ("billed_as", "F" * 129, "E-IMPORT-CELL"),
        *(
            ("billed_as", word, "E-IMPORT-CELL")
            for word in ("-", "–", "brak", "n/d", "0", "000", "nie", "?", "do wystawienia", "=A1", "FV")
        ),
        ("connected_at", "Jan Nowak", "E-INSTANT"),
        ("purged_at", "31.11.2026 10:00", "E-INSTANT"),
        ("ended_at", "2026-03-29 02:30", "E-INSTANT-SKIPPED"),
        ("requested_at", "2026-10-25 02:30", "E-INSTANT-AMBIGUOUS"),
        ("ended_at", "16.11.2026 09:59", "E-TIME-ORDER"),
        ("connected_at", "now", "E-INSTANT"),
        ("connected_at", "0202-11-16 10:00", "E-INSTANT"),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_its_column(column: str, text: str, code: str) -> None:
    assert read(**{column: text}) == (None, [(column, code)])


def test_a_cell_that_is_no_moment_is_not_repeated() -> None:
    """It may be a name that slipped into the wrong column."""
    problems = Problems(Sheet("sessions.csv", [], []))
    read_row(TableRecord(2, CELLS | {"connected_at": "Jan Nowak"}), problems, parsers(problems))
    assert "Nowak" not in problems.found[0].fact


def test_an_old_document_may_have_a_long_number() -> None:
    found, wrong = read(billed_as="FV 2023110001")
    assert (wrong, found and found.billed_as) == ([], "FV 2023110001")


def test_everything_wrong_with_a_row_is_told() -> None:
    found, wrong = read(issue="?", connected_at="?", channel="?")
    assert found is None
    assert [column for column, _ in wrong] == ["issue", "connected_at", "channel"]


def test_rows_are_put_in_order_of_time_and_the_last_end_ends_the_session() -> None:
    session, wrong = added_up(row(2, 30, 50, ended_by="customer"), row(3, 0, 20, ended_by="link-lost"))
    assert wrong == []
    assert [stretch.connected_at for stretch in session.stretches] == [minutes(0), minutes(30)]
    assert (session.ended_at, session.ended_by) == (minutes(50), "customer")


def test_what_only_one_row_tells_holds_for_the_session() -> None:
    session, wrong = added_up(row(2, 0, 20), row(3, 30, 50, purged_at=minutes(60), remote_id="123"))
    assert (wrong, session.purged_at, session.remote_id) == ([], minutes(60), "123")


def test_identical_rows_are_one() -> None:
    problems = Problems(Sheet("sessions.csv", [], []))
    session, identical = one_session([row(2, 0, 20), row(3, 0, 20), row(4, 0, 21)], problems)
    assert (len(session.rows), identical) == (2, 1)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([row(2, 0, 20), row(3, 30, 50, customer="K-2")], (3, "customer", "E-IMPORT-CONFLICT")),
        ([row(2, 0, 20), row(3, 30, 50, issue="test")], (3, "issue", "E-IMPORT-CONFLICT")),
        (
            [row(2, 0, 20, remote_id="1"), row(3, 30, 50, remote_id="2")],
            (3, "remote_id", "E-IMPORT-CONFLICT"),
        ),
        ([row(2, 0, 20, requested_at=minutes(1))], (2, "requested_at", "E-TIME-ORDER")),
        ([row(2, 0, None, purged_at=minutes(1))], (2, "purged_at", "E-TIME-ORDER")),
        ([row(2, 0, 9), row(3, 20, None, billed_as="F/1")], (2, "billed_as", "E-TIME-ORDER")),
        (
            [row(2, 0, 20, technician="a"), row(3, 10, 30, technician="a")],
            (2, "connected_at", "E-TECHNICIAN-CONNECTED"),
        ),
        (
            [row(2, 0, None, technician="a"), row(3, 10, 30, technician="a")],
            (2, "connected_at", "E-TECHNICIAN-CONNECTED"),
        ),
    ],
)
def test_rows_that_cannot_be_one_session_are_named(
    rows: list[SessionRow], wrong: tuple[int, str, str]
) -> None:
    assert added_up(*rows)[1] == [wrong]


@pytest.mark.parametrize("technicians", [(None, None), ("a", None), ("a", "b")])
def test_connections_of_two_people_or_of_nobody_known_may_overlap(
    technicians: tuple[str | None, str | None],
) -> None:
    first, second = technicians
    assert added_up(row(2, 0, 20, technician=first), row(3, 10, 30, technician=second))[1] == []


def test_a_technician_may_connect_again_at_the_very_end_of_the_last_connection() -> None:
    assert added_up(row(2, 0, 20, technician="a"), row(3, 20, 30, technician="a"))[1] == []


def test_instants_are_office_time_without_an_offset() -> None:
    found, _ = read(connected_at="2026-11-16T10:00:00+01:00")
    assert found is not None
    assert found.connected_at == minutes(0) == datetime.fromisoformat("2026-11-16T09:00:00+00:00")


@pytest.mark.parametrize("text", ["7", "FV 12/2025", "paragon 4", "F/1", "A0001"])
def test_number_of_a_document_holds_a_digit(text: str) -> None:
    found, wrong = read(billed_as=text)
    assert found is not None
    assert (found.billed_as, wrong) == (text, [])
