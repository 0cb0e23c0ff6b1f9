"""*Plan of invoices*: what would be issued to whom, what waits and why; issuing exactly what was seen."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.fields import form_of, whole_number
from cli.desk.forms import RefusalShown, refusal
from cli.desk.jobs import Job, Outcome
from cli.desk.opened import metadata, opened
from cli.desk.periods import address_of, named, shown
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.tables.invoice import STATES, lines_table
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from cli.presentation.wording.vocabulary import word
from ledger.application.ledger import Ledger
from ledger.domain.clock import parse_period
from ledger.errors import NeedsReceipt, Refused, SellerIncomplete
from ledger.fa3.seller import seller_of
from ledger.handlers.invoice.issue import document_in, issue
from ledger.handlers.invoice.plan import PlannedInvoice, plan
from ledger.message import Message, msg, plain

BOXES_MAX = 500
"""So many documents are shown and ticked at once; the others follow when these are issued."""


def show(visit: Visit) -> Response:
    """Show the plan of a period's documents, customer by customer."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger:
        planned = plan(ledger, period)
        draft = visit.draft()
        boxes = [_box(visit, ledger, each) for each in planned[:BOXES_MAX]]
        due = sum(box["gross_grosze"] for box in boxes)
        page = f"/month/{address_of(period)}"
        return visit.page(
            "plan.html",
            msg("Plan of invoices, {month}", month=named(period)),
            ledger,
            period=shown(period, "/month"),
            boxes=boxes,
            left=len(planned) - len(boxes),
            missing=_missing(visit, ledger),
            form_id=form_of(draft.typed if draft is not None else {}),
            action=f"{page}/issue",
            button=said(
                msg("Issue what is ticked ({gross} gross in all)", gross=render.money(due, lang)), lang
            ),
            can_issue=visit.seat.kind == "desk" and any(box["pick"] for box in boxes),
        )


def _box(visit: Visit, ledger: Ledger, planned: PlannedInvoice) -> dict[str, Any]:
    lang, draft = visit.lang, planned.draft
    is_due = planned.state == "issue" and draft is not None
    return {
        "customer": planned.customer,
        "name": ledger.customer_name(planned.customer),
        "state": said(STATES[planned.state], lang),
        "sessions": _sessions(planned, lang),
        "pick": _pick(planned) if is_due else "",
        "gross_grosze": draft.sums.gross_grosze if is_due and draft is not None else 0,
        "amount": "" if draft is None else _amount(visit, draft.sums.net_grosze, draft.sums.gross_grosze),
        "duty": "" if planned.duty is None else word("duty", planned.duty, lang),
        "lines": None if draft is None else render.table(lines_table(ledger, draft.lines), lang),
        "why": None if planned.why is None else _why(planned.why, lang),
        "asks_receipt": planned.state == "needs_receipt",
    }


def _sessions(planned: PlannedInvoice, lang: Lang) -> list[tuple[int, str]]:
    """Return the sessions, those that wait for a receipt with what is to stand on it."""
    amounts = [render.money(each, lang) for each in planned.receipts_gross_grosze]
    return list(zip(planned.sessions, amounts or [""] * len(planned.sessions), strict=True))


def _why(why: Refused, lang: Lang) -> RefusalShown:
    """Return why a document waits; a consumer's two ways on stand beside it as buttons."""
    told = refusal(why, lang)
    return told._replace(hint=()) if isinstance(why, NeedsReceipt) else told


def _amount(visit: Visit, net_grosze: int, gross_grosze: int) -> str:
    shown_of = {"net": net_grosze, "vat": gross_grosze - net_grosze, "gross": gross_grosze}
    told = {name: render.money(grosze, visit.lang) for name, grosze in shown_of.items()}
    return said(msg("{net} net + {vat} VAT = {gross}", **told), visit.lang)


def _pick(planned: PlannedInvoice) -> str:
    """Return the name of a document's box: the same while its sessions are the same."""
    sessions = hashlib.sha256(repr(planned.sessions).encode()).hexdigest()
    return f"pick-{planned.customer}-{sessions[:16]}"


def _missing(visit: Visit, ledger: Ledger) -> Any:  # noqa: ANN401 - what the template shows
    """Return what the seller's data lack, before the first invoice is refused for it."""
    try:
        seller_of(ledger.folder.read_config())
    except SellerIncomplete as why:
        return refusal(why, visit.lang)
    return None


def issue_ticked(visit: Visit) -> Response:
    """Issue each ticked document over the amount that was seen, one after another, as a job."""
    period, sent = parse_period(str(visit.path["period"])), form_of(visit.typed)
    page = f"/month/{address_of(period)}/plan"
    settings, seat, typed, lang = visit.desk.settings, visit.seat, dict(visit.typed), visit.lang

    def work() -> Outcome:
        told: list[Message] = []
        with opened(settings) as ledger, ledger.signing.once():
            ticked = [each for each in plan(ledger, period) if _pick(each) in typed]
            told += [_issued(ledger, each, typed[_pick(each)]) for each in ticked]
        gone = sum(name.startswith("pick-") for name in typed) - len(ticked)
        if gone:
            told.append(msg("no longer planned so: {count}; look at the plan again", count=gone))
        return Outcome(tuple(told) or (wording.NOTHING_TICKED,))

    def _issued(ledger: Ledger, planned: PlannedInvoice, seen: str) -> Message:
        if planned.state != "issue":
            return plain("{customer}: {why}", customer=planned.customer, why=STATES[planned.state])
        said_by = metadata(settings, seat, f"{sent}.{planned.sessions[0]}")
        try:
            receipt = issue(
                ledger,
                said_by,
                customer=planned.customer,
                sessions=planned.streams,
                tool=settings.tool,
                expected_gross_grosze=-1 if (gross := whole_number(seen)) is None else gross,
            )
        except Refused as why:
            return plain(
                "{customer}: {why} ({code})", customer=planned.customer, why=why.message, code=why.code
            )
        issued = document_in(receipt)
        return msg(
            "{number} issued to {customer}, {gross} gross",
            number=issued.number,
            customer=issued.customer,
            gross=render.money(issued.gross_grosze, lang),
        )

    about = msg("Issuing invoices of {month}", month=named(period))
    return RedirectResponse(f"/job/{visit.desk.jobs.start(Job('issue', about, page, page), work)}", 303)
