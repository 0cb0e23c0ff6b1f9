"""PDF/A: every report on A4, heads again on every page, amounts to the right, drawings as vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from cli.presentation.catalogue import said
from cli.presentation.documents import blocks
from cli.presentation.documents.typesetting import Document, typeset
from cli.presentation.formats.cells import for_people
from cli.presentation.formats.model import Page, Report, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.message import msg

WIDE_COLUMNS = 7
"""A document with a table of more columns lies across."""
SIZES_POINTS = {14: 7, 11: 8}
"""And is set smaller with one of more than so many."""

_AS_OF = labels.AS_OF


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Form, drawings, every table, notes, lines to sign on."""
    lang = page.lang
    most = max(len(table.columns) for table in report.brief or report.tables)
    dated = "" if report.dated is None else for_people(report.dated, "instant", lang)
    document = Document(
        said(report.title, lang),
        f"{said(_AS_OF, lang)} {dated}" if dated else "",
        list(_blocks(report, lang)),
        report.dated,
        across=most > WIDE_COLUMNS,
        size_points=next((size for columns, size in SIZES_POINTS.items() if most > columns), 9),
    )
    out.write(typeset(document, lang))


def _blocks(report: Report, lang: Lang) -> Iterator[blocks.Block]:
    if report.form:
        yield blocks.form((said(name, lang), value) for name, value in report.form)
    for chart in report.charts:
        yield blocks.chart(chart)
    for found in report.brief or report.tables:
        yield blocks.table(_named_once(found, report), lang)
    if report.notes:
        yield blocks.items(said(note, lang) for note in report.notes)
    if report.signatures:
        yield blocks.signatures(said(line, lang) for line in report.signatures)


def _named_once(found: Table, report: Report) -> Table:
    """Return a table without its title if the report bears the same one."""
    if found.title != report.title:
        return found
    return Table(found.name, msg(""), found.columns, found.rows)
