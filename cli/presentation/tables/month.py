"""The state of a month as a report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cli.presentation.catalogue import said
from cli.presentation.columns import KIND, SESSIONS, WHAT, period_document, titled
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.finding import KINDS
from ledger.domain.clock import Period, format_instant, local_month
from ledger.domain.ledger_state import LedgerState
from ledger.message import Message, msg, msg_in

if TYPE_CHECKING:
    from projections.queries.month_status import Month

_STANDINGS = {
    "open": msg_in("month", "open"),
    "closed": msg("closed"),
    "reopened": msg("reopened"),
}


def month_report(state: LedgerState, period: Period, month: Month, as_of: datetime, lang: Lang) -> Report:
    """Return findings, open sessions, undeleted data and unbilled sessions of a month."""
    standing, closed_at = _closure(state, period)
    document = {
        "schema": "session-ledger/period/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "state": standing,
        "closed_at": None if closed_at is None else format_instant(closed_at),
        "findings": [
            {"id": f.id, "kind": f.kind, "sessions": list(f.sessions), "records": list(f.records)}
            for f in month.findings
        ],
        "open_sessions": month.open_sessions,
        "unpurged": month.unpurged,
        "unbilled": month.unbilled,
        "billed_otherwise": month.billed_otherwise,
    }
    tables = (open_table(month, lang), _finding_table(month, lang))
    return Report("period", month_title(state, period), document, tables, as_of)


def month_title(state: LedgerState, period: Period) -> Message:
    """Return the name of a month and whether it is closed."""
    standing, _ = _closure(state, period)
    return msg("{title}: {states}", title=titled(msg("Month"), period), states=_STANDINGS[standing])


def open_table(month: Month, lang: Lang) -> Table:
    """Return what stands open in a month: how many of each kind, and which."""
    columns = (WHAT, Column("count", msg("Count"), "integer"), Column("which", msg("Which")))
    return Table("open", msg("What stands open"), columns, _rows(month, lang))


def _closure(state: LedgerState, period: Period) -> tuple[str, datetime | None]:
    """Return if the month is open, closed or reopened, and when it was last closed."""
    closures = [each for each in state.closures if each.month == local_month(period.begins_at)]
    if not closures:
        return "open", None
    return "closed" if closures[-1].reopened_at is None else "reopened", closures[-1].closed_at


def _rows(month: Month, lang: Lang) -> list[Row]:
    """Return what stands open; corrections that are owed only where there are some, as in older answers."""
    numbered = [
        (msg("sessions not ended"), month.open_sessions),
        (labels.DATA_NOT_DELETED, month.unpurged),
        (msg("not billed"), month.unbilled),
    ]
    if month.billed_otherwise:
        numbered.append((msg("billed at another amount"), month.billed_otherwise))
    findings: list[Row] = [(said(msg("findings"), lang), len(month.findings), None)]
    return findings + [(said(what, lang), len(found), tuple(map(str, found))) for what, found in numbered]


def _finding_table(month: Month, lang: Lang) -> Table:
    columns = (
        Column("id", msg("Finding")),
        KIND,
        SESSIONS,
    )
    rows: list[Row] = [(f.id, said(KINDS[f.kind], lang), tuple(map(str, f.sessions))) for f in month.findings]
    return Table("findings", msg("Findings"), columns, rows)
