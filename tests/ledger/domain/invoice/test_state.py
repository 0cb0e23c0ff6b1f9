"""What the facts of a document, of its series and of a billed session add up to, and what may come next."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import errors
from ledger.domain import events as e
from ledger.domain.invoice import state as invoices
from ledger.domain.invoice.state import Invoice, Series, State
from ledger.domain.ledger_state import LedgerState
from ledger.domain.ledger_state import evolve as book_evolve
from ledger.domain.session import commands as c
from ledger.domain.session.evolve import evolve
from ledger.message import msg
from tests.support.given import NINE, STREAM, decided, in_state, minutes

INVOICE = UUID(int=7)
CORRECTION = UUID(int=8)
ISSUED_ON = date(2026, 11, 16)


def issued(**more: Any) -> e.InvoiceIssued:  # noqa: ANN401 - as a test gives it
    """An invoice of 100.00 + 23.00."""
    event = e.InvoiceIssued(
        at=NINE,
        by="anna",
        number="FV/2026/11/0001",
        customer="K-1",
        issued_on=ISSUED_ON,
        due_on=date(2026, 11, 30),
        lines=(),
        vat_percent=23,
        net_grosze=10000,
        vat_grosze=2300,
        gross_grosze=12300,
        xml_sha256="0" * 64,
        xml_bytes=1,
        duty="ksef",
    )
    return msgspec.structs.replace(event, **more)


def paid(amount_grosze: int) -> e.PaymentRecorded:
    return e.PaymentRecorded(
        at=NINE, by="anna", amount_grosze=amount_grosze, on=date(2026, 11, 20), method="transfer"
    )


def submitted() -> e.InvoiceSubmitted:
    return e.InvoiceSubmitted(at=NINE, by="anna", mode="online", session_reference="s", reference="r")


def rejected() -> e.InvoiceRejected:
    return e.InvoiceRejected(at=NINE, by="anna", code=450)


def duplicate(original: str = "") -> e.InvoiceRejected:
    """Of an older release where no other document is named."""
    return e.InvoiceRejected(at=NINE, by="anna", code=440, original=original)


def accepted() -> e.InvoiceAccepted:
    return e.InvoiceAccepted(at=NINE, by="anna", ksef_number="5260250274-X", acquired_at=NINE)


def withdrawn() -> e.InvoiceWithdrawn:
    return e.InvoiceWithdrawn(at=NINE, by="anna", reason="data-changed")


def corrected(number: str = "FK/2026/11/0001", correction: UUID = CORRECTION) -> e.InvoiceCorrected:
    return e.InvoiceCorrected(at=NINE, by="anna", correction=correction, number=number)


def invoice(*events: e.Event, **more: Any) -> Invoice:  # noqa: ANN401 - as a test gives it
    """The document that these facts add up to, after InvoiceIssued."""
    recorded = [
        e.RecordedEvent(INVOICE, n, event) for n, event in enumerate((issued(**more), *events), start=1)
    ]
    found = invoices.project(None, recorded)
    assert found is not None
    return found


# --- what facts add up to ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "issued"),
        ([submitted()], "submitted"),
        ([submitted(), rejected()], "rejected"),
        ([submitted(), rejected(), submitted()], "submitted"),
        ([submitted(), rejected(), submitted(), accepted()], "accepted"),
        ([submitted(), duplicate("5260250274-Y")], "rejected"),
        ([submitted(), duplicate()], "submitted"),
        ([submitted(), rejected(), duplicate()], "submitted"),
        ([submitted(), duplicate(), withdrawn()], "withdrawn"),
        ([submitted(), rejected(), withdrawn()], "withdrawn"),
        ([submitted(), rejected(), withdrawn(), rejected()], "withdrawn"),
        ([submitted(), submitted(), rejected(), withdrawn(), accepted()], "accepted"),
    ],
)
def test_a_document_is_where_its_last_answer_from_ksef_put_it(events: list[e.Event], state: State) -> None:
    """One that was refused may be sent again, or is put aside; one that was accepted stays so, always."""
    assert invoice(*events).state == state


def test_a_document_knows_what_became_of_it() -> None:
    """Sent, received, corrected, erased; each fact is a version."""
    found = invoice(
        e.InvoiceSent(at=NINE, by="anna", how="email", on=ISSUED_ON),
        e.InvoiceReceived(at=NINE, by="anna", on=date(2026, 11, 18)),
        corrected(),
        e.InvoiceDataErased(at=NINE, by="anna"),
    )
    assert [each.how for each in found.sent] == ["email"]
    assert found.received_on == date(2026, 11, 18)
    assert [each.correction for each in found.corrections] == [CORRECTION]
    assert (found.erased, found.version) == (True, 5)
    assert not found.is_correction
    assert invoice(corrects=INVOICE).is_correction


def test_a_correction_that_was_withdrawn_is_none() -> None:
    """The others stay, in their order."""
    other = UUID(int=9)
    undone = e.CorrectionWithdrawn(at=NINE, by="anna", correction=CORRECTION, number="FK/2026/11/0001")
    found = invoice(corrected(), undone, corrected("FK/2026/11/0002", other))
    assert ([each.correction for each in found.corrections], found.version) == ([other], 4)


def test_a_fact_of_something_else_is_none_of_a_document() -> None:
    """A defect, never a refusal: the store would not have taken it."""
    with pytest.raises(TypeError, match="SessionBilled"):
        invoice(e.SessionBilled(at=NINE, by="anna", invoice=INVOICE, number="x", net_grosze=0, band_hours={}))


@given(st.lists(st.integers(-50_000, 50_000)))
def test_what_is_paid_is_the_sum_of_all_payments(amounts: list[int]) -> None:
    """Money that went back is taken off."""
    assert invoice(*map(paid, amounts)).paid_grosze == sum(amounts)


def _drawn(number: str, on: date) -> e.NumberDrawn:
    return e.NumberDrawn(
        at=NINE,
        by="anna",
        series="FV/2026/11/#",
        number=number,
        invoice=INVOICE,
        issued_on=on,
        exempt_grosze=0,
    )


def test_a_series_counts_its_numbers_and_remembers_the_latest_day() -> None:
    """Before the first number there is no day."""
    days = [date(2026, 11, 16), date(2026, 11, 20)]
    recorded = [
        e.RecordedEvent(STREAM, n, _drawn(f"FV/2026/11/{n:04}", day)) for n, day in enumerate(days, start=1)
    ]
    found = invoices.project_series(None, recorded)
    assert found is not None
    assert (found.version, found.last_issued_on) == (2, days[1])
    assert invoices.project_series(None, []) is None
    assert (Series().version, Series().last_issued_on) == (0, None)


# --- what may come next -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid_before", "owed", "amount", "is_taken"),
    [
        (0, 12300, 12300, True),
        (0, 12300, 12301, False),
        (10000, 12300, 2300, True),
        (10000, 12300, 2301, False),
        (10000, 12300, -10000, True),
        (10000, 12300, -10001, False),
        (12300, 0, -12300, True),
        (12300, 0, 1, False),
        (0, 12300, 0, False),
        (0, -100, -100, True),
        (0, -100, -101, False),
        (0, -100, 1, False),
    ],
)
def test_a_payment_stays_between_nothing_and_what_is_owed(
    paid_before: int, owed: int, amount: int, *, is_taken: bool
) -> None:
    """Not more than is left, not more back than came in; where a correction left less than nothing owed,
    that much may go back.
    """
    found = invoice(*([paid(paid_before)] if paid_before else []))
    if is_taken:
        invoices.require_payment(found, owed, amount)
    else:
        with pytest.raises(errors.BadPayment):
            invoices.require_payment(found, owed, amount)


def test_what_is_paid_too_much_is_taken_when_somebody_says_so() -> None:
    with pytest.raises(errors.BadPayment) as refused:
        invoices.require_payment(invoice(), 12300, 12301)
    assert "--overpaid" in (refused.value.hint or "")
    invoices.require_payment(invoice(), 12300, 12301, overpaid=True)
    for amount in (0, -1):
        with pytest.raises(errors.BadPayment):
            invoices.require_payment(invoice(), 12300, amount, overpaid=True)
    invoices.require_payment(invoice(paid(12301)), 12300, -1)


@given(st.lists(st.integers(-30_000, 30_000), max_size=12), st.integers(-20_000, 20_000))
def test_payments_that_were_taken_never_leave_the_bounds(amounts: list[int], owed: int) -> None:
    """Whatever is tried in whatever order, what is paid stays between 0 and what is owed."""
    taken: list[e.Event] = []
    for amount in amounts:
        try:
            invoices.require_payment(invoice(*taken), owed, amount)
        except errors.BadPayment:
            continue
        taken.append(paid(amount))
        assert min(owed, 0) <= invoice(*taken).paid_grosze <= max(owed, 0)


def test_nothing_happens_to_a_document_before_its_day() -> None:
    """The day of issue itself is soon enough."""
    invoices.require_not_before(ISSUED_ON, invoice(), msg("the receipt"))
    with pytest.raises(errors.TimeOrder, match="the receipt"):
        invoices.require_not_before(date(2026, 11, 15), invoice(), msg("the receipt"))


def test_an_invoice_is_corrected_and_a_correction_is_not() -> None:
    invoices.require_correctable(invoice())
    with pytest.raises(errors.CorrectionOfCorrection, match="FV/2026/11/0001"):
        invoices.require_correctable(invoice(corrects=INVOICE))


# --- what may be put aside --------------------------------------------------------------------


def _withdrawable(found: Invoice, original: Invoice | None = None, owed: int = 0) -> None:
    invoices.require_withdrawable(found, original or found, owed)


@pytest.mark.parametrize(
    ("events", "more", "refusal", "hint"),
    [
        ([], {}, "never sent to KSeF", "invoice submit FV/2026/11/0001"),
        ([], {"duty": "exempt"}, r"outside KSeF \(exempt\)", "invoice correct FV/2026/11/0001"),
        ([], {"duty": "consumer"}, r"outside KSeF \(consumer\)", "invoice correct FV/2026/11/0001"),
        ([submitted()], {}, "has not said yet", "invoice submit FV/2026/11/0001 --check-only"),
        ([submitted(), rejected(), submitted()], {}, "has not said yet", "--check-only"),
        ([submitted(), accepted()], {}, "KSeF has FV", "invoice correct FV/2026/11/0001"),
    ],
)
def test_what_counts_or_still_may_is_not_put_aside(
    events: list[e.Event], more: dict[str, Any], refusal: str, hint: str
) -> None:
    """The hint leads on from where the document stands."""
    with pytest.raises(errors.NotWithdrawable, match=refusal) as refused:
        _withdrawable(invoice(*events, **more))
    assert hint in refused.value.hint


def test_what_ksef_rejected_is_put_aside_once() -> None:
    """Then nothing more becomes of it."""
    _withdrawable(invoice(submitted(), rejected()))
    invoices.require_live(invoice(submitted(), rejected()))
    put_aside = invoice(submitted(), rejected(), withdrawn())
    for guard in (_withdrawable, invoices.require_live):
        with pytest.raises(errors.DocumentWithdrawn, match="FV/2026/11/0001"):
            guard(put_aside)


def test_what_a_correction_stands_on_is_not_put_aside() -> None:
    """The last correction first; the one before it, or the invoice, after."""
    found = invoice(submitted(), rejected(), corrected())
    with pytest.raises(errors.NotWithdrawable, match="FK/2026/11/0001") as refused:
        _withdrawable(found)
    assert refused.value.hint == "session-ledger invoice withdraw FK/2026/11/0001"
    correction = Invoice(CORRECTION, issued(corrects=INVOICE, number="FK/2026/11/0001"), rejected=rejected())
    _withdrawable(correction, found)
    later = invoice(corrected(), corrected("FK/2026/11/0002", UUID(int=9)))
    with pytest.raises(errors.NotWithdrawable, match="FK/2026/11/0002"):
        _withdrawable(correction, later)


@given(st.lists(st.integers(-400, 400)), st.integers(-600, 600))
def test_no_payment_is_left_without_what_it_was_for(amounts: list[int], owed: int) -> None:
    """What is paid on the original lies between nothing and what it comes to without the document."""
    original = invoice(*map(paid, amounts), corrected())
    correction = Invoice(CORRECTION, issued(corrects=INVOICE), rejected=rejected())
    try:
        _withdrawable(correction, original, owed)
    except errors.NotWithdrawable:
        assert not min(owed, 0) <= sum(amounts) <= max(owed, 0)
    else:
        assert min(owed, 0) <= sum(amounts) <= max(owed, 0)


_OF_KSEF = st.lists(st.sampled_from([submitted(), rejected(), accepted(), withdrawn()]), max_size=8)


@given(_OF_KSEF)
def test_whatever_came_before_only_a_rejected_document_is_put_aside(events: list[e.Event]) -> None:
    """Never one that KSeF has or may have, in whatever order answers arrive."""
    found = invoice(*events)
    try:
        _withdrawable(found)
    except errors.Refused:
        assert found.state != "rejected"
    else:
        assert isinstance(
            [event for event in events if not isinstance(event, e.InvoiceWithdrawn)][-1], e.InvoiceRejected
        )
        assert found.accepted is None


# --- the session on its document ---------------------------------------------------------------


def _billed(correction: str | None = None) -> e.SessionBilled:
    return e.SessionBilled(
        at=minutes(60),
        by="anna",
        invoice=INVOICE,
        number="FV/2026/11/0001",
        net_grosze=10000,
        band_hours={"office": 1},
        correction=correction,
    )


def test_a_session_stands_on_one_live_document_and_a_correction_to_zero_frees_it() -> None:
    """While it stands there it takes neither receipt nor demand nor another's document."""
    found = evolve(in_state("ended"), STREAM, _billed())
    assert (found.billed, found.billed_on) == ("FV/2026/11/0001", _billed())
    with pytest.raises(errors.AlreadyBilled, match="FV/2026/11/0001"):
        decided(found, c.SettleByReceipt(number="0012"), at=minutes(90))
    with pytest.raises(errors.AlreadyBilled, match="FV/2026/11/0001"):
        decided(found, c.RequestInvoice(on=ISSUED_ON), at=minutes(90))
    with pytest.raises(errors.AlreadyBilled, match="FV/2026/11/0001"):
        decided(found, c.BillElsewhere(document="F/1"), at=minutes(90))
    freed = e.SessionUnbilled(at=minutes(61), by="anna", invoice=INVOICE, number="FK/2026/11/0001")
    found = evolve(found, STREAM, freed)
    assert (found.billed, found.billed_on) == (None, None)
    assert decided(found, c.SettleByReceipt(number="0012"), at=minutes(90))


def test_a_session_freed_from_its_invoice_stands_on_its_receipt_again() -> None:
    """The till counted the sale once, and still does."""
    found = in_state("ended")
    (receipt,) = decided(found, c.SettleByReceipt(number="0012"), at=minutes(40))
    found = evolve(found, STREAM, receipt)
    assert found.billed == "receipt:0012"
    (demand,) = decided(found, c.RequestInvoice(on=ISSUED_ON), at=minutes(50))
    found = evolve(found, STREAM, demand)
    assert found.invoice_requested_on == ISSUED_ON
    found = evolve(found, STREAM, _billed())
    found = evolve(
        found, STREAM, e.SessionUnbilled(at=minutes(61), by="anna", invoice=INVOICE, number="FK/2026/11/0001")
    )
    assert (found.billed, found.billed_on) == ("receipt:0012", None)


def test_a_sessions_fact_names_the_document_that_says_so() -> None:
    """The invoice that it was put on; a correction that changed it there, or took it off."""
    first, corrected_ = "FV/2026/11/0001", "FK/2026/11/0001"
    off = e.SessionUnbilled(at=minutes(61), by="anna", invoice=INVOICE, number=corrected_)
    named = [
        (event, number) for event in (_billed(), _billed(corrected_), off) for number in (first, corrected_)
    ]
    told = [invoices.names_document(event, number) for event, number in named]
    assert told == [True, False, False, True, False, True]
    assert not invoices.names_document(e.Noted(at=NINE, by="anna"), first)


def test_a_receipt_is_not_printed_before_the_help_ended() -> None:
    with pytest.raises(errors.TimeOrder):
        decided(in_state("ended"), c.SettleByReceipt(number="0012"), at=minutes(29))


def test_goodwill_after_the_invoice_is_taken_and_after_a_receipt_it_is_not() -> None:
    """A correction puts an invoice right; what stands elsewhere no document of this ledger reaches."""
    on_invoice = evolve(in_state("ended"), STREAM, _billed())
    assert decided(on_invoice, c.Waive(percent=10, reason="goodwill"), at=minutes(90))
    on_receipt = evolve(in_state("ended"), STREAM, e.ReceiptIssued(at=minutes(40), by="anna", number="0012"))
    with pytest.raises(errors.AlreadyBilled, match="receipt:0012"):
        decided(on_receipt, c.Waive(percent=10, reason="goodwill"), at=minutes(90))


# --- the book ---------------------------------------------------------------------------------


def test_the_duty_to_use_ksef_begins_once_and_lasts() -> None:
    """The book names the document that crossed the limit."""
    ledger_state: LedgerState = book_evolve(None, e.LedgerOpened(at=NINE, by="anna", origin="shop"))
    assert ledger_state.ksef_from is None
    began = e.KsefObligationBegan(
        at=minutes(5), by="anna", number="FV/2026/11/0011", month="2026-11", exempt_grosze=984_000
    )
    assert book_evolve(ledger_state, began).ksef_from == began
