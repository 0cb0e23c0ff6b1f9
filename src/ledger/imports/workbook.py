"""Workbooks read in a process of their own: whatever a file does to its reader, this one lives.

`python -m ledger.imports.workbook KIND SHEET LIMITS…` reads a workbook from stdin and writes to stdout a
JSON value a line: the rows of that sheet; where SHEET is -1 the list of sheets, and then the rows of the only
one that is not hidden, if one is. A library in another language reads it: an allocation too large for it
ends its process at once, and no `except` would see that.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import msgspec

from ledger.imports.cells import DateCell, ErrorCell, text_of
from ledger.imports.workbook_marks import CellMarks, ods_marks, xlsx_marks
from ledger.imports.workbook_xls import xls_marks

NOT_READ, TOO_LARGE, LOCKED = 10, 11, 12
"""Exit statuses of the reader: no workbook; more rows than the limit; locked by a password."""
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
    KeyError,
    SyntaxError,
)
"""What unpacking raises: the file is damaged, cut off, packed in an unknown way, or locked by a password."""
_ALL_SHEETS = -1
_PLAIN, _DATE, _ERROR = " de"
_MARKED: dict[str, type[str]] = {_DATE: DateCell, _ERROR: ErrorCell}
_LETTERS: dict[type[str], str] = {str: _PLAIN, DateCell: _DATE, ErrorCell: _ERROR}
_DECODER = msgspec.json.Decoder(tuple[list[str], str])


class Limits(NamedTuple):
    """What the reader may take: memory and output in bytes, time of the processor in seconds."""

    memory_bytes: int = 3 << 30
    output_bytes: int = 512 << 20
    seconds: int = 120


class SheetOfBook(NamedTuple):
    """A sheet: its name, and whether it is hidden."""

    name: str
    hidden: bool


class WorkbookUnreadable(Exception):  # noqa: N818 - the caller says it in the file's name
    """The reader could not read the file."""


class WorkbookLocked(Exception):  # noqa: N818 - as above
    """The file is locked by a password."""


class WorkbookTooLarge(Exception):  # noqa: N818 - as above
    """The reader came to one of its limits, or was ended by the system."""


LIMITS = Limits()
REFUSALS: dict[int, type[Exception]] = {
    1: WorkbookUnreadable,  # the library, or what looks into the file beside it, did not expect such a file
    NOT_READ: WorkbookUnreadable,
    LOCKED: WorkbookLocked,
}


def sheets_of(raw: bytes, kind: str, limits: Limits | None = None) -> tuple[list[SheetOfBook], bytes]:
    """Return the sheets of a workbook, and the rows of the one that is not hidden where there is only one.

    Raises WorkbookUnreadable, WorkbookLocked, WorkbookTooLarge.
    """
    told, _, rows = _asked(raw, kind, _ALL_SHEETS, limits or LIMITS).partition(b"\n")
    return msgspec.json.decode(told, type=list[SheetOfBook]), rows


def only_shown(sheets: Sequence[SheetOfBook]) -> int | None:
    """Return the number of the sheet that alone is not hidden; None where several are shown, or none."""
    shown = [number for number, sheet in enumerate(sheets) if not sheet.hidden]
    return shown[0] if len(shown) == 1 else None


def read_rows(raw: bytes, kind: str, number: int, limits: Limits | None = None) -> bytes:
    """Return the rows of a sheet, one in JSON a line (see `cells_of`); raises as `sheets_of` does."""
    return _asked(raw, kind, number, limits or LIMITS)


def cells_of(line: bytes) -> list[str]:
    """Return the cells of a row; dates and errors keep their kind."""
    cells, kinds = _DECODER.decode(line)
    for at, kind in enumerate(kinds):
        if kind != _PLAIN:
            cells[at] = _MARKED[kind](cells[at])
    return cells


def _asked(raw: bytes, kind: str, number: int, limits: Limits) -> bytes:
    command = [sys.executable, "-P", "-m", __name__, kind, str(number), *map(str, limits)]
    try:
        ran = subprocess.run(  # noqa: S603 - this very module, and numbers
            command,
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the library shows what it was reading there
            timeout=2 * limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WorkbookTooLarge from None
    if ran.returncode != 0:
        raise REFUSALS.get(ran.returncode, WorkbookTooLarge)
    return ran.stdout


# --- in the reader's process ------------------------------------------------------------------


def _limit(limits: Limits) -> None:
    """Bound this process where the system can; without bounds it still is a process of its own."""
    try:
        import resource  # noqa: PLC0415 - POSIX alone has it
    except ImportError:
        return
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS sets no bound below what a process has mapped already
            resource.setrlimit(kind, (allowed, allowed))


def _sheets(book: Any, raw: bytes, kind: str) -> Iterator[object]:  # noqa: ANN401 - the library's reader
    from python_calamine import SheetVisibleEnum  # noqa: PLC0415 - within the limits

    found = [
        SheetOfBook(each.name, each.visible != SheetVisibleEnum.Visible) for each in book.sheets_metadata
    ]
    yield found
    number = only_shown(found)
    if number is not None:
        yield from _rows(book, raw, kind, number)


def _rows(book: Any, raw: bytes, kind: str, number: int) -> Iterator[object]:  # noqa: ANN401 - as above
    cells = cast("list[list[object]]", book.get_sheet_by_index(number).to_python(skip_empty_area=False))
    errors, with_time = _marks(raw, kind, number, cells)
    wrong: dict[int, dict[int, str]] = {}
    for (row, column), error in errors.items():
        wrong.setdefault(row, {})[column] = error
    timed = {row for row, _ in with_time}
    for at, found in enumerate(cells):
        if at in wrong:
            yield _encoded(_with_errors(at, found, wrong[at], with_time))
        elif at in timed:
            shown = [(at, column) in with_time for column in range(len(found))]
            yield _encoded(text_of(cell, shows_time=shows) for cell, shows in zip(found, shown, strict=True))
        else:
            yield _encoded(found)


def _encoded(cells: Iterable[object]) -> tuple[list[str], str]:
    """Return the texts of a row and the kind of each, a letter a cell; no letters where all are plain."""
    texts: list[str] = []
    kinds: list[str] = []
    is_plain = True
    for cell in cells:
        kind = type(cell)
        if kind is str and cell.isascii() and cell[:2] != "PT":  # type: ignore[attr-defined, index]
            texts.append(cell.strip())  # type: ignore[attr-defined]
            kinds.append(_PLAIN)
            continue
        if kind is datetime:
            texts.append(str(cell))
            kinds.append(_DATE)
            is_plain = False
            continue
        text = text_of(cell) if kind is not ErrorCell and kind is not DateCell else cast("str", cell)
        letter = _LETTERS[type(text)]
        is_plain = is_plain and letter == _PLAIN
        texts.append(str(text))
        kinds.append(letter)
    return texts, "" if is_plain else "".join(kinds)


def _with_errors(
    number: int, row: list[object], errors: Mapping[int, str], with_time: set[tuple[int, int]]
) -> Iterator[str]:
    """Yield the cells of a row in which errors stand; the library leaves them out at a row's end."""
    padded = row + [""] * (max(errors) + 1 - len(row))
    for column, cell in enumerate(padded):
        if column in errors:
            yield ErrorCell(errors[column])
        else:
            yield text_of(cell, shows_time=(number, column) in with_time)


def _marks(raw: bytes, kind: str, number: int, cells: list[list[object]]) -> CellMarks:
    dates = {at for at, row in enumerate(cells) if date in map(type, row)}
    match kind:
        case "xlsx":
            return xlsx_marks(raw, number, dates)
        case "ods":
            return ods_marks(raw, number)
        case _:
            return xls_marks(raw, number)


def _main() -> int:
    kind, number, *limited = sys.argv[1:]
    limits = Limits(*map(int, limited))
    raw = sys.stdin.buffer.read()
    _limit(limits)
    try:
        return _read(raw, kind, int(number), limits)
    except (MemoryError, ImportError):  # the system maps no library where there is no memory for it
        return TOO_LARGE


def _read(raw: bytes, kind: str, number: int, limits: Limits) -> int:
    """Write what was asked for to the standard output; return the exit status."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 - as above

    written = 0
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        lines = _sheets(book, raw, kind) if number == _ALL_SHEETS else _rows(book, raw, kind, number)
        with os.fdopen(1, "wb", 1 << 20) as out:
            for each in lines:
                line = msgspec.json.encode(each) + b"\n"
                written += len(line)
                if written > limits.output_bytes:
                    return TOO_LARGE
                out.write(line)
    except PasswordError:
        return LOCKED
    except (CalamineError, *UNREADABLE):
        return NOT_READ
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the library's own defects, no Exception
            return NOT_READ
        raise
    return 0


if __name__ == "__main__":
    sys.exit(_main())
