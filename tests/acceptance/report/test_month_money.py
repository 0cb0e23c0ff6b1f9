"""The billing report before and after invoices: the whole month side by side, as the register has it."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.support import billing_office as b
from tests.support.office import Office

HISTORIES = 300 if os.environ.get("SESSION_LEDGER_LONG") else 3
BILLING = ("report", "billing", "--period", b.PERIOD)
SALES = ("report", "sales", "--period", b.PERIOD)


def german(office: Office, code: str = "K-2") -> None:
    """A business in Germany."""
    office.does(
        "customer", "add", code, "--name", "Müller IT GmbH", "--country", "DE", "--vat-id", "DE136695976",
        "--vat-treatment", "eu", "--consumer", "no", "--address-line1", "Hauptstr. 1",
    )  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A customer of the shop with 850.00, and a German one with a night of 400.00."""
    found = b.shop(tmp_path / "ledger")
    b.example(found)
    german(found)
    b.helped(found, "2026-11-13T22:10:00", "2026-11-13T22:40:00", "K-2")
    b.helped(found, "2026-11-14T10:10:00", "2026-11-14T10:20:00", "K-1", "test")
    found.now = b.DECEMBER
    return found


def money(amount: dict[str, int]) -> tuple[int, int, int, int]:
    """Sessions, net, VAT, gross."""
    return amount["sessions"], amount["net_grosze"], amount["vat_grosze"], amount["gross_grosze"]


def test_business_in_the_eu_is_reported_without_vat_as_its_invoice_is(office: Office) -> None:
    report = office.asks(*BILLING)
    german = next(each for each in report["customers"] if each["customer"] == "K-2")
    assert b.sums(german) == (400_00, 0, 400_00)
    assert german["vat_treatment"] == "eu"
    assert b.sums(report["total"]) == (1250_00, 195_50, 1445_50)
    planned = office.asks("invoice", "draft", "--period", b.PERIOD)["documents"]
    assert sum(each["gross_grosze"] for each in planned) == report["total"]["gross_grosze"]


def test_what_was_invoiced_stays_in_the_report_beside_what_is_not(office: Office) -> None:
    office.does("invoice", "issue", "--period", b.PERIOD, "--customer", "K-1", "--yes")
    report = office.asks(*BILLING)
    total = report["month"]["total"]
    assert money(total["billed"]) == (2, 850_00, 195_50, 1045_50)
    assert money(total["to_bill"]) == (1, 400_00, 0, 400_00)
    assert money(total["free"]) == (1, 0, 0, 0)
    assert money(total["total"]) == (4, 1250_00, 195_50, 1445_50)
    (document,) = report["month"]["documents"]
    assert (document["number"], document["vat_period"], document["sessions"]) == (
        "FV/2026/12/0001",
        "2026-11",
        [1, 2],
    )
    assert [each["standing"] for each in report["sessions"]] == ["billed", "billed", "to_bill", "free"]
    assert b.sums(office.asks(*SALES)["total"]) == b.sums(total["billed"])


def test_correction_is_a_document_of_its_own_and_the_sums_follow(office: Office) -> None:
    office.does("invoice", "issue", "--period", b.PERIOD, "--customer", "K-1", "--yes")
    office.does("session", "correct", "1", "--ended-at", "2026-11-09 21:30", "--reason", "wrong-time")
    before = office.asks(*BILLING)
    first = before["sessions"][0]
    assert (first["net_grosze"], first["billed_net_grosze"]) == (400_00, 800_00)
    office.does("invoice", "correct", "FV/2026/12/0001", "--reason", "wrong-time", "--yes")
    office.does("invoice", "received", "FK/2026/12/0001", "--on", "2026-12-01")
    after = office.asks(*BILLING)
    assert after["sessions"][0]["documents"] == ["FV/2026/12/0001", "FK/2026/12/0001"]
    assert after["sessions"][0]["billed_net_grosze"] == 400_00
    assert after["month"]["total"]["billed"]["net_grosze"] == 450_00
    whole = office.asks("report", "sales", "--period", "2026")["total"]
    assert b.sums(whole) == b.sums(after["month"]["total"]["billed"])


def test_settled_by_the_till_and_billed_elsewhere_stand_apart(office: Office) -> None:
    office.does("customer", "add", "K-3", "--name", "Jan Żółw", "--consumer", "yes")
    b.helped(office, "2026-11-16T12:00:00", "2026-11-16T12:30:00", "K-3")
    office.now = b.DECEMBER
    office.does("session", "receipt", "5", "--number", "W/1", "--at", "2026-11-16 12:40")
    office.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at,billed_as",
        [("old", "K-1", "other", "2026-11-02 12:00", "2026-11-02 12:10", "FV 7/2026")],
    )
    total = office.asks(*BILLING)["month"]["total"]
    assert money(total["receipt"]) == (1, 100_00, 23_00, 123_00)
    assert total["elsewhere"]["net_grosze"] == 100_00
    office.does("session", "invoice-request", "5", "--on", "2026-12-01")
    office.does("customer", "update", "K-3", "--address-line1", "ul. Miła 1", "--reason", "data-changed")
    office.does("invoice", "issue", "--session", "5", "--yes")
    report = office.asks(*BILLING)
    assert money(report["month"]["total"]["receipt"]) == (1, 100_00, 23_00, 123_00)
    (made_out,) = report["month"]["documents"]
    assert made_out["counts_in_vat"] is False
    assert report["sessions"][4]["standing"] == "receipt"


def test_document_over_two_months_is_shared_out_between_their_reports(office: Office) -> None:
    b.helped(office, "2026-12-02T10:10:00", "2026-12-02T10:40:00")
    office.now = "2026-12-03T09:00:00+01:00"
    office.does("invoice", "issue", "--period", "2026-Q4", "--customer", "K-1", "--yes")
    parts = [
        each
        for month in (b.PERIOD, "2026-12")
        for each in office.asks("report", "billing", "--period", month)["month"]["documents"]
    ]
    assert [each["number"] for each in parts] == ["FV/2026/12/0001"] * 2
    assert [sum(part[key] for part in parts) for key in ("net_grosze", "vat_grosze", "gross_grosze")] == [
        *b.sums(parts[0]["document"])
    ]


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_people_read_every_standing_in_words(office: Office, lang: str) -> None:
    office.does("invoice", "issue", "--period", b.PERIOD, "--customer", "K-1", "--yes")
    text = office.does("--lang", lang, *BILLING).out
    words = {
        "pl": ("Cały miesiąc", "na fakturze", "bezpłatne"),
        "en": ("The whole month", "on an invoice", "free"),
    }
    assert all(word in text for word in words[lang])


# --- which month is meant -----------------------------------------------------------------------


def test_list_and_export_say_that_the_help_of_a_month_was_invoiced_in_another(office: Office) -> None:
    office.does("invoice", "issue", "--period", b.PERIOD, "--customer", "K-1", "--yes")
    folder = str(office.folder.parent / "out")
    for words in (("invoice", "list"), ("invoice", "export", "--all", "-o", folder)):
        empty = office.does(*words, "--period", b.PERIOD)
        assert "issued in the period: 0" in empty.err
        assert "for help given in the period: 1, issued in 2026-12 (--by help)" in empty.err
        assert "FV" in office.does(*words, "--period", b.PERIOD, "--by", "help").out
        assert office.does(*words, "--period", "2026-12").err.count("--by") == 0
    assert (
        "no file was written"
        in office.does("invoice", "export", "--all", "--period", "2025", "-o", folder).err
    )


# --- random histories ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_report_is_register_and_what_is_open_in_random_histories(tmp_path: Path, seed: int) -> None:
    """VAT again from each document's own net; the parts of all months are the whole register."""
    office = _history(tmp_path / "ledger", random.Random(seed))  # noqa: S311 - a test
    report = office.asks("report", "billing", "--period", "2026")
    total = report["month"]["total"]
    register = office.asks("report", "sales", "--period", "2026", "--by", "issued")
    counted = [each for each in register["documents"] if each["withdrawn_on"] is None]
    for key in ("net_grosze", "vat_grosze", "gross_grosze"):
        live = sum(each[key] for each in report["month"]["documents"])
        assert total["billed"][key] == live
        assert total["total"][key] == sum(total[kind][key] for kind in total if kind != "total")
    shown = {each["number"] for each in report["month"]["documents"]}
    assert sum(each["net_grosze"] for each in counted if each["number"] not in shown) == 0
    assert sum(each["net_grosze"] for each in counted) == total["billed"]["net_grosze"]
    assert sum(each["vat_grosze"] for each in counted) == total["billed"]["vat_grosze"]
    _check_vat(counted)
    open_net = sum(each["net_grosze"] for each in report["sessions"] if each["standing"] == "to_bill")
    assert report["total"]["net_grosze"] == total["to_bill"]["net_grosze"] == open_net
    by_document = [each["billed_net_grosze"] for each in report["sessions"] if each["documents"]]
    assert sum(by_document) == total["billed"]["net_grosze"]


def _check_vat(documents: list[dict[str, Any]]) -> None:
    """An invoice with its corrections bears VAT once on what it comes to, half up; the German one none."""
    for number in {each["corrects"] or each["number"] for each in documents}:
        family = [each for each in documents if number in {each["number"], each["corrects"]}]
        net = sum(each["net_grosze"] for each in family)
        percent = 0 if family[0]["customer"] == "K-2" else 23
        assert sum(each["vat_grosze"] for each in family) == (net * percent + 50) // 100


def _history(folder: Path, chance: random.Random) -> Office:
    """Sessions of three buyers, then waivers, corrections, invoices and their corrections in any order."""
    office = b.shop(folder)
    b.business(office)
    german(office)
    b.business(office, "K-4", "Drugi", b.valid_nip(7))
    office.does("purchase", "add", "K-4", "--order", "Z-4", "--at", "2026-11-01T08:00:00+01:00")
    count = chance.randint(3, 7)
    for day in sorted(chance.sample(range(2, 28), count)):
        hour = chance.choice([5, 9, 11, 17, 20])
        begins = f"2026-11-{day:02d}T{hour:02d}:{chance.randint(0, 59):02d}:00"
        until = f"2026-11-{day:02d}T{hour + chance.randint(1, 3):02d}:{chance.randint(0, 59):02d}:00"
        b.helped(office, begins, until, chance.choice(["K-1", "K-2", "K-4"]))
    office.now = b.DECEMBER
    for _ in range(chance.randint(4, 9)):
        session = str(chance.randint(1, count))
        act = chance.choice(["issue", "waive", "correct", "mend", "issue-all"])
        if act == "issue":
            office.run("invoice", "issue", "--session", session, "--yes")
        elif act == "issue-all":
            office.run("invoice", "issue", "--period", b.PERIOD, "--all", "--yes")
        elif act == "waive":
            percent = str(chance.choice([10, 33, 50, 100]))
            office.run("session", "waive", session, "--percent", percent, "--reason", "goodwill")
        elif act == "correct":
            until = (
                f"{office.asks('session', 'show', session)['connections'][0]['connected_at'][:11]}22:59:00Z"
            )
            office.run("session", "correct", session, "--ended-at", until, "--reason", "wrong-time")
        else:
            for each in office.asks("invoice", "list")["invoices"]:
                if not each["number"].startswith("FK"):
                    office.run("invoice", "correct", each["number"], "--reason", "wrong-time", "--yes")
    return office
