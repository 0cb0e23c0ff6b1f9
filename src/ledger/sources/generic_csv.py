"""A table with a header: English or Polish column names in any order, `,` `;` or TAB between cells.

A cell in quotes may go over several lines. A last line without newline is taken when it has every cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ledger.errors import BadSource
from ledger.imports.columns import normal
from ledger.sources.adapter import (
    Line,
    Options,
    Skipped,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
)
from ledger.sources.generic import record_of

DELIMITERS = ",;\t"
QUOTED_LINES_MAX = 50
"""A cell in quotes goes on over so many lines at most."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source_record_id": ("id_zrodla", "id_polaczenia", "guid"),
    "partner_id": ("id_partnera", "remote_id"),
    "partner_ref": ("partner", "komputer", "computer"),
    "technician": ("technik", "user", "uzytkownik"),
    "started_at": ("poczatek", "start", "connected_at"),
    "ended_at": ("koniec", "end", "disconnected_at"),
    "time_zone": ("strefa", "timezone"),
    "kind": ("rodzaj", "type", "typ"),
    "notes": ("uwagi", "notatki"),
    "source_instance": ("instancja", "instance"),
    "source_duration_s": ("czas_trwania_s", "duration_s"),
    "precision_s": ("dokladnosc_s",),
    "time_basis": ("podstawa_czasu",),
    "source": ("zrodlo",),
    "schema": ("schemat",),
}
"""Every column by its name, and what else it is called."""
_REQUIRED = ("started_at",)
_NAMES = {normal(alias): name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
_IGNORED = {"source", "schema"}


class _Header(NamedTuple):
    delimiter: str
    names: list[str]


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every line as a record, as no record, or in quarantine; raises BadSource for the header."""
    header: _Header | None = None
    for group in _grouped(list(lines_of(raw, options))):
        first = group[0]
        if not first.text.strip():
            yield Skipped(first.number)
        elif header is None:
            header = _header(first)
            yield Skipped(first.number)
        else:
            yield _told(group, header, options)
        for line in group[1:]:
            yield Skipped(line.number)
    if header is None:
        raise BadSource("the file has no line of column names")


def _grouped(lines: list[Line]) -> Iterator[list[Line]]:
    """Lines that are one: those in which a quote that one opened is closed by another."""
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


def _header(line: Line) -> _Header:
    delimiter = max(DELIMITERS, key=line.text.count)
    try:
        check_text(line.text)
        titles = _cells(line.text, delimiter)
    except UnreadableLineError as error:
        hint = "say its encoding with --encoding cp1250" if error.reason == "not-text" else None
        raise BadSource("the line of column names cannot be read", hint=hint) from error
    while titles and not titles[-1]:
        titles.pop()
    names: list[str] = []
    for place, title in enumerate(titles, start=1):
        name = _NAMES.get(normal(title))
        if name is None or name in names:
            wrong = "is not known" if name is None else "stands there twice"
            raise BadSource(f"column {place} {wrong}; known are {', '.join(COLUMNS)}")
        names.append(name)
    for name in _REQUIRED:
        if name not in names:
            raise BadSource(f"the column {name} is missing")
    return _Header(delimiter, names)


def _told(group: list[Line], header: _Header, options: Options) -> Told:
    text = "\n".join(line.text for line in group)
    whole = Line(group[0].number, text, group[-1].is_last)
    try:
        check_text(text)
        cells = _cells(text, header.delimiter)
        if len(cells) > len(header.names) and any(cells[len(header.names) :]):
            raise UnreadableLineError("fields")  # noqa: TRY301 - one place makes quarantine of it
        if whole.is_last and len(cells) < len(header.names):
            raise UnreadableLineError("torn")  # noqa: TRY301 - one place makes quarantine of it
        named = zip(header.names, cells, strict=False)
        fields = {name: cell for name, cell in named if cell and name not in _IGNORED}
        return record_of(whole.number, fields, options)
    except UnreadableLineError as error:
        return quarantined(whole, error.reason)


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableLineError("fields") from error
    return [cell.strip() for cell in rows[0]] if rows else []
