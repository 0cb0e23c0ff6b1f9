"""What the ledger's invoices owe, as the matching of transfers needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.customer import live_code
from ledger.domain.invoice.state import Invoice
from ledger.domain.payments.matching import Debt, Office
from ledger.domain.payments.transfer import Transfer
from ledger.fa3.seller import own_accounts, parse_seller
from ledger.handlers.privacy.invoices import all_documents
from ledger.store.mapper import DECODERS


class Owing(NamedTuple):
    """Every live invoice by number, and what is owed for each with its corrections."""

    invoices: Mapping[str, Invoice]
    debts: list[Debt]
    corrections: list[str]
    """Numbers of corrections, and of documents that were withdrawn."""

    def owed(self, number: str) -> int:
        """Return gross and corrections of an invoice, in grosze, whatever was paid."""
        return next(debt.owed_grosze + debt.paid_grosze for debt in self.debts if debt.number == number)


def owing(ledger: Ledger) -> Owing:
    """Return what is owed; names of buyers are read where something is.

    Nothing is owed on an invoice to a receipt: that was paid at the till.
    """
    documents = {invoice.id: invoice for invoice in all_documents(ledger)}
    merged = merges_of(ledger)
    invoices: dict[str, Invoice] = {}
    debts: list[Debt] = []
    corrections: list[str] = []
    for invoice in documents.values():
        if invoice.is_correction or invoice.state == "withdrawn":
            corrections.append(invoice.issued.number)
        else:
            invoices[invoice.issued.number] = invoice
            debts.append(_debt(ledger, invoice, documents, merged))
    return Owing(invoices, debts, corrections)


def _debt(
    ledger: Ledger, invoice: Invoice, documents: Mapping[UUID, Invoice], merged: Mapping[str, str]
) -> Debt:
    issued = invoice.issued
    corrected = [documents[each.correction].issued for each in invoice.corrections]
    gross = issued.gross_grosze + sum(each.gross_grosze for each in corrected)
    owed = (gross if issued.receipt is None else 0) - invoice.paid_grosze
    words = ledger.words(issued.commitment) if owed > 0 else None
    return Debt(
        number=issued.number,
        customer=live_code(merged, issued.customer),
        name=(words or {}).get("name", ""),
        due_on=issued.due_on,
        owed_grosze=owed,
        paid_grosze=invoice.paid_grosze,
        vat_grosze=issued.vat_grosze,
        ksef_number=None if invoice.accepted is None else invoice.accepted.ksef_number,
    )


def merges_of(ledger: Ledger) -> dict[str, str]:
    """Return the code that each merged one was merged into."""
    topic = e.CustomerMerged.TOPIC
    return {
        str(merged): cast("e.CustomerMerged", DECODERS[topic](state)).into
        for merged, state in ledger.store.payloads("customer", topic)
    }


def office(ledger: Ledger, debts: Iterable[Debt], transfers: Iterable[Transfer]) -> Office:
    """Return the shop's accounts and tax number, and the accounts that confirmed payments came from."""
    config = ledger.folder.read_config()
    customer_of = {debt.number: debt.customer for debt in debts}
    known: dict[str, set[str]] = {}
    for transfer in transfers:
        if transfer.state == "assigned" and transfer.seen.amount_grosze > 0 and not transfer.erased:
            account = (ledger.words(transfer.seen.commitment) or {}).get("account")
            customers = {customer_of[part.number] for part in transfer.parts if part.number in customer_of}
            if account:
                known.setdefault(account, set()).update(customers)
    return Office(
        accounts=frozenset(own_accounts(config)),
        nip=parse_seller(config).get("nip", ""),
        known={account: frozenset(customers) for account, customers in known.items()},
    )
