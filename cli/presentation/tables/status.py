"""One screen of open matters, as a report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.columns import CUSTOMER_CODE, SESSION, STATE, WHAT
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.tables.due_dates import coming, dates_document, dates_table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.domain.invoice.state import Invoice
from ledger.handlers.privacy.retention import RetentionRequest, waiting_requests
from ledger.message import Message, msg, msg_in
from projections.queries.sales_register import register
from projections.read_models import billing, deletions, sessions
from projections.read_models.deletions import Deletion
from projections.read_models.sessions import SessionLine

if TYPE_CHECKING:
    from ledger.domain.invoice.ksef_duty import ComingDate
    from projections.read_side import Snapshot

LISTED_MAX = 20
_COUNT_COLUMNS = (WHAT, Column("count", msg("How many"), "integer"))
_OPEN_COLUMNS = (
    SESSION,
    STATE,
    CUSTOMER_CODE,
    Column("since", labels.SINCE, "instant"),
)


_OPEN_STATES = {
    "requested": msg_in("counted", "requested"),
    "connected": msg_in("counted", "connected"),
    "disconnected": msg_in("counted", "disconnected"),
}
"""States of an open session, said of several: the word of the vocabulary is said of one."""


class Status(NamedTuple):
    """Open matters: counts by key, open sessions, overdue deletions, requests for erasure, deadlines."""

    counts: list[tuple[str, Message, int]]
    waiting: list[SessionLine]
    overdue: list[Deletion]
    asked: list[RetentionRequest]
    dates: list[ComingDate]
    undeleted: list[Deletion]
    """Ended sessions whose data are not deleted."""
    signed: int
    """Events under the last signed tree head."""


def open_matters(snapshot: Snapshot) -> Status:
    """Return what is open, not deleted, not billed or due after the snapshot's last event."""
    waiting = list(sessions.listed(snapshot.views, states=tuple(_OPEN_STATES)))
    sla_seconds = snapshot.state.settings["purge.sla_seconds"]
    undeleted = [
        d for d in deletions.undeleted(snapshot.views, sla_seconds=sla_seconds) if not d.before_adoption
    ]
    overdue = [d for d in undeleted if deletions.is_overdue(d, snapshot.acts_at, sla_seconds)]
    unknown = deletions.unknown(snapshot.views)
    superseded = deletions.superseded(snapshot.views)
    asked = sorted(waiting_requests(snapshot.ledger, snapshot.position), key=lambda each: each.deadline)
    dates = coming(snapshot.ledger, snapshot.views, snapshot.acts_at)
    stored = snapshot.ledger.store.checkpoints(snapshot.position)
    signed = stored[-1][0] if stored else 0
    counts: list[tuple[str, Message, int]] = [
        (
            state,
            _OPEN_STATES[state],
            sum(line.state == state for line in waiting),
        )
        for state in _OPEN_STATES
    ]
    counts += [
        ("undeleted", msg("ended, data not deleted"), len(undeleted)),
        ("overdue", msg("of these overdue"), len(overdue)),
        ("unknown", msg("deleted before the end"), unknown),
        ("erasure_requests", msg("requests for erasure"), len(asked)),
        (
            "certificate_superseded",
            msg("certificates superseded, none issued since"),
            len(superseded),
        ),
        *_billing_counts(snapshot),
        ("unsigned", msg("events not signed yet"), snapshot.position - signed),
    ]
    return Status(counts, waiting, overdue, asked, dates, undeleted, signed)


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


def _billing_counts(snapshot: Snapshot) -> list[tuple[str, Message, int]]:
    """Count help not billed, prices that changed, and documents that wait for KSeF."""
    found = register(snapshot.ledger.store, snapshot.position).documents.values()
    due = [each for each in found if each.issued.duty == "ksef"]
    unbilled = billing.unbilled(snapshot.views)
    return [
        ("unbilled", msg("ended, to be paid, not billed"), unbilled),
        (
            "changed_after_invoice",
            msg_in("counted", "come to something else than invoiced"),
            billing.changed(snapshot.views),
        ),
        ("ksef_to_send", msg("to be sent to KSeF"), _count(due, "issued")),
        (
            "ksef_waiting",
            msg_in("counted", "waits for KSeF"),
            _count(due, "submitted"),
        ),
        ("ksef_rejected", msg("rejected by KSeF"), _count(due, "rejected")),
    ]


def _count(documents: list[Invoice], state: str) -> int:
    return sum(each.state == state for each in documents)
