"""Tables as text: rich on a terminal, plain aligned columns in a file or a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from textwrap import wrap
from typing import BinaryIO, Literal, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import NUMBERS, for_people, in_words
from cli.presentation.formats.model import Column, Page, Report, Table
from cli.presentation.formats.widths import (
    FOLDED,
    Need,
    columns_shown,
    fits,
    full_width,
    need,
    terminal_widths,
    width,
)
from cli.presentation.text import Lang, harmless
from ledger.message import msg

GAP = "  "
_LEFT_OUT = msg("without the columns {heads}: a wider terminal, a pipe and -o FILE.xlsx have them")
_IN_BRIEF = msg("in brief: a wider terminal, a pipe and -o FILE.xlsx have the whole")
_HEIGHT = 25
"""Of no effect on a table; without one rich takes a dumb terminal for 80 columns, and cuts what is wider."""


class _Words(NamedTuple):
    """A table as texts, harmless to a terminal."""

    title: str
    columns: Sequence[Column]
    heads: list[str]
    rows: list[list[str]]

    def needs(self) -> list[Need]:
        """Return what each column asks for."""
        cells = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.heads)
        return list(map(need, self.columns, self.heads, cells))


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Write the report's title, its main table, the others that have rows, and its notes.

    In a pipe nothing is cut and nothing wrapped.
    """
    said_of = {id(table): _words(table, page.lang) for table in report.tables}  # rows are gone through once
    main, *others = said_of.values()
    in_brief = bool(report.brief) and not report.brief_on_paper_only and _is_wide((main, *others), page)
    if in_brief:
        main, *others = (said_of.get(id(table)) or _words(table, page.lang) for table in report.brief)
    _write(main._replace(title=harmless(said(report.title, page.lang))), page, out)
    for words in others:
        if words.rows:
            out.write(b"\n")
            _write(words, page, out)
    if in_brief:
        out.write(f"{_wrapped(said(_IN_BRIEF, page.lang), page.columns)}\n".encode())
    if report.notes:
        notes = [_wrapped(harmless(said(note, page.lang)), page.columns) for note in report.notes]
        out.write("\n".join(["", *notes, ""]).encode())


def _is_wide(tables: Iterable[_Words], page: Page) -> bool:
    return page.columns is not None and any(full_width(each.needs()) > page.columns for each in tables)


def _wrapped(text: str, columns: int | None) -> str:
    """Return prose in lines no longer than a terminal, words and lines of its own kept."""
    if columns is None:
        return text
    return "\n".join(
        part
        for line in text.split("\n")
        for part in wrap(line, columns, break_long_words=False, break_on_hyphens=False) or [""]
    )


def _write(words: _Words, page: Page, out: BinaryIO) -> None:
    if page.columns is None:
        out.writelines(f"{line}\n".encode() for line in _lines(words))
        return
    needs = words.needs()
    kept, left_out = columns_shown(needs, page.columns)
    if not fits([needs[at] for at in kept], page.columns, FOLDED):
        out.writelines(f"{line}\n".encode() for line in _lines(words))
        return
    widths = terminal_widths([needs[at] for at in kept], page.columns)
    out.write(_drawn(_of_columns(words, kept), widths, page).encode())
    if left_out:
        told = said(_LEFT_OUT.of(heads=", ".join(words.heads[at] for at in left_out)), page.lang)
        out.write(f"{_wrapped(told, page.columns)}\n".encode())


def _of_columns(words: _Words, kept: list[int]) -> _Words:
    return words._replace(
        columns=[words.columns[at] for at in kept],
        heads=[words.heads[at] for at in kept],
        rows=[[row[at] for at in kept] for row in words.rows],
    )


def _words(table: Table, lang: Lang) -> _Words:
    return _Words(
        harmless(said(table.title, lang)),
        table.columns,
        [harmless(said(column.title, lang)) for column in table.columns],
        list(_rows(table, lang)),
    )


def _rows(table: Table, lang: Lang) -> Iterator[list[str]]:
    for row in table.rows:
        yield [
            # In English codes that are typed again stand on the terminal as they are.
            for_people(in_words(cell, column, lang, but_typed=lang == "en"), column.kind, lang)
            for cell, column in zip(row, table.columns, strict=True)
        ]


def _lines(words: _Words) -> Iterator[str]:
    yield from (words.title, "")
    widths = [max(map(width, column)) for column in zip(words.heads, *words.rows, strict=True)]
    for line in (words.heads, ["-" * widest for widest in widths], *words.rows):
        cells = zip(line, widths, words.columns, strict=True)
        yield GAP.join(
            _padded(cell, widest, to_right=column.kind in NUMBERS) for cell, widest, column in cells
        ).rstrip()


def _padded(cell: str, widest: int, *, to_right: bool) -> str:
    gap = " " * (widest - width(cell))
    return gap + cell if to_right else cell + gap


def _drawn(words: _Words, widths: list[int], page: Page) -> str:
    """Draw the table with rich, its columns as wide as given, its title over the whole terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for head, column, wide in zip(words.heads, words.columns, widths, strict=True):
        side: Literal["left", "right"] = "right" if column.kind in NUMBERS else "left"
        is_text = column.kind == "text"
        heading = head if is_text else _wrapped(head, wide)
        grid.add_column(Text(heading), justify=side, overflow="fold", no_wrap=not is_text, width=wide)
    for row in words.rows:
        grid.add_row(*map(Text, row))
    console = Console(
        file=StringIO(),
        force_terminal=True,
        width=page.columns,
        height=_HEIGHT,
        color_system="standard" if page.color else None,
        legacy_windows=False,  # else rich takes off a column on an old console, with a row's last figure
    )
    with console.capture() as captured:
        console.print(Text(words.title, "bold"))
        console.print(grid)
    return captured.get()
