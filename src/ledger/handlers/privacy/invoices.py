"""The billing documents of a person: which there are, until when the law keeps them, what erasing means."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.invoice.state import Invoice, evolve
from ledger.domain.retention import tax_until
from ledger.folder import documents as document_files
from ledger.store.mapper import read_fact


def all_documents(ledger: Ledger, until: int | None = None) -> list[Invoice]:
    """Every document of the first `until` events, in the order of issue."""
    found: dict[UUID, Invoice] = {}
    for _, stream, version, topic, _, state in ledger.store.rows_of("invoice", until):
        subject = UUID(bytes=stream)
        found[subject] = evolve(found.get(subject), subject, read_fact(topic, state, subject, version))
    return list(found.values())


def documents_of(ledger: Ledger, codes: Collection[str]) -> list[Invoice]:
    """The documents that name one of these customers."""
    return [invoice for invoice in all_documents(ledger) if invoice.issued.customer in codes]


def kept_until(ledger: Ledger, invoice: Invoice) -> date:
    """The last day on which the law keeps a document: so many years after the year of its issue."""
    return tax_until(invoice.issued.issued_on, ledger.state.settings["retention.tax_years"])


def forget_documents(ledger: Ledger, streams: Iterable[UUID]) -> dict[UUID, str]:
    """Remove the files of those of these streams that are documents; return the numbers of what stayed."""
    stayed: dict[UUID, str] = {}
    for stream in streams:
        rows = ledger.store.stream_rows(stream.bytes)
        if rows and rows[0][3] == e.InvoiceIssued.TOPIC:
            issued = ledger.invoice(stream).issued
            if not document_files.forget(ledger.folder.documents, issued.xml_sha256):
                stayed[stream] = issued.number
    return stayed
