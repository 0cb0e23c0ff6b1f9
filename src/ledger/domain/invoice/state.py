"""`Invoice` and `Series`: what the events of a billing document, and of its series of numbers, add up to.

A correction is an `Invoice` of its own. `evolve` takes every fact as it is and never refuses; what may
happen next is decided below, before a fact exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, cast
from uuid import UUID

from msgspec import Struct, field

from ledger import errors
from ledger.domain import events as e
from ledger.message import Hint, Message, Money, msg, step

State = Literal["issued", "submitted", "accepted", "rejected", "withdrawn"]


class Invoice(Struct):
    """One document as its events tell it."""

    id: UUID
    issued: e.InvoiceIssued
    version: int = 1
    corrections: list[e.InvoiceCorrected] = field(default_factory=list[e.InvoiceCorrected])
    payments: list[e.PaymentRecorded] = field(default_factory=list[e.PaymentRecorded])
    reversals: list[e.PaymentReversed] = field(default_factory=list[e.PaymentReversed])
    sent: list[e.InvoiceSent] = field(default_factory=list[e.InvoiceSent])
    received_on: date | None = None
    submissions: list[e.InvoiceSubmitted] = field(default_factory=list[e.InvoiceSubmitted])
    accepted: e.InvoiceAccepted | None = None
    rejected: e.InvoiceRejected | None = None
    """The answer to the last submission, where it was a refusal."""
    withdrawn: e.InvoiceWithdrawn | None = None
    """Put aside after a refusal. What KSeF takes all the same, by a sending under way, counts."""
    erased: bool = False
    """Whether the buyer's data and the files were erased at the end of the time the law keeps them."""

    @property
    def state(self) -> State:
        """Where the document stands with KSeF; `issued` for one that never went there."""
        if self.accepted is not None:
            return "accepted"
        if self.withdrawn is not None:
            return "withdrawn"
        if self.rejected is not None:
            return "rejected"
        return "submitted" if self.submissions else "issued"

    @property
    def paid_grosze(self) -> int:
        """What came in, less what went back, without the payments that were reversed."""
        came = sum(payment.amount_grosze for payment in self.payments)
        return came - sum(reversal.amount_grosze for reversal in self.reversals)

    @property
    def is_correction(self) -> bool:
        """Whether it corrects another document."""
        return self.issued.corrects is not None


def evolve(invoice: Invoice | None, stream: UUID, fact: e.Event) -> Invoice:
    """The document after one more fact (the same object, changed); the first one is InvoiceIssued."""
    if invoice is None:
        return Invoice(stream, cast("e.InvoiceIssued", fact))
    invoice.version += 1
    match fact:
        case e.InvoiceCorrected():
            invoice.corrections.append(fact)
        case e.CorrectionWithdrawn():
            invoice.corrections = [x for x in invoice.corrections if x.correction != fact.correction]
        case e.PaymentRecorded():
            invoice.payments.append(fact)
        case e.PaymentReversed():
            invoice.reversals.append(fact)
        case e.InvoiceSent():
            invoice.sent.append(fact)
        case e.InvoiceReceived():
            invoice.received_on = fact.on
        case e.InvoiceSubmitted() | e.InvoiceAccepted() | e.InvoiceRejected() | e.InvoiceWithdrawn():
            _evolve_in_ksef(invoice, fact)
        case e.InvoiceDataErased():
            invoice.erased = True
        case _:
            raise TypeError(f"{type(fact).__name__} is not a fact about an invoice")
    return invoice


def _evolve_in_ksef(
    invoice: Invoice, fact: e.InvoiceSubmitted | e.InvoiceAccepted | e.InvoiceRejected | e.InvoiceWithdrawn
) -> None:
    match fact:
        case e.InvoiceSubmitted():
            invoice.submissions.append(fact)
            invoice.rejected = None
        case e.InvoiceAccepted():
            invoice.accepted = fact
        case e.InvoiceRejected():
            # A duplicate that nobody compared is no answer: KSeF is to be asked again.
            invoice.rejected = fact if fact.is_decided else None
        case _:
            invoice.withdrawn = fact


def project(invoice: Invoice | None, recorded: Iterable[e.RecordedEvent]) -> Invoice | None:
    """The projector that `repository.get` reads a document with."""
    for event in recorded:
        invoice = evolve(invoice, event.originator_id, event.event)
    return invoice


class Series(Struct):
    """The numbers a series gave, in order."""

    drawn: list[e.NumberDrawn] = field(default_factory=list[e.NumberDrawn])

    @property
    def version(self) -> int:
        """How many numbers were drawn."""
        return len(self.drawn)

    @property
    def last_issued_on(self) -> date | None:
        """The day of the last document, which none that follows may come before."""
        return max((each.issued_on for each in self.drawn), default=None)


def project_series(series: Series | None, recorded: Iterable[e.RecordedEvent]) -> Series | None:
    """The projector that `repository.get` reads a series with."""
    for event in recorded:
        series = series or Series()
        series.drawn.append(cast("e.NumberDrawn", event.event))
    return series


# --- what may happen next ---------------------------------------------------------------------


def require_payment(
    invoice: Invoice, owed_grosze: int, amount_grosze: int, *, overpaid: bool = False
) -> None:
    """Raise BadPayment for nothing, for more than is owed, or for more back than was paid.

    `overpaid`: somebody looked, and more than is owed did come in.
    """
    if amount_grosze == 0:
        raise errors.BadPayment(msg("a payment of 0.00 is none"))
    if amount_grosze > 0 and not overpaid and invoice.paid_grosze + amount_grosze > max(owed_grosze, 0):
        left = max(owed_grosze, 0) - invoice.paid_grosze
        fact = msg(
            "{number} has {left} left to pay",
            number=invoice.issued.number,
            left=Money(max(left, 0)),
        )
        hint = Hint("look at the amount; if so much came in, --overpaid records it, to be given back")
        raise errors.BadPayment(fact, hint=hint)
    if amount_grosze < 0 and invoice.paid_grosze + amount_grosze < min(owed_grosze, 0):
        raise errors.BadPayment(msg("on {number} less than that was paid", number=invoice.issued.number))


def require_not_before(on: date, invoice: Invoice, what: Message) -> None:
    """Raise TimeOrder for a day before the document was issued."""
    if on < invoice.issued.issued_on:
        fact = msg(
            "{what} on {on} lies before the day of issue, {day}",
            what=what,
            on=on,
            day=invoice.issued.issued_on,
        )
        raise errors.TimeOrder(fact, hint=Hint("give the day on which it really was with --on"))


def require_correctable(invoice: Invoice) -> None:
    """Raise CorrectionOfCorrection: what is corrected is always the invoice itself."""
    if invoice.is_correction:
        raise errors.CorrectionOfCorrection(
            msg("{number} is a correction itself", number=invoice.issued.number)
        )


def require_live(invoice: Invoice) -> None:
    """Raise DocumentWithdrawn: nothing more becomes of a document that was put aside."""
    if invoice.state == "withdrawn":
        raise errors.DocumentWithdrawn(msg("{number} was withdrawn", number=invoice.issued.number))


def require_withdrawable(invoice: Invoice, original: Invoice, owed_grosze: int) -> None:
    """Raise DocumentWithdrawn or NotWithdrawable unless KSeF rejected the document and nothing needs it.

    `original`: what a correction corrects, which has its payments; else the invoice itself. `owed_grosze`:
    what the original comes to without the document, gross.
    """
    require_live(invoice)
    number = invoice.issued.number
    if invoice.state != "rejected":
        raise _not_rejected(invoice, original)
    if original.corrections and original.corrections[-1].correction != invoice.id:
        later = original.corrections[-1].number
        raise errors.NotWithdrawable(
            msg("{number} was corrected by {later} since", number=number, later=later),
            hint=Hint(step("invoice withdraw", later)),
        )
    if not min(owed_grosze, 0) <= original.paid_grosze <= max(owed_grosze, 0):
        paid, owed = Money(original.paid_grosze), Money(owed_grosze)
        raise errors.NotWithdrawable(
            msg(
                "{paid} was paid on {original}, and {owed} is owed without {number}",
                paid=paid,
                original=original.issued.number,
                owed=owed,
                number=number,
            ),
            hint=Hint(step("invoice paid", original.issued.number, "--amount=-…"), " gives it back"),
        )


def _not_rejected(invoice: Invoice, original: Invoice) -> errors.NotWithdrawable:
    """The refusal of a document that counts or may yet; its hint leads on from where the document stands."""
    number, duty = invoice.issued.number, invoice.issued.duty
    correct = Hint(step("invoice correct", original.issued.number))
    if invoice.state == "submitted":
        why, hint = (
            msg("KSeF has not said yet what becomes of {number}", number=number),
            Hint(step("invoice submit", number, "--check-only")),
        )
    elif invoice.state == "issued" and duty == "ksef":
        why, hint = (
            msg("{number} was never sent to KSeF", number=number),
            Hint(step("invoice submit", number)),
        )
    elif invoice.state == "issued":
        why, hint = msg("{number} counts outside KSeF ({duty})", number=number, duty=duty), correct
    else:
        why, hint = msg("KSeF has {number}", number=number), correct
    return errors.NotWithdrawable(why, hint=hint)


def names_document(fact: e.Event, number: str) -> bool:
    """Whether a session's fact put it on the document of that number, or a correction of it said so."""
    match fact:
        case e.SessionBilled(correction=None) | e.SessionUnbilled():
            return fact.number == number
        case e.SessionBilled():
            return fact.correction == number
        case _:
            return False
