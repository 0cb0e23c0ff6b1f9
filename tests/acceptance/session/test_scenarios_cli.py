"""Event stories by the recording commands themselves (golden_scenarios.csv), and rules of recording."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office

DAY = "2026-11-16"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger")
    made.does("customer", "add", "K-1", "--name", "Żaneta Łęcka")
    return made


def tell(office: Office, *words: str, at: str) -> None:
    office.does("session", *words, "--at", f"{DAY} {at}")


def request(office: Office, issue: str = "other", at: str = "09:00", *more: str) -> str:
    words = ("session", "request", "--customer", "K-1", "--issue", issue, *more)
    return str(office.asks(*words, "--at", f"{DAY} {at}")["session"])


def helped(office: Office, begins: str, closes: str, issue: str = "other", *more: str) -> str:
    number = request(office, issue, "09:00", *more)
    tell(office, "connect", number, at=begins)
    tell(office, "end", number, at=closes)
    return number


def billed(office: Office, period: str = "2026-11") -> dict[str, Any]:
    return dict(office.asks("report", "billing", "--period", period))


def nets(office: Office) -> list[tuple[int, int]]:
    return [(s["started_hours"], s["net_grosze"]) for s in billed(office)["sessions"]]


def test_s01_the_clock_runs_from_connected_not_from_the_request(office: Office) -> None:
    number = request(office, at="17:50")
    tell(office, "connect", number, at="18:05")
    tell(office, "end", number, at="18:30")
    (session,) = billed(office)["sessions"]
    assert session["band_hours"] == {"office": 0, "off_hours": 1, "night": 0}
    assert billed(office)["total"]["gross_grosze"] == 24600


def test_s02_a_request_that_was_cancelled_costs_nothing(office: Office) -> None:
    number = request(office, at="11:00")
    tell(office, "cancel", number, at="11:20")
    assert billed(office)["sessions"] == []
    assert billed(office)["exceptions"] == []


def test_s05_help_that_turns_out_to_have_been_a_test_is_rated_to_zero(office: Office) -> None:
    number = helped(office, "10:00", "10:10")
    assert nets(office) == [(1, 10000)]
    office.does("session", "correct", number, "--issue", "test", "--reason", "wrong-issue: only a test")
    assert nets(office) == [(0, 0)]


def test_s06_closing_the_program_ends_the_clock_and_the_started_hour_is_due(office: Office) -> None:
    number = request(office)
    tell(office, "connect", number, at="10:00")
    tell(office, "end", number, "--by", "customer", at="10:20")
    assert nets(office) == [(1, 10000)]
    last = office.asks("session", "show", number)["events"][-1]
    assert (last["details"], last["by"]) == ({"ended_by": "customer"}, "anna")


def test_s08_an_open_session_is_never_billed_and_stands_as_an_exception(office: Office) -> None:
    number = request(office)
    tell(office, "connect", number, at="10:00")
    report = billed(office)
    assert report["sessions"] == []
    assert [x["kind"] for x in report["exceptions"]] == ["back_dated", "open_session"]
    assert billed(office, "2026-12")["exceptions"] != []
    assert billed(office, "2026-10")["exceptions"] == []


def test_s09_an_end_before_the_start_is_refused(office: Office) -> None:
    number = request(office)
    tell(office, "connect", number, at="10:00")
    before = office.events()
    answer = office.run("session", "end", number, "--at", f"{DAY} 09:59")
    assert (answer.status, office.events()) == (1, before)
    assert "E-TIME-ORDER" in answer.err


def test_s10_a_command_told_twice_counts_once_and_never_means_something_else(office: Office) -> None:
    number = request(office)
    tell(office, "connect", number, at="10:00")
    words = ("session", "end", number, "--command-id", "K1")
    first = office.asks(*words, "--at", f"{DAY} 10:40")
    again = office.does(*words, "--at", f"{DAY} 10:40", "-f", "json")
    assert again.document == first
    assert "recorded before" in again.err
    other = office.run(*words, "--at", f"{DAY} 10:41")
    assert other.status == 1
    assert "E-COMMAND-REUSED" in other.err
    assert nets(office) == [(1, 10000)]


def test_s12_whether_one_is_a_customer_is_decided_at_connected(office: Office) -> None:
    helped(office, "11:00", "12:10", "hardware", "--order", "Z/1")
    office.does("purchase", "add", "K-1", "--order", "Z/1", "--at", f"{DAY} 11:30")
    assert nets(office) == [(2, 20000)]


def test_s13_a_missing_deletion_leaves_the_bill_alone_and_fails_the_deletion_report(office: Office) -> None:
    helped(office, "11:00", "11:30")
    assert nets(office) == [(1, 10000)]
    answer = office.run("report", "deletions", "--period", "2026-11", "-f", "json")
    assert answer.status == 3
    assert answer.document["summary"]["open"] == 1


def test_s15_a_session_recorded_later_keeps_its_own_month(office: Office) -> None:
    words = ("session", "request", "--customer", "K-1", "--issue", "other", "--at", "2026-10-20 09:00")
    number = str(office.asks(*words)["session"])
    office.does("session", "connect", number, "--at", "2026-10-20 10:00")
    office.does("session", "end", number, "--at", "2026-10-20 10:30")
    report = billed(office, "2026-10")
    assert report["total"]["net_grosze"] == 10000
    assert [x["kind"] for x in report["exceptions"]] == ["back_dated"]
    assert billed(office)["sessions"] == []


def test_s17_two_technicians_in_one_session_share_one_clock(office: Office) -> None:
    number = request(office)
    tell(office, "connect", number, "--technician", "a", at="10:00")
    tell(office, "connect", number, "--technician", "b", at="10:10")
    tell(office, "disconnect", number, "--technician", "b", at="10:40")
    tell(office, "end", number, at="10:50")
    assert nets(office) == [(1, 10000)]


def test_s18_two_sessions_of_one_customer_have_two_clocks(office: Office) -> None:
    helped(office, "10:00", "10:30")
    helped(office, "10:10", "10:50")
    assert nets(office) == [(1, 10000), (1, 10000)]
    assert billed(office)["total"]["gross_grosze"] == 24600


# --- prices -----------------------------------------------------------------------------------


def test_a_quote_before_22_is_a_timeline(office: Office) -> None:
    prices = office.asks("quote", "--at", f"{DAY} 21:50")["prices"]
    assert [(p["opens_at"], p["until"], p["gross_grosze"]) for p in prices[:2]] == [
        ("2026-11-16T20:50:00Z", "2026-11-16T21:00:00Z", 24600),
        ("2026-11-16T21:00:00Z", "2026-11-17T05:00:00Z", 49200),
    ]


@pytest.mark.parametrize(
    ("country", "vat_id", "treatment", "vat_grosze"),
    [
        ("DE", "DE136695976", "eu", 0),
        ("US", "12-3456789", "non_eu", 0),
        ("DE", "DE136695976", "ask", 0),
        ("DE", "DE136695976", "pl", 46_00),
    ],
)
def test_a_quote_has_the_vat_of_the_buyers_document(
    office: Office, country: str, vat_id: str, treatment: str, vat_grosze: int
) -> None:
    """Given a buyer abroad, when the price is told, before or on a session, then as their invoice will be."""
    office.does(
        "customer", "add", "K-90", "--name", "Müller IT", "--country", country, "--vat-id", vat_id,
        "--vat-treatment", treatment, "--consumer", "no", "--address-line1", "Hauptstr. 1",
    )  # fmt: skip
    quoted = office.asks("quote", "--customer", "K-90", "--at", f"{DAY} 21:50", "--minutes", "10")
    assert [quoted["expected"][key] for key in ("net_grosze", "vat_grosze")] == [200_00, vat_grosze]
    asked = office.does(
        "session", "request", "--customer", "K-90", "--issue", "other", "--at", f"{DAY} 21:50", "-f", "json"
    )
    number = str(asked.document["session"])
    told = office.does("session", "quote", number, "--at", f"{DAY} 21:50", "-f", "json").document["prices"]
    assert told[0]["gross_grosze"] - told[0]["net_grosze"] == vat_grosze
    assert told == quoted["prices"]
    words = office.does("session", "quote", number, "--at", f"{DAY} 21:50").out
    assert ("200.00 PLN, without VAT" in words) == (vat_grosze == 0)


def test_a_quoted_price_list_that_was_accepted_wins_over_a_later_one(office: Office, tmp_path: Path) -> None:
    number = request(office)
    tell(office, "quote", number, at="09:01")
    tell(office, "accept", number, "--how", "phone", at="09:02")
    dearer = shop_list(tmp_path, "2026-11-16")
    office.does("tariff", "publish", str(dearer), "--yes")
    tell(office, "connect", number, at="10:00")
    tell(office, "end", number, at="10:30")
    assert nets(office) == [(1, 10000)]


def shop_list(folder: Path, valid_from: str) -> Path:
    """The shop's list at twice the price from a day on."""
    text = (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8")
    head, _, _ = text.partition("[[examples]]")
    head = head.replace('base_price = "100.00"', 'base_price = "200.00"').replace("2024-01-01", valid_from, 1)
    example = (
        '[[examples]]\nwhat = "a test"\nwho = "public"\nissue = "test"\n'
        "from = 2026-11-16T10:00:00+01:00\nuntil = 2026-11-16T10:05:00+01:00\n"
        'net = "0.00"\n'
    )
    path = folder / f"list-{valid_from}.toml"
    path.write_text(head.replace("pomoc-zdalna-2024", f"list-{valid_from}") + example, encoding="utf-8")
    return path


def test_a_list_that_begins_before_the_last_connection_is_published_only_on_purpose(
    office: Office, tmp_path: Path
) -> None:
    helped(office, "10:00", "10:30")
    early = shop_list(tmp_path, "2026-11-16")
    before = office.events()
    answer = office.run("tariff", "publish", str(early), "--yes")
    assert (answer.status, office.events()) == (1, before)
    assert "E-TARIFF-RETROACTIVE" in answer.err
    office.does("tariff", "publish", str(early), "--yes", "--retroactive", "--reason", "typing error")
    assert nets(office) == [(1, 10000)]
    helped(office, "12:00", "12:30")
    assert nets(office) == [(1, 10000), (1, 20000)]


def test_a_purchase_recorded_later_rates_the_session_again_and_says_so(office: Office) -> None:
    number = helped(office, "10:00", "10:30", "hardware", "--order", "Z/1")
    assert nets(office) == [(1, 10000)]
    answer = office.does("purchase", "add", "K-1", "--order", "Z/1", "--at", "2026-11-02", "-f", "json")
    assert answer.document["price_changes"] == [
        {"session": int(number), "before_grosze": 10000, "after_grosze": 0}
    ]
    assert nets(office) == [(1, 0)]
    office.does("purchase", "return", "K-1", "--order", "Z/1", "--at", "2026-11-10", "--reason", "complaint")
    assert nets(office) == [(1, 10000)]


def test_two_entries_of_one_customer_are_merged(office: Office) -> None:
    helped(office, "10:00", "10:30")
    office.does("customer", "add", "K-2", "--name", "Ż. Łęcka")
    office.does("purchase", "add", "K-2", "--order", "Z/9", "--at", "2026-11-02")
    office.does("customer", "merge", "K-2", "K-1", "--reason", "double-entry", "--yes")
    assert [c["customer"] for c in billed(office)["customers"]] == ["K-2"]
    assert nets(office) == [(1, 5000)]
    assert office.run("session", "request", "--customer", "K-1", "--issue", "other").status == 1


def test_goodwill_comes_after_every_discount_and_is_taken_back(office: Office) -> None:
    number = helped(office, "10:00", "11:30")
    office.does("session", "waive", number, "--hours", "1", "--reason", "goodwill")
    assert nets(office) == [(2, 10000)]
    office.does("session", "waive", number, "--percent", "50", "--reason", "goodwill: long wait")
    assert nets(office) == [(2, 10000)]
    office.does("session", "waive", number, "--percent", "0", "--reason", "checked")
    assert nets(office) == [(2, 20000)]


def test_a_session_over_48_hours_is_billed_once_a_person_confirmed_it(office: Office) -> None:
    number = request(office)
    tell(office, "connect", number, at="10:00")
    office.does("session", "end", number, "--at", "2026-11-18 10:00:01")
    report = billed(office)
    assert report["total"]["sessions"] == 0
    assert "over_48_h" in [x["kind"] for x in report["exceptions"]]
    office.does("session", "confirm", number, "--reason", "checked: data recovery")
    report = billed(office)
    assert report["total"]["sessions"] == 1
    assert "over_12_h" in [x["kind"] for x in report["exceptions"]]


# --- words ------------------------------------------------------------------------------------


def test_personal_data_can_be_typed_on_standard_input_and_die_with_the_purge(office: Office) -> None:
    words = ("session", "request", "--customer", "K-1", "--issue", "other", "--at", f"{DAY} 09:00")
    office.does(*words, "--remote-id", "-", "--contact", "-", typed="123 456 789\nJan 601 888 312\n")
    tell(office, "connect", "1", at="10:00")
    tell(office, "end", "1", at="10:30")
    shown = office.does("session", "show", "1").out
    assert "601 888 312" in shown
    assert "123 456 789" in shown
    office.does("session", "purge", "1", "--declare", "--yes", "--at", f"{DAY} 10:35")
    shown = office.does("session", "show", "1").out
    assert "601 888 312" not in shown
    assert "[erased]" in shown
    office.does("check")
    scanned = b"".join(path.read_bytes() for path in office.folder.rglob("*") if path.is_file())
    assert b"601 888 312" not in scanned
    assert b"123 456 789" not in scanned


def test_the_same_command_id_with_other_words_is_something_else(office: Office) -> None:
    words = ("session", "request", "--customer", "K-1", "--issue", "other", "--command-id", "R-1")
    office.does(*words, "--contact", "Jan")
    assert office.does(*words, "--contact", "Jan").status == 0
    assert office.run(*words, "--contact", "Ewa").status == 1
    assert len(office.asks("session", "list")["sessions"]) == 1


def test_a_held_session_is_not_purged(office: Office) -> None:
    number = helped(office, "10:00", "10:30")
    office.does("session", "hold", number, "--until", "2027-01-31", "--reason", "legal-claim: dispute")
    assert office.run("session", "purge", number, "--declare", "--yes").status == 1
    office.does("session", "release", number)
    office.does("session", "purge", number, "--declare", "--yes")


def test_what_has_not_happened_yet_is_not_recorded(office: Office) -> None:
    number = request(office)
    answer = office.run("session", "connect", number, "--at", "2026-11-30 12:03")
    assert (answer.status, "E-TIME-AHEAD" in answer.err) == (1, True)
    office.does("session", "connect", number, "--at", "2026-11-30 12:02")


def test_an_erasure_asks_first_and_shows_what_it_would_erase(office: Office) -> None:
    helped(office, "10:00", "10:30", "other", "--contact", "Jan 601 888 312")
    before = office.events()
    shown = office.does("session", "purge", "1", "--declare", "--dry-run").out
    assert "contact" in shown
    assert "601 888 312" not in shown
    unasked = office.run("session", "purge", "1", "--declare")
    assert (unasked.status, "--yes" in unasked.err, office.events()) == (2, True, before)
