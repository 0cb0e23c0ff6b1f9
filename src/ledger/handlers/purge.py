"""The measured purge of a session's files and personal data.

Order: the plan is hashed and `PurgeStarted` recorded; files are removed and looked for; after the grace
period they are looked for again; only when nothing is left the session's own data go from the vault,
among them the paths of its artefacts; then the outcome is recorded. A rerun after a kill claims what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.identifiers import check_token
from ledger.domain.session import purge_rules as deletion
from ledger.domain.session.doubts import DOUBTS
from ledger.domain.session.evolve import Artefact, Session, Workspace
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import LedgerError, PlanChanged, PurgeNowhere, SessionPurged, VersionTaken
from ledger.handlers.purge_evidence import (
    CLOCK_BACK,
    attempt_before,
    continued,
    evidence_of,
    leaves_a_doubt,
)
from ledger.handlers.workspace import note_places, places_during, settings_of
from ledger.message import msg
from ledger.purge.evidence import host_of
from ledger.purge.execute import Means, carry_out, is_gone
from ledger.purge.place import true_host
from ledger.purge.plan import PurgePlan, make_plan
from ledger.purge.protected import require_harmless, require_plan_harmless
from ledger.purge.scope import NotedArtefact, SessionSpan, Subject, scopes_of
from ledger.purge.settings import PurgeSettings

Others = Callable[[int, datetime, datetime], Sequence[tuple[datetime, datetime | None]]]
"""The times of the other sessions that lie in a stretch: (number of this one, begin, end)."""

ATTEMPTS_MAX = 5
"""Attempts to record an outcome beside other writers of the session."""
_VAULT = "vault/session"


class Purge(NamedTuple):
    """A purge that may begin: whose, on which workstation, by which plan."""

    stream: UUID
    number: int
    workstation: str
    plan: PurgePlan
    ended_at: datetime | None
    grace_seconds: int
    fields: tuple[str, ...]
    """Names of the personal fields that would go from the vault."""
    true_host: str = ""


class PurgeOutcome(NamedTuple):
    """What was recorded at the end of a purge."""

    receipt: Receipt
    fact: e.DataPurged | e.PartPurged | e.PurgeFailed
    interrupted_before: bool = False
    """An earlier attempt had begun and left no outcome: what it removed, nobody saw being removed."""


# --- planning ---------------------------------------------------------------------------------


def prepare(ledger: Ledger, named: str, workstation: str, *, by_descriptor: bool, others: Others) -> Purge:
    """Look at everything a purge would touch; nothing is touched or recorded.

    Raises: SessionOpen, SessionPurged (after completing an erasure that was cut short), DeletionHeld,
    PurgeOtherHost, PurgeNowhere, PlaceProtected, BadConfig.
    """
    check_token(workstation, "the workstation")
    stream, number = ledger.find_session(named)
    session = ledger.session(stream)
    try:
        deletion.may_purge(session, workstation)
    except SessionPurged:
        ledger.vault.erase("session", stream)
        raise
    host = true_host()
    deletion.require_here(session, workstation, host)
    settings = settings_of(ledger)
    require_harmless(settings, ledger.folder.path, deep=False)
    artefacts = _artefacts(ledger, session, workstation)
    made = _workspaces(ledger, session, workstation, number, host)
    earlier = places_during(ledger, session)
    looks_somewhere = settings.looks_somewhere or artefacts or made
    if session.connections and not looks_somewhere:
        raise PurgeNowhere(msg("ledger.toml names no place where files of sessions lie"))
    subject = _subject(session, number, settings, others)
    scopes = scopes_of(settings, subject, artefacts, made, earlier)
    plan = make_plan(stream, workstation, scopes, by_descriptor=by_descriptor)
    require_plan_harmless(plan, ledger.folder.path)
    fields = _fields(ledger, session)
    return Purge(stream, number, workstation, plan, session.ended_at, settings.grace_seconds, fields, host)


def _fields(ledger: Ledger, session: Session) -> tuple[str, ...]:
    kept = ledger.words(session.commitment) or {}
    artefacts = any(ledger.words(artefact.commitment) for artefact in session.artefacts)
    return (*sorted(kept), *(["path"] if artefacts else []))


def _artefacts(ledger: Ledger, session: Session, workstation: str) -> list[NotedArtefact]:
    noted: list[NotedArtefact] = []
    for number, artefact in enumerate(session.artefacts, start=1):
        if artefact.workstation in {None, workstation} and not artefact.withdrawn:
            was_gone = _was_gone(session, workstation, f"artefact/{number}")
            noted.append(_noted(ledger, number, artefact, was_gone=was_gone))
    return noted


def _workspaces(
    ledger: Ledger, session: Session, workstation: str, session_number: int, host: str
) -> list[NotedArtefact]:
    """Return the session's folders on this host, the last of those made under one path."""
    found: dict[Path | int, NotedArtefact] = {}
    for number, each in enumerate(session.workspaces, start=1):
        if each.host == host and each.workstation in {None, workstation} and not each.gone:
            locators = (f"workspace/{session_number}", f"workspace/{session_number}/{number}")
            gone = [locator for locator in locators if _was_gone(session, workstation, locator)]
            noted = _noted(ledger, number, each, was_gone=bool(gone))
            last = session.purge_outcomes.get(workstation)
            reported = set[str]() if last is None else {target.locator for target in last.targets}
            noted = noted._replace(seen_as=next((each for each in locators if each in reported), ""))
            found[noted.path or number] = noted
    return list(found.values())


def _noted(ledger: Ledger, number: int, remembered: Artefact | Workspace, *, was_gone: bool) -> NotedArtefact:
    words = ledger.words(remembered.commitment)
    path = None if words is None else Path(words["path"])
    return NotedArtefact(
        number, path, was_gone, remembered.place, None if words is None else words.get("real")
    )


def _was_gone(session: Session, workstation: str, locator: str) -> bool:
    """Return True if an earlier purge saw the target gone, or was cut short when it may have."""
    last = session.purge_outcomes.get(workstation)
    seen = () if last is None else last.targets
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


def _span(begins: datetime, ends: datetime) -> SessionSpan:
    return SessionSpan(epoch_microseconds(begins) * 1000, epoch_microseconds(ends) * 1000)


# --- doing it ---------------------------------------------------------------------------------


def purge(
    ledger: Ledger, said: Metadata, prepared: Purge, means: Means, *, plan_digest: str | None = None
) -> PurgeOutcome:
    """Record the beginning, delete, look, look again, erase from the vault, record the outcome.

    An end up to two minutes ahead is waited for first. `plan_digest` is that of the plan which a person saw.
    Raises PlanChanged, SeenOld, Conflict; ClockBehind before anything is deleted.
    """
    author = said.of_command("session purge", {"session": prepared.number})
    session = ledger.session(prepared.stream)
    ledger.require_seen(said, prepared.stream, session.version)
    if plan_digest is not None and plan_digest != prepared.plan.digest():
        raise PlanChanged(
            msg("the plan of session {number} is another than the one that was shown", number=prepared.number)
        )
    deletion.require_clock(session, means.now(), ledger.last_recorded_at())
    _wait_until(means, prepared.ended_at)
    note_places(ledger, said)
    first_empty = _all_were_empty(ledger, prepared)
    interrupted = session.purge_started_at is not None
    before = attempt_before(session, prepared.workstation)
    saw_all = interrupted and _interrupted_saw_all(ledger, prepared)
    started_at = _start(ledger, author, prepared, session)
    second_look_at = None
    if prepared.ended_at is not None:
        second_look_at = prepared.ended_at + timedelta(seconds=prepared.grace_seconds)
    looked = carry_out(prepared.plan, means, second_look_at=second_look_at)
    targets = [continued(target, before, saw_all=saw_all) for target in looked]
    session = ledger.session(prepared.stream)
    deletion.may_purge(session, prepared.workstation)  # somebody may have suspended it meanwhile
    is_dated = ledger.now() >= started_at - AHEAD_MAX  # else the clock ran back: a repeat dates it
    complete = all(map(is_gone, targets)) and is_dated
    vault = _vault_target(ledger, prepared, session, complete=complete, verified_at=means.now)
    if vault is not None and not is_dated:
        vault = msgspec.structs.replace(vault, flags=(CLOCK_BACK,))
    if vault is not None:
        targets.append(continued(vault, before, saw_all=saw_all))
    evidence = evidence_of(targets, means, first_empty=first_empty)
    floor = max(started_at, prepared.ended_at or started_at)
    receipt = _finish(ledger, author, prepared, evidence, targets, floor=floor, complete=complete)
    fact = receipt.events[-1].event
    assert isinstance(fact, e.DataPurged | e.PartPurged | e.PurgeFailed)  # noqa: S101 - as finish_purge says
    return PurgeOutcome(receipt, fact, interrupted)


def _wait_until(means: Means, moment: datetime | None) -> None:
    """Wait for the session's end; `require_clock` has refused one that is further ahead."""
    if moment is not None and (seconds := (moment - means.now()).total_seconds()) > 0:
        means.wait(seconds)


def _interrupted_saw_all(ledger: Ledger, prepared: Purge) -> bool:
    """Return True if the attempt that was cut short found every remembered place here as it was."""
    told = [event.event for event in ledger.events_of(prepared.stream)]
    last = next(fact for fact in reversed(told) if isinstance(fact, e.PurgeStarted))
    is_here = last.true_host == prepared.true_host and last.workstation == prepared.workstation
    return is_here and not last.doubts


def repeated(ledger: Ledger, said: Metadata, number: int) -> PurgeOutcome | None:
    """Return what the same command recorded before; an attempt without an outcome recorded nothing."""
    author = said.of_command("session purge", {"session": number})
    receipt = ledger.repeat_of(author, None)
    fact = None if receipt is None else receipt.events[-1].event
    if receipt is None or not isinstance(fact, e.DataPurged | e.PartPurged | e.PurgeFailed):
        return None
    return PurgeOutcome(receipt, fact, _began_anew(ledger.events_of(receipt.events[-1].originator_id), fact))


def _began_anew(recorded: Sequence[e.RecordedEvent], outcome: e.Event) -> bool:
    """Return True if the attempt with this outcome came after one that had none."""
    kinds = e.PurgeStarted | e.DataPurged | e.PartPurged | e.PurgeFailed
    attempts: list[e.Event] = [event.event for event in recorded if isinstance(event.event, kinds)]
    began = attempts.index(outcome) - 1
    return began > 0 and isinstance(attempts[began - 1], e.PurgeStarted)


def _start(ledger: Ledger, author: Metadata, prepared: Purge, session: Session) -> datetime:
    """Record the beginning and return its moment.

    It bears no command id: a rerun under the same id goes on, and is no repeat.
    """
    plan, now = prepared.plan, ledger.now()
    facts = deletion.start_purge(
        session,
        author.without_command(),
        at=now,
        workstation=prepared.workstation,
        plan=plan.digest(),
        targets=len(plan.targets) + 1,  # and the vault
        files=plan.files,
        size_bytes=plan.size_bytes,
        true_host=prepared.true_host,
        doubts=sorted({flag for target in plan.targets for flag in target.found.flags} & DOUBTS),
    )
    ledger.record(e.following(prepared.stream, session.version, *facts))
    return now


def _all_were_empty(ledger: Ledger, prepared: Purge) -> bool:
    """Return True if nothing to remove was ever seen or noted on this workstation."""
    told = [event.event for event in ledger.events_of(prepared.stream)]
    begun = [fact for fact in told if isinstance(fact, e.PurgeStarted)]
    seen = any(fact.files for fact in begun if fact.workstation == prepared.workstation)
    return not (prepared.plan.entries or seen or any(map(leaves_a_doubt, told)))


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
    floor: datetime,
    complete: bool,
) -> Receipt:
    """Record the outcome, dated not before `floor`; the raw clock stands beside it where that differs."""
    places = [target.scope.root for target in prepared.plan.targets if target.scope.root is not None]
    host = host_of(prepared.workstation, places[0] if places else None, prepared.true_host)
    is_complete = complete and all(map(is_gone, targets))
    for attempt in range(ATTEMPTS_MAX):
        session, now = ledger.session(prepared.stream), ledger.now()
        facts = deletion.finish_purge(
            session,
            author,
            at=max(now, floor) if is_complete else now,
            plan=prepared.plan.digest(),
            evidence=evidence,
            targets=targets,
            host=host,
            complete=is_complete,
            clock=now if is_complete and now < floor else None,
        )
        try:
            return ledger.record(e.following(prepared.stream, session.version, *facts))
        except VersionTaken:
            if attempt == ATTEMPTS_MAX - 1:
                raise
    raise AssertionError
