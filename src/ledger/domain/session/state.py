"""`Session`: the state of one remote-help session, folded from its events."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from ledger.domain import events as e
from ledger.domain.clock import epoch_seconds

State = Literal["requested", "connected", "disconnected", "ended", "purged", "cancelled"]
STATES: tuple[State, ...] = ("requested", "connected", "disconnected", "ended", "purged", "cancelled")

CONFIRM_OVER = timedelta(hours=48)
"""The remote tool's own limit; a longer session is billed only after a person confirmed it."""
FLAG_OVER = timedelta(hours=12)
"""Billed, and flagged in the report."""


class Artefact(Struct, frozen=True):
    """A file outside the workspace; its path lies in the vault under the commitment."""

    kind: e.ArtefactKind
    commitment: str | None
    workstation: str | None = None
    place: e.Place | None = None
    host: str | None = None
    withdrawn: bool = False


class Workspace(Struct, frozen=True):
    """A folder of the session's own as it was made; its path lies in the vault under the commitment."""

    place: e.Place
    commitment: str | None
    workstation: str | None
    host: str | None
    gone: bool = False
    """A completed purge of its workstation was through with it."""


class Certificate(Struct, frozen=True):
    """A confirmation of deletion as it was given out, and what superseded it."""

    issued: e.CertificateIssued
    superseded: e.CertificateSuperseded | None = None


class Session(Struct):
    """The state of one session. Instants are UTC; `issues` and `connections` are in order."""

    id: UUID
    customer: str
    requested_at: datetime
    issues: list[e.IssueFrom]
    version: int = 1
    session_ref: str | None = None
    channel: str | None = None
    scheduled_for: datetime | None = None
    remote_id_fingerprints: tuple[str, str] | None = None
    commitment: str | None = None
    quoted_tariff: str | None = None
    quoted_at: datetime | None = None
    quoted_for: e.IssueFrom | None = None
    """The issue of the session at its last quote, in the order of recording."""
    accepted_tariff: str | None = None
    connections: list[e.Connection] = field(default_factory=list[e.Connection])
    workstations: set[str] = field(default_factory=set[str])
    ended_at: datetime | None = None
    ended_by: str | None = None
    cancelled_at: datetime | None = None
    artefacts: list[Artefact] = field(default_factory=list["Artefact"])
    workspaces: list[Workspace] = field(default_factory=list["Workspace"])
    purge_attempts: int = 0
    purge_started_at: datetime | None = None
    """The beginning of a purge without an outcome."""
    purge_failed_at: datetime | None = None
    purge_outcomes: dict[str, e.PartPurged | e.PurgeFailed | e.DataPurged] = field(
        default_factory=dict[str, "e.PartPurged | e.PurgeFailed | e.DataPurged"]
    )
    """The last outcome of each workstation."""
    removed: tuple[int, int] = (0, 0)
    """Files and bytes that all attempts together removed."""
    purged_at: datetime | None = None
    purge_evidence: e.Evidence | None = None
    doubts: tuple[str, ...] = ()
    """Flags of the completed purge that keep its deletion from being claimed."""
    words_erased: bool = False
    """True once its own personal data was erased without a purge: retention, or the customer's request."""
    certificates: list[Certificate] = field(default_factory=list["Certificate"])
    reviewed: e.SessionReviewed | None = None
    waived: e.Waived | None = None
    """The goodwill that stands; None where nothing is waived."""
    voided: bool = False
    """True while it is put aside as recorded by mistake: in no sum, its deletion still owed."""
    confirmed: bool = False
    unrecorded: bool = False
    """True once a person allowed billing without a tool's record."""
    held_until: date | None = None
    billed: str | None = None
    """FV/2026/11/0001, receipt:17, elsewhere:…; None while it is on no document."""
    billed_on: e.SessionBilled | None = None
    receipt: e.ReceiptIssued | None = None
    invoice_requested_on: date | None = None

    @property
    def state(self) -> State:
        """The state of the session."""
        if self.cancelled_at is not None:
            return "cancelled"
        if self.ended_at is not None:
            return "ended" if self.purged_at is None else "purged"
        if not self.connections:
            return "requested"
        return "connected" if self.open_connections() else "disconnected"

    @property
    def issue(self) -> e.Issue:
        """The issue of the session now."""
        return self.issues[-1].issue

    @property
    def order_ref(self) -> str | None:
        """The order of the hardware it is about now."""
        return self.issues[-1].order_ref

    @property
    def quoted_otherwise(self) -> tuple[str, str] | None:
        """The issue at the last quote and the issue now, where their prices differ."""
        if self.quoted_for is None or _priced_as(self.quoted_for) == _priced_as(self.issues[-1]):
            return None
        return " ".join(_priced_as(self.quoted_for)), " ".join(_priced_as(self.issues[-1]))

    @property
    def connected_at(self) -> datetime | None:
        """The beginning of the first connection that lasts a second; without one, of the very first."""
        if len(self.connections) == 1:
            return self.connections[0].connected_at
        lasting = [c.connected_at for c in self.connections if _lasts(c)]
        return min(lasting or [c.connected_at for c in self.connections], default=None)

    @property
    def deleted_too_early(self) -> bool:
        """True if its data were deleted before its end, which was recorded or corrected later."""
        return self.purged_at is not None and self.ended_at is not None and self.purged_at < self.ended_at

    @property
    def tariff(self) -> str | None:
        """Digest of the price list pinned at the deciding Connected."""
        first = self.connected_at
        return next((c.tariff for c in self.connections if c.connected_at == first), None)

    @property
    def duration(self) -> timedelta:
        """From the deciding Connected to Ended; zero while one of them is missing."""
        began = self.connected_at
        return timedelta() if began is None or self.ended_at is None else self.ended_at - began

    def is_owed_by(self, codes: Collection[str]) -> bool:
        """Return True if an invoice to the customer of these codes may charge it."""
        return self.customer in codes and not self.voided

    def open_connections(self) -> list[e.Connection]:
        """Return the connections that are still open."""
        return [c for c in self.connections if c.disconnected_at is None]

    def last_disconnected_at(self) -> datetime | None:
        """Return the end of the last closed connection."""
        return max((c.disconnected_at for c in self.connections if c.disconnected_at), default=None)


def _lasts(connection: e.Connection) -> bool:
    end = connection.disconnected_at
    return end is None or epoch_seconds(end) > epoch_seconds(connection.connected_at)


def _priced_as(kind: e.IssueFrom) -> tuple[str, ...]:
    """Return what a price depends on: the issue, and of hardware the order, which may be owned or not."""
    if kind.issue == "hardware" and kind.order_ref is not None:
        return kind.issue, kind.order_ref
    return (kind.issue,)
