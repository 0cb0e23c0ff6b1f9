"""Pages as HTML: templates without words; what they say comes from the catalogue, made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec.structs import replace

from cli.presentation.catalogue import said, spoken
from cli.presentation.documents.amounts import amount
from cli.presentation.formats.cells import NUMBERS, for_people, plain_text
from cli.presentation.formats.model import Cell, Column, Row, Table
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import desk as wording
from cli.presentation.wording.events import EVENTS
from cli.presentation.wording.vocabulary import word
from ledger.message import Message

_DOCUMENTS = {"number", "corrects"}
"""Columns that hold the number of a document."""
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


class TableShown(NamedTuple):
    """A table as the page shows it."""

    name: str
    title: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[Markup, ...]
    """The cells of each row."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("cli.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, lang: Lang, **values: Any) -> str:  # noqa: ANN401 - what a template takes
    """Return a page as HTML."""

    def text(message: str | Message) -> str:
        return harmless(said(message, lang))

    return _environment().get_template(template).render(t=text, w=wording, lang=lang, **values)


def shown(cell: Cell, column: Column, lang: Lang) -> str:
    """Return a cell as a person reads it: words for codes in both languages, Polish dates and amounts."""
    if cell is None:
        return ""
    if column.kind == "grosze":
        return amount(cast("int", cell), lang)
    if column.kind in {"instant", "date"}:
        return str(spoken(cast("datetime | date", cell), lang))
    if column.key == "event":
        return said(EVENTS.get(str(cell).partition(":")[0], str(cell)), lang)
    if column.kind == "text":
        return harmless(plain_text(word(column.key, cell, lang)))
    return for_people(cell, column.kind, lang)


def only(table: Table, keys: Sequence[str]) -> Table:
    """Return a table with the columns of these keys alone, in this order."""
    places = [[column.key for column in table.columns].index(key) for key in keys]
    rows = [tuple(row[place] for place in places) for row in table.rows]
    return replace(table, columns=tuple(table.columns[place] for place in places), rows=rows)


def table(table: Table, lang: Lang, *, leads_to: str = "/session/{}") -> TableShown:
    """Return a table for the page; numbers of sessions lead to that page of theirs, unless it is empty."""
    heads = tuple((said(column.title, lang), _kind(column)) for column in table.columns)
    columns = [
        _ColumnShown(column, _attributes(*head), {})
        for column, head in zip(table.columns, heads, strict=True)
    ]
    rows = tuple(_row(row, columns, lang, leads_to) for row in table.rows)
    return TableShown(table.name, said(table.title, lang), heads, rows)


class _ColumnShown(NamedTuple):
    """A column, what each cell of it bears, and the texts that were already shown in it."""

    column: Column
    attributes: str
    words: dict[str, Markup]


def _row(row: Row, columns: Sequence[_ColumnShown], lang: Lang, leads_to: str) -> Markup:
    """Return the cells of a row; the first one is its heading, unless it is empty."""
    cells: list[str] = []
    for cell, (column, attributes, words) in zip(row, columns, strict=True):
        content = words.get(cell) if isinstance(cell, str) else None
        if content is None:
            content = _content(shown(cell, column, lang), _href(cell, column, leads_to))
            if isinstance(cell, str):
                words[cell] = content
        if not content:
            cells.append("<td></td>")
        elif cells:
            cells.append(f"<td{attributes}>{content}</td>")
        else:
            cells.append(f'<th scope="row"{attributes}>{content}</th>')
    return Markup("".join(cells))  # noqa: S704 - of what was escaped


def _content(text: str, href: str) -> Markup:
    return Markup(f'<a href="{escape(href)}">{escape(text)}</a>') if href else escape(text)  # noqa: S704 - the same


def _attributes(head: str, kind: str) -> str:
    """Return what a cell of a column bears: its heading is shown beside it in a narrow window."""
    bare = "" if kind == "text" else f' class="{kind}"'
    return f'{bare} data-label="{escape(head)}"'


def tables(found: Iterable[Table], lang: Lang, *, leads_to: str = "/session/{}") -> list[TableShown]:
    """Return several tables."""
    return [table(each, lang, leads_to=leads_to) for each in found]


def _kind(column: Column) -> str:
    if column.kind in NUMBERS:
        return "number"
    return "moment" if column.kind in {"instant", "date"} else "text"


def _href(cell: Cell, column: Column, leads_to: str) -> str:
    if column.key == "session" and isinstance(cell, int):
        return leads_to.format(cell)
    return f"/invoice/{cell}" if column.key in _DOCUMENTS and isinstance(cell, str) and cell else ""


def money(grosze: int, lang: Lang) -> str:
    """Return an amount with its currency: 1 230,00 zł, or 1,230.00 PLN."""
    return f"{amount(grosze, lang)}\u00a0{'zł' if lang == 'pl' else 'PLN'}"


def without_style(svg: str) -> str:
    """Return a drawing whose rules stand in the static style sheet: a page has no style of its own."""
    return _STYLE.sub("", svg)
