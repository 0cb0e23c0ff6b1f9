"""How an invoice differs from what its sessions come to now: for corrections, `check` and the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.invoice.bill import standing_lines
from ledger.domain.invoice.lines import corrected_rows
from ledger.domain.invoice.state import Invoice
from ledger.domain.session.state import Session
from ledger.handlers.invoice.charges import Charged, buyer_of, charged_as_it_stood


class Changes(NamedTuple):
    """What an invoice would have to say otherwise, and of which sessions."""

    rows: list[e.InvoiceLine]
    billed: list[Charged]
    """The sessions that stand on it and belong there."""
    freed: list[Session]
    """Those that stand on it and do not belong there any more: of another customer, or put aside."""


def changes_of(
    ledger: Ledger, invoice: Invoice, corrections: Sequence[Invoice], *, to_zero: bool = False
) -> Changes:
    """Return how an invoice and its corrections differ from what its sessions come to now.

    Raises NotBillable, NoCalendar.
    """
    buyer = buyer_of(ledger, invoice.issued.customer)
    streams = dict.fromkeys(line.session for line in invoice.issued.lines)
    mine = [each for each in map(ledger.session, streams) if stands_on(each, invoice)]
    freed = [each for each in mine if to_zero or not each.is_owed_by(buyer.codes)]
    billed = [charged_as_it_stood(ledger, each, buyer.purchases) for each in mine if each not in freed]
    charges = [charge for each in billed for charge in each.charges]
    lines = standing_lines(invoice.issued, (each.issued for each in corrections))
    numbered = max(line.number for each in (invoice, *corrections) for line in each.issued.lines)
    return Changes(corrected_rows(lines, charges, numbered), billed, freed)


def stands_on(session: Session, invoice: Invoice) -> bool:
    """Return True if a session stands on an invoice."""
    return session.billed_on is not None and session.billed_on.invoice == invoice.id
