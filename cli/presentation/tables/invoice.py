"""Invoices as tables: plans, lists, lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cli.presentation.formats.model import Column, Row, Table
from cli.presentation.text import Text
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.events import InvoiceIssued, InvoiceLine
from ledger.domain.invoice.state import Invoice
from ledger.handlers.invoice.plan import PlannedInvoice
from projections.queries.sales_register import Register, kind_of, withdrawn_on

NUMBER = Column("number", Text("Numer", "Number"))
CUSTOMER = Column("customer", Text("Klient", "Customer"))
BUYER = Column("buyer", Text("Nabywca", "Buyer"))
NET = Column("net_grosze", Text("Netto", "Net"), "grosze")
VAT = Column("vat_grosze", Text("VAT", "VAT"), "grosze")
GROSS = Column("gross_grosze", Text("Brutto", "Gross"), "grosze")
ISSUED_ON = Column("issued_on", Text("Wystawiono", "Issued"), "date")
KIND = Column("kind", Text("Rodzaj", "Kind"))
STATES = {
    "issue": Text("do wystawienia", "to be issued"),
    "nothing_due": Text("nic do zapłaty", "nothing due"),
    "needs_receipt": Text("paragon", "needs a receipt"),
    "blocked": Text("wstrzymana", "blocked"),
    "waiting": Text("czeka", "waiting"),
}


def plan_table(ledger: Ledger, planned: Iterable[PlannedInvoice]) -> Table:
    """What would be issued, and what not and why."""
    columns = (
        CUSTOMER,
        Column("name", Text("Nazwa", "Name")),
        Column("state", Text("Stan", "State")),
        Column("sessions", Text("Sesje", "Sessions")),
        NET,
        VAT,
        GROSS,
        Column("duty", Text("KSeF", "KSeF")),
        Column("why", Text("Dlaczego", "Why")),
    )
    return Table("plan", Text("Plan faktur", "Invoices to be"), columns, _plan_rows(ledger, planned))


def _plan_rows(ledger: Ledger, planned: Iterable[PlannedInvoice]) -> Iterable[Row]:
    for each in planned:
        sums = (None, None, None) if each.draft is None else each.draft.sums
        sessions = tuple(map(str, each.sessions))
        why = "" if each.why is None else each.why.fact
        name = ledger.customer_name(each.customer)
        yield (each.customer, name, each.state, sessions, *sums, each.duty, why)


def plan_document(each: PlannedInvoice) -> dict[str, Any]:
    """One document to be, in JSON."""
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
    """One line in JSON; the session is its stream's id."""
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
    """The lines of a document."""
    columns = (
        Column("line", Text("Wiersz", "Line"), "integer"),
        Column("session", Text("Sesja", "Session"), "integer"),
        Column("service_on", Text("Dzień", "Day"), "date"),
        Column("band", Text("Pora", "Band")),
        Column("hours", Text("Godziny", "Hours"), "integer"),
        Column("list_grosze", Text("Cena", "List price"), "grosze"),
        Column("discount_grosze", Text("Rabat za godz.", "Off an hour"), "grosze"),
        NET,
        Column("state", Text("Stan", "State")),
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
    return Table("lines", Text("Wiersze", "Lines"), columns, rows)


def list_table(ledger: Ledger, found: Register, invoices: Sequence[Invoice]) -> Table:
    """Documents one a line."""
    columns = (
        NUMBER,
        KIND,
        ISSUED_ON,
        CUSTOMER,
        BUYER,
        NET,
        VAT,
        GROSS,
        Column("due_on", Text("Termin", "Due"), "date"),
        Column("paid_grosze", Text("Zapłacono", "Paid"), "grosze"),
        Column("ksef", Text("KSeF", "KSeF")),
        Column("corrects", Text("Koryguje", "Corrects")),
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

    return Table("invoices", Text("Dokumenty", "Documents"), columns, rows())


def invoice_document(found: Register, invoice: Invoice) -> dict[str, Any]:
    """One document in JSON; no name stands in it."""
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
    """The number of KSeF, or why there is none: exempt, consumer, to_send, submitted, rejected, withdrawn."""
    if invoice.accepted is not None:
        return invoice.accepted.ksef_number
    if invoice.state != "issued":
        return invoice.state
    return "to_send" if invoice.issued.duty == "ksef" else invoice.issued.duty


def buyer_name(ledger: Ledger, issued: InvoiceIssued) -> str:
    """The buyer's name as it stands on the document, or [erased]."""
    words = ledger.words(issued.commitment)
    return ERASED if words is None else words.get("name", ERASED)
