"""`Document` read out of its own XML: what paper shows is what was issued, whatever changed since.

The seller of `ledger.toml` may have moved, and names of lines may be worded anew: the XML stays. What FA(3)
has no field for (whether the buyer is a consumer, when a refund is due) comes from the fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ledger.domain.events import CorrectionEffect, InvoiceIssued
from ledger.domain.invoice.document import Corrects, Document, DocumentNote, DocumentRow, Party, Payment
from ledger.domain.money import parse_amount
from ledger.fa3.parser import Node, local_name, parse, text_of

_RECEIPT = "Paragon"


def document_in(xml: bytes, issued: InvoiceIssued) -> Document:
    """The document that our own XML says; the buyer's e-mail is not in it. Raises XmlUnreadable."""
    root = parse(xml)
    body = next(_children(root, "Fa"))
    return Document(
        number=_said(body, "P_2"),
        kind="KOR" if _said(body, "RodzajFaktury") == "KOR" else "VAT",
        issued_on=date.fromisoformat(_said(body, "P_1")),
        made_at=datetime.fromisoformat(_said(root, "Naglowek/DataWytworzeniaFa")),
        seller=_party(next(_children(root, "Podmiot1"))),
        buyer=_party(next(_children(root, "Podmiot2"))),
        is_consumer=issued.consumer,
        treatment=issued.treatment,
        vat_percent=issued.vat_percent,
        rows=tuple(_row(row, text_of(body, "P_6")) for row in _children(body, "FaWiersz")),
        net_grosze=issued.net_grosze,
        vat_grosze=issued.vat_grosze,
        gross_grosze=parse_amount(_said(body, "P_15")),
        payment=Payment(
            issued.due_on,
            text_of(body, "Platnosc/RachunekBankowy/NrRB"),
            text_of(body, "Platnosc/RachunekBankowy/NazwaBanku"),
            text_of(body, "Platnosc/RachunekBankowy/SWIFT"),
        ),
        place=text_of(body, "P_1M"),
        receipt=issued.receipt,
        corrects=None if issued.effect is None else _corrects(body, issued.effect),
        notes=tuple(note for note in _notes(body) if (note.key, note.value) != (_RECEIPT, issued.receipt)),
    )


def _said(node: Node, path: str) -> str:
    """A text that our XML always has."""
    return text_of(node, path) or ""


def _children(node: Node, name: str) -> Iterator[Node]:
    return (child for child in node if local_name(child.tag) == name)


def _party(node: Node) -> Party:
    known = "DaneIdentyfikacyjne"
    union, other = text_of(node, f"{known}/NrVatUE"), text_of(node, f"{known}/NrID")
    return Party(
        name=_said(node, f"{known}/Nazwa"),
        address_line1=_said(node, "Adres/AdresL1"),
        address_line2=_said(node, "Adres/AdresL2"),
        country=text_of(node, "Adres/KodKraju") or text_of(node, f"{known}/KodKraju") or "PL",
        nip=text_of(node, f"{known}/NIP"),
        vat_id=other if union is None else f"{_said(node, f'{known}/KodUE')}{union}",
        email=text_of(node, "DaneKontaktowe/Email"),
    )


def _row(node: Node, shared_day: str | None) -> DocumentRow:
    return DocumentRow(
        number=int(_said(node, "NrWierszaFa")),
        unit_id=_said(node, "UU_ID"),
        service_on=date.fromisoformat(shared_day or _said(node, "P_6A")),
        name=_said(node, "P_7"),
        quantity=int(_said(node, "P_8B")),
        list_grosze=parse_amount(_said(node, "P_9A")),
        discount_grosze=parse_amount(text_of(node, "P_10") or "0.00"),
        net_grosze=parse_amount(_said(node, "P_11")),
        before=text_of(node, "StanPrzed") == "1",
    )


def _notes(body: Node) -> Iterator[DocumentNote]:
    for node in _children(body, "DodatkowyOpis"):
        row = text_of(node, "NrWiersza")
        yield DocumentNote(_said(node, "Klucz"), _said(node, "Wartosc"), None if row is None else int(row))


def _corrects(body: Node, effect: CorrectionEffect) -> Corrects:
    about = next(_children(body, "DaneFaKorygowanej"))
    before = next(_children(body, "Podmiot2K"), None)
    return Corrects(
        number=_said(about, "NrFaKorygowanej"),
        issued_on=date.fromisoformat(_said(about, "DataWystFaKorygowanej")),
        reason=_said(body, "PrzyczynaKorekty"),
        effect=effect,
        ksef_number=text_of(about, "NrKSeFFaKorygowanej"),
        buyer_before=None if before is None else _party(before),
    )
