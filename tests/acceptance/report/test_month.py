"""The owner's month: its sums are those of the billing report, the register, receivables and deletions."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.acceptance.report.test_month_money import german
from tests.support import billing_office as b
from tests.support.office import Office
from tests.support.scan import text_of_pdf

MONTH = ("report", "month", "--period", b.PERIOD)
BEFORE_THE_ISSUE = "2026-11-30T23:00:00+01:00"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """850.00 invoiced to a customer in Poland, 300.00 of it paid; a night in Germany open, 10 % waived.

    Then a free hour of purchased hardware, a test, and an hour of two technicians at once.
    """
    found = b.shop(tmp_path_factory.mktemp("month") / "ledger")
    b.example(found)
    german(found)
    b.helped(found, "2026-11-13T22:10:00", "2026-11-13T22:40:00", "K-2")
    found.now = "2026-11-16T12:00:00+01:00"
    found.does("session", "waive", "3", "--percent", "10", "--reason", "goodwill: a slow link")
    found.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at,order_ref,technician,purged_at",
        [
            ("free", "K-1", "hardware", "2026-11-16 10:10", "2026-11-16 10:20", "Z-1", "anna", ""),
            ("test", "K-1", "test", "2026-11-16 11:10", "2026-11-16 11:20", "", "marek", "2026-11-16 11:21"),
            (
                "twice",
                "K-1",
                "other",
                "2026-11-14 12:00",
                "2026-11-14 12:30",
                "",
                "marek",
                "2026-11-14 13:20",
            ),
            (
                "again",
                "K-1",
                "other",
                "2026-11-14 12:10",
                "2026-11-14 12:30",
                "",
                "marek",
                "2026-11-14 12:31",
            ),
        ],
    )
    found.now = b.DECEMBER
    for session in ("1", "2"):
        found.does("invoice", "issue", "--session", session, "--yes")
    paid = ("--amount", "300.00", "--on", "2026-12-01", "--method", "transfer")
    found.does("invoice", "paid", "FV/2026/12/0001", *paid)
    return found


@pytest.fixture(scope="module")
def month(office: Office) -> Any:  # noqa: ANN401 - whatever JSON says
    """The month in JSON, on 1 December."""
    office.now = b.DECEMBER
    return office.asks(*MONTH)


def test_turnover_of_each_customer_is_that_of_the_billing_report(office: Office, month: Any) -> None:  # noqa: ANN401 - JSON
    billing = office.asks("report", "billing", "--period", b.PERIOD)["month"]
    assert len(month["customers"]) == len(billing["customers"])
    for each in billing["customers"]:
        mine = next(one for one in month["customers"] if one["customer"] == each["customer"])
        for key in ("sessions", "started_hours", "list_grosze", "net_grosze", "vat_grosze", "gross_grosze"):
            assert mine[key] == each["total"][key], key
        assert mine["open_grosze"] == sum(each[kind]["gross_grosze"] for kind in ("to_bill", "waiting"))
        assert mine["billed_grosze"] == each["billed"]["gross_grosze"]
    for key, amount in month["total"].items():
        assert amount == sum(each[key] for each in month["customers"])
    assert month["total"]["net_grosze"] == 850_00 + 360_00 + 200_00


def test_invoices_are_those_of_the_register_and_what_is_left_that_of_the_receivables(
    office: Office,
    month: Any,  # noqa: ANN401 - JSON
) -> None:
    register = office.asks("report", "sales", "--period", b.PERIOD)
    assert month["total"]["billed_grosze"] == register["total"]["gross_grosze"] == 1045_50
    owed = office.asks("report", "receivables")
    assert month["owed"]["customers"] == owed["customers"]
    assert month["owed"]["left_grosze"] == month["total"]["left_grosze"] == owed["left_grosze"] == 745_50
    assert (month["total"]["paid_grosze"], month["total"]["overdue_grosze"]) == (300_00, 0)


def test_overdue_is_of_today_and_of_the_moment_with_as_of(office: Office) -> None:
    """The invoices are due on 15 December; nothing is recorded after the 1st."""
    office.now = "2026-12-20T09:00:00+01:00"
    late = office.asks(*MONTH)
    assert (late["today"], late["total"]["overdue_grosze"]) == ("2026-12-20", 745_50)
    assert late["total"]["left_grosze"] == 745_50
    then = office.asks(*MONTH, "--as-of", "2026-12-10")
    assert (then["today"], then["total"]["overdue_grosze"]) == ("2026-12-10", 0)
    before = office.asks(*MONTH, "--as-of", BEFORE_THE_ISSUE)["total"]
    assert (before["billed_grosze"], before["paid_grosze"]) == (0, 0)
    assert before["open_grosze"] == before["gross_grosze"]


def test_list_price_less_free_less_discount_less_goodwill_is_the_turnover(month: Any) -> None:  # noqa: ANN401 - JSON
    assert month["value"] == {
        "list_grosze": 1800_00,
        "free_grosze": 100_00,
        "discount_grosze": 250_00,
        "goodwill_grosze": 40_00,
        "corrected_grosze": 0,
        "net_grosze": 1410_00,
    }
    free = [each for each in month["rules"] if each["free"]]
    assert [(each["rule"], each["sessions"], each["list_grosze"]) for each in free] == [
        ("hardware_free", 1, 100_00),
        ("test", 1, 0),
    ]
    assert "wsparcie jest bezpłatne" in free[0]["quote"]
    assert [(each["session"], each["started_hours"]) for each in month["free_sessions"]] == [(4, 1)]


def test_goodwill_says_why_and_who(month: Any) -> None:  # noqa: ANN401 - JSON
    (given,) = month["goodwill"]
    assert {
        key: given[key] for key in ("session", "customer", "percent", "waived_grosze", "reason", "by")
    } == {
        "session": 3,
        "customer": "K-2",
        "percent": "10",
        "waived_grosze": 40_00,
        "reason": "goodwill",
        "by": "anna",
    }


def test_nights_and_weekends_are_counted_by_who_had_and_who_gave_them(month: Any) -> None:  # noqa: ANN401 - JSON
    """Monday 9 November: two evening hours and a night one; Friday 13: a night; Saturday 14: two hours."""
    hours = {
        each["customer"]: (each["night_hours"], each["weekend_hours"])
        for each in month["nights"]["customers"]
    }
    assert hours == {"K-1": (1, 2), "K-2": (1, 0)}
    by = {each["technician"]: each["started_hours"] for each in month["nights"]["technicians"]}
    assert by == {"anna": 6, "marek": 2}
    days = {each["weekday"]: each["started_hours"] for each in month["weekdays"] if each["started_hours"]}
    assert days == {"mon": 4, "thu": 1, "fri": 1, "sat": 2}


def test_session_recorded_twice_stands_as_double(office: Office, month: Any) -> None:  # noqa: ANN401 - JSON
    (pair,) = month["overlaps"]
    assert (pair["session"], pair["other"], pair["same"], pair["who"]) == (6, 7, "double", "marek")
    exceptions = office.asks("report", "billing", "--period", b.PERIOD)["exceptions"]
    assert {each["session"] for each in exceptions if each["kind"] == "overlap"} == {6, 7}


def test_deletions_are_those_of_their_report(office: Office, month: Any) -> None:  # noqa: ANN401 - JSON
    office.now = b.DECEMBER
    answer = office.run("report", "deletions", "--period", b.PERIOD, "-f", "json")
    theirs = answer.document["summary"]
    mine = month["deletions"]
    assert mine["by_verdict"] == {kind: theirs[kind] for kind in mine["by_verdict"]}
    assert mine["delay_max_seconds"] == theirs["delay_max_seconds"]
    late = {each["session"] for each in month["deletions"]["not_in_time"]}
    assert late == {each["session"] for each in answer.document["sessions"] if each["verdict"] != "pass"}


def test_months_before_stand_oldest_first(month: Any) -> None:  # noqa: ANN401 - JSON
    assert [each["month"] for each in month["months"]] == ["2025-11", "2025-12"] + [
        f"2026-{number:02d}" for number in range(1, 12)
    ]
    assert [each["net_grosze"] for each in month["months"]][-2:] == [0, 1410_00]


# --- formats --------------------------------------------------------------------------------------


def test_csv_has_a_row_for_each_customer_and_no_name(office: Office) -> None:
    rows = list(csv.DictReader(io.StringIO(office.does(*MONTH, "-f", "csv").out)))
    assert [(row["customer"], row["net_pln"]) for row in rows] == [("K-1", "1050.00"), ("K-2", "360.00")]


@pytest.mark.parametrize("lang", ["pl", "en"])
@pytest.mark.parametrize("suffix", ["html", "pdf", "xlsx", "txt"])
def test_every_format_tells_the_turnover_and_nobody_by_name(office: Office, lang: str, suffix: str) -> None:
    """Codes of customers and technicians stand in it; names, and the sentence of a reason, do not."""
    path = office.folder.parent / f"month-{lang}.{suffix}"
    office.does("--lang", lang, *MONTH, "-o", str(path))
    text = _text(path)
    told = "1410" if suffix == "xlsx" else "1410,00" if lang == "pl" else "1410.00"
    assert told in text
    assert "K-2" in text
    assert "marek" in text
    assert not any(name in text for name in ("Müller", "Łódź", "a slow link"))


def _text(path: Path) -> str:
    if path.suffix == ".pdf":
        return text_of_pdf(path)
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
        return "\n".join(
            str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
            for row in rows
            for cell in row
        )
    return path.read_text(encoding="utf-8")


def test_page_has_five_pictures_that_say_what_they_show(office: Office) -> None:
    path = office.folder.parent / "pictures.html"
    office.does(*MONTH, "-o", str(path))
    page = path.read_text(encoding="utf-8")
    assert page.count("<svg ") == page.count("<desc ") == 5
    assert "this month: 1410.00" in page
    assert "paid: 300.00" in page


@pytest.mark.parametrize("period", ["2026-Q4", "2026", "2026-11-03", "2026-11-02..2026-12-01"])
def test_other_time_than_a_month_is_refused(office: Office, period: str) -> None:
    answer = office.run("report", "month", "--period", period)
    assert answer.status == 2
    assert "E-NOT-A-MONTH" in answer.err


@pytest.mark.parametrize("what", ["month", "billing"])
@pytest.mark.parametrize("period", ["2020-01", "1900-01", "2199-12", "2999-12"])
def test_month_without_anything_is_a_page_all_the_same(office: Office, what: str, period: str) -> None:
    """Of a distant month no price list knows the holidays: its bands are not drawn."""
    path = office.folder.parent / "empty.pdf"
    answer = office.run("report", what, "--period", period, "-o", str(path))
    assert answer.status == 0, answer.err
    assert path.stat().st_size > 0


def test_a_list_without_a_band_of_the_night_does_not_claim_that_there_were_none(tmp_path: Path) -> None:
    """Given a list that calls its band otherwise, then the report says that its zeroes are not known."""
    text = (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8")
    renamed = text.replace("bands.night", "bands.late").replace('id = "', 'id = "late-', 1)
    file = tmp_path / "late.toml"
    file.write_text(renamed, encoding="utf-8")
    told: list[str] = []
    for each in ((), ("tariff", "publish", str(file), "--yes")):
        office = b.shop(tmp_path / f"ledger-{len(each)}")
        if each:
            office.does(*each)
        b.business(office)
        b.helped(office, "2026-11-13T22:10:00", "2026-11-13T22:40:00")
        told.append(office.does("--lang", "pl", *MONTH).out)
    assert ["nie ma pory `night`" in each for each in told] == [False, True]
