"""HTML: one file that needs nothing else, for the screen (light and dark) and for A4 paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import BinaryIO

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import NUMBERS, for_people, in_words
from cli.presentation.formats.model import Column, Page, Report, Row, Table
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import labels
from ledger.message import Message

NARROW_COLUMNS = 3
"""A table of so few columns is as wide as they are; stretched, it would tear a row apart."""
WORD_LENGTH_MAX = 20
"""A text without a space that is no longer than this is kept on one line, hyphens and all."""
WIDE_COLUMNS = 8
"""A page with a table of more columns is printed across."""

_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")
_AS_OF = labels.AS_OF
_EMPTY = labels.NO_ROWS

# No script, no picture, no font, nothing fetched: the policy forbids what the file does not do.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE = """\
:root { color-scheme: light dark;
  --ink: #1b1b1b; --paper: #fff; --soft: #59636e; --rule: #c4cad1; --band: #f2f4f7 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --paper: #16181b; --soft: #a4adb8; --rule: #454c55; --band: #212429 }
}
* { box-sizing: border-box }
body { margin: 2rem auto; padding: 0 1.5rem; max-width: 100rem; color: var(--ink); background: var(--paper);
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .25rem }
.as-of, .notes, .empty { color: var(--soft) }
.notes { padding-left: 1.2rem }
.scroll { overflow-x: auto; margin: 1.75rem 0 }
.scroll:focus-visible, figure:focus-visible { outline: 2px solid; outline-offset: 2px }
table { border-collapse: collapse; width: 100%; font-size: .93em }
caption { text-align: left; font-weight: 600; font-size: 1.1rem; padding-bottom: .4rem }
th, td { padding: .25rem .45rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--rule) }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom }
tbody tr:nth-child(even) { background: var(--band) }
tbody th { font-weight: 600 }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.moment { white-space: nowrap; font-variant-numeric: tabular-nums }
.text { overflow-wrap: break-word }
.word { white-space: nowrap }
table.narrow { width: auto }
.form { display: grid; grid-template-columns: minmax(9rem, max-content) minmax(0, 1fr);
  gap: .3rem 1rem; margin: 1.25rem 0 }
.form dt { color: var(--soft) }
.form dd { margin: 0; overflow-wrap: anywhere }
.blank { border-bottom: 1px solid var(--soft); min-height: 1.6em }
.signatures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 3rem; margin: 3rem 0 }
.signatures p { border-top: 1px solid var(--soft); margin: 2rem 0 0; padding-top: .2rem; color: var(--soft) }
.slip { margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px dashed var(--soft) }
h2 { font-size: 1.2rem }
@media screen and (max-width: 30rem) {
  .form, .signatures { grid-template-columns: minmax(0, 1fr) }
  .form { gap: 0 }
  .form dd { margin-bottom: .5rem }
}
figure { margin: 1.75rem 0; overflow-x: auto }
figure svg { max-width: 100%; height: auto }
@media screen and (max-width: 45rem) { figure svg { max-width: none } }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --rule: #999; --band: #fff }
  body { margin: 0; padding: 0; max-width: none; font-size: 8.5pt }
  .scroll { overflow: visible; margin: 12pt 0 }
  thead { display: table-header-group }
  tr, figure { break-inside: avoid }
  caption, h1 { break-after: avoid }
  figure svg { max-height: 150mm }
  .signatures { break-inside: avoid }
  .slip { break-before: page; margin: 0; padding: 0; border: 0 }
}
"""


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Head, form, charts, every table, notes, lines to sign on; then what is to be sent back."""
    out.writelines(part.encode() for part in _parts(report, page.lang))


def _parts(report: Report, lang: Lang) -> Iterator[str]:
    title = _shown(report.title, lang)
    yield f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
    yield f"<style>\n{_STYLE}{_paper(report)}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    if report.dated is not None:
        yield f'<p class="as-of">{said(_AS_OF, lang)} {for_people(report.dated, "instant", lang)}</p>\n'
    yield _form(report.form, lang)
    for chart in report.charts:
        yield f'<figure role="region" aria-label="{_title_of(chart)}" tabindex="0">\n{chart}</figure>\n'
    for table in report.tables:
        yield from _table(table, lang)
    yield _notes(report.notes, lang) + _signatures(report.signatures, lang)
    for slip in report.slips:
        yield f'<section class="slip">\n<h2>{_shown(slip.title, lang)}</h2>\n{_form(slip.form, lang)}'
        yield f"{_signatures(slip.signatures, lang)}</section>\n"
    yield "</main>\n</body>\n</html>\n"


def _form(lines: tuple[tuple[Message, str], ...], lang: Lang) -> str:
    """Names and values; an empty value is a line to write on."""
    if not lines:
        return ""
    cells = (
        f"<dt>{_shown(name, lang)}</dt>"
        + (f"<dd>{escape(harmless(value))}</dd>\n" if value else '<dd class="blank"></dd>\n')
        for name, value in lines
    )
    return f'<dl class="form">\n{"".join(cells)}</dl>\n'


def _notes(notes: tuple[str | Message, ...], lang: Lang) -> str:
    lines = "".join(f"<li>{_shown(note, lang)}</li>\n" for note in notes)
    return f'<ul class="notes">\n{lines}</ul>\n' if notes else ""


def _signatures(lines: tuple[Message, ...], lang: Lang) -> str:
    signed = "".join(f"<p>{_shown(line, lang)}</p>\n" for line in lines)
    return f'<div class="signatures">\n{signed}</div>\n' if lines else ""


def _title_of(chart: str) -> str:
    """Return the title of a drawing, escaped as it stands there: on a phone the drawing is moved sideways."""
    found = _TITLE.search(chart)
    return found[1] if found else ""


def _paper(report: Report) -> str:
    across = any(len(table.columns) > WIDE_COLUMNS for table in report.tables)
    size = "A4 landscape" if across else "A4"
    number = "@bottom-right { content: counter(page); font: 8pt sans-serif }"
    return f"@page {{ size: {size}; margin: 14mm 12mm; {number} }}\n"


def _table(table: Table, lang: Lang) -> Iterator[str]:
    title = _shown(table.title, lang)
    yield f'<div class="scroll" role="region" aria-label="{title}" tabindex="0">\n'
    narrow = ' class="narrow"' if len(table.columns) <= NARROW_COLUMNS else ""
    yield f"<table{narrow}>\n<caption>{title}</caption>\n<thead>\n<tr>"
    for column in table.columns:
        yield f'<th scope="col" class="{_class(column)}">{_shown(column.title, lang)}</th>'
    yield "</tr>\n</thead>\n<tbody>\n"
    empty = True
    for row in table.rows:
        yield _row(row, table.columns, lang)
        empty = False
    if empty:
        yield f'<tr><td class="empty" colspan="{len(table.columns)}">{said(_EMPTY, lang)}</td></tr>\n'
    yield "</tbody>\n</table>\n</div>\n"


def _row(row: Row, columns: tuple[Column, ...], lang: Lang) -> str:
    """One row; its first cell is its heading."""
    cells: list[str] = []
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        tag, scope = ("td", "") if index else ("th", ' scope="row"')
        shown = escape(for_people(in_words(cell, column, lang), column.kind, lang))
        kind = _class(column)
        if kind == "text" and " " not in shown and 0 < len(shown) <= WORD_LENGTH_MAX:
            kind = "word"
        cells.append(f'<{tag}{scope} class="{kind}">{shown}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>\n"


def _class(column: Column) -> str:
    if column.kind in NUMBERS:
        return "number"
    return "moment" if column.kind in {"instant", "date"} else "text"


def _shown(text: str | Message, lang: Lang) -> str:
    return escape(harmless(said(text, lang)))
