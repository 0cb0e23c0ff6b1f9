"""Facts about billing documents: what was issued, what it stands on, what became of it.

An invoice is a stream of its own and never changes; a correction is an invoice of its own that names the
one it corrects. Buyer and reason lie in the vault (class `tax`). The XML is kept beside the ledger under
its SHA-256, which the fact holds.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from ledger.domain.events.base import Event, Reasoned, VatTreatment

Duty = Literal["ksef", "exempt", "consumer"]
"""Whether KSeF must have the document; exempt: below the month's limit; consumer: no business."""
PaymentMethod = Literal["transfer", "card", "cash"]
SentHow = Literal["email", "post", "handed"]
CorrectionEffect = Literal["original", "correction", "other"]
"""TypKorekty 1, 2, 3: whose date the correction counts on."""
KsefMode = Literal["online", "offline24"]
OutageKind = Literal["failure", "unavailability", "total"]
"""Failure (art. 106nf), announced work on KSeF (art. 106nh), total failure (art. 106ng of the VAT act)."""


class InvoiceLine(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Started hours of one session at one price. `unit_id` stays the same through every correction."""

    number: int
    unit_id: str
    session: UUID
    service_on: date
    band: str
    hours: int
    list_grosze: int
    discount_grosze: int
    """Off the price of one hour."""
    net_grosze: int
    rule: str
    before: bool = False
    """In a correction: as it stood before; its successor has the same number and unit_id."""


class NumberDrawn(Event, frozen=True, kw_only=True):
    """A series gave its next number to a document. The version in the series' stream is its place."""

    TOPIC: ClassVar[str] = "series.number_drawn:1"

    series: str
    number: str
    invoice: UUID
    issued_on: date
    exempt_grosze: int = 0
    """Gross that counts toward the monthly limit of those who need not use KSeF yet."""


class InvoiceIssued(Reasoned, frozen=True, kw_only=True):
    """A document was issued. `reason` is that of a correction. Opens the document's stream."""

    TOPIC: ClassVar[str] = "invoice.issued:1"

    number: str
    customer: str
    issued_on: date
    due_on: date
    lines: tuple[InvoiceLine, ...]
    vat_percent: int
    net_grosze: int
    vat_grosze: int
    gross_grosze: int
    xml_sha256: str
    xml_bytes: int
    duty: Duty
    treatment: VatTreatment = "pl"
    consumer: bool = False
    receipt: str | None = None
    """The till receipt it was made out to: in the register, not in its sums."""
    corrects: UUID | None = None
    effect: CorrectionEffect | None = None


class InvoiceDataErased(Event, frozen=True, kw_only=True):
    """The buyer's data were erased, and the document itself, at the end of the time the law keeps them."""

    TOPIC: ClassVar[str] = "invoice.data_erased:1"

    data: Literal["tax"] = "tax"
    why: Literal["retention"] = "retention"


class InvoiceCorrected(Event, frozen=True, kw_only=True):
    """Another document corrects this one."""

    TOPIC: ClassVar[str] = "invoice.corrected:1"

    correction: UUID
    number: str


class InvoiceSent(Event, frozen=True, kw_only=True):
    """The document went out to the buyer."""

    TOPIC: ClassVar[str] = "invoice.sent:1"

    how: SentHow
    on: date


class InvoiceReceived(Event, frozen=True, kw_only=True):
    """The buyer confirmed that the document arrived."""

    TOPIC: ClassVar[str] = "invoice.received:1"

    on: date


class PaymentRecorded(Event, frozen=True, kw_only=True):
    """The buyer paid the document or a part of it; negative when money went back."""

    TOPIC: ClassVar[str] = "invoice.payment_recorded:1"

    amount_grosze: int
    on: date
    method: PaymentMethod
    transfer: UUID | None = None
    """The stream of the transfer on a bank statement that somebody confirmed as this payment."""


class PaymentReversed(Event, frozen=True, kw_only=True):
    """A payment by a bank transfer was none, or the bank took it back: so much is owed again."""

    TOPIC: ClassVar[str] = "invoice.payment_reversed:1"

    amount_grosze: int
    """As it was recorded: positive for money that had come in."""
    on: date
    transfer: UUID


class InvoiceSubmitted(Event, frozen=True, kw_only=True):
    """The document's bytes were handed to KSeF, which has not answered yet."""

    TOPIC: ClassVar[str] = "invoice.submitted:1"

    mode: KsefMode
    session_reference: str
    reference: str
    """KSeF's own reference of this sending."""


class InvoiceAccepted(Event, frozen=True, kw_only=True):
    """KSeF took the document and gave it its number."""

    TOPIC: ClassVar[str] = "invoice.accepted:1"

    ksef_number: str
    acquired_at: datetime
    upo_sha256: str | None = None
    """SHA-256 of the official receipt, kept beside the XML."""
    duplicate: bool = False
    """KSeF had these very bytes already: an answer of ours was lost on the way."""


DUPLICATE = 440
"""KSeF's code of a document that it has already, ours or another one under our number."""


class InvoiceRejected(Event, frozen=True, kw_only=True):
    """KSeF refused the document: it never entered there, and may be sent again, or withdrawn."""

    TOPIC: ClassVar[str] = "invoice.rejected:1"

    code: int
    description: str = ""
    """What KSeF says of the code; never what it quotes of the document."""
    original: str = ""
    """Of a duplicate (440): the KSeF number of the other file, which was compared with ours and differs."""

    @property
    def is_decided(self) -> bool:
        """False for a duplicate that an older release took for a no without a look: it may be ours."""
        return self.code != DUPLICATE or bool(self.original)


class InvoiceWithdrawn(Reasoned, frozen=True, kw_only=True):
    """A document that KSeF had rejected was put aside: it never counted; its number is not given again."""

    TOPIC: ClassVar[str] = "invoice.withdrawn:1"


class CorrectionWithdrawn(Event, frozen=True, kw_only=True):
    """A correction of this document that KSeF had rejected was put aside: what it corrected stands again."""

    TOPIC: ClassVar[str] = "invoice.correction_withdrawn:1"

    correction: UUID
    number: str


class KsefObligationBegan(Event, frozen=True, kw_only=True):
    """The monthly limit was crossed: from this document on everything goes to KSeF, for ever."""

    TOPIC: ClassVar[str] = "ledger.ksef_obligation_began:1"

    number: str
    month: str
    exempt_grosze: int
    """What the month's exempt documents came to before this one."""


class KsefOutageBegan(Event, frozen=True, kw_only=True):
    """KSeF failed, or is unavailable, as the Ministry announced. Outages are numbered from 1."""

    TOPIC: ClassVar[str] = "ledger.ksef_outage_began:1"

    outage: int
    kind: OutageKind
    began_at: datetime


class KsefOutageEnded(Event, frozen=True, kw_only=True):
    """The outage was over; said again, the later word holds."""

    TOPIC: ClassVar[str] = "ledger.ksef_outage_ended:1"

    outage: int
    ended_at: datetime


class KsefOutageWithdrawn(Reasoned, frozen=True, kw_only=True):
    """The outage was recorded by mistake: it moves no deadline and marks no document."""

    TOPIC: ClassVar[str] = "ledger.ksef_outage_withdrawn:1"

    outage: int


class SessionBilled(Event, frozen=True, kw_only=True):
    """The session stands on this invoice; said again when what it comes to there changes, or is so again."""

    TOPIC: ClassVar[str] = "session.billed:1"

    invoice: UUID
    number: str
    net_grosze: int
    band_hours: dict[str, int]
    correction: str | None = None


class SessionUnbilled(Event, frozen=True, kw_only=True):
    """The invoice was corrected to zero, or withdrawn: the session stands on none and may be billed again."""

    TOPIC: ClassVar[str] = "session.unbilled:1"

    invoice: UUID
    number: str
    """Of the correction, or of the invoice that was withdrawn."""


class ReceiptIssued(Event, frozen=True, kw_only=True):
    """The session was settled by a receipt of the till."""

    TOPIC: ClassVar[str] = "session.receipt_issued:1"

    number: str


class InvoiceRequested(Event, frozen=True, kw_only=True):
    """A consumer asks for an invoice."""

    TOPIC: ClassVar[str] = "session.invoice_requested:1"

    on: date
