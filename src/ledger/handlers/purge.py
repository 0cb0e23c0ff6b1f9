"""The measured purge as a person does it: where a session's files belong, and their deletion.

Order: the plan is hashed and `PurgeStarted` recorded; files are removed and looked for; after the grace
period they are looked for again; only when nothing is left the session's own words go from the vault,
among them the paths of its artefacts; then the outcome is recorded. Killed anywhere, a rerun finds what
is there and never says more than it saw.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.identifiers import check_token
from ledger.domain.session import purge_rules as deletion
from ledger.domain.session.commands import NoteArtefact
from ledger.domain.session.evolve import Session
from ledger.errors import (
    ArtefactRefused,
    LedgerError,
    PlanChanged,
    PurgeNowhere,
    SessionPurged,
    VersionTaken,
    WorkspacesMissing,
)
from ledger.handlers.session import handle
from ledger.purge.evidence import host_of
from ledger.purge.execute import Means, carry_out, is_gone
from ledger.purge.plan import Plan, make_plan
from ledger.purge.scope import Noted, Span, Subject, root_of, scopes_of
from ledger.purge.settings import PurgeSettings, parse_settings

Others = Callable[[int, datetime, datetime], Sequence[tuple[datetime, datetime | None]]]
"""The times of the other sessions that lie in a stretch: (number of this one, begin, end)."""

ATTEMPTS_MAX = 5
"""So often an outcome is decided anew, when somebody else recorded something of the session meanwhile."""
_VAULT = "vault/session"


class Purge(NamedTuple):
    """A purge that may begin: whose, on which workstation, by which plan."""

    stream: UUID
    number: int
    workstation: str
    plan: Plan
    ended_at: datetime | None
    grace_seconds: int
    fields: tuple[str, ...]
    """Names of the personal fields that would go from the vault."""


class Outcome(NamedTuple):
    """What was recorded at the end of a purge, and how much of a purge it was."""

    receipt: Receipt
    fact: e.DataPurged | e.PartPurged | e.PurgeFailed
    interrupted_before: bool = False
    """An earlier attempt had begun and left no outcome: what it removed, nobody saw being removed."""


def settings_of(ledger: Ledger) -> PurgeSettings:
    """What ledger.toml says of purges; raises BadConfig."""
    return parse_settings(ledger.folder.read_config())


# --- where files belong -----------------------------------------------------------------------


def workspace(ledger: Ledger, named: str) -> Path:
    """The session's own folder, made for its owner alone while the session is not over."""
    stream, number = ledger.find_session(named)
    workspaces = settings_of(ledger).workspaces
    if workspaces is None:
        raise WorkspacesMissing("no folder for workspaces is named")
    path = workspaces / str(number)
    if ledger.session(stream).state in {"requested", "connected", "disconnected"}:
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise WorkspacesMissing(f"the session's folder cannot be made: {error.strerror}") from error
    return path


def note_artefact(ledger: Ledger, said: Metadata, named: str, *, path: Path, kind: e.ArtefactKind) -> Receipt:
    """Write down that a file outside the workspace belongs to the session; its path goes to the vault."""
    if root_of(settings_of(ledger), path) is None:
        raise ArtefactRefused("the file lies below no root that a purge may delete in")
    if path.is_dir() or not os.path.lexists(path):
        raise ArtefactRefused("there is no file of that name")
    return handle(ledger, said, named, NoteArtefact(kind=kind, path=str(path)))


# --- planning ---------------------------------------------------------------------------------


def prepare(ledger: Ledger, named: str, workstation: str, *, by_descriptor: bool, others: Others) -> Purge:
    """Look at everything a purge would touch; nothing is touched or recorded.

    Raises what stands against it: SessionOpen, SessionPurged (after completing an erasure that was cut
    short), DeletionHeld, PurgeOtherHost, PurgeNowhere, BadConfig.
    """
    check_token(workstation, "the workstation")
    stream, number = ledger.find_session(named)
    session = ledger.session(stream)
    try:
        deletion.may_purge(session, workstation)
    except SessionPurged:
        ledger.vault.erase("session", stream)
        raise
    settings = settings_of(ledger)
    artefacts = _artefacts(ledger, session, workstation)
    if session.connections and not settings.looks_somewhere and not artefacts:
        raise PurgeNowhere("ledger.toml names no place where files of sessions lie")
    subject = _subject(session, number, settings, others)
    scopes = scopes_of(settings, subject, artefacts)
    plan = make_plan(stream, workstation, scopes, by_descriptor=by_descriptor)
    return Purge(
        stream, number, workstation, plan, session.ended_at, settings.grace_seconds, _fields(ledger, session)
    )


def _fields(ledger: Ledger, session: Session) -> tuple[str, ...]:
    kept = ledger.words(session.commitment) or {}
    artefacts = any(ledger.words(artefact.commitment) for artefact in session.artefacts)
    return (*sorted(kept), *(["path"] if artefacts else []))


def _artefacts(ledger: Ledger, session: Session, workstation: str) -> list[Noted]:
    noted: list[Noted] = []
    for number, artefact in enumerate(session.artefacts, start=1):
        if artefact.workstation in {None, workstation}:
            words = ledger.words(artefact.commitment)
            path = None if words is None else Path(words["path"])
            noted.append(Noted(number, path, _was_gone(session, workstation, number)))
    return noted


def _was_gone(session: Session, workstation: str, number: int) -> bool:
    """Whether an earlier purge saw the artefact gone, or was cut short when it may have."""
    last = session.purge_outcomes.get(workstation)
    seen = () if last is None else last.targets
    locator = f"artefact/{number}"
    return session.purge_started_at is not None or any(
        target.locator == locator and is_gone(target) for target in seen
    )


def _subject(session: Session, number: int, settings: PurgeSettings, others: Others) -> Subject:
    begins = min((c.connected_at for c in session.connections), default=None)
    if begins is None or session.ended_at is None or not settings.patterns:
        return Subject(number, session.session_ref)
    grace = timedelta(seconds=settings.grace_seconds)
    ends = session.ended_at + grace
    meanwhile = tuple(
        _span(begun, ends if ended is None else ended + grace)
        for begun, ended in others(number, begins, ends)
    )
    return Subject(number, session.session_ref, _span(begins, ends), meanwhile)


def _span(begins: datetime, ends: datetime) -> Span:
    return Span(epoch_microseconds(begins) * 1000, epoch_microseconds(ends) * 1000)


# --- doing it ---------------------------------------------------------------------------------


def purge(
    ledger: Ledger, said: Metadata, prepared: Purge, means: Means, *, plan_digest: str | None = None
) -> Outcome:
    """Record the beginning, delete, look, look again, erase from the vault, record the outcome.

    `plan_digest` is that of the plan which a person saw. Raises PlanChanged, SeenOld, Conflict.
    """
    author = said.of_command("session purge", {"session": prepared.number})
    session = ledger.session(prepared.stream)
    ledger.require_seen(said, prepared.stream, session.version)
    if plan_digest is not None and plan_digest != prepared.plan.digest():
        raise PlanChanged(f"the plan of session {prepared.number} is another than the one that was shown")
    first_empty = _all_were_empty(ledger, prepared)
    interrupted = session.purge_started_at is not None
    _start(ledger, author, prepared, session)
    second_look_at = None
    if prepared.ended_at is not None:
        over_at = min(prepared.ended_at, means.now())  # a clock that was set back is not waited for
        second_look_at = over_at + timedelta(seconds=prepared.grace_seconds)
    targets = carry_out(prepared.plan, means, second_look_at=second_look_at)
    session = ledger.session(prepared.stream)
    deletion.may_purge(session, prepared.workstation)  # somebody may have suspended it meanwhile
    complete = all(map(is_gone, targets))
    vault = _vault_target(ledger, prepared, session, complete=complete, verified_at=means.now)
    targets += [] if vault is None else [vault]
    evidence = _evidence(targets, vault, means, first_empty=first_empty)
    receipt = _finish(ledger, author, prepared, evidence, targets, complete=complete)
    fact = receipt.events[-1].event
    assert isinstance(fact, e.DataPurged | e.PartPurged | e.PurgeFailed)  # noqa: S101 - as finish_purge says
    return Outcome(receipt, fact, interrupted)


def repeated(ledger: Ledger, said: Metadata, number: int) -> Outcome | None:
    """What the same command recorded before; an attempt without an outcome recorded nothing under its id."""
    author = said.of_command("session purge", {"session": number})
    receipt = ledger.repeat_of(author, None)
    fact = None if receipt is None else receipt.events[-1].event
    if receipt is None or not isinstance(fact, e.DataPurged | e.PartPurged | e.PurgeFailed):
        return None
    return Outcome(receipt, fact, _began_anew(ledger.events_of(receipt.events[-1].originator_id), fact))


def _began_anew(recorded: Sequence[e.RecordedEvent], outcome: e.Event) -> bool:
    """Whether the attempt with this outcome came after one that had none."""
    kinds = e.PurgeStarted | e.DataPurged | e.PartPurged | e.PurgeFailed
    attempts: list[e.Event] = [event.event for event in recorded if isinstance(event.event, kinds)]
    began = attempts.index(outcome) - 1
    return began > 0 and isinstance(attempts[began - 1], e.PurgeStarted)


def _start(ledger: Ledger, author: Metadata, prepared: Purge, session: Session) -> None:
    """The beginning bears no command id: a rerun under the same id is to go on, not to be a repeat."""
    plan = prepared.plan
    facts = deletion.start_purge(
        session,
        author.without_command(),
        at=ledger.now(),
        workstation=prepared.workstation,
        plan=plan.digest(),
        targets=len(plan.targets) + 1,  # and the vault
        files=plan.files,
        size_bytes=plan.size_bytes,
    )
    ledger.record(e.following(prepared.stream, session.version, *facts))


def _all_were_empty(ledger: Ledger, prepared: Purge) -> bool:
    """Whether there never was anything to remove on this workstation, as far as anybody saw or noted."""
    told = [event.event for event in ledger.events_of(prepared.stream)]
    begun = [fact for fact in told if isinstance(fact, e.PurgeStarted)]
    seen = any(fact.files for fact in begun if fact.workstation == prepared.workstation)
    return not (prepared.plan.entries or seen or any(map(_leaves_a_doubt, told)))


def _leaves_a_doubt(fact: e.Event) -> bool:
    """Whether a fact tells of what an empty plan says nothing about: a file noted, a place not looked at."""
    if isinstance(fact, e.PurgeFailed):
        return any(target.kind != "vault" and target.result == "failed" for target in fact.targets)
    return isinstance(fact, e.ArtefactNoted)


def _evidence(
    targets: Sequence[e.PurgeTarget], vault: e.PurgeTarget | None, means: Means, *, first_empty: bool
) -> deletion.Measured:
    """Measured: a file was seen and removed here; or never one was seen, and the vault's words went here.

    A noted artefact was there once: one that is gone before the purge looked was removed by somebody else.
    """
    if any(target.kind == "artefact" and target.result == "absent" for target in targets):
        return "absence_measured"
    files = any(target.result == "removed" for target in targets if target.kind != "vault")
    words = first_empty and vault is not None and vault.result == "removed"
    return "measured" if means.by_descriptor and (files or words) else "absence_measured"


def _vault_target(
    ledger: Ledger,
    prepared: Purge,
    session: Session,
    *,
    complete: bool,
    verified_at: Callable[[], datetime],
) -> e.PurgeTarget | None:
    """Erase the session's words and look; not while a file is left or another workstation has to report.

    Until then the paths of artefacts are needed. None where another workstation will do it.
    """
    if deletion.unreported(session) - {prepared.workstation}:
        return None
    if not complete:
        return e.PurgeTarget(kind="vault", locator=_VAULT, result="failed")
    held = ledger.vault.has_keys("session", prepared.stream)
    refusal: LedgerError | None = None
    try:
        ledger.vault.erase("session", prepared.stream)
    except LedgerError as error:  # the outcome says so, and a rerun completes it
        refusal = error
    left = refusal is not None or ledger.vault.has_keys("session", prepared.stream)
    return e.PurgeTarget(
        kind="vault",
        locator=_VAULT,
        result="residual" if left else "removed" if held else "absent",
        method="erase-key-and-row" if held else "none",
        residual=int(left),
        verified="key-lookup",
        verified_at=verified_at(),
        flags=() if refusal is None else (refusal.code,),
    )


def _finish(
    ledger: Ledger,
    author: Metadata,
    prepared: Purge,
    evidence: deletion.Measured,
    targets: Sequence[e.PurgeTarget],
    *,
    complete: bool,
) -> Receipt:
    places = [target.scope.root for target in prepared.plan.targets if target.scope.root is not None]
    host = host_of(prepared.workstation, places[0] if places else None)
    for attempt in range(ATTEMPTS_MAX):
        session = ledger.session(prepared.stream)
        facts = deletion.finish_purge(
            session,
            author,
            at=ledger.now(),
            plan=prepared.plan.digest(),
            evidence=evidence,
            targets=targets,
            host=host,
            complete=complete and all(map(is_gone, targets)),
        )
        try:
            return ledger.record(e.following(prepared.stream, session.version, *facts))
        except VersionTaken:
            if attempt == ATTEMPTS_MAX - 1:
                raise
    raise AssertionError
