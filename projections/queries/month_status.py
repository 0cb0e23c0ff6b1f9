"""How a month stands before it is closed: findings, data that is left, sessions that nobody billed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain.clock import Period, epoch_microseconds
from ledger.domain.reconciliation.finding import Finding
from projections.queries.reconciliation import reconciled
from projections.read_models import billing
from projections.views import Views

_LEFT = "SELECT number FROM sessions WHERE ended_at >= ? AND ended_at < ? AND state = 'ended' ORDER BY number"
_GOING_ON = "SELECT number FROM sessions WHERE connected_at < ? AND ended_at IS NULL ORDER BY number"


class Month(NamedTuple):
    """What stands open: findings that nobody acknowledged, and sessions by number."""

    findings: list[Finding]
    open_sessions: list[int]
    unpurged: list[int]
    unbilled: list[int]


def of_period(views: Views, ledger: Ledger, period: Period, as_of: datetime) -> Month:
    """How a period stands, as of the events that the read model stands for."""
    begins, ends = epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at)
    billed = billing.of_period(views, period)
    return Month(
        findings=reconciled(views, ledger, period, as_of).waiting,
        open_sessions=[number for (number,) in views.execute(_GOING_ON, (ends,))],
        unpurged=[number for (number,) in views.execute(_LEFT, (begins, ends))],
        unbilled=[each.session for each in billed.sessions if each.counted and each.net_grosze > 0],
    )
