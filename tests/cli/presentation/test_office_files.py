"""Files for a Polish office: CSV that opens by a double click, workbooks with Polish words and sums."""

from __future__ import annotations

import io
import os
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from cli.presentation.formats import csv_file, csv_office, xlsx
from cli.presentation.formats.model import Column, Page, Report, Row, Table
from cli.presentation.text import Lang
from ledger.message import plain
from tests.ledger.imports.make_office_files import convert

COLUMNS = (
    Column("customer", "Klient"),
    Column("nip", "NIP"),
    Column("issue", "Rodzaj"),
    Column("ended_at", "Koniec", "instant"),
    Column("issued_on", "Wystawiono", "date"),
    Column("started_hours", "Godziny", "integer"),
    Column("net_grosze", "Netto", "grosze"),
    Column("vat_percent", "Stawka", "integer"),
)
ENDED = datetime(2026, 11, 16, 17, 35, tzinfo=UTC)
ROWS: list[Row] = [
    ("041", "5260250274", "hardware", ENDED, date(2026, 11, 16), 2, 123456, 23),
    ("3.11", None, "other", ENDED, None, 1, 5, 23),
    ("=SUM(A1)", None, "inne", None, None, 0, -200, 8),
    ("11/2025", None, "test", None, None, 0, 1205, 8),
]


def report(*rows: Row) -> Report:
    return Report(
        "billing",
        plain("Raport"),
        {},
        (Table("sessions", plain("Sesje"), COLUMNS, rows),),
    )


def written(lang: Lang, *rows: Row) -> bytes:
    out = io.BytesIO()
    xlsx.write(report(*rows), Page(lang), out)
    return out.getvalue()


def office_csv(*rows: Row) -> bytes:
    out = io.BytesIO()
    csv_office.write(report(*rows), Page("en"), out)
    return out.getvalue()


def test_csv_of_an_office_has_semicolons_commas_words_and_codes_as_text() -> None:
    raw = office_csv(*ROWS)
    assert raw.startswith(b"\xef\xbb\xbfKlient;NIP;Rodzaj;Koniec;Wystawiono;Godziny;Netto;Stawka\r\n")
    assert raw.decode("utf-8-sig").split("\r\n")[1:] == [
        "041\t;526-025-02-74;sprzęt od nas;2026-11-16 18:35:00;2026-11-16;2;1234,56;23",
        "3.11\t;;inna sprawa;2026-11-16 18:35:00;;1;0,05;23",
        "'=SUM(A1);;inne;;;0;-2,00;8",
        "11/2025\t;;test połączenia;;;0;12,05;8",
        "",
    ]


def test_csv_for_scripts_stays_as_it_was() -> None:
    out = io.BytesIO()
    csv_file.write(report(*ROWS[:1]), Page("pl"), out)
    assert out.getvalue().decode() == (
        "customer,nip,issue,ended_at,issued_on,started_hours,net_pln,vat_percent\n"
        "041,5260250274,hardware,2026-11-16T18:35:00+01:00,2026-11-16,2,1234.56,23\n"
    )


def test_polish_workbook_has_polish_sheets_words_and_sums_below_the_columns_they_add() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(written("pl", *ROWS)))
    assert book.sheet_names == ["Sesje"]
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows[1:5]] == ["sprzęt od nas", "inna sprawa", "inne", "test połączenia"]
    assert rows[5] == ["Suma", "", "", "", "", 3.0, 1244.66, ""]


def test_english_workbook_keeps_codes_and_has_no_sums() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(written("en", *ROWS)))
    assert book.sheet_names == ["sessions"]
    rows = book.get_sheet_by_index(0).to_python()
    assert (len(rows), rows[1][2]) == (5, "hardware")


@pytest.mark.parametrize("system", ["win32", "linux", "darwin"])
def test_workbook_is_the_same_bytes_whichever_system_writes_it(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    before = written("pl", *ROWS)
    monkeypatch.setattr(sys, "platform", system)
    after = written("pl", *ROWS)
    assert after == before
    assert {entry.create_system for entry in ZipFile(io.BytesIO(after)).infolist()} == {3}
    assert ZipFile(io.BytesIO(after)).testzip() is None


def test_one_row_has_no_sum_of_itself() -> None:
    assert (
        len(
            CalamineWorkbook.from_filelike(io.BytesIO(written("pl", ROWS[0])))
            .get_sheet_by_index(0)
            .to_python()
        )
        == 2
    )


# --- LibreOffice itself -----------------------------------------------------------------------

real = pytest.mark.skipif(
    os.environ.get("SESSION_LEDGER_LIBREOFFICE") != "1" or shutil.which("soffice") is None,
    reason="SESSION_LEDGER_LIBREOFFICE=1, and soffice",
)


@real
@pytest.mark.parametrize("detects", ["false", "true"])
def test_libreoffice_in_polish_reads_amounts_as_numbers_and_codes_as_text(
    tmp_path: Path, detects: str
) -> None:
    """With and without its detection of special numbers."""
    path = tmp_path / "raport.csv"
    path.write_bytes(office_csv(*ROWS))
    (tmp_path / "out").mkdir()
    saved = convert(path, "xlsx", tmp_path / "out", reads=f"CSV:59,34,76,1,,1045,false,{detects}")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(saved.read_bytes())).get_sheet_by_index(0).to_python()
    assert [row[6] for row in rows[1:]] == [1234.56, 0.05, -2.0, 12.05]
    assert [str(row[0]).strip() for row in rows[1:]] == ["041", "3.11", "'=SUM(A1)", "11/2025"]
    assert all(isinstance(row[0], str) and isinstance(row[1], str) for row in rows[1:])
    assert rows[1][4] == date(2026, 11, 16)


@real
def test_libreoffice_reads_our_workbook_with_the_report_s_sum(tmp_path: Path) -> None:
    path = tmp_path / "raport.xlsx"
    path.write_bytes(written("pl", *ROWS))
    (tmp_path / "out").mkdir()
    saved = convert(path, "ods", tmp_path / "out")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(saved.read_bytes())).get_sheet_by_index(0).to_python()
    amounts = [row[6] for row in rows[1:5]]
    assert all(isinstance(each, float) for each in amounts)
    assert (round(sum(float(str(each)) for each in amounts), 2), rows[5][6]) == (1244.66, 1244.66)
    assert (rows[1][0], rows[1][1]) == ("041", "5260250274")
    assert rows[1][3] == datetime(2026, 11, 16, 18, 35)  # noqa: DTZ001 - a cell has no zone
