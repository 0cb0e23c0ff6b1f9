"""Marks of an .xls workbook: the same as `workbook_marks`, out of its binary records ([MS-XLS], [MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ledger.imports.workbook_marks import NEGATIVE_TIME, CellMarks, Place, shows_time

_END_OF_CHAIN = 0xFFFFFFFE
_SECTOR_SHIFTS, _MINI_SHIFT = frozenset({9, 12}), 6
"""Sizes of sectors as powers of two ([MS-CFB] 2.2)."""
_IN_HEADER = 109
"""Sectors of the table that the header names itself."""
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_TIME_FORMAT_IDS = frozenset({18, 19, 20, 21, 22, 45, 46, 47})
_FORMULA, _BOUNDSHEET, _XF, _FORMAT, _BOOLERR, _NUMBER, _RK, _MULRK, _BOF, _EOF = (
    0x06,
    0x85,
    0xE0,
    0x41E,
    0x205,
    0x203,
    0x27E,
    0xBD,
    0x809,
    0x0A,
)


def xls_marks(raw: bytes, sheet: int) -> CellMarks:
    """Return the marks of a sheet by its number; raises ValueError for what is no such workbook."""
    try:
        stream = _workbook_stream(raw)
        begins, timed = _globals(stream)
        return _sheet_marks(stream, begins[sheet], timed)
    except (struct.error, IndexError, OverflowError) as error:
        raise ValueError("the records of the workbook are damaged") from error


def _workbook_stream(raw: bytes) -> bytes:
    """Return the stream `Workbook` of a compound file."""
    sector, mini = _sector_sizes(raw)
    (fat_sectors,) = struct.unpack_from("<I", raw, 44)
    directory, _, cutoff, mini_fat = struct.unpack_from("<4I", raw, 48)
    places = _places(raw, sector)
    fat: list[int] = []
    for place in places[:fat_sectors]:
        fat += struct.unpack_from(f"<{sector // 4}I", raw, (place + 1) * sector)

    def chain(first: int, table: list[int]) -> Iterator[int]:
        seen = 0
        while first < len(table) and seen <= len(table):
            yield first
            first = table[first]
            seen += 1

    def read(first: int) -> bytes:
        return b"".join(raw[(n + 1) * sector : (n + 2) * sector] for n in chain(first, fat))

    entries = read(directory)
    root_stream = b""
    for begins in range(0, len(entries) - 127, 128):
        entry = entries[begins : begins + 128]
        (length,) = struct.unpack_from("<H", entry, 64)
        name = entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace")
        first, size = struct.unpack_from("<2I", entry, 116)
        if begins == 0:
            root_stream = read(first)
        elif name in {"Workbook", "Book"}:
            if size >= cutoff:
                return read(first)[:size]
            packed = read(mini_fat)
            mini_table = list(struct.unpack(f"<{len(packed) // 4}I", packed))
            parts = (root_stream[n * mini : (n + 1) * mini] for n in chain(first, mini_table))
            return b"".join(parts)[:size]
    raise ValueError("the file holds no workbook")


def _places(raw: bytes, sector: int) -> list[int]:
    """Return where the table of sectors lies; raises ValueError where a list of its parts has no end."""
    difat, difat_sectors = struct.unpack_from("<2I", raw, 68)
    places = list(struct.unpack_from("<109I", raw, 76))
    for _ in range(difat_sectors):
        more = struct.unpack_from(f"<{sector // 4}I", raw, (difat + 1) * sector)
        places += more[:-1]
        difat = more[-1]
        if len(places) > len(raw) // sector + len(more) + _IN_HEADER:
            raise ValueError("the compound file names more sectors than it has")
    return places


def _sector_sizes(raw: bytes) -> tuple[int, int]:
    """Return the sizes of sectors and of mini sectors in bytes; raises ValueError for impossible ones."""
    shift, mini_shift = struct.unpack_from("<2H", raw, 30)
    if shift not in _SECTOR_SHIFTS or mini_shift != _MINI_SHIFT:
        raise ValueError("the sectors of the compound file have no size that it may have")
    return 1 << shift, 1 << mini_shift


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _globals(stream: bytes) -> tuple[list[int], frozenset[int]]:
    """Return where the sheets begin, and the cell styles whose number format shows a time of day."""
    begins: list[int] = []
    styles: list[int] = []
    timed = set(_TIME_FORMAT_IDS)
    for kind, data in _records(stream, 0):
        if kind == _BOUNDSHEET:
            begins.append(struct.unpack_from("<I", data)[0])
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _FORMAT:
            number, length, flags = struct.unpack_from("<2HB", data)
            code = data[5 : 5 + length * 2].decode("utf-16-le", "replace") if flags & 1 else ""
            code = code or data[5 : 5 + length].decode("latin-1")
            (timed.add if shows_time(code) else timed.discard)(number)
        elif kind == _EOF:
            break
    return begins, frozenset(number for number, form in enumerate(styles) if form in timed)


def _sheet_marks(stream: bytes, place: int, timed: frozenset[int]) -> CellMarks:
    marks = CellMarks({}, set())
    depth = 0
    for kind, data in _records(stream, place):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if depth > 1 or kind not in {_FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK}:
            continue  # a chart inside the sheet has records of its own
        row, column, style = struct.unpack_from("<3H", data)
        if kind == _BOOLERR and data[7]:
            marks.errors[row, column] = _ERRORS.get(data[6], "#N/A")
        elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:  # noqa: PLR2004 - its result is an error
            marks.errors[row, column] = _ERRORS.get(data[8], "#N/A")
        elif kind == _MULRK:
            for n in range((len(data) - 6) // 6):
                if struct.unpack_from("<H", data, 4 + 6 * n)[0] in timed:
                    _mark_time(marks, (row, column + n), sign=data[9 + 6 * n])
        elif style in timed:
            _mark_time(marks, (row, column), sign=data[9] if kind == _RK else data[13])
    return marks


def _mark_time(marks: CellMarks, place: Place, *, sign: int) -> None:
    """Mark a cell that shows a time; `sign` is the highest byte of its number."""
    if sign & 0x80:
        marks.errors[place] = NEGATIVE_TIME
    else:
        marks.with_time.add(place)
