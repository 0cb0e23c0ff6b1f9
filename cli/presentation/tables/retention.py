"""Personal data whose time is over, as a report and as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import CUSTOMER_CODE, SESSION, STATE, WHAT
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.handlers.privacy import retention as commands
from ledger.message import Message, msg

_WHAT = {
    "abandoned": msg("request never connected"),
    "tax": labels.REASONS_AND_NOTES,
    "document": msg("invoice and its buyer"),
    "record": msg("words of the tools' records"),
    "request": labels.REQUEST_FOR_ERASURE,
}


_STATE = {
    "due": msg("due"),
    "held": labels.HELD,
    "soon": msg("soon"),
    "waiting": msg("waits for an answer"),
    "overdue": msg("overdue"),
}


_COLUMNS = (
    STATE,
    Column("due_on", msg("Due on"), "date"),
    WHAT,
    SESSION,
    CUSTOMER_CODE,
    Column("since", labels.SINCE, "date"),
    Column("held_until", labels.HELD_UNTIL, "date"),
)


def retention_report(
    found: Sequence[commands.Due], settings: Mapping[str, int], at: datetime, dated: datetime, lang: Lang
) -> Report:
    """Return what is due at a moment, soon due, held, or waits for an answer."""
    document = {
        "schema": "session-ledger/retention-due/1",
        "as_of": format_instant(at),
        "tax_years": settings["retention.tax_years"],
        "abandoned_days": settings["purge.abandoned_days"],
        "items": [_document(item) for item in found],
    }
    rows: list[Row] = [
        (
            said(_STATE[item.state], lang),
            item.due_on,
            said(_WHAT[item.what], lang),
            item.session,
            item.customer,
            item.since,
            item.held_until,
        )
        for item in found
    ]
    title = msg("Data to be erased")
    return Report("retention-due", title, document, (Table("items", title, _COLUMNS, rows),), dated)


def _document(item: commands.Due) -> dict[str, Any]:
    return {
        "what": item.what,
        "state": item.state,
        "session": item.session,
        "customer": item.customer,
        "since": item.since.isoformat(),
        "due_on": item.due_on.isoformat(),
        "held_until": None if item.held_until is None else item.held_until.isoformat(),
    }


def retention_line(item: commands.Due) -> Message:
    """Return one item as a line."""
    what, state = _WHAT[item.what], _STATE[item.state]
    until = "" if item.held_until is None else f" ({item.held_until})"
    return msg(
        "Session {session}: {what}, since {since}: {state}{until}",
        session=item.session,
        what=what,
        since=item.since,
        state=state,
        until=until,
    )
