"""One screen of open matters, as a report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.columns import CUSTOMER_CODE, SESSION, STATE, WHAT
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.tables.due_dates import dates_document, dates_table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.handlers.privacy.retention import RetentionRequest
from ledger.message import Message, msg
from projections.read_models.deletions import Deletion
from projections.read_models.sessions import SessionLine

if TYPE_CHECKING:
    from ledger.domain.invoice.ksef_duty import ComingDate

LISTED_MAX = 20
_COUNT_COLUMNS = (WHAT, Column("count", msg("How many"), "integer"))
_OPEN_COLUMNS = (
    SESSION,
    STATE,
    CUSTOMER_CODE,
    Column("since", labels.SINCE, "instant"),
)


class Status(NamedTuple):
    """Open matters: counts by key, open sessions, overdue deletions, requests for erasure, deadlines."""

    counts: list[tuple[str, Message, int]]
    waiting: list[SessionLine]
    overdue: list[Deletion]
    asked: list[RetentionRequest]
    dates: list[ComingDate]


def status_report(
    found: Status, events: int, signed: int, as_of: datetime, now: datetime, lang: Lang
) -> Report:
    """Return the counts, and the first open sessions and requests."""
    document = {
        "schema": "session-ledger/status/1",
        "now": format_instant(now),
        "events": events,
        "last_recorded_at": format_instant(as_of),
        "checkpoint_size": signed or None,
        **{key: count for key, _, count in found.counts},
        "open": [
            {"session": line.number, "state": line.state, "customer": line.customer}
            for line in found.waiting[:LISTED_MAX]
        ],
        "overdue_sessions": [d.session for d in found.overdue[:LISTED_MAX]],
        "erasure_deadlines": _deadlines(found.asked),
        "dates": dates_document(found.dates, now),
    }
    rows: list[Row] = [(said(text, lang), count) for _, text, count in found.counts]
    title = msg("Status")
    listed: list[Row] = [
        (line.number, line.state, line.customer, line.connected_at or line.requested_at)
        for line in found.waiting[:LISTED_MAX]
    ]
    tables = (
        Table("counts", title, _COUNT_COLUMNS, rows),
        Table("open", msg("Open sessions"), _OPEN_COLUMNS, listed),
        *([_requests_table(found.asked)] if found.asked else []),
        *([dates_table(found.dates, now, lang)] if found.dates else []),
    )
    return Report("status", title, document, tables, as_of)


def _deadlines(asked: list[RetentionRequest]) -> list[dict[str, str]]:
    return [{"customer": each.customer, "deadline": each.deadline.isoformat()} for each in asked[:LISTED_MAX]]


def _requests_table(asked: list[RetentionRequest]) -> Table:
    """Return the requests for erasure that wait for their answer, the first deadline first."""
    columns = (
        CUSTOMER_CODE,
        Column("deadline", msg("Answer by"), "date"),
    )
    rows: list[Row] = [(each.customer, each.deadline) for each in asked[:LISTED_MAX]]
    return Table("requests", msg("Requests for erasure"), columns, rows)
