"""The fold of one session's events.

`evolve` takes every fact as it is and never refuses; what may happen next is decided in
`ledger.domain.session.decide`, before a fact exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec

from ledger.domain import events as e
from ledger.domain.clock import epoch_seconds
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts, Waiver
from ledger.domain.session.doubts import doubts_of
from ledger.domain.session.state import (
    CONFIRM_OVER,
    FLAG_OVER,
    STATES,
    Artefact,
    Certificate,
    Session,
    State,
    Workspace,
)

__all__ = [
    "CONFIRM_OVER",
    "FLAG_OVER",
    "SESSION_FACTS",
    "STATES",
    "Artefact",
    "Certificate",
    "Session",
    "State",
    "Workspace",
    "evolve",
    "project",
    "rating_facts",
]


def _requested(stream: UUID, fact: e.Requested) -> Session:
    return Session(
        id=stream,
        customer=fact.customer,
        requested_at=fact.at,
        issues=[e.IssueFrom(at=fact.at, issue=fact.issue, order_ref=fact.order_ref)],
        session_ref=fact.session_ref,
        channel=fact.channel,
        scheduled_for=fact.scheduled_for,
        remote_id_fingerprints=fact.remote_id_fingerprints,
        commitment=fact.commitment,
    )


def _quoted(session: Session, fact: e.Quoted) -> None:
    session.quoted_tariff, session.quoted_at = fact.tariff, fact.at
    session.quoted_for = session.issues[-1]


def _accepted(session: Session, fact: e.Accepted) -> None:
    session.accepted_tariff = fact.tariff


def _connected(session: Session, fact: e.Connected) -> None:
    session.connections.append(
        e.Connection(
            number=fact.connection, technician=fact.technician, connected_at=fact.at, tariff=fact.tariff
        )
    )
    if fact.workstation is not None and e.is_told(fact.source):  # an import says nothing of where data lay
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
    session.customer = fact.customer or session.customer


def _voided(session: Session, fact: e.SessionVoided) -> None:
    session.voided = not fact.undone


def _waived(session: Session, fact: e.Waived) -> None:
    is_any = fact.percent or fact.hours or fact.half_percents or fact.amount_grosze
    session.waived = fact if is_any else None


def _noted(_session: Session, _fact: e.Noted) -> None:
    """Change nothing: no decision reads a note."""


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
    session.artefacts.append(
        Artefact(fact.artefact, fact.commitment, fact.workstation, fact.place, fact.host)
    )
    _lies_on(session, fact.workstation)


def _workspace_made(session: Session, fact: e.WorkspaceMade) -> None:
    session.workspaces.append(Workspace(fact.place, fact.commitment, fact.workstation, fact.host))
    _lies_on(session, fact.workstation)


def _lies_on(session: Session, workstation: str | None) -> None:
    """Data lie on a workstation, whatever it reported before."""
    if workstation is not None:
        session.workstations.add(workstation)
        session.purge_outcomes.pop(workstation, None)


def _artefact_withdrawn(session: Session, fact: e.ArtefactWithdrawn) -> None:
    place = fact.artefact - 1
    session.artefacts[place] = msgspec.structs.replace(session.artefacts[place], withdrawn=True)


def _purge_started(session: Session, fact: e.PurgeStarted) -> None:
    session.purge_attempts += 1
    session.purge_started_at = fact.at


def _reported(session: Session, fact: e.PartPurged | e.PurgeFailed | e.DataPurged) -> None:
    files, size_bytes = session.removed
    session.removed = (
        files + sum(target.files for target in fact.targets),
        size_bytes + sum(target.bytes for target in fact.targets),
    )
    if fact.host is not None:
        session.purge_outcomes[fact.host.workstation] = fact


def _through_with(session: Session, host: e.PurgeHost | None) -> None:
    """Look no more for the folders of a workstation; one that is made later is remembered anew."""
    workstation = None if host is None else host.workstation
    session.workspaces = [
        msgspec.structs.replace(each, gone=True) if each.workstation in {None, workstation} else each
        for each in session.workspaces
    ]


def _part_purged(session: Session, fact: e.PartPurged) -> None:
    session.purge_started_at = session.purge_failed_at = None
    _reported(session, fact)
    _through_with(session, fact.host)


def _purge_failed(session: Session, fact: e.PurgeFailed) -> None:
    session.purge_started_at = None
    session.purge_failed_at = fact.at
    _reported(session, fact)


def _purged(session: Session, fact: e.DataPurged) -> None:
    session.purge_started_at = session.purge_failed_at = None
    session.purged_at = fact.at
    session.purge_evidence = fact.evidence
    _reported(session, fact)
    _through_with(session, fact.host)
    outcomes = session.purge_outcomes.values()
    found = {flag for each in outcomes for flag in doubts_of(each.targets, each.rule)}
    session.doubts = tuple(sorted(found))


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


_EVOLVE: dict[type[e.Event], Callable[[Session, Any], None]] = {
    e.Quoted: _quoted,
    e.Accepted: _accepted,
    e.Connected: _connected,
    e.Disconnected: _disconnected,
    e.Ended: _ended,
    e.Reclassified: _reclassified,
    e.SessionCorrected: _corrected,
    e.SessionVoided: _voided,
    e.Waived: _waived,
    e.Noted: _noted,
    e.Cancelled: _cancelled,
    e.Confirmed: _confirmed,
    e.SessionUnrecorded: _unrecorded,
    e.Held: _held,
    e.Released: _released,
    e.WorkspaceMade: _workspace_made,
    e.ArtefactNoted: _artefact_noted,
    e.ArtefactWithdrawn: _artefact_withdrawn,
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
SESSION_FACTS: tuple[type[e.Event], ...] = (e.Requested, *_EVOLVE)
"""The facts a session's stream is made of; the first one opens it."""


def evolve(session: Session | None, stream: UUID, fact: e.Event) -> Session:
    """Return the session after one more event: the same object, changed. The first event is Requested."""
    if session is None:
        return _requested(stream, cast("e.Requested", fact))
    _EVOLVE[type(fact)](session, fact)
    session.version += 1
    return session


def project(session: Session | None, recorded: Iterable[e.RecordedEvent]) -> Session | None:
    """Fold recorded events into a session; the projector of `repository.get`."""
    for event in recorded:
        session = evolve(session, event.originator_id, event.event)
    return session


def rating_facts(session: Session, purchases: tuple[Purchase, ...]) -> SessionFacts:
    """Return the rating's input of an ended session and its customer's purchases, in whole epoch seconds."""
    said = session.waived
    waiver = None
    if said is not None:
        waiver = Waiver(said.percent, said.hours, said.half_percents, said.amount_grosze)
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
