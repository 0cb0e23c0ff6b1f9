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
from ledger.message import msg, msg_in

if TYPE_CHECKING:
    from projections.queries.month_status import Month


def month_report(state: LedgerState, period: Period, month: Month, as_of: datetime, lang: Lang) -> Report:
    """Return findings, open sessions, undeleted data and unbilled sessions of a month."""
    closures = [each for each in state.closures if each.month == local_month(period.begins_at)]
    is_closed = bool(closures) and closures[-1].reopened_at is None
    standing = "closed" if is_closed else "reopened" if closures else "open"
    document = {
        "schema": "session-ledger/period/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "state": standing,
        "closed_at": format_instant(closures[-1].closed_at) if closures else None,
        "findings": [
            {"id": f.id, "kind": f.kind, "sessions": list(f.sessions), "records": list(f.records)}
            for f in month.findings
        ],
        "open_sessions": month.open_sessions,
        "unpurged": month.unpurged,
        "unbilled": month.unbilled,
        "billed_otherwise": month.billed_otherwise,
    }
    columns = (
        WHAT,
        Column("count", msg("Count"), "integer"),
        Column("which", msg("Which")),
    )
    states = {
        "open": msg_in("month", "open"),
        "closed": msg("closed"),
        "reopened": msg("reopened"),
    }
    title = titled(msg("Month"), period)
    headed = msg("{title}: {states}", title=title, states=states[standing])
    table = Table("open", msg("What stands open"), columns, _rows(month, lang))
    return Report("period", headed, document, (table, _finding_table(month, lang)), as_of)


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
