"""Outages of KSeF as a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cli.presentation.columns import KIND, NUMBER
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.domain.ksef_outage import Outage
from ledger.message import msg, msg_in

_COLUMNS = (
    Column("outage", NUMBER.title, "integer"),
    KIND,
    Column("began_at", msg_in("outage", "Began"), "instant"),
    Column("ended_at", msg_in("outage", "Over"), "instant"),
    Column("state", labels.STATE),
)


def outages_report(outages: Sequence[Outage], as_of: datetime) -> Report:
    """Return every recorded outage in the order of recording; one withdrawn says so."""
    rows: list[Row] = [
        (each.number, each.kind, each.began_at, each.ended_at, _state(each)) for each in outages
    ]
    document = {
        "schema": "session-ledger/ksef-outages/1",
        "as_of": format_instant(as_of),
        "outages": [
            {
                "outage": each.number,
                "kind": each.kind,
                "began_at": format_instant(each.began_at),
                "ended_at": None if each.ended_at is None else format_instant(each.ended_at),
                "withdrawn": each.is_withdrawn,
            }
            for each in outages
        ],
    }
    title = msg("Outages of KSeF")
    return Report("outages", title, document, (Table("outages", title, _COLUMNS, rows),), as_of)


def _state(outage: Outage) -> str:
    if outage.is_withdrawn:
        return "withdrawn"
    return "lasts" if outage.ended_at is None else "over"
