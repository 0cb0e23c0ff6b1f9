"""Options and progress of every bulk import."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.commands.import_answers import (
    tell_amounts,
    tell_left_out,
    tell_outcome,
    tell_rejected,
    write_errors,
)
from cli.context import App
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.presentation.whole_file import keep_input, written_whole
from cli.progress import progress
from ledger.errors import BadUsage, ImportRejected
from ledger.message import Hint, msg, plain

if TYPE_CHECKING:
    from ledger.imports.choice import Chosen
    from ledger.imports.layout import Column, Layout
    from ledger.imports.result import ImportOutcome, Progress
    from ledger.imports.table_reader import Sheet

_OF_SOURCE = (
    *("file", "encoding", "errors_file", "dry_run", "recording"),
    *("profile", "sheets", "all_sheets", "heading_row", "columns", "ignore", "constants"),
    *("dates", "guess", "save_profile", "names_file", "yes"),
)


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A table to import: the file, how it is read, where bad lines are written, who records it."""

    file: Path
    encoding: str
    errors_file: Path | None
    dry_run: bool
    recording: Recording
    profile: str | None
    sheets: tuple[str, ...]
    all_sheets: bool
    heading_row: int | None
    columns: tuple[str, ...]
    ignore: tuple[str, ...]
    constants: tuple[str, ...]
    dates: str | None
    guess: bool
    save_profile: Path | None
    names_file: Path | None
    yes: bool


def import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add FILE, how it is read, --errors, --dry-run, the recording options; the command gets a `source`."""

    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="For example cp1250.")
    @click.option(
        "--errors",
        "errors_file",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="Write the bad lines there, in the file's own columns, with what is wrong.",
    )
    @click.option("--guess", is_flag=True, help="Find sheet, headings and columns; shown, and confirmed.")
    @click.option("--profile", metavar="NAME", help="[imports.NAME] of ledger.toml, or a file NAME.toml.")
    @click.option(
        "--save-profile", type=click.Path(path_type=Path), metavar="FILE.toml", help="Write what was found."
    )
    @click.option("--sheet", "sheets", multiple=True, metavar="NAME", help="Of a workbook; may be repeated.")
    @click.option("--all-sheets", is_flag=True, help="Every sheet that has such headings.")
    @click.option("--heading-row", type=click.IntRange(1), metavar="N", help="Default: the first filled row.")
    @click.option(
        "--column", "columns", multiple=True, metavar="HEADING=COLUMN", help="What a heading means."
    )
    @click.option("--ignore", multiple=True, metavar="HEADING", help="Pass over a column on purpose.")
    @click.option(
        "--set", "constants", multiple=True, metavar="COLUMN=VALUE", help="A column the file does not have."
    )
    @click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="The order in dates such as 03/04/2026.")
    @click.option(
        "--names",
        "names_file",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="Codes for customers' names; proposals are written there, to be confirmed.",
    )
    @yes_option
    @dry_run_option
    @recording_options
    @functools.wraps(command)
    def importing(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - hands on what Click gave
        given = {name: options.pop(name) for name in _OF_SOURCE}
        return command(*args, source=ImportSource(**given), **options)

    return importing


def take_in(
    app: App,
    source: ImportSource,
    columns: tuple[Column, ...],
    importer: Callable[[Sheet, Layout, Progress], ImportOutcome],
) -> ImportOutcome:
    """Read the file, import it and print the counts; on bad lines print them and raise ImportRejected."""
    from ledger.imports.choice import choose
    from ledger.imports.table_reader import open_book

    inputs = [source.file, *([source.names_file] if source.names_file else [])]
    keep_input(source.errors_file, inputs)
    book = open_book(source.file, encoding=source.encoding)
    chosen = choose(book, columns, _layout(app, source))
    sheet, layout = chosen.sheet, _settled(app, source, columns, chosen)
    as_json = source.recording.as_json
    try:
        with progress(source.file.name, len(sheet.lines)) as bar, _without_collecting():
            outcome = importer(sheet, layout, bar.advance)
    except ImportRejected as rejected:
        problems = list(rejected.problems)
        tell_rejected(app, sheet, problems, as_json=as_json)
        if source.errors_file is not None:
            write_errors(app, source.errors_file, sheet, problems)
        if not layout.columns and any(problem.code == "E-IMPORT-COLUMN" for problem in problems):
            app.hint(
                Hint("--guess --dry-run finds sheet, headings and columns, and shows what would be read")
            )
        if any((problem.column, problem.code) == ("customer", "E-KEY-PERSONAL") for problem in problems):
            app.hint(Hint("--names FILE.csv proposes codes for customers' names"))
        raise
    tell_left_out(app, sheet, outcome.left_out)
    for warning in outcome.warnings.first:
        app.say(
            msg(
                "{place}: {column}: warning: {fact}",
                place=sheet.place(warning.line),
                column=warning.column,
                fact=warning.message,
            )
        )
    if more := outcome.warnings.count - len(outcome.warnings.first):
        app.say(msg("… and {more} more warnings", more=more))
    if source.dry_run and not as_json:
        for line in outcome.shown:
            app.say(plain("  {line}", line=line))
    tell_amounts(app, sheet, outcome)
    tell_outcome(app, outcome, as_json=as_json)
    return outcome


def _settled(app: App, source: ImportSource, columns: tuple[Column, ...], chosen: Chosen) -> Layout:
    """Return the layout of a choice that was shown, confirmed where it was guessed, with customers' codes."""
    _tell_choice(app, chosen)
    if source.save_profile is not None:
        _save_profile(app, source.save_profile, chosen.layout)
    if chosen.guessed and not source.dry_run:
        app.confirm(msg("Import it so?"), yes=source.yes)
    if source.names_file is None:
        return chosen.layout
    from cli.commands.import_names import with_names

    return with_names(app, source.names_file, chosen.sheet, columns, chosen.layout)


# --- how the file is read -----------------------------------------------------------------------


def _layout(app: App, source: ImportSource) -> Layout:
    """Return the profile with what the options say beside it."""
    import msgspec

    from ledger.imports.layout import PLAIN, read_profile

    config = app.open().folder.read_config() if source.profile else {}
    layout = read_profile(config, source.profile) if source.profile else PLAIN
    changes: dict[str, Any] = {}
    if source.sheets:
        changes["sheets"] = source.sheets
    if source.all_sheets:
        changes |= {"all_sheets": True, "sheets": ()}
    if source.heading_row:
        changes["heading_row"] = source.heading_row
    if source.columns:
        changes["columns"] = layout.columns | dict(_pairs(source.columns, "--column"))
    if source.ignore:
        changes["ignore"] = layout.ignore + source.ignore
    if source.constants:
        changes["constants"] = layout.constants | dict(_pairs(source.constants, "--set"))
    if source.dates:
        changes["dates"] = source.dates
    if source.guess:
        changes["guess"] = True
    return msgspec.structs.replace(layout, **changes) if changes else layout


def _pairs(texts: tuple[str, ...], option: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        left, equals, right = text.rpartition("=") if option == "--column" else text.partition("=")
        if not equals or not left.strip():
            raise BadUsage(
                msg(
                    "{option} is written {value}",
                    option=option,
                    value=msg("HEADING=COLUMN") if option == "--column" else msg("COLUMN=VALUE"),
                )
            )
        yield left.strip(), right.strip()


def _tell_choice(app: App, chosen: Chosen) -> None:
    """Show what was found, and every sheet that is not read."""
    for line in chosen.guessed:
        app.say(msg("found: {line}", line=line))
    for page in chosen.unread:
        hidden = msg(" (hidden)") if page.hidden else ""
        app.say(
            msg(
                "sheet {name}{hidden} is not read: {rows} rows",
                name=page.name,
                hidden=hidden,
                rows=page.rows,
            )
        )


def _save_profile(app: App, file: Path, layout: Layout) -> None:
    from ledger.imports.layout import profile_text

    with written_whole(file) as out:
        out.write(profile_text(layout).encode())
    app.say_written(file)


@contextmanager
def _without_collecting() -> Generator[None]:
    """Turn the garbage collector off: a table makes no cycles, and the search costs a seventh of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
