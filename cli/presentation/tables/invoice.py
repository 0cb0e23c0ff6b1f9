"""Invoices as tables: plans, lists, lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cli.presentation.columns import (
    BAND,
    BUYER,
    CORRECTS,
    CUSTOMER_CODE,
    DUE_ON,
    GROSS,
    ISSUED_ON,
    KIND,
    LIST,
    NAME,
    NET,
    NUMBER,
    PAID,
    SESSION,
    SESSIONS,
    STATE,
    VAT,
    WHY,
    aside,
    period_document,
    titled,
)
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.wording import labels
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import Period, format_instant
from ledger.domain.events import InvoiceIssued, InvoiceLine
from ledger.domain.invoice.state import Invoice
from ledger.handlers.invoice.correct import CorrectionDraft
from ledger.handlers.invoice.plan import PlannedInvoice
from ledger.message import msg
from projections.queries.sales_register import Register, kind_of, withdrawn_on

STATES = {
    "issue": labels.TO_BE_ISSUED,
    "nothing_due": msg("nothing due"),
    "needs_receipt": labels.NEEDS_RECEIPT,
    "blocked": msg("blocked"),
    "waiting": labels.WAITING,
}


def plan_report(
    ledger: Ledger,
    planned: Sequence[PlannedInvoice],
    period: Period,
    *,
    has_lines: bool,
) -> Report:
    """Return what would be issued for a period, and what would wait and why; with the lines of each draft."""
    as_of = ledger.last_recorded_at()
    tables = [plan_table(ledger, planned)]
    if has_lines:
        lines = [line for each in planned if each.draft is not None for line in each.draft.lines]
        tables.append(lines_table(ledger, lines))
    document = {
        "schema": "session-ledger/invoice-plan/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "documents": [plan_document(each) for each in planned],
    }
    return Report("invoice-plan", titled(msg("Invoices to be"), period), document, tuple(tables), as_of)


def plan_table(ledger: Ledger, planned: Iterable[PlannedInvoice]) -> Table:
    """Return what would be issued, and what not and why."""
    columns = (
        CUSTOMER_CODE,
        NAME,
        STATE,
        SESSIONS,
        aside(NET),
        aside(VAT),
        GROSS,
        aside(Column("duty", msg("KSeF"))),
        WHY,
    )
    return Table("plan", msg("Invoices to be"), columns, _plan_rows(ledger, planned))


def _plan_rows(ledger: Ledger, planned: Iterable[PlannedInvoice]) -> Iterable[Row]:
    for each in planned:
        sums = (None, None, None) if each.draft is None else each.draft.sums
        sessions = tuple(map(str, each.sessions))
        why = "" if each.why is None else each.why.message
        name = ledger.customer_name(each.customer)
        yield (each.customer, name, each.state, sessions, *sums, each.duty, why)


def plan_document(each: PlannedInvoice) -> dict[str, Any]:
    """Return a planned document for JSON."""
    draft = each.draft
    return {
        "customer": each.customer,
        "state": each.state,
        "sessions": list(each.sessions),
        "net_grosze": None if draft is None else draft.sums.net_grosze,
        "vat_grosze": None if draft is None else draft.sums.vat_grosze,
        "gross_grosze": None if draft is None else draft.sums.gross_grosze,
        "duty": each.duty,
        "lines": [] if draft is None else [line_document(line) for line in draft.lines],
        "reason": None if each.why is None else each.why.code,
    }


def line_document(line: InvoiceLine) -> dict[str, Any]:
    """Return one line for JSON; the session is its stream's id."""
    return {
        "number": line.number,
        "unit_id": line.unit_id,
        "service_on": line.service_on.isoformat(),
        "band": line.band,
        "rule": line.rule,
        "hours": line.hours,
        "list_grosze": line.list_grosze,
        "discount_grosze": line.discount_grosze,
        "net_grosze": line.net_grosze,
        "before": line.before,
    }


def lines_table(ledger: Ledger, lines: Sequence[InvoiceLine]) -> Table:
    """Return the lines of a document."""
    columns = (
        Column("line", labels.LINE, "integer"),
        SESSION,
        Column("service_on", labels.DAY, "date"),
        BAND,
        Column("hours", msg("Hours"), "integer"),
        LIST,
        Column("discount_grosze", msg("Off an hour"), "grosze"),
        NET,
        STATE,
    )
    rows: list[Row] = [
        (
            line.number,
            ledger.session_number(line.session),
            line.service_on,
            line.band,
            line.hours,
            line.list_grosze,
            line.discount_grosze,
            line.net_grosze,
            "before" if line.before else "",
        )
        for line in lines
    ]
    return Table("lines", msg("Lines"), columns, rows)


def correction_report(ledger: Ledger, number: str, draft: CorrectionDraft) -> Report:
    """Return the lines of a correction before and after, and the difference."""
    sums = Table("difference", labels.DIFFERENCE, (NET, VAT, GROSS), [tuple(draft.sums)])
    title = msg("Correction of {number}", number=number)
    return Report("correction", title, {}, (lines_table(ledger, draft.rows), sums))


def list_table(ledger: Ledger, found: Register, invoices: Sequence[Invoice]) -> Table:
    """Return documents, one a line."""
    columns = (
        NUMBER,
        aside(KIND),
        ISSUED_ON,
        CUSTOMER_CODE,
        BUYER,
        aside(NET),
        aside(VAT),
        GROSS,
        DUE_ON,
        PAID,
        Column("ksef", msg("KSeF")),
        CORRECTS,
    )

    def rows() -> Iterable[Row]:
        for invoice in invoices:
            issued = invoice.issued
            yield (
                issued.number,
                kind_of(issued),
                issued.issued_on,
                issued.customer,
                buyer_name(ledger, issued),
                issued.net_grosze,
                issued.vat_grosze,
                issued.gross_grosze,
                issued.due_on,
                invoice.paid_grosze,
                ksef_of(invoice),
                None if issued.corrects is None else found.original_of(invoice).issued.number,
            )

    return Table("invoices", labels.DOCUMENTS, columns, rows())


def invoice_document(found: Register, invoice: Invoice) -> dict[str, Any]:
    """Return one document for JSON; no name is in it."""
    issued, put_aside = invoice.issued, withdrawn_on(invoice)
    return {
        "number": issued.number,
        "kind": kind_of(issued),
        "customer": issued.customer,
        "issued_on": issued.issued_on.isoformat(),
        "due_on": issued.due_on.isoformat(),
        "net_grosze": issued.net_grosze,
        "vat_grosze": issued.vat_grosze,
        "gross_grosze": issued.gross_grosze,
        "paid_grosze": invoice.paid_grosze,
        "duty": issued.duty,
        "state": invoice.state,
        "ksef_number": None if invoice.accepted is None else invoice.accepted.ksef_number,
        "receipt": issued.receipt,
        "corrects": None if issued.corrects is None else found.original_of(invoice).issued.number,
        "corrections": [each.number for each in invoice.corrections],
        "sent_on": [each.on.isoformat() for each in invoice.sent],
        "received_on": None if invoice.received_on is None else invoice.received_on.isoformat(),
        "withdrawn_on": None if put_aside is None else put_aside.isoformat(),
        "xml_sha256": issued.xml_sha256,
    }


def ksef_of(invoice: Invoice) -> str:
    """Return the KSeF number, or exempt, consumer, to_send, submitted, rejected or withdrawn."""
    if invoice.accepted is not None:
        return invoice.accepted.ksef_number
    if invoice.state != "issued":
        return invoice.state
    return "to_send" if invoice.issued.duty == "ksef" else invoice.issued.duty


def buyer_name(ledger: Ledger, issued: InvoiceIssued) -> str:
    """Return the buyer's name on the document, or [erased]."""
    words = ledger.words(issued.commitment)
    return ERASED if words is None else words.get("name", ERASED)
