"""Options, progress, counts and bad lines of every bulk import."""

from __future__ import annotations

import csv
import functools
import gc
import io
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import App
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.presentation.text import Text
from cli.presentation.whole_file import keep_input, written_whole
from cli.progress import progress
from ledger.domain.money import format_amount
from ledger.errors import BadUsage, ImportRejected, Problem

if TYPE_CHECKING:
    from ledger.imports.choice import Chosen
    from ledger.imports.layout import Column, Layout
    from ledger.imports.left_out import LeftOut
    from ledger.imports.result import Outcome, Progress
    from ledger.imports.table_reader import Sheet

TOLD_MAX = 50
"""The most bad lines or warnings printed on the terminal; --errors writes all of them."""
_SCHEMA = {"schema": "session-ledger/import/1"}
_OF_SOURCE = (
    *("file", "encoding", "errors_file", "dry_run", "recording"),
    *("profile", "sheets", "all_sheets", "heading_row", "columns", "ignore", "constants"),
    *("dates", "guess", "save_profile", "names_file", "yes"),
)
_WHY = {
    "title": Text(pl="tytuł", en="title"),
    "total": Text(pl="suma", en="total"),
    "headings": Text(pl="powtórzony nagłówek", en="headings again"),
}


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
    importer: Callable[[Sheet, Layout, Progress], Outcome],
) -> Outcome:
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
        _tell_rejected(app, sheet, problems, as_json=as_json)
        if source.errors_file is not None:
            _write_errors(app, source.errors_file, sheet, problems)
        if not layout.columns and any(problem.code == "E-IMPORT-COLUMN" for problem in problems):
            app.hint("--guess --dry-run finds sheet, headings and columns, and shows what would be read")
        if any((problem.column, problem.code) == ("customer", "E-KEY-PERSONAL") for problem in problems):
            app.hint("--names FILE.csv proposes codes for customers' names")
        raise
    _tell_left_out(app, sheet, outcome.left_out)
    for warning in outcome.warnings[:TOLD_MAX]:
        app.say(f"{sheet.place(warning.line)}: {warning.column}: warning: {warning.fact}")
    if len(outcome.warnings) > TOLD_MAX:
        app.say(f"… and {len(outcome.warnings) - TOLD_MAX} more warnings")
    if source.dry_run and not as_json:
        for line in outcome.shown:
            app.say(f"  {line}")
    _tell_amounts(app, sheet, outcome)
    _tell_outcome(app, outcome, as_json=as_json)
    return outcome


def _settled(app: App, source: ImportSource, columns: tuple[Column, ...], chosen: Chosen) -> Layout:
    """Return the layout of a choice that was shown, confirmed where it was guessed, with customers' codes."""
    _tell_choice(app, chosen)
    if source.save_profile is not None:
        _save_profile(app, source.save_profile, chosen.layout)
    if chosen.guessed and not source.dry_run:
        app.confirm(Text(pl="Wczytać tak?", en="Import it so?"), yes=source.yes)
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
                f"{option} is written {'HEADING=COLUMN' if option == '--column' else 'COLUMN=VALUE'}"
            )
        yield left.strip(), right.strip()


def _tell_choice(app: App, chosen: Chosen) -> None:
    """Show what was found, and every sheet that is not read."""
    for line in chosen.guessed:
        app.say(Text(pl=f"znaleziono: {line}", en=f"found: {line}"))
    for page in chosen.unread:
        hidden_pl, hidden_en = (" (ukryty)", " (hidden)") if page.hidden else ("", "")
        app.say(
            Text(
                pl=f"nie wczytano arkusza {page.name}{hidden_pl}: wierszy {page.rows}",
                en=f"sheet {page.name}{hidden_en} is not read: {page.rows} rows",
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


# --- what came of it ----------------------------------------------------------------------------


def _tell_left_out(app: App, sheet: Sheet, rows: list[LeftOut]) -> None:
    for why, word in _WHY.items():
        found = [row for row in rows if row.why == why]
        if found:
            places = ", ".join(_row_of(sheet, row.line) for row in found[:TOLD_MAX])
            app.say(
                Text(
                    pl=f"pominięto wiersze ({word.pl}): {len(found)}: {places}",
                    en=f"rows left out ({word.en}): {len(found)}: {places}",
                )
            )


def _row_of(sheet: Sheet, line: int) -> str:
    page, row = sheet.where(line)
    return f"{page}:{row}" if sheet.pages[1:] else str(row)


def _tell_amounts(app: App, sheet: Sheet, outcome: Outcome) -> None:
    """Name every row whose own amount is not that of the price list, and both sums."""
    if not outcome.amounts:
        return
    for each in outcome.amounts:
        if each.net_grosze != each.sheet_grosze:
            own = format_amount(each.sheet_grosze)
            net = "–" if each.net_grosze is None else format_amount(each.net_grosze)
            app.say(
                Text(
                    pl=f"{sheet.place(each.line)}: {each.session_ref}: w arkuszu {own}, według cennika {net}",
                    en=f"{sheet.place(each.line)}: {each.session_ref}: {own} in sheet, {net} by price list",
                )
            )
    sheet_sum = sum(each.sheet_grosze for each in outcome.amounts)
    counted = sum(each.net_grosze or 0 for each in outcome.amounts)
    own, net = format_amount(sheet_sum), format_amount(counted)
    app.say(
        Text(
            pl=f"suma kwot arkusza {own}, według cennika {net}",
            en=f"the sheet's amounts add up to {own}, by price list {net}",
        )
    )


def _tell_rejected(app: App, sheet: Sheet, problems: list[Problem], *, as_json: bool) -> None:
    for problem in problems[:TOLD_MAX]:
        app.say(f"{sheet.place(problem.line)}: {problem.column}: {problem.fact} ({problem.code})")
    if len(problems) > TOLD_MAX:
        app.say(f"… and {len(problems) - TOLD_MAX} more; --errors FILE.csv writes all of them")
    if as_json:
        refused = len({problem.line for problem in problems})
        counts = {"read": len(sheet.lines), "new": 0, "extended": 0, "unchanged": 0, "refused": refused}
        told = [_told(sheet, problem) for problem in problems]
        app.emit(_SCHEMA | {"file": sheet.name} | counts | {"warnings": [], "problems": told})


def _told(sheet: Sheet, problem: Problem) -> dict[str, Any]:
    page, row = sheet.where(problem.line)
    return problem._asdict() | {"line": row} | ({"sheet": page} if sheet.pages[1:] else {})


def _write_errors(app: App, file: Path, sheet: Sheet, problems: list[Problem]) -> None:
    """Write the bad lines in the file's own columns, so that they can be mended and imported."""
    from ledger.imports.layout import PROBLEM_COLUMN

    facts: dict[int, list[str]] = {}
    for problem in problems:
        _, row = sheet.where(problem.line)
        facts.setdefault(problem.line, []).append(f"{row}: {problem.column}: {problem.fact}")
    cells = {line.number: line.cells for line in sheet.lines if line.number in facts}
    is_workbook = not sheet.delimiter
    keeps = [title != PROBLEM_COLUMN for title in sheet.header]
    with written_whole(file) as out:
        text = io.TextIOWrapper(out, encoding="utf-8-sig" if is_workbook else "utf-8", newline="")
        writer = csv.writer(text, delimiter=sheet.delimiter or ";")
        writer.writerow([*_kept(sheet.header, keeps), PROBLEM_COLUMN])
        for line, told in facts.items():
            own = cells.get(line, [])
            padded = own + [""] * (len(sheet.header) - len(own))
            writer.writerow([*_kept(padded, keeps), "; ".join(told)])
        text.flush()
        text.detach()
    app.say_written(file)


def _kept(cells: list[str], keeps: list[bool]) -> list[str]:
    """Return the cells without the column of an earlier round."""
    return [cell for cell, keep in zip(cells, keeps, strict=False) if keep]


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
            | ({"left_out": [row._asdict() for row in outcome.left_out]} if outcome.left_out else {})
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
