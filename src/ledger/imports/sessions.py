"""Sessions in bulk: new, grown and unchanged ones; everything else is a conflict."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial

from ledger.application.ledger import Ledger, Metadata
from ledger.domain.clock import SaidInstant
from ledger.imports.amounts import Amounts
from ledger.imports.columns import Problems, records
from ledger.imports.day_and_times import composed
from ledger.imports.layout import PLAIN, Layout
from ledger.imports.result import ImportOutcome, Progress, no_progress
from ledger.imports.session_gather import SessionRows, one_session
from ledger.imports.session_plan import Comparison, NotTaken, SessionPlan
from ledger.imports.session_rows import ImportedSession, columns_of, parsers, read_row
from ledger.imports.table_reader import Sheet
from ledger.imports.write import CHUNK, check_command, write
from ledger.message import Code, Message, plain


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
    rows, broken = _rows(sheet, problems, progress)
    outcome = ImportOutcome(sheet.name, read=len(sheet.lines), recorded=not dry_run)
    outcome.leave_out(problems.left_out)
    author = said._replace(source="import").of_command("session import", {})
    comparison = Comparison(ledger, author)
    amounts = Amounts(ledger)
    plan = SessionPlan()
    told = _sessions(rows, broken, problems, outcome, progress)
    for session, verdict, warnings in comparison.verdicts(told):
        outcome.warnings += warnings
        plan.take(session, verdict)
        if verdict == "unchanged":
            progress(len(session.rows))
        elif isinstance(verdict, NotTaken):
            for column, error in verdict.wrong:
                problems.add(session.first.line, column, error)
        outcome.tell(session.ended_at, partial(_shown, session))
        amounts.compare(session, outcome.amounts)
    problems.raise_if_any()
    outcome.new, outcome.extended = plan.new, plan.extended
    outcome.unchanged += plan.unchanged
    check_command(ledger, author, adds=plan.adds)
    if plan.adds and not dry_run:
        again = (one_session(each, problems)[0] for each in rows.together())
        outcome.events = write(ledger, comparison.planned_streams(plan, again), progress)
        if plan.purged:
            ledger.vault.erase("session", *plan.purged)
    return outcome


def _sessions(
    rows: SessionRows,
    broken: Container[str | None],
    problems: Problems,
    outcome: ImportOutcome,
    progress: Progress,
) -> Iterator[ImportedSession]:
    """Yield the sessions of a file, and count its identical rows."""
    for each in rows.together(broken):
        session, identical = one_session(each, problems)
        if identical:
            outcome.unchanged += identical
            progress(identical)
        yield session


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


def _rows(sheet: Sheet, problems: Problems, progress: Progress) -> tuple[SessionRows, set[str | None]]:
    """Return the typed rows, and the references of which a row cannot be read: all of it is noted."""
    rows = SessionRows(len(sheet.lines))
    broken: set[str | None] = set()
    readers = parsers(problems)
    for record in composed(records(sheet, columns_of(problems.layout), problems), problems):
        row = read_row(record, problems, readers)
        if row is None:
            broken.add(record.cells.get("session_ref"))
        else:
            rows.add(row)
        if record.line % CHUNK == 0:
            progress(0)  # nothing is recorded yet, but the bar lives
    return rows, broken
