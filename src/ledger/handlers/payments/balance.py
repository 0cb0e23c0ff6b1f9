"""What a customer owes at the end of a day: the content of a confirmation of balance.

Nothing is recorded, and nothing is left out that was recorded later about that day: a payment counts from
its own day, a correction from its day of issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain.clock import office_time
from ledger.domain.customer import live_code
from ledger.domain.invoice.state import Invoice
from ledger.errors import TimeAhead
from ledger.handlers.buyer import Addressee, addressee_of, members_of
from ledger.handlers.payments.debts import merges_of
from ledger.handlers.privacy.invoices import all_documents
from ledger.message import msg


class Movement(NamedTuple):
    """Money that came in on a document, in grosze; negative when it went back."""

    number: str
    on: date
    amount_grosze: int


class OpenDocument(NamedTuple):
    """An invoice that is not settled at the end of the day; money in grosze."""

    invoice: Invoice
    corrections_grosze: int
    """Gross of the corrections issued by then."""
    payments: tuple[Movement, ...]

    @property
    def paid_grosze(self) -> int:
        """What came in by then, less what went back."""
        return sum(each.amount_grosze for each in self.payments)

    @property
    def left_grosze(self) -> int:
        """What is still to be paid; negative where too much was paid."""
        return self.invoice.issued.gross_grosze + self.corrections_grosze - self.paid_grosze


class Balance(NamedTuple):
    """A customer's account at the end of a day."""

    addressee: Addressee
    on: date
    documents: tuple[OpenDocument, ...]

    @property
    def balance_grosze(self) -> int:
        """What the customer owes; negative where the shop owes."""
        return sum(each.left_grosze for each in self.documents)


class CustomerBalance(NamedTuple):
    """How many documents of a customer are open, and what they come to in grosze."""

    customer: str
    documents: int
    balance_grosze: int


def balance_of(ledger: Ledger, customer: str, on: date) -> Balance:
    """Return the account of a customer at the end of a day, in order of issue.

    Left out are documents that were withdrawn and those to a receipt, which was paid at the till.

    Raises: CustomerUnknown, TimeAhead.
    """
    codes = members_of(ledger, customer)
    found = (each for each in _open_at_the_end(ledger, on) if each.invoice.issued.customer in codes)
    in_order = sorted(found, key=lambda each: (each.invoice.issued.issued_on, each.invoice.issued.number))
    return Balance(addressee_of(ledger, codes[0]), on, tuple(in_order))


def balances(ledger: Ledger, on: date) -> list[CustomerBalance]:
    """Return the customers with open documents at the end of a day, by code; raises TimeAhead."""
    merged = merges_of(ledger)
    theirs: dict[str, list[int]] = {}
    for each in _open_at_the_end(ledger, on):
        theirs.setdefault(live_code(merged, each.invoice.issued.customer), []).append(each.left_grosze)
    return [CustomerBalance(code, len(left), sum(left)) for code, left in sorted(theirs.items())]


def _open_at_the_end(ledger: Ledger, on: date) -> Iterator[OpenDocument]:
    if on > office_time(ledger.now()).date():
        raise TimeAhead(msg("{day} is not yet over: who knows what is paid by then", day=on))
    documents = {invoice.id: invoice for invoice in all_documents(ledger)}
    for invoice in documents.values():
        if _counts(invoice, on) and (found := _at_the_end(invoice, documents, on)).left_grosze:
            yield found


def _counts(invoice: Invoice, on: date) -> bool:
    issued = invoice.issued
    return (
        not invoice.is_correction
        and issued.receipt is None
        and invoice.state != "withdrawn"
        and issued.issued_on <= on
    )


def _at_the_end(invoice: Invoice, documents: Mapping[UUID, Invoice], on: date) -> OpenDocument:
    corrections = [documents[each.correction].issued for each in invoice.corrections]
    corrected = sum(each.gross_grosze for each in corrections if each.issued_on <= on)
    moved = sorted((each for each in _movements(invoice) if each.on <= on), key=lambda each: each.on)
    return OpenDocument(invoice, corrected, tuple(moved))


def _movements(invoice: Invoice) -> Iterator[Movement]:
    """Yield what came in and what went back; a payment that was a mistake, dated as its reversal, is none."""
    number = invoice.issued.number
    mistaken = [(each.transfer, each.amount_grosze, each.on) for each in invoice.reversals]
    for each in invoice.payments:
        if each.transfer is not None and (each.transfer, each.amount_grosze, each.on) in mistaken:
            mistaken.remove((each.transfer, each.amount_grosze, each.on))
        else:
            yield Movement(number, each.on, each.amount_grosze)
    for _, amount, day in mistaken:
        yield Movement(number, day, -amount)
