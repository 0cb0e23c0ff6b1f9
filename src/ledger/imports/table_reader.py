"""A table from a file: CSV, or sheets of a workbook, as numbered lines of text cells.

Nothing is interpreted here but the container: delimiter, encoding, and the types a spreadsheet
keeps its cells in.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol

from ledger.errors import BadSheet
from ledger.folder.bounded_read import blocks_of
from ledger.imports import workbook
from ledger.imports.csv_rows import UTF_8, Rows, csv_rows
from ledger.imports.file_kind import LOCKED, FileKind, Form, is_binary, kind_of
from ledger.imports.workbook_marks import column_number
from ledger.message import Hint, Message, msg, system_text
from ledger.packed import Blocks, PackedBytes

SHEETS_MAX = 100
"""Each sheet that is looked into takes a process."""
SIZE_MAX_BYTES = 512 * 1024 * 1024
CELLS_MAX = 20_000_000
"""Cells between the corners of a spreadsheet, empty ones too: the reader keeps all of them in memory."""

_EXTENT = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:([A-Z]{1,3})([0-9]{1,7})"')
_HEAD_BYTES = 4096
_BLOCK_BYTES = 1 << 20
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".ods", ".xls"})
"""Of a workbook that lost its first bytes the name alone shows that it was one."""
_IN_PARTS = Hint("divide it, and import the parts one after another")
_SAVE_AGAIN = Hint("open it in the program that made it, and save it as .xlsx, .ods or as CSV in UTF-8")


class TableLine(NamedTuple):
    """One line of the table: its number in the file (the first is 1) and its cells."""

    number: int
    cells: list[str]


class Lines(Protocol):
    """Lines that can be counted and gone through, again and again."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[TableLine]: ...


class Page(NamedTuple):
    """One sheet of a workbook, or the whole of a CSV file, which has no name."""

    name: str
    rows: Rows
    hidden: bool = False

    def first_lines(self, most: int) -> list[TableLine]:
        """Return the first lines that hold anything."""
        return [line for line, _ in zip(_filled(self.rows), range(most), strict=False)]


class Book(NamedTuple):
    """A file with its sheets in order, and the separator of a CSV file."""

    name: str
    pages: tuple[Page, ...]
    delimiter: str = ""


class TablePart(NamedTuple):
    """The lines of one sheet below its headings: the sheet, the row of its headings, their places.

    `places` say which cell of a line comes where in the table; None where the order is the sheet's own.
    `header` are headings over two rows, of which `heading_row` is the lower.
    """

    page: Page
    heading_row: int
    places: tuple[int | None, ...] | None = None
    header: tuple[str, ...] = ()


class _Read:
    """The lines below the headings, read anew each time: as cells they take far more room than their file."""

    def __init__(self, parts: Sequence[TablePart], begins: Sequence[int]) -> None:
        self._parts = parts
        self._begins = begins
        self._count = sum(1 for _ in self)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[TableLine]:
        for part, begins in zip(self._parts, self._begins, strict=True):
            lines = _filled(part.page.rows)
            if part.places is None and begins == 0:
                for line in lines:
                    if line.number == part.heading_row:
                        break
                yield from lines
                continue
            for number, cells in lines:
                if number > part.heading_row:
                    yield TableLine(begins + number, _placed(cells, part.places))


def _placed(cells: list[str], places: tuple[int | None, ...] | None) -> list[str]:
    if places is None:
        return cells
    return [cells[at] if at is not None and at < len(cells) else "" for at in places]


class Sheet(NamedTuple):
    """A table: its name for messages, its headings, its lines.

    Lines of several sheets are numbered on: `where` gives the sheet and the row of a line.
    """

    name: str
    header: list[str]
    lines: Lines
    heading_row: int = 1
    begins: tuple[int, ...] = (0,)
    pages: tuple[str, ...] = ("",)
    delimiter: str = ""

    def where(self, line: int) -> tuple[str, int]:
        """Return the sheet of a line, and its row there."""
        if len(self.begins) == 1:
            return self.pages[0], line
        at = max(bisect_right(self.begins, line - 1) - 1, 0)
        return self.pages[at], line - self.begins[at]

    def place(self, line: int) -> str:
        """Return a line as messages name it: the file, the sheet where several are read, the row."""
        page, row = self.where(line)
        return f"{self.name}:{row}" if len(self.begins) == 1 else f"{self.name}[{page}]:{row}"


def read_sheet(path: Path, *, encoding: str = UTF_8) -> Sheet:
    """Return the table of a file whose first filled row holds the headings; raises BadSheet.

    Of a workbook it is the first sheet that is not hidden.
    """
    book = open_book(path, encoding=encoding)
    page = next((page for page in book.pages if not page.hidden), book.pages[0])
    return table_of(book, [TablePart(page, first_row(book, page).number)])


def first_row(book: Book, page: Page) -> TableLine:
    """Return the first row that holds anything; raises BadSheet when none does."""
    first = next(iter(page.first_lines(1)), None)
    if first is None:
        hint = Hint("its first line names the columns; --help of the command tells which")
        raise BadSheet(msg("{name} is empty: it has no line of column names", name=book.name), hint=hint)
    return first


def table_of(book: Book, parts: Sequence[TablePart]) -> Sheet:
    """Return the table of one or several sheets; columns of the same heading become one."""
    headers = [_headings(part) for part in parts]
    header = list(dict.fromkeys(title for titles in headers for title in titles)) if parts[1:] else headers[0]
    begins, at = [0], 0
    for part in parts[:-1]:
        at += max((number for number, _ in part.page.rows()), default=0)
        begins.append(at)
    if parts[1:]:
        parts = [
            part._replace(places=tuple(titles.index(t) if t in titles else None for t in header))
            for part, titles in zip(parts, headers, strict=True)
        ]
    lines = _Read(parts, begins)
    pages = tuple(part.page.name for part in parts)
    return Sheet(book.name, header, lines, parts[0].heading_row, tuple(begins), pages, book.delimiter)


def _headings(part: TablePart) -> list[str]:
    cells = next(line.cells for line in _filled(part.page.rows) if line.number == part.heading_row)
    header = list(part.header or cells)
    while not header[-1]:  # spreadsheets leave empty cells behind
        header.pop()
    return header


def _filled(rows: Rows) -> Iterator[TableLine]:
    return (TableLine(number, cells) for number, cells in rows() if any(cells))


# --- files ------------------------------------------------------------------------------------


def open_book(path: Path, *, encoding: str = UTF_8) -> Book:
    """Return a file's sheets; its first bytes say what it is. Raises BadSheet."""
    try:
        if path.stat().st_size > SIZE_MAX_BYTES:
            raise BadSheet(
                msg("{name} is larger than {value} MiB", name=path.name, value=SIZE_MAX_BYTES // 1024**2),
                hint=_IN_PARTS,
            )
        kind, raw = _read(path)
    except OSError as error:
        hint = Hint("name a file that is there and that you may read")
        # Windows says of a folder that access is denied.
        why = msg("Is a directory") if path.is_dir() else system_text(error)
        raise BadSheet(msg("{name} cannot be read: {error}", name=path.name, error=why), hint=hint) from error
    if kind.form is None:
        hint = Hint("take the password off") if kind == LOCKED else _SAVE_AGAIN
        raise BadSheet(
            msg("{name} is {kind}, not a table", name=path.name, kind=Message(kind.name)), hint=hint
        )
    if kind.form != "csv":
        return Book(path.name, _pages(path.name, b"".join(raw), kind.form))
    if path.suffix.lower() in _WORKBOOKS and is_binary(raw):
        raise BadSheet(msg("{name} cannot be read as a spreadsheet", name=path.name), hint=_SAVE_AGAIN)
    rows, delimiter = csv_rows(path.name, raw, encoding)
    return Book(path.name, (Page("", rows),), delimiter)


def _read(path: Path) -> tuple[FileKind, Blocks]:
    """Return what a file is, and its bytes: packed where they are text, which may be large."""
    with path.open("rb") as file:
        head = file.read(_BLOCK_BYTES)
        kind = kind_of(head)
        if kind.form == "csv":
            return kind, PackedBytes(chain([head], blocks_of(file, SIZE_MAX_BYTES)))
        whole = head + b"".join(blocks_of(file, SIZE_MAX_BYTES))
    return kind_of(whole), [whole]


def _pages(name: str, raw: bytes, kind: Form) -> tuple[Page, ...]:
    """Return the sheets of a workbook, each read when its rows are asked for."""
    try:
        if kind != "xls":
            _check_extent(name, raw)
        found, rows = workbook.sheets_of(raw, kind)
    except workbook.WorkbookLocked as error:
        fact = msg("{name} is locked by a password, not a table", name=name)
        raise BadSheet(fact, hint=Hint("take the password off")) from error
    except (workbook.WorkbookUnreadable, *workbook.UNREADABLE) as error:
        raise BadSheet(msg("{name} cannot be read as a spreadsheet", name=name), hint=_SAVE_AGAIN) from error
    except workbook.WorkbookTooLarge as error:
        raise BadSheet(
            msg("{name} takes more memory or time than a table may", name=name), hint=_IN_PARTS
        ) from error
    if not found:
        raise BadSheet(msg("{name} is empty: it has no line of column names", name=name), hint=_SAVE_AGAIN)
    if len(found) > SHEETS_MAX:
        raise BadSheet(
            msg("{name} has more than {value} sheets", name=name, value=SHEETS_MAX),
            hint=Hint("save the sheet with the table in a file of its own"),
        )
    only = workbook.only_shown(found)
    grids = [_Grid(name, raw, kind, n, rows if n == only else None) for n in range(len(found))]
    return tuple(Page(sheet.name, grid, sheet.hidden) for sheet, grid in zip(found, grids, strict=True))


class _Grid:
    """The rows of one sheet as text, read once they are asked for."""

    def __init__(self, name: str, raw: bytes, kind: Form, number: int, found: bytes | None) -> None:
        self._source = (name, raw, kind, number)
        self._found = found

    def __call__(self) -> Iterator[tuple[int, list[str]]]:
        self._found = self._found if self._found is not None else self._read()
        for number, line in enumerate(io.BytesIO(self._found), start=1):
            yield number, workbook.cells_of(line)

    def _read(self) -> bytes:
        name, raw, kind, number = self._source
        try:
            return workbook.read_rows(raw, kind, number)
        except workbook.WorkbookTooLarge as error:
            raise BadSheet(
                msg("{name} takes more memory or time than a table may", name=name), hint=_IN_PARTS
            ) from error
        except workbook.WorkbookUnreadable as error:
            raise BadSheet(
                msg("{name} cannot be read as a spreadsheet", name=name), hint=_SAVE_AGAIN
            ) from error


def _check_extent(name: str, raw: bytes) -> None:
    """Refuse what would not fit in memory: a packed giant, or a stray cell far from the others."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(part.file_size for part in archive.infolist()) > SIZE_MAX_BYTES:
            fact = msg(
                "{name} is larger than {value} MiB when unpacked", name=name, value=SIZE_MAX_BYTES // 1024**2
            )
            raise BadSheet(fact, hint=_IN_PARTS)
        for part in archive.namelist():
            if not part.startswith("xl/worksheets/sheet"):
                continue
            with archive.open(part) as file:
                extent = _EXTENT.search(file.read(_HEAD_BYTES))
            if extent and column_number(extent[1]) * int(extent[2]) > CELLS_MAX:
                cell = (extent[1] + extent[2]).decode()
                raise BadSheet(
                    msg("{name} reaches to cell {cell}", name=name, cell=cell),
                    hint=Hint("delete the empty rows and columns"),
                )
