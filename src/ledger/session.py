"""`Session`: what the events of one remote-help session add up to.

`evolve` takes every fact as it is and never refuses; what may happen next is decided in
`ledger.decisions`, before a fact exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

import msgspec

from ledger import events as e
from ledger.clock import epoch_seconds
from ledger.facts import Kind, Purchase, SessionFacts, Waiver

State = Literal["requested", "connected", "disconnected", "ended", "purged", "cancelled"]
STATES: tuple[State, ...] = ("requested", "connected", "disconnected", "ended", "purged", "cancelled")

CONFIRM_OVER = timedelta(hours=48)
"""The remote tool's own limit; a longer session is billed only after a person confirmed it."""
FLAG_OVER = timedelta(hours=12)
"""Billed, and flagged in the report."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file outside the workspace; its path lies in the vault under the commitment."""

    kind: e.ArtefactKind
    commitment: str | None
    workstation: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A confirmation of deletion as it was given out, and what superseded it."""

    issued: e.CertificateIssued
    superseded: e.CertificateSuperseded | None = None


@dataclass(slots=True)
class Session:
    """One session as its events tell it. Instants are UTC; `issues` and `connections` are in order."""

    id: UUID
    customer: str
    requested_at: datetime
    issues: list[e.IssueFrom]
    version: int = 1
    session_ref: str | None = None
    channel: str | None = None
    scheduled_for: datetime | None = None
    marks: tuple[str, str] | None = None
    commitment: str | None = None
    quoted_tariff: str | None = None
    accepted_tariff: str | None = None
    connections: list[e.Connection] = field(default_factory=list[e.Connection])
    workstations: set[str] = field(default_factory=set[str])
    ended_at: datetime | None = None
    ended_by: str | None = None
    cancelled_at: datetime | None = None
    artefacts: list[Artefact] = field(default_factory=list["Artefact"])
    purge_attempts: int = 0
    purge_started_at: datetime | None = None
    """When the purge began that has no outcome yet."""
    purge_failed_at: datetime | None = None
    purge_outcomes: dict[str, e.PartPurged | e.PurgeFailed | e.DataPurged] = field(
        default_factory=dict[str, "e.PartPurged | e.PurgeFailed | e.DataPurged"]
    )
    """What each workstation last reported."""
    purged_at: datetime | None = None
    purge_evidence: e.Evidence | None = None
    words_erased: bool = False
    """Whether its own personal data went without a purge: its time was over, or the customer asked."""
    certificates: list[Certificate] = field(default_factory=list["Certificate"])
    reviewed: e.SessionReviewed | None = None
    waived_percent: int | None = None
    waived_hours: int | None = None
    confirmed: bool = False
    unrecorded: bool = False
    """Whether somebody said that it may be billed though no source has a record of it."""
    held_until: date | None = None
    billed: str | None = None
    """FV/2026/11/0001, receipt:17, elsewhere:…; None while it stands on nothing."""
    billed_on: e.SessionBilled | None = None
    receipt: e.ReceiptIssued | None = None
    invoice_requested_on: date | None = None

    @property
    def state(self) -> State:
        """Where the session stands."""
        if self.cancelled_at is not None:
            return "cancelled"
        if self.ended_at is not None:
            return "ended" if self.purged_at is None else "purged"
        if not self.connections:
            return "requested"
        return "connected" if self.open_connections() else "disconnected"

    @property
    def issue(self) -> e.Issue:
        """What the session is about now."""
        return self.issues[-1].issue

    @property
    def order_ref(self) -> str | None:
        """The order of the hardware it is about now."""
        return self.issues[-1].order_ref

    @property
    def connected_at(self) -> datetime | None:
        """When the first connection that lasts a second began; without one, the very first connection."""
        if len(self.connections) == 1:
            return self.connections[0].connected_at
        lasting = [c.connected_at for c in self.connections if _lasts(c)]
        return min(lasting or [c.connected_at for c in self.connections], default=None)

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

    def open_connections(self) -> list[e.Connection]:
        """The connections that nothing has closed yet."""
        return [c for c in self.connections if c.disconnected_at is None]

    def last_disconnected_at(self) -> datetime | None:
        """When the last closed connection closed."""
        return max((c.disconnected_at for c in self.connections if c.disconnected_at), default=None)


def _lasts(connection: e.Connection) -> bool:
    end = connection.disconnected_at
    return end is None or epoch_seconds(end) > epoch_seconds(connection.connected_at)


def _requested(stream: UUID, fact: e.Requested) -> Session:
    return Session(
        id=stream,
        customer=fact.customer,
        requested_at=fact.at,
        issues=[e.IssueFrom(at=fact.at, issue=fact.issue, order_ref=fact.order_ref)],
        session_ref=fact.session_ref,
        channel=fact.channel,
        scheduled_for=fact.scheduled_for,
        marks=fact.marks,
        commitment=fact.commitment,
    )


def _quoted(session: Session, fact: e.Quoted) -> None:
    session.quoted_tariff = fact.tariff


def _accepted(session: Session, fact: e.Accepted) -> None:
    session.accepted_tariff = fact.tariff


def _connected(session: Session, fact: e.Connected) -> None:
    session.connections.append(
        e.Connection(
            number=fact.connection, technician=fact.technician, connected_at=fact.at, tariff=fact.tariff
        )
    )
    if fact.workstation is not None and fact.source != "import":  # an import says nothing of where data lay
        session.workstations.add(fact.workstation)


def _close(session: Session, at: datetime, number: int | None = None) -> None:
    for place, connection in enumerate(session.connections):
        if connection.disconnected_at is None and number in (None, connection.number):
            session.connections[place] = msgspec.structs.replace(connection, disconnected_at=at)


def _disconnected(session: Session, fact: e.Disconnected) -> None:
    _close(session, fact.at, fact.connection)


def _ended(session: Session, fact: e.Ended) -> None:
    _close(session, fact.at)
    session.ended_at = fact.at
    session.ended_by = fact.ended_by


def _reclassified(session: Session, fact: e.Reclassified) -> None:
    session.issues.append(e.IssueFrom(at=fact.at, issue=fact.issue, order_ref=fact.order_ref))


def _corrected(session: Session, fact: e.SessionCorrected) -> None:
    session.connections = list(fact.connections)
    session.issues = list(fact.issues)
    session.ended_at = fact.ended_at


def _waived(session: Session, fact: e.Waived) -> None:
    session.waived_percent, session.waived_hours = fact.percent, fact.hours


def _noted(_session: Session, _fact: e.Noted) -> None:
    """A note changes nothing that a decision reads."""


def _cancelled(session: Session, fact: e.Cancelled) -> None:
    session.cancelled_at = fact.at


def _confirmed(session: Session, _fact: e.Confirmed) -> None:
    session.confirmed = True


def _unrecorded(session: Session, _fact: e.SessionUnrecorded) -> None:
    session.unrecorded = True


def _held(session: Session, fact: e.Held) -> None:
    session.held_until = fact.until


def _released(session: Session, _fact: e.Released) -> None:
    session.held_until = None


def _artefact_noted(session: Session, fact: e.ArtefactNoted) -> None:
    session.artefacts.append(Artefact(fact.artefact, fact.commitment, fact.workstation))
    if fact.workstation is not None:  # it lies there, whatever that workstation reported before
        session.workstations.add(fact.workstation)
        session.purge_outcomes.pop(fact.workstation, None)


def _purge_started(session: Session, fact: e.PurgeStarted) -> None:
    session.purge_attempts += 1
    session.purge_started_at = fact.at


def _part_purged(session: Session, fact: e.PartPurged) -> None:
    session.purge_started_at = session.purge_failed_at = None
    session.purge_outcomes[fact.host.workstation] = fact


def _purge_failed(session: Session, fact: e.PurgeFailed) -> None:
    session.purge_started_at = None
    session.purge_failed_at = fact.at
    session.purge_outcomes[fact.host.workstation] = fact


def _purged(session: Session, fact: e.DataPurged) -> None:
    session.purge_started_at = session.purge_failed_at = None
    session.purged_at = fact.at
    session.purge_evidence = fact.evidence
    if fact.host is not None:
        session.purge_outcomes[fact.host.workstation] = fact


def _certificate_issued(session: Session, fact: e.CertificateIssued) -> None:
    session.certificates.append(Certificate(fact))


def _certificate_superseded(session: Session, fact: e.CertificateSuperseded) -> None:
    session.certificates = [
        Certificate(each.issued, fact) if each.issued.number == fact.number else each
        for each in session.certificates
    ]


def _data_erased(session: Session, fact: e.SessionDataErased) -> None:
    session.words_erased = session.words_erased or fact.data == "session"


def _reviewed(session: Session, fact: e.SessionReviewed) -> None:
    session.reviewed = fact


def _billed_elsewhere(session: Session, fact: e.BilledElsewhere) -> None:
    session.billed = f"elsewhere:{fact.document}"


def _billed(session: Session, fact: e.SessionBilled) -> None:
    session.billed, session.billed_on = fact.number, fact


def _unbilled(session: Session, _fact: e.SessionUnbilled) -> None:
    session.billed_on = None
    session.billed = None if session.receipt is None else f"receipt:{session.receipt.number}"


def _receipt_issued(session: Session, fact: e.ReceiptIssued) -> None:
    session.receipt = fact
    session.billed = f"receipt:{fact.number}"


def _invoice_requested(session: Session, fact: e.InvoiceRequested) -> None:
    session.invoice_requested_on = fact.on


_EVOLVE: dict[type[e.Fact], Callable[[Session, Any], None]] = {
    e.Quoted: _quoted,
    e.Accepted: _accepted,
    e.Connected: _connected,
    e.Disconnected: _disconnected,
    e.Ended: _ended,
    e.Reclassified: _reclassified,
    e.SessionCorrected: _corrected,
    e.Waived: _waived,
    e.Noted: _noted,
    e.Cancelled: _cancelled,
    e.Confirmed: _confirmed,
    e.SessionUnrecorded: _unrecorded,
    e.Held: _held,
    e.Released: _released,
    e.ArtefactNoted: _artefact_noted,
    e.PurgeStarted: _purge_started,
    e.PartPurged: _part_purged,
    e.PurgeFailed: _purge_failed,
    e.DataPurged: _purged,
    e.CertificateIssued: _certificate_issued,
    e.CertificateSuperseded: _certificate_superseded,
    e.SessionDataErased: _data_erased,
    e.SessionReviewed: _reviewed,
    e.BilledElsewhere: _billed_elsewhere,
    e.SessionBilled: _billed,
    e.SessionUnbilled: _unbilled,
    e.ReceiptIssued: _receipt_issued,
    e.InvoiceRequested: _invoice_requested,
}
SESSION_FACTS: tuple[type[e.Fact], ...] = (e.Requested, *_EVOLVE)
"""The facts a session's stream is made of; the first one opens it."""


def evolve(session: Session | None, stream: UUID, fact: e.Fact) -> Session:
    """The session after one more fact (the same object, changed); the first fact is Requested."""
    if session is None:
        return _requested(stream, cast("e.Requested", fact))
    _EVOLVE[type(fact)](session, fact)
    session.version += 1
    return session


def project(session: Session | None, recorded: Iterable[e.Event]) -> Session | None:
    """The projector that `repository.get` reads a session with."""
    for event in recorded:
        session = evolve(session, event.originator_id, event.fact)
    return session


def rating_facts(session: Session, purchases: tuple[Purchase, ...]) -> SessionFacts:
    """What rating reads of an ended session and of its customer's purchases: whole epoch seconds."""
    waiver = None
    if session.waived_percent or session.waived_hours:
        waiver = Waiver(percent=session.waived_percent, hours=session.waived_hours)
    return SessionFacts(
        requested_s=epoch_seconds(session.requested_at),
        connections=tuple(
            (epoch_seconds(c.connected_at), epoch_seconds(c.disconnected_at))
            for c in session.connections
            if c.disconnected_at is not None
        ),
        kinds=tuple(Kind(epoch_seconds(k.at), k.issue, k.order_ref) for k in session.issues),
        purchases=purchases,
        waiver=waiver,
    )
