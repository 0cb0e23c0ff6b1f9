"""Whether the amounts of a document follow from its lines, before anything is written.

Source: art. 106e ust. 1 and 11 of the Polish VAT act: net of a line = hours x (price - discount), VAT once
on the sum, half up.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.invoice.document import Document, DocumentRow
from ledger.domain.money import vat_on
from ledger.errors import InvoiceSums

VAT_OF_A_DIFFERENCE_GROSZE = 1
"""How far VAT of a correction may lie from VAT on its net.

It is VAT on the whole invoice after, less VAT on the whole invoice before. Each is rounded by half a grosz
at most, and so is VAT on the difference: together less than 1.5 grosz, in whole grosze 1.
"""


def check_document(document: Document) -> None:
    """Raise InvoiceSums with everything that does not add up."""
    faults = [*_row_faults(document), *_pair_faults(document), *_sum_faults(document)]
    if faults:
        raise InvoiceSums("; ".join(faults))


def _row_faults(document: Document) -> Iterator[str]:
    for row in document.rows:
        if not 0 <= row.discount_grosze <= row.list_grosze:
            yield f"row {row.number}: the discount is not between nothing and the price"
        if row.quantity < 0 or (row.quantity == 0 and document.kind == "VAT"):
            yield f"row {row.number}: {row.quantity} hours"
        expected = row.quantity * (row.list_grosze - row.discount_grosze)
        if row.net_grosze != expected:
            yield f"row {row.number}: net {row.net_grosze} gr, its hours come to {expected} gr"


def _pair_faults(document: Document) -> Iterator[str]:
    """Numbers go up by row; only a row as it stood shares its number, with the row right after it."""
    numbers: list[int] = []
    rows = iter(document.rows)
    for row in rows:
        if row.number < 1 or (numbers and row.number <= numbers[-1]):
            yield f"row {row.number}: its number does not go on from the row before"
        numbers.append(row.number)
        if row.before:
            after = next(rows, None)
            if after is None or after.before or (after.number, after.unit_id) != (row.number, row.unit_id):
                yield f"row {row.number}: stands as it was, and no row after it as it is"
    if (document.kind == "KOR") != (document.corrects is not None):
        yield "a correction, and only that, names what it corrects"
    if document.kind == "VAT" and any(row.before for row in document.rows):
        yield "an invoice has no rows as they stood"


def _sum_faults(document: Document) -> Iterator[str]:
    net = sum(_signed(row) for row in document.rows)
    if document.net_grosze != net:
        yield f"net {document.net_grosze} gr, the rows come to {net} gr"
    yield from _vat_faults(document)
    gross = document.net_grosze + document.vat_grosze
    if document.gross_grosze != gross:
        yield f"gross {document.gross_grosze} gr, net and VAT come to {gross} gr"
    if document.kind == "VAT" and document.gross_grosze <= 0:
        yield "an invoice of nothing is not issued"
    if document.net_grosze * document.vat_grosze < 0:
        yield "net and VAT go opposite ways"


def _vat_faults(document: Document) -> Iterator[str]:
    percent = document.vat_percent if document.treatment == "pl" else 0
    vat = vat_on(document.net_grosze, percent)
    slack = VAT_OF_A_DIFFERENCE_GROSZE if document.kind == "KOR" and percent else 0
    if abs(document.vat_grosze - vat) > slack:
        yield f"VAT {document.vat_grosze} gr, {percent} % of net are {vat} gr"


def _signed(row: DocumentRow) -> int:
    return -row.net_grosze if row.before else row.net_grosze
