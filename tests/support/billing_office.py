"""An office that issues invoices: its seller, its customers, and help that came to something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.office import Office

PERIOD = "2026-11"
DECEMBER = "2026-12-01T09:00:00+01:00"
SELLER = (
    "seller.nip=5260250274",
    "seller.name=Serwis Komputerowy Anna Nowak",
    "seller.address_line1=ul. Przykładowa 1",
    "seller.address_line2=00-001 Warszawa",
    "seller.place=Warszawa",
    "seller.bank_account=61 1090 1014 0000 0712 1981 2874",
    "seller.bank_name=Bank Przykładowy",
)
NIP = "5265877635"


def shop(folder: Path, *settings: str) -> Office:
    """A ledger whose seller is known and which stays outside KSeF; other settings may say otherwise."""
    office = Office(folder, now="2026-11-01T08:00:00+01:00")
    office.does("config", "set", *SELLER, "ksef.mode=exempt_10k", *settings)
    return office


def business(office: Office, code: str = "K-1", name: str = "Łódź Żółć Sp. z o.o.", nip: str = NIP) -> None:
    """A customer with a NIP."""
    office.does(
        "customer", "add", code, "--name", name, "--nip", nip, "--consumer", "no",
        "--address-line1", "ul. Śliczna 2", "--address-line2", "00-002 Kraków",
    )  # fmt: skip


def valid_nip(number: int) -> str:
    """A NIP made of a number and its check digit; one whose digit would be 10 is skipped."""
    body = f"{526_000_000 + 2 * number:09d}"
    check = (
        sum(int(digit) * weight for digit, weight in zip(body, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
    )
    return valid_nip(number + 1_000_000) if check == 10 else f"{body}{check}"


def helped(office: Office, begins: str, until: str, customer: str = "K-1", issue: str = "other") -> int:
    """A session between two office times; its number."""
    office.now = f"{begins}+01:00"
    number = office.does(
        "session", "request", "--customer", customer, "--issue", issue, "-f", "json"
    ).document
    session = int(number["session"])
    office.does("session", "connect", str(session), "--technician", "anna")
    office.now = f"{until}+01:00"
    office.does("session", "end", str(session))
    return session


def example(office: Office) -> None:
    """The example: 2 off hours and a night in full, a purchase, then an office hour at half price."""
    business(office)
    helped(office, "2026-11-09T20:10:00", "2026-11-09T22:40:00")
    office.now = "2026-11-10T09:30:00+01:00"
    office.does("purchase", "add", "K-1", "--order", "Z-1", "--at", "2026-11-10T09:00:00+01:00")
    helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00")
    office.now = DECEMBER


def issued(office: Office, *words: str) -> dict[str, Any]:
    """The one document that a command issues."""
    found: dict[str, Any] = office.does("invoice", *words, "--yes", "-f", "json").document
    return found


def xml_of(office: Office, number: str) -> bytes:
    """The file of a document."""
    digest = office.asks("invoice", "show", number)["invoice"]["xml_sha256"]
    return (office.folder / "documents" / f"{digest}.xml").read_bytes()


def sums(document: dict[str, Any]) -> tuple[int, int, int]:
    """Net, VAT and gross."""
    return document["net_grosze"], document["vat_grosze"], document["gross_grosze"]
