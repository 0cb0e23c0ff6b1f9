"""The measured purge of a session's files and personal data.

Order: the plan is hashed and `PurgeStarted` recorded; files are removed and looked for; after the grace
period they are looked for again; only when nothing is left the session's own data go from the vault,
among them the paths of its artefacts; then the outcome is recorded. A rerun after a kill claims what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.identifiers import check_token
from ledger.domain.session import purge_rules as deletion
from ledger.domain.session.doubts import DOUBTS
from ledger.domain.session.evolve import Session
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import LedgerError, PlanChanged, PurgeNowhere, SessionPurged, VersionTaken
from ledger.handlers.purge_evidence import (
    CLOCK_BACK,
    NOBODY,
    Interrupted,
    attempt_before,
    continued,
    evidence_of,
    leaves_a_doubt,
)
from ledger.handlers.purge_scopes import Others, meanwhile, require_one_host, scopes_now, subject_of
from ledger.handlers.workspace import note_places, settings_of
from ledger.message import msg
from ledger.purge.evidence import appeared, host_of
from ledger.purge.execute import Means, carry_out, is_gone
from ledger.purge.journal import VAULT, Journal, path_of, read
from ledger.purge.place import true_host
from ledger.purge.plan import PurgePlan, make_plan
from ledger.purge.protected import require_harmless, require_plan_harmless
from ledger.purge.scope import Subject

ATTEMPTS_MAX = 5
"""Attempts to record an outcome beside other writers of the session."""


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
    subject: Subject
    """Names and times of the session by which its files are known."""
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
    check_token(workstation, msg("the workstation"))
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
    require_one_host(ledger, session, workstation)
    subject = subject_of(session, number, settings, others)
    scopes = scopes_now(ledger, session, settings, subject, workstation)
    looks_somewhere = settings.looks_somewhere or any(scope.is_remembered for scope in scopes)
    if session.connections and not looks_somewhere:
        raise PurgeNowhere(msg("ledger.toml names no place where files of sessions lie"))
    plan = make_plan(stream, workstation, scopes, by_descriptor=by_descriptor)
    require_plan_harmless(plan, ledger.folder.path)
    fields = _fields(ledger, session)
    return Purge(
        stream, number, workstation, plan, session.ended_at, settings.grace_seconds, fields, subject, host
    )


def _fields(ledger: Ledger, session: Session) -> tuple[str, ...]:
    kept = ledger.words(session.commitment) or {}
    artefacts = any(ledger.words(artefact.commitment) for artefact in session.artefacts)
    return (*sorted(kept), *(["path"] if artefacts else []))


def _placed(session: Session) -> tuple[int, int]:
    """Return how many files were noted and folders made: more than before, and a purge is not over."""
    return len(session.artefacts), len(session.workspaces)


# --- doing it ---------------------------------------------------------------------------------


def purge(
    ledger: Ledger,
    said: Metadata,
    prepared: Purge,
    means: Means,
    *,
    plan_digest: str | None = None,
    clock_is_right: bool = False,
) -> PurgeOutcome:
    """Record the beginning, delete, look, look again, erase from the vault, record the outcome.

    An end up to two minutes ahead is waited for first. `plan_digest` is that of the plan which a person saw.
    `clock_is_right`: the log is ahead since a clock once was; the deletion bears the mark `clock_back`.
    Raises PlanChanged, SeenOld, Conflict; ClockBehind before anything is deleted.
    """
    author = said.of_command("session purge", {"session": prepared.number})
    session = ledger.session(prepared.stream)
    ledger.require_seen(said, prepared.stream, session.version)
    if plan_digest is not None and plan_digest != prepared.plan.digest():
        raise PlanChanged(
            msg("the plan of session {number} is another than the one that was shown", number=prepared.number)
        )
    deletion.require_clock(session, means.now(), None if clock_is_right else ledger.last_recorded_at())
    _wait_until(means, prepared.ended_at)
    note_places(ledger, said)
    first_empty = _all_were_empty(ledger, prepared)
    unfinished = _unfinished(ledger, prepared)
    saw_all = unfinished is not None and _saw_all(unfinished, prepared)
    killed, journal = _killed(ledger, prepared, unfinished)
    before = killed.before(prepared.plan, attempt_before(session, prepared.workstation))
    started_at = _start(ledger, author, prepared, session)
    second_look_at = None
    if prepared.ended_at is not None:
        second_look_at = prepared.ended_at + timedelta(seconds=prepared.grace_seconds)

    def cut_short(targets: Sequence[e.PurgeTarget]) -> None:
        """Keep what was removed and seen gone when the purge is told to end while it waits."""
        seen = [killed.marked(continued(target, before, saw_all=saw_all)) for target in targets]
        failed = [*seen, e.PurgeTarget(kind="vault", locator=VAULT, result="failed")]
        with suppress(LedgerError):
            _finish(ledger, author, prepared, "absence_measured", failed, floor=started_at, complete=False)
            journal.end()

    looked = carry_out(
        prepared.plan, means, second_look_at=second_look_at, journal=journal, cut_short=cut_short
    )
    targets = [killed.marked(continued(target, before, saw_all=saw_all)) for target in looked]
    session = ledger.session(prepared.stream)
    _refuse_if_changed(session, prepared, journal)
    late = _placed_meanwhile(ledger, prepared, session, means)
    is_dated = ledger.now() >= started_at - AHEAD_MAX  # else the clock ran back: a repeat dates it
    complete = all(map(is_gone, targets)) and is_dated and not late
    targets += late
    vault = _vault_target(
        ledger, prepared, session, complete=complete, verified_at=means.now, erases=journal.erases
    )
    if vault is not None and not is_dated:
        vault = msgspec.structs.replace(vault, flags=(CLOCK_BACK,))
    if vault is not None:
        targets.append(continued(vault, before, saw_all=saw_all))
    evidence = evidence_of(targets, means, first_empty=first_empty)
    floor = max(started_at, prepared.ended_at or started_at)
    receipt = _finish(
        ledger, author, prepared, evidence, targets, floor=floor, complete=complete, placed=_placed(session)
    )
    journal.end()
    fact = receipt.events[-1].event
    assert isinstance(fact, e.DataPurged | e.PartPurged | e.PurgeFailed)  # noqa: S101 - as finish_purge says
    return PurgeOutcome(receipt, fact, unfinished is not None)


def _placed_meanwhile(ledger: Ledger, prepared: Purge, session: Session, means: Means) -> list[e.PurgeTarget]:
    """Return what was made, noted or named since the plan: it was not touched, and a repeat purges it."""
    scopes = scopes_now(ledger, session, settings_of(ledger), prepared.subject, prepared.workstation)
    found = meanwhile(prepared.plan, scopes, by_descriptor=means.by_descriptor)
    return [appeared(each, by_descriptor=means.by_descriptor, verified_at=means.now()) for each in found]


def _wait_until(means: Means, moment: datetime | None) -> None:
    """Wait for the session's end; `require_clock` has refused one that is further ahead."""
    if moment is not None and (seconds := (moment - means.now()).total_seconds()) > 0:
        means.wait(seconds)


def _unfinished(ledger: Ledger, prepared: Purge) -> e.PurgeStarted | None:
    """Return the last attempt on this workstation if it left no outcome."""
    found: e.PurgeStarted | None = None
    for event in ledger.events_of(prepared.stream):
        fact = event.event
        if isinstance(fact, e.PurgeStarted) and fact.workstation == prepared.workstation:
            found = fact
        elif isinstance(fact, e.DataPurged | e.PartPurged | e.PurgeFailed):
            is_here = fact.host is None or fact.host.workstation == prepared.workstation
            found = None if is_here else found
    return found


def _refuse_if_changed(session: Session, prepared: Purge, journal: Journal) -> None:
    """Refuse to go on where somebody suspended the deletion meanwhile, or did it.

    Whoever did it could not remove this journal where an open file stays, on Windows.
    """
    try:
        deletion.may_purge(session, prepared.workstation)
    except SessionPurged:
        journal.end()
        raise


def _killed(ledger: Ledger, prepared: Purge, last: e.PurgeStarted | None) -> tuple[Interrupted, Journal]:
    """Return what is known of the attempts that were killed, and the journal of this one."""
    path = path_of(ledger.folder.path, prepared.stream, prepared.workstation)
    killed = NOBODY
    if last is not None and (report := read(path, last.plan, prepared.true_host)) is not None:
        kept = report.kept(prepared.plan)
        known = {VAULT, *(target.scope.locator for target in prepared.plan.targets)}
        elsewhere = [each for locator, each in kept.items() if locator not in known]
        killed = Interrupted(
            kept, lost=report.head.lost or any(each.in_doubt or each.flags for each in elsewhere)
        )
    elif last is not None:
        killed = Interrupted({}, lost=prepared.plan.files < last.files or bool(last.doubts))
    journal = Journal.begin(
        path,
        prepared.plan,
        prepared.true_host,
        plan_before="" if last is None else last.plan,
        kept=killed.kept,
        lost=killed.lost,
    )
    return killed, journal


def _saw_all(last: e.PurgeStarted, prepared: Purge) -> bool:
    """Return True if the attempt that was cut short found every remembered place here as it was."""
    return last.true_host == prepared.true_host and not last.doubts


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
    erases: Callable[[str], None],
) -> e.PurgeTarget | None:
    """Erase the session's words and look; not while a file is left or another workstation has to report.

    Until then the paths of artefacts are needed. None where another workstation will do it.
    """
    if deletion.unreported(session) - {prepared.workstation}:
        return None
    if not complete:
        return e.PurgeTarget(kind="vault", locator=VAULT, result="failed")
    held = ledger.vault.has_keys("session", prepared.stream)
    refusal: LedgerError | None = None
    if held:
        erases(VAULT)
    try:
        ledger.vault.erase("session", prepared.stream)
    except LedgerError as error:  # the outcome says so, and a rerun completes it
        refusal = error
    left = refusal is not None or ledger.vault.has_keys("session", prepared.stream)
    return e.PurgeTarget(
        kind="vault",
        locator=VAULT,
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
    placed: tuple[int, int] | None = None,
) -> Receipt:
    """Record the outcome, dated not before `floor`; the raw clock stands beside it where that differs.

    It failed after all where something was noted since `placed` was read.
    """
    places = [target.scope.root for target in prepared.plan.targets if target.scope.root is not None]
    host = host_of(prepared.workstation, places[0] if places else None, prepared.true_host)
    for attempt in range(ATTEMPTS_MAX):
        session, now = ledger.session(prepared.stream), ledger.now()
        is_complete = complete and all(map(is_gone, targets)) and placed in {None, _placed(session)}
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
