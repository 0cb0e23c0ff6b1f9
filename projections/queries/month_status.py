"""Open matters of a month before it is closed: findings, data not deleted, sessions not billed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain.clock import Period, epoch_microseconds
from ledger.domain.reconciliation.finding import Finding
from projections.queries.reconciliation import Reconciled, reconciled
from projections.read_models import billing
from projections.views import Views

_LEFT = "SELECT number FROM sessions WHERE ended_at >= ? AND ended_at < ? AND state = 'ended' ORDER BY number"
_GOING_ON = "SELECT number FROM sessions WHERE connected_at < ? AND ended_at IS NULL ORDER BY number"


class Month(NamedTuple):
    """The open matters of a period: findings that are not acknowledged, and session numbers."""

    findings: list[Finding]
    open_sessions: list[int]
    unpurged: list[int]
    unbilled: list[int]
    billed_otherwise: list[int]
    """Sessions that come to something else than their invoice says: a correction has to follow."""


def of_period(views: Views, ledger: Ledger, period: Period, as_of: datetime) -> Month:
    """Return the open matters of a period, at the position of the read model."""
    billed = billing.of_period(views, period)
    return open_matters(views, period, billed, reconciled(views, ledger, period, as_of))


def open_matters(views: Views, period: Period, billed: billing.Billing, found: Reconciled) -> Month:
    """Return the open matters of a period whose bills and reconciliation are known."""
    begins, ends = epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at)
    return Month(
        findings=found.waiting,
        open_sessions=[number for (number,) in views.execute(_GOING_ON, (ends,))],
        unpurged=[number for (number,) in views.execute(_LEFT, (begins, ends))],
        unbilled=[each.session for each in billed.sessions if each.counted and each.net_grosze > 0],
        billed_otherwise=[each.session for each in billed.exceptions if each.kind == billing.CHANGED],
    )
