"""A report before it has a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, Literal, Protocol

from msgspec import Struct

from cli.presentation.text import Lang
from ledger.message import Message

Kind = Literal["text", "integer", "grosze", "instant", "date", "seconds", "boolean"]
Cell = str | int | datetime | date | tuple[str, ...] | Message | None
"""A value of a column: by its kind an aware datetime, a date, an int, text or texts, a message."""
Row = tuple[Cell, ...]


class Column(Struct, frozen=True):
    """A column: its key in CSV and NDJSON, its heading, and what its cells are."""

    key: str
    title: str | Message
    kind: Kind = "text"
    aside: bool = False
    """Left out before the others where a terminal is too narrow for all."""


class Again(Struct, frozen=True):
    """Rows that are made anew each time they are gone through: never all of them at once."""

    make: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        return self.make()


class Table(Struct, frozen=True):
    """Rows under columns. `rows` may be an iterator: each format goes through it once."""

    name: str
    title: Message
    columns: tuple[Column, ...]
    rows: Iterable[Row]


class Slip(Struct, frozen=True):
    """A part of a letter on a page of its own, to be filled in and sent back."""

    title: Message
    form: tuple[tuple[Message, str], ...]
    signatures: tuple[Message, ...]


class Report(Struct, frozen=True):
    """What a report command returns; `cli.output.report_options` writes it.

    `document` is the JSON shape; the values at its top level may be iterators of objects. The first
    table is the main one: terminal, CSV and NDJSON take only that. `dated` is the moment of the last
    event covered: the only date in any file. `charts` are SVG texts of `cli.presentation.charts`. `form`
    stands above the tables and `signatures` below them, on a page and on paper; an empty value is a line to
    write on. `slips` follow there.
    """

    name: str
    title: Message
    document: dict[str, Any]
    tables: tuple[Table, ...]
    dated: datetime | None = None
    charts: Iterable[str] = ()
    notes: tuple[str | Message, ...] = ()
    form: tuple[tuple[Message, str], ...] = ()
    signatures: tuple[Message, ...] = ()
    slips: tuple[Slip, ...] = ()
    exit_status: int = 0
    brief: tuple[Table, ...] = ()
    """Tables that say the same in fewer columns: for paper, and for a terminal too narrow for the others."""
    brief_on_paper_only: bool = False


class Page(Struct, frozen=True):
    """Language, colour and width of the output."""

    lang: Lang = "en"
    color: bool = False
    columns: int | None = None
    """The terminal's width in characters; None in a file or a pipe."""


class Writer(Protocol):
    """A module in this package."""

    def write(self, report: Report, page: Page, out: BinaryIO, /) -> None:
        """Write the report as bytes."""
        ...
