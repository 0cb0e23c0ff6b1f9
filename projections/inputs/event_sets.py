"""Which facts the rows of sessions depend on, and which are nobody's business here."""

from __future__ import annotations

from ledger.domain import events as e

BOOK_FACTS = (
    e.LedgerOpened,
    e.SettingChanged,
    e.TariffPublished,
    e.SigningKeyRotated,
    e.SampleDrawn,
    e.KsefObligationBegan,
    e.PeriodClosed,
    e.PeriodReopened,
    e.PlacesChanged,
)
BOOKKEEPING = (
    e.SigningKeyRotated,
    e.SampleDrawn,
    e.KsefObligationBegan,
    e.PeriodClosed,
    e.PeriodReopened,
    e.PlacesChanged,
)
"""Facts of the book that change no row."""
TYPED_MOMENTS = (e.Connected, e.Disconnected, e.Ended)
OF_THE_AMOUNT = (*TYPED_MOMENTS, e.Reclassified, e.SessionCorrected, e.Waived)
"""Facts that the amount of a session depends on."""
SHOWN_NOWHERE = (
    e.Quoted,
    e.Accepted,
    e.Noted,
    e.SessionReviewed,
    e.InvoiceRequested,
    e.CertificateIssued,
    e.WorkspaceMade,
)
"""Facts of a session that no row depends on; that a certificate is superseded is a fact of its own."""
ELSEWHERE = (
    e.NumberDrawn,
    e.InvoiceIssued,
    e.InvoiceCorrected,
    e.InvoiceDataErased,
    e.InvoiceSent,
    e.InvoiceReceived,
    e.PaymentRecorded,
    e.InvoiceSubmitted,
    e.InvoiceAccepted,
    e.InvoiceRejected,
    e.InvoiceWithdrawn,
    e.CorrectionWithdrawn,
    e.SourceSessionObserved,
    e.SourceSessionAmended,
    e.SourceSessionMatched,
    e.SourceSessionDismissed,
    e.RecordDataErased,
    e.SourceImported,
    e.FindingAcknowledged,
)
"""Facts about documents and the remote tools' records: their own readers add them up."""
