"""Facts about sessions: their life, their mending, their deletion."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

import msgspec

from ledger.domain.events.base import (
    AcceptedHow,
    Channel,
    EndedBy,
    Event,
    Issue,
    Personal,
    Reasoned,
)


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
    remote_id_fingerprints: tuple[str, str] | None = msgspec.field(default=None, name="marks")
    """Two month fingerprints of the remote ID: of its digits, and of its digits sorted."""


class Quoted(Event, frozen=True, kw_only=True):
    """The price was told before connecting."""

    TOPIC: ClassVar[str] = "session.quoted:1"

    tariff: str
    prices: tuple[PriceSegment, ...]


class Accepted(Event, frozen=True, kw_only=True):
    """The customer said yes to the price; it wins over a later price list."""

    TOPIC: ClassVar[str] = "session.accepted:1"

    how: AcceptedHow
    tariff: str
    start_now: bool = False
    loss_of_withdrawal: bool = False
    confirmation_sent: bool = False


class Connected(Event, frozen=True, kw_only=True):
    """A technician's remote tool connected; the price list in force is pinned by its digest."""

    TOPIC: ClassVar[str] = "session.connected:1"

    connection: int
    technician: str
    tariff: str | None = None


class Disconnected(Event, frozen=True, kw_only=True):
    """A connection was lost or closed; the session goes on."""

    TOPIC: ClassVar[str] = "session.disconnected:1"

    connection: int


class Ended(Event, frozen=True, kw_only=True):
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
    customer: str | None = None
    """Whose session it always was; None leaves the customer as recorded."""


class SessionVoided(Reasoned, frozen=True, kw_only=True):
    """The session was recorded by mistake, a second time: it counts in no sum and still owes its deletion."""

    TOPIC: ClassVar[str] = "session.voided:1"

    undone: bool = False
    """True where a former one is taken back: the session counts again."""


class Waived(Reasoned, frozen=True, kw_only=True):
    """Goodwill after every other discount: a part off, or the last hours free. The last one stands."""

    TOPIC: ClassVar[str] = "session.waived:1"

    percent: int | None = None
    hours: int | None = None
    half_percents: int | None = None
    """25 is 12.5 %; whole percentages are `percent`."""
    amount_grosze: int | None = None
    """So much off the net."""


class Noted(Personal, frozen=True, kw_only=True):
    """What was done was written down; the words lie in the vault."""

    TOPIC: ClassVar[str] = "session.noted:1"


class Cancelled(Event, frozen=True, kw_only=True):
    """The request came to nothing before anybody connected."""

    TOPIC: ClassVar[str] = "session.cancelled:1"


class Confirmed(Reasoned, frozen=True, kw_only=True):
    """Somebody looked at a session over 48 hours and says it may be billed."""

    TOPIC: ClassVar[str] = "session.confirmed:1"


class Held(Reasoned, frozen=True, kw_only=True):
    """The deletion is suspended until a day, for a reason."""

    TOPIC: ClassVar[str] = "session.held:1"

    until: date


class Released(Event, frozen=True, kw_only=True):
    """The suspension of the deletion is over."""

    TOPIC: ClassVar[str] = "session.released:1"


class CertificateIssued(Event, frozen=True, kw_only=True):
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


class CertificateSuperseded(Event, frozen=True, kw_only=True):
    """A correction changed what the certificate of that number says."""

    TOPIC: ClassVar[str] = "session.certificate_superseded:1"

    number: int
    verdict_before: str
    delay_before_seconds: int
    verdict: str
    delay_seconds: int


class SessionDataErased(Event, frozen=True, kw_only=True):
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


class BilledElsewhere(Event, frozen=True, kw_only=True):
    """The session stands on a document made before, or beside, this ledger."""

    TOPIC: ClassVar[str] = "session.billed_elsewhere:1"

    document: str
