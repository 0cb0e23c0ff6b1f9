"""A confirmation of balance says what was open at the end of a day, whenever that was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.bank_office import BankOffice
from tests.support.billing_office import DECEMBER, business, helped, issued, shop
from tests.support.office import Office
from tests.support.scan import text_of_pdf

YEAR_END = "2026-12-31"
LATER = "2027-01-20T10:00:00+01:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A firm with 492.00 and 123.00 of 1 December; 200.00 came on the 20th, the rest of it in January."""
    office = shop(tmp_path / "ledger")
    business(office)
    helped(office, "2026-11-09T22:10:00", "2026-11-09T22:40:00")
    office.now = DECEMBER
    issued(office, "issue", "--period", "2026-11", "--customer", "K-1")
    helped(office, "2026-12-02T11:00:00", "2026-12-02T11:40:00")
    office.now = "2026-12-31T10:00:00+01:00"
    issued(office, "issue", "--period", "2026-12", "--customer", "K-1")
    office.now = LATER
    for amount, on in (("200", "2026-12-20"), ("292", "2027-01-04")):
        office.does("invoice", "paid", "FV/2026/12/0001", "--amount", amount, "--on", on, "--method", "cash")
    return office


def test_a_payment_counts_from_its_own_day(office: Office) -> None:
    """At the end of the year 292.00 of the first are left; in January it is settled, the second is open."""
    found = office.asks("report", "balance", "--customer", "K-1", "--on", YEAR_END)
    assert [(each["number"], each["paid_grosze"], each["left_grosze"]) for each in found["documents"]] == [
        ("FV/2026/12/0001", 200_00, 292_00),
        ("FV/2026/12/0002", 0, 123_00),
    ]
    assert found["documents"][0]["payments"] == [{"on": "2026-12-20", "amount_grosze": 200_00}]
    days = {"2026-11-30": 0, "2026-12-01": 492_00, "2026-12-19": 492_00, "2026-12-20": 292_00}
    for on, left in (days | {YEAR_END: 415_00, "2027-01-04": 123_00}).items():
        assert office.asks("report", "balance", "--customer", "K-1", "--on", on)["balance_grosze"] == left, on
    everybody = office.asks("report", "balance", "--on", YEAR_END)["customers"]
    assert everybody == [{"customer": "K-1", "documents": 2, "balance_grosze": 415_00}]
    receivables = office.asks("report", "receivables", "--customer", "K-1")
    assert receivables["left_grosze"] == 123_00
    ahead = office.run("report", "balance", "--customer", "K-1", "--on", "2027-01-21")
    assert (ahead.status, "E-TIME-AHEAD" in ahead.err) == (1, True)


def test_what_is_too_much_stands_in_favour_of_the_customer(office: Office, tmp_path: Path) -> None:
    """A correction of January does not change December; from its day the shop owes."""
    office.does("config", "set", "ksef.mode=online")
    office.does("session", "waive", "1", "--percent", "50", "--reason", "goodwill")
    correction = issued(office, "correct", "FV/2026/12/0001", "--reason", "goodwill")
    assert correction["gross_grosze"] == -246_00
    december = office.asks("report", "balance", "--customer", "K-1", "--on", YEAR_END)
    assert december["balance_grosze"] == 415_00
    now = office.asks("report", "balance", "--customer", "K-1", "--on", "2027-01-20")
    assert [(each["corrections_grosze"], each["left_grosze"]) for each in now["documents"]] == [
        (-246_00, -246_00),
        (0, 123_00),
    ]
    page = tmp_path / "saldo.html"
    office.does("report", "balance", "--customer", "K-1", "--on", "2027-01-20", "-o", str(page))
    assert "123.00 PLN in favour of Łódź Żółć Sp. z o.o. (one hundred" in page.read_text(encoding="utf-8")


def test_the_letter_has_two_parts_and_records_nothing(office: Office, tmp_path: Path) -> None:
    """Page and paper name both sides and leave lines to write on; all else has the code alone."""
    before = office.events()
    words = ("report", "balance", "--customer", "K-1", "--on", YEAR_END)
    for suffix in ("html", "pdf", "csv", "xlsx"):
        office.does("--lang", "pl", *words, "-o", str(tmp_path / f"saldo.{suffix}"))
    assert office.events() == before
    page = (tmp_path / "saldo.html").read_text(encoding="utf-8")
    paper = text_of_pdf(tmp_path / "saldo.pdf")
    said = (
        "Potwierdzenie salda na dzień 31.12.2026", "Odcinek B, do podpisania i odesłania", "na korzyść",
        "Serwis Komputerowy Anna Nowak", "ul. Śliczna 2", "NIP 5265877635", "415,00 PLN",
        "czterysta piętnaście", "Zgodne z naszymi księgami", "podpis potwierdzającego",
    )  # fmt: skip
    assert [word for word in said if word not in " ".join(page.replace("\u00a0", " ").split())] == []
    assert [word for word in said if word not in " ".join(paper.replace("\u00a0", " ").split())] == []
    assert page.count('class="blank"') == 3
    told = office.does(*words).out + office.does(*words, "-f", "json").out
    assert "Łódź" not in told + (tmp_path / "saldo.csv").read_text(encoding="utf-8")


def test_nothing_open_is_a_balance_too(office: Office) -> None:
    office.does("customer", "add", "K-2", "--name", "Jan Testowy", "--consumer", "yes")
    page = office.does("report", "balance", "--customer", "K-2", "--on", YEAR_END, "-f", "html").out
    assert "0.00 PLN, nothing is open" in page
    unknown = office.run("report", "balance", "--customer", "K-9", "--on", YEAR_END)
    assert "E-CUSTOMER-UNKNOWN" in unknown.err


def test_what_a_merged_customer_owes_is_owed_by_the_live_one(office: Office) -> None:
    """Given two entries of one firm, then receivables, balance and month name the live code alone."""
    office.does("customer", "add", "K-9", "--name", "Łódź Żółć, drugi wpis", "--consumer", "no")
    before = office.asks("report", "receivables")["customers"]
    office.now = "2027-01-21T10:00:00+01:00"
    office.does("customer", "merge", "K-9", "K-1", "--reason", "double-entry", "--yes")
    owed = office.asks("report", "receivables")
    assert [(each["customer"], each["left_grosze"]) for each in before] == [("K-1", 123_00)]
    assert [(each["customer"], each["left_grosze"]) for each in owed["customers"]] == [("K-9", 123_00)]
    assert {each["customer"] for each in owed["invoices"]} == {"K-9"}
    for code in ("K-9", "K-1"):
        assert office.asks("report", "receivables", "--customer", code)["left_grosze"] == 123_00
        assert office.asks("report", "balance", "--customer", code, "--on", "2027-01-21")["customer"] == "K-9"
    assert office.asks("report", "balance", "--on", "2027-01-21")["customers"][0]["customer"] == "K-9"
    month = office.asks("report", "month", "--period", "2026-12")
    assert month["owed"]["customers"] == owed["customers"]
    assert [each["customer"] for each in month["customers"]] == ["K-9"]
    was = office.asks("report", "receivables", "--as-of", "2027-01-20")["customers"]
    assert [each["customer"] for each in was] == ["K-1"]


def test_what_a_receipt_settled_is_neither_balance_nor_overdue(office: Office) -> None:
    """Given an invoice to a till receipt, then it is owed nowhere: no reminder, no proposal, no balance."""
    office.does("customer", "add", "K-2", "--name", "Jan Testowy", "--consumer", "yes")
    session = helped(office, "2027-01-20T11:00:00", "2027-01-20T11:40:00", customer="K-2")
    office.does("config", "set", "ksef.mode=online")
    office.does("session", "receipt", str(session), "--number", "0012")
    office.does("session", "invoice-request", str(session), "--on", "2027-01-20")
    issued(office, "issue", "--session", str(session))
    office.now = "2027-03-20T10:00:00+01:00"
    asked = ("--customer", "K-2")
    assert office.asks("report", "balance", *asked, "--on", "2027-03-20")["documents"] == []
    assert office.asks("report", "receivables", *asked)["invoices"] == []
    reminded = office.run("report", "reminder", *asked, "--rates-known-until", "2027-03-20")
    assert "E-NOTHING-OVERDUE" in reminded.err


def test_a_transfer_that_was_undone_never_paid_and_one_taken_back_did_until_then(tmp_path: Path) -> None:
    """An assignment by mistake leaves no trace on the letter; money that the bank took back leaves two."""
    office = BankOffice(tmp_path / "ledger")
    office.record_invoices()
    office.takes_bank_file("mt940-words.sta")
    part = next(
        each
        for each in office.asks("payment", "list", "--proposed")["transfers"]
        if each["documents"][0]["number"] == "FV/2026/10/0009"
    )
    digest = office.does("payment", "confirm", part["transfer"], "--dry-run").out.strip()
    office.does("payment", "confirm", part["transfer"], "--yes", "--digest", digest)
    code = next(
        each["customer"]
        for each in office.asks("report", "receivables")["invoices"]
        if each["number"] == "FV/2026/10/0009"
    )
    office.does("customer", "add", code, "--name", "Szyszka", "--consumer", "no", "--nip", "5265877635")
    asked = ("report", "balance", "--customer", code, "--on", "2026-11-30")
    paid = _open(office, *asked)
    assert paid["payments"] == [{"on": part["booked_on"], "amount_grosze": part["amount_grosze"]}]
    office.does("payment", "undo", part["transfer"], "--reason", "checked")
    undone = _open(office, *asked)
    assert (undone["payments"], undone["left_grosze"]) == ([], paid["left_grosze"] + part["amount_grosze"])


def _open(office: Office, *words: str) -> dict[str, object]:
    documents = office.asks(*words)["documents"]
    found: dict[str, object] = next(each for each in documents if each["number"] == "FV/2026/10/0009")
    return found
