"""How to meet the refusals of the reconciliation and of a month's close."""

from __future__ import annotations

import os
from collections.abc import Callable

from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.application.read_models import ReadModels
from ledger.domain.clock import parse_instant, parse_period
from ledger.handlers.period import MonthCounts, close
from ledger.sources.record_id import native_key
from projections.read_side import ReadSide
from tests.errors.desk import Desk, Told

RECORDS = """\
source_record_id,partner_id,technician,started_at,ended_at,kind
r1,123456789,anna,2026-11-16T10:00:00Z,2026-11-16T09:00:00Z,remote_control
"""


def _typed(line: str) -> Callable[[Desk], Told]:
    return lambda desk: desk.types(line)


def _untrue_record(desk: Desk) -> Told:
    (desk.folder / "records.csv").write_text(RECORDS, encoding="utf-8")
    desk.types("source import generic-csv records.csv")
    return desk.types(f"source match {native_key('generic-csv', 'main', 'r1')} done")


def _month_closed_twice(desk: Desk) -> Told:
    desk.types("period close 2026-09 --yes")
    return desk.types("period close 2026-09 --yes")


def _month_with_findings(desk: Desk) -> Told:
    desk.types("config set reconcile.require=matched")
    return desk.types("period close 2026-10 --yes")


def _opened(desk: Desk, read_models: Callable[[Ledger], ReadModels] | None) -> Ledger:
    now = parse_instant("2026-11-16 12:00")
    return Ledger.open(desk.ledger, Environment(lambda: now, os.urandom), read_models=read_models)


def _month_moved_on(desk: Desk) -> Told:
    with _opened(desk, ReadSide) as ledger:
        seen = MonthCounts(findings=0, unpurged=7, unbilled=0)
        return desk.fails(lambda: close(ledger, Metadata("anna"), parse_period("2026-09"), expected=seen))


def _no_read_side(desk: Desk) -> Told:
    with _opened(desk, None) as ledger:
        return desk.fails(lambda: close(ledger, Metadata("anna"), parse_period("2026-09")))


RECONCILING: dict[str, Callable[[Desk], Told]] = {
    "E-RECORD-UNKNOWN": _typed("source dismiss 0123456789ab --reason checked"),
    "E-RECORD-UNTRUE": _untrue_record,
    "E-FINDING-UNKNOWN": _typed("source acknowledge F2611-0123456789 --reason checked"),
    "E-FINDINGS-OPEN": _month_with_findings,
    "E-PERIOD-OPEN": _typed("period close 2026-11 --yes"),
    "E-PERIOD-CLOSED": _month_closed_twice,
    "E-MONTH-CHANGED": _month_moved_on,
    "E-READ-SIDE": _no_read_side,
    "E-NOT-A-MONTH": _typed("period close 2026-Q3 --yes"),
}
