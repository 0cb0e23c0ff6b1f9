"""A made year of forty customers: the owner's month, counted again from the raw events alone."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.support.long import LONG
from tests.support.made_year import CUSTOMERS, YEAR, made_year
from tests.support.month_again import month_again
from tests.support.office import Office, sqlite_only
from tests.support.scan import text_of_pdf

MONTHS = range(1, 13)
TODAY = date(2027, 1, 20)
SEEDS = range(40, 46) if LONG else [40]
pytestmark = sqlite_only


@pytest.fixture(scope="module", params=SEEDS)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The shop after its year."""
    return made_year(tmp_path_factory.mktemp("year") / "ledger", request.param)


def reported(office: Office, month: int) -> Any:  # noqa: ANN401 - whatever JSON says
    """The month as the program reports it."""
    return office.asks("report", "month", "--period", f"{YEAR}-{month:02d}")


def again(office: Office, month: int) -> dict[str, Any]:
    """The same month, counted again."""
    return month_again(office.folder / "events.db", date(YEAR, month, 1), TODAY)


def test_year_holds_everything_that_a_month_can_meet(office: Office) -> None:
    """Else the comparison below would compare nothing."""
    year = [again(office, month) for month in MONTHS]
    customers = [each for month in year for each in month["customers"].values()]
    for key in ("open", "billed", "receipt", "elsewhere", "paid", "left", "overdue"):
        assert sum(each[f"{key}_grosze"] for each in customers) > 0, key
    assert any(each["left_grosze"] < 0 for each in customers), "too much paid"
    assert any(month["value"]["corrected_grosze"] for month in year)
    assert len({code for month in year for code in month["customers"]}) > CUSTOMERS * 3 // 4
    rules = {rule for month in year for rule, _ in month["rules"]}
    assert rules >= {"hardware_free", "hardware_out_of_office", "customer_discount", "list_price", "test"}
    assert {kind for month in year for _, _, kind in month["overlaps"]} >= {"technician"}
    hours = [each for month in year for each in month["nights"]["technicians"].values()]
    assert all(sum(each[place] for each in hours) > 0 for place in range(2, 5)), "night, weekend, holiday"
    documents = office.asks("report", "sales", "--period", str(YEAR), "--by", "issued")["documents"]
    assert any(each["corrects"] for each in documents)


@pytest.mark.parametrize("month", MONTHS)
def test_every_figure_is_what_the_events_say(office: Office, month: int) -> None:
    mine, theirs = again(office, month), reported(office, month)
    assert {each.pop("customer"): each for each in theirs["customers"]} == mine["customers"]
    for key, amount in theirs["total"].items():
        assert amount == sum(each[key] for each in mine["customers"].values()), key
    owed = {each["customer"]: tuple(each.values())[1:] for each in theirs["owed"]["customers"]}
    assert owed == mine["owed"]
    assert theirs["value"] == mine["value"]
    assert theirs["months"] == mine["months"]
    assert {(each["rule"], each["quote"]): tuple(each.values())[2:7] for each in theirs["rules"]} == mine[
        "rules"
    ]
    free = {each["session"]: (each["started_hours"], each["list_grosze"]) for each in theirs["free_sessions"]}
    assert free == mine["free_sessions"]


@pytest.mark.parametrize("month", MONTHS)
def test_goodwill_nights_overlaps_and_deletions_are_what_the_events_say(office: Office, month: int) -> None:
    mine, theirs = again(office, month), reported(office, month)
    assert {
        each["session"]: (each["customer"], each["waived_grosze"], each["reason"], each["by"])
        for each in theirs["goodwill"]
    } == mine["goodwill"]
    for kind, who in (("customers", "customer"), ("technicians", "technician")):
        told = {each[who]: tuple(each.values())[1:] for each in theirs["nights"][kind]}
        assert told == mine["nights"][kind]
    assert {each["weekday"]: each["band_hours"] for each in theirs["weekdays"]} == mine["weekdays"]
    assert {(each["session"], each["other"], each["same"]) for each in theirs["overlaps"]} == mine["overlaps"]
    deleted, recounted = theirs["deletions"], mine["deletions"]
    assert deleted["ended"] == recounted["ended"]
    assert {kind: n for kind, n in deleted["by_verdict"].items() if n} == recounted["by_verdict"]
    late = {each["session"]: each["delay_seconds"] for each in deleted["not_in_time"]}
    assert late == recounted["not_in_time"]


def test_months_agree_with_billing_register_and_receivables(office: Office) -> None:
    """Given the year by months, then its invoices are the register's, and what is left the receivables'."""
    months = [reported(office, month) for month in MONTHS]
    totals = [each["total"] for each in months]
    for month, total in zip(MONTHS, totals, strict=True):
        billing = office.asks("report", "billing", "--period", f"{YEAR}-{month:02d}")["month"]["total"]
        for key in ("sessions", "started_hours", "list_grosze", "net_grosze", "vat_grosze", "gross_grosze"):
            assert total[key] == billing["total"][key]
    register = office.asks("report", "sales", "--period", f"{YEAR}-01-01..2027-02-01", "--by", "issued")
    gross = sum(each["gross_grosze"] for each in register["documents"])
    assert sum(total["billed_grosze"] for total in totals) == gross
    owed = office.asks("report", "receivables")
    assert sum(total["left_grosze"] for total in totals) == owed["left_grosze"]
    overdue = sum(each["overdue_grosze"] for each in owed["customers"])
    assert sum(total["overdue_grosze"] for total in totals) == overdue
    assert months[0]["owed"]["customers"] == owed["customers"]


def test_balances_of_today_are_the_receivables(office: Office) -> None:
    """By days and by what was recorded it is the same money, of every customer."""
    balances = office.asks("report", "balance", "--on", TODAY.isoformat())["customers"]
    receivables = office.asks("report", "receivables")["customers"]
    assert {each["customer"]: (each["documents"], each["balance_grosze"]) for each in balances} == {
        each["customer"]: (each["invoices"], each["left_grosze"]) for each in receivables
    }


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "html", "pdf", "txt", "ndjson"])
def test_every_format_tells_the_same_turnover(office: Office, suffix: str) -> None:
    """CSV and workbook cell by cell, the others by each customer's gross as people write it."""
    customers = again(office, 5)["customers"]
    path = office.folder.parent / f"may.{suffix}"
    office.does("report", "month", "--period", f"{YEAR}-05", "-o", str(path))
    if suffix == "csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        told = {row["customer"]: round(100 * float(row["gross_pln"])) for row in rows}
        assert told == {code: each["gross_grosze"] for code, each in customers.items()}
    elif suffix == "xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).get_sheet_by_index(0)
        cells = {
            str(row[0]): [round(100 * float(str(cell))) for cell in row[3:]] for row in sheet.to_python()[1:]
        }
        assert cells == {code: list(each.values())[2:] for code, each in customers.items()}
    elif suffix == "ndjson":
        assert path.read_text(encoding="utf-8").count('"customer":') == len(customers)
    else:
        text = text_of_pdf(path) if suffix == "pdf" else path.read_text(encoding="utf-8")
        for code, each in customers.items():
            assert code in text
            assert f"{each['gross_grosze'] // 100}.{each['gross_grosze'] % 100:02d}" in text


def test_paid_owed_and_overdue_are_drawn_as_the_events_say(office: Office) -> None:
    """Too much of one customer pays nothing of another's: it stands apart."""
    customers = again(office, 5)["customers"].values()
    path = office.folder.parent / "drawn.html"
    office.does("report", "month", "--period", f"{YEAR}-05", "-o", str(path))
    beyond = sum(max(0, each["overdue_grosze"] - each["left_grosze"]) for each in customers)
    paid = sum(each["paid_grosze"] for each in customers) - beyond
    overdue = sum(each["overdue_grosze"] for each in customers)
    named = (("paid", paid), ("overdue", overdue), ("paid too much", beyond))
    told = "; ".join(f"{name}: {amount // 100}.{amount % 100:02d}" for name, amount in named if amount)
    assert f"{told}</desc>" in path.read_text(encoding="utf-8")
