"""Whether the amounts of a document follow from its lines, before anything is written.

Source: art. 106e ust. 1 and 11 of the Polish VAT act: net of a line = hours x (price - discount), VAT once
on the sum, half up.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.invoice.document import Document, DocumentRow
from ledger.domain.money import vat_on
from ledger.errors import InvoiceSums
from ledger.message import Message, joined, msg

VAT_OF_A_DIFFERENCE_GROSZE = 1
"""How far VAT of a correction may lie from VAT on its net.

It is VAT on the whole invoice after, less VAT on the whole invoice before. Each is rounded by half a grosz
at most, and so is VAT on the difference: together less than 1.5 grosz, in whole grosze 1.
"""


def check_document(document: Document) -> None:
    """Raise InvoiceSums with everything that does not add up."""
    faults = [*_row_faults(document), *_pair_faults(document), *_sum_faults(document)]
    if faults:
        raise InvoiceSums(joined(faults))


def _row_faults(document: Document) -> Iterator[Message]:
    for row in document.rows:
        if not 0 <= row.discount_grosze <= row.list_grosze:
            yield msg("row {row}: the discount is not between nothing and the price", row=row.number)
        if row.quantity < 0 or (row.quantity == 0 and document.kind == "VAT"):
            yield msg("row {row}: {hours} hours", row=row.number, hours=row.quantity)
        expected = row.quantity * (row.list_grosze - row.discount_grosze)
        if row.net_grosze != expected:
            yield msg(
                "row {row}: net {net} gr, its hours come to {expected} gr",
                row=row.number,
                net=row.net_grosze,
                expected=expected,
            )


def _pair_faults(document: Document) -> Iterator[Message]:
    """Numbers go up by row; only a row as it stood shares its number, with the row right after it."""
    numbers: list[int] = []
    rows = iter(document.rows)
    for row in rows:
        if row.number < 1 or (numbers and row.number <= numbers[-1]):
            yield msg("row {row}: its number does not go on from the row before", row=row.number)
        numbers.append(row.number)
        if row.before:
            after = next(rows, None)
            if after is None or after.before or (after.number, after.unit_id) != (row.number, row.unit_id):
                yield msg("row {row}: stands as it was, and no row after it as it is", row=row.number)
    if (document.kind == "KOR") != (document.corrects is not None):
        yield msg("a correction, and only that, names what it corrects")
    if document.kind == "VAT" and any(row.before for row in document.rows):
        yield msg("an invoice has no rows as they stood")


def _sum_faults(document: Document) -> Iterator[Message]:
    net = sum(_signed(row) for row in document.rows)
    if document.net_grosze != net:
        yield msg("net {net} gr, the rows come to {expected} gr", net=document.net_grosze, expected=net)
    yield from _vat_faults(document)
    gross = document.net_grosze + document.vat_grosze
    if document.gross_grosze != gross:
        yield msg(
            "gross {gross} gr, net and VAT come to {expected} gr", gross=document.gross_grosze, expected=gross
        )
    if document.kind == "VAT" and document.gross_grosze <= 0:
        yield msg("an invoice of nothing is not issued")
    if document.net_grosze * document.vat_grosze < 0:
        yield msg("net and VAT go opposite ways")


def _vat_faults(document: Document) -> Iterator[Message]:
    percent = document.vat_percent if document.treatment == "pl" else 0
    vat = vat_on(document.net_grosze, percent)
    slack = VAT_OF_A_DIFFERENCE_GROSZE if document.kind == "KOR" and percent else 0
    if abs(document.vat_grosze - vat) > slack:
        yield msg(
            "VAT {vat} gr, {percent} % of net are {expected} gr",
            vat=document.vat_grosze,
            percent=percent,
            expected=vat,
        )


def _signed(row: DocumentRow) -> int:
    return -row.net_grosze if row.before else row.net_grosze
