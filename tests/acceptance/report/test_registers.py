"""Registers as an accountant and a boss read them: by rate, EU sales apart, receivables as of today."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.acceptance.report.test_month_money import german
from tests.support import billing_office as b
from tests.support.office import Office

SALES = ("report", "sales", "--period", b.PERIOD)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """850.00 to a customer in Poland, 400.00 to one in Germany, both invoiced."""
    found = b.shop(tmp_path / "ledger")
    b.example(found)
    german(found)
    b.helped(found, "2026-11-13T22:10:00", "2026-11-13T22:40:00", "K-2")
    found.now = b.DECEMBER
    found.does("invoice", "issue", "--period", b.PERIOD, "--all", "--yes")
    return found


def test_register_is_summed_by_rate_and_the_eu_stands_apart(office: Office) -> None:
    register = office.asks(*SALES)
    sums = {
        each["rate"]: (each["documents"], each["net_grosze"], each["vat_grosze"])
        for each in register["rates"]
    }
    assert sums == {"23": (1, 850_00, 195_50), "np II": (1, 400_00, 0), "np I": (0, 0, 0), "zw": (0, 0, 0)}
    assert register["eu_sales"] == [
        {
            "customer": "K-2",
            "buyer": "Müller IT GmbH",
            "vat_id": "DE136695976",
            "documents": 1,
            "net_grosze": 400_00,
        }
    ]
    assert register["markers"] == {"NrKSeF": 0, "OFF": 0, "BFK": 2, "DI": 0}
    assert [each["vat_rate"] for each in register["documents"]] == ["23", "np II"]
    for key in ("net_grosze", "vat_grosze", "gross_grosze"):
        assert sum(each[key] for each in register["rates"]) == register["total"][key]


def test_rates_are_in_the_workbook_and_the_rate_of_each_document_in_csv(office: Office) -> None:
    path = office.folder.parent / "register.xlsx"
    office.does("--lang", "pl", *SALES, "-o", str(path))
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    assert {"Sprzedaż", "Stawki", "VAT-UE", "Razem"} <= set(book.sheet_names)
    assert book.get_sheet_by_name("Stawki").to_python()[1:3] == [
        ["23", 1, 850, 195.5, 1045.5],
        ["np II", 1, 400, 0, 400],
    ]
    rows = list(csv.DictReader(io.StringIO(office.does(*SALES, "-f", "csv").out)))
    assert [(row["vat_rate"], row["net_pln"], row["jpk_marker"]) for row in rows] == [
        ("23", "850.00", "BFK"),
        ("np II", "400.00", "BFK"),
    ]


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_register_on_paper_has_few_columns_and_each_hash_whole(office: Office, lang: str) -> None:
    """What is printed lies on the sheet: pdftotext finds every hash in one piece."""
    from tests.support.scan import text_of_pdf  # noqa: PLC0415 - of this test alone

    path = office.folder.parent / "register.pdf"
    office.does("--lang", lang, *SALES, "-o", str(path))
    text = text_of_pdf(path)
    for document in office.asks(*SALES)["documents"]:
        assert document["xml_sha256"] in text
        assert document["number"] in text
    assert "Müller IT GmbH" in text


def test_receivables_are_of_today_and_by_customer(office: Office) -> None:
    """Nothing was recorded since 1 December; five days after the 15th both are five days overdue."""
    office.now = "2026-12-20T09:00:00+01:00"
    found = office.asks("report", "receivables")
    assert (found["today"], found["as_of"]) == ("2026-12-20", "2026-12-01T08:00:00Z")
    assert [each["days_overdue"] for each in found["invoices"]] == [5, 5]
    assert found["customers"] == [
        {
            "customer": "K-1",
            "invoices": 1,
            "left_grosze": 1045_50,
            "overdue_grosze": 1045_50,
            "days_overdue": 5,
        },
        {
            "customer": "K-2",
            "invoices": 1,
            "left_grosze": 400_00,
            "overdue_grosze": 400_00,
            "days_overdue": 5,
        },
    ]
    then = office.asks("report", "receivables", "--as-of", "2026-12-10")
    assert (then["today"], {each["age"] for each in then["invoices"]}) == ("2026-12-10", {"not_due"})
    assert [each["overdue_grosze"] for each in then["customers"]] == [0, 0]
