"""The events that are signed right after their commit."""

from __future__ import annotations

from ledger.domain.events.base import Event
from ledger.domain.events.customers import CustomerDataErased, CustomerErased
from ledger.domain.events.invoices import (
    CorrectionWithdrawn,
    InvoiceAccepted,
    InvoiceCorrected,
    InvoiceDataErased,
    InvoiceIssued,
    InvoiceRejected,
    InvoiceSubmitted,
    InvoiceWithdrawn,
    KsefObligationBegan,
    NumberDrawn,
    SessionBilled,
    SessionUnbilled,
)
from ledger.domain.events.purges import DataPurged, PartPurged, PurgeFailed
from ledger.domain.events.sessions import CertificateIssued, SessionDataErased
from ledger.domain.events.source_records import PeriodClosed, RecordDataErased

SIGNED_AT_ONCE: frozenset[type[Event]] = frozenset(
    {
        # a billing document: what it says, its number, what it makes of sessions, its way through KSeF
        InvoiceIssued,
        InvoiceCorrected,
        InvoiceWithdrawn,
        CorrectionWithdrawn,
        InvoiceSubmitted,
        InvoiceAccepted,
        InvoiceRejected,
        NumberDrawn,
        KsefObligationBegan,
        SessionBilled,
        SessionUnbilled,
        # a deletion or an erasure, and what is given out about it
        PartPurged,
        PurgeFailed,
        DataPurged,
        CertificateIssued,
        CustomerErased,
        CustomerDataErased,
        SessionDataErased,
        InvoiceDataErased,
        RecordDataErased,
        # the end of a month
        PeriodClosed,
    }
)
"""Events that `Ledger` signs right after their commit: others outside rely on them from that moment, or the
data that could contradict them are gone. The rest is covered by the next signature.

A rotation of the key signs by itself, before and after. An import tells what happened elsewhere before,
and is signed with what comes next.
"""
