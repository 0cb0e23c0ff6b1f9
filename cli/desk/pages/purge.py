"""*Delete the data*: the plan first, then the deletion as a job, then what was seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from cli.desk import actions
from cli.desk.fields import form_of, seen_of
from cli.desk.forms import CLOCK_IS_RIGHT, clock_behind, form, refusal
from cli.desk.jobs import Job, Outcome
from cli.desk.opened import environment, metadata, opened
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from cli.presentation.wording.purge import FLAGS
from cli.presentation.wording.purge_outcome import files_counted, outcome_line, target_line
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.application.ledger import Ledger
from ledger.domain.events import PurgeFailed
from ledger.domain.session.commands import DeclarePurged
from ledger.errors import LedgerError
from ledger.handlers import purge as purging
from ledger.handlers.purge import Purge, PurgeOutcome
from ledger.handlers.session import handle
from ledger.message import msg, plain
from ledger.purge.directory import descriptors_available
from ledger.purge.execute import Means
from ledger.purge.plan import PlannedTarget
from projections.read_models import sessions
from projections.read_side import snapshot

NAMED_MAX = 1000


def plan(visit: Visit) -> Response:
    """Show what a deletion would take away, and what it would not; nothing is touched."""
    number, lang = int(visit.path["number"]), visit.lang
    with opened(visit.desk.settings) as ledger:
        session = ledger.session(ledger.find_session(str(number))[0])
        draft = visit.draft()
        title = msg("Delete the data of session {number}?", number=number)
        shown: dict[str, Any] = {
            "number": number,
            "places": [],
            "vault": "",
            "digest": "",
            "deletes": None,
            "declares": None,
            "no_plan": None,
            "clock_behind": None,
        }
        if visit.seat.kind == "desk" and actions.may_purge(session):
            declares = draft if draft is not None and draft.action == "declare" else None
            shown["declares"] = form(
                "declare",
                f"/session/{number}/declare",
                wording.DECLARE,
                (),
                lang,
                seen=session.version,
                draft=declares,
            )
        try:
            prepared = _prepared(ledger, visit, number)
        except LedgerError as error:
            return visit.page("purge.html", title, ledger, **shown | {"no_plan": refusal(error, lang)})
        digest = prepared.plan.digest()
        if visit.seat.kind == "desk":
            behind = clock_behind(ledger)
            shown["clock_behind"] = behind and behind.message
            shown["deletes"] = form(
                "purge",
                f"/session/{number}/purge",
                msg("Delete the data of session {number}", number=number),
                CLOCK_IS_RIGHT if behind else (),
                lang,
                seen=session.version,
                is_open=True,
                is_grave=True,
                more=(("plan", digest),),
            )
        shown |= {
            "places": [_place(target, lang) for target in prepared.plan.targets],
            "vault": ", ".join(_field(name, lang) for name in prepared.fields) or "–",
            "digest": f"{digest[:12]}…",
        }
        return visit.page("purge.html", title, ledger, **shown)


def _place(target: PlannedTarget, lang: Lang) -> dict[str, Any]:
    found = target.found
    return {
        "what": said(VOCABULARY["target"][target.scope.kind], lang),
        "where": str(target.scope.root or target.scope.note or "–"),
        "files": said(files_counted(target.files), lang),
        "bytes": target.size_bytes,
        "flags": [FLAGS[flag] for flag in sorted(found.flags) if flag in FLAGS],
        "names": [
            f"{entry.path}{'/' if entry.kind == 'folder' else ''}" for entry in found.entries[:NAMED_MAX]
        ],
        "more": max(0, len(found.entries) - NAMED_MAX),
    }


def _field(name: str, lang: Lang) -> str:
    labels = {
        "remote_id": wording.REMOTE_ID,
        "contact": wording.CONTACT,
        "description": wording.DESCRIPTION,
    }
    return said(labels[name], lang) if name in labels else name


def _prepared(ledger: Ledger, visit: Visit, number: int) -> Purge:
    def others(but: int, begins: datetime, ends: datetime) -> Sequence[tuple[datetime, datetime | None]]:
        with snapshot(ledger, None) as found:
            return sessions.connected_within(found.views, begins, ends, but=but)

    return purging.prepare(
        ledger,
        str(number),
        visit.desk.settings.workstation,
        by_descriptor=descriptors_available(),
        others=others,
    )


def purge(visit: Visit) -> Response:
    """Begin the deletion of the plan that was shown, as a job."""
    number, sent = int(visit.path["number"]), form_of(visit.typed)
    page = f"/session/{number}"

    def work() -> Outcome:
        with opened(visit.desk.settings) as ledger:
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            before = purging.repeated(ledger, said_by, number)
            outcome = before
            if outcome is None:
                prepared = _prepared(ledger, visit, number)
                digest = visit.typed.get("plan", "")
                outcome = purging.purge(
                    ledger,
                    said_by,
                    prepared,
                    _means(ledger),
                    plan_digest=digest,
                    clock_is_right=bool(visit.typed.get("clock_is_right")),
                )
            ended_at = ledger.session(ledger.find_session(str(number))[0]).ended_at
            return _told(outcome, ended_at)

    job = Job(
        "purge",
        msg("Deleting the data of session {number}", number=number),
        page,
        f"{page}/purge",
        wording.WAITING_FOR_TOOL,
    )
    name = visit.desk.jobs.start(job, work)
    return RedirectResponse(f"/job/{name}", 303)


def _means(ledger: Ledger) -> Means:
    forced = ledger.state.testing and environment().forced_now

    def wait(seconds: float) -> None:
        if not forced:  # a clock that a test sets does not move while anybody waits
            time.sleep(seconds)

    return Means(ledger.now, wait)


def _told(outcome: PurgeOutcome, ended_at: datetime | None) -> Outcome:
    fact = outcome.fact
    delay_seconds = None if ended_at is None else int((fact.at - ended_at).total_seconds() // 1)
    told = [outcome_line(outcome.receipt.session, fact, delay_seconds)]
    if outcome.interrupted_before:
        told.append(msg("an earlier attempt was interrupted; nobody saw what it removed"))
    for target in fact.targets:
        if target.flags or target.residual or target.result == "failed":
            told.append(plain("{line}", line=target_line(target)))
            told += [FLAGS[flag] for flag in target.flags if flag in FLAGS]
    return Outcome(tuple(told), is_trouble=isinstance(fact, PurgeFailed))


def declare(visit: Visit) -> Response:
    """Record that the data were deleted by hand: somebody's word, and no confirmation is made of it."""
    number, sent = int(visit.path["number"]), form_of(visit.typed)
    with opened(visit.desk.settings) as ledger:
        try:
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            handle(ledger, said_by, str(number), DeclarePurged())
        except LedgerError as error:
            return visit.refused(sent, "declare", error, f"/session/{number}/purge")
    return visit.done(sent, wording.DECLARED_BY_HAND, f"/session/{number}")
