"""A document read out of its own XML is the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from ledger.domain.events import InvoiceIssued
from ledger.domain.invoice.document import Corrects, Document, DocumentNote, Party, Payment
from ledger.fa3.reader import document_in
from ledger.fa3.writer import fa3_xml
from tests.support import papers

ID = UUID(int=1)


def fact(of: Document) -> InvoiceIssued:
    """The event of a document, as far as it is read."""
    return InvoiceIssued(
        at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        by="anna",
        number=of.number,
        customer="K-1",
        issued_on=of.issued_on,
        due_on=of.payment.due_on,
        lines=(),
        vat_percent=of.vat_percent,
        net_grosze=of.net_grosze,
        vat_grosze=of.vat_grosze,
        gross_grosze=of.gross_grosze,
        xml_sha256="",
        xml_bytes=0,
        duty="ksef",
        treatment=of.treatment,
        consumer=of.is_consumer,
        receipt=of.receipt,
        corrects=None if of.corrects is None else ID,
        effect=None if of.corrects is None else of.corrects.effect,
    )


def corrected_buyer() -> Document:
    """No rows, no amounts: only another name."""
    return papers.document(
        (),
        kind="KOR",
        corrects=Corrects(
            "FV/1", date(2026, 11, 2), "nazwa", "original",
            buyer_before=Party("Dawna", "ul. Stara 1", nip=papers.BUYER.nip),
        ),
    )  # fmt: skip


def unpaid(of: Document) -> Document:
    """XML names no account where nobody is to pay; nor does paper."""
    return replace(of, payment=Payment(of.payment.due_on))


DOCUMENTS = {
    "plain": papers.plain(),
    "notes": replace(
        papers.plain(), notes=(DocumentNote("Zamówienie", "Z/7"), DocumentNote("Sesja 12", "usunięte", 1))
    ),
    "email": replace(papers.plain(), seller=replace(papers.SELLER, email="faktury@mastiff.example")),
    "consumer": papers.consumer().document,
    "receipt": unpaid(papers.to_receipt().document),
    "correction": unpaid(papers.correction().document),
    "corrected buyer": unpaid(corrected_buyer()),
    "eu": papers.abroad().document,
    "non_eu": papers.abroad("non_eu").document,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_read_is_what_was_written(name: str) -> None:
    of = DOCUMENTS[name]
    written = replace(of, buyer=replace(of.buyer, email=None))  # the XML has no e-mail of the buyer
    assert document_in(fa3_xml(written, "session-ledger"), fact(written)) == written
