"""Options, progress, counts and bad lines of every bulk import."""

from __future__ import annotations

import csv
import functools
import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli.context import App
from cli.options import Recording, dry_run_option, recording_options
from cli.presentation.text import Text
from cli.presentation.whole_file import keep_input, written_whole
from cli.progress import progress
from ledger.errors import ImportRejected, Problem

if TYPE_CHECKING:
    from ledger.imports.result import Outcome, Progress
    from ledger.imports.table_reader import Sheet

TOLD_MAX = 50
"""The most bad lines or warnings printed on the terminal; --errors writes all of them."""
_SCHEMA = {"schema": "session-ledger/import/1"}


class ImportSource(NamedTuple):
    """A table to import: the file, where bad lines are written, who records it."""

    file: Path
    encoding: str
    errors_file: Path | None
    dry_run: bool
    recording: Recording


def import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add FILE, --encoding, --errors, --dry-run and the recording options; the command gets one `source`."""

    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="For example cp1250.")
    @click.option(
        "--errors",
        "errors_file",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="Write the bad lines there, with what is wrong.",
    )
    @dry_run_option
    @recording_options
    @functools.wraps(command)
    def importing(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - hands on what Click gave
        given = {
            name: options.pop(name) for name in ("file", "encoding", "errors_file", "dry_run", "recording")
        }
        return command(*args, source=ImportSource(**given), **options)

    return importing


def take_in(app: App, source: ImportSource, importer: Callable[[Sheet, Progress], Outcome]) -> Outcome:
    """Read the file, import it and print the counts; on bad lines print them and raise ImportRejected."""
    from ledger.imports.table_reader import read_sheet

    keep_input(source.errors_file, [source.file])
    sheet = read_sheet(source.file, encoding=source.encoding)
    as_json = source.recording.as_json
    try:
        with progress(source.file.name, len(sheet.lines)) as bar, _without_collecting():
            outcome = importer(sheet, bar.advance)
    except ImportRejected as rejected:
        _tell_rejected(app, sheet, list(rejected.problems), as_json=as_json)
        if source.errors_file is not None:
            _write_errors(app, source.errors_file, sheet, list(rejected.problems))
        raise
    for warning in outcome.warnings[:TOLD_MAX]:
        app.say(f"{outcome.name}:{warning.line}: {warning.column}: warning: {warning.fact}")
    if len(outcome.warnings) > TOLD_MAX:
        app.say(f"… and {len(outcome.warnings) - TOLD_MAX} more warnings")
    _tell_outcome(app, outcome, as_json=as_json)
    return outcome


@contextmanager
def _without_collecting() -> Generator[None]:
    """Turn the garbage collector off: a table makes no cycles, and the search costs a seventh of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _tell_rejected(app: App, sheet: Sheet, problems: list[Problem], *, as_json: bool) -> None:
    for problem in problems[:TOLD_MAX]:
        app.say(f"{sheet.name}:{problem.line}: {problem.column}: {problem.fact} ({problem.code})")
    if len(problems) > TOLD_MAX:
        app.say(f"… and {len(problems) - TOLD_MAX} more; --errors FILE.csv writes all of them")
    if as_json:
        refused = len({problem.line for problem in problems})
        counts = {"read": len(sheet.lines), "new": 0, "extended": 0, "unchanged": 0, "refused": refused}
        told = [problem._asdict() for problem in problems]
        app.emit(_SCHEMA | {"file": sheet.name} | counts | {"warnings": [], "problems": told})


def _write_errors(app: App, file: Path, sheet: Sheet, problems: list[Problem]) -> None:
    bad = {problem.line for problem in problems}
    cells = {line.number: line.cells for line in sheet.lines if line.number in bad}
    with written_whole(file) as out:
        text = TextIOWrapper(out, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(["line", "column", "problem", *sheet.header])
        for problem in problems:
            writer.writerow([problem.line, problem.column, problem.fact, *cells.get(problem.line, [])])
        text.flush()
        text.detach()
    app.say_written(file)


def _tell_outcome(app: App, outcome: Outcome, *, as_json: bool) -> None:
    """Print the counts, in rows: read = new + extended + unchanged."""
    if as_json:
        app.emit(
            _SCHEMA
            | {
                "file": outcome.name,
                "dry_run": not outcome.recorded,
                "read": outcome.read,
                "new": outcome.new,
                "extended": outcome.extended,
                "unchanged": outcome.unchanged,
                "refused": 0,
                "warnings": [warning._asdict() for warning in outcome.warnings],
                "problems": [],
            }
        )
        return
    counts = f"{outcome.read} = {outcome.new} + {outcome.extended} + {outcome.unchanged}"
    dry_en = "" if outcome.recorded else " (dry run, nothing recorded)"
    dry_pl = "" if outcome.recorded else " (na próbę, nic nie zapisano)"
    app.emit(
        Text(
            pl=f"{outcome.name}: wiersze {counts} (nowe + rozszerzone + bez zmian){dry_pl}",
            en=f"{outcome.name}: rows {counts} (new + extended + unchanged){dry_en}",
        )
    )
    if outcome.recorded and not outcome.events:
        app.say(Text(pl="nic nowego; nic nie zmieniono", en="nothing new; nothing was changed"))
