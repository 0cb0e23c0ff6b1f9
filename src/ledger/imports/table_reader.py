"""A table from a file: CSV, or the first sheet of an XLSX, as numbered lines of text cells.

Nothing is interpreted here but the container: delimiter, encoding, and the types a spreadsheet
keeps its cells in.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from ledger.errors import BadSheet
from ledger.imports.workbook import WorkbookTooLarge, WorkbookUnreadable, read_rows

SIZE_MAX_BYTES = 512 * 1024 * 1024
CELLS_MAX = 20_000_000
"""Cells between the corners of a spreadsheet, empty ones too: the reader keeps all of them in memory."""
DELIMITERS = ",;\t"

_EXTENT = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:([A-Z]{1,3})([0-9]{1,7})"')
_HEAD_BYTES = 4096
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, IndexError)
"""What unpacking raises: the file is damaged, cut off, packed in an unknown way, or locked by a password."""
_IN_PARTS = "divide it, and import the parts one after another"
_LETTERS = 26


class Line(NamedTuple):
    """One line of the table: its number in the file (the header is line 1) and its cells."""

    number: int
    cells: list[str]


_Rows = Callable[[], Iterator[tuple[int, list[str]]]]
"""What goes through a file from its beginning: the number of a line and its cells."""


class Lines(Protocol):
    """Lines that can be counted and gone through, again and again."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Line]: ...


class _Read:
    """The lines below the header, read anew each time: as cells they take far more room than their file."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows
        self._count = sum(1 for _ in self)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Line]:
        lines = _filled(self._rows)
        next(lines, None)  # the header
        return lines


class Sheet(NamedTuple):
    """A table: its name for messages, its header, its lines."""

    name: str
    header: list[str]
    lines: Lines


def read_sheet(path: Path, *, encoding: str = "utf-8-sig") -> Sheet:
    """Return the table of a file; an .xlsx is read as a spreadsheet, all else as CSV. Raises BadSheet."""
    try:
        if path.stat().st_size > SIZE_MAX_BYTES:
            raise BadSheet(f"{path.name} is larger than {SIZE_MAX_BYTES // 1024**2} MiB", hint=_IN_PARTS)
        raw = path.read_bytes()
    except OSError as error:
        hint = "name a file that is there and that you may read"
        raise BadSheet(f"{path.name} cannot be read: {error.strerror}", hint=hint) from error
    is_spreadsheet = path.suffix.lower() == ".xlsx"
    rows = _xlsx_rows(path.name, raw) if is_spreadsheet else _csv_rows(path.name, raw, encoding)
    first = next(_filled(rows), None)
    if first is None:
        hint = "its first line names the columns; --help of the command tells which"
        raise BadSheet(f"{path.name} is empty: it has no line of column names", hint=hint)
    header = first.cells
    while not header[-1]:  # spreadsheets leave empty cells behind
        header.pop()
    return Sheet(path.name, header, _Read(rows))


def _filled(rows: _Rows) -> Iterator[Line]:
    return (Line(number, cells) for number, cells in rows() if any(cells))


def _csv_rows(name: str, raw: bytes, encoding: str) -> _Rows:
    data = _decoded(name, raw, encoding).encode()

    def text(newline: str) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=newline)

    header = next((line for line in text("\n") if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)

    def rows() -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(text(""), delimiter=delimiter, strict=True)
        number = 1
        try:
            for cells in reader:
                yield number, [cell.strip() for cell in cells]
                number = reader.line_num + 1
        except csv.Error as error:
            hint = "a cell that holds quotation marks, line breaks or the separator stands in quotation marks"
            raise BadSheet(f"{name}:{number}: the line is not CSV: {error}", hint=hint) from error

    return rows


def _decoded(name: str, raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
        text.encode()  # some encodings give halves of characters, which are no text
    except LookupError as error:
        raise BadSheet(
            f"{encoding!r} is no encoding of text", hint="for example --encoding cp1250"
        ) from error
    except ValueError as error:
        where = ""
        if isinstance(error, UnicodeDecodeError):
            line = raw.count(b"\n", 0, error.start) + 1
            where = f" at line {line}"
        raise BadSheet(f"{name} is not {encoding.removesuffix('-sig')} text{where}") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadSheet(f"{name} holds a zero byte at line {line}")
    return text


def _xlsx_rows(name: str, raw: bytes) -> _Rows:
    try:
        _check_extent(name, raw)
        found = read_rows(raw)
    except (WorkbookUnreadable, *_UNREADABLE) as error:
        hint = "open it in the program that made it, and save it again as .xlsx or as CSV in UTF-8"
        raise BadSheet(f"{name} cannot be read as a spreadsheet", hint=hint) from error
    except WorkbookTooLarge:
        fact = f"{name} takes more memory or time than a spreadsheet may"
        raise BadSheet(fact, hint="save it again as CSV in UTF-8") from None
    return lambda: enumerate(map(_cells, io.BytesIO(found)), start=1)


_cells = msgspec.json.Decoder(list[str]).decode


def _check_extent(name: str, raw: bytes) -> None:
    """Refuse what would not fit in memory: a packed giant, or a stray cell far from the others."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(part.file_size for part in archive.infolist()) > SIZE_MAX_BYTES:
            fact = f"{name} is larger than {SIZE_MAX_BYTES // 1024**2} MiB when unpacked"
            raise BadSheet(fact, hint=_IN_PARTS)
        for part in archive.namelist():
            if not part.startswith("xl/worksheets/sheet"):
                continue
            with archive.open(part) as file:
                extent = _EXTENT.search(file.read(_HEAD_BYTES))
            if extent and _column_number(extent[1]) * int(extent[2]) > CELLS_MAX:
                cell = (extent[1] + extent[2]).decode()
                raise BadSheet(f"{name} reaches to cell {cell}", hint="delete the empty rows and columns")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number
