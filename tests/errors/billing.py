"""How to meet the refusals in the life of a billing document."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant
from ledger.domain.events import InvoiceAccepted, InvoiceRejected, following
from ledger.handlers.invoice.draft import drafted
from tests.errors.desk import Desk, Told

SHIPPED = Path(__file__).parents[2] / "src" / "ledger" / "data" / "tariff.toml"
NUMBER = "FV/2026/11/0001"

SELLER = (
    "config set seller.nip=5260250274 seller.name=Serwis seller.address_line1=Prosta ksef.mode=exempt_10k"
)
BUYER = "customer update K-1 --nip 5265877635 --address-line1 Krucza --reason data-changed"
ISSUE = "invoice issue --session done --yes"
ISSUED = (SELLER, BUYER, ISSUE)
GOODWILL = "session waive done --percent 10 --reason goodwill"
CORRECT = f"invoice correct {NUMBER} --reason goodwill --yes"
WITHDRAW = f"invoice withdraw {NUMBER} --reason data-changed --yes"
RECEIPT = "session receipt done --number 0012"


def _helped(customer: str) -> tuple[str, ...]:
    """The lines of a session, `more`, of a customer."""
    return (
        f"session request --customer {customer} --issue other --ref more --at '2026-11-16 10:00'",
        "session connect more --technician zoe --at '2026-11-16 10:00'",
        "session end more --at '2026-11-16 10:30'",
    )


LINES: dict[str, tuple[str, ...]] = {
    "E-INVOICE-UNKNOWN": (f"invoice show {NUMBER}",),
    "E-INVOICE-NOTHING": (BUYER, "session correct done --issue test --reason checked", ISSUE),
    "E-SESSION-NOT-BILLABLE": (BUYER, "invoice issue --session on --yes"),
    "E-BUYER-INCOMPLETE": (ISSUE,),
    "E-SELLER-INCOMPLETE": (BUYER, ISSUE),
    "E-INVOICE-CONSUMER": (
        "customer add K-5 --name Kowalski --consumer yes",
        *_helped("K-5"),
        "invoice issue --session more --yes",
    ),
    "E-VAT-UNDECIDED": (
        "customer add K-5 --name Kowalski --country DE --consumer no",
        *_helped("K-5"),
        "invoice issue --session more --yes",
    ),
    "E-INVOICE-DATE": (SELLER, BUYER, f"{ISSUE} --date 2026-11-17"),
    "E-DRAFT-CHANGED": (SELLER, BUYER, f"{ISSUE} --expect-gross 50.00"),
    "E-SERIES-BEGUN": (*ISSUED, "config set invoice.start=FV/2026/11/0057"),
    "E-CORRECTION-OF-CORRECTION": (
        *ISSUED,
        GOODWILL,
        CORRECT,
        "invoice correct FK/2026/11/0001 --reason goodwill --yes",
    ),
    "E-CORRECTION-EARLY": (SELLER, "config set ksef.mode=online", BUYER, ISSUE, GOODWILL, CORRECT),
    "E-INVOICE-COUNTS": (*ISSUED, WITHDRAW),
    "E-PAYMENT": (*ISSUED, f"invoice paid {NUMBER} --amount 61.51 --on 2026-11-16 --method cash"),
}
"""Code to lines; the last one is refused, those before it are not."""


def _types(desk: Desk, *lines: str) -> None:
    for line in lines:
        told = desk.types(line)
        assert told.status == 0, (line, told)


def _typed(*lines: str) -> Callable[[Desk], Told]:
    def reproduce(desk: Desk) -> Told:
        _types(desk, *lines[:-1])
        return desk.types(lines[-1])

    return reproduce


def _opened(desk: Desk) -> Ledger:
    now = parse_instant("2026-11-16 12:00")
    return Ledger.open(desk.ledger, Environment(lambda: now, os.urandom))


def _together(*lines: str) -> Callable[[Desk], Told]:
    """What is said of one document over two sessions that do not go together."""

    def reproduce(desk: Desk) -> Told:
        _types(desk, BUYER, *lines)
        with _opened(desk) as ledger:
            streams = [ledger.find_session(named)[0] for named in ("done", "more")]
            return desk.fails(lambda: drafted(ledger, "K-1", streams))

    return reproduce


def _two_rates(desk: Desk) -> Told:
    """A price list with another rate of VAT, in force since a minute ago."""
    parts = SHIPPED.read_text(encoding="utf-8").split("[[examples]]")
    text = "[[examples]]".join(parts[:2])  # the others are of other years
    head, _, tail = text.partition("[[vat]]\npercent = 23\n")
    text = f"{head}[[vat]]\npercent = 8\n{tail}".replace("valid_from = 2024-01-01", "valid_from = 2026-11-16")
    (desk.folder / "new.toml").write_text(text, encoding="utf-8")
    publish = "tariff publish new.toml --yes --retroactive --reason price-change"
    return _together(publish, *_helped("K-1"))(desk)


def _another_nip(desk: Desk) -> Told:
    """An invoice that KSeF has taken."""
    _types(desk, SELLER, "config set ksef.mode=online", BUYER, ISSUE)
    with _opened(desk) as ledger:
        invoice = ledger.find_invoice(NUMBER)
        now = ledger.now()
        taken = InvoiceAccepted(at=now, by="anna", ksef_number="5260250274-20261116-X", acquired_at=now)
        ledger.record(following(invoice.id, invoice.version, taken))
    _types(desk, "customer update K-1 --nip 1132191233 --reason wrong-customer")
    return desk.types(f"invoice correct {NUMBER} --reason wrong-customer --yes")


def _withdrawn(desk: Desk) -> Told:
    """An invoice that KSeF rejected and that was withdrawn."""
    _types(desk, SELLER, "config set ksef.mode=online", BUYER, ISSUE)
    with _opened(desk) as ledger:
        invoice = ledger.find_invoice(NUMBER)
        refused = InvoiceRejected(at=ledger.now(), by="anna", code=450)
        ledger.record(following(invoice.id, invoice.version, refused))
    _types(desk, WITHDRAW)
    return desk.types(f"invoice sent {NUMBER} --how email --on 2026-11-16")


def _spoilt(spoil: Callable[[Path], object]) -> Callable[[Desk], Told]:
    """An issued document whose file something happened to."""

    def reproduce(desk: Desk) -> Told:
        _types(desk, *ISSUED)
        (file,) = (desk.ledger / "documents").glob("*.xml")
        spoil(file)
        return desk.types(f"invoice export {NUMBER} -o outbox")

    return reproduce


BILLING: dict[str, Callable[[Desk], Told]] = {code: _typed(*lines) for code, lines in LINES.items()} | {
    "E-INVOICE-RATES": _two_rates,
    "E-INVOICE-RECEIPTS": _together(RECEIPT, *_helped("K-1"), "session invoice-request done --on 2026-11-16"),
    "E-CORRECTION-NIP": _another_nip,
    "E-INVOICE-WITHDRAWN": _withdrawn,
    "E-DOCUMENT-MISSING": _spoilt(Path.unlink),
    "E-DOCUMENT-DAMAGED": _spoilt(lambda file: file.write_bytes(file.read_bytes() + b"\n")),
}
"""Code to reproducer."""
