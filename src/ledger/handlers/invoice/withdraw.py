"""Withdrawing: a document that KSeF rejected is put aside, and its sessions stand as they did before it.

What KSeF rejects never entered circulation, so no correction is due. The number stays in its series, taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.invoice.state import Invoice, names_document, require_withdrawable
from ledger.domain.reasons import split_reason
from ledger.domain.session.evolve import Session, project
from ledger.handlers.invoice.payments import owed


class ReleasedSession(NamedTuple):
    """A session of the document; `before` is the bill it goes back to, None where it stands on none then."""

    number: int
    session: Session
    before: e.SessionBilled | None


class Withdrawal(NamedTuple):
    """What withdrawing a document would do; `original` is what a correction corrects, else the same."""

    invoice: Invoice
    original: Invoice
    sessions: list[ReleasedSession]
    elsewhere: list[int]
    """Sessions that a correction took off and that stand elsewhere since: they stay there."""


def withdrawal(ledger: Ledger, number: str) -> Withdrawal:
    """What withdrawing the document would do; nothing is recorded.

    Raises InvoiceUnknown, DocumentWithdrawn, NotWithdrawable.
    """
    invoice = ledger.find_invoice(number)
    if invoice.issued.corrects is None:
        require_withdrawable(invoice, invoice, 0)
        return Withdrawal(invoice, invoice, list(_freed(ledger, invoice)), [])
    original = ledger.invoice(invoice.issued.corrects)
    require_withdrawable(invoice, original, owed(ledger, original) - invoice.issued.gross_grosze)
    changed = list(_changed(ledger, invoice, original))
    sessions = [released for released, is_as_left in changed if is_as_left]
    elsewhere = [released.number for released, is_as_left in changed if not is_as_left]
    return Withdrawal(invoice, original, sessions, elsewhere)


def _freed(ledger: Ledger, invoice: Invoice) -> Iterator[ReleasedSession]:
    for stream in dict.fromkeys(line.session for line in invoice.issued.lines):
        session = ledger.session(stream)
        if session.billed_on is not None and session.billed_on.invoice == invoice.id:
            yield ReleasedSession(ledger.session_number(stream), session, None)


def _changed(
    ledger: Ledger, correction: Invoice, original: Invoice
) -> Iterator[tuple[ReleasedSession, bool]]:
    """Each session whose bill the correction changed, and whether it stands as the correction left it."""
    for stream in dict.fromkeys(line.session for line in original.issued.lines):
        recorded = ledger.events_of(stream)
        named = [names_document(event.event, correction.issued.number) for event in recorded]
        if True not in named:
            continue
        place = named.index(True)
        before, then = project(None, recorded[:place]), project(None, recorded[: place + 1])
        assert before is not None  # noqa: S101 - no session begins with a bill
        assert then is not None  # noqa: S101 - as above
        now = ledger.session(stream)
        yield (
            ReleasedSession(ledger.session_number(stream), now, before.billed_on),
            _place(now) == _place(then),
        )


def _place(session: Session) -> tuple[str | None, str | None]:
    """What a session stands on, and the correction that last changed it there."""
    return session.billed, None if session.billed_on is None else session.billed_on.correction


def withdraw(ledger: Ledger, said: Metadata, number: str, *, reason: str) -> Receipt:
    """Put a rejected document aside; its sessions may be billed again, or stand as before the correction.

    All in one transaction at the versions seen here. Raises what `withdrawal` does, BadReason, Conflict.
    """
    code, sentence = split_reason(reason)
    author = said.of_command("invoice withdraw", {"number": number, "reason": code})
    if repeat := ledger.repeat_of(author, sentence, belongs=_is_of_withdrawal):
        return repeat
    found, now = withdrawal(ledger, number), ledger.now()
    invoice = found.invoice
    ledger.require_seen(author, invoice.id, invoice.version)
    withdrawn = e.InvoiceWithdrawn(**author.header(now), reason=code)
    recorded = [e.RecordedEvent(invoice.id, invoice.version + 1, withdrawn), *_others(found, author, now)]
    return ledger.record(recorded, sentence)


def _is_of_withdrawal(withdrawn: e.Event, event: e.Event) -> bool:
    """Return True for an event that was recorded with the withdrawal of a document."""
    del withdrawn
    return isinstance(event, e.CorrectionWithdrawn | e.SessionUnbilled | e.SessionBilled)


def _others(found: Withdrawal, author: Metadata, now: datetime) -> Iterator[e.RecordedEvent]:
    """What the original and the sessions are told; the document alone names the command."""
    header = author.without_command().header(now)
    invoice, original = found.invoice, found.original
    number = invoice.issued.number
    if invoice is not original:
        undone = e.CorrectionWithdrawn(**header, correction=invoice.id, number=number)
        yield e.RecordedEvent(original.id, original.version + 1, undone)
    for each in found.sessions:
        place = (each.session.id, each.session.version + 1)
        if each.before is None:
            yield e.RecordedEvent(*place, e.SessionUnbilled(**header, invoice=invoice.id, number=number))
        else:
            yield e.RecordedEvent(*place, msgspec.structs.replace(each.before, **header))
