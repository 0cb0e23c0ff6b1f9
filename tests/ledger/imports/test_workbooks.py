"""Workbooks as programs save them: errors, midnights, days, hidden sheets, kinds of files."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships none

from ledger.errors import BadSheet
from ledger.imports.cells import DateCell, ErrorCell, is_error
from ledger.imports.table_reader import Sheet, open_book, read_sheet
from ledger.imports.workbook_marks import shows_time
from tests.ledger.imports.make_office_files import convert, write_workbook

KEPT = Path(__file__).parent / "files"


def made(folder: Path, fill: Callable[[Any, Any], None]) -> Path:
    """A workbook whose only sheet is filled by the caller."""
    path = folder / "table.xlsx"
    book: Any = xlsxwriter.Workbook(str(path))
    with book:
        fill(book, book.add_worksheet())
    return path


def cells(path: Path) -> dict[tuple[int, int], str]:
    """The filled cells of a file by row and column, both from 1."""
    sheet = read_sheet(path)
    return {
        (line.number, column): cell
        for line in sheet.lines
        for column, cell in enumerate(line.cells, start=1)
        if cell
    }


@pytest.fixture(scope="module")
def office_xlsx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "office.xlsx"
    write_workbook(path)
    return path


@pytest.fixture(params=["xlsx", "ods", "xls"])
def office(request: pytest.FixtureRequest, office_xlsx: Path) -> Path:
    """The same table as XlsxWriter wrote it, and as LibreOffice saved it as ODS and XLS."""
    return office_xlsx if request.param == "xlsx" else KEPT / f"office.{request.param}"


# --- error cells ------------------------------------------------------------------------------


def test_errors_of_formulas_stand_in_their_cells(office: Path) -> None:
    found = {place: cell for place, cell in cells(office).items() if isinstance(cell, ErrorCell)}
    assert found == {(3, 5): "#N/A", (3, 7): "#DIV/0!", (4, 8): "#DIV/0!"}


@pytest.mark.parametrize("error", ["#N/A", "#NULL!", "#NUM!", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!"])
def test_every_error_of_excel_is_found_beside_other_cells(tmp_path: Path, error: str) -> None:
    def fill(_book: Any, page: Any) -> None:  # noqa: ANN401 - XlsxWriter ships no types
        page.write_row(0, 0, ["a", "b", "c"])
        page.write_row(3, 0, ["x", "", "y"])
        page.write_formula(3, 1, "=A1", None, error)
        page.write_formula(5, 2, "=A1", None, error)

    path = made(tmp_path, fill)
    assert cells(path) == {(4, 1): "x", (4, 2): error, (4, 3): "y", (6, 3): error}


def test_an_error_is_found_where_cells_have_no_references(tmp_path: Path) -> None:
    """Some programs leave out the names of cells and rows, which then follow one another."""
    path = made(tmp_path, lambda _book, page: page.write_row(0, 0, ["a", "b"]))
    packed = io.BytesIO()
    rows = (
        '<row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
        "<row/><row><c><v>1</v></c><c t='e'><v>#REF!</v></c></row>"
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                begins, ends = text.index("<sheetData"), text.index("</sheetData>")
                text = f"{text[:begins]}<sheetData>{rows}{text[ends:]}"
            new.writestr(name, text)
    path.write_bytes(packed.getvalue())
    assert cells(path) == {(3, 1): "1", (3, 2): "#REF!"}


@pytest.mark.parametrize(
    "text",
    [
        *("#N/A", "#N/D", "#N/D!", "#ADR!", "#ARG!", "#NAZWA?", "#DZIEL/0!", "#LICZBA!", "#ZERO!", "#REF!"),
        *("Err:502", "Błąd:508", "#ROZLANIE!", "#OBL!", "#SPILL!", "#n/a", "########", "#GETTING_DATA"),
        *("#WERT!", "#NV", "#BEZUG!"),
    ],
)
def test_a_text_that_is_an_error_of_a_spreadsheet_is_known(text: str) -> None:
    assert is_error(text)


@pytest.mark.parametrize(
    "text", ["", "#1", "#12/2025", "# 7", "Błąd druku", "Error", "FV #12", "#abc", "E-1"]
)
def test_a_text_that_only_looks_like_an_error_is_none(text: str) -> None:
    assert not is_error(text)


@pytest.mark.parametrize("form", ["hh:mm", "[h]:mm", "dd.mm.yyyy hh:mm", "[$-415]d mmmm yyyy, hh:mm"])
@pytest.mark.parametrize("days", [-0.25, -3.25, -0.9722222222222222])
def test_time_below_zero_is_an_error_and_no_time_of_day(tmp_path: Path, form: str, days: float) -> None:
    """An end minus a later start; Excel shows hashes, and the reader a time of day."""

    def fill(book: Any, page: Any) -> None:  # noqa: ANN401 - XlsxWriter ships no types
        page.write_row(0, 0, ["a", "b", "c"])
        page.write_number(1, 0, days, book.add_format({"num_format": form}))
        page.write_number(1, 1, -5)
        page.write_formula(2, 2, "=A1-B1", book.add_format({"num_format": form}), days)

    found = cells(made(tmp_path, fill))
    assert found == {(2, 1): "########", (2, 2): "-5", (3, 3): "########"}
    assert [type(found[place]) for place in ((2, 1), (3, 3))] == [ErrorCell, ErrorCell]


# --- dates and times --------------------------------------------------------------------------


def test_a_midnight_that_shows_its_time_is_a_moment_and_a_day_is_a_day(office: Path) -> None:
    found = cells(office)
    assert [found[2, 4], found[2, 5]] == ["2026-11-16 17:20:00", "2026-11-17 00:00:00"]
    assert [found[2, 6], found[3, 6], found[3, 8]] == ["2026-11-16", "2026-11-17", "2025-11-01"]
    assert [found[3, 4], found[2, 7]] == ["17:20:00", "25:30:00"]
    assert all(isinstance(found[place], DateCell) for place in [(2, 4), (2, 5), (2, 6), (3, 8), (2, 7)])


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("dd.mm.yyyy hh:mm", True),
        ("[$-415]d mmmm yyyy\\ hh:mm", True),
        ("yyyy-mm-dd h:mm:ss AM/PM", True),
        ("[h]:mm", True),
        ("mm:ss.0", True),
        ("dd.mm.yyyy", False),
        ('d "o godz. h" mmmm', False),
        ("[Red]yyyy", False),
        ("[$-x-sysdate]dddd, mmmm dd, yyyy", False),
        ("General", False),
    ],
)
def test_a_format_shows_a_time_of_day(form: str, *, expected: bool) -> None:
    assert shows_time(form) is expected


@pytest.mark.parametrize("form", ["dd.mm.yyyy hh:mm", "m/d/yy h:mm", 22, "yyyy-mm-dd hh:mm:ss"])
def test_midnights_are_known_by_any_format_with_a_time(tmp_path: Path, form: str | int) -> None:
    def fill(book: Any, page: Any) -> None:  # noqa: ANN401 - XlsxWriter ships no types
        page.write(0, 0, "a")
        timed, plain = book.add_format({"num_format": form}), book.add_format({"num_format": "dd.mm.yyyy"})
        for row in range(1, 400):
            page.write(row, 0, datetime(2026, 1, 1 + row % 28), timed if row % 2 else plain)  # noqa: DTZ001 - a cell has no zone

    found = cells(made(tmp_path, fill))
    assert {len(cell) for (row, _), cell in found.items() if row % 2 == 0} == {len("2026-01-01 00:00:00")}
    assert {len(cell) for (row, _), cell in found.items() if row % 2} == {len("2026-01-01")}


# --- sheets and kinds -------------------------------------------------------------------------


def test_a_hidden_first_sheet_is_not_the_table(office: Path) -> None:
    sheet = read_sheet(office)
    assert (sheet.pages, sheet.header[0]) == (("Sesje",), "Nr sesji")
    assert [page.name for page in open_book(office).pages if page.hidden] == ["Listy"]


@pytest.mark.parametrize("name", ["table.csv", "table.xlsm", "table.xlsx", "table"])
def test_the_first_bytes_say_what_a_file_is(tmp_path: Path, office: Path, name: str) -> None:
    """Whatever a file is called."""
    path = tmp_path / name
    shutil.copy(office, path)
    assert read_sheet(path).header[0] == "Nr sesji"


def packed_as(*names: str) -> bytes:
    """A ZIP archive of empty files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("raw", "fact"),
    [
        (packed_as("xl/workbook.bin", "[Content_Types].xml"), "is a binary workbook (.xlsb), not a table"),
        (packed_as("word/document.xml"), "is a document of a word processor (.docx), not a table"),
        (packed_as("Index/Document.iwa"), "is a workbook of Numbers, not a table"),
        (b"<html><table><tr><td>Nr sesji</td></tr></table></html>", "is a web page (HTML), not a table"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<p>", "is a web page (HTML), not a table"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "is a workbook in XML of 2003"),
        (b"%PDF-1.7", "is a PDF, not a table"),
        (b"\x1f\x8b\x08", "is packed with gzip, not a table"),
        (b"{\\rtf1", "is a document of a word processor (RTF), not a table"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, raw: bytes, fact: str) -> None:
    path = tmp_path / "table.xls"
    path.write_bytes(raw)
    with pytest.raises(BadSheet) as refusal:
        read_sheet(path)
    assert fact in refusal.value.fact
    assert "cp1250" not in refusal.value.hint


def test_a_workbook_locked_by_a_password_is_named(tmp_path: Path) -> None:
    """An encrypted workbook is a compound file with the stream EncryptedPackage."""
    raw = (KEPT / "office.xls").read_bytes()
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        raw.replace("Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")[:16], 1)
        + "EncryptedPackage".encode("utf-16-le")
    )
    with pytest.raises(BadSheet, match=r"locked\.xlsx is locked by a password"):
        read_sheet(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "table.csv"
    mark = "" if encoding in {"utf-16", "utf-32"} else "\ufeff"
    path.write_bytes((mark + "imię;b\nżółć;1\n").encode(encoding))
    assert read_sheet(path).header == ["imię", "b"]


@pytest.mark.parametrize("sep", [";", ",", "\t", "|"])
@pytest.mark.parametrize("first", ["sep={}", '"sep={}"', "SEP={}", "sep={};;;"])
def test_the_line_that_names_the_separator_is_no_heading(tmp_path: Path, first: str, sep: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{first.format(sep)}\r\na{sep}b\r\n1{sep}2\r\n", encoding="utf-8-sig", newline="")
    sheet = read_sheet(path)
    assert (sheet.header, [line.cells for line in sheet.lines]) == (["a", "b"], [["1", "2"]])


def test_a_wrong_encoding_shows_in_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("a;b\n1;2\nŚliwka;3\n".encode("cp1250"))
    with pytest.raises(BadSheet, match=r"control character U\+008C at line 3") as refusal:
        read_sheet(path, encoding="iso-8859-2")
    assert "cp1250" in refusal.value.hint
    path.write_bytes(b"a;b\n1;2\x1b\n")
    with pytest.raises(BadSheet, match=r"U\+001B at line 2"):
        read_sheet(path)


def test_utf_16_without_its_mark_is_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("a;b\n1;2\n".encode("utf-16-le"))
    with pytest.raises(BadSheet) as refusal:
        read_sheet(path)
    assert "--encoding utf-16-le" in refusal.value.hint


def test_non_breaking_blanks_are_blanks(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a;b\n1\u00a0234\u202f567;x\u00a0\n", encoding="utf-8")
    assert [line.cells for line in read_sheet(path).lines] == [["1 234 567", "x"]]


# --- LibreOffice itself -----------------------------------------------------------------------

real = pytest.mark.skipif(
    os.environ.get("SESSION_LEDGER_LIBREOFFICE") != "1" or shutil.which("soffice") is None,
    reason="SESSION_LEDGER_LIBREOFFICE=1, and soffice",
)
AS_SHOWN = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1045,false,true,true,false,false,2"
EXACT = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1045,false,false,false,false,false,2"


def whole(sheet: Sheet) -> list[list[str]]:
    return [sheet.header, *(line.cells for line in sheet.lines)]


@real
@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_what_libreoffice_saves_today_reads_as_what_is_kept(
    tmp_path: Path, office_xlsx: Path, form: str
) -> None:
    (tmp_path / "out").mkdir()
    saved = convert(office_xlsx, form, tmp_path / "out")
    kept = cells(KEPT / "office.ods")
    table = next(page for page in open_book(saved).pages if page.name == "Sesje")
    found = {(n, c): cell for n, row in table.rows() for c, cell in enumerate(row, start=1) if cell and n > 1}
    flags = {"1": "yes", "0": "no"}
    assert {p: flags.get(cell, cell) for p, cell in found.items()} == {
        p: flags.get(c, c) for p, c in kept.items()
    }


@real
@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_time_below_zero_saved_by_libreoffice_is_no_time_of_day(tmp_path: Path, form: str) -> None:
    def fill(book: Any, page: Any) -> None:  # noqa: ANN401 - XlsxWriter ships no types
        page.write_row(0, 0, ["a", "b", "c"])
        for column, days in enumerate((-0.25, -3.25, 0.25)):
            page.write_number(1, column, days, book.add_format({"num_format": "hh:mm"}))

    (tmp_path / "out").mkdir()
    first, second, third = next(
        iter(read_sheet(convert(made(tmp_path, fill), form, tmp_path / "out")).lines)
    ).cells
    assert all(isinstance(cell, ErrorCell) or cell.startswith("-") for cell in (first, second))
    assert third == "06:00:00"


@real
@pytest.mark.parametrize("form", [AS_SHOWN, EXACT])
def test_csv_of_libreoffice_keeps_errors_and_times(tmp_path: Path, office_xlsx: Path, form: str) -> None:
    (tmp_path / "out").mkdir()
    convert(office_xlsx, form, tmp_path / "out")
    (saved,) = (tmp_path / "out").glob("*Sesje*.csv")
    rows = whole(read_sheet(saved))
    assert [is_error(cell) for cell in (rows[2][4], rows[2][6], rows[3][7])] == [True, True, True]
    assert rows[1][3] in {"16.11.2026 17:20", "2026-11-16 17:20:00", "11/16/2026 17:20:00"}
