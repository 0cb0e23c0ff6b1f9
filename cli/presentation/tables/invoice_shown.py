"""One document as a report: its lines, its state, and with a trace the source of each amount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from cli.presentation.columns import BAND, DISCOUNT_PERCENT, LIST, NET, SESSION, WAIVED
from cli.presentation.documents.statement import hour_document
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.tables.invoice import invoice_document, line_document, lines_table, list_table
from cli.presentation.wording import labels
from ledger.application.ledger import Ledger
from ledger.domain.clock import parse_instant
from ledger.domain.invoice.state import Invoice
from ledger.handlers.invoice.charges import buyer_of, charged
from ledger.handlers.invoice.printout import sessions_behind
from ledger.message import msg
from projections.queries.sales_register import register


def shown(ledger: Ledger, number: str, *, trace: bool) -> Report:
    """Return the report of one document; raises InvoiceUnknown."""
    invoice = ledger.find_invoice(number)
    found = register(ledger.store)
    related = [invoice, *map(found.documents.__getitem__, (each.correction for each in invoice.corrections))]
    document: dict[str, Any] = {
        "schema": "session-ledger/invoice/1",
        "invoice": invoice_document(found, invoice),
        "lines": [
            {"session": ledger.session_number(line.session), **line_document(line)}
            for line in invoice.issued.lines
        ],
    }
    tables = [list_table(ledger, found, related), lines_table(ledger, invoice.issued.lines)]
    if trace:
        traced = list(_traced(ledger, invoice))
        document["trace"] = traced
        document["tree"] = _tree(ledger)
        tables += [_hours_table(traced), _events_table(traced)]
    title = msg("Document {number}", number=number)
    return Report("invoice", title, document, tuple(tables), ledger.last_recorded_at())


def _traced(ledger: Ledger, invoice: Invoice) -> Iterator[dict[str, Any]]:
    """Yield each session behind the document: its hours as they were rated, and its events in the tree.

    `net_grosze` is what the document says of it, `rated_grosze` what its events come to now.
    """
    buyer = buyer_of(ledger, invoice.issued.customer)
    for stream, session in sessions_behind(ledger, invoice):
        lines = [line for line in invoice.issued.lines if line.session == stream]
        yield {
            "session": session.number,
            "session_ref": session.session_ref,
            "lines": [line.number for line in lines],
            "net_grosze": sum(-line.net_grosze if line.before else line.net_grosze for line in lines),
            "rated_grosze": charged(ledger, stream, buyer).rated.net_grosze,
            "hours": [hour_document(hour) for hour in session.hours],
            "events": _events(ledger, stream),
        }
    yield {"session": None, "events": _events(ledger, invoice.id)}


def _events(ledger: Ledger, stream: UUID) -> list[dict[str, Any]]:
    return [
        {"leaf_index": row[0], "event": row[3], "leaf_hash": ledger.store.leaf_hash_at(row[0]).hex()}
        for row in ledger.store.stream_rows(stream.bytes)
    ]


def _tree(ledger: Ledger) -> dict[str, Any] | None:
    """Return size and root of the newest checkpoint; None before there is one."""
    from ledger.transparency.checkpoint import parse_checkpoint, root_text

    stored = ledger.store.checkpoints()
    if not stored:
        return None
    found = parse_checkpoint(stored[-1][1])
    return {"size": found.size, "root": root_text(found.root)}


def _hours_table(traced: list[dict[str, Any]]) -> Table:
    columns = (
        SESSION,
        Column("opened_at", labels.OPENED, "instant"),
        BAND,
        LIST,
        DISCOUNT_PERCENT,
        WAIVED,
        NET,
        Column("rule", msg("Rule")),
        Column("quote", labels.SENTENCE_OF_THE_PRICE_LIST),
    )
    keys = [column.key for column in columns[2:]]
    rows: list[Row] = [
        (each["session"], parse_instant(hour["opened_at"]), *(hour[key] for key in keys))
        for each in traced
        for hour in each.get("hours", ())
    ]
    return Table("hours", labels.STARTED_HOURS, columns, rows)


def _events_table(traced: list[dict[str, Any]]) -> Table:
    columns = (
        SESSION,
        Column("leaf_index", msg("Leaf"), "integer"),
        Column("event", labels.EVENT),
        Column("leaf_hash", msg("Leaf hash")),
    )
    rows: list[Row] = [
        (each["session"], event["leaf_index"], event["event"], event["leaf_hash"])
        for each in traced
        for event in each["events"]
    ]
    return Table("events", msg("Events"), columns, rows)
