"""A reminder tells what is overdue with its interest; nothing is recorded, nobody is reminded of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.bank_office import BankOffice
from tests.support.billing_office import DECEMBER, business, helped, issued, shop
from tests.support.office import Office
from tests.support.scan import text_of_pdf

LATER = "2026-12-30T10:00:00+01:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two invoices of 1 December, due on the 15th: a firm's over 492.00, a consumer's over 123.00."""
    office = shop(tmp_path / "ledger", "seller.bank_account=61 1090 1014 0000 0712 1981 2874")
    business(office)
    office.does("customer", "add", "K-2", "--name", "Jan Testowy", "--consumer", "yes")
    helped(office, "2026-11-09T22:10:00", "2026-11-09T22:40:00")
    second = helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00", customer="K-2")
    office.now = DECEMBER
    office.does("session", "invoice-request", str(second), "--on", "2026-12-01")
    for customer in ("K-1", "K-2"):
        issued(office, "issue", "--period", "2026-11", "--customer", customer)
    office.now = LATER
    return office


def test_a_firm_owes_commercial_interest_and_a_consumer_civil_one(office: Office) -> None:
    """15 days of 492.00 at 13.75 % are 2.78; for 123.00 somebody has to look for the rate of December."""
    firm = office.asks("report", "reminder", "--customer", "K-1")
    (invoice,) = firm["invoices"]
    assert (invoice["law"], invoice["days"], invoice["interest_grosze"]) == ("commercial", 15, 2_78)
    assert (firm["left_grosze"], firm["kind"], firm["until"]) == (492_00, "reminder", None)
    refused = office.run("report", "reminder", "--customer", "K-2")
    assert (refused.status, "E-INTEREST-RATE" in refused.err) == (1, True)
    looked = ("--rates-known-until", "2026-12-30", "--demand", "--within", "14")
    consumer = office.asks("report", "reminder", "--customer", "K-2", *looked)
    (invoice,) = consumer["invoices"]
    assert (invoice["law"], invoice["interest_grosze"]) == ("civil", 47)  # 123 * 15 * 9.25 % / 365
    assert (consumer["kind"], consumer["until"]) == ("demand", "2027-01-13")


def test_the_flat_sum_of_recovery_is_asked_for_at_a_rate_that_somebody_read(office: Office) -> None:
    """Due on 15 December, so the rate of 30 November: 40 EUR at 4.2513 are 170.05; a consumer has none."""
    without = office.does("report", "reminder", "--customer", "K-1").out
    assert "is not asked for here" in without
    rate = ("--eur-rate", "30.11.2026 4,2513 231/A/NBP/2026")
    found = office.asks("report", "reminder", "--customer", "K-1", *rate)
    assert (found["recovery_grosze"], found["interest_grosze"]) == (170_05, 2_78)
    assert found["invoices"][0]["recovery"] == {
        "eur": 40, "rate_ten_thousandths": 42513, "rate_on": "2026-11-30", "table": "231/A/NBP/2026",
        "recovery_grosze": 170_05,
    }  # fmt: skip
    letter = office.does("--lang", "pl", "report", "reminder", "--customer", "K-1", *rate, "-f", "html").out
    for word in ("664,83", "170,05", "4,2513", "231/A/NBP/2026", "art. 10 ust. 1"):
        assert word in letter.replace("\u00a0", " "), word
    other = office.run(
        "report", "reminder", "--customer", "K-1", "--eur-rate", "27.11.2026 4,25 231/A/NBP/2026"
    )
    assert (other.status, "E-OPTIONS" in other.err) == (2, True)
    friday = ("--eur-rate", "27.11.2026 4,2513 230/A/NBP/2026")
    needed = office.run("report", "reminder", "--customer", "K-1", *friday)
    assert (needed.status, "of 2026-11-30 is needed" in needed.err) == (1, True)
    unused = office.run("report", "reminder", "--customer", "K-1", *rate, *friday)
    assert "needs the rate of 2026-11-27" in unused.err
    consumer = ("--customer", "K-2", "--rates-known-until", "2026-12-30")
    assert "needs the rate of 2026-11-30" in office.run("report", "reminder", *consumer, *rate).err
    assert "costs of recovery" not in office.does("report", "reminder", *consumer).out


def test_a_part_that_was_paid_bears_interest_until_its_day(office: Office) -> None:
    """200.00 on the 20th: 5 days of 492.00, 10 days of 292.00."""
    number = office.asks("report", "reminder", "--customer", "K-1")["invoices"][0]["number"]
    office.does("invoice", "paid", number, "--amount", "200", "--on", "2026-12-20", "--method", "cash")
    (invoice,) = office.asks("report", "reminder", "--customer", "K-1")["invoices"]
    parts = [(each["days"], each["owed_grosze"]) for each in invoice["interest"]]
    assert parts == [(5, 492_00), (10, 292_00)]
    assert (invoice["left_grosze"], invoice["interest_grosze"]) == (292_00, 2_03)


def test_whoever_owes_nothing_overdue_is_not_reminded(office: Office) -> None:
    number = office.asks("report", "reminder", "--customer", "K-1")["invoices"][0]["number"]
    early = office.run("report", "reminder", "--customer", "K-1", "--on", "2026-12-15")
    assert (early.status, "E-NOTHING-OVERDUE" in early.err) == (1, True)
    ahead = office.run("report", "reminder", "--customer", "K-1", "--on", "2026-12-31")
    assert "E-TIME-AHEAD" in ahead.err
    office.does("invoice", "paid", number, "--amount", "492", "--on", "2026-12-29", "--method", "card")
    paid = office.run("report", "reminder", "--customer", "K-1")
    assert "E-NOTHING-OVERDUE" in paid.err


def test_the_letter_records_nothing_and_names_whom_it_is_for(office: Office, tmp_path: Path) -> None:
    """The page has seller, buyer, account and sum; JSON, CSV and the screen have the code alone."""
    before = office.events()
    for suffix in ("html", "pdf", "xlsx", "csv"):
        words = ("--lang", "pl", "report", "reminder", "--customer", "K-1", "--demand")
        office.does(*words, "-o", str(tmp_path / f"letter.{suffix}"))
    assert office.events() == before
    page = (tmp_path / "letter.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    said = ("Wezwanie do zapłaty", "494,78", "M.P. 2026 poz. 642", "w ciągu 7 dni")
    assert [word for word in said if word not in page] == []
    table = (tmp_path / "letter.csv").read_text(encoding="utf-8")
    assert "Łódź" not in table + office.does("report", "reminder", "--customer", "K-1", "-f", "json").out
    assert "FV/2026/12/0001" in table
    paper = text_of_pdf(tmp_path / "letter.pdf").replace("\u00a0", " ")
    assert [word for word in (*said, "Łódź Żółć", "61 1090 1014") if word not in paper] == []


def test_a_transfer_counts_on_its_value_date_and_not_once_it_is_undone(tmp_path: Path) -> None:
    """Given an invoice that a transfer pays in part, when that is undone, then all of it is owed again."""
    office = BankOffice(tmp_path / "ledger")
    office.record_invoices()
    office.takes_bank_file("mt940-words.sta")
    part = next(
        each
        for each in office.asks("payment", "list", "--proposed")["transfers"]
        if each["documents"][0]["number"] == "FV/2026/10/0009"
    )
    owed = office.owed("FV/2026/10/0009")
    digest = office.does("payment", "confirm", part["transfer"], "--dry-run").out.strip()
    office.does("payment", "confirm", part["transfer"], "--yes", "--digest", digest)
    found = {each["number"]: each for each in office.asks("report", "receivables")["invoices"]}[
        "FV/2026/10/0009"
    ]
    customer = found["customer"]
    office.does("customer", "add", customer, "--name", "Szyszka", "--consumer", "no", "--nip", "5265877635")
    office.now = "2026-12-31T10:00:00+01:00"
    looked = ("--rates-known-until", "2026-12-31")
    paid = _of(office.asks("report", "reminder", "--customer", customer, *looked), "FV/2026/10/0009")
    assert paid["left_grosze"] == owed - part["amount_grosze"]
    office.does("payment", "undo", part["transfer"], "--reason", "checked")
    undone = _of(office.asks("report", "reminder", "--customer", customer, *looked), "FV/2026/10/0009")
    assert undone["left_grosze"] == owed
    assert [each["owed_grosze"] for each in undone["interest"]] == [owed]
    assert undone["interest_grosze"] > paid["interest_grosze"]


def _of(letter: Any, number: str) -> Any:  # noqa: ANN401 - whatever JSON says
    return next(each for each in letter["invoices"] if each["number"] == number)
