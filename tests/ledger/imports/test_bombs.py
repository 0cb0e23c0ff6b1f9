"""Workbooks of a few KB that take much to read: refused in a second or two, in bounded memory."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships none

from ledger.errors import BadSheet
from ledger.imports.file_kind import kind_of
from ledger.imports.table_reader import read_sheet
from ledger.imports.workbook_marks import ROW_BYTES_MAX, ods_marks, xlsx_marks
from ledger.imports.workbook_xls import xls_marks
from tests.ledger.imports.make_office_files import write_workbook

KEPT = Path(__file__).parent / "files"
QUICKLY_S = 20
"""Of the processor, on a machine at twenty times its load; the first of them took two minutes and more."""
MANY = 200_000
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def repacked(kept: Path, made: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """A workbook with one of its parts changed."""
    with (
        zipfile.ZipFile(kept) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, change(raw) if name == part else raw)
    return made


@pytest.fixture
def xlsx(tmp_path: Path) -> Path:
    path = tmp_path / "table.xlsx"
    write_workbook(path)
    return path


def cells_without_an_end(sheet: bytes) -> bytes:
    """A row of empty cells, the first of them an error: none of them has what ends a cell."""
    row = b'<row r="900"><c r="A900" t="e"><v>#N/A</v></c>' + b'<c t="e"/>' * MANY + b"</row>"
    return sheet.replace(b"</sheetData>", row + b"</sheetData>")


def cells_in_a_comment(sheet: bytes) -> bytes:
    row = b'<row r="900"><c r="A900" t="e"><v>#N/A</v></c><!-- ' + b"<c>" * MANY + b" --></row>"
    return sheet.replace(b"</sheetData>", row + b"</sheetData>")


def styles_in_a_comment(styles: bytes) -> bytes:
    return styles.replace(b"<fonts", b"<!-- cellXfs " + b"<xf " * MANY + b"/cellXfs --><fonts", 1)


def a_long_name(styles: bytes) -> bytes:
    return styles.replace(b"<fonts", b"<!-- cellXfs <xf " + b"a" * MANY + b"> /cellXfs --><fonts", 1)


def a_long_format(styles: bytes) -> bytes:
    form = b'<numFmt numFmtId="200" formatCode="' + b"[" * MANY + b'"/>'
    return styles.replace(b"<fonts", b'<numFmts count="1">' + form + b"</numFmts><fonts", 1)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", cells_without_an_end),
        ("xl/worksheets/sheet1.xml", cells_in_a_comment),
        ("xl/styles.xml", styles_in_a_comment),
        ("xl/styles.xml", a_long_name),
        ("xl/styles.xml", a_long_format),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_looked_for_in_a_sheet_is_gone_over_once(
    xlsx: Path, tmp_path: Path, part: str, change: Callable[[bytes], bytes]
) -> None:
    """Given text that a pattern could begin in anywhere, then time grows with its length alone."""
    raw = repacked(xlsx, tmp_path / "bomb.xlsx", part, change).read_bytes()
    dates = set(range(10))
    before, began = xlsx_marks(xlsx.read_bytes(), 0, dates), process_time()
    marks = xlsx_marks(raw, 0, dates)
    assert process_time() - began < QUICKLY_S
    assert before.with_time <= marks.with_time
    assert before.errors.items() <= marks.errors.items()


def test_a_row_without_end_is_no_row(xlsx: Path, tmp_path: Path) -> None:
    def endless(sheet: bytes) -> bytes:
        row = b'<row r="900"><c r="A900" t="e"><v>#N/A</v></c>' + b" " * (ROW_BYTES_MAX + (2 << 20))
        row += b"</row>"
        return sheet.replace(b"</sheetData>", row + b"</sheetData>")

    raw = repacked(xlsx, tmp_path / "bomb.xlsx", "xl/worksheets/sheet1.xml", endless).read_bytes()
    with pytest.raises(MemoryError):
        xlsx_marks(raw, 0, set())


def test_errors_repeated_in_rows_and_columns_are_not_all_noted(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell table:formula="of:=1/0" table:number-columns-repeated="1000">'
        "<text:p>#DIV/0!</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'.encode()

    def repeated(content: bytes) -> bytes:
        at = content.index(b"</table:table>")
        return content[:at] + row * 20 + content[at:]

    raw = repacked(KEPT / "office.ods", tmp_path / "bomb.ods", "content.xml", repeated).read_bytes()
    with pytest.raises(MemoryError):
        ods_marks(raw, 0)


def test_a_kind_that_is_gigabytes_long_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", ODS + b" " * (200 << 20))
    raw = path.read_bytes()
    tracemalloc.start()
    try:
        assert kind_of(raw).form == "ods"
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_a_compound_file_that_names_its_sectors_again_and_again_ends() -> None:
    """[MS-CFB] 2.5: the list of sectors goes on in a sector, which here goes on in itself."""
    raw = bytearray((KEPT / "office.xls").read_bytes())
    raw[68:76] = (0).to_bytes(4, "little") + (2**32 - 1).to_bytes(4, "little")
    shift = int.from_bytes(raw[30:32], "little")
    raw[2 * (1 << shift) - 4 : 2 * (1 << shift)] = (0).to_bytes(4, "little")
    began = process_time()
    with pytest.raises(ValueError, match="more sectors than it has"):
        xls_marks(bytes(raw), 0)
    assert process_time() - began < 1


def test_a_workbook_with_one_cell_far_away_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book: Any = xlsxwriter.Workbook(str(path))
    with book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "customer")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(BadSheet):
        read_sheet(path)


def test_a_workbook_of_thousands_of_sheets_is_not_gone_through(tmp_path: Path) -> None:
    """Given sheets that are all one part, then no process is started for each of them."""
    kept, path = tmp_path / "kept.xlsx", tmp_path / "sheets.xlsx"
    write_workbook(kept)

    def many(book: bytes) -> bytes:
        sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1000, 4000))
        return book.replace(b"<sheets>", b"<sheets>" + sheets.encode())

    repacked(kept, path, "xl/workbook.xml", many)
    with pytest.raises(BadSheet) as refused:
        read_sheet(path)
    assert str(refused.value) == "sheets.xlsx has more than 100 sheets"
