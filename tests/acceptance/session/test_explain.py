"""Explanations on screen and on paper: pairs of readings, holidays, the doubled hour, a narrow terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.presentation.formats import table
from cli.presentation.formats.model import Column, Page, Report, Table
from cli.presentation.text import Text
from cli.presentation.wording.assumptions import POLISH, text_of
from cli.presentation.wording.calendar_words import HOLIDAYS
from ledger.domain.tariff.holidays import HOLIDAYS as CODES
from ledger.domain.tariff.sections import AssumptionText
from tests.ledger.domain.rating.rating_cases import shop
from tests.support import billing_office as b
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A Sunday at 07:00, Independence Day before the office opens, 22:00 sharp, both passes of 02:30."""
    found = b.shop(tmp_path / "ledger")
    b.business(found)
    b.helped(found, "2026-11-15T07:00:00", "2026-11-15T07:30:00")
    b.helped(found, "2026-11-11T09:44:00", "2026-11-11T10:44:00")
    b.helped(found, "2026-11-16T22:00:00", "2026-11-16T22:30:00")
    found.now = b.DECEMBER
    return found


def test_sunday_morning_names_the_two_readings_it_rests_on_together(office: Office) -> None:
    document = office.asks("session", "explain", "1")
    assert [each["id"] for each in document["assumptions"]] == ["night.until-06"]
    assert document["assumption_pairs"] == [
        {
            "assumptions": ["morning.off-hours", "weekend.off-hours"],
            "changes": {"bands.office.from": "06:00", "bands.office.days": "mon-sun"},
            "other_net_grosze": 100_00,
        }
    ]
    what_if = (
        "tariff",
        "what-if",
        "bands.office.days=mon-sun",
        "bands.office.from=06:00",
        "--period",
        b.PERIOD,
    )
    assert office.asks(*what_if)["sessions"][0]["other_net_grosze"] == 100_00


def test_hour_opened_at_22_sharp_and_the_holiday_are_named(office: Office) -> None:
    (sharp,) = office.asks("session", "explain", "3")["hours"]
    assert sharp["assumptions"] == ["night.from-22-sharp"]
    (holiday,) = office.asks("session", "explain", "2")["hours"]
    assert (holiday["weekday"], holiday["holiday"]) == ("wed", "independence_day")
    assert office.asks("report", "billing", "--period", b.PERIOD)["sessions"][2]["assumptions"] == [
        "night.from-22-sharp"
    ]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("pl", ("Przyjęte odczytanie cennika", "święto: Święto Niepodległości", "zmieniłoby tylko razem")),
        ("en", ("How the price list was read", "public holiday: Independence Day", "only together with")),
    ],
)
def test_invoice_and_statement_say_the_readings_and_the_holiday(
    office: Office, lang: str, words: tuple[str, ...]
) -> None:
    from tests.support.scan import text_of_pdf  # noqa: PLC0415 - of this test alone

    office.does("invoice", "issue", "--period", b.PERIOD, "--customer", "K-1", "--yes")
    invoice, statement = (office.folder.parent / name for name in ("invoice.pdf", "statement.pdf"))
    office.does("invoice", "export", "FV/2026/12/0001", "--lang", lang, "-o", str(invoice))
    office.does(
        "--lang",
        lang,
        "invoice",
        "statement",
        "--period",
        b.PERIOD,
        "--customer",
        "K-1",
        "-o",
        str(statement),
    )
    for path in (invoice, statement):
        text = " ".join(text_of_pdf(path).split())
        assert all(word in text for word in words), path
        assert "list_price" not in text


def test_doubled_hour_is_shown_with_its_offset_and_taken_in_polish_form(office: Office) -> None:
    number, at = "4", ("--at", "25.10.2026 01:20 +02:00")
    office.does("session", "request", "--customer", "K-1", "--issue", "other", *at)
    office.does("session", "connect", number, "--at", "25.10.2026 01:30 +02:00")
    refused = office.run("session", "end", number, "--at", "25.10.2026 02:30")
    assert (refused.status, "as in 2026-10-25 02:30 +01:00" in refused.err) == (2, True)
    office.does("session", "end", number, "--at", "25.10.2026 02:30 +01:00")
    shown = (
        office.does("session", "list", "--period", "2026").out + office.does("session", "explain", number).out
    )
    assert "2026-10-25 02:30:00 +02:00" in shown


# --- a narrow terminal ------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("session", "explain", "2"), ("session", "show", "2")])
def test_explanation_and_history_fit_a_terminal_of_100_columns(
    office: Office, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.does("session", "waive", "2", "--percent", "50", "--reason", "goodwill: our link was slow")
    monkeypatch.setattr(table, "write", _at_100(table.write))
    out = office.does("--lang", "pl", *words).out
    assert max(map(len, out.splitlines())) <= 100
    assert not any(mark in out for mark in ("{", "net_grosze=", "=False", "None"))


def _at_100(write: Callable[[Report, Page, io.BytesIO], None]) -> Callable[..., None]:
    def at_100(report: Report, page: Page, out: io.BytesIO) -> None:
        write(report, Page(page.lang, columns=100), out)

    return at_100


def test_brief_tables_stand_in_for_wide_ones_only_on_a_narrow_terminal() -> None:
    column = Column("text", Text("Tekst", "Text"))
    wide = Table("wide", Text("", ""), (column,), [("x" * 90,)])
    brief = Table("brief", Text("", ""), (column,), [("short",)])
    report = Report("r", Text("T", "T"), {}, (wide,), brief=(brief,))
    for columns, said in ((80, "short"), (120, "x" * 90), (None, "x" * 90)):
        out = io.BytesIO()
        table.write(report, Page("en", columns=columns), out)
        assert said in out.getvalue().decode()


# --- words ------------------------------------------------------------------------------------


def test_every_assumption_of_the_shops_list_has_its_polish() -> None:
    for assumption in shop().assumptions:
        for sentence in (assumption.question, assumption.chosen, assumption.reason):
            assert sentence in POLISH
        assert text_of(assumption, "pl").question == POLISH[assumption.question]
        assert text_of(assumption, "en").question == assumption.question
    assert set(HOLIDAYS) == set(CODES)


def test_list_says_its_own_polish_where_it_has_any() -> None:
    import msgspec  # noqa: PLC0415 - of this test alone

    own = AssumptionText(question="Pytanie?", chosen="Tak.", reason="Bo tak.")
    assumption = msgspec.structs.replace(shop().assumptions[0], pl=own)
    assert text_of(assumption, "pl") == own
    assert text_of(assumption, "en").question == assumption.question
