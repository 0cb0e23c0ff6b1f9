"""Tables as they come out of spreadsheets: delimiters, encodings, workbooks, and files that are none."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships none
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.errors import BadSheet, ImportRejected
from ledger.imports import table_reader as sheets
from ledger.imports.columns import PROBLEMS_MAX, Column, Problems, TableRecord, records
from ledger.imports.csv_rows import csv_rows
from ledger.imports.table_reader import Sheet, TableLine, read_sheet
from ledger.imports.workbook import Limits, WorkbookTooLarge, read_rows

COLUMNS = (
    Column("customer", ("klient", "kod klienta"), required=True),
    Column("ended_at", ("koniec", "zakończono")),
)

MARK_BYTES = 4
"""The longest mark of an encoding stands in the first block."""


def csv_sheet(folder: Path, raw: str | bytes, encoding: str = "utf-8-sig") -> Sheet:
    path = folder / "table.csv"
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return whole(path, encoding)


def whole(path: Path, encoding: str = "utf-8-sig") -> Sheet:
    """The table of a file with all its lines, which are the same however often one goes through them."""
    found = read_sheet(path, encoding=encoding)
    lines = list(found.lines)
    assert (len(found.lines), list(found.lines)) == (len(lines), lines)
    return Sheet(found.name, found.header, lines)


def _new(path: Path) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    return xlsxwriter.Workbook(str(path))


def workbook(folder: Path, *rows: Sequence[object]) -> Path:
    """An XLSX of these rows, with dates and times in cells of their own kinds."""
    path = folder / "table.xlsx"
    with _new(path) as book:
        page = book.add_worksheet()
        kinds = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm", timedelta: "[h]:mm"}
        formats: dict[type, Any] = {k: book.add_format({"num_format": text}) for k, text in kinds.items()}
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                page.write(y, x, cell, formats.get(type(cell)))
    return path


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_recognised(tmp_path: Path, delimiter: str, newline: str) -> None:
    text = newline.join(["a;b", '1;"x y"', "", "2; z "]).replace(";", delimiter)
    assert csv_sheet(tmp_path, text) == Sheet(
        "table.csv", ["a", "b"], [TableLine(2, ["1", "x y"]), TableLine(4, ["2", "z"])]
    )


def test_lines_before_the_header_that_are_empty_do_not_count(tmp_path: Path) -> None:
    assert csv_sheet(tmp_path, "\n\na;b\n1;2\n") == Sheet("table.csv", ["a", "b"], [TableLine(4, ["1", "2"])])


def test_a_line_is_numbered_as_an_editor_shows_it(tmp_path: Path) -> None:
    found = csv_sheet(tmp_path, 'a,b\n1,"two\nlines"\n3,4\n')
    assert [line.number for line in found.lines] == [2, 4]


def test_empty_cells_behind_the_last_column_are_nothing(tmp_path: Path) -> None:
    assert csv_sheet(tmp_path, "a;b;;\n1;2;;\n").header == ["a", "b"]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("imię\nżółć\n".encode("utf-8-sig"), "utf-8-sig"),
        ("imię\nżółć\n".encode(), "utf-8-sig"),
        ("imię\nżółć\n".encode("cp1250"), "cp1250"),
        ("imię\nżółć\n".encode("iso8859-2"), "iso8859-2"),
        ("imię\nżółć\n".encode("utf-16"), "utf-16"),
    ],
)
def test_text_is_read_in_its_encoding(tmp_path: Path, raw: bytes, encoding: str) -> None:
    assert csv_sheet(tmp_path, raw, encoding) == Sheet("table.csv", ["imię"], [TableLine(2, ["żółć"])])


@given(
    st.lists(st.text('aż\u00a0;\n"', max_size=5), max_size=12),
    st.sampled_from(["utf-8-sig", "utf-8", "cp1250", "utf-16", "utf-7"]),
    st.integers(1, 9),
)
def test_a_file_read_in_blocks_is_the_file_read_whole(texts: list[str], encoding: str, size: int) -> None:
    """Given blocks that end within characters and lines, then cells or refusal are those of the whole."""
    raw = ("a;b\n" + "".join(texts)).encode(encoding)
    blocks = [raw[:MARK_BYTES], *(raw[at : at + size] for at in range(MARK_BYTES, len(raw), size))]

    def outcome(parts: list[bytes]) -> object:
        try:
            rows, delimiter = csv_rows("t.csv", parts, encoding)
            return list(rows()), delimiter
        except BadSheet as refused:
            return str(refused)

    assert outcome(blocks) == outcome([raw])


@pytest.mark.parametrize(
    ("raw", "encoding", "fact"),
    [
        (b"", "utf-8-sig", "is empty"),
        (b"\n,,\n \n", "utf-8-sig", "is empty"),
        (b"a\nb\n\xff", "utf-8-sig", "is not utf-8 text at line 3"),
        (b"a\n\x00", "utf-8-sig", "zero byte at line 2"),
        (b'a\n"b', "utf-8-sig", "table.csv:2: the line is not CSV"),
        (b'a\nb\n"c"d\n', "utf-8-sig", "table.csv:3: the line is not CSV"),
        (b"a\n" + b"x" * 200_000, "utf-8-sig", "table.csv:2: the line is not CSV"),
        (b"a", "klingon", "'klingon' is no encoding of text"),
        (b"a", "hex", "'hex' is no encoding of text"),
        (b"a", "idna\x00", "is not idna"),
        (b"xn--a.\xff", "idna", "is not idna text"),
        (b"+2AA-", "utf-7", "is not utf-7 text"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, raw: bytes, encoding: str, fact: str) -> None:
    with pytest.raises(BadSheet, match=fact):
        csv_sheet(tmp_path, raw, encoding)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSheet, match=r"(No such file|File not found|cannot find)"):
        read_sheet(tmp_path / "none.csv")
    with pytest.raises(BadSheet, match=r"(Is a directory|Permission denied)"):
        read_sheet(tmp_path)
    huge = tmp_path / "huge.csv"
    huge.touch()
    os.truncate(huge, sheets.SIZE_MAX_BYTES + 1)
    with pytest.raises(BadSheet, match="larger than 512 MiB"):
        read_sheet(huge)


# --- XLSX -------------------------------------------------------------------------------------


def test_cells_of_a_workbook_read_as_one_would_type_them(tmp_path: Path) -> None:
    moment, day = datetime(2026, 11, 16, 18, 5, 1), date(2026, 11, 16)  # noqa: DTZ001 - a cell has no zone
    row = ["ą", 5260250274, 1.5, True, False, moment, day, time(18, 5), timedelta(hours=30), " x "]
    found = whole(workbook(tmp_path, ["a", *"bcdefghij"], row))
    (line,) = found.lines
    assert line.cells == [
        "ą",
        "5260250274",
        "1.5",
        "yes",
        "no",
        "2026-11-16 18:05:01",
        "2026-11-16",
        "18:05:00",
        "30:00:00",
        "x",
    ]


def test_empty_rows_and_columns_keep_their_place_in_a_workbook(tmp_path: Path) -> None:
    found = whole(workbook(tmp_path, [], ["a", "b", ""], [], ["1"]))
    assert found == Sheet("table.xlsx", ["a", "b"], [TableLine(4, ["1", ""])])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)), min_size=1, max_size=20))  # noqa: DTZ001 - the same
def test_a_date_comes_out_of_a_workbook_to_the_second(tmp_path: Path, moments: list[datetime]) -> None:
    """Spreadsheets keep moments as fractions of a day."""
    moments = [moment.replace(microsecond=0) for moment in moments]
    found = whole(workbook(tmp_path, ["at"], *([moment] for moment in moments)))
    assert [datetime.fromisoformat(line.cells[0]) for line in found.lines] == moments


def test_a_stray_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with _new(path) as book:
        page = book.add_worksheet()
        page.write(0, 0, "a")
        page.write(1_048_575, 16_383, "stray")
    with pytest.raises(BadSheet, match="reaches to cell XFD1048576"):
        read_sheet(path)


def test_a_packed_giant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, ["a"], ["x" * 30_000])
    monkeypatch.setattr(sheets, "SIZE_MAX_BYTES", 20_000)
    assert path.stat().st_size < 20_000
    with pytest.raises(BadSheet, match="when unpacked"):
        read_sheet(path)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(b"", 0, 0)
@example(b"\x00\x00", 1000, 2)
@given(st.binary(max_size=20), st.integers(0, 5000), st.integers(0, 40))
def test_a_workbook_that_was_damaged_is_refused_or_read(
    tmp_path: Path, patch: bytes, place: int, cut: int
) -> None:
    raw = workbook(tmp_path, ["a", "b"], ["1", 2]).read_bytes()
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(raw[:place] + patch + raw[place + cut :])
    with contextlib.suppress(BadSheet):
        read_sheet(damaged)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<nothing")
    path.write_bytes(packed.getvalue())
    with pytest.raises(BadSheet, match="cannot be read as a spreadsheet"):
        read_sheet(path)


# --- columns ----------------------------------------------------------------------------------


def read(header: list[str], *lines: list[str]) -> list[TableRecord]:
    found = Sheet("table.csv", header, [TableLine(n, cells) for n, cells in enumerate(lines, start=2)])
    problems = Problems(found)
    read = list(records(found, COLUMNS, problems))
    problems.raise_if_any()
    return read


def rejected(header: list[str], *lines: list[str]) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRejected) as refusal:
        read(header, *lines)
    return [(problem.line, problem.column, problem.code) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    "title", ["ended_at", "Ended at", "KONIEC", "zakończono", "Zakonczono", " ended-at "]
)
def test_columns_go_by_name_in_any_order(title: str) -> None:
    assert read([title, "Kod klienta"], ["2026", "K-1"]) == [
        TableRecord(2, {"ended_at": "2026", "customer": "K-1"})
    ]


def test_empty_and_missing_cells_are_not_there() -> None:
    assert read(["customer", "ended_at"], ["K-1", ""], ["K-2"]) == [
        TableRecord(2, {"customer": "K-1"}),
        TableRecord(3, {"customer": "K-2"}),
    ]


def test_what_is_wrong_with_the_header_is_told_at_once() -> None:
    assert rejected(["koniec", "ended_at", "weather", ""]) == [
        (1, "", "E-IMPORT-COLUMN"),
        (1, "customer", "E-IMPORT-COLUMN"),
        (1, "ended_at", "E-IMPORT-COLUMN"),
        (1, "weather", "E-IMPORT-COLUMN"),
    ]


def test_what_is_wrong_with_lines_is_told_by_line() -> None:
    assert rejected(
        ["customer", "ended_at"], ["", "2026"], ["K-1", "", "more"], ["K-1", "x" * 10_001], ["K-1", "", ""]
    ) == [(2, "customer", "E-IMPORT-EMPTY"), (3, "3", "E-IMPORT-LINE"), (4, "", "E-IMPORT-LINE")]


# --- the reader's own process ------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
@pytest.mark.parametrize(
    "limits",
    [Limits(memory_bytes=24 << 20), Limits(output_bytes=2_000), Limits(seconds=0)],
    ids=["memory", "output", "time"],
)
def test_workbook_beyond_a_limit_ends_its_reader_alone(tmp_path: Path, limits: Limits) -> None:
    """An ordinary workbook, and limits that it is too large for: a refusal, and this process goes on."""
    rows = [(f"K-{n}", f"{n:08}" * 50) for n in range(20_000)]
    raw = workbook(tmp_path, ("customer", "note"), *rows).read_bytes()
    with pytest.raises(WorkbookTooLarge):
        read_rows(raw, "xlsx", 0, limits)
    assert len(read_rows(raw, "xlsx", 0).splitlines()) == 20_001


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
def test_workbook_is_read_where_the_system_takes_no_limit(tmp_path: Path) -> None:
    """macOS refuses a bound of memory below what its libraries have mapped."""
    as_on_macos = (
        "import resource, runpy, sys\n"
        "def refuses(*_): raise ValueError('current limit exceeds maximum limit')\n"
        "resource.setrlimit = refuses\n"
        "sys.argv = ['workbook', 'xlsx', '0', *map(str, LIMITS)]\n"
        "runpy.run_module('ledger.imports.workbook', run_name='__main__')\n"
    )
    raw = workbook(tmp_path, ("customer",), ("K-1",)).read_bytes()
    command = [sys.executable, "-c", as_on_macos.replace("LIMITS", repr(tuple(Limits())))]
    ran = subprocess.run(command, input=raw, capture_output=True, check=True)
    assert ran.stdout == read_rows(raw, "xlsx", 0)


def test_workbook_beyond_a_limit_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, ("customer", "note"), ("K-1", "x" * 3_000))
    monkeypatch.setattr("ledger.imports.workbook.LIMITS", Limits(output_bytes=1_000))
    with pytest.raises(BadSheet, match=r"table\.xlsx takes more memory or time") as refused:
        read_sheet(path)
    assert (refused.value.code, refused.value.exit_status) == ("E-IMPORT-FILE", 2)


def test_table_of_bad_rows_alone_is_refused_early(tmp_path: Path) -> None:
    """What would be a million sentences is ten thousand, and the rest is not read."""
    sheet = csv_sheet(tmp_path, "customer;koniec\n" + ";x\n" * (PROBLEMS_MAX + 5_000))
    problems = Problems(sheet)
    read: list[TableRecord] = []
    with pytest.raises(ImportRejected, match="at least 10000 bad places") as rejected:
        read.extend(records(sheet, COLUMNS, problems))
    assert len(rejected.value.problems) == PROBLEMS_MAX
