"""Columns by name, English or Polish, in any order; and what is wrong with a table, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from ledger.domain.instants import DayOrder, InstantError, slash_order
from ledger.errors import (
    BadCell,
    BadColumn,
    BadInstant,
    BadLine,
    EmptyCell,
    ImportRejected,
    LedgerError,
    Malformed,
    Problem,
)
from ledger.imports.cells import CONTROL, DateCell, is_error
from ledger.imports.layout import PLAIN, TITLE_MAX_CHARACTERS, Column, Layout, meanings, normal
from ledger.imports.left_out import LeftOut, why_left_out
from ledger.imports.moments import moment
from ledger.imports.table_reader import Sheet
from ledger.message import Hint, msg

__all__ = ["Column", "Problems", "TableRecord", "instant", "normal", "records"]

CELL_MAX_CHARACTERS = 10_000

Parse = Callable[[str], Any]
_T = TypeVar("_T")


class TableRecord(NamedTuple):
    """One line: its number and its cells by column name; empty cells are not there."""

    line: int
    cells: dict[str, str]
    apart: dict[str, str] = {}  # noqa: RUF012 - a default of a tuple, never changed
    """Cells by the file's own headings, where a pattern of references asks for them."""


PROBLEMS_MAX = 10_000
"""A table with so many is of another kind than it was taken for: reading stops there."""


@dataclass
class Problems:
    """Everything wrong with one table, collected so that all of it is reported at once."""

    sheet: Sheet
    layout: Layout = PLAIN
    found: list[Problem] = field(default_factory=list[Problem])
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    """Rows that are no records: titles, sums, repeated headings."""
    broken: set[int] = field(default_factory=set[int])
    """Lines of which a cell was refused before it was read."""
    _order: DayOrder | None = None
    _knows_order: bool = False

    def add(self, line: int, column: str, error: LedgerError) -> None:
        """Note a refusal at its place; raises ImportRejected once there are more than anybody would mend."""
        malformed = isinstance(error, Malformed)
        self.found.append(Problem(line, column, error.message, error.code, malformed=malformed))
        if len(self.found) == PROBLEMS_MAX:
            self.raise_if_any()

    def read(self, record: TableRecord, column: str, parse: Callable[[str], _T]) -> _T | None:
        """Return what `parse` makes of a cell; None for an empty one, and for a refusal, which is noted."""
        text = record.cells.get(column)
        try:
            return None if text is None else parse(text)
        except LedgerError as error:
            self.add(record.line, column, error)
            return None

    def read_all(self, record: TableRecord, parsers: Mapping[str, Parse]) -> dict[str, Any]:
        """Return what the parsers make of a line's cells, by column, without refused and empty ones."""
        values: dict[str, Any] = {}
        for name, text in record.cells.items():
            try:
                values[name] = parsers[name](text)
            except LedgerError as error:
                self.add(record.line, name, error)
        return values

    def raise_if_any(self) -> None:
        """Raise ImportRejected when anything was found."""
        if self.found:
            self.found.sort(key=lambda p: (p.line, p.column))
            raise ImportRejected(self.sheet.name, self.found, stopped=len(self.found) == PROBLEMS_MAX)

    @property
    def order(self) -> DayOrder | None:
        """The order of day and month in the file's dates with slashes, which is one for the whole file."""
        if not self._knows_order:
            self._knows_order = True
            self._order = self.layout.dates or self._order_of_the_file()
        return self._order

    def _order_of_the_file(self) -> DayOrder | None:
        try:
            return slash_order(cell for line in self.sheet.lines for cell in line.cells if "/" in cell)
        except InstantError:
            return None

    def instant(self, text: str) -> datetime:
        """Return the moment of a cell; a day alone is none."""
        return _in_order(text, self)

    def day_or_instant(self, text: str) -> datetime:
        """Return the moment of a cell; a day alone is its midnight."""
        return _in_order(text, self, day_will_do=True)


def _in_order(text: str, problems: Problems, *, day_will_do: bool = False) -> datetime:
    """Return a moment; an order of the file that some of its dates contradict is none."""
    if "/" not in text:  # nearly every cell
        return moment(text, day_will_do=day_will_do)
    order = problems.order
    if order is None:
        moment(text, "dmy" if _is_day_first(text) else "mdy", day_will_do=day_will_do)
        raise BadInstant(
            msg("the dates with slashes of this file can be read day first and month first"),
            hint=Hint("--dates dmy reads 03/04 as 3 April, --dates mdy as 4 March"),
        )
    return moment(text, order, day_will_do=day_will_do)


def _is_day_first(text: str) -> bool:
    """Return True if a date with slashes cannot be read month first."""
    first = text.strip().partition("/")[0]
    return not first.isdigit() or int(first) > _MONTHS


_MONTHS = 12


def instant(text: str) -> datetime:
    """Return the moment of a cell; the refusal keeps the text to itself, it may be a name."""
    return moment(text)


def records(sheet: Sheet, columns: Sequence[Column], problems: Problems) -> Iterator[TableRecord]:
    """Yield the lines by column.

    Raises ImportRejected for unknown, doubled and missing columns, at the row of the headings.
    """
    layout = problems.layout
    places = _places(sheet, columns, problems)
    constants = layout.constants
    required = [column.name for column in columns if column.required and not column.may_be_empty]
    wanted = {column.name for column in columns if column.required}
    there = max((place for name, place in places if name in wanted), default=-1) + 1
    moments = {column.name for column in columns if column.is_moment}
    apart = [(title, at) for at, title in enumerate(sheet.header) if f"{{{title}}}" in layout.session_ref]
    header = [normal(title) for title in sheet.header]
    for number, cells in sheet.lines:
        named = {name: cells[place] for name, place in places if place < len(cells) and cells[place]}
        if layout.skip_totals and (why := why_left_out(cells, named, header, required)):
            problems.left_out.append(LeftOut(number, why, " ".join(filter(None, cells))))
            continue
        _check_line(number, cells, there, len(sheet.header), problems)
        before = len(problems.found)
        _check_cells(number, named, moments, problems)
        if len(problems.found) > before:
            wrong = {problem.column for problem in problems.found[before:]}
            named = {name: text for name, text in named.items() if name not in wrong}
            problems.broken.add(number)
        named = _translated(constants | named, layout) if constants or layout.values else named
        if len(problems.found) == before:
            for name in required:
                if name not in named:
                    problems.add(number, name, EmptyCell(msg("the cell is empty")))
        own = {title: cells[at] for title, at in apart if at < len(cells)} if apart else {}
        yield TableRecord(number, named, own)


_SUSPECT = "#eEbBfF="


def _check_cells(number: int, named: dict[str, str], moments: set[str], problems: Problems) -> None:
    """Note what is wrong with the cells of a line; nearly every cell is passed by its first look."""
    for name, text in named.items():
        if type(text) is DateCell:
            if name not in moments:
                _check_cell(number, name, text, problems, is_moment=False)
        elif text[0] in _SUSPECT or not text.isascii():
            _check_cell(number, name, text, problems, is_moment=name in moments)


def _check_cell(number: int, name: str, text: str, problems: Problems, *, is_moment: bool) -> None:
    """Note a cell that holds an error of its spreadsheet, a date where none can be, a control character."""
    if is_error(text) and text.startswith("="):
        fact = msg(
            "the cell's formula {text} has no result: open the file in a spreadsheet, save it", text=text[:40]
        )
        problems.add(number, name, BadCell(fact))
    elif is_error(text):
        fact = msg("the cell holds the spreadsheet's error {text}", text=text[:20])
        problems.add(number, name, BadCell(fact, hint=Hint("mend the formula, or empty the cell")))
    elif isinstance(text, DateCell) and not is_moment:
        fact = msg("the spreadsheet keeps this cell as a date or a time: format it as text, type it again")
        problems.add(number, name, BadCell(fact))
    elif CONTROL.search(text):
        problems.add(
            number, name, BadCell(msg("the cell holds a control character: a sign of a wrong encoding"))
        )


def _translated(named: dict[str, str], layout: Layout) -> dict[str, str]:
    """Return the cells with the words that the layout explains."""
    for column, words in layout.values.items():
        text = named.get(column)
        if text is not None:
            known = {normal(word): value for word, value in words.items()}
            named[column] = known.get(normal(text), text)
    return named


def _places(sheet: Sheet, columns: Sequence[Column], problems: Problems) -> list[tuple[str, int]]:
    """Return column names with their places, from left to right."""
    names = meanings(tuple(columns), problems.layout)
    row = sheet.heading_row
    places: dict[str, int] = {}
    for place, title in enumerate(sheet.header):
        shown = title[:TITLE_MAX_CHARACTERS]
        if not title and (problems.layout.guess or problems.layout.skip_totals):
            continue
        if normal(title) not in names:
            known = ", ".join(column.name for column in columns)
            problems.add(row, shown, BadColumn(msg("unknown column; known are {known}", known=known)))
            continue
        name = names[normal(title)]
        if name is not None and name in places:
            problems.add(row, shown, BadColumn(msg("column {name} stands there twice", name=name)))
        elif name is not None:
            places[name] = place
    for column in columns:
        if column.required and column.name not in places and column.name not in problems.layout.constants:
            problems.add(row, column.name, BadColumn(msg("the column is missing")))
    problems.raise_if_any()
    return list(places.items())


def _check_line(number: int, cells: list[str], there: int, width: int, problems: Problems) -> None:
    """Note a line without a cell for each required column, which may have been cut off, or with too many."""
    if len(cells) < there:
        fact = msg(
            "the line has {cells} cells, the header {width}: it may have been cut off",
            cells=len(cells),
            width=width,
        )
        problems.add(number, str(len(cells) + 1), BadLine(fact))
    if len(cells) > width and any(cells[width:]):
        fact = msg("the line has {cells} cells, the header {width}", cells=len(cells), width=width)
        problems.add(number, str(width + 1), BadLine(fact))
    if len(max(cells, key=len)) > CELL_MAX_CHARACTERS:
        problems.add(
            number,
            "",
            BadLine(
                msg(
                    "a cell is longer than {longest} characters",
                    longest=CELL_MAX_CHARACTERS,
                )
            ),
        )
