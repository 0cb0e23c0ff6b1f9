"""Tables in bulk: whole or not at all, again and again, whatever a spreadsheet makes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.office import Office

HEADER = "session_ref,customer,issue,connected_at,ended_at,technician,remote_id,purged_at,billed_as"
ONE = ("A-1", "K-1", "other", "2026-11-16 10:00", "2026-11-16 10:20", "anna", "123 456 789", "", "")
OPEN = ("A-2", "K-1", "other", "2026-11-16 12:00", "", "anna", "", "", "")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger")
    made.takes("customer", "customer,name", [("K-1", "Żaneta"), ("K-2", "Łukasz")])
    return made


def put(row: Sequence[str], **changed: str) -> tuple[str, ...]:
    """The row with some cells changed."""
    cells = dict(zip(HEADER.split(","), row, strict=True)) | changed
    return tuple(cells.values())


def counts(office: Office, *rows: Sequence[str]) -> tuple[int, int, int, int]:
    path = office.table("sessions.csv", HEADER, rows)
    answer = office.asks("session", "import", str(path))
    assert answer["read"] == answer["new"] + answer["extended"] + answer["unchanged"]
    return answer["read"], answer["new"], answer["extended"], answer["unchanged"]


def refused(office: Office, *rows: Sequence[str]) -> tuple[int, str]:
    """Exit status and messages of an import that must change nothing."""
    before = office.events()
    answer = office.run("session", "import", str(office.table("sessions.csv", HEADER, rows)))
    assert office.events() == before
    assert answer.status in (1, 2)
    return answer.status, answer.err


# --- again and again --------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing_and_says_so(office: Office) -> None:
    assert counts(office, ONE, OPEN) == (2, 2, 0, 0)
    before = office.events()
    assert counts(office, ONE, OPEN) == (2, 0, 0, 2)
    assert office.events() == before
    again = office.does("session", "import", str(office.folder.parent / "sessions.csv"))
    assert "nothing new" in again.err


def test_a_file_that_grew_extends_what_had_not_ended(office: Office) -> None:
    counts(office, ONE, OPEN)
    closed = put(OPEN, ended_at="2026-11-16 12:10")
    later = put(OPEN, connected_at="2026-11-16 12:30", ended_at="2026-11-16 12:50")
    assert counts(office, ONE, closed, later) == (3, 0, 2, 1)
    shown = office.asks("session", "show", "A-2")
    assert [c["disconnected_at"] for c in shown["connections"]] == [
        "2026-11-16T11:10:00Z",
        "2026-11-16T11:50:00Z",
    ]
    assert counts(office, ONE, closed, later) == (3, 0, 0, 3)


def test_an_ended_session_gains_its_deletion_and_its_old_invoice(office: Office) -> None:
    counts(office, ONE)
    assert counts(office, put(ONE, purged_at="2026-11-16 10:30", billed_as="F/12")) == (1, 0, 1, 0)
    found = office.asks("session", "show", "A-1")
    assert (found["state"], found["billed"]) == ("purged", "elsewhere:F/12")
    assert counts(office, put(ONE, purged_at="2026-11-16 10:30", billed_as="F/12")) == (1, 0, 0, 1)
    office.does("check")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ended_at", "2026-11-16 10:21"),
        ("connected_at", "2026-11-16 09:59"),
        ("customer", "K-2"),
        ("issue", "test"),
        ("remote_id", "123 456 780"),
    ],
)
def test_a_file_that_says_something_else_of_an_ended_session_is_a_conflict(
    office: Office, column: str, value: str
) -> None:
    counts(office, ONE)
    status, told = refused(office, put(ONE, **{column: value}))
    assert status == 1
    assert "sessions.csv:2: " in told
    assert "E-IMPORT-CONFLICT" in told


def test_a_connection_after_a_recorded_end_is_a_conflict(office: Office) -> None:
    counts(office, ONE)
    later = put(ONE, connected_at="2026-11-16 10:40", ended_at="2026-11-16 10:50")
    status, told = refused(office, ONE, later)
    assert (status, "after the recorded end" in told) == (1, True)


def test_a_session_that_was_corrected_does_not_turn_its_old_file_into_a_conflict(office: Office) -> None:
    counts(office, ONE)
    office.does("session", "correct", "A-1", "--ended-at", "2026-11-16 10:45", "--reason", "wrong-time")
    assert counts(office, ONE) == (1, 0, 0, 1)
    assert counts(office, put(ONE, ended_at="2026-11-16 10:45")) == (1, 0, 0, 1)


def test_identical_rows_are_one_and_rows_may_come_in_any_order(office: Office) -> None:
    later = put(ONE, connected_at="2026-11-16 10:40", ended_at="2026-11-16 10:50")
    assert counts(office, later, ONE, ONE) == (3, 2, 0, 1)
    assert len(office.asks("session", "show", "A-1")["connections"]) == 2


# --- bad lines --------------------------------------------------------------------------------


def test_every_bad_line_is_named_with_its_column_and_nothing_is_imported(office: Office) -> None:
    bad = [
        put(ONE, connected_at="2026-11-31 10:00"),
        put(ONE, session_ref="A-3", issue="sprzet?"),
        put(ONE, session_ref="A-4", connected_at="2026-03-29 02:30", ended_at="2026-03-29 04:00"),
        put(ONE, session_ref="A-5", connected_at="2026-10-25 02:30", ended_at="2026-10-25 04:00"),
        put(ONE, session_ref="600 700 800"),
    ]
    status, told = refused(office, OPEN, *bad)
    assert status == 2
    for line, column in ((3, "connected_at"), (4, "issue"), (5, "connected_at"), (6, "connected_at")):
        assert f"sessions.csv:{line}: {column}: " in told
    assert "sessions.csv:7: session_ref: " in told
    assert "600 700 800" not in told


def test_lines_that_only_rules_refuse_exit_with_1(office: Office) -> None:
    status, told = refused(
        office,
        put(ONE, customer="K-9"),
        put(ONE, session_ref="A-3", ended_at="2026-11-16 09:00"),
        put(OPEN, purged_at="2026-11-16 13:00"),
    )
    assert status == 1
    assert "sessions.csv:2: customer: there is no customer K-9 (E-CUSTOMER-UNKNOWN)" in told
    assert "sessions.csv:3: ended_at: " in told
    assert "sessions.csv:4: purged_at: " in told


def test_what_has_not_happened_is_taken_with_a_warning(office: Office) -> None:
    sessions = office.takes("session", HEADER, (ONE, put(OPEN, connected_at="2062-11-16 12:00")))
    told = "session.csv:3: connected_at: warning: 2062-11-16 12:00:00+01:00 lies ahead of the clock\n"
    assert told in sessions.err
    assert ":2:" not in sessions.err
    header = "customer,order_ref,purchased_at"
    bought = office.takes("purchase", header, [("K-1", "Z-1", "2062-11-01"), ("K-1", "Z-2", "2026-11-01")])
    assert "purchase.csv:2: purchased_at: warning: 2062-11-01 00:00:00+01:00 lies ahead" in bought.err
    assert ":3:" not in bought.err


@pytest.mark.parametrize(
    ("ended_at", "hours", "said"),
    [
        ("2026-11-19 18:00", 73, ", over 48 h: billed once confirmed\n"),
        ("2026-11-18 17:00:01", 49, ", over 48 h: billed once confirmed\n"),
        ("2026-11-18 17:00", 48, ", over 12 h\n"),
        ("2026-11-17 05:01", 13, ", over 12 h\n"),
        ("2026-11-17 05:00", 12, None),
    ],
)
def test_a_session_longer_than_help_lasts_is_taken_with_a_warning(
    office: Office, ended_at: str, hours: int, said: str | None
) -> None:
    rows = [put(ONE, connected_at="2026-11-16 17:00", ended_at=ended_at, purged_at="", billed_as="")]
    told = office.takes("session", HEADER, rows).err
    line = f"session.csv:2: ended_at: warning: {hours} started hours{said}"
    assert (line in told) is (said is not None)
    assert ("started hours" in told) is (said is not None)
    again = office.takes("session", HEADER, rows).err
    assert "started hours" not in again


def test_a_length_is_told_of_the_whole_session_and_of_one_that_grows(office: Office) -> None:
    first = put(ONE, connected_at="2026-11-16 17:00", ended_at="", purged_at="", billed_as="")
    assert "started hours" not in office.takes("session", HEADER, [first]).err
    last = put(first, connected_at="2026-11-19 17:00", ended_at="2026-11-19 17:30")
    told = office.takes("session", HEADER, [put(first, ended_at="2026-11-16 17:30"), last]).err
    assert "session.csv:3: ended_at: warning: 73 started hours, over 48 h" in told


def test_an_order_that_nobody_bought_is_taken_with_a_warning(office: Office) -> None:
    header = "session_ref,customer,issue,order_ref,connected_at,ended_at"
    office.takes("purchase", "customer,order_ref,purchased_at", [("K-2", "Z-2", "2026-11-01")])
    office.does("customer", "merge", "K-1", "K-2", "--reason", "double-entry", "--yes")
    rows = [
        (f"A-{order}", "K-1", "hardware", order, f"2026-11-16 1{hour}:00", f"2026-11-16 1{hour}:20")
        for hour, order in enumerate(("Z-1", "Z-2"))
    ]
    told = office.takes("session", header, rows).err
    assert "session.csv:2: order_ref: warning: K-1 did not own Z-1 then" in told
    assert ":3:" not in told


def test_a_line_that_was_cut_off_is_no_open_session(office: Office) -> None:
    """With an empty cell in the place of the end it is one."""
    header = "session_ref,customer,issue,connected_at,ended_at"
    path = office.folder.parent / "cut.csv"
    path.write_text(f"{header}\nA-1,K-1,other,2026-11-16 10:00\n", encoding="utf-8")
    answer = office.run("session", "import", str(path))
    assert answer.status == 2
    assert "cut.csv:2: 5: the line has 4 cells, the header 5: it may have been cut off" in answer.err
    path.write_text(f"{header}\nA-1,K-1,other,2026-11-16 10:00,\n", encoding="utf-8")
    assert office.asks("session", "import", str(path))["new"] == 1


def test_one_code_typed_on_two_systems_is_one_customer(office: Office) -> None:
    office.does("customer", "add", "\u017b-1", "--name", "Żaba")
    told = office.run("customer", "add", "Z\u0307-1", "--name", "Żaba")
    assert (told.status, "E-CUSTOMER-EXISTS" in told.err) == (1, True)
    assert counts(office, put(ONE, customer="Z\u0307-1")) == (1, 1, 0, 0)
    assert [each["customer"] for each in office.asks("session", "list")["sessions"]] == ["\u017b-1"]


def test_bad_lines_are_written_out_on_request(office: Office, tmp_path: Path) -> None:
    path = office.table("sessions.csv", HEADER, [ONE, put(ONE, issue="?")])
    bad = tmp_path / "bad.csv"
    assert office.run("session", "import", str(path), "--errors", str(bad)).status == 2
    lines = bad.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"{HEADER},import_problem"
    assert lines[1].startswith("A-1,K-1,?,2026-11-16 10:00,")
    assert lines[1].endswith(',"3: issue: issue is one of hardware, other, test"')


def test_bad_lines_mended_in_their_own_file_are_imported(office: Office, tmp_path: Path) -> None:
    path = office.table("sessions.csv", HEADER, [put(ONE, issue="?"), put(OPEN, issue="??")])
    bad = tmp_path / "bad.csv"
    assert office.run("session", "import", str(path), "--errors", str(bad)).status == 2
    bad.write_text(bad.read_text(encoding="utf-8").replace(",?,", ",other,"), encoding="utf-8")
    worse = tmp_path / "worse.csv"
    assert office.run("session", "import", str(bad), "--errors", str(worse)).status == 2
    mended = worse.read_text(encoding="utf-8").replace(",??,", ",test,")
    assert mended.count("import_problem") == 1
    worse.write_text(mended, encoding="utf-8")
    assert office.asks("session", "import", str(worse))["new"] == 1


def test_bad_lines_are_not_written_over_the_file_they_are_of(office: Office) -> None:
    """However it is named; a dry run would do as much harm."""
    path = office.table("sessions.csv", HEADER, [put(ONE, issue="?")])
    before = path.read_bytes()
    for same in (str(path), str(path.parent / ".." / path.parent.name / path.name)):
        answer = office.run("session", "import", str(path), "--errors", same, "--dry-run")
        assert f"{same} is a file to import (E-FILE)" in answer.err
        assert answer.status == 2
    assert path.read_bytes() == before


def test_a_file_that_is_missing_is_told_whatever_lies_where_its_bad_lines_would_go(
    office: Office, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"of the last time")
    answer = office.run("session", "import", str(tmp_path / "gone.csv"), "--errors", str(bad))
    assert "E-IMPORT-FILE" in answer.err
    assert bad.read_bytes() == b"of the last time"


def test_a_dry_run_counts_and_records_nothing(office: Office) -> None:
    before = office.events()
    path = office.table("sessions.csv", HEADER, [ONE, OPEN])
    answer = office.asks("session", "import", str(path), "--dry-run")
    assert (answer["dry_run"], answer["new"]) == (True, 2)
    assert office.events() == before


@pytest.mark.parametrize(
    "header", ["session_ref,customer,issue,connected_at,koniec swiata", "customer,issue"]
)
def test_unknown_and_missing_columns_are_refused_by_name(office: Office, header: str) -> None:
    path = office.table("sessions.csv", header, [])
    answer = office.run("session", "import", str(path))
    assert answer.status == 2
    assert "koniec swiata" in answer.err or "session_ref" in answer.err


def test_hardware_without_an_order_is_taken_with_a_warning(office: Office) -> None:
    path = office.table("sessions.csv", HEADER, [put(ONE, issue="hardware")])
    answer = office.does("session", "import", str(path), "-f", "json")
    assert answer.document["warnings"][0]["line"] == 2
    assert "sessions.csv:2: order_ref: warning: " in answer.err
    assert office.asks("session", "show", "A-1")["issue"] == "hardware"


# --- what spreadsheets make -------------------------------------------------------------------

POLISH = "Sesja;Klient;Rodzaj;Początek;Koniec;Technik\n"
POLISH_ROW = "A-1;K-1;inne;16.11.2026 10:00;16.11.2026 10:20;łukasz\n"


@pytest.mark.parametrize(
    ("text", "encoding", "options"),
    [
        (POLISH + POLISH_ROW, "utf-8", ()),
        (POLISH + POLISH_ROW, "utf-8-sig", ()),
        (POLISH + POLISH_ROW, "cp1250", ("--encoding", "cp1250")),
        ((POLISH + POLISH_ROW).replace(";", "\t"), "utf-8", ()),
        ((POLISH + POLISH_ROW).replace(";", ",").replace("\n", "\r\n"), "utf-8", ()),
    ],
)
def test_polish_tables_are_understood(
    office: Office, text: str, encoding: str, options: tuple[str, ...]
) -> None:
    path = office.folder.parent / "sesje.csv"
    path.write_bytes(text.encode(encoding))
    office.does("session", "import", str(path), *options)
    (session,) = office.asks("session", "list")["sessions"]
    assert (session["technicians"], session["ended_at"]) == ("łukasz", "2026-11-16T09:20:00Z")


def test_a_file_in_another_encoding_is_refused_with_its_line(office: Office) -> None:
    path = office.folder.parent / "sesje.csv"
    path.write_bytes((POLISH + POLISH_ROW).encode("cp1250"))
    answer = office.run("session", "import", str(path))
    assert answer.status == 2
    assert "at line 1" in answer.err
    assert "--encoding cp1250" in answer.err


def test_a_workbook_is_read_with_real_dates_and_numbers(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "historia.xlsx"
    book: Any = import_module("xlsxwriter").Workbook  # it ships no types
    with book(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        date = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_row(0, 0, ["Sesja", "Klient", "Rodzaj", "Od", "Do", "ID TeamViewer"])
        sheet.write_row(1, 0, ["A-1", "K-1", "inne"])
        sheet.write_datetime(1, 3, datetime(2026, 11, 16, 10, 0), date)  # noqa: DTZ001 - a cell has no zone
        sheet.write_datetime(1, 4, datetime(2026, 11, 16, 10, 20, 30), date)  # noqa: DTZ001 - the same
        sheet.write_number(1, 5, 123456789)
    office.does("session", "import", str(path))
    found = office.asks("session", "show", "A-1")
    assert found["connections"][0]["disconnected_at"] == "2026-11-16T09:20:30Z"
    assert found["events"][0]["personal"] == {"remote_id": "123456789"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode), st.sampled_from(["x.csv", "x.xlsx"]))
def test_whatever_a_file_holds_the_answer_is_one_of_our_own(office: Office, raw: bytes, name: str) -> None:
    """Neither a defect nor an event comes of garbage, with or without the right header."""
    for head in (b"", HEADER.encode() + b"\n"):
        path = office.folder.parent / name
        path.write_bytes(head + raw)
        answer = office.run("session", "import", str(path))
        assert answer.status in (0, 1, 2), answer.err
        assert office.asks("session", "list")["sessions"] == []


# --- customers and purchases ------------------------------------------------------------------


def test_known_customers_with_other_data_are_refused_or_updated_on_request(office: Office) -> None:
    path = office.table("customer.csv", "customer,name", [("K-1", "Żaneta Nowa"), ("K-3", "Zofia")])
    answer = office.run("customer", "import", str(path))
    assert answer.status == 1
    assert "--update" in answer.err or "other data" in answer.err
    done = office.asks("customer", "import", str(path), "--update")
    assert (done["new"], done["extended"]) == (1, 1)
    assert office.asks("customer", "show", "K-1")["name"] == "Żaneta Nowa"


def test_a_wrong_nip_is_named_by_line_and_never_repeated(office: Office) -> None:
    path = office.table("customer.csv", "customer,name,nip", [("K-5", "Zofia", "5260250275")])
    answer = office.run("customer", "import", str(path))
    assert answer.status == 2
    assert "customer.csv:2: nip: nip is not a valid NIP" in answer.err
    assert "5260250275" not in answer.err


def test_purchases_are_taken_once(office: Office) -> None:
    rows = [("K-1", "Z/1", "01.03.2026"), ("K-1", "Z/1", "2026-03-01"), ("K-2", "Z/2", "2026-03-02 12:00")]
    header = "customer,order_ref,purchased_at"
    first = office.asks("purchase", "import", str(office.table("p.csv", header, rows)))
    assert (first["new"], first["unchanged"]) == (2, 1)
    again = office.asks("purchase", "import", str(office.table("p.csv", header, rows)))
    assert (again["new"], again["unchanged"]) == (0, 3)
    other = office.run(
        "purchase", "import", str(office.table("p.csv", header, [("K-1", "Z/1", "2026-03-05")]))
    )
    assert (other.status, "p.csv:2: order_ref: " in other.err) == (1, True)


# --- adoption ---------------------------------------------------------------------------------


def test_two_years_of_old_sessions_are_never_billed_and_fail_no_deletion_report(tmp_path: Path) -> None:
    office = Office(tmp_path / "ledger", init=["--billing-from", "2026-11-01"])
    office.takes("customer", "customer,name", [("K-1", "Żaneta")])
    old = [
        put(
            ONE,
            session_ref=f"OLD-{year}-{month:02d}",
            connected_at=f"{year}-{month:02d}-10 10:00",
            ended_at=f"{year}-{month:02d}-10 10:40",
            billed_as=f"FV/{year}/{month}" if month % 2 else "",
        )
        for year, last in ((2024, 12), (2025, 12), (2026, 10))
        for month in range(1, last + 1)
    ]
    office.takes("session", HEADER, [*old, put(ONE, purged_at="2026-11-16 10:30")])
    whole = office.asks("report", "billing", "--period", "2024-01-01..2027-01-01")
    assert len(whole["sessions"]) == 35
    assert (whole["total"]["sessions"], whole["total"]["net_grosze"]) == (1, 10000)
    assert {s["billed"] for s in whole["sessions"] if s["session_ref"].endswith("-02")} == {
        "elsewhere:before-adoption"
    }
    deletions = office.asks("report", "deletions", "--period", "2024-01-01..2027-01-01")
    assert deletions["summary"]["before_adoption"] == 34
    assert (deletions["summary"]["ended"], deletions["summary"]["open"]) == (1, 0)
    marked = [s for s in old if "marks" in office.asks("session", "show", s[0])["events"][0]["details"]]
    assert marked == []
    assert "marks" in office.asks("session", "show", "A-1")["events"][0]["details"]


# --- many -------------------------------------------------------------------------------------


def test_a_long_import_shows_its_progress_on_a_terminal(office: Office) -> None:
    pty = pytest.importorskip("pty", reason="a pseudo terminal is POSIX's", exc_type=ImportError)
    rows = [put(ONE, session_ref=f"B-{n}", remote_id="") for n in range(20_000)]
    path = office.table("sessions.csv", HEADER, rows)
    master, slave = pty.openpty()
    environment = {**os.environ, "SESSION_LEDGER_DIR": str(office.folder), "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger", "session", "import", str(path)],
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env=environment,
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            shown += os.read(master, 65536)
        except OSError:
            break
    os.close(master)
    assert process.wait() == 0
    assert b"sessions.csv" in shown
    assert b"20000/20000" in shown


def test_a_table_without_a_column_of_ends_is_refused(office: Office) -> None:
    """Every session would be taken as open, which nobody means."""
    rows = [("A-1", "K-1", "other", "2026-11-16 10:00")]
    path = office.table("sessions.csv", "session_ref,customer,issue,connected_at", rows)
    answer = office.run("session", "import", str(path))
    assert (answer.status, "ended_at: the column is missing" in answer.err) == (2, True)
