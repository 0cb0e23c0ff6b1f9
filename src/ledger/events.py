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
Evidence = Literal["declared", "measured", "absence_measured"]
TargetKind = Literal["workspace", "artefact", "pattern", "shared_log", "vault", "vendor"]
TargetResult = Literal["removed", "absent", "retained", "residual", "failed", "external"]
"""Removed here; gone before; kept until the month closes; still there; not tried; not ours to delete."""
PurgeMethod = Literal["none", "unlink", "unlink-by-path", "erase-key-and-row"]
Verification = Literal["lstat", "inventory", "key-lookup"]
ArtefactKind = Literal["received", "chat", "recording", "screenshot"]

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


class SigningKeyRotated(Fact, frozen=True, kw_only=True):
    r"""From here on checkpoints are signed by another key; both keys say so.

    The signatures are over the text `<from_vkey>\n<to_vkey>\n`, base64.
    """

    TOPIC: ClassVar[str] = "ledger.signing_key_rotated:1"

    from_vkey: str
    to_vkey: str
    signed_by_old: str
    signed_by_new: str


class SampleDrawn(Fact, frozen=True, kw_only=True):
    """Sessions for a reviewer, drawn from a tree head and a word of the inspector's."""

    TOPIC: ClassVar[str] = "ledger.sample_drawn:1"

    sample: str
    first: date
    until: date
    nonce: str
    tree_size: int
    root: str
    population: int
    sessions: tuple[int, ...]


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


class Kept(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an erasure leaves, under which rule, until when."""

    data: Literal["session", "tax", "customer"]
    law: str
    until: date | None = None


class ErasureRequested(Fact, frozen=True, kw_only=True):
    """The customer asks for erasure; it is answered by the deadline."""

    TOPIC: ClassVar[str] = "customer.erasure_requested:1"

    deadline: date


class CustomerErased(Fact, frozen=True, kw_only=True):
    """The request was answered: everything of theirs is erased, or some is kept and the outcome says why."""

    TOPIC: ClassVar[str] = "customer.erased:1"

    outcome: Literal["erased", "partly", "refused"]
    sessions: int = 0
    """How many of their sessions lost personal data with it."""
    kept: tuple[Kept, ...] = ()


class CustomerDataErased(Fact, frozen=True, kw_only=True):
    """Personal data of a class that belong to the customer's stream were erased at the end of their time."""

    TOPIC: ClassVar[str] = "customer.data_erased:1"

    data: Literal["customer", "tax"]
    why: Literal["retention", "erasure"] = "retention"


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


class PurgeTarget(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing a purge was about, and what was measured of it; the locator holds no personal data."""

    kind: TargetKind
    locator: str
    result: TargetResult
    files: int = 0
    bytes: int = 0
    method: PurgeMethod = "none"
    residual: int = 0
    """How many of its files are still there."""
    errno: str | None = None
    """Why the first of them could not be removed, as the system names it: EACCES, EBUSY, EROFS."""
    verified: Verification | None = None
    verified_at: datetime | None = None
    flags: tuple[str, ...] = ()
    """hard-link, appeared, swapped, other-device: what a reviewer should know of it."""


class PurgeHost(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where targets lay: the workstation and what its system says of the medium."""

    workstation: str
    system: str
    filesystem: str | None = None
    mount_options: str | None = None
    rotational: bool | None = None


class PurgeStarted(Fact, frozen=True, kw_only=True):
    """A purge began on one workstation; only what its hashed plan names will be touched."""

    TOPIC: ClassVar[str] = "session.purge_started:1"

    plan: str
    """SHA-256 of the plan, in hexadecimal."""
    targets: int
    files: int
    bytes: int


class PartPurged(Fact, frozen=True, kw_only=True):
    """One workstation's part is done; others that were used have not reported yet."""

    TOPIC: ClassVar[str] = "session.part_purged:1"

    evidence: Literal["measured", "absence_measured"]
    plan: str
    targets: tuple[PurgeTarget, ...]
    host: PurgeHost


class PurgeFailed(Fact, frozen=True, kw_only=True):
    """Something of the session's data is still there; a later purge may complete it."""

    TOPIC: ClassVar[str] = "session.purge_failed:1"

    plan: str
    targets: tuple[PurgeTarget, ...]
    host: PurgeHost


class DataPurged(Fact, frozen=True, kw_only=True):
    """The session's data are gone. `declared`: somebody says so; nothing was measured here.

    `measured`: removed here and found gone; `absence_measured`: nothing was seen being removed, but the
    absence was. `plan`, `targets` and `host` are those of the workstation that finished last.
    """

    TOPIC: ClassVar[str] = "session.data_purged:2"

    evidence: Evidence = "declared"
    plan: str | None = None
    targets: tuple[PurgeTarget, ...] = ()
    host: PurgeHost | None = None


class ArtefactNoted(Personal, frozen=True, kw_only=True):
    """A file that belongs to the session lies outside its workspace; its path lies in the vault."""

    TOPIC: ClassVar[str] = "session.artefact_noted:1"

    artefact: ArtefactKind


class CertificateIssued(Fact, frozen=True, kw_only=True):
    """A confirmation of deletion was given out, saying this."""

    TOPIC: ClassVar[str] = "session.certificate_issued:1"

    number: int
    """1 for the session's first, 2 for the one after it was superseded."""
    verdict: str
    delay_seconds: int
    sla_seconds: int
    tree_size: int
    root: str
    role: Literal["administrator", "processor"] = "administrator"
    legal_basis: str | None = None
    contract: str | None = None
    backups: str | None = None
    """How long copies made before are kept, in the shop's own words."""
    tool: str | None = None
    """The program that deleted and measured, with its version."""


class CertificateSuperseded(Fact, frozen=True, kw_only=True):
    """A correction changed what the certificate of that number says."""

    TOPIC: ClassVar[str] = "session.certificate_superseded:1"

    number: int
    verdict_before: str
    delay_before_seconds: int
    verdict: str
    delay_seconds: int


class SessionDataErased(Fact, frozen=True, kw_only=True):
    """Personal data of a class that belong to the session's stream were erased from the vault."""

    TOPIC: ClassVar[str] = "session.data_erased:1"

    data: Literal["session", "tax"]
    why: Literal["retention", "abandoned", "erasure"]


class SessionReviewed(Reasoned, frozen=True, kw_only=True):
    """A reviewer looked at the session's deletion and says what came of it."""

    TOPIC: ClassVar[str] = "session.reviewed:1"

    result: Literal["ok", "exception"]
    sample: str | None = None
    """The sample it was drawn in."""


class BilledElsewhere(Fact, frozen=True, kw_only=True):
    """The session stands on a document made before, or beside, this ledger."""

    TOPIC: ClassVar[str] = "session.billed_elsewhere:1"

    document: str


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
