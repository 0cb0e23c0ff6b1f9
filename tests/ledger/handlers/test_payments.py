"""Commands on an issued document over a real ledger: sent, received, paid."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest

from ledger import errors
from ledger.application.ledger import Ledger, Metadata
from ledger.domain import events as e
from ledger.domain.invoice.commands import InvoiceCommand, MarkReceived, MarkSent, RecordPayment
from ledger.errors import LedgerError
from ledger.handlers.invoice.payments import handle, owed
from tests.support.given import ANNA, AT, When, given, header

H: dict[str, Any] = header(AT)
TODAY = date(2026, 11, 16)
NUMBERS = count(1)
PAID = e.PaymentRecorded(**H, amount_grosze=12300, on=TODAY, method="cash")
WITHDRAWN = (
    e.InvoiceSubmitted(**H, mode="online", session_reference="s", reference="r"),
    e.InvoiceRejected(**H, code=440),
    e.InvoiceWithdrawn(**H, reason="data-changed"),
)


def issued(**more: Any) -> e.InvoiceIssued:  # noqa: ANN401 - as a test gives it
    """Return an invoice of 100.00 + 23.00 under a number of its own."""
    fields: dict[str, Any] = {
        "number": f"FV/2026/11/{next(NUMBERS):04d}",
        "customer": "K-1",
        "issued_on": TODAY,
        "due_on": date(2026, 11, 30),
        "lines": (),
        "vat_percent": 23,
        "net_grosze": 10000,
        "vat_grosze": 2300,
        "gross_grosze": 12300,
        "xml_sha256": f"{next(NUMBERS):064d}",
        "xml_bytes": 1,
        "duty": "ksef",
    }
    return e.InvoiceIssued(**H, **(fields | more))


def after(ledger: Ledger, command: InvoiceCommand, *history: e.Event, by: Metadata = ANNA) -> When:
    """Give a command on a document with a history of its own."""
    first = issued()
    return given(ledger, first, *history).when(lambda: handle(ledger, by, first.number, command))


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (MarkSent(how="email", on=TODAY), e.InvoiceSent(**H, how="email", on=TODAY)),
        (MarkReceived(on=TODAY), e.InvoiceReceived(**H, on=TODAY)),
        (RecordPayment(amount_grosze=12300, on=TODAY, method="cash"), PAID),
        (
            RecordPayment(amount_grosze=99999, on=TODAY, method="card", overpaid=True),
            e.PaymentRecorded(**H, amount_grosze=99999, on=TODAY, method="card"),
        ),
    ],
)
def test_command_records_its_event(ledger: Ledger, command: InvoiceCommand, event: e.Event) -> None:
    after(ledger, command).then(event)


YESTERDAY, TOMORROW = date(2026, 11, 15), date(2026, 11, 17)


@pytest.mark.parametrize(
    ("history", "command", "refusal"),
    [
        ((), MarkSent(how="email", on=YESTERDAY), errors.TimeOrder),
        ((), MarkSent(how="email", on=TOMORROW), errors.TimeAhead),
        ((), MarkReceived(on=YESTERDAY), errors.TimeOrder),
        ((), MarkReceived(on=TOMORROW), errors.TimeAhead),
        ((), RecordPayment(amount_grosze=1, on=TOMORROW, method="cash"), errors.TimeAhead),
        ((), RecordPayment(amount_grosze=0, on=TODAY, method="cash"), errors.BadPayment),
        ((), RecordPayment(amount_grosze=12301, on=TODAY, method="cash"), errors.BadPayment),
        ((PAID,), RecordPayment(amount_grosze=1, on=TODAY, method="cash"), errors.BadPayment),
        ((), RecordPayment(amount_grosze=-1, on=TODAY, method="cash"), errors.BadPayment),
        (WITHDRAWN, MarkSent(how="email", on=TODAY), errors.DocumentWithdrawn),
    ],
)
def test_command_against_a_rule_is_refused(
    ledger: Ledger, history: tuple[e.Event, ...], command: InvoiceCommand, refusal: type[LedgerError]
) -> None:
    after(ledger, command, *history).then(refusal)


def test_correction_counts_in_what_is_owed(ledger: Ledger) -> None:
    first = issued()
    found = given(ledger, first)
    second = issued(gross_grosze=-2300, corrects=found.stream, effect="correction")
    correction = given(ledger, second).stream
    corrected = e.InvoiceCorrected(**H, correction=correction, number=second.number)
    ledger.record(e.following(found.stream, 1, corrected))

    assert owed(ledger, ledger.invoice(found.stream)) == 10000
    found.when(
        lambda: handle(
            ledger, ANNA, first.number, RecordPayment(amount_grosze=10001, on=TODAY, method="cash")
        )
    ).then(errors.BadPayment)
    found.when(
        lambda: handle(ledger, ANNA, second.number, RecordPayment(amount_grosze=1, on=TODAY, method="cash"))
    ).then(errors.CorrectionOfCorrection)


def test_overpaid_is_no_part_of_the_command_under_an_id(ledger: Ledger) -> None:
    """The permission to overpay may be added when the same payment is recorded again."""
    first, by = issued(), ANNA._replace(command_id="paid-1")
    found = given(ledger, first)
    command = RecordPayment(amount_grosze=100, on=TODAY, method="cash")
    handle(ledger, by, first.number, command)

    again = handle(
        ledger, by, first.number, RecordPayment(amount_grosze=100, on=TODAY, method="cash", overpaid=True)
    )

    assert again.repeated
    found.when(lambda: handle(ledger, by, first.number, MarkReceived(on=TODAY))).then(errors.CommandReused)


def test_document_that_moved_on_is_seen_old(ledger: Ledger) -> None:
    after(ledger, MarkReceived(on=TODAY), PAID, by=ANNA._replace(seen=1)).then(errors.SeenOld)
    after(ledger, MarkReceived(on=TODAY), PAID, by=ANNA._replace(seen=2)).then(
        e.InvoiceReceived(**H, on=TODAY)
    )


def test_document_that_nobody_issued_is_unknown(ledger: Ledger) -> None:
    with pytest.raises(errors.InvoiceUnknown):
        handle(ledger, ANNA, "FV/0", MarkReceived(on=TODAY))
