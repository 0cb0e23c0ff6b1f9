"""A measured purge at the command line: the plan shown, the question asked, the outcome told."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cli.context import App
from cli.options import Recording
from cli.presentation import next_steps
from cli.presentation.text import harmless
from cli.presentation.wording.purge import FLAGS, flag_words, target_words
from cli.presentation.wording.purge_outcome import files_counted, outcome_line, target_line
from cli.progress import progress
from ledger.domain.events import PurgeFailed
from ledger.errors import PurgeOtherHost
from ledger.message import Message, msg
from ledger.purge.evidence import NOT_LOOKED

if TYPE_CHECKING:
    from ledger.handlers.purge import Purge, PurgeOutcome
    from ledger.purge.execute import Means

LISTED_MAX = 1000
"""So many names of a plan are shown on the terminal."""


def purge_one(
    app: App, recording: Recording, session: str, *, dry_run: bool, yes: bool, clock_is_right: bool
) -> bool:
    """Purge one session; whether something is still there."""
    from ledger.handlers import purge as purging

    ledger = app.open()
    if recording.command_id is not None:
        stream, number = ledger.find_session(session)
        if before := purging.repeated(ledger, recording.said(), number):
            return _told(app, recording, before, ledger.session(stream).ended_at)
    prepared = _prepared(app, recording, session)
    if dry_run:
        return _show(app, recording, prepared)
    app.confirm(_question(prepared), yes=yes)
    outcome = purging.purge(ledger, recording.said(), prepared, _means(app), clock_is_right=clock_is_right)
    return _told(app, recording, outcome, prepared.ended_at)


def purge_ended(app: App, recording: Recording, *, dry_run: bool, yes: bool, clock_is_right: bool) -> bool:
    """Purge every session that waits and is not held, one line each; whether one of them failed."""
    from ledger.handlers import purge as purging

    waiting, held = _waiting(app)
    for number in held:
        app.say(msg("Session {number}: held, left out", number=number))
    if not waiting:
        app.say(msg("nothing waits to be deleted"))
        return False
    if not dry_run:
        ask = msg("Delete the data of {n_waiting} sessions? It cannot be undone.", n_waiting=len(waiting))
        app.confirm(ask, yes=yes)
    failed = False
    with app.open().signing.once(), progress("session purge", len(waiting)) as bar:
        for number in waiting:
            try:
                prepared = _prepared(app, recording, str(number))
            except PurgeOtherHost as elsewhere:
                app.say(msg("Session {number}: {fact}", number=number, fact=elsewhere.message))
            else:
                if dry_run:
                    failed |= _show(app, recording, prepared)
                else:
                    outcome = purging.purge(
                        app.open(), recording.said(), prepared, _means(app), clock_is_right=clock_is_right
                    )
                    failed |= _told(app, recording, outcome, prepared.ended_at)
            bar.advance()
    return failed


def _waiting(app: App) -> tuple[list[int], list[int]]:
    """The numbers of the sessions that ended and are not deleted: those that may be, and those held."""
    from projections.read_models import deletions

    with app.snapshot(None, records=True) as snapshot:
        found = deletions.undeleted(snapshot.views, sla_seconds=snapshot.state.settings["purge.sla_seconds"])
    return (
        [each.session for each in found if each.held_until is None],
        [each.session for each in found if each.held_until is not None],
    )


def _prepared(app: App, recording: Recording, session: str) -> Purge:
    from ledger.handlers import purge as purging
    from ledger.purge.directory import descriptors_available
    from projections.read_models import sessions

    def others(number: int, begins: datetime, ends: datetime) -> Sequence[tuple[datetime, datetime | None]]:
        with app.snapshot(None, records=True) as snapshot:
            return sessions.connected_within(snapshot.views, begins, ends, but=number)

    return purging.prepare(
        app.open(),
        session,
        recording.workstation,
        by_descriptor=descriptors_available(),
        others=others,
    )


def _means(app: App) -> Means:
    from ledger.purge.execute import Means

    ledger = app.open()
    forced = ledger.state.testing and app.environment().forced_now

    def wait(seconds: float) -> None:
        if not forced:  # a clock that a test sets does not move while anybody waits
            app.say(
                msg(
                    "waiting {seconds:.0f} s: the remote tool may still be writing a recording",
                    seconds=seconds,
                )
            )
            time.sleep(seconds)

    return Means(ledger.now, wait)


# --- the plan ---------------------------------------------------------------------------------


def _question(prepared: Purge) -> Message:
    plan, fields = prepared.plan, ", ".join(prepared.fields) or "-"
    return msg(
        "Session {number}: delete {files} ({size} B) and erase from the vault: {fields}?"
        " It cannot be undone.",
        number=prepared.number,
        files=files_counted(plan.files),
        size=plan.size_bytes,
        fields=fields,
    )


def _show(app: App, recording: Recording, prepared: Purge) -> bool:
    """The plan on stdout: what would be removed, by name. Whether there is a place where nobody can look."""
    flags = {flag for target in prepared.plan.targets for flag in target.found.flags}
    if recording.as_json:
        app.emit(_plan_document(prepared))
    else:
        _list(app, prepared)
    tell_flags(app, flags)
    return not NOT_LOOKED.isdisjoint(flags)


def _list(app: App, prepared: Purge) -> None:
    plan, fields = prepared.plan, ", ".join(prepared.fields) or "-"
    app.emit(
        msg(
            "Session {number}: {files} ({size} B) would be deleted",
            number=prepared.number,
            files=files_counted(plan.files),
            size=plan.size_bytes,
        )
    )
    for scope, found in plan.targets:
        flags = f" [{', '.join(sorted(found.flags))}]" if found.flags else ""
        what = f"{scope.kind} {scope.locator}"
        if app.lang != "en":
            what = target_words(scope.kind, scope.locator, app.lang)
            flags = (
                f" [{', '.join(flag_words(each, app.lang) for each in sorted(found.flags))}]" if flags else ""
            )
        place = harmless(str(scope.root)) if scope.root else scope.note or "-"
        app.emit(f"  {what}: {place}{flags}")
        if scope.kind != "shared_log":
            for entry in found.entries[:LISTED_MAX]:
                app.emit(f"    {harmless(entry.path)}{'/' if entry.kind == 'folder' else ''}")
            if len(found.entries) > LISTED_MAX:
                app.emit(f"    … {len(found.entries) - LISTED_MAX}")
    app.emit(msg("  vault: {fields}", fields=fields))


def _plan_document(prepared: Purge) -> dict[str, Any]:
    plan = prepared.plan
    return {
        "schema": "session-ledger/purge-plan/1",
        "session": prepared.number,
        "workstation": prepared.workstation,
        "plan": plan.digest(),
        "files": plan.files,
        "bytes": plan.size_bytes,
        "targets": [
            {
                "kind": target.scope.kind,
                "locator": target.scope.locator,
                "root": None if target.scope.root is None else str(target.scope.root),
                "files": target.files,
                "bytes": target.size_bytes,
                "flags": sorted(target.found.flags),
                "entries": [
                    {"path": entry.path, "type": entry.kind, "bytes": entry.size}
                    for entry in target.found.entries
                ],
            }
            for target in plan.targets
        ],
        "vault": list(prepared.fields),
    }


# --- the outcome ------------------------------------------------------------------------------


def _told(app: App, recording: Recording, outcome: PurgeOutcome, ended_at: datetime | None) -> bool:
    """Tell what came of a purge; whether something is still there."""
    fact, number = outcome.fact, outcome.receipt.session
    delay_seconds = None if ended_at is None else int((fact.at - ended_at).total_seconds() // 1)
    recording.tell(
        app,
        outcome_line(number, fact, delay_seconds),
        outcome.receipt,
        evidence=None if isinstance(fact, PurgeFailed) else fact.evidence,
        delay_seconds=delay_seconds,
        interrupted_before=outcome.interrupted_before,
        targets=[msgspec.to_builtins(target) for target in fact.targets],
    )
    if outcome.interrupted_before:
        app.say(msg("an earlier attempt was interrupted; nobody saw what it removed"))
    for target in fact.targets:
        if target.flags or target.residual or target.result == "failed":
            app.say(f"{number}: {target_line(target, app.lang)}")
    tell_flags(app, (flag for target in fact.targets for flag in target.flags))
    if isinstance(fact, PurgeFailed):
        app.hint(next_steps.after_failed_purge(number))
    return isinstance(fact, PurgeFailed)


def tell_flags(app: App, flags: Iterable[str]) -> None:
    """Say what each of these flags means, once."""
    told = sorted({flag for flag in flags if flag in FLAGS})
    for flag in told:
        app.say(msg("{flag}: {FLAGS}", flag=flag, FLAGS=FLAGS[flag]))
    if NOT_LOOKED.intersection(told):
        app.hint(next_steps.MISSING_PURGE_FOLDER)
