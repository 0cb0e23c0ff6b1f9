"""Tables as text: rich on a terminal, plain aligned columns in a file or a pipe."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import StringIO
from textwrap import fill
from typing import BinaryIO, Literal, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import NUMBERS, for_people, in_words
from cli.presentation.formats.model import Kind, Page, Report, Table
from cli.presentation.text import Lang, harmless
from ledger.message import msg

GAP = "  "
_LEFT_OUT = msg("without the columns {heads}: a wider terminal, a pipe and -o FILE.xlsx have them")
FOLDED = 12
"""How narrow a column of texts may become on a terminal."""
WORD_MAX = 20
"""A longer word is broken where a terminal is narrow."""
COLUMNS_KEPT = 3
"""So many columns of a table stay, however narrow a terminal is."""

_HEIGHT = 25
"""Of no effect on a table; without one rich takes a dumb terminal for 80 columns, and cuts what is wider."""


class _Words(NamedTuple):
    """A table as texts, harmless to a terminal."""

    title: str
    heads: list[str]
    kinds: list[Kind]
    rows: list[list[str]]


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Write the report's title, its main table, the others that have rows, and its notes.

    In a pipe nothing is cut and nothing wrapped.
    """
    said_of = {id(table): _words(table, page.lang) for table in report.tables}  # rows are gone through once
    main, *others = said_of.values()
    wide = page.columns is not None and any(_full_width(each) > page.columns for each in (main, *others))
    if report.brief and wide and not report.brief_on_paper_only:
        main, *others = (said_of.get(id(table)) or _words(table, page.lang) for table in report.brief)
    _write(main._replace(title=harmless(said(report.title, page.lang))), page, out)
    for words in others:
        if words.rows:
            out.write(b"\n")
            _write(words, page, out)
    if report.notes:
        notes = [harmless(said(note, page.lang)) for note in report.notes]
        out.write("\n".join(["", *notes, ""]).encode())


def _write(words: _Words, page: Page, out: BinaryIO) -> None:
    if page.columns is None:
        out.writelines(f"{line}\n".encode() for line in _lines(words))
        return
    fitted, left_out = _fitted(words, page.columns)
    if _least_width(fitted) > page.columns:
        out.writelines(f"{line}\n".encode() for line in _lines(words))
        return
    out.write(_drawn(fitted, page.columns, color=page.color).encode())
    if left_out:
        told = said(_LEFT_OUT.of(heads=", ".join(left_out)), page.lang)
        out.write(f"{fill(told, page.columns)}\n".encode())


def _fitted(words: _Words, columns: int) -> tuple[_Words, list[str]]:
    """Return the table as wide as a terminal at most, and the heads of the columns that it does not show.

    Columns in which nothing stands go first, and are not missed; then those to the right, which tell least,
    but amounts last of all.
    """
    if _least_width(words) <= columns:
        return words, []
    kept = [at for at in range(len(words.heads)) if at == 0 or any(row[at] for row in words.rows)]
    shown = list(kept)
    while _least_width(_of_columns(words, kept)) > columns and len(kept) > COLUMNS_KEPT:
        kept.remove(_least_told(words, kept))
    left_out = [words.heads[at] for at in shown if at not in kept]
    return _of_columns(words, kept), left_out


def _least_told(words: _Words, kept: list[int]) -> int:
    """Return the column that is missed least: the last that holds no amount, else the last."""
    others = [at for at in kept[COLUMNS_KEPT:] if words.kinds[at] != "grosze"]
    return others[-1] if others else kept[-1]


def _of_columns(words: _Words, kept: list[int]) -> _Words:
    return words._replace(
        heads=[words.heads[at] for at in kept],
        kinds=[words.kinds[at] for at in kept],
        rows=[[row[at] for at in kept] for row in words.rows],
    )


def _words(table: Table, lang: Lang) -> _Words:
    return _Words(
        harmless(said(table.title, lang)),
        [harmless(said(column.title, lang)) for column in table.columns],
        [column.kind for column in table.columns],
        list(_rows(table, lang)),
    )


def _rows(table: Table, lang: Lang) -> Iterator[list[str]]:
    for row in table.rows:
        yield [
            for_people(in_words(cell, column, lang), column.kind, lang)
            for cell, column in zip(row, table.columns, strict=True)
        ]


def _widths(words: _Words) -> list[int]:
    widths = [width(head) for head in words.heads]
    for row in words.rows:
        widths = [max(widest, width(cell)) for widest, cell in zip(widths, row, strict=True)]
    return widths


def _full_width(words: _Words) -> int:
    """Return the width of the table with nothing folded."""
    return sum(len(GAP) + 1 + widest for widest in _widths(words))


def _least_width(words: _Words) -> int:
    """Return the width of the table on a terminal if only its texts are folded."""
    folded = zip(_folded_widths(words), _widths(words), words.kinds, strict=True)
    return sum(len(GAP) + 1 + (least if kind == "text" else widest) for least, widest, kind in folded)


def _folded_widths(words: _Words) -> list[int]:
    """Return how narrow each column may become: its longest word stays whole, unless it is very long."""
    lines = [words.heads, *words.rows]
    longest = [
        max((width(word) for line in lines for word in line[at].split()), default=0)
        for at in range(len(words.heads))
    ]
    pairs = zip(_widths(words), longest, strict=True)
    return [min(widest, max(FOLDED, min(word, WORD_MAX))) for widest, word in pairs]


def _lines(words: _Words) -> Iterator[str]:
    yield from (words.title, "")
    widths = _widths(words)
    for line in (words.heads, ["-" * widest for widest in widths], *words.rows):
        cells = zip(line, widths, words.kinds, strict=True)
        yield GAP.join(
            _padded(cell, widest, to_right=kind in NUMBERS) for cell, widest, kind in cells
        ).rstrip()


def _padded(cell: str, widest: int, *, to_right: bool) -> str:
    gap = " " * (widest - width(cell))
    return gap + cell if to_right else cell + gap


def width(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def _drawn(words: _Words, columns: int, *, color: bool) -> str:
    """Draw the table with rich, wrapped to the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=Text(words.title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for head, kind, least in zip(words.heads, words.kinds, _folded_widths(words), strict=True):
        # Only texts may be folded: a date or an amount in two lines would be misread.
        side: Literal["left", "right"] = "right" if kind in NUMBERS else "left"
        grid.add_column(Text(head), justify=side, overflow="fold", no_wrap=kind != "text", min_width=least)
    for row in words.rows:
        grid.add_row(*map(Text, row))
    console = Console(
        file=StringIO(),
        force_terminal=True,
        width=columns,
        height=_HEIGHT,
        color_system="standard" if color else None,
    )
    with console.capture() as captured:
        console.print(grid)
    return captured.get()
