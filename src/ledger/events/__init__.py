"""The event vocabulary: past-tense facts that stand for ever.

A fact is a frozen struct; its JSON is the stored payload. Which stream it belongs to, its version in
the stream and when it was recorded stand beside it in the store (`Event`), not in it. Every topic ends
in its version; a changed shape is a new topic with an upcaster, never an edit.

No fact holds personal data: a name, a contact, a remote ID, a typed sentence go to the vault, and the
fact keeps their `commitment` (see ledger.vault.commitment). Reasons are a code from REASON_CODES
beside the commitment of the sentence.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from ledger.events.base import (
    REASON_CODES,
    AcceptedHow,
    ArtefactKind,
    Channel,
    Consumer,
    EndedBy,
    Evidence,
    Fact,
    Issue,
    Personal,
    PurgeMethod,
    Reasoned,
    Source,
    TargetKind,
    TargetResult,
    VatTreatment,
    Verification,
)
from ledger.events.book import (
    LedgerOpened,
    SampleDrawn,
    SettingChanged,
    SigningKeyRotated,
    TariffPublished,
)
from ledger.events.customers import (
    CustomerDataErased,
    CustomerErased,
    CustomerMerged,
    CustomerRegistered,
    CustomerUpdated,
    ErasureRequested,
    Kept,
    PurchaseRecorded,
    PurchaseReturned,
)
from ledger.events.sessions import (
    Accepted,
    ArtefactNoted,
    BilledElsewhere,
    Cancelled,
    CertificateIssued,
    CertificateSuperseded,
    Confirmed,
    Connected,
    Connection,
    DataPurged,
    Disconnected,
    Ended,
    Held,
    IssueFrom,
    Noted,
    PartPurged,
    PriceSegment,
    PurgeFailed,
    PurgeHost,
    PurgeStarted,
    PurgeTarget,
    Quoted,
    Reclassified,
    Released,
    Requested,
    SessionCorrected,
    SessionDataErased,
    SessionReviewed,
    Waived,
)

__all__ = [
    "FACTS",
    "FACT_OF_TOPIC",
    "REASON_CODES",
    "Accepted",
    "AcceptedHow",
    "ArtefactKind",
    "ArtefactNoted",
    "BilledElsewhere",
    "Cancelled",
    "CertificateIssued",
    "CertificateSuperseded",
    "Channel",
    "Confirmed",
    "Connected",
    "Connection",
    "Consumer",
    "CustomerDataErased",
    "CustomerErased",
    "CustomerMerged",
    "CustomerRegistered",
    "CustomerUpdated",
    "DataPurged",
    "Disconnected",
    "Ended",
    "EndedBy",
    "ErasureRequested",
    "Event",
    "Evidence",
    "Fact",
    "Held",
    "Issue",
    "IssueFrom",
    "Kept",
    "LedgerOpened",
    "Noted",
    "PartPurged",
    "Personal",
    "PriceSegment",
    "PurchaseRecorded",
    "PurchaseReturned",
    "PurgeFailed",
    "PurgeHost",
    "PurgeMethod",
    "PurgeStarted",
    "PurgeTarget",
    "Quoted",
    "Reasoned",
    "Reclassified",
    "Released",
    "Requested",
    "SampleDrawn",
    "SessionCorrected",
    "SessionDataErased",
    "SessionReviewed",
    "SettingChanged",
    "SigningKeyRotated",
    "Source",
    "TargetKind",
    "TargetResult",
    "TariffPublished",
    "VatTreatment",
    "Verification",
    "Waived",
]

FACTS: tuple[type[Fact], ...] = (
    LedgerOpened,
    SettingChanged,
    TariffPublished,
    SigningKeyRotated,
    SampleDrawn,
    CustomerRegistered,
    CustomerUpdated,
    CustomerMerged,
    PurchaseRecorded,
    PurchaseReturned,
    ErasureRequested,
    CustomerErased,
    CustomerDataErased,
    Requested,
    Quoted,
    Accepted,
    Connected,
    Disconnected,
    Ended,
    Reclassified,
    SessionCorrected,
    Waived,
    Noted,
    Cancelled,
    Confirmed,
    Held,
    Released,
    ArtefactNoted,
    PurgeStarted,
    PartPurged,
    PurgeFailed,
    DataPurged,
    CertificateIssued,
    CertificateSuperseded,
    SessionDataErased,
    SessionReviewed,
    BilledElsewhere,
)
FACT_OF_TOPIC: dict[str, type[Fact]] = {fact.TOPIC: fact for fact in FACTS}


class Event(msgspec.Struct, frozen=True):
    """A fact in its place: the envelope that the event store saves and gives back."""

    originator_id: UUID
    originator_version: int
    fact: Fact
