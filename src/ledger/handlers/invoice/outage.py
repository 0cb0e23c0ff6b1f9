"""Announced outages of KSeF: recorded, ended, withdrawn; and what they make of a document's deadline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain import ksef_outage as rules
from ledger.domain.invoice.state import Invoice
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.reasons import split_reason


def begin(ledger: Ledger, metadata: Metadata, kind: e.OutageKind, *, at: datetime | None = None) -> Receipt:
    """Record that an outage began; `at`: now by default. Raises OutageRecorded, TimeAhead, Conflict."""
    metadata = metadata.of_command("ksef outage begin", {"kind": kind, "at": at})
    if repeat := ledger.repeat_of(metadata):
        return repeat
    now, outages = ledger.now(), ledger.state.outages
    rules.require_new(outages, kind, at or now, now)
    header, number = metadata.header(now), len(outages) + 1
    return _recorded(ledger, e.KsefOutageBegan(**header, outage=number, kind=kind, began_at=at or now))


def end(ledger: Ledger, metadata: Metadata, number: int, *, at: datetime | None = None) -> Receipt:
    """Record that an outage was over, or when it really was. Raises OutageUnknown, TimeAhead, TimeOrder."""
    metadata = metadata.of_command("ksef outage end", {"outage": number, "at": at})
    if repeat := ledger.repeat_of(metadata):
        return repeat
    now = ledger.now()
    rules.require_end(rules.require_outage(ledger.state.outages, number), at or now, now)
    return _recorded(ledger, e.KsefOutageEnded(**metadata.header(now), outage=number, ended_at=at or now))


def withdraw(ledger: Ledger, metadata: Metadata, number: int, *, reason: str) -> Receipt:
    """Record that there was no such outage. Raises OutageUnknown, BadReason."""
    code, sentence = split_reason(reason)
    metadata = metadata.of_command("ksef outage withdraw", {"outage": number, "reason": code})
    if repeat := ledger.repeat_of(metadata, sentence):
        return repeat
    rules.require_outage(ledger.state.outages, number)
    event = e.KsefOutageWithdrawn(**metadata.header(ledger.now()), outage=number, reason=code)
    return _recorded(ledger, event, sentence)


def _recorded(ledger: Ledger, event: e.Event, sentence: PersonalData | None = None) -> Receipt:
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event), sentence)
    ledger.reread_state()
    return receipt


# --- what documents take from them ------------------------------------------------------------


def deadline_of(ledger: Ledger, issued: e.InvoiceIssued) -> rules.Deadline:
    """Return until when a document has to be in KSeF, with every outage that is recorded."""
    return rules.deadline(issued, ledger.state.outages, holidays_of(ledger))


def is_freed(ledger: Ledger, issued: e.InvoiceIssued) -> bool:
    """Return True if a total failure of KSeF ended the duty to send a document there."""
    return deadline_of(ledger, issued).reason == "total"


def awaits_number(ledger: Ledger, invoice: Invoice) -> bool:
    """Return True for a document that belongs into KSeF and is not there.

    One that was sent may be there, whatever happened since; else a total failure frees it.
    """
    if invoice.issued.duty != "ksef" or invoice.accepted is not None:
        return False
    return bool(invoice.submissions) or not is_freed(ledger, invoice.issued)


def holidays_of(ledger: Ledger) -> Collection[date]:
    """Return the public holidays that the published price lists name."""
    calendars = (ledger.tariff(each.digest).calendar for each in ledger.state.tariffs)
    return {day for calendar in calendars if calendar is not None for day in calendar.dates}
