"""What becomes of an issued document, and of sessions that are settled without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.identifiers import check_key
from ledger.domain.invoice.state import (
    Invoice,
    require_correctable,
    require_live,
    require_not_before,
    require_payment,
)
from ledger.domain.session import decide as d
from ledger.domain.session.evolve import Session
from ledger.handlers.session import tell

Decide = Callable[[Invoice, d.Author, datetime], e.Event]


def paid(
    ledger: Ledger,
    said: Metadata,
    number: str,
    *,
    amount_grosze: int,
    on: date,
    method: e.PaymentMethod,
    overpaid: bool = False,
) -> Receipt:
    """The buyer paid the invoice or a part of it; a negative amount went back. Raises BadPayment.

    `overpaid`: it may be more than is left to pay.
    """

    def decide(invoice: Invoice, author: d.Author, now: datetime) -> e.Event:
        require_correctable(invoice)
        d.day_not_ahead(on, now)
        require_payment(invoice, owed(ledger, invoice), amount_grosze, overpaid=overpaid)
        return e.PaymentRecorded(**author.header(now), amount_grosze=amount_grosze, on=on, method=method)

    arguments = {"paid": amount_grosze, "on": on, "method": method}
    return _tell(ledger, said, number, arguments, decide)


def owed(ledger: Ledger, invoice: Invoice) -> int:
    """What the invoice comes to with its corrections, in grosze gross."""
    corrections = (ledger.invoice(each.correction) for each in invoice.corrections)
    return invoice.issued.gross_grosze + sum(each.issued.gross_grosze for each in corrections)


def sent(ledger: Ledger, said: Metadata, number: str, *, how: e.SentHow, on: date) -> Receipt:
    """The document went out."""

    def decide(invoice: Invoice, author: d.Author, now: datetime) -> e.Event:
        require_not_before(on, invoice, "the sending")
        d.day_not_ahead(on, now)
        return e.InvoiceSent(**author.header(now), how=how, on=on)

    return _tell(ledger, said, number, {"sent": how, "on": on}, decide)


def received(ledger: Ledger, said: Metadata, number: str, *, on: date) -> Receipt:
    """The buyer confirmed that the document arrived: outside KSeF a reduction counts from then on."""

    def decide(invoice: Invoice, author: d.Author, now: datetime) -> e.Event:
        require_not_before(on, invoice, "the receipt")
        d.day_not_ahead(on, now)
        return e.InvoiceReceived(**author.header(now), on=on)

    return _tell(ledger, said, number, {"received": on}, decide)


def _tell(
    ledger: Ledger, said: Metadata, number: str, arguments: Mapping[str, object], decide: Decide
) -> Receipt:
    author = ledger.author(said, "invoice life", {"number": number, **arguments})
    if repeat := ledger.repeat_of(author, None):
        return repeat
    invoice = ledger.find_invoice(number)
    require_live(invoice)
    return ledger.record(invoice.id, invoice.version, [decide(invoice, author, ledger.now())])


def receipt(
    ledger: Ledger, said: Metadata, named: str, *, number: str, at: datetime | None = None
) -> Receipt:
    """A till receipt settles the session instead of an invoice."""
    check_key(number, "the receipt's number")

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.settle_by_receipt(session, author, at=moment, number=number)

    return tell(ledger, said, named, "receipt", {"number": number}, decide=decide, at=at)


def invoice_request(ledger: Ledger, said: Metadata, named: str, *, on: date) -> Receipt:
    """A consumer asks for an invoice."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.request_invoice(session, author, at=moment, on=on)

    return tell(ledger, said, named, "invoice-request", {"on": on}, decide=decide, at=None)
