"""Records of the remote tools against sessions, as a report."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.catalogue import said
from cli.presentation.columns import REF, SESSION, aside, period_document, titled
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import KEY_SHOWN, Lang
from cli.presentation.wording.finding import KINDS, sentence
from ledger.domain.clock import Period, format_instant, from_epoch_seconds
from ledger.domain.reconciliation.finding import Finding
from ledger.message import msg
from projections.queries.reconciliation import Counts, Reconciled

_SEVERITIES = {"open": msg("open"), "info": msg("info")}
_ACKNOWLEDGED = msg("acknowledged")


def reconcile_report(as_of: datetime, period: Period, found: Reconciled, lang: Lang) -> Report:
    """Return the findings of a period and what was compared; exit status 3 while one waits."""
    document = {
        "schema": "session-ledger/reconcile/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "counts": found.counts._asdict(),
        "findings": [finding_document(found, finding) for finding in found.findings],
    }
    return Report(
        "reconcile",
        titled(msg("Reconciliation"), period),
        document,
        (_finding_table(found, lang), _count_table(found.counts)),
        as_of,
        exit_status=3 if found.waiting else 0,
    )


def finding_document(found: Reconciled, finding: Finding) -> dict[str, object]:
    """Return a finding as JSON; `session` is the first of `sessions`."""
    session = finding.sessions[0] if finding.sessions else None
    return {
        "id": finding.id,
        "kind": finding.kind,
        "severity": finding.severity,
        "at": format_instant(from_epoch_seconds(finding.at_s)),
        "records": list(finding.records),
        "session": session,
        "session_ref": None if session is None else found.session_refs.get(session),
        "sessions": list(finding.sessions),
        "detail": detail_document(finding),
        "changes_started_hours": finding.changes_started_hours,
        "difference_grosze": finding.difference_grosze,
        "acknowledged": finding.id in found.acknowledged,
    }


def detail_document(finding: Finding) -> dict[str, object]:
    """Return the details of a finding: seconds under `_seconds`, a moment under `_at`."""
    told: dict[str, object] = {}
    for key, value in finding.detail.items():
        if key == "recorded_end_s" and isinstance(value, int):
            told["recorded_end_at"] = format_instant(from_epoch_seconds(value))
        else:
            told[f"{key.removesuffix('_s')}_seconds" if key.endswith("_s") else key] = value
    return told


def _finding_table(found: Reconciled, lang: Lang) -> Table:
    columns = (
        Column("id", msg("Finding")),
        Column("severity", msg("Severity")),
        Column("kind", msg("Kind")),
        aside(Column("at", msg("When"), "instant")),
        SESSION,
        aside(REF),
        aside(Column("records", msg("Records"))),
        Column("detail", msg("Detail")),
        Column("difference_grosze", msg("Net difference"), "grosze"),
    )
    rows = [_row(found, finding, lang) for finding in found.findings]
    return Table("findings", msg("Findings"), columns, rows)


def _row(found: Reconciled, finding: Finding, lang: Lang) -> Row:
    session = finding.sessions[0] if finding.sessions else None
    severity = _ACKNOWLEDGED if finding.id in found.acknowledged else _SEVERITIES[finding.severity]
    return (
        finding.id,
        said(severity, lang),
        said(KINDS[finding.kind], lang),
        from_epoch_seconds(finding.at_s),
        session,
        None if session is None else found.session_refs.get(session),
        tuple(key[:KEY_SHOWN] for key in finding.records),
        sentence(finding, lang),
        finding.difference_grosze or None,
    )


def _count_table(counts: Counts) -> Table:
    columns = (
        Column("records", msg("Records"), "integer"),
        Column("connections", msg("Connections"), "integer"),
        Column("matched", msg("Matched"), "integer"),
        Column("sessions", msg("Sessions"), "integer"),
    )
    return Table("counts", msg("Counts"), columns, [tuple(counts)])
