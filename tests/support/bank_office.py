"""An office with the invoices of `tests/vectors/bank`, and accounts of buyers that were confirmed before."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from ledger.application.ledger import Environment, Ledger
from ledger.application.metadata import Metadata, PersonalData
from ledger.domain import events as e
from tests.support.office import Office

BANK = Path(__file__).parents[1] / "vectors" / "bank"
NOW = "2026-11-30T12:00:00+01:00"
SELLER_NIP = "9988776652"
IPKO_ACCOUNT = "46 1020 5561 0000 9900 0000 0011"
_AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
_BY = Metadata("anna", "desk-1")


class Owed(NamedTuple):
    """A row of invoices.csv, amounts in grosze."""

    number: str
    buyer: str
    name: str
    account: str
    ksef_number: str
    gross: int
    vat: int
    corrections: int
    paid: int
    issued_on: date
    due_on: date


def invoices() -> list[Owed]:
    """Return the rows of invoices.csv."""
    with (BANK / "invoices.csv").open(encoding="utf-8", newline="") as file:
        return [
            Owed(
                row["number"],
                row["buyer"],
                row["buyer_name"],
                row["buyer_account"],
                row["ksef_number"],
                grosze(row["gross"]),
                grosze(row["vat"]),
                grosze(row["corrections"]),
                grosze(row["paid"]),
                date.fromisoformat(row["issued_on"]),
                date.fromisoformat(row["due_on"]),
            )
            for row in csv.DictReader(file)
        ]


def grosze(text: str) -> int:
    """Return an amount like -12.50 in grosze."""
    whole, _, part = text.removeprefix("-").partition(".")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(part.ljust(2, "0")))


def accounts() -> list[str]:
    """Return the shop's own accounts."""
    with (BANK / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return [row["account"] for row in csv.DictReader(file)]


def expected() -> dict[str, Any]:
    """Return what each file must become."""
    document: dict[str, Any] = json.loads((BANK / "expected.json").read_text(encoding="utf-8"))
    files: dict[str, Any] = document["files"]
    return files


def issued(  # noqa: PLR0917 - the cells of a row
    number: str, customer: str, gross: int, vat: int, on: date, due_on: date
) -> e.InvoiceIssued:
    """Return the event of an invoice without lines."""
    return e.InvoiceIssued(
        **_BY.header(_AT),
        number=number,
        customer=customer,
        issued_on=on,
        due_on=due_on,
        lines=(),
        vat_percent=23,
        net_grosze=gross - vat,
        vat_grosze=vat,
        gross_grosze=gross,
        xml_sha256=number.encode().hex().zfill(64),
        xml_bytes=1,
        duty="ksef",
    )


class BankOffice(Office):
    """An office whose own accounts are set; `record_invoices` writes the events of the invoices."""

    def __init__(self, folder: Path, *, own: list[str] | None = None) -> None:
        super().__init__(folder, now=NOW)
        self.does(
            "config",
            "set",
            f"bank.accounts={','.join(own or accounts())}",
            f"seller.nip={SELLER_NIP}",
        )

    def opened(self) -> Ledger:
        """Return the ledger, to look into."""
        return Ledger.open(self.folder, Environment(lambda: datetime.now(UTC), os.urandom, NOW))

    def record_invoices(self, rows: list[Owed] | None = None) -> None:
        """Record invoices with their corrections, payments and KSeF numbers."""
        with self.opened() as ledger:
            for row in invoices() if rows is None else rows:
                _record(ledger, row)

    def knows_accounts(self) -> None:
        """Record of each buyer with an account a payment from it that a person confirmed."""
        with self.opened() as ledger:
            known = {row.account: row.buyer for row in invoices() if row.account}
            for number, (account, buyer) in enumerate(known.items(), start=901):
                _confirmed(ledger, account, buyer, f"FV/2026/09/{number:04d}")

    def takes_bank_file(self, name: str, *more: str) -> Any:  # noqa: ANN401 - whatever JSON says
        """Import a file of the vectors; iPKO's with the account that it does not name."""
        account = ("--account", IPKO_ACCOUNT) if name.startswith("ipko") else ()
        return self.does("payment", "import", str(BANK / name), *account, *more, "-f", "json").document

    def owed(self, number: str) -> int:
        """Return what is left to pay for an invoice, in grosze."""
        from ledger.handlers.payments.debts import owing  # noqa: PLC0415 - for those who ask

        with self.opened() as ledger:
            return next(debt.owed_grosze for debt in owing(ledger).debts if debt.number == number)


def _record(ledger: Ledger, row: Owed) -> None:
    stream = ledger.ids.new()
    fact = issued(row.number, row.buyer, row.gross, row.vat, row.issued_on, row.due_on)
    ledger.record(e.following(stream, 0, fact), PersonalData("tax", {"name": row.name}))
    more = list(_more(ledger, row, stream))
    if more:
        ledger.record(e.following(stream, 1, *more))


def _more(ledger: Ledger, row: Owed, stream: UUID) -> Iterator[e.Event]:
    header: dict[str, Any] = _BY.header(_AT)
    if row.ksef_number:
        yield e.InvoiceAccepted(**header, ksef_number=row.ksef_number, acquired_at=_AT)
    if row.corrections:
        number = row.number.replace("FV", "FK")
        correction = issued(number, row.buyer, row.corrections, 0, row.issued_on, row.due_on)
        of = ledger.ids.new()
        ledger.record(e.following(of, 0, _correcting(correction, stream)))
        yield e.InvoiceCorrected(**header, correction=of, number=number)
    if row.paid:
        yield e.PaymentRecorded(**header, amount_grosze=row.paid, on=row.due_on, method="transfer")


def _correcting(fact: e.InvoiceIssued, original: UUID) -> e.InvoiceIssued:
    import msgspec  # noqa: PLC0415 - here alone

    return msgspec.structs.replace(fact, corrects=original, effect="original")


def _confirmed(ledger: Ledger, account: str, buyer: str, number: str) -> None:
    header: dict[str, Any] = _BY.header(_AT)
    on = date(2026, 9, 15)
    invoice, transfer = ledger.ids.new(), ledger.ids.new()
    ledger.record(e.following(invoice, 0, issued(number, buyer, 12300, 2300, on, on)))
    seen = e.TransferSeen(**header, account=ledger.ids.new(), booked_on=on, value_on=on, amount_grosze=12300)
    ledger.record(e.following(transfer, 0, seen), PersonalData("tax", {"account": account}))
    parts = (e.PaidPart(invoice, number, 12300),)
    paid = e.PaymentRecorded(**header, amount_grosze=12300, on=on, method="transfer", transfer=transfer)
    ledger.record(
        [
            *e.following(transfer, 1, e.TransferAssigned(**header, parts=parts, rule="person")),
            *e.following(invoice, 1, paid),
        ]
    )
