"""Commands on a document as values, and the facts they cause."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ledger import errors
from ledger.domain import events as e
from ledger.domain.invoice import state as invoices
from ledger.domain.invoice.commands import (
    InvoiceCommand,
    InvoiceContext,
    MarkReceived,
    MarkSent,
    RecordPayment,
    decide,
)
from ledger.domain.invoice.state import Invoice
from tests.ledger.domain.invoice.test_state import ISSUED_ON, issued
from tests.support.given import ANNA, NINE

CONTEXT = InvoiceContext(ANNA, NINE, lambda: 12300)
TOMORROW, YESTERDAY = date(2026, 11, 17), date(2026, 11, 15)


def commands(on: date) -> list[InvoiceCommand]:
    return [MarkSent(how="email", on=on), MarkReceived(on=on)]


def document() -> Invoice:
    return invoices.evolve(None, UUID(int=7), issued())


@pytest.mark.parametrize("command", commands(ISSUED_ON), ids=["sent", "received"])
def test_what_went_out_and_arrived_is_recorded_with_its_day(command: InvoiceCommand) -> None:
    event = decide(document(), command, CONTEXT)
    assert isinstance(event, e.InvoiceSent | e.InvoiceReceived)
    assert (event.on, event.by, event.at) == (ISSUED_ON, "anna", NINE)


@pytest.mark.parametrize(
    ("on", "refusal"), [(TOMORROW, errors.TimeAhead), (YESTERDAY, errors.TimeOrder)], ids=["ahead", "before"]
)
def test_no_document_goes_out_or_arrives_ahead_of_the_clock_or_before_its_day(
    on: date, refusal: type[errors.LedgerError]
) -> None:
    for command in commands(on):
        with pytest.raises(refusal):
            decide(document(), command, CONTEXT)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (
            RecordPayment(amount_grosze=1, on=ISSUED_ON, method="transfer", overpaid=True),
            {"paid": 1, "on": ISSUED_ON, "method": "transfer"},
        ),
        (MarkSent(how="email", on=ISSUED_ON), {"sent": "email", "on": ISSUED_ON}),
        (MarkReceived(on=ISSUED_ON), {"received": ISSUED_ON}),
    ],
    ids=["paid", "sent", "received"],
)
def test_a_digest_is_taken_from_what_is_said(command: InvoiceCommand, arguments: dict[str, Any]) -> None:
    assert command.arguments() == arguments


def test_a_payment_is_recorded_as_it_was_said() -> None:
    event = decide(document(), RecordPayment(amount_grosze=100, on=ISSUED_ON, method="transfer"), CONTEXT)
    assert isinstance(event, e.PaymentRecorded)
    assert (event.amount_grosze, event.on, event.method) == (100, ISSUED_ON, "transfer")
