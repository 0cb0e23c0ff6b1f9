"""Billing documents of one shop and its buyers, in the kinds that FA(3) tells apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from ledger.domain.invoice.document import Corrects, Document, DocumentNote, DocumentRow, Party, Payment
from ledger.domain.money import vat_on

SYSTEM = "Session Ledger 0.1"
SELLER = Party(
    "Zażółć Serwis sp. z o.o.",
    "ul. Gęsia Jaźń 3",
    "30-002 Kraków",
    nip="5260250274",
    email="faktury@serwis.example",
)
BUYER = Party("Księgarnia „Pod Łosiem” i Syn", "ul. Długa 7 m. 2", "31-147 Kraków", nip="7740001454")
CONSUMER = Party("Łucja Źrebięca", "ul. Krótka 1", "31-149 Kraków", email="lucja@poczta.example")
GERMAN = Party("Bücher & Söhne GmbH", "Lange Straße 1", "10115 Berlin", country="DE", vat_id="DE136695976")
AMERICAN = Party("Books <&> Sons Inc.", "1 Long St", "Seattle, WA 98101", country="US")
DUE = Payment(date(2026, 12, 6), "PL61 1090 1014 0000 0712 1981 2874", "Santander Bank Polska S.A.")


def row(
    number: int,
    quantity: int,
    list_grosze: int,
    discount_grosze: int = 0,
    *,
    day: int = 16,
    before: bool = False,
    name: str = "Zdalna pomoc",
) -> DocumentRow:
    """A line on a day of November 2026, whose net follows from it."""
    net = quantity * (list_grosze - discount_grosze)
    service_on = date(2026, 11, day)
    return DocumentRow(
        number, f"u-{number}", service_on, name, quantity, list_grosze, discount_grosze, net, before=before
    )


def summed(document: Document) -> Document:
    """The document with the sums of its rows; VAT once, as on an invoice."""
    net = sum(-line.net_grosze if line.before else line.net_grosze for line in document.rows)
    vat = vat_on(net, document.vat_percent if document.treatment == "pl" else 0)
    return replace(document, net_grosze=net, vat_grosze=vat, gross_grosze=net + vat)


def invoice(*rows: DocumentRow) -> Document:
    """An ordinary invoice over these rows."""
    return summed(
        Document(
            number="FV/2026/11/0001",
            kind="VAT",
            issued_on=date(2026, 11, 22),
            made_at=datetime(2026, 11, 22, 9, 0, 0, 250_000, tzinfo=UTC),
            seller=SELLER,
            buyer=BUYER,
            is_consumer=False,
            treatment="pl",
            vat_percent=23,
            rows=rows,
            net_grosze=0,
            vat_grosze=0,
            gross_grosze=0,
            payment=DUE,
            place="Kraków",
        )
    )


def correction(*rows: DocumentRow, ksef_number: str | None = None) -> Document:
    """A correction of the ordinary invoice by these rows, before and after."""
    corrects = Corrects(
        "FV/2026/11/0001", date(2026, 11, 22), "godziny policzone dwa razy", "correction", ksef_number
    )
    return summed(
        replace(invoice(*rows), number="FK/2026/11/0001", kind="KOR", corrects=corrects, place=None)
    )


OFF_HOURS = row(1, 2, 200_00, day=16, name="Zdalna pomoc, poza godzinami biura")
NIGHT = row(2, 1, 400_00, day=17, name="Zdalna pomoc, noc")
HALF = row(3, 1, 100_00, 50_00, day=18, name="Zdalna pomoc, w godzinach biura")
EXAMPLE = (OFF_HOURS, NIGHT, HALF)


def as_before(line: DocumentRow) -> DocumentRow:
    """The row as it stood."""
    return replace(line, before=True)


def to(line: DocumentRow, quantity: int) -> DocumentRow:
    """The row with other hours."""
    return replace(line, quantity=quantity, net_grosze=quantity * (line.list_grosze - line.discount_grosze))


KINDS: dict[str, Document] = {
    "example": invoice(*EXAMPLE),
    "one-day": invoice(row(1, 3, 33_33)),
    "consumer": replace(invoice(OFF_HOURS), buyer=CONSUMER, is_consumer=True),
    "to-a-receipt": replace(invoice(NIGHT), receipt="W/0123/2026"),
    "eu": summed(replace(invoice(*EXAMPLE), buyer=GERMAN, treatment="eu")),
    "non-eu": summed(replace(invoice(*EXAMPLE), buyer=AMERICAN, treatment="non_eu")),
    "notes": replace(
        invoice(*EXAMPLE),
        notes=(
            DocumentNote("Sesja S-0001", "dane usunięte 2026-11-18T11:02:03+01:00", 1),
            DocumentNote("Zamówienie", "ZAM/17"),
        ),
    ),
    "correction": correction(
        as_before(OFF_HOURS), to(OFF_HOURS, 1), ksef_number="5260250274-20261122-0100001AF629-AF"
    ),
    "to-zero": correction(*(state for line in EXAMPLE for state in (as_before(line), to(line, 0)))),
    "correction-up": correction(as_before(OFF_HOURS), to(OFF_HOURS, 3)),
    "other-buyer": replace(
        correction(),
        corrects=Corrects(
            "FV/2026/11/0001",
            date(2026, 11, 22),
            "błędna nazwa nabywcy",
            "original",
            buyer_before=replace(BUYER, name="Księgarnia Pod Łosiem", address_line1="ul. Długa 17"),
        ),
    ),
}
"""One document of each kind; tests/ledger/fa3/golden holds the bytes of each."""
