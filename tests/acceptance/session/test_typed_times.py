"""Times as a hand types them, in both languages: the same events, byte for byte."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.office import Office

EVENING = "2026-11-16T18:00:00+01:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "ledger", now=EVENING, init=("--billing-from", "2026-11-01"))
    office.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Nowak")
    return office


def _payloads(office: Office) -> list[bytes]:
    with closing(sqlite3.connect(office.folder / "events.db")) as database:
        rows = database.execute("SELECT state FROM events WHERE topic LIKE 'session.%' ORDER BY leaf_index")
        return [row[0] for row in rows]


FULL = ("2026-11-15 17:00", "2026-11-15 17:05", "2026-11-15 17:45", "2026-11-17 9:00", "2026-11-16")
POLISH = ("wczoraj o 17:00", "wczoraj 17:05", "WCZORAJ 17:45", "jutro 9:00", "dziś")
ENGLISH = ("yesterday 17:00", "Yesterday at 17:05", "yesterday, 17:45", "tomorrow 9:00", "today")


def test_words_of_days_and_full_dates_record_the_same_bytes(tmp_path: Path) -> None:
    written: list[list[bytes]] = []
    for number, (asked, begun, ended, planned, until) in enumerate((FULL, POLISH, ENGLISH)):
        office = Office(tmp_path / str(number) / "ledger", now=EVENING)
        office.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Nowak")
        request = ("session", "request", "--customer", "K-1", "--issue", "other")
        office.does(*request, "--at", asked, "--scheduled-for", planned)
        office.does("session", "connect", "1", "--at", begun)
        office.does("session", "end", "1", "--at", ended)
        added = f"{begun}..{begun.replace('17:05', '17:20')}"
        office.does(
            "session", "correct", "1", "--add", added, "--technician", "jan", "--reason", "wrong-time"
        )
        office.does("purchase", "add", "K-1", "--order", "Z-1", "--at", until)
        written.append(_payloads(office))
    assert written[1] == written[0]
    assert written[2] == written[0]


def test_a_time_alone_is_today_s_and_refused_before_it_has_come(office: Office) -> None:
    request = ("session", "request", "--customer", "K-1", "--issue", "other", "--at")
    office.does(*request, "17:30")
    assert office.asks("session", "list")["sessions"][0]["requested_at"] == "2026-11-16T16:30:00Z"
    refused = office.run("--lang", "pl", *request, "23:50")
    assert refused.status == 2
    assert "godziny 23:50 dziś jeszcze nie było (jest 18:00)" in refused.err
    assert "„wczoraj 23:50”" in refused.err
    ahead = office.run(*request, "dziś 23:50")
    assert (ahead.status, "lies ahead of the clock" in ahead.err) == (1, True)


def test_a_report_and_a_price_take_a_time_alone(office: Office) -> None:
    office.does("session", "request", "--customer", "K-1", "--issue", "other", "--at", "17:30")
    assert office.asks("session", "list", "--as-of", "teraz")["as_of"] == "2026-11-16T17:00:00Z"
    assert office.run("session", "list", "--as-of", "wczoraj").status == 1  # nothing was recorded by then
    assert office.asks("quote", "--at", "22:30")["at"] == "2026-11-16T21:30:00Z"


def test_an_import_takes_no_word_of_a_day(office: Office) -> None:
    """It would mean another day each time the file is read."""
    row = ("A-1", "K-1", "other", "wczoraj 17:00", "wczoraj 17:40")
    table = office.table("sessions.csv", "session_ref,customer,issue,connected_at,ended_at", [row])
    assert office.run("session", "import", str(table)).status == 2


@pytest.mark.parametrize("day", ["2026-11-15", "15.11.2026", "15 listopada 2026", "2026/11/15"])
def test_a_day_alone_is_no_moment_of_a_session(office: Office, day: str) -> None:
    """Its midnight would be an hour of the night, at four times the price."""
    request = ("session", "request", "--customer", "K-1", "--issue", "other")
    refused = office.run(*request, "--at", day)
    assert (refused.status, "is a day without a time (E-INSTANT)" in refused.err) == (2, True)
    office.does(*request, "--at", "2026-11-14 9:00")
    office.does("session", "connect", "1", "--at", "2026-11-14 9:05")
    for words in (
        ("end", "1", "--at", day),
        ("correct", "1", "--connected-at", day, "--reason", "wrong-time"),
    ):
        assert office.run("session", *words).status == 2, words
    assert office.run("session", "correct", "1", "--add", f"{day}..{day} 10:00").status == 2


def test_a_day_will_do_where_no_hour_counts(office: Office) -> None:
    office.does("purchase", "add", "K-1", "--order", "Z-1", "--at", "2026-11-15")
    office.does("customer", "erase", "K-1", "--request-only", "--at", "15.11.2026")
    office.does("report", "sessions", "--period", "2026-11", "--as-of", "2026-11-17")
    office.does("quote", "--at", "2026-11-15")
