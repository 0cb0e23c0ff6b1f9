"""Columns by name, English or Polish, in any order; and what is wrong with a table, line by line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from ledger.errors import ImportRejected, LedgerError, Malformed, Problem
from ledger.imports.sheet import CELL_MAX_CHARACTERS, Line, Sheet

_T = TypeVar("_T")


class Column(NamedTuple):
    """One column: its name, what it is called in Polish spreadsheets, whether it must be there."""

    name: str
    polish: tuple[str, ...] = ()
    required: bool = False


@dataclass
class Problems:
    """Everything wrong with one table, collected so that all of it is told at once."""

    sheet: Sheet
    found: list[Problem] = field(default_factory=list[Problem])

    def add(self, line: int, column: str, error: LedgerError) -> None:
        """Note a refusal at its place."""
        self.found.append(Problem(line, column, error.fact, error.code, isinstance(error, Malformed)))

    def read(self, line: Line, column: str, text: str, parse: Callable[[str], _T], fallback: _T) -> _T:
        """What `parse` makes of a cell; a refusal is noted and the fallback stands in."""
        try:
            return parse(text)
        except LedgerError as error:
            self.add(line.number, column, error)
            return fallback

    def raise_if_any(self) -> None:
        """Raise ImportRejected when anything was found."""
        if self.found:
            self.found.sort(key=lambda p: (p.line, p.column))
            raise ImportRejected(self.sheet.name, self.found)


def normal(name: str) -> str:
    """A column name as it is compared: lower case, without Polish marks, words joined by one underscore."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold().replace("ł", "l"))
    kept = (c if c.isalnum() else "_" for c in plain if not unicodedata.combining(c))
    return "_".join(word for word in "".join(kept).split("_") if word)


@dataclass(frozen=True)
class Record:
    """One line with its cells by column name; a missing column reads as empty."""

    line: Line
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def records(sheet: Sheet, columns: Sequence[Column], problems: Problems) -> list[Record]:
    """The lines by column. Unknown, doubled and missing columns are noted at line 1."""
    names = {normal(alias): column.name for column in columns for alias in (column.name, *column.polish)}
    places: dict[str, int] = {}
    for place, title in enumerate(sheet.header):
        name = names.get(normal(title))
        if name is None:
            known = ", ".join(column.name for column in columns)
            problems.found.append(
                Problem(
                    1, title[:80], f"unknown column; known are {known}", "E-IMPORT-COLUMN", malformed=True
                )
            )
        elif name in places:
            problems.found.append(
                Problem(1, title[:80], f"column {name} stands there twice", "E-IMPORT-COLUMN", malformed=True)
            )
        else:
            places[name] = place
    for column in columns:
        if column.required and column.name not in places:
            problems.found.append(
                Problem(1, column.name, "the column is missing", "E-IMPORT-COLUMN", malformed=True)
            )
    problems.raise_if_any()
    return [_record(line, sheet, columns, places, problems) for line in sheet.lines]


def _record(
    line: Line, sheet: Sheet, columns: Sequence[Column], places: Mapping[str, int], problems: Problems
) -> Record:
    if len(line.cells) > len(sheet.header) and any(line.cells[len(sheet.header) :]):
        problems.found.append(
            Problem(
                line.number,
                str(len(sheet.header) + 1),
                f"the line has {len(line.cells)} cells, the header {len(sheet.header)}",
                "E-IMPORT-LINE",
                malformed=True,
            )
        )
    cells = {name: line.cells[place] for name, place in places.items() if place < len(line.cells)}
    for column in columns:
        cell = cells.get(column.name, "")
        if column.required and not cell:
            problems.found.append(
                Problem(line.number, column.name, "the cell is empty", "E-IMPORT-EMPTY", malformed=True)
            )
        if len(cell) > CELL_MAX_CHARACTERS:
            problems.found.append(
                Problem(line.number, column.name, "the cell is too long", "E-IMPORT-LINE", malformed=True)
            )
    return Record(line, cells)
