"""How to meet the refusals of billing documents as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ledger.domain.invoice.document import Document
from ledger.fa3.validate import validate
from ledger.fa3.writer import fa3_xml
from tests.errors.desk import Desk, Told
from tests.support.invoices import CONSUMER, KINDS, SYSTEM

XML = fa3_xml(KINDS["example"], SYSTEM)


def _write(document: Document) -> Callable[[Desk], Told]:
    return lambda desk: desk.fails(lambda: fa3_xml(document, SYSTEM))


def _read(xml: bytes) -> Callable[[Desk], Told]:
    return lambda desk: desk.fails(lambda: validate(xml))


INVOICING = {
    "E-INVOICE-FIELD": _write(replace(KINDS["example"], buyer=replace(CONSUMER, name="Kowalski\x07"))),
    "E-INVOICE-SUMS": _write(replace(KINDS["example"], gross_grosze=104551)),
    "E-XML-UNREADABLE": _read(b"\xef\xbb\xbf" + XML),
    "E-XML-SCHEMA": _read(XML.replace(b"FA (3)", b"FA(3)")),
    "E-XML-SUMS": _read(XML.replace(b"<P_15>1045.50<", b"<P_15>1045.51<")),
}
