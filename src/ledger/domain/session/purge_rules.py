"""Decisions about the measured purge: its beginning, its outcome, the verdict on its delay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ledger import errors
from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session.evolve import Session
from ledger.domain.session.life import require_undeleted

Measured = Literal["measured", "absence_measured"]


def unreported(session: Session) -> set[str]:
    """Return the workstations whose purge is outstanding.

    Outcomes reported before the corrected end of the session are ignored.
    """
    since = session.ended_at if session.deleted_too_early else None
    done = {
        workstation
        for workstation, outcome in session.purge_outcomes.items()
        if not isinstance(outcome, e.PurgeFailed) and (since is None or outcome.at >= since)
    }
    return session.workstations - done


def may_purge(session: Session, workstation: str) -> None:
    """Raise the refusal of a purge on a workstation: the state, a hold, another workstation's turn."""
    require_undeleted(session)
    if session.held_until is not None:
        raise errors.DeletionHeld(f"the deletion is suspended until {session.held_until}")
    needed = unreported(session)
    if session.workstations and workstation not in needed:
        raise errors.PurgeOtherHost(f"data of the session lie on {', '.join(sorted(needed))}")


def start_purge(
    session: Session,
    metadata: Metadata,
    *,
    at: datetime,
    workstation: str,
    plan: str,
    targets: int,
    files: int,
    size_bytes: int,
) -> list[e.Event]:
    """Record that a purge begins on a workstation, under the plan of that digest."""
    may_purge(session, workstation)
    header = metadata._replace(workstation=workstation).header(at)
    return [e.PurgeStarted(**header, plan=plan, targets=targets, files=files, bytes=size_bytes)]


def finish_purge(
    session: Session,
    metadata: Metadata,
    *,
    at: datetime,
    plan: str,
    evidence: Measured,
    targets: Sequence[e.PurgeTarget],
    host: e.PurgeHost,
    complete: bool,
) -> list[e.Event]:
    """Record the outcome of a purge: it failed, one workstation's part is done, or the data are gone."""
    may_purge(session, host.workstation)
    header = metadata._replace(workstation=host.workstation).header(at)
    if not complete:
        return [e.PurgeFailed(**header, plan=plan, targets=tuple(targets), host=host)]
    if unreported(session) - {host.workstation}:
        return [e.PartPurged(**header, evidence=evidence, plan=plan, targets=tuple(targets), host=host)]
    parts = [part.evidence for part in session.purge_outcomes.values() if isinstance(part, e.PartPurged)]
    if "absence_measured" in parts:  # the whole is as strong as its weakest part
        evidence = "absence_measured"
    return [e.DataPurged(**header, evidence=evidence, plan=plan, targets=tuple(targets), host=host)]


def note_artefact(
    session: Session, metadata: Metadata, *, at: datetime, artefact: e.ArtefactKind
) -> list[e.Event]:
    """Record that a file of the session lies outside its workspace."""
    if session.purged_at is not None:
        raise errors.SessionPurged("the session's data are deleted already")
    return [e.ArtefactNoted(**metadata.header(at), artefact=artefact)]


def verdict(delay_seconds: int | None, sla_seconds: int) -> Literal["open", "unknown", "pass", "late"]:
    """Return the verdict on the time between the end and the deletion."""
    if delay_seconds is None:
        return "open"
    if delay_seconds < 0:
        return "unknown"
    return "pass" if delay_seconds <= sla_seconds else "late"


def superseded(
    session: Session, metadata: Metadata, *, at: datetime, ended_at: datetime | None
) -> list[e.Event]:
    """Return the event that supersedes the certificate in force where a corrected end changes its delay."""
    live = next((each.issued for each in session.certificates if each.superseded is None), None)
    if live is None or session.purged_at is None or ended_at is None:
        return []
    delay_seconds = int((session.purged_at - ended_at).total_seconds() // 1)
    if delay_seconds == live.delay_seconds:
        return []
    return [
        e.CertificateSuperseded(
            **metadata.header(at),
            number=live.number,
            verdict_before=live.verdict,
            delay_before_seconds=live.delay_seconds,
            verdict=verdict(delay_seconds, live.sla_seconds),
            delay_seconds=delay_seconds,
        )
    ]
