"""Sets of event types, by what the rows of sessions take from them."""

from __future__ import annotations

from ledger.domain import events as e

LEDGER_EVENTS = (
    e.LedgerOpened,
    e.SettingChanged,
    e.TariffPublished,
    e.BandsNamed,
    e.SigningKeyRotated,
    e.SampleDrawn,
    e.KsefObligationBegan,
    e.KsefOutageBegan,
    e.KsefOutageEnded,
    e.KsefOutageWithdrawn,
    e.PeriodClosed,
    e.PeriodReopened,
    e.PlacesChanged,
)
CHANGES_NO_ROW = (
    e.BandsNamed,
    e.SigningKeyRotated,
    e.SampleDrawn,
    e.KsefObligationBegan,
    e.KsefOutageBegan,
    e.KsefOutageEnded,
    e.KsefOutageWithdrawn,
    e.PeriodClosed,
    e.PeriodReopened,
    e.PlacesChanged,
)
"""Events of the ledger's own stream that change no row."""
ELSEWHERE = (
    e.NumberDrawn,
    e.InvoiceIssued,
    e.InvoiceCorrected,
    e.InvoiceDataErased,
    e.InvoiceSent,
    e.InvoiceReceived,
    e.PaymentRecorded,
    e.PaymentReversed,
    e.InvoiceSubmitted,
    e.InvoiceAccepted,
    e.InvoiceRejected,
    e.InvoiceWithdrawn,
    e.CorrectionWithdrawn,
    e.SourceSessionObserved,
    e.SourceSessionAmended,
    e.SourceSessionMatched,
    e.RecordComputerKnown,
    e.SourceSessionDismissed,
    e.RecordDataErased,
    e.SourceImported,
    e.FindingAcknowledged,
    e.StatementImported,
    e.TransferSeen,
    e.TransferAssigned,
    e.TransferUnassigned,
    e.TransferSetAside,
    e.TransferReturned,
    e.TransferDataErased,
)
"""Events of documents, of the remote tools' records and of bank transfers: they have queries of their own."""
