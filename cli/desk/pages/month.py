"""*Month*: the office's worklist, its lists, and its close."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.actions import REASON, SENTENCE
from cli.desk.fields import form_of, values, whole_number
from cli.desk.forms import CLOCK_IS_RIGHT, FormShown, clock_behind, form
from cli.desk.opened import metadata, opened
from cli.desk.pages.month_lists import documents_over, receivable_today
from cli.desk.periods import address_of, chosen, shown
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.tables.month import month_title, open_table
from cli.presentation.tables.month_money import STANDING_TITLES
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from cli.presentation.wording import labels
from cli.presentation.wording.finding import KINDS
from ledger.domain.clock import month_period, parse_period
from ledger.domain.invoice.state import Invoice
from ledger.domain.reconciliation.finding import Kind
from ledger.errors import LedgerError
from ledger.handlers import period as months
from ledger.handlers.period import MonthCounts
from ledger.message import Message, msg, msg_n
from projections.queries import month_status, sales_register
from projections.queries.month_money import Standing, StandingSums, added, month_money
from projections.queries.reconciliation import Reconciled, reconciled
from projections.read_models import billing
from projections.read_side import snapshot

OPEN_REASON = (REASON._replace(is_required=False), SENTENCE)
REOPEN_REASON = (REASON, SENTENCE)


class MonthStep(NamedTuple):
    """A step of the month: what stands, what is told beside, where it is done; `is_done`: nothing is left."""

    title: Message
    told: tuple[Message, ...]
    href: str
    link: Message
    is_done: bool


def choose(visit: Visit) -> Response:
    """Lead to the period that was typed, or to this month."""
    return RedirectResponse(f"/month/{chosen(visit)}", 303)


def show(visit: Visit) -> Response:
    """Show what of a month is done and what is left, step by step.

    What it says of invoices is what the read models say; the plan, which folds every session, has its page.
    """
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        billed = billing.of_period(found.views, period)
        records = reconciled(found.views, ledger, period, found.as_of)
        month = month_status.open_matters(found.views, period, billed, records)
        register = sales_register.register(ledger.store, found.position)
        money = month_money(found.views, ledger, found.position, billed.sessions, register)
        page = f"/month/{address_of(period)}"
        documents = documents_over(register, period)
        is_closed = found.state.is_closed(f"{period.first:%Y-%m}")
        return visit.page(
            "month.html",
            month_title(found.state, period),
            ledger,
            period=shown(period, "/month"),
            totals=_totals(money.total, lang),
            sessions=len(billed.sessions),
            steps=_first_open(
                [
                    _records(records, page),
                    _findings(records, page, lang),
                    _plan(money.total["to_bill"], billed, page, lang),
                    *_corrections(month, page),
                    _sending(documents, page),
                    _payments(receivable_today(found, register), documents, page, lang),
                ],
                is_closed=is_closed,
            ),
            open=render.table(open_table(month, lang), lang),
            page=page,
            is_month=period == month_period(period.first),
            is_closed=is_closed,
            reopen=_reopen(visit, page),
        )


def _totals(by_standing: dict[Standing, StandingSums], lang: Lang) -> list[tuple[str, str]]:
    """Return what is to be billed, what is on documents, everything else there is, and all of it, gross."""
    shown_always: tuple[Standing, ...] = ("to_bill", "billed")
    kinds: list[Standing] = [
        kind for kind in STANDING_TITLES if kind in shown_always or by_standing[kind].gross_grosze
    ]
    told = [(STANDING_TITLES[kind], by_standing[kind]) for kind in kinds]
    told.append((wording.IN_ALL, added(by_standing.values())))
    return [(said(title, lang), render.money(sums.gross_grosze, lang)) for title, sums in told]


def _first_open(steps: list[MonthStep], *, is_closed: bool) -> list[tuple[MonthStep, bool]]:
    """Return the steps, the first one that is not done marked; none where the month is closed over them."""
    first = None if is_closed else next((step for step in steps if not step.is_done), None)
    return [(step, step is first) for step in steps]


def _records(found: Reconciled, page: str) -> MonthStep:
    counts = found.counts
    told = msg(
        "records {records}, of them matched {matched}; sessions {sessions}",
        records=counts.records,
        matched=counts.matched,
        sessions=counts.sessions,
    )
    return MonthStep(wording.STEP_RECORDS, (told,), f"{page}/records", wording.TAKE_IN, counts.records > 0)


def _findings(found: Reconciled, page: str, lang: Lang) -> MonthStep:
    kinds: Counter[Kind] = Counter(each.kind for each in found.waiting)
    told = tuple(msg("{kind}: {count}", kind=KINDS[kind], count=count) for kind, count in kinds.items())
    difference = sum(each.difference_grosze for each in found.waiting)
    if difference:
        told = (*told, msg("together {net} net", net=render.money(difference, lang)))
    return MonthStep(wording.STEP_FINDINGS, told, f"{page}/findings", wording.GO_THROUGH, not kinds)


def _plan(due: StandingSums, billed: billing.Billing, page: str, lang: Lang) -> MonthStep:
    """Return what is to be billed, and how many sessions somebody has to confirm before."""
    unconfirmed = sum(each.kind == billing.UNBILLED for each in billed.exceptions)
    told: list[Message] = []
    if due.sessions:
        sessions = msg_n("{count} session", "{count} sessions", due.sessions)
        gross = render.money(due.gross_grosze, lang)
        told.append(msg("to be billed: {sessions}, {gross} gross", sessions=sessions, gross=gross))
    if unconfirmed:
        told.append(msg_n("{count} session waits", "{count} sessions wait", unconfirmed))
    is_done = not due.sessions and not unconfirmed
    return MonthStep(wording.STEP_PLAN, tuple(told), f"{page}/plan", wording.PLAN_OF_INVOICES, is_done)


def _corrections(month: month_status.Month, page: str) -> list[MonthStep]:
    """Return a step where sessions come to something else than their invoices say."""
    if not month.billed_otherwise:
        return []
    told = (wording.billed_otherwise(len(month.billed_otherwise)),)
    listed = f"{page}/sessions?table=exceptions"
    return [MonthStep(wording.STEP_CORRECTIONS, told, listed, wording.GO_THROUGH, is_done=False)]


def _sending(documents: list[Invoice], page: str) -> MonthStep:
    unsent = sum(not each.sent for each in documents)
    ksef = sum(each.state == "issued" and each.issued.duty == "ksef" for each in documents)
    told = (
        msg("documents: {count}, not sent to the buyer: {unsent}", count=len(documents), unsent=unsent),
        msg("to be sent to KSeF: {count}", count=ksef),
    )
    return MonthStep(
        wording.STEP_SENDING, told, f"{page}/documents", labels.DOCUMENTS, not unsent and not ksef
    )


def _payments(
    receivable: list[sales_register.Receivable], documents: list[Invoice], page: str, lang: Lang
) -> MonthStep:
    mine = {each.issued.number for each in documents}
    left = [each for each in receivable if each.invoice.issued.number in mine]
    overdue = sum(each.days_overdue > 0 for each in left)
    amount = sum(each.left_grosze for each in left)
    told = (
        msg("unpaid: {count}, {left}", count=len(left), left=render.money(amount, lang)),
        msg("overdue: {count}", count=overdue),
    )
    return MonthStep(wording.STEP_PAYMENTS, told, f"{page}/receivables", wording.RECEIVABLES, not left)


# --- close ------------------------------------------------------------------------------------------


def close_page(visit: Visit) -> Response:
    """Ask before a month is closed: what stays open, and what cannot be brought back."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        counts = months.standing_of(ledger, period)
        month = month_status.of_period(found.views, ledger, period, found.as_of)
        behind = clock_behind(ledger)
        close = form(
            "close",
            f"/month/{address_of(period)}/close",
            msg("Close the month {month}", month=address_of(period)),
            (*(OPEN_REASON if counts.findings else ()), *(CLOCK_IS_RIGHT if behind else ())),
            lang,
            draft=visit.again("close"),
            is_grave=True,
            more=tuple((name, str(count)) for name, count in counts._asdict().items()),
        )
        return visit.page(
            "close.html",
            msg("Close the month {month}?", month=address_of(period)),
            ledger,
            open=render.table(open_table(month, lang), lang),
            has_findings=bool(counts.findings),
            clock_behind=behind and behind.message,
            billed_otherwise=len(month.billed_otherwise),
            close=close if visit.seat.kind == "desk" else None,
            page=f"/month/{address_of(period)}",
        )


def close(visit: Visit) -> Response:
    """Close a month over exactly what was seen."""
    period, sent = parse_period(str(visit.path["period"])), form_of(visit.typed)
    page = f"/month/{address_of(period)}"
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(OPEN_REASON, visit.typed, ledger.now())
            months.close(
                ledger,
                metadata(visit.desk.settings, visit.seat, sent),
                period,
                expected=_counts(visit.typed),
                accept_open=_reason(given),
                clock_is_right=bool(visit.typed.get("clock_is_right")),
            )
        except LedgerError as error:
            return visit.refused(sent, "close", error, f"{page}/close")
    return visit.done(sent, msg("The month {month} is closed", month=address_of(period)), page)


def _counts(typed: dict[str, str]) -> MonthCounts:
    """Return what the page showed; an impossible count where it says none, which then has moved."""
    found = [whole_number(typed.get(name, "")) for name in MonthCounts._fields]
    return MonthCounts(*(-1 if count is None else count for count in found))


def _reason(given: dict[str, Any]) -> str | None:
    code, sentence = given["code"], given["sentence"]
    return f"{code}: {sentence}" if code and sentence else code


def _reopen(visit: Visit, page: str) -> FormShown | None:
    if visit.seat.kind != "desk":
        return None
    return form(
        "reopen",
        f"{page}/reopen",
        wording.REOPEN,
        REOPEN_REASON,
        visit.lang,
        draft=visit.again("reopen"),
    )


def reopen(visit: Visit) -> Response:
    """Open a closed month again, for a reason."""
    period, sent = parse_period(str(visit.path["period"])), form_of(visit.typed)
    page = f"/month/{address_of(period)}"
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(REOPEN_REASON, visit.typed, ledger.now())
            said_by = metadata(visit.desk.settings, visit.seat, sent)
            months.reopen(ledger, said_by, period, reason=_reason(given) or "other")
        except LedgerError as error:
            return visit.refused(sent, "reopen", error, page)
    return visit.done(sent, msg("The month {month} is open again", month=address_of(period)), page)
