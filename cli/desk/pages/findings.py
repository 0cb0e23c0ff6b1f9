"""*Differences*: what a month's records and sessions disagree on, each with its likely answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.actions import ISSUES, REASON, SENTENCE, reason_of
from cli.desk.customers import code_of, listed
from cli.desk.fields import Field, form_of, values
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.pages.session import page_of_record
from cli.desk.periods import address_of, named, shown
from cli.desk.seats import Draft
from cli.desk.web import Visit
from cli.presentation.catalogue import said, spoken
from cli.presentation.text import KEY_SHOWN
from cli.presentation.wording import desk as wording
from cli.presentation.wording.finding import KINDS, sentence
from ledger.application.ledger import Ledger, Metadata
from ledger.domain.clock import from_epoch_seconds, parse_period
from ledger.domain.events import Issue
from ledger.domain.reconciliation.finding import Finding, Kind
from ledger.domain.session.commands import BillUnrecorded
from ledger.domain.session.request import RequestHelp
from ledger.errors import LedgerError
from ledger.handlers import source_records
from ledger.handlers.session import handle
from ledger.handlers.session_from_record import request_from_record
from ledger.message import Message, msg
from projections.queries.reconciliation import reconciled
from projections.read_side import snapshot

ROWS_MAX = 50
"""Each row has forms of its own."""
Given = dict[str, Any]


class FindingAnswer(NamedTuple):
    """What may be said of a finding: its button, its fields, and what records it."""

    label: Message
    fields: tuple[Field, ...]
    record: Callable[[Ledger, Metadata, Given], str]
    """Given the typed values with `finding`, `record`, `session`; returns the page that follows, or none."""


def _acknowledge(ledger: Ledger, said_by: Metadata, given: Given) -> str:
    source_records.acknowledge(ledger, said_by, given["finding"], reason=reason_of(given))
    return ""


def _dismiss(ledger: Ledger, said_by: Metadata, given: Given) -> str:
    source_records.dismiss(ledger, said_by, given["record"], reason=reason_of(given))
    return ""


def _match(ledger: Ledger, said_by: Metadata, given: Given) -> str:
    source_records.match(ledger, said_by, given["record"], str(given["number"]))
    return ""


def _waive(ledger: Ledger, said_by: Metadata, given: Given) -> str:
    handle(ledger, said_by, str(given["session"]), BillUnrecorded(reason=reason_of(given)))
    return ""


def _request(ledger: Ledger, said_by: Metadata, given: Given) -> str:
    """Open a session from the record, whose times stand in the forms of the session's page then."""
    customer = code_of(ledger, given["customer"]) or ""
    command = RequestHelp(
        customer=customer, issue=cast("Issue", given["issue"]), order_ref=given["order_ref"]
    )
    made = request_from_record(ledger, said_by, given["record"], command)
    return page_of_record(made.receipt.session, made.proposal.record.key, "connect")


_WHY = (REASON._replace(preset="checked"), SENTENCE)
_NUMBER = Field("number", wording.FIND, "number", is_required=True)
_ASKED = (
    Field("customer", wording.CUSTOMER, is_required=True, help=wording.CUSTOMER_HELP),
    Field("issue", wording.ISSUE, "choice", "issue", ISSUES, is_required=True, preset="other"),
    Field("order_ref", wording.ORDER, "key"),
)
ANSWERS: dict[str, FindingAnswer] = {
    "request": FindingAnswer(wording.SESSION_FROM_RECORD, _ASKED, _request),
    "match": FindingAnswer(wording.IS_THIS_SESSION, (_NUMBER,), _match),
    "dismiss": FindingAnswer(wording.NOTHING_TO_PAY, _WHY, _dismiss),
    "waive": FindingAnswer(wording.BILL_WITHOUT_RECORD, _WHY, _waive),
    "acknowledge": FindingAnswer(wording.ACKNOWLEDGE, _WHY, _acknowledge),
}
LIKELY: dict[Kind, tuple[str, ...]] = {
    "record_without_session": ("request", "match", "dismiss"),
    "near_match": ("match",),
    "end_before_start": ("dismiss",),
    "over_48_h": ("dismiss",),
    "session_without_record": ("waive",),
}
"""The likely answers to a finding of a kind, the first one first; it may always be acknowledged."""
ELSEWHERE: dict[Kind, tuple[Message, str]] = {
    "open_session": (wording.END, "/session/{}?open=end#end"),
    "duration_mismatch": (wording.CORRECT, "/session/{}?open=correct#correct"),
    "ended_without_purge": (wording.PURGE, "/session/{}/purge"),
    "artefact_after_purge": (wording.PURGE, "/session/{}/purge"),
}
"""What is answered on another page."""


def show(visit: Visit) -> Response:
    """Show the open findings of a period, and those that were acknowledged."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        told = reconciled(found.views, ledger, period, found.as_of)
        is_open = [each for each in told.findings if each.severity == "open"]
        is_open.sort(key=lambda each: each.id in told.acknowledged)
        rows = [
            {
                "kind": said(KINDS[each.kind], lang),
                "at": str(spoken(from_epoch_seconds(each.at_s), lang)),
                "sessions": each.sessions,
                "who": list(dict.fromkeys(_customer(visit, ledger, number) for number in each.sessions)),
                "records": [key[:KEY_SHOWN] for key in each.records],
                "sentence": sentence(each, lang),
                "difference": render.money(each.difference_grosze, lang) if each.difference_grosze else "",
                "is_acknowledged": each.id in told.acknowledged,
                "forms": [] if each.id in told.acknowledged else _forms(visit, each, address_of(period)),
                "elsewhere": _elsewhere(each),
            }
            for each in is_open[:ROWS_MAX]
        ]
        counts = told.counts
        return visit.page(
            "findings.html",
            msg("Differences of {month}", month=named(period)),
            ledger,
            period=shown(period, "/month"),
            rows=rows,
            more=max(0, len(is_open) - ROWS_MAX),
            customers=listed(ledger) if rows else [],
            counted=msg(
                "records {records}, of them matched {matched}; sessions {sessions}",
                records=counts.records,
                matched=counts.matched,
                sessions=counts.sessions,
            ),
        )


def _customer(visit: Visit, ledger: Ledger, number: int) -> str:
    stream, _ = ledger.find_session(str(number))
    return visit.who(ledger, ledger.session(stream).customer)


def _elsewhere(finding: Finding) -> tuple[Message, str] | None:
    if finding.kind not in ELSEWHERE or not finding.sessions:
        return None
    label, page = ELSEWHERE[finding.kind]
    return label, page.format(finding.sessions[0])


def _forms(visit: Visit, finding: Finding, period: str) -> list[FormShown]:
    if visit.seat.kind != "desk":
        return []
    draft = visit.draft()
    return [
        _form(visit, finding, name, period, draft) for name in (*LIKELY.get(finding.kind, ()), "acknowledge")
    ]


def _form(visit: Visit, finding: Finding, name: str, period: str, draft: Draft | None) -> FormShown:
    answer = ANSWERS[name]
    known = {
        "period": period,
        "record": finding.records[0] if finding.records else "",
        "session": str(finding.sessions[0]) if finding.sessions else "",
    }
    action = f"{name}-{finding.id}"
    is_again = draft is not None and draft.action == action
    return form(
        action,
        f"/finding/{finding.id}/{name}",
        answer.label,
        answer.fields,
        visit.lang,
        draft=draft if is_again else None,
        form_id=visit.query.get("draft", "") if is_again else "",
        typed={
            "number": known["session"],
            **{each.name: each.preset for each in answer.fields if each.preset},
        },
        more=tuple(known.items()),
    )


def answer(visit: Visit) -> Response:
    """Record what was said of a finding."""
    finding, name = str(visit.path["finding"]), str(visit.path["action"])
    sent, period = form_of(visit.typed), address_of(parse_period(visit.typed.get("period", "")))
    page = f"/month/{period}/findings"
    chosen = ANSWERS.get(name)
    if chosen is None:
        return RedirectResponse(page, 303)
    with opened(visit.desk.settings) as ledger:
        try:
            given: Given = dict(values(chosen.fields, visit.typed, ledger.now()))
            given |= {"finding": finding, **{key: visit.typed.get(key, "") for key in ("record", "session")}}
            said_by = metadata(visit.desk.settings, visit.seat, sent)
            following = chosen.record(ledger, said_by, given)
        except LedgerError as error:
            return visit.refused(sent, f"{name}-{finding}", error, page)
    line = msg("{what}: {done}", what=chosen.label, done=wording.DONE)
    return visit.done(sent, line, following or page)
