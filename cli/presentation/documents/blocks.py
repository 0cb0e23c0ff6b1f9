"""The pieces of a page, as `page.typ` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import NUMBERS, for_people, in_words
from cli.presentation.formats.model import Table
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import labels

Block = dict[str, object]

WIDE_FROM_CHARACTERS = 24
"""A text column with a longer cell shares what room the others leave."""
WIDE_TITLE_CHARACTERS = 20
"""A longer title is broken into lines, too."""
NARROW_COLUMNS = 3
"""A table of so few columns is as wide as they are."""
_EMPTY = labels.NO_ROWS
_SCREEN_STYLE = re.compile(r"@media screen.*?\n\}\n", re.DOTALL)
_FONT = re.compile(r"font: (\d+)px [^;]*")
_WIDTH = re.compile(r' width="(\d+)"')
_HEIGHT = re.compile(r' height="(\d+)"')
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")


def heading(text: str) -> Block:
    """Return a heading."""
    return {"kind": "heading", "text": harmless(text)}


def paragraph(text: str) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": harmless(text)}


def items(lines: Iterable[str]) -> Block:
    """Return a list."""
    return {"kind": "list", "lines": [harmless(line) for line in lines]}


def form(lines: Iterable[tuple[str, str]], *, width_mm: int = 52) -> Block:
    """Names and values; an empty value is a line to write on."""
    return {
        "kind": "form",
        "width": width_mm,
        "lines": [[harmless(name), harmless(value)] for name, value in lines],
    }


def signatures(lines: Iterable[str]) -> Block:
    """Lines to sign on."""
    return {"kind": "signatures", "lines": list(lines)}


def new_page() -> Block:
    """Go on at the top of the next page."""
    return {"kind": "new-page"}


def verbatim(text: str) -> Block:
    """Text for machines, line by line."""
    return {"kind": "verbatim", "lines": [harmless(line) for line in text.split("\n")]}


def chart(svg: str) -> Block:
    """Return a drawing without the style of dark screens, in the document's own font."""
    on_paper = _FONT.sub(r"font-size: \1px; font-family: 'Libertinus Serif'", _SCREEN_STYLE.sub("", svg))
    width, height, title = _WIDTH.search(svg), _HEIGHT.search(svg), _TITLE.search(svg)
    return {
        "kind": "chart",
        "svg": on_paper,
        "width": int(width[1]) if width else 700,
        "height": int(height[1]) if height else 1,
        "alt": title[1] if title else "",
    }


def table(found: Table, lang: Lang) -> Block:
    """Return a table; its head is repeated on every page."""
    rows = [
        [
            for_people(in_words(cell, column, lang), column.kind, lang)
            for cell, column in zip(row, found.columns, strict=True)
        ]
        for row in found.rows
    ]
    return {
        "kind": "table",
        "title": harmless(said(found.title, lang)),
        "columns": [
            {
                "title": harmless(said(column.title, lang)),
                "right": column.kind in NUMBERS,
                "wide": column.kind == "text"
                and len(found.columns) > NARROW_COLUMNS
                and (_is_wide(rows, place) or len(said(column.title, lang)) > WIDE_TITLE_CHARACTERS),
            }
            for place, column in enumerate(found.columns)
        ],
        "rows": rows,
        "empty": said(_EMPTY, lang),
    }


def _is_wide(rows: Sequence[Sequence[str]], place: int) -> bool:
    return any(len(row[place]) > WIDE_FROM_CHARACTERS for row in rows)
