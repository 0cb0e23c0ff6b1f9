"""PDF/A: every report on A4, heads again on every page, amounts to the right, drawings as vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from cli.presentation.catalogue import said
from cli.presentation.documents import blocks
from cli.presentation.documents.typesetting import Document, typeset
from cli.presentation.formats.cells import for_people
from cli.presentation.formats.model import Page, Report, Table
from cli.presentation.text import Lang
from cli.presentation.whole_file import written_whole
from cli.presentation.wording import labels
from ledger.folder.atomic_write import discard
from ledger.message import msg

WIDE_COLUMNS = 7
"""A document with a table of more columns lies across."""
SIZES_POINTS = {14: 7, 11: 8}
"""And is set smaller with one of more than so many."""

ROWS_IN_A_PIECE = 500
"""So many rows of 14 columns take about 180 MB to set; a piece has about 20 pages."""

_AS_OF = labels.AS_OF
_PART = msg("{title}, part {part}")


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Form, drawings, every table, notes, lines to sign on: one file, whatever its length."""
    out.write(typeset(_document(report, page.lang, _blocks(report, page.lang)), page.lang))


def write_files(report: Report, page: Page, file: Path) -> list[Path]:
    """Write the report to a file, or a long one in pieces beside its name: REPORT-1.pdf, REPORT-2.pdf, ….

    Returns the files written, all or none of them. Each piece is set in a process of its own, since the
    library keeps what it has set: memory is that of one piece. The first has form and drawings, the last
    notes and lines to sign on.
    """
    pieces = _pieces(report, page.lang)
    first, second = next(pieces), next(pieces, None)
    if second is None:
        with written_whole(file) as out:
            out.write(typeset(_document(report, page.lang, first), page.lang))
        return [file]
    given = (
        _document(report, page.lang, piece, part)
        for part, piece in enumerate(chain((first, second), pieces), 1)
    )
    written: list[Path] = []
    try:
        for part, document in enumerate(given, 1):
            pdf = _set_apart(document, page.lang)
            piece = file.with_name(f"{file.stem}-{part}{file.suffix}")
            with written_whole(piece) as out:
                out.write(pdf)
            written.append(piece)
    except BaseException:
        for piece in written:
            discard(piece)
        raise
    return written


def _set_apart(document: Document, lang: Lang) -> bytes:
    """Set a piece in a process of its own."""
    from projections.engine.pool import Processes, in_order

    with Processes(1) as apart:
        ((_, pdf),) = in_order(apart, partial(typeset, lang=lang), [document])
    return pdf


def _document(report: Report, lang: Lang, told: Iterable[blocks.Block], part: int = 0) -> Document:
    most = max(len(table.columns) for table in report.brief or report.tables)
    dated = "" if report.dated is None else for_people(report.dated, "instant", lang)
    title = said(report.title, lang)
    return Document(
        said(_PART.of(title=title, part=part), lang) if part else title,
        f"{said(_AS_OF, lang)} {dated}" if dated else "",
        list(told),
        report.dated,
        across=most > WIDE_COLUMNS,
        size_points=next((size for columns, size in SIZES_POINTS.items() if most > columns), 9),
    )


def _pieces(report: Report, lang: Lang) -> Iterator[list[blocks.Block]]:
    """Yield the blocks of one piece after another; a table of many rows goes on in the next one."""
    piece: list[blocks.Block] = list(_before(report, lang))
    rows = 0
    for found in report.brief or report.tables:
        named = _named_once(found, report)
        rest = iter(named.rows)
        while True:
            some = list(islice(rest, ROWS_IN_A_PIECE - rows))
            piece.append(blocks.table(replace(named, rows=some), lang))
            rows += len(some)
            following = next(rest, None)
            if following is None:
                break
            yield piece
            piece, rows, rest = [], 0, chain([following], rest)
    yield [*piece, *_after(report, lang)]


def _blocks(report: Report, lang: Lang) -> Iterator[blocks.Block]:
    yield from _before(report, lang)
    for found in report.brief or report.tables:
        yield blocks.table(_named_once(found, report), lang)
    yield from _after(report, lang)


def _before(report: Report, lang: Lang) -> Iterator[blocks.Block]:
    if report.form:
        yield blocks.form((said(name, lang), value) for name, value in report.form)
    for chart in report.charts:
        yield blocks.chart(chart)


def _after(report: Report, lang: Lang) -> Iterator[blocks.Block]:
    if report.notes:
        yield blocks.items(said(note, lang) for note in report.notes)
    if report.signatures:
        yield blocks.signatures(said(line, lang) for line in report.signatures)
    for slip in report.slips:
        yield blocks.new_page()
        yield blocks.heading(said(slip.title, lang))
        yield blocks.form((said(name, lang), value) for name, value in slip.form)
        yield blocks.signatures(said(line, lang) for line in slip.signatures)


def _named_once(found: Table, report: Report) -> Table:
    """Return a table without its title if the report bears the same one."""
    if found.title != report.title:
        return found
    return Table(found.name, msg(""), found.columns, found.rows)
