"""Questions and warnings at the moment at which something can still be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.context import App
from tests.support.billing_office import DECEMBER, PERIOD, business, helped, issued, shop
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A shop with one business, which has bought something."""
    office = shop(tmp_path / "ledger")
    business(office)
    office.does("purchase", "add", "K-1", "--order", "Z-1", "--at", "2026-11-01T07:00:00+01:00")
    return office


def _connected(office: Office, at: str, customer: str = "K-1", technician: str = "anna") -> str:
    office.now = f"{at}+01:00"
    asked = office.does(
        "session", "request", "--customer", customer, "--issue", "other", "-f", "json"
    ).document
    number = str(asked["session"])
    office.does("session", "connect", number, "--technician", technician)
    return number


# --- a forgotten end --------------------------------------------------------------------------


def test_a_far_end_is_asked_about_with_duration_and_amount(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal; a no leaves the session open, and the hint says how to give the moment."""
    session = _connected(office, "2026-11-16T17:00:00")
    office.now = "2026-11-17T09:00:00+01:00"
    monkeypatch.setattr(App, "has_terminal", staticmethod(lambda: True))
    refused = office.run("session", "end", session, typed="n\n")
    assert "Connected since 2026-11-16 17:00. End it 2026-11-17 09:00, after 16 h 0 min: " in refused.err
    assert "16 started hours, 2350.00 PLN net?" in refused.err
    assert f"session end {session} --at" in refused.err
    assert office.asks("status")["open"][0]["state"] == "connected"
    ended = office.run("session", "end", session, typed="y\n")
    assert "after 16 h 0 min: 16 started hours, 2350.00 PLN net" in ended.out


def test_without_a_terminal_duration_and_amount_are_said_after(office: Office) -> None:
    session = _connected(office, "2026-11-16T10:00:00")
    office.now = "2026-11-16T10:40:00+01:00"
    line = "Session 1 ended 2026-11-16 10:40:00, after 40 min: 1 started hour, 50.00 PLN net\n"
    assert office.does("session", "end", session).out == line


# --- hardware without its order ---------------------------------------------------------------


def test_hardware_without_an_order_lists_the_customers_orders_and_prices(office: Office) -> None:
    office.now = "2026-11-16T11:00:00+01:00"
    told = office.does("session", "request", "--customer", "K-1", "--issue", "hardware").err
    assert "hardware without an order counts as other help: 50.00 PLN net a started hour" in told
    assert "with order Z-1 of 2026-11-01: 0.00 PLN net a started hour" in told
    assert "session correct 1 --order Z-1" in told
    office.does("session", "correct", "1", "--order", "Z-1", "--reason", "wrong-issue")
    office.does("session", "connect", "1")
    office.now = "2026-11-16T11:30:00+01:00"
    assert "0.00 PLN net" in office.does("session", "end", "1").out


def test_a_stranger_is_promised_no_discount(office: Office) -> None:
    business(office, "K-2", "Stolarnia", "7010416384")
    office.now = "2026-11-16T11:00:00+01:00"
    told = office.does("session", "request", "--customer", "K-2", "--issue", "hardware").err
    assert "counts as other help: 100.00 PLN net a started hour" in told
    assert "K-2 has no purchase" in told


# --- overlaps ---------------------------------------------------------------------------------


def test_overlapping_sessions_are_named_at_once_in_the_report_the_check_and_the_draft(office: Office) -> None:
    helped(office, "2026-11-16T11:00:00", "2026-11-16T12:00:00")
    business(office, "K-2", "Stolarnia", "7010416384")
    office.now = "2026-11-16T12:30:00+01:00"
    office.does("session", "request", "--customer", "K-2", "--issue", "other", "--at", "2026-11-16 11:30")
    told = office.does("session", "connect", "2", "--technician", "anna", "--at", "2026-11-16 11:30").err
    assert "note: sessions 2 and 1 overlap from 2026-11-16 11:30, both of technician anna" in told
    assert "session confirm 1 --reason checked" in told  # 2 goes on
    told = office.does("session", "end", "2", "--at", "2026-11-16 12:10").err
    assert "session void 2 --reason double-entry" in told
    exceptions = office.asks("report", "billing", "--period", PERIOD)["exceptions"]
    assert [(each["session"], each["kind"]) for each in exceptions if each["kind"] == "overlap"] == [
        (1, "overlap"),
        (2, "overlap"),
    ]
    named = "sessions 1 and 2 of technician anna overlap from 2026-11-16 11:30; session void 2 puts"
    found = office.run("check")
    assert (found.status, found.out.count("\n")) == (3, 1)
    assert found.out.startswith(f"session-overlap: {named} a double entry aside")
    office.now = DECEMBER
    assert "sessions 1 and 2 overlap" in office.does("invoice", "draft", "--period", PERIOD).err
    office.does("session", "confirm", "2", "--reason", "checked: two windows")
    assert office.run("check", "overlaps").out == ""
    assert "E-NOT-OVER-48-H" in office.run("session", "confirm", "1", "--reason", "checked").err
    assert "overlap" not in office.does("invoice", "draft", "--period", PERIOD).err


def test_whom_no_file_names_is_no_technician_of_both(office: Office) -> None:
    """Sessions of two customers without a technician may be anybody's; those of one customer are told."""
    business(office, "K-2", "Stolarnia", "7010416384")
    office.now = DECEMBER
    told = office.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at,technician",
        [
            ("A", "K-1", "other", "2026-11-16 11:00", "2026-11-16 12:00", ""),
            ("B", "K-2", "other", "2026-11-16 11:30", "2026-11-16 12:10", ""),
            ("C", "K-2", "other", "2026-11-16 11:40", "2026-11-16 12:10", "anna"),
        ],
    )
    assert "overlap" not in told.err
    assert office.run("check").out.startswith(
        "session-overlap: sessions 2 and 3 of customer K-2 overlap from"
    )
    exceptions = office.asks("report", "billing", "--period", PERIOD)["exceptions"]
    assert [each["session"] for each in exceptions if each["kind"] == "overlap"] == [2, 3]
    drafted = office.does("invoice", "draft", "--period", PERIOD).err
    assert "sessions 2 and 3 overlap" in drafted
    assert "sessions 1 and 2 overlap" not in drafted
    office.does("session", "confirm", "C", "--reason", "checked: two computers")
    assert office.run("check").out == ""


def test_what_goes_on_is_told_when_connected_and_overlaps_nothing_yet(
    office: Office,
) -> None:
    business(office, "K-2", "Stolarnia", "7010416384")
    first = _connected(office, "2026-11-16T11:00:00")
    office.now = "2026-11-16T11:10:00+01:00"
    second = str(office.asks("session", "request", "--customer", "K-2", "--issue", "other")["session"])
    told = office.does("session", "connect", second, "--technician", "anna").err
    assert "overlap from 2026-11-16 11:10, both of technician anna" in told
    assert "session confirm" not in told
    assert office.run("check").out == ""
    office.now = "2026-11-16T11:40:00+01:00"
    assert f"session confirm {first} --reason checked" in office.does("session", "end", first).err
    assert office.run("check").out == ""
    office.now = "2026-11-16T11:50:00+01:00"
    office.does("session", "end", second)
    assert f"session confirm {second} lets both stand" in office.run("check").out
    office.does("session", "confirm", first, "--reason", "checked: two windows")
    assert office.run("check").out == ""


def test_many_overlaps_are_ten_lines_and_a_count(office: Office) -> None:
    """Five at once are ten pairs, six are fifteen."""
    office.now = DECEMBER
    row = ("K-1", "other", "2026-11-16 11:00", "2026-11-16 12:00")
    office.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at",
        [(f"R-{number}", *row) for number in range(6)],
    )
    lines = office.run("check").out.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "session-overlap: and 5 more pairs of sessions overlap"


def test_of_the_connections_of_sessions_only_those_that_meet_are_told(office: Office) -> None:
    """Reconnects in any order of rows: the earlier session comes back after the later one began."""
    business(office, "K-2", "Stolarnia", "7010416384")
    office.now = DECEMBER
    office.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at,technician",
        [
            ("A", "K-1", "other", "2026-11-16 13:00", "2026-11-16 14:00", "anna"),
            ("A", "K-1", "other", "2026-11-16 11:00", "2026-11-16 11:30", "anna"),
            ("B", "K-2", "other", "2026-11-16 11:30", "2026-11-16 13:00", "anna"),
            ("C", "K-2", "other", "2026-11-17 11:00", "2026-11-17 13:00", "ewa"),
            ("D", "K-1", "other", "2026-11-17 12:00", "2026-11-17 12:10", "anna"),
            ("D", "K-1", "other", "2026-11-17 12:59", "2026-11-17 13:10", "ewa"),
        ],
    )
    (line,) = office.run("check").out.splitlines()
    assert "sessions 3 and 4 of technician ewa overlap from 2026-11-17 12:59" in line


def test_one_after_the_other_is_no_overlap(office: Office) -> None:
    """Half-open, to the second; nor is a technician who was away from one session for another."""
    session = _connected(office, "2026-11-16T11:00:00")
    office.does("session", "disconnect", session, "--at", "2026-11-16T11:00:00+01:00")
    office.now = "2026-11-16T11:10:00+01:00"
    business(office, "K-2", "Stolarnia", "7010416384")
    other = _connected(office, "2026-11-16T11:10:00", "K-2")
    office.now = "2026-11-16T11:20:00+01:00"
    office.does("session", "end", other)
    assert "overlap" not in office.does("session", "connect", session, "--technician", "anna").err
    office.now = "2026-11-16T11:30:00+01:00"
    assert "overlap" not in office.does("session", "end", session).err
    assert office.run("check", "overlaps").out == ""


# --- goodwill ---------------------------------------------------------------------------------


def test_a_waiver_says_its_amount_what_it_replaces_and_what_must_follow(office: Office) -> None:
    session = str(helped(office, "2026-11-16T11:00:00", "2026-11-16T12:10:00"))
    waive = ("session", "waive", session, "--reason", "goodwill")
    assert (
        "amount: 100.00 → 87.50 PLN net, after a waiver of 12.50"
        in office.does(*waive, "--percent", "12,5").err
    )
    told = office.does(*waive, "--amount", "30,00").err
    assert "amount: 87.50 → 70.00 PLN net, after a waiver of 30.00" in told
    assert "replaces the waiver of 12.5 percent" in told
    office.now = DECEMBER
    issued(office, "issue", "--session", session)
    told = office.does(*waive, "--hours", "1").err
    assert "replaces the waiver of 30.00 PLN net" in told
    assert "FV/2026/12/0001 says something else of this session" in told
    for words, code in (
        (("--hours", "3"), "E-WAIVER-TOO-LARGE"),
        (("--amount", "100.01"), "E-WAIVER-TOO-LARGE"),
        (("--percent", "12.3"), "E-PERCENT"),
        (("--percent", "100.5"), "E-PERCENT"),
    ):
        assert code in office.run(*waive, *words).err
    assert issued(office, "correct", "FV/2026/12/0001", "--reason", "goodwill")["net_grosze"] == -2000
    assert office.run("check").out == ""


# --- a closed month ---------------------------------------------------------------------------


def test_a_month_with_open_findings_is_closed_for_a_reason_only(office: Office) -> None:
    session = str(helped(office, "2026-11-16T11:00:00", "2026-11-16T12:10:00"))
    office.now = DECEMBER
    refused = office.run("period", "close", PERIOD, "--yes")
    assert refused.status == 1
    assert "2026-11 has 1 open finding" in refused.err
    shown = office.does("period", "close", PERIOD, "--dry-run")
    assert "cannot be brought back" in shown.err
    assert office.run("period", "close", PERIOD, "--yes", "--accept-open").status == 2
    office.does("period", "close", PERIOD, "--yes", "--accept-open", "--reason", "checked")
    assert (
        "2026-11 is closed"
        in office.does("session", "waive", session, "--percent", "1", "--reason", "goodwill").err
    )
    late = office.does(
        "session", "request", "--customer", "K-1", "--issue", "other", "--at", "2026-11-20 10:00"
    )
    assert "2026-11 is closed" in late.err
