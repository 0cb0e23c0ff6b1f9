"""One decorator for every report: -f/--format, -o/--output, and the writing of what the command returns."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, cast

import click
from msgspec.structs import replace

from cli.context import App
from cli.log import log
from cli.presentation.formats.model import Cell, Column, Kind, Page, Report, Row, Table, Writer
from cli.presentation.text import Lang
from cli.presentation.whole_file import check_writable, written_whole
from cli.progress import progress
from ledger.errors import BinaryToTerminal, UnknownFormat
from ledger.message import msg

__all__ = ["Cell", "Column", "Kind", "Report", "Row", "Table", "deliver", "report_options"]

_EMPTY = msg("no rows")
_STDOUT = Path("-")


class Format(NamedTuple):
    """A format: the module that writes it, the suffixes that mean it, whether it is text."""

    module: str
    suffixes: tuple[str, ...]
    binary: bool = False


FORMATS: dict[str, Format] = {
    "table": Format("cli.presentation.formats.table", (".txt",)),
    "csv": Format("cli.presentation.formats.csv_file", (".csv",)),
    "csv-pl": Format("cli.presentation.formats.csv_office", ()),
    "json": Format("cli.presentation.formats.json_file", (".json",)),
    "ndjson": Format("cli.presentation.formats.ndjson", (".ndjson", ".jsonl")),
    "xlsx": Format("cli.presentation.formats.xlsx", (".xlsx",), binary=True),
    "html": Format("cli.presentation.formats.html_page", (".html", ".htm")),
    "pdf": Format("cli.presentation.formats.pdf", (".pdf",), binary=True),
}


def report_options(command: Callable[..., Report]) -> Callable[..., None]:
    """-f/--format and -o/--output; the report that the command returns is written, its status the exit's.

    What cannot be written (a missing folder, a workbook on a terminal) is refused before the work.
    """

    @click.option("-f", "--format", "chosen", type=click.Choice(list(FORMATS)), help="Default: table.")
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="Write there instead; the suffix tells the format.",
    )
    @functools.wraps(command)
    def reported(*args: Any, chosen: str | None, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - hands on what Click gave
        file = None if output == _STDOUT else output
        name = format_of(chosen, file)
        check_target(name, file)
        report = command(*args, **options)
        ctx = click.get_current_context()
        deliver(report, ctx.ensure_object(App), name, file)
        ctx.exit(report.exit_status)

    return reported


def format_of(chosen: str | None, file: Path | None) -> str:
    """Return the format: as chosen, else by the file's suffix, else table; raises UnknownFormat."""
    if chosen is not None:
        return chosen
    if file is None:
        return "table"
    for name, form in FORMATS.items():
        if file.suffix.lower() in form.suffixes:
            return name
    raise UnknownFormat(msg("the name of {name} does not tell a format", name=file.name))


def check_target(name: str, file: Path | None) -> None:
    """Raise FileTrouble, or BinaryToTerminal, for what could not be written at the end."""
    if file is not None:
        check_writable(file)
    elif FORMATS[name].binary and sys.stdout.isatty():
        raise BinaryToTerminal(msg("{name} is not text, and stdout is a terminal", name=name))


def deliver(report: Report, app: App, name: str, file: Path | None) -> None:
    """Write a report to a file, whole or not at all, or to stdout; say on stderr if it is empty."""
    report, empty = _looked_into(report)
    if file is None:
        writer = cast("Writer", import_module(FORMATS[name].module))
        sys.stdout.flush()
        writer.write(report, _page(app), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        with progress(file.name) as bar:
            written = _written(_counted(report, bar.advance), app.lang, name, file)
        for each in written:
            app.say_written(each)
    if empty:
        app.say(_EMPTY)
    log.info("reported", format=name, **({"file": str(file)} if file else {}))


def _written(report: Report, lang: Lang, name: str, file: Path) -> list[Path]:
    """Write a report to a file, or to several where one would be too long; return them."""
    if name == "pdf":
        from cli.presentation.formats.pdf import write_files

        return write_files(report, Page(lang), file)
    with written_whole(file) as out:
        cast("Writer", import_module(FORMATS[name].module)).write(report, Page(lang), out)
    return [file]


def _counted(report: Report, advance: Callable[[int], object]) -> Report:
    """Return the report with its main table's rows counted as they are gone through."""

    def rows(table: Table) -> Iterator[Row]:
        for row in table.rows:
            advance(1)
            yield row

    def with_count(tables: tuple[Table, ...]) -> tuple[Table, ...]:
        return tuple(replace(each, rows=rows(each)) for each in tables[:1]) + tables[1:]

    return replace(report, tables=with_count(report.tables), brief=with_count(report.brief))


def _page(app: App) -> Page:
    if not sys.stdout.isatty():
        return Page(app.lang)
    import shutil

    if os.name == "nt":  # a console of Windows shows escapes as signs until it is asked to obey them
        import_module("colorama").just_fix_windows_console()
    return Page(app.lang, app.color is None, shutil.get_terminal_size().columns)


def _looked_into(report: Report) -> tuple[Report, bool]:
    """Return the report and True if its main table is empty; an iterator of rows loses none."""
    main = report.tables[0]
    rows = iter(main.rows)
    first = list(_first(rows))
    whole = replace(main, rows=chain(first, rows))
    return replace(report, tables=(whole, *report.tables[1:])), not first


def _first(rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        return [row]
    return []
