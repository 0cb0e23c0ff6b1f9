"""Outcomes of documents sent to KSeF, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from cli.presentation.catalogue import said
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.handlers.invoice.submissions import Submission
from ledger.handlers.invoice.submit import SubmissionPlan
from ledger.message import Message, msg

_OUTCOMES = {
    "planned": labels.TO_BE_SENT,
    "accepted": msg("accepted"),
    "rejected": msg("rejected"),
    "waiting": labels.WAITING,
}


def outcome_line(row: Submission, lang: Lang) -> str:
    """Return number, outcome, and the KSeF number or the reason."""
    return f"{row.plan.number}  {said(_OUTCOMES[row.outcome], lang)}  {_rest(row, lang)}".rstrip()


def _rest(row: Submission, lang: Lang) -> str:
    from ledger.ksef.status_codes import words_of

    submitted = row.submitted
    if submitted is not None and submitted.accepted is not None:
        return submitted.accepted.ksef_number
    if submitted is not None and submitted.code is not None:
        words = words_of(submitted.code)
        return f"{submitted.code}: {words.pl if lang == 'pl' else words.en}"
    if row.why is not None:
        return f"{said(row.why.message, lang)} ({row.why.code})"
    return row.plan.mode if row.outcome == "planned" else ""


def remarks(row: Submission) -> Iterator[str | Message]:
    """Yield what a person should know beside the line: deadlines, a missing UPO, details of KSeF."""
    plan, submitted = row.plan, row.submitted
    number = plan.number
    if plan.send_by is not None and plan.is_late and row.outcome != "rejected":
        yield msg("{number}: it had to be in KSeF by {send_by}", number=number, send_by=plan.send_by)
    elif row.outcome in {"planned", "waiting"}:
        yield from _until(plan)
    if submitted is None:
        return
    if submitted.accepted is not None and submitted.accepted.upo_sha256 is None:
        yield msg("{number}: KSeF has no UPO yet; the next invoice submit {number} fetches it", number=number)
    for detail in submitted.details:
        yield f"{number}: {harmless(detail)}"
    if submitted.original is not None:
        yield msg(
            "{number}: the document there has the KSeF number {original}",
            number=number,
            original=submitted.original,
        )


def _until(plan: SubmissionPlan) -> Iterator[Message]:
    """Yield until when a document has to be in KSeF, with the outage that the day is counted by."""
    number, by = plan.number, plan.send_by
    match plan.outage:
        case "failure" if by is None:
            yield msg("{number}: KSeF has failed; 7 working days once the failure is over", number=number)
        case "unavailability" if by is None:
            yield msg("{number}: KSeF is unavailable; the next working day once it is back", number=number)
        case "failure":
            yield msg(
                "{number}: after a failure of KSeF, there by {send_by} at the latest",
                number=number,
                send_by=by,
            )
        case "unavailability":
            yield msg(
                "{number}: after work on KSeF, there by {send_by} at the latest", number=number, send_by=by
            )
        case _ if by is not None:
            yield msg("{number}: offline24, to KSeF by {send_by} at the latest", number=number, send_by=by)
        case _:
            return


def submission_document(row: Submission) -> dict[str, object]:
    """Return the outcome of one document for JSON."""
    from ledger.ksef.status_codes import words_of

    plan, submitted = row.plan, row.submitted
    accepted = None if submitted is None else submitted.accepted
    code = None if submitted is None else submitted.code
    reason = None if row.why is None else row.why.code
    return {
        "number": plan.number,
        "outcome": row.outcome,
        "mode": plan.mode,
        "send_by": None if plan.send_by is None else plan.send_by.isoformat(),
        "late": plan.is_late,
        "outage": plan.outage,
        "ksef_number": None if accepted is None else accepted.ksef_number,
        "acquired_at": None if accepted is None else format_instant(accepted.acquired_at),
        "upo_sha256": None if accepted is None else accepted.upo_sha256,
        "duplicate": accepted is not None and accepted.duplicate,
        "code": code,
        "reason": reason if code is None else words_of(code).en,
        "original": None if submitted is None else submitted.original,
    }
