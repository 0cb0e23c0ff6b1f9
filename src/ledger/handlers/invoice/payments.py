"""Commands on an issued document: sent, received, paid."""

from __future__ import annotations

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.invoice.commands import InvoiceCommand, InvoiceContext, decide
from ledger.domain.invoice.state import Invoice, require_live


def handle(ledger: Ledger, metadata: Metadata, number: str, command: InvoiceCommand) -> Receipt:
    """Carry a command out on the document of that number.

    The same command under the same id gives the first receipt again. Raises InvoiceUnknown,
    DocumentWithdrawn, CommandReused, SeenOld, Conflict, and what the command's decision refuses.
    """
    metadata = metadata.of_command("invoice life", {"number": number, **command.arguments()})
    if repeat := ledger.repeat_of(metadata):
        return repeat
    invoice = ledger.find_invoice(number)
    ledger.require_seen(metadata, invoice.id, invoice.version)
    require_live(invoice)
    context = InvoiceContext(metadata, ledger.now(), lambda: owed(ledger, invoice))
    event = decide(invoice, command, context)
    return ledger.record(e.following(invoice.id, invoice.version, event))


def owed(ledger: Ledger, invoice: Invoice) -> int:
    """Return the gross amount of the invoice with its corrections, in grosze; 0 of one to a till receipt."""
    if invoice.issued.receipt is not None:
        return 0
    corrections = (ledger.invoice(each.correction) for each in invoice.corrections)
    return invoice.issued.gross_grosze + sum(each.issued.gross_grosze for each in corrections)
