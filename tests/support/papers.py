"""Invoices as plain data, for whoever prints them: each different in one thing from the plain one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ledger.domain.clock import Period
from ledger.domain.invoice.document import (
    Corrects,
    Document,
    DocumentRow,
    Paper,
    Party,
    Payment,
    PrintedHour,
    PrintedSession,
    Statement,
)

POLISH = "ąćęłńóśźż"
ROOT = bytes(range(32))
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Faktura>zażółć</Faktura>\n'.encode()
OFFICE = "Podstawowa stawka obowiązująca w godzinach pracy biura to 100,00 zł netto."
NIGHT = "W godzinach nocnych, po 22:00, 4x cena standardowa."

SELLER = Party("Zażółć gęślą jaźń Serwis sp. z o.o.", "ul. Źródlana 5/7", "00-950 Warszawa", nip="5260250274")
BUYER = Party(
    "Łódzkie Młyny S.A.", "ul. Ćwiartki 3", "90-001 Łódź", nip="5265877635", email="biuro@mlyny.example"
)
DUE = Payment(date(2026, 12, 6), "PL61109010140000071219812874", "Bank Spółdzielczy")


def row(number: int, net: int, *, quantity: int = 1, discount: int = 0, **more: Any) -> DocumentRow:  # noqa: ANN401 - fields
    """A line whose list price follows from the rest."""
    return DocumentRow(
        number=number,
        unit_id=f"u.{number}",
        service_on=more.pop("service_on", date(2026, 11, 16)),
        name=more.pop("name", "Zdalna pomoc serwisowa w godzinach nocnych, sesja 12"),
        quantity=quantity,
        list_grosze=net // quantity + discount,
        discount_grosze=discount,
        net_grosze=net,
        **more,
    )


def hour(opened_at: datetime, net: int, *, band: str = "night", percent: int = 0) -> PrintedHour:
    """A started hour."""
    quote = NIGHT if band == "night" else OFFICE
    return PrintedHour(opened_at, band, net * 100 // (100 - percent), percent, net, f"bands.{band}", quote)


def session(number: int, count: int, **more: Any) -> PrintedSession:  # noqa: ANN401 - fields
    """A session of some hours at night, its data deleted and that measured."""
    connected_at = datetime(2026, 11, 16, 21, 5, tzinfo=UTC) + timedelta(days=number % 7)
    told: dict[str, Any] = {
        "session_ref": f"r/{number}",
        "issue": "other",
        "connected_at": connected_at,
        "ended_at": connected_at + timedelta(minutes=60 * count - 10),
        "hours": tuple(hour(connected_at + timedelta(hours=each), 40_000) for each in range(count)),
        "waived_grosze": 0,
        "purged_at": connected_at + timedelta(hours=count, seconds=42),
        "evidence": "measured",
    }
    return PrintedSession(number=number, **{**told, **more})


def document(rows: tuple[DocumentRow, ...], *, percent: int = 23, **more: Any) -> Document:  # noqa: ANN401 - fields
    """An ordinary invoice over these rows."""
    net = sum(-each.net_grosze if each.before else each.net_grosze for each in rows)
    vat = (net * percent + 50) // 100
    told: dict[str, Any] = {
        "number": "FV/2026/11/0001",
        "kind": "VAT",
        "issued_on": date(2026, 11, 22),
        "made_at": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        "seller": SELLER,
        "buyer": BUYER,
        "is_consumer": False,
        "treatment": "pl",
        "vat_percent": percent,
        "rows": rows,
        "net_grosze": net,
        "vat_grosze": vat,
        "gross_grosze": net + vat,
        "payment": DUE,
        "place": "Warszawa",
    }
    return Document(**{**told, **more})


def paper(of: Document | None = None, **more: Any) -> Paper:  # noqa: ANN401 - fields
    """A document on paper; the plain one charges two sessions and is KSeF's."""
    told: dict[str, Any] = {
        "document": of or plain(),
        "xml": XML,
        "sessions": (session(12, 1), session(13, 1)),
        "origin": "ledger.mastiff.example",
        "tree_size": 1234,
        "root": ROOT,
        "covered_at": datetime(2026, 11, 22, 9, 0, 7, 123_456, tzinfo=UTC),
        "in_ksef": True,
        "ksef_number": "5265877635-20250826-0100001AF629-AF",
    }
    return Paper(**{**told, **more})


def plain() -> Document:
    """The example of the design: 850.00, 195.50, 1045.50."""
    off = "Zdalna pomoc serwisowa poza godzinami pracy biura, sesja 12"
    office = "Zdalna pomoc serwisowa w godzinach pracy biura, sesja 13"
    return document(
        (
            row(1, 40_000, quantity=2, name=off),
            row(2, 40_000),
            row(3, 5_000, discount=5_000, name=office, service_on=date(2026, 11, 18)),
        )
    )


def consumer() -> Paper:
    """200.00 net to a consumer, outside KSeF."""
    who = Party("Jan Żółw", "ul. Miła 1", "00-001 Warszawa")
    made = document((row(1, 20_000, quantity=2),), buyer=who, is_consumer=True)
    return paper(
        made, in_ksef=False, ksef_number=None, sessions=(session(12, 2, purged_at=None, evidence=None),)
    )


def to_receipt() -> Paper:
    """The consumer's, to a till receipt that settled it."""
    made = consumer()
    return replace(made, document=replace(made.document, receipt="W/17/2026"))


def correction() -> Paper:
    """Two hours that were one: -200.00, -46.00, -246.00."""
    made = document(
        (row(1, 40_000, quantity=2, before=True), row(1, 20_000)),
        number="FK/2026/11/0001",
        kind="KOR",
        corrects=Corrects(
            "FV/2026/11/0001", date(2026, 11, 22), "błędna godzina zakończenia", "original",
            "5265877635-20250826-0100001AF629-AF",
        ),
    )  # fmt: skip
    return paper(made, ksef_number=None, sessions=(session(12, 1, evidence="declared"),))


def abroad(treatment: str = "eu") -> Paper:
    """A buyer in another country, to whom no Polish VAT is charged."""
    who = Party("Müller & Söhne GmbH", "Hauptstraße 1", "10115 Berlin", "DE", vat_id="DE123456789")
    if treatment == "non_eu":
        who = Party("Smith Ltd", "1 High Street", "London", "GB", vat_id="GB123")
    made = document((row(1, 40_000),), percent=0, buyer=who, treatment=treatment)
    return paper(made)


def long() -> Paper:
    """Forty lines, long names, a session beside each."""
    name = "Zdalna pomoc serwisowa " + "przyślij-zażółć_gęślą.jaźń/" * 4
    buyer = replace(BUYER, name="Przedsiębiorstwo Wielobranżowe „Świt” " * 5 + "X" * 90)
    made = document(
        tuple(
            row(number, 40_000, name=name if number % 9 == 0 else f"Zdalna pomoc serwisowa, sesja {number}")
            for number in range(1, 41)
        ),
        buyer=buyer,
    )
    return paper(made, sessions=tuple(session(number, 1 + number % 3) for number in range(1, 41)))


def statement() -> Statement:
    """A month of four sessions: charged, half free, a test, and one whose data are still there."""
    at = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
    free = session(
        14, 1, issue="hardware", hours=(PrintedHour(at, "office", 10_000, 100, 0, "free", OFFICE),)
    )
    test = session(15, 1, issue="test", session_ref=None, evidence="declared", hours=())
    kept = session(16, 1, waived_grosze=30_000, purged_at=None, evidence=None, hours=(hour(at, 10_000),))
    return Statement(
        customer="K-041",
        name="=1+1 Łódzkie Młyny",
        period=Period(date(2026, 11, 1), date(2026, 12, 1)),
        as_of=datetime(2026, 11, 30, 11, 0, tzinfo=UTC),
        sessions=(session(12, 2), free, test, kept),
        net_grosze=90_000,
        vat_grosze=20_700,
        gross_grosze=110_700,
    )
