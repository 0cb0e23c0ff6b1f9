"""What the reader of workbooks does not tell: cells that hold an error, midnights that show a time of day.

The reader gives an error cell as an empty text, and so a formula that nobody has reckoned yet; a moment at
midnight as a date, and a negative time as a time of day (-6:00 as 18:00). They stand in the sheet's XML: an
error by the cell's type, a time by the number format of its style.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, iterparse
from xml.sax.saxutils import unescape

Place = tuple[int, int]
"""Row and column, from 0."""

CHUNK_BYTES = 1 << 20
ROW_BYTES_MAX = 64 << 20
"""A row in XML that is longer is no work of a person; nor are more marks than these."""
MARKS_MAX = 1_000_000
FORMAT_LENGTH_MAX = 255
"""Characters of a number format (ECMA-376 and Excel)."""
_TIME_FORMAT_IDS = frozenset({18, 19, 20, 21, 22, 45, 46, 47})
"""Number formats that every workbook knows without naming them, with a time of day (ECMA-376, 18.8.30)."""
_LETTERS = 26


class CellMarks(NamedTuple):
    """Cells by place: the error that stands there, and dates whose format shows a time of day."""

    errors: dict[Place, str]
    with_time: set[Place]


# --- XLSX -------------------------------------------------------------------------------------

# None of these goes over its text more than once, whatever stands there: no "<" inside of a tag, a name from
# its first letter on, a cell up to where the next one begins.
_ATTRIBUTE = re.compile(rb"(?<![\w:])([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TAG = re.compile(rb"<(?:\w+:)?%s\b([^<>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_ROW_NUMBER = re.compile(rb"(?<![\w:])r\s*=\s*[\"']([0-9]{1,7})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>(?:(?<!/>)([^<]*(?:<(?!/?(?:\w+:)?c\b)[^<]*)*)</(?:\w+:)?c>)?")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^<>]*>([^<]*)<")
_REF = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<>]*?(?:/>|>([^<]*)<)")
_NO_RESULT = (b"<v></v>", b"<x:v></x:v>", b"</f></c>", b"</x:f></x:c>", b"/></c>", b"/></x:c>")
_IS_ERROR = (b't="e"', b"t='e'", b"<v>-", b":v>-", *_NO_RESULT)
"""What a cell with an error has, what a negative number has, which may be a time, and what a program leaves
that writes formulas and does not reckon them."""
_WORD_BYTES = max(map(len, _IS_ERROR))
_TEXT_TYPES = frozenset({b"str", b"s", b"inlineStr"})
"""Types of a cell whose value may be an empty text."""
NEGATIVE_TIME = "########"
"""What Excel shows for a time below zero."""
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


def xlsx_marks(raw: bytes, sheet: int, dates: AbstractSet[int]) -> CellMarks:
    """Return the marks of a sheet by its number; `dates` are the rows in which the reader found dates."""
    marks = CellMarks({}, set())
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        part = _sheet_part(archive, sheet)
        if part is None:
            return marks
        if not dates and not _has_errors(archive, part):
            return marks
        timed = _timed_styles(archive)
        with archive.open(part) as file:
            for number, row in _rows(file, dates):
                _mark_row(number, row, timed, marks)
    return marks


def _has_errors(archive: zipfile.ZipFile, part: str) -> bool:
    """Return True if any cell of a sheet may hold an error; a look that costs no more than unpacking."""
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK_BYTES):
            if any(word in tail + chunk[:_WORD_BYTES] or word in chunk for word in _IS_ERROR):
                return True
            tail = chunk[-_WORD_BYTES:]
    return False


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {found[1].rpartition(b":")[2]: found[2] or found[3] or b"" for found in _ATTRIBUTE.finditer(tag)}


def _tags(xml: bytes, name: bytes) -> Iterator[dict[bytes, bytes]]:
    return (_attributes(found[1]) for found in re.finditer(_TAG.pattern % name, xml))


def _sheet_part(archive: zipfile.ZipFile, sheet: int) -> str | None:
    names = set(archive.namelist())
    book = archive.read("xl/workbook.xml")
    ids = [tag.get(b"id", b"") for tag in _tags(book, b"sheet")]
    rels = {
        tag.get(b"Id", b""): tag.get(b"Target", b"").decode()
        for tag in _tags(archive.read("xl/_rels/workbook.xml.rels"), b"Relationship")
    }
    target = rels.get(ids[sheet], "") if sheet < len(ids) else ""
    part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return part if part in names else None


def _timed_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Return the numbers of the cell styles whose number format shows a time of day."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    xml = archive.read("xl/styles.xml")
    timed = set(_TIME_FORMAT_IDS)
    for tag in _tags(xml, b"numFmt"):
        code = tag.get(b"formatCode", b"").decode(errors="replace").replace("&quot;", '"')
        number = tag.get(b"numFmtId", b"0")
        if number.isdigit():
            (timed.add if shows_time(code) else timed.discard)(int(number))
    begins, ends = xml.find(b"cellXfs"), xml.find(b"/cellXfs")
    if ends < 0:
        ends = xml.rfind(b"cellXfs")
    styles = [int(tag.get(b"numFmtId", b"0") or 0) for tag in _tags(xml[begins:ends], b"xf")]
    return frozenset(number for number, form in enumerate(styles) if form in timed)


def shows_time(code: str) -> bool:
    """Return True if a number format shows hours or seconds."""
    plain = _QUOTED.sub("", code[:FORMAT_LENGTH_MAX].partition(";")[0]).lower()
    return "h" in plain or "s" in plain.replace("general", "")


def _rows(file: IO[bytes], dates: AbstractSet[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the rows that hold an error or are in `dates`, with their numbers from 0; a chunk at a time."""
    number, rest = -1, b""
    while chunk := file.read(CHUNK_BYTES):
        text = rest + chunk
        begun = list(_ROW.finditer(text))
        # the last row may go on in the next chunk; an empty row closes itself
        rest = text[begun[-1].start() :] if begun else text
        if len(rest) > ROW_BYTES_MAX:
            raise MemoryError
        has_error = any(word in text for word in _IS_ERROR)
        for at, row in enumerate(begun[:-1]):
            number = _number(row[1], number)
            if has_error or number in dates:
                cells = text[row.end() : begun[at + 1].start()]
                if number in dates or any(word in cells for word in _IS_ERROR):
                    yield number, cells
    last = _ROW.match(rest)
    if last is not None:
        yield _number(last[1], number), rest[last.end() :]


def _number(attributes: bytes, before: int) -> int:
    """Return the number of a row from 0; one that does not say it follows the row before."""
    found = _ROW_NUMBER.search(attributes)
    return int(found[1]) - 1 if found else before + 1


def _mark_row(number: int, row: bytes, timed: AbstractSet[int], marks: CellMarks) -> None:
    column = -1
    for found in _CELL.finditer(row):
        tag = _attributes(found[1])
        place = _REF.fullmatch(tag.get(b"r", b""))
        column = column_number(place[1]) - 1 if place else column + 1
        if tag.get(b"t") == b"e":
            value = _VALUE.search(found[2] or b"")
            marks.errors[number, column] = value[1].decode(errors="replace") if value else "#N/A"
        elif formula := _unreckoned(found[2] or b"", tag.get(b"t")):
            marks.errors[number, column] = formula
        elif tag.get(b"s", b"").isdigit() and int(tag[b"s"]) in timed:
            if (value := _VALUE.search(found[2] or b"")) and value[1].startswith(b"-"):
                marks.errors[number, column] = NEGATIVE_TIME
            else:
                marks.with_time.add((number, column))


def _unreckoned(cell: bytes, kind: bytes | None) -> str | None:
    """Return the formula of a cell that has no result, as it is typed; None for any other cell."""
    formula = None if kind in _TEXT_TYPES else _FORMULA.search(cell)
    if formula is None or ((value := _VALUE.search(cell)) and value[1]):
        return None
    return f"={unescape((formula[1] or b'').decode(errors='replace'))}"


def column_number(letters: bytes) -> int:
    """Return the number of a column by its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number


# --- ODS --------------------------------------------------------------------------------------

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_TEXT_P = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_REPEATED_MAX = 1000
"""Cells of one content side by side; what is repeated more often is the empty rest of a sheet."""


class _Ods:
    """Goes through content.xml: styles first, then the cells of one sheet."""

    def __init__(self, sheet: int) -> None:
        self.marks = CellMarks({}, set())
        self._sheet = sheet
        self._table = self._row = self._column = -1
        self._columns: list[str] = []
        self._timed_forms: set[str] = set()
        self._styles: dict[str, str] = {}

    def begin(self, element: Element) -> None:
        match element.tag.rpartition("}")[2]:
            case "table":
                self._table, self._row, self._columns = self._table + 1, -1, []
            case "table-row":
                self._row, self._column = self._row + 1, -1
            case _:
                pass

    def end(self, element: Element) -> None:
        """Take up one element whose children are there."""
        name = element.tag.rpartition("}")[2]
        if element.tag.startswith(_NUMBER) and name.endswith("-style"):
            if any(child.tag in {f"{_NUMBER}hours", f"{_NUMBER}seconds"} for child in element):
                self._timed_forms.add(element.get(f"{_STYLE}name", ""))
        elif element.tag == f"{_STYLE}style":
            self._styles[element.get(f"{_STYLE}name", "")] = element.get(f"{_STYLE}data-style-name", "")
        elif self._table == self._sheet and name == "table-column":
            times = min(int(element.get(f"{_TABLE}number-columns-repeated", "1")), _REPEATED_MAX)
            self._columns += [element.get(f"{_TABLE}default-cell-style-name", "")] * times
        elif self._table == self._sheet and name in {"table-cell", "covered-table-cell"}:
            self._cell(element)
        elif name == "table-row":
            times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            self._repeat(times)
            element.clear()

    def _cell(self, element: Element) -> None:
        times = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        text = "".join("".join(child.itertext()) for child in element if child.tag == _TEXT_P)
        is_error = element.get(f"{_CALC}value-type") == "error"
        formula = element.get(f"{_TABLE}formula")
        for column in range(self._column + 1, self._column + 1 + min(times, _REPEATED_MAX)):
            if is_error or (formula is not None and (text.startswith(("#", "Err:", "Błąd:")))):
                self.marks.errors[self._row, column] = text or "#N/A"
            elif element.get(f"{_OFFICE}date-value") and self._has_time(element, column):
                self.marks.with_time.add((self._row, column))
        self._column += times
        if len(self.marks.errors) + len(self.marks.with_time) > MARKS_MAX:
            raise MemoryError

    def _has_time(self, element: Element, column: int) -> bool:
        default = self._columns[column] if column < len(self._columns) else ""
        style = element.get(f"{_TABLE}style-name") or default
        return self._styles.get(style, "") in self._timed_forms

    def _repeat(self, times: int) -> None:
        """Give the marks of a row to the rows that repeat it."""
        if times > 1:
            for kept in (self.marks.errors, self.marks.with_time):
                here = [place for place in kept if place[0] == self._row]
                for row in range(self._row + 1, self._row + min(times, _REPEATED_MAX)):
                    for _, column in here:
                        if isinstance(kept, dict):
                            kept[row, column] = kept[self._row, column]
                        else:
                            kept.add((row, column))
                    if len(kept) > MARKS_MAX:
                        raise MemoryError
            self._row += times - 1


def ods_marks(raw: bytes, sheet: int) -> CellMarks:
    """Return the marks of a sheet of an OpenDocument by its number."""
    reader = _Ods(sheet)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for part in ("styles.xml", "content.xml"):
            if part not in archive.namelist():
                continue
            with archive.open(part) as file:
                for event, element in iterparse(file, ("start", "end")):  # noqa: S314 - expat bounds entities
                    (reader.begin if event == "start" else reader.end)(element)
    return reader.marks
