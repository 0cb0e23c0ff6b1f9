"""Sessions in bulk: new, grown and unchanged ones; everything else is a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from ledger.application.ledger import Ledger, Metadata
from ledger.domain.clock import SaidInstant
from ledger.imports.amounts import differences
from ledger.imports.columns import Problems, records
from ledger.imports.day_and_times import composed
from ledger.imports.layout import PLAIN, Layout
from ledger.imports.result import ImportOutcome, Progress, no_progress
from ledger.imports.session_plan import Comparison, Grown, NotTaken, SessionPlan
from ledger.imports.session_rows import ImportedSession, SessionRow, columns_of, gather, parsers, read_row
from ledger.imports.table_reader import Sheet
from ledger.imports.write import CHUNK, check_command, write
from ledger.message import Code, Message, plain

SHOWN_MAX = 5
"""Sessions that are shown of an import: enough to see that columns were understood."""


def import_sessions(
    ledger: Ledger,
    said: Metadata,
    sheet: Sheet,
    *,
    layout: Layout = PLAIN,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> ImportOutcome:
    """Take in a table of sessions whole, or raise ImportRejected naming every bad line.

    `progress` counts rows that are known as they are compared, and the others as they are written.
    """
    problems = Problems(sheet, layout)
    told, identical = gather(_rows(sheet, problems, progress), problems)
    outcome = ImportOutcome(sheet.name, read=len(sheet.lines), recorded=not dry_run)
    outcome.leave_out(problems.left_out)
    author = said._replace(source="import").of_command("session import", {})
    comparison = Comparison(ledger, author)
    progress(identical)
    plan = _planned(comparison, told, problems, outcome, progress)
    problems.raise_if_any()
    outcome.new = sum(len(each.rows) for each in plan.opened)
    outcome.extended = sum(each.added.rows for each in plan.grown)
    outcome.unchanged = identical + plan.unchanged
    check_command(ledger, author, adds=plan.adds)
    if plan.adds and not dry_run:
        outcome.events = write(ledger, comparison.planned_streams(plan), progress)
        if plan.purged:
            ledger.vault.erase("session", *plan.purged)
    outcome.shown = [_shown(each) for each in islice(told.values(), SHOWN_MAX)]
    outcome.amounts = list(differences(ledger, told.values()))
    outcome.last_ended_at = max((t.ended_at for t in told.values() if t.ended_at), default=None)
    return outcome


def _planned(
    comparison: Comparison,
    sessions: Mapping[str, ImportedSession],
    problems: Problems,
    outcome: ImportOutcome,
    progress: Progress,
) -> SessionPlan:
    """Return what the sessions add; warnings and refusals are noted at their lines."""
    opened: list[ImportedSession] = []
    grown: list[Grown] = []
    unchanged = 0
    for told, verdict, warnings in comparison.verdicts(sessions):
        outcome.warnings += warnings
        if verdict == "new":
            opened.append(told)
        elif verdict == "unchanged":
            unchanged += len(told.rows)
            progress(len(told.rows))
        elif isinstance(verdict, NotTaken):
            for column, error in verdict.wrong:
                problems.add(told.first.line, column, error)
        else:
            grown.append(verdict)
    return SessionPlan(opened, grown, unchanged)


def _shown(told: ImportedSession) -> Message:
    """Return a session in a line, as it is recorded."""
    row = told.rows[0]
    ended = "…" if told.ended_at is None else SaidInstant(told.ended_at)
    more = filter(None, (row.technician, told.order_ref, told.billed_as))
    return plain(
        "{session_ref} {customer} {issue} {connected_at} – {ended_at}{more}",
        session_ref=row.session_ref,
        customer=row.customer,
        issue=Code("issue", row.issue),
        connected_at=SaidInstant(row.connected_at),
        ended_at=ended,
        more="".join(f" {each}" for each in more),
    )


def _rows(sheet: Sheet, problems: Problems, progress: Progress) -> list[SessionRow]:
    """Return the typed rows of sessions all of whose rows can be read."""
    rows: list[SessionRow] = []
    broken: set[str | None] = set()
    readers = parsers(problems)
    for record in composed(records(sheet, columns_of(problems.layout), problems), problems):
        row = read_row(record, problems, readers)
        if row is None:
            broken.add(record.cells.get("session_ref"))
        else:
            rows.append(row)
        if record.line % CHUNK == 0:
            progress(0)  # nothing is recorded yet, but the bar lives
    return [row for row in rows if row.session_ref not in broken] if broken else rows
