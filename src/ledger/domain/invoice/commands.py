"""Commands on an issued document, as values, and the event that each of them causes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from ledger.domain import events as e
from ledger.domain.invoice.state import Invoice, require_correctable, require_not_before, require_payment
from ledger.domain.metadata import Metadata
from ledger.domain.time_rules import day_not_ahead
from ledger.message import msg


class InvoiceCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A request to change one document, before anything is decided."""

    def arguments(self) -> dict[str, Any]:
        """Return what the digest of a command id is taken from, beside the document's number."""
        raise NotImplementedError


class RecordPayment(InvoiceCommand, frozen=True, kw_only=True):
    """The buyer paid the invoice or a part of it; a negative amount went back.

    `overpaid` allows more than is left to pay; it is no part of the digest.
    """

    amount_grosze: int
    on: date
    method: e.PaymentMethod
    overpaid: bool = False

    def arguments(self) -> dict[str, Any]:
        """Return what the digest of a command id is taken from."""
        return {"paid": self.amount_grosze, "on": self.on, "method": self.method}


class MarkSent(InvoiceCommand, frozen=True, kw_only=True):
    """The document went out to the buyer."""

    how: e.SentHow
    on: date

    def arguments(self) -> dict[str, Any]:
        """Return what the digest of a command id is taken from."""
        return {"sent": self.how, "on": self.on}


class MarkReceived(InvoiceCommand, frozen=True, kw_only=True):
    """The buyer confirmed the arrival; outside KSeF a reduction counts from then on."""

    on: date

    def arguments(self) -> dict[str, Any]:
        """Return what the digest of a command id is taken from."""
        return {"received": self.on}


class InvoiceContext(NamedTuple):
    """Who records, when, and the amount due with every correction, looked up when asked."""

    metadata: Metadata
    now: datetime
    owed_grosze: Callable[[], int]


def decide(invoice: Invoice, command: InvoiceCommand, context: InvoiceContext) -> e.Event:
    """Return the event that a command causes. Raises TimeAhead, BadIssueDate, BadPayment and others."""
    return _DECIDE[type(command)](invoice, command, context)


def _paid(invoice: Invoice, command: RecordPayment, context: InvoiceContext) -> e.Event:
    require_correctable(invoice)
    day_not_ahead(command.on, context.now)
    require_payment(invoice, context.owed_grosze(), command.amount_grosze, overpaid=command.overpaid)
    return e.PaymentRecorded(
        **context.metadata.header(context.now),
        amount_grosze=command.amount_grosze,
        on=command.on,
        method=command.method,
    )


def _sent(invoice: Invoice, command: MarkSent, context: InvoiceContext) -> e.Event:
    require_not_before(command.on, invoice, msg("the sending"))
    day_not_ahead(command.on, context.now)
    return e.InvoiceSent(**context.metadata.header(context.now), how=command.how, on=command.on)


def _received(invoice: Invoice, command: MarkReceived, context: InvoiceContext) -> e.Event:
    require_not_before(command.on, invoice, msg("the receipt"))
    day_not_ahead(command.on, context.now)
    return e.InvoiceReceived(**context.metadata.header(context.now), on=command.on)


_DECIDE: dict[type[InvoiceCommand], Callable[[Invoice, Any, InvoiceContext], e.Event]] = {
    RecordPayment: _paid,
    MarkSent: _sent,
    MarkReceived: _received,
}
