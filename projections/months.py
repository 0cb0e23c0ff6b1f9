"""How a month stands before it is closed: findings, data that is left, sessions that nobody billed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.application import Ledger
from ledger.clock import Period, epoch_microseconds
from ledger.reconciling.finding import Finding
from projections import billing
from projections.reconciliation import reconciled
from projections.tables import sessions as table


class Month(NamedTuple):
    """What stands open: findings that nobody acknowledged, and sessions by number."""

    findings: list[Finding]
    open_sessions: list[int]
    unpurged: list[int]
    unbilled: list[int]


def of_period(views: Connection, ledger: Ledger, period: Period, as_of: datetime) -> Month:
    """How a period stands, as of the events that the read model stands for."""
    begins, ends = epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at)
    left = (
        select(table.c.number)
        .where(table.c.ended_at.between(begins, ends - 1), table.c.state == "ended")
        .order_by(table.c.number)
    )
    going_on = (
        select(table.c.number)
        .where(table.c.connected_at < ends, table.c.ended_at.is_(None))
        .order_by(table.c.number)
    )
    billed = billing.of_period(views, period)
    return Month(
        findings=reconciled(views, ledger, period, as_of).waiting,
        open_sessions=list(views.execute(going_on).scalars()),
        unpurged=list(views.execute(left).scalars()),
        unbilled=[each.session for each in billed.sessions if each.counted and each.net_grosze > 0],
    )
