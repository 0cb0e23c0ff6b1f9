"""Sessions with their states, as a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cli.presentation.columns import (
    CONNECTED_AT,
    CUSTOMER_CODE,
    ENDED_AT,
    HELD_UNTIL,
    ISSUE,
    ORDER_REF,
    PURGED_AT,
    REF,
    SESSION,
    STATE,
    aside,
)
from cli.presentation.formats.model import Column, Report, Table
from ledger.domain.clock import format_instant
from ledger.message import Message, msg
from projections.read_models import sessions as view

_COLUMNS = (
    SESSION,
    REF,
    CUSTOMER_CODE,
    STATE,
    aside(ISSUE),
    aside(ORDER_REF),
    aside(Column("technicians", msg("Technicians"))),
    aside(Column("connections", msg("Connections"), "integer")),
    aside(Column("requested_at", msg("Requested"), "instant")),
    CONNECTED_AT,
    ENDED_AT,
    PURGED_AT,
    HELD_UNTIL,
)
_VOIDED = Column("voided", msg("Put aside"), "boolean")
"""Shown where a session is put aside."""


def session_list_report(
    name: str,
    title: Message,
    lines: Sequence[view.SessionLine],
    as_of: datetime,
    more: dict[str, object] | None = None,
) -> Report:
    """Return a report of sessions; `more` comes before them in the JSON."""
    document: dict[str, object] = {
        "schema": f"session-ledger/{name}/1",
        **(more or {}),
        "as_of": format_instant(as_of),
        "sessions": [session_document(line) for line in lines],
    }
    return Report(name, title, document, (session_table(title, lines),), as_of)


def session_table(title: Message, lines: Sequence[view.SessionLine]) -> Table:
    """Return a table with a line for each session."""
    columns = (*_COLUMNS, _VOIDED) if any(line.voided for line in lines) else _COLUMNS
    return Table("sessions", title, columns, [line[: len(columns)] for line in lines])


def session_document(line: view.SessionLine) -> dict[str, object]:
    """Return a session as JSON has it in a list."""
    found: dict[str, object] = {"session": line.number}
    for key, value in line._asdict().items():
        if key != "number" and (key != "voided" or value):
            found[key] = format_instant(value) if isinstance(value, datetime) else value
    return found
