"""Answers of every bulk import: counts, rows left out, amounts, bad lines."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.context import App
from cli.presentation.whole_file import written_whole
from ledger.errors import Problem
from ledger.message import Money, msg, plain

if TYPE_CHECKING:
    from ledger.imports.left_out import LeftOut
    from ledger.imports.result import ImportOutcome
    from ledger.imports.table_reader import Sheet

TOLD_MAX = 50
"""The most bad lines or warnings printed on the terminal; --errors writes all of them."""
_SCHEMA = {"schema": "session-ledger/import/1"}
_WHY = {
    "title": msg("title"),
    "total": msg("total"),
    "headings": msg("headings again"),
}


def tell_left_out(app: App, sheet: Sheet, rows: list[LeftOut]) -> None:
    """Print the rows that were left out, by reason."""
    for why, word in _WHY.items():
        found = [row for row in rows if row.why == why]
        if found:
            places = ", ".join(_row_of(sheet, row.line) for row in found[:TOLD_MAX])
            app.say(
                msg(
                    "rows left out ({word}): {n_found}: {places}",
                    word=word,
                    n_found=len(found),
                    places=places,
                )
            )


def _row_of(sheet: Sheet, line: int) -> str:
    page, row = sheet.where(line)
    return f"{page}:{row}" if sheet.pages[1:] else str(row)


def tell_amounts(app: App, sheet: Sheet, outcome: ImportOutcome) -> None:
    """Name every row whose own amount is not that of the price list, and both sums."""
    amounts = outcome.amounts
    if not amounts.sessions:
        return
    for each in amounts.different:
        own = Money(each.sheet_grosze)
        net = "–" if each.net_grosze is None else Money(each.net_grosze)
        app.say(
            msg(
                "{place}: {session_ref}: {own} in sheet, {net} by price list",
                place=sheet.place(each.line),
                session_ref=each.session_ref,
                own=own,
                net=net,
            )
        )
    own, net = Money(amounts.sheet_grosze), Money(amounts.net_grosze)
    app.say(msg("the sheet's amounts add up to {own}, by price list {net}", own=own, net=net))


def tell_rejected(app: App, sheet: Sheet, problems: list[Problem], *, as_json: bool) -> None:
    """Print the bad lines, and the counts as JSON."""
    for problem in problems[:TOLD_MAX]:
        app.say(
            plain(
                "{place}: {column}: {fact} ({code})",
                place=sheet.place(problem.line),
                column=problem.column,
                fact=problem.message,
                code=problem.code,
            )
        )
    if len(problems) > TOLD_MAX:
        app.say(msg("… and {more} more; --errors FILE.csv writes all of them", more=len(problems) - TOLD_MAX))
    if as_json:
        refused = len({problem.line for problem in problems})
        counts = {"read": len(sheet.lines), "new": 0, "extended": 0, "unchanged": 0, "refused": refused}
        told = [_told(sheet, problem) for problem in problems]
        app.emit(_SCHEMA | {"file": sheet.name} | counts | {"warnings": [], "problems": told})


def _told(sheet: Sheet, problem: Problem) -> dict[str, Any]:
    page, row = sheet.where(problem.line)
    told: dict[str, Any] = {
        "line": row,
        "column": problem.column,
        "fact": problem.fact,
        "code": problem.code,
        "malformed": problem.malformed,
    }
    return told | ({"sheet": page} if sheet.pages[1:] else {})


def write_errors(app: App, file: Path, sheet: Sheet, problems: list[Problem]) -> None:
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


def tell_outcome(app: App, outcome: ImportOutcome, *, as_json: bool) -> None:
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
                "warnings": [each._asdict() for each in outcome.warnings],
                "problems": [],
            }
            | ({"left_out": [row._asdict() for row in outcome.left_out]} if outcome.left_out else {})
        )
        return
    counts = f"{outcome.read} = {outcome.new} + {outcome.extended} + {outcome.unchanged}"
    dry = "" if outcome.recorded else msg(" (dry run, nothing recorded)")
    app.emit(
        msg(
            "{name}: rows {counts} (new + extended + unchanged){dry}",
            name=outcome.name,
            counts=counts,
            dry=dry,
        )
    )
    if outcome.recorded and not outcome.events:
        app.say(msg("nothing new; nothing was changed"))
