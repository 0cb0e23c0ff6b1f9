"""Sending to KSeF: one document, or all of those that wait, as a job."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from cli.desk.jobs import Job, Outcome
from cli.desk.opened import environment, metadata, opened
from cli.desk.periods import address_of
from cli.desk.web import Visit
from cli.ksef_login import ksef_for
from cli.presentation.wording import desk as wording
from cli.presentation.wording.submission import outcome_line, remarks
from ledger.domain.clock import parse_period
from ledger.handlers.invoice.submissions import plan_all, submit_all
from ledger.message import Message, plain


def one(visit: Visit) -> Response:
    """Send one document, or ask what became of it."""
    number = str(visit.path["number"])
    return _started(visit, (number,), f"/invoice/{number}")


def every(visit: Visit) -> Response:
    """Send every document that KSeF must have and has not taken."""
    period = parse_period(str(visit.path["period"]))
    return _started(visit, (), f"/month/{address_of(period)}/documents")


def _started(visit: Visit, numbers: Sequence[str], page: str) -> Response:
    settings, seat, lang = visit.desk.settings, visit.seat, visit.lang

    def work() -> Outcome:
        # No id of a command: what was sent before is asked after first, and nothing is sent twice.
        said_by = metadata(settings, seat, "")._replace(command_id=None)
        told: list[Message] = []
        with opened(settings) as ledger:
            rows = plan_all(ledger, numbers, every=not numbers)
            due = [row.plan for row in rows if row.why is None]
            if due:
                with ksef_for(ledger, environment().forced_now, lambda _: None) as ksef:
                    rows = [row for row in rows if row.why is not None] + submit_all(
                        ledger, said_by, due, ksef
                    )
        for row in rows:
            told.append(plain("{line}", line=outcome_line(row, lang)))
            told += [plain("{line}", line=each) for each in remarks(row)]
        is_trouble = any(row.outcome in {"rejected", "waiting"} for row in rows)
        return Outcome(tuple(told) or (wording.NOTHING_TO_SEND,), is_trouble=is_trouble)

    job = Job("ksef", wording.SENDING_TO_KSEF, page, page, wording.KSEF_TAKES_TIME)
    return RedirectResponse(f"/job/{visit.desk.jobs.start(job, work)}", 303)
