"""Columns by name, English or Polish, in any order; and what is wrong with a table, line by line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from ledger.domain.clock import parse_instant
from ledger.errors import (
    BadColumn,
    BadInstant,
    BadLine,
    EmptyCell,
    ImportRejected,
    LedgerError,
    Malformed,
    Problem,
)
from ledger.imports.table_reader import Sheet

CELL_MAX_CHARACTERS = 10_000
TITLE_MAX_CHARACTERS = 80

Parse = Callable[[str], Any]
_T = TypeVar("_T")


class Column(NamedTuple):
    """One column: its name, what it is called in Polish spreadsheets, whether it must be there.

    A required column that `may_be_empty` must be there, its cells need not say anything.
    """

    name: str
    polish: tuple[str, ...] = ()
    required: bool = False
    may_be_empty: bool = False


class Record(NamedTuple):
    """One line: its number and its cells by column name; empty cells are not there."""

    line: int
    cells: dict[str, str]


PROBLEMS_MAX = 10_000
"""A table with so many is of another kind than it was taken for: reading stops there."""


@dataclass
class Problems:
    """Everything wrong with one table, collected so that all of it is told at once."""

    sheet: Sheet
    found: list[Problem] = field(default_factory=list[Problem])

    def add(self, line: int, column: str, error: LedgerError) -> None:
        """Note a refusal at its place; raises ImportRejected once there are more than anybody would mend."""
        self.found.append(Problem(line, column, error.fact, error.code, isinstance(error, Malformed)))
        if len(self.found) == PROBLEMS_MAX:
            self.raise_if_any()

    def read(self, record: Record, column: str, parse: Callable[[str], _T]) -> _T | None:
        """What `parse` makes of a cell; None for an empty one, and for a refusal, which is noted."""
        text = record.cells.get(column)
        try:
            return None if text is None else parse(text)
        except LedgerError as error:
            self.add(record.line, column, error)
            return None

    def read_all(self, record: Record, parsers: Mapping[str, Parse]) -> dict[str, Any]:
        """What the parsers make of a line's cells, by column; refused and empty ones are not there."""
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


def instant(text: str) -> datetime:
    """A moment as `parse_instant` reads it; the refusal keeps the text to itself, it may be a name."""
    try:
        return parse_instant(text)
    except BadInstant:
        raise BadInstant("the cell is not a date and a time") from None


def normal(name: str) -> str:
    """A column name as it is compared: lower case, without Polish marks, words joined by one underscore."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold().replace("ł", "l"))
    kept = (c if c.isalnum() else "_" for c in plain if not unicodedata.combining(c))
    return "_".join(word for word in "".join(kept).split("_") if word)


def records(sheet: Sheet, columns: Sequence[Column], problems: Problems) -> Iterator[Record]:
    """The lines by column. Raises ImportRejected for unknown, doubled and missing columns, at line 1."""
    places = _places(sheet, columns, problems)
    required = [column.name for column in columns if column.required and not column.may_be_empty]
    there = max(place for name, place in places if name in {c.name for c in columns if c.required}) + 1
    for number, cells in sheet.lines:
        named = {name: cells[place] for name, place in places if place < len(cells) and cells[place]}
        _check_line(number, cells, there, len(sheet.header), problems)
        for name in required:
            if name not in named:
                problems.add(number, name, EmptyCell("the cell is empty"))
        yield Record(number, named)


def _places(sheet: Sheet, columns: Sequence[Column], problems: Problems) -> list[tuple[str, int]]:
    """Column names with their places, from left to right."""
    names = {normal(alias): column.name for column in columns for alias in (column.name, *column.polish)}
    places: dict[str, int] = {}
    for place, title in enumerate(sheet.header):
        shown, name = title[:TITLE_MAX_CHARACTERS], names.get(normal(title))
        if name is None:
            known = ", ".join(column.name for column in columns)
            problems.add(1, shown, BadColumn(f"unknown column; known are {known}"))
        elif name in places:
            problems.add(1, shown, BadColumn(f"column {name} stands there twice"))
        else:
            places[name] = place
    for column in columns:
        if column.required and column.name not in places:
            problems.add(1, column.name, BadColumn("the column is missing"))
    problems.raise_if_any()
    return list(places.items())


def _check_line(number: int, cells: list[str], there: int, width: int, problems: Problems) -> None:
    """A line has a cell, if an empty one, for each required column: else it may have been cut off."""
    if len(cells) < there:
        fact = f"the line has {len(cells)} cells, the header {width}: it may have been cut off"
        problems.add(number, str(len(cells) + 1), BadLine(fact))
    if len(cells) > width and any(cells[width:]):
        fact = f"the line has {len(cells)} cells, the header {width}"
        problems.add(number, str(width + 1), BadLine(fact))
    if len(max(cells, key=len)) > CELL_MAX_CHARACTERS:
        problems.add(number, "", BadLine(f"a cell is longer than {CELL_MAX_CHARACTERS} characters"))
