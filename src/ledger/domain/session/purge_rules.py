"""Decisions about the measured purge: its beginning, its outcome, the verdict on its delay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from ledger import errors
from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session.doubts import RULE
from ledger.domain.session.evolve import Session
from ledger.domain.session.life import require_undeleted
from ledger.domain.time_rules import not_behind, not_behind_log
from ledger.message import Hint, msg

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
        raise errors.DeletionHeld(msg("the deletion is suspended until {until}", until=session.held_until))
    needed = unreported(session)
    if session.workstations and workstation not in needed:
        raise errors.PurgeOtherHost(
            msg("data of the session lie on {names}", names=", ".join(sorted(needed)))
        )


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
    true_host: str | None = None,
    doubts: Sequence[str] = (),
) -> list[e.Event]:
    """Begin a purge on a workstation under a plan of that digest."""
    may_purge(session, workstation)
    header = metadata._replace(workstation=workstation).header(at)
    return [
        e.PurgeStarted(
            **header,
            plan=plan,
            targets=targets,
            files=files,
            bytes=size_bytes,
            true_host=true_host,
            doubts=tuple(doubts) or None,
        )
    ]


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
    clock: datetime | None = None,
) -> list[e.Event]:
    """Record what came of a purge: it failed, or one workstation's part is done, or the data are gone.

    `clock` is what the clock showed where `at` is a moment that the deletion cannot precede.
    """
    may_purge(session, host.workstation)
    header = metadata._replace(workstation=host.workstation).header(at)
    what: dict[str, Any] = {"plan": plan, "targets": tuple(targets), "host": host, "rule": RULE}
    if not complete:
        return [e.PurgeFailed(**header, **what)]
    if unreported(session) - {host.workstation}:
        return [e.PartPurged(**header, **what, evidence=evidence)]
    parts = [part.evidence for part in session.purge_outcomes.values() if isinstance(part, e.PartPurged)]
    if "absence_measured" in parts:  # the whole is as strong as its weakest part
        evidence = "absence_measured"
    return [e.DataPurged(**header, **what, evidence=evidence, clock=clock)]


def require_clock(session: Session, now: datetime, last_recorded_at: datetime | None) -> None:
    """Raise ClockBehind while the clock is more than two minutes behind the log or the session's end.

    None in the place of the log's last moment where a person says that the clock is right.
    """
    not_behind_log(now, last_recorded_at)
    not_behind(now, session.ended_at, msg("the session's end"))


def require_here(session: Session, workstation: str, host: str) -> None:
    """Raise PurgeOtherHost unless a workstation is this host, or data were placed here under its name."""
    placed = {(each.workstation, each.host) for each in session.workspaces}
    placed |= {(each.workstation, each.host) for each in session.artefacts}
    if workstation != host and (workstation, host) not in placed:
        raise errors.PurgeOtherHost(
            msg(
                "this is {host}, and nothing of {workstation} was placed here",
                host=host,
                workstation=workstation,
            )
        )


def note_artefact(
    session: Session,
    metadata: Metadata,
    *,
    at: datetime,
    artefact: e.ArtefactKind,
    place: e.Place | None = None,
    host: str | None = None,
) -> list[e.Event]:
    """Note a file of the session that lies outside its workspace."""
    _require_unpurged(session)
    return [e.ArtefactNoted(**metadata.header(at), artefact=artefact, place=place, host=host)]


def withdraw_artefact(
    session: Session, metadata: Metadata, *, at: datetime, number: int, reason: str
) -> list[e.Event]:
    """Take a file off the list that was noted by mistake."""
    _require_unpurged(session)
    if not 1 <= number <= len(session.artefacts) or session.artefacts[number - 1].withdrawn:
        hint = Hint("session-ledger session purge S --dry-run lists them: artefact/1 is number 1")
        raise errors.ArtefactRefused(
            msg("no file of the session is noted as number {number}", number=number), hint=hint
        )
    return [e.ArtefactWithdrawn(**metadata.header(at), artefact=number, reason=reason)]


def make_workspace(
    session: Session, metadata: Metadata, *, at: datetime, place: e.Place, host: str
) -> list[e.Event]:
    """Remember where the session's own folder is."""
    _require_unpurged(session)
    return [e.WorkspaceMade(**metadata.header(at), place=place, host=host)]


def _require_unpurged(session: Session) -> None:
    if session.purged_at is not None and not session.deleted_too_early:
        raise errors.SessionPurged(msg("the session's data are deleted already"))


def verdict(
    delay_seconds: int | None, sla_seconds: int, doubts: Sequence[str] = ()
) -> Literal["open", "unknown", "pass", "late"]:
    """Return what the time between the end and the deletion says; `unknown` where the place is in doubt."""
    if delay_seconds is None:
        return "open"
    if delay_seconds < 0 or doubts:
        return "unknown"
    return "pass" if delay_seconds <= sla_seconds else "late"


def superseded(
    session: Session, metadata: Metadata, *, at: datetime, ended_at: datetime | None, otherwise: bool = False
) -> list[e.Event]:
    """Return what a correction changes in the certificate that is in force: both figures, or nothing.

    `otherwise`: something but the end is another now, of which the certificate tells or bears a mark.
    """
    live = next((each.issued for each in session.certificates if each.superseded is None), None)
    if live is None or session.purged_at is None or ended_at is None:
        return []
    delay_seconds = int((session.purged_at - ended_at).total_seconds() // 1)
    if delay_seconds == live.delay_seconds and not otherwise:
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
