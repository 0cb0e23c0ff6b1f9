"""The event vocabulary: past-tense facts that stand for ever.

A fact is a frozen struct; its JSON is the stored payload. Which stream it belongs to, its version in
the stream and when it was recorded stand beside it in the store (`Event`), not in it. Every topic ends
in its version; a changed shape is a new topic with an upcaster, never an edit.

No fact holds personal data: a name, a contact, a remote ID, a typed sentence go to the vault, and the
fact keeps their `commitment` (see ledger.vault.commitment). Reasons are a code from REASON_CODES
beside the commitment of the sentence.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

Issue = Literal["hardware", "other", "test"]
Source = Literal["cli", "import"]
Channel = Literal["phone", "email", "chat", "in_person", "other"]
EndedBy = Literal["technician", "customer", "link-lost"]
AcceptedHow = Literal["phone", "chat", "email"]
Consumer = Literal["yes", "no", "sole_trader", "unknown"]
VatTreatment = Literal["pl", "eu", "non_eu", "ask"]

REASON_CODES = (
    "wrong-time",
    "wrong-issue",
    "wrong-customer",
    "missing-connection",
    "double-entry",
    "goodwill",
    "complaint",
    "checked",
    "legal-claim",
    "inspection",
    "contract",
    "data-changed",
    "price-change",
    "other",
)


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What every fact says: when in the world, who said so, from where."""

    TOPIC: ClassVar[str]

    at: datetime
    by: str
    source: Source = "cli"
    workstation: str | None = None
    command: str | None = None
    command_digest: str | None = None


class Personal(Fact, frozen=True, kw_only=True):
    """A fact part of which lies in the vault, bound to it by a commitment."""

    commitment: str | None = None


class Reasoned(Personal, frozen=True, kw_only=True):
    """A fact that somebody gave a reason for: a code here, the sentence in the vault."""

    reason: str = "other"


# --- the ledger itself ------------------------------------------------------------------------


class LedgerOpened(Fact, frozen=True, kw_only=True):
    """The ledger was made; nothing that ended before `billing_from` is billed here."""

    TOPIC: ClassVar[str] = "ledger.opened:1"

    origin: str
    billing_from: date | None = None
    testing: bool = False


class SettingChanged(Fact, frozen=True, kw_only=True):
    """A setting that changes results has a new value (for example purge.sla_seconds)."""

    TOPIC: ClassVar[str] = "ledger.setting_changed:1"

    key: str
    value: int | str | bool


class TariffPublished(Reasoned, frozen=True, kw_only=True):
    """A price list came into force from `valid_from` on; `text` is all that rating ever reads of it."""

    TOPIC: ClassVar[str] = "tariff.published:1"

    tariff: str
    digest: str
    valid_from: date
    text: str
    retroactive: bool = False


# --- customers --------------------------------------------------------------------------------


class CustomerRegistered(Personal, frozen=True, kw_only=True):
    """A customer is known under a code; name, NIP and addresses lie in the vault."""

    TOPIC: ClassVar[str] = "customer.registered:1"

    customer: str
    consumer: Consumer = "unknown"
    country: str = "PL"
    vat_treatment: VatTreatment = "pl"


class CustomerUpdated(Reasoned, frozen=True, kw_only=True):
    """The customer's data are now these, all of them."""

    TOPIC: ClassVar[str] = "customer.updated:1"

    consumer: Consumer
    country: str
    vat_treatment: VatTreatment


class CustomerMerged(Reasoned, frozen=True, kw_only=True):
    """This customer turned out to be `into`: its sessions and purchases count as theirs."""

    TOPIC: ClassVar[str] = "customer.merged:1"

    into: str


class PurchaseRecorded(Personal, frozen=True, kw_only=True):
    """The customer bought something from the shop at `at`; this makes them a customer of the shop."""

    TOPIC: ClassVar[str] = "purchase.recorded:1"

    order_ref: str


class PurchaseReturned(Reasoned, frozen=True, kw_only=True):
    """What was bought under the order went back at `at`."""

    TOPIC: ClassVar[str] = "purchase.returned:1"

    order_ref: str


# --- sessions ---------------------------------------------------------------------------------


class Connection(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One stretch of the remote tool being connected: [connected_at, disconnected_at), open while None."""

    number: int
    technician: str
    connected_at: datetime
    disconnected_at: datetime | None = None
    tariff: str | None = None


class IssueFrom(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the session is about from an instant on."""

    at: datetime
    issue: Issue
    order_ref: str | None = None


class PriceSegment(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a started hour costs that opens in [opens_at, until); until is None where nothing changes it."""

    opens_at: datetime
    net_grosze: int
    gross_grosze: int
    until: datetime | None = None


class Requested(Personal, frozen=True, kw_only=True):
    """A customer asked for help. Opens the session's stream; its number is its place among these."""

    TOPIC: ClassVar[str] = "session.requested:1"

    customer: str
    issue: Issue
    session_ref: str | None = None
    order_ref: str | None = None
    channel: Channel | None = None
    scheduled_for: datetime | None = None
    marks: tuple[str, str] | None = None
    """Two month fingerprints of the remote ID: of its digits, and of its digits sorted."""


class Quoted(Fact, frozen=True, kw_only=True):
    """The price was told before connecting."""

    TOPIC: ClassVar[str] = "session.quoted:1"

    tariff: str
    prices: tuple[PriceSegment, ...]


class Accepted(Fact, frozen=True, kw_only=True):
    """The customer said yes to the price; it wins over a later price list."""

    TOPIC: ClassVar[str] = "session.accepted:1"

    how: AcceptedHow
    tariff: str
    start_now: bool = False
    loss_of_withdrawal: bool = False
    confirmation_sent: bool = False


class Connected(Fact, frozen=True, kw_only=True):
    """A technician's remote tool connected; the price list in force is pinned by its digest."""

    TOPIC: ClassVar[str] = "session.connected:1"

    connection: int
    technician: str
    tariff: str | None = None


class Disconnected(Fact, frozen=True, kw_only=True):
    """A connection was lost or closed; the session goes on."""

    TOPIC: ClassVar[str] = "session.disconnected:1"

    connection: int


class Ended(Fact, frozen=True, kw_only=True):
    """The session is over; connections still open closed with it."""

    TOPIC: ClassVar[str] = "session.ended:1"

    ended_by: EndedBy = "technician"


class Reclassified(Reasoned, frozen=True, kw_only=True):
    """From `at` on the session is about something else."""

    TOPIC: ClassVar[str] = "session.reclassified:1"

    issue: Issue
    order_ref: str | None = None


class SessionCorrected(Reasoned, frozen=True, kw_only=True):
    """It always was so: the complete facts as they now stand, never a difference."""

    TOPIC: ClassVar[str] = "session.corrected:1"

    connections: tuple[Connection, ...]
    issues: tuple[IssueFrom, ...]
    ended_at: datetime | None = None


class Waived(Reasoned, frozen=True, kw_only=True):
    """Goodwill after every other discount: a percentage off, or the last hours free. The last one stands."""

    TOPIC: ClassVar[str] = "session.waived:1"

    percent: int | None = None
    hours: int | None = None


class Noted(Personal, frozen=True, kw_only=True):
    """What was done was written down; the words lie in the vault."""

    TOPIC: ClassVar[str] = "session.noted:1"


class Cancelled(Fact, frozen=True, kw_only=True):
    """The request came to nothing before anybody connected."""

    TOPIC: ClassVar[str] = "session.cancelled:1"


class Confirmed(Reasoned, frozen=True, kw_only=True):
    """Somebody looked at a session over 48 hours and says it may be billed."""

    TOPIC: ClassVar[str] = "session.confirmed:1"


class Held(Reasoned, frozen=True, kw_only=True):
    """The deletion is suspended until a day, for a reason."""

    TOPIC: ClassVar[str] = "session.held:1"

    until: date


class Released(Fact, frozen=True, kw_only=True):
    """The suspension of the deletion is over."""

    TOPIC: ClassVar[str] = "session.released:1"


class DataPurged(Fact, frozen=True, kw_only=True):
    """The session's data are gone. `declared`: somebody says so; nothing was measured here."""

    TOPIC: ClassVar[str] = "session.data_purged:1"

    evidence: Literal["declared"] = "declared"


class BilledElsewhere(Fact, frozen=True, kw_only=True):
    """The session stands on a document made before, or beside, this ledger."""

    TOPIC: ClassVar[str] = "session.billed_elsewhere:1"

    document: str


FACTS: tuple[type[Fact], ...] = (
    LedgerOpened,
    SettingChanged,
    TariffPublished,
    CustomerRegistered,
    CustomerUpdated,
    CustomerMerged,
    PurchaseRecorded,
    PurchaseReturned,
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
    DataPurged,
    BilledElsewhere,
)
FACT_OF_TOPIC: dict[str, type[Fact]] = {fact.TOPIC: fact for fact in FACTS}


class Event(msgspec.Struct, frozen=True):
    """A fact in its place: the envelope that the event store saves and gives back."""

    originator_id: UUID
    originator_version: int
    fact: Fact
