"""A table from a file: CSV, or the first sheet of an XLSX, as numbered lines of text cells.

Nothing is interpreted here but the container: delimiter, encoding, and the types a spreadsheet
keeps its cells in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import NamedTuple

from ledger.errors import BadSheet

SIZE_MAX_BYTES = 512 * 1024 * 1024
CELL_MAX_CHARACTERS = 10_000
DELIMITERS = ",;\t"


class Line(NamedTuple):
    """One line of the table: its number in the file (the header is line 1) and its cells."""

    number: int
    cells: list[str]


class Sheet(NamedTuple):
    """A table: its name for messages, its header, its lines."""

    name: str
    header: list[str]
    lines: list[Line]


def read_sheet(path: Path, *, encoding: str = "utf-8-sig") -> Sheet:
    """The table of a file; an .xlsx is read as a spreadsheet, all else as CSV. Raises BadSheet."""
    try:
        size_bytes = path.stat().st_size
        if size_bytes > SIZE_MAX_BYTES:
            raise BadSheet(f"{path.name} is larger than {SIZE_MAX_BYTES // 1024**2} MiB")
        raw = path.read_bytes()
    except OSError as error:
        raise BadSheet(f"{path.name} cannot be read: {error.strerror}") from error
    rows = (
        _xlsx_rows(path.name, raw) if path.suffix.lower() == ".xlsx" else _csv_rows(path.name, raw, encoding)
    )
    header: list[str] | None = None
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cells):
            continue
        if header is None:
            header = cells
            continue
        lines.append(Line(number, cells))
    if header is None:
        raise BadSheet(f"{path.name} is empty: it has no line of column names")
    return Sheet(path.name, header, lines)


def _csv_rows(name: str, raw: bytes, encoding: str) -> Iterator[tuple[int, list[str]]]:
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        where = ""
        if isinstance(error, UnicodeDecodeError):
            line = raw.count(b"\n", 0, error.start) + 1
            where = f" at line {line}"
        raise BadSheet(f"{name} is not {encoding.removesuffix('-sig')} text{where}") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadSheet(f"{name} holds a zero byte at line {line}")
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        raise BadSheet(f"{name}:{number}: the line is not CSV: {error}") from error


def _xlsx_rows(name: str, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only spreadsheets need it

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheet = workbook.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise BadSheet(f"{name} cannot be read as a spreadsheet") from error
    for number, cells in enumerate(rows, start=1):
        yield number, [_cell_text(cell) for cell in cells]


def _cell_text(cell: object) -> str:
    """A cell as a person would have typed it into CSV."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time_of_day():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell).strip()
