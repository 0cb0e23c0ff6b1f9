"""The wrong customer and the double entry: before the invoice and after it, payment, close and purge."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant, parse_period
from projections.read_side import ReadSide
from tests.support.billing_office import DECEMBER, PERIOD, business, helped, issued, shop, sums, valid_nip
from tests.support.office import Office
from tests.support.scan import text_of_pdf

FIRST, SECOND, CORRECTION = "FV/2026/12/0001", "FV/2026/12/0002", "FK/2026/12/0001"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two businesses; K-1 has bought something, so that K-1 pays half of what K-2 pays."""
    office = shop(tmp_path / "ledger")
    business(office)
    business(office, "K-2", "Stolarnia", valid_nip(7))
    office.does("purchase", "add", "K-1", "--order", "Z-1", "--at", "2026-11-01T07:00:00+01:00")
    return office


def _help(office: Office) -> str:
    """Seventy minutes of office time for K-1, who pays 100.00."""
    return str(helped(office, "2026-11-12T11:00:00", "2026-11-12T12:10:00"))


def _correct(office: Office, session: str, customer: str = "K-2") -> str:
    words = ("--customer", customer, "--reason", "wrong-customer: another caller")
    return office.does("session", "correct", session, *words).err


def _billing(office: Office) -> tuple[list[tuple[str, int, str | None]], int]:
    """Customer, net and document of each session, and what is to be billed."""
    found = office.asks("report", "billing", "--period", PERIOD)
    rows = [(each["customer"], each["net_grosze"], each["billed"]) for each in found["sessions"]]
    return rows, found["total"]["net_grosze"]


def _register(office: Office) -> int:
    found = office.asks("report", "sales", "--period", "2026")
    return int(sum(each["net_grosze"] for each in found["documents"]))


def _deletion(office: Office) -> dict[str, Any]:
    answer = office.run("report", "deletions", "--period", PERIOD, "-f", "json")
    found: dict[str, Any] = answer.document["sessions"][0]
    return found


def test_before_the_invoice_the_price_is_told_anew(office: Office) -> None:
    session = _help(office)
    assert "amount: 100.00 → 200.00 PLN net" in _correct(office, session)
    assert _billing(office) == ([("K-2", 20000, None)], 20000)
    office.now = DECEMBER
    assert issued(office, "issue", "--period", PERIOD, "--all")["issued"][0]["customer"] == "K-2"
    assert office.run("check").out == ""


def test_after_the_invoice_and_its_payment_a_correction_takes_it_off_and_the_right_one_pays(
    office: Office,
) -> None:
    """Nothing else is on the invoice: it goes to zero, what was paid is to be given back."""
    session = _help(office)
    office.now = DECEMBER
    issued(office, "issue", "--session", session)
    office.does("invoice", "paid", FIRST, "--amount", "123.00", "--on", "2026-12-01", "--method", "transfer")
    told = _correct(office, session)
    assert f"{FIRST} says something else of this session: a correction has to follow" in told
    found = office.run("check")
    assert found.status == 3
    named = f"session 1 is of K-2, and {FIRST} charges another customer"
    assert found.out == f"bill-changed: {named}; invoice correct {FIRST} puts it right\n"
    assert office.asks("status")["changed_after_invoice"] == 1
    kinds = [each["kind"] for each in office.asks("report", "billing", "--period", PERIOD)["exceptions"]]
    assert kinds == ["price_changed_after_invoice"]
    assert sums(issued(office, "correct", FIRST, "--reason", "wrong-customer")) == (-10000, -2300, -12300)
    assert _billing(office) == ([("K-2", 20000, None)], 20000)
    assert sums(issued(office, "issue", "--session", session)) == (20000, 4600, 24600)
    assert _billing(office) == ([("K-2", 20000, SECOND)], 0)
    assert _register(office) == 20000
    (back, owed) = sorted(
        (each["customer"], each["left_grosze"]) for each in office.asks("report", "receivables")["invoices"]
    )
    assert (back, owed) == (("K-1", -12300), ("K-2", 24600))
    assert office.run("check").out == ""
    assert office.asks("status")["changed_after_invoice"] == 0


def test_the_paper_of_the_correction_says_nothing_of_what_the_right_customer_pays(office: Office) -> None:
    """The wrong buyer reads that nothing is charged any more, and no price that is the other's."""
    session = _help(office)
    office.now = DECEMBER
    issued(office, "issue", "--session", session)
    _correct(office, session)
    number = issued(office, "correct", FIRST, "--reason", "wrong-customer")["number"]
    file = office.folder.parent / "correction.pdf"
    office.does("invoice", "export", number, "-o", str(file))
    told = " ".join(text_of_pdf(file).split())
    assert "Nic już za nią nie jest należne: zdejmuje ją ta korekta." in told
    assert "200,00" not in told
    assert "Zdania cennika" not in told


def test_what_else_is_on_the_invoice_stays_there(office: Office) -> None:
    session = _help(office)
    helped(office, "2026-11-13T11:00:00", "2026-11-13T11:30:00")
    office.now = DECEMBER
    issued(office, "issue", "--period", PERIOD, "--all")
    _correct(office, session)
    assert sums(issued(office, "correct", FIRST, "--reason", "wrong-customer")) == (-10000, -2300, -12300)
    assert _billing(office) == ([("K-2", 20000, None), ("K-1", 5000, FIRST)], 20000)
    assert office.run("check").out == ""


def test_after_the_close_and_the_purge_the_deletion_history_stays(office: Office) -> None:
    """The closed month is said at once; verdict and evidence of the deletion are those of before."""
    session = _help(office)
    office.does("session", "purge", session, "--declare", "--yes", "--at", "2026-11-12 12:12")
    office.now = DECEMBER
    before = _deletion(office)
    assert (before["verdict"], before["delay_seconds"]) == ("pass", 120)
    closed = ("period", "close", PERIOD, "--yes")
    assert "E-FINDINGS-OPEN" in office.run(*closed).err
    office.does(*closed, "--accept-open", "--reason", "checked: nobody kept the tool's list")
    office.now = "2026-12-01T10:00:00+01:00"
    told = _correct(office, session)
    assert "2026-11 is closed: its reports flag this change" in told
    assert _deletion(office) == before
    assert _billing(office) == ([("K-2", 20000, None)], 20000)
    late = office.asks("report", "billing", "--period", PERIOD)["exceptions"]
    assert "late_recorded" in [each["kind"] for each in late]


def test_reconciliation_keeps_the_record_of_a_session_whose_customer_was_corrected(office: Office) -> None:
    session = _help(office)
    record = office.table(
        "records.csv",
        "started_at,ended_at,technician",
        [("2026-11-12T11:00:00+01:00", "2026-11-12T12:10:00+01:00", "anna")],
    )
    office.does("source", "import", "generic-csv", str(record))
    before = office.run("source", "reconcile", "--period", PERIOD, "-f", "json").document
    _correct(office, session)
    after = office.run("source", "reconcile", "--period", PERIOD, "-f", "json").document
    assert after["counts"] == before["counts"]
    kinds = [[each["kind"] for each in found["findings"]] for found in (before, after)]
    assert kinds[0] == kinds[1]


def test_after_invoice_payment_close_and_purge_every_sum_register_and_report_is_right(office: Office) -> None:
    """All at once, K-1 with another session that stays; the library's own figures last."""
    session = _help(office)
    office.does("session", "purge", session, "--declare", "--yes", "--at", "2026-11-12 12:12")
    other = str(helped(office, "2026-11-13T11:00:00", "2026-11-13T11:30:00"))
    office.does("session", "purge", other, "--declare", "--yes", "--at", "2026-11-13 11:31")
    row = ("2026-11-12T11:00:00+01:00", "2026-11-12T12:10:00+01:00", "anna")
    record = office.table("records.csv", "started_at,ended_at,technician", [row])
    office.does("source", "import", "generic-csv", str(record))
    office.now = DECEMBER
    issued(office, "issue", "--period", PERIOD, "--all")
    office.does("invoice", "paid", FIRST, "--amount", "184.50", "--on", "2026-12-01", "--method", "transfer")
    reason = ("--accept-open", "--reason", "checked: nobody kept the tool's list")
    office.does("period", "close", PERIOD, "--yes", *reason)
    deletions, reconciled = _deletion(office), _reconciled(office)
    office.now = "2026-12-02T10:00:00+01:00"
    told = _correct(office, session)
    assert "2026-11 is closed" in told
    assert f"{FIRST} says something else of this session" in told
    assert sums(issued(office, "correct", FIRST, "--reason", "wrong-customer")) == (-10000, -2300, -12300)
    office.does("invoice", "received", CORRECTION, "--on", "2026-12-02")
    assert sums(issued(office, "issue", "--session", session)) == (20000, 4600, 24600)
    assert _billing(office) == ([("K-2", 20000, SECOND), ("K-1", 5000, FIRST)], 0)
    month = office.asks("report", "billing", "--period", PERIOD)["month"]
    whole = office.asks("report", "sales", "--period", "2026")
    assert sums(month["total"]["billed"]) == sums(whole["total"]) == (25000, 5750, 30750)
    assert {each["customer"] for each in month["customers"]} == {"K-1", "K-2"}
    left = {
        each["customer"]: each["left_grosze"] for each in office.asks("report", "receivables")["invoices"]
    }
    assert left == {"K-1": -12300, "K-2": 24600}
    assert _deletion(office) == deletions
    assert _reconciled(office) == reconciled
    assert office.run("check").out == ""
    office.does("replay")
    assert office.run("check").out == ""
    environment = Environment(lambda: parse_instant(office.now), os.urandom)
    with Ledger.open(office.folder, environment, read_models=ReadSide) as ledger:
        assert ledger.session(ledger.find_session(session)[0]).billed == SECOND
        assert not ledger.read_models.unbilled(parse_period("2026")).sessions


def _reconciled(office: Office) -> Any:  # noqa: ANN401 - whatever JSON says
    found = office.run("source", "reconcile", "--period", PERIOD, "-f", "json").document
    return found["counts"], [(each["kind"], each["session"]) for each in found["findings"]]


def test_of_a_request_the_customer_is_corrected_too(office: Office) -> None:
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    _correct(office, "1")
    assert office.asks("session", "list")["sessions"][0]["customer"] == "K-2"
    assert (
        "E-CUSTOMER-UNKNOWN"
        in office.run("session", "correct", "1", "--customer", "K-9", "--reason", "wrong-customer").err
    )


def test_a_free_session_of_an_invoice_is_free_for_its_right_customer(office: Office) -> None:
    """A session whose lines a correction took off stands on nothing once its customer is corrected."""
    session = _help(office)
    office.now = DECEMBER
    issued(office, "issue", "--session", session)
    office.does("session", "correct", session, "--issue", "test", "--reason", "wrong-issue")
    issued(office, "correct", FIRST, "--reason", "wrong-issue")
    _correct(office, session)
    office.does("session", "correct", session, "--issue", "other", "--reason", "wrong-issue")
    assert _billing(office) == ([("K-2", 20000, None)], 20000)
    assert office.run("check").out == ""


# --- a session recorded twice -----------------------------------------------------------------


def test_a_double_entry_is_in_no_sum_and_still_owes_its_deletion(office: Office) -> None:
    session = _help(office)
    office.now = DECEMBER
    issued(office, "issue", "--session", session)
    told = office.does("session", "void", session, "--reason", "double-entry: the same call").err
    assert "amount: 100.00 → 0.00 PLN net" in told
    assert f"invoice correct {FIRST}" in told
    named = f"session 1 is put aside, and {FIRST} charges it"
    assert office.run("check").out == f"bill-changed: {named}; invoice correct {FIRST} puts it right\n"
    issued(office, "correct", FIRST, "--reason", "double-entry")
    assert office.run("check").out == ""
    assert _billing(office) == ([], 0)
    assert _register(office) == 0
    kinds = [each["kind"] for each in office.asks("report", "billing", "--period", PERIOD)["exceptions"]]
    assert kinds == ["voided"]
    deletion = _deletion(office)
    assert (deletion["verdict"], deletion["marks"]) == ("open", ["voided"])
    office.does("session", "purge", session, "--declare", "--yes")
    assert _deletion(office)["marks"] == ["back_dated", "voided"] or _deletion(office)["marks"] == ["voided"]
    assert "E-SESSION-VOID" in office.run("invoice", "issue", "--session", session, "--yes").err
    assert (
        "E-SESSION-VOID"
        in office.run("session", "waive", session, "--hours", "1", "--reason", "goodwill").err
    )
    office.does("session", "void", session, "--undo", "--reason", "checked")
    assert _billing(office) == ([("K-1", 10000, None)], 10000)
    assert "voided" not in _deletion(office)["marks"]
    office.does("replay")
    assert office.run("check").out == ""


def test_what_was_told_of_a_free_hour_is_no_reason_for_a_correction(office: Office) -> None:
    """A free hour falls away, the amount stays: `check` names nothing that `invoice correct` refuses."""
    office.now = "2026-11-13T09:30:00+01:00"
    words = ("--customer", "K-1", "--issue", "hardware", "--order", "Z-1")
    office.does("session", "request", *words)
    office.does("session", "connect", "1", "--technician", "anna")
    office.now = "2026-11-13T10:31:00+01:00"
    office.does("session", "end", "1")
    office.now = DECEMBER
    assert sums(issued(office, "issue", "--session", "1"))[0] == 10000
    office.does("session", "correct", "1", "--ended-at", "2026-11-13 10:20", "--reason", "wrong-time")
    assert office.run("check").out == ""
    assert office.asks("status")["changed_after_invoice"] == 0
    assert office.asks("report", "billing", "--period", PERIOD)["exceptions"] == []
    assert "E-NOTHING-CHANGES" in office.run("invoice", "correct", FIRST, "--reason", "checked", "--yes").err
