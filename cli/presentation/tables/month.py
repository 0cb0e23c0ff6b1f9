"""The state of a month as a report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cli.presentation.columns import KIND, SESSIONS, WHAT, period_document, titled
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang, Text
from cli.presentation.wording import labels
from cli.presentation.wording.finding import KINDS
from ledger.domain.clock import Period, format_instant, local_month
from ledger.domain.ledger_state import LedgerState

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
    }
    columns = (
        WHAT,
        Column("count", Text("Ile", "Count"), "integer"),
        Column("which", Text("Które", "Which")),
    )
    states = {
        "open": Text("otwarty", "open"),
        "closed": Text("zamknięty", "closed"),
        "reopened": Text("otwarty ponownie", "reopened"),
    }
    title = titled(Text("Miesiąc", "Month"), period)
    headed = Text(f"{title.pl}: {states[standing].pl}", f"{title.en}: {states[standing].en}")
    table = Table("open", Text("Co zostało", "What stands open"), columns, _rows(month, lang))
    return Report("period", headed, document, (table, _finding_table(month, lang)), as_of)


def _rows(month: Month, lang: Lang) -> list[Row]:
    numbered = (
        (Text("sesje niezakończone", "sessions not ended"), month.open_sessions),
        (labels.DATA_NOT_DELETED, month.unpurged),
        (Text("nierozliczone", "not billed"), month.unbilled),
    )
    findings: list[Row] = [(Text("niezgodności", "findings").said(lang), len(month.findings), None)]
    return findings + [(what.said(lang), len(found), tuple(map(str, found))) for what, found in numbered]


def _finding_table(month: Month, lang: Lang) -> Table:
    columns = (
        Column("id", Text("Niezgodność", "Finding")),
        KIND,
        SESSIONS,
    )
    rows: list[Row] = [(f.id, KINDS[f.kind].said(lang), tuple(map(str, f.sessions))) for f in month.findings]
    return Table("findings", Text("Niezgodności", "Findings"), columns, rows)
