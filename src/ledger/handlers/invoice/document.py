"""An issued document as `Document`: its event, the parties' data, and what its lines are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.invoice.document import Corrects, Document, DocumentNote, DocumentRow, Party, Payment
from ledger.domain.session.evolve import Session
from ledger.domain.tariff.sections import BandName
from ledger.fa3.seller import Seller
from ledger.handlers.invoice.charges import names_of_bands

_EVIDENCE = {
    "measured": "usunięcie zmierzone",
    "absence_measured": "zmierzony brak danych",
    "declared": "według oświadczenia",
}
BUYER_FIELDS = ("name", "nip", "address_line1", "address_line2", "email", "vat_id")

REASONS_PL = {
    "wrong-time": "błędny czas pomocy",
    "wrong-issue": "błędny rodzaj sprawy",
    "wrong-customer": "błędny nabywca",
    "missing-connection": "pominięte połączenie",
    "double-entry": "podwójny zapis tej samej pomocy",
    "goodwill": "udzielona ulga",
    "complaint": "uznana reklamacja",
    "checked": "sprawdzenie zapisów",
    "legal-claim": "roszczenie",
    "inspection": "wynik kontroli",
    "contract": "ustalenia umowy",
    "data-changed": "zmiana danych",
    "price-change": "zmiana ceny",
    "other": "inna przyczyna",
}
"""What a corrective invoice says of a reason given as a code alone: the document is Polish, and for ever."""


def buyer_party(words: Mapping[str, str], country: str, *, consumer: bool) -> Party:
    """The buyer as the vault knows them; of a consumer no tax number is named."""
    return Party(
        name=words["name"],
        address_line1=words.get("address_line1", ""),
        address_line2=words.get("address_line2", ""),
        country=country,
        nip=None if consumer else words.get("nip"),
        vat_id=None if consumer else words.get("vat_id"),
        email=words.get("email"),
    )


def document_of(
    ledger: Ledger,
    issued: e.InvoiceIssued,
    seller: Seller,
    buyer: Party,
    *,
    made_at: datetime,
    sessions: Mapping[UUID, Session],
    corrects: Corrects | None = None,
) -> Document:
    """What the document says, field by field; `sessions` are those of its lines as they stood then."""
    names = {
        stream: names_of_bands(ledger, ledger.session(stream))
        for stream in dict.fromkeys(line.session for line in issued.lines)
    }
    numbers = {line.session: ledger.session_number(line.session) for line in issued.lines}
    return Document(
        number=issued.number,
        kind="VAT" if corrects is None else "KOR",
        issued_on=issued.issued_on,
        made_at=made_at.replace(microsecond=0),
        seller=seller.party,
        buyer=buyer,
        is_consumer=issued.consumer,
        treatment=issued.treatment,
        vat_percent=issued.vat_percent,
        rows=tuple(_row(line, numbers[line.session], names[line.session]) for line in issued.lines),
        net_grosze=issued.net_grosze,
        vat_grosze=issued.vat_grosze,
        gross_grosze=issued.gross_grosze,
        payment=Payment(issued.due_on, seller.bank_account, seller.bank_name, seller.bank_bic),
        place=seller.place,
        receipt=issued.receipt,
        corrects=corrects,
        notes=tuple(_notes(sessions, issued.lines, numbers)) if corrects is None else (),
    )


def _row(line: e.InvoiceLine, session: int, names: Mapping[str, BandName]) -> DocumentRow:
    name = names.get(line.band)
    band = line.band if name is None else name.pl  # a document issued before lists had names
    return DocumentRow(
        number=line.number,
        unit_id=line.unit_id,
        service_on=line.service_on,
        name=f"Zdalna pomoc serwisowa {band}, sesja {session}",
        quantity=line.hours,
        list_grosze=line.list_grosze,
        discount_grosze=line.discount_grosze,
        net_grosze=line.net_grosze,
        before=line.before,
    )


def _notes(
    sessions: Mapping[UUID, Session], lines: Iterable[e.InvoiceLine], numbers: Mapping[UUID, int]
) -> Iterable[DocumentNote]:
    """When the data of each session were deleted, beside its first line."""
    for stream, line in {line.session: line for line in reversed(list(lines))}.items():
        session = sessions[stream]
        if session.purged_at is not None and session.purge_evidence is not None:
            moment = office_time(session.purged_at).isoformat(timespec="seconds")
            told = f"dane usunięte {moment}, {_EVIDENCE[session.purge_evidence]}"
            yield DocumentNote(f"Sesja {numbers[stream]}", told, line.number)
