"""Tables with a line of column names, `,` `;` or TAB between cells; every line comes out once.

A cell in quotes may go over several lines. A last line without newline is taken when it has every cell.
Excel's own first line (`sep=;`) names the delimiter, and rows of empty cells are skipped.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.domain.instants import InstantError, slash_order
from ledger.errors import BadSource
from ledger.imports.cells import is_error
from ledger.imports.columns import normal
from ledger.message import Hint, msg
from ledger.sources.adapter import (
    Options,
    Quarantined,
    Skipped,
    SourceLine,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
)

DELIMITERS = ",;\t"
QUOTED_LINES_MAX = 50
"""A cell in quotes goes on over so many lines at most."""
NOTHING = ("", "NULL", "\\N")
"""How databases write that a cell is empty."""
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t]*\s*', re.IGNORECASE)

Columns = Mapping[str, tuple[str, ...]]
"""Every column by its name, and what else it is called."""


class Cells(NamedTuple):
    """A line by column name; empty cells are not there."""

    line: SourceLine
    fields: dict[str, str]


class _Header(NamedTuple):
    delimiter: str
    names: list[str]


def rows(
    raw: bytes, options: Options, columns: Columns, required: Sequence[str]
) -> Iterator[Cells | Quarantined | Skipped]:
    """Yield every line as cells, skipped, or in quarantine; raises BadSource for the header."""
    header: _Header | None = None
    delimiter: str | None = None
    for group in _grouped(list(lines_of(raw, options))):
        first = group[0]
        if not first.text.strip():
            yield Skipped(first.number, is_known=False)
        elif header is None and delimiter is None and (mark := _SEPARATOR.fullmatch(first.text)):
            delimiter = mark[1]
            yield Skipped(first.number)
        elif header is None:
            header = _header(first, columns, required, delimiter)
            yield Skipped(first.number)
        else:
            yield _row(group, header)
        for line in group[1:]:
            yield Skipped(line.number)
    if header is None:
        raise BadSource(msg("the file has no line of column names"))


def ordered(options: Options, texts: Iterable[str]) -> Options:
    """Return the options with the order of day and month that the dates with slashes of a file show.

    Raises BadSource where some of them say one order and some the other.
    """
    if options.dates is not None:
        return options
    try:
        return options._replace(dates=slash_order(texts))
    except InstantError as error:
        raise BadSource(
            msg("dates with slashes have the day first in some lines, and the month first in others"),
            hint=Hint(
                "say the order with --dates dmy or --dates mdy; lines of the other order go into quarantine"
            ),
        ) from error


def _grouped(lines: list[SourceLine]) -> Iterator[list[SourceLine]]:
    """Yield the lines that make one row: a quote that one of them opens is closed by another."""
    place = 0
    while place < len(lines):
        quotes, end = 0, place
        for end in range(place, min(place + QUOTED_LINES_MAX, len(lines))):
            quotes += lines[end].text.count('"')
            if quotes % 2 == 0:
                break
        if quotes % 2:
            end = place  # never closed: this line alone is wrong
        yield lines[place : end + 1]
        place = end + 1


def _header(line: SourceLine, columns: Columns, required: Sequence[str], delimiter: str | None) -> _Header:
    delimiter = delimiter or max(DELIMITERS, key=line.text.count)
    try:
        check_text(line.text)
        titles = _cells(line.text, delimiter)
    except UnreadableLineError as error:
        hint = Hint("say its encoding with --encoding cp1250") if error.reason == "not-text" else None
        raise BadSource(msg("the line of column names cannot be read"), hint=hint) from error
    while titles and not titles[-1]:
        titles.pop()
    known = {normal(alias): name for name, aliases in columns.items() for alias in (name, *aliases)}
    names: list[str] = []
    for place, title in enumerate(titles, start=1):
        name = known.get(normal(title))
        if name is None or name in names:
            fact = (
                msg("column {place} is not known; known are {names}")
                if name is None
                else msg("column {place} stands there twice; known are {names}")
            )
            raise BadSource(fact.of(place=place, names=", ".join(columns)))
        names.append(name)
    for name in required:
        if name not in names:
            raise BadSource(msg("the column {name} is missing", name=name))
    return _Header(delimiter, names)


def _row(group: list[SourceLine], header: _Header) -> Cells | Quarantined | Skipped:
    text = "\n".join(line.text for line in group)
    whole = SourceLine(group[0].number, text, group[-1].is_last)
    try:
        check_text(text)
        cells = _cells(text, header.delimiter)
    except UnreadableLineError as error:
        return quarantined(whole, error.reason)
    if not any(cells):
        return Skipped(whole.number, is_known=False)
    if any(map(is_error, cells)):
        return quarantined(whole, "error-cell")
    width = len(header.names)
    if (whole.is_last and len(cells) < width) or any(cells[width:]):
        return quarantined(whole, "fields")
    named = zip(header.names, cells, strict=False)
    return Cells(whole, {name: cell for name, cell in named if cell not in NOTHING})


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        found = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableLineError("fields") from error
    return [cell.strip() for cell in found[0]] if found else []
