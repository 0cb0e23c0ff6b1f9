"""*Month*: the office's worklist, its lists, and its close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.actions import REASON, SENTENCE
from cli.desk.downloads import download_report
from cli.desk.fields import form_of, values, whole_number
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.periods import address_of, chosen, shown
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.documents.reminder import TERM_DAYS, Letter, reminder_report
from cli.presentation.formats.model import Table
from cli.presentation.tables.billing import billing_of
from cli.presentation.tables.invoice import list_table
from cli.presentation.tables.month import month_report
from cli.presentation.tables.receivables import receivables_report
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from cli.presentation.wording import labels
from cli.presentation.wording.finding import KINDS
from ledger.domain.clock import Period, month_period, office_time, parse_period
from ledger.domain.invoice.state import Invoice
from ledger.domain.reconciliation.finding import Kind
from ledger.errors import LedgerError
from ledger.fa3.seller import shop_of
from ledger.handlers import period as months
from ledger.handlers.payments.reminder import InterestAsked, reminder_of
from ledger.handlers.period import MonthCounts
from ledger.message import Message, msg, msg_n
from projections.queries import month_status, sales_register
from projections.queries.month_money import StandingSums, added, month_money
from projections.queries.reconciliation import Reconciled, reconciled
from projections.read_models import billing
from projections.read_side import Snapshot, snapshot

ROWS_MAX = 100
"""A list is shown in pieces of so many rows: a page of them weighs less than 60 KB."""
SHORT_MAX = 20
"""Tables of up to so many rows stand below another one."""
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
        standing = month_report(found.state, period, month, found.as_of, lang)
        register = sales_register.register(ledger.store, found.position)
        money = month_money(found.views, ledger, found.position, billed.sessions, register)
        page = f"/month/{address_of(period)}"
        documents = _documents(register, period)
        total = added(money.total.values())
        return visit.page(
            "month.html",
            standing.title,
            ledger,
            period=shown(period, "/month"),
            totals=[
                (said(labels.TO_BE_BILLED, lang), render.money(money.total["to_bill"].gross_grosze, lang)),
                (said(wording.ON_DOCUMENTS, lang), render.money(money.total["billed"].gross_grosze, lang)),
                (said(wording.IN_ALL, lang), render.money(total.gross_grosze, lang)),
            ],
            sessions=len(billed.sessions),
            steps=_first_open(
                [
                    _records(records, page),
                    _findings(records, page, lang),
                    _plan(money.total["to_bill"], billed, page, lang),
                    _sending(documents, page),
                    _payments(_receivables(found, register), documents, page, lang),
                ]
            ),
            open=render.table(standing.tables[0], lang),
            page=page,
            is_month=period == month_period(period.first),
            is_closed=found.state.is_closed(f"{period.first:%Y-%m}"),
            reopen=_reopen(visit, page),
        )


def _first_open(steps: list[MonthStep]) -> list[tuple[MonthStep, bool]]:
    """Return the steps, the first one that is not done marked."""
    first = next((step for step in steps if not step.is_done), None)
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


def _documents(register: sales_register.Register, period: Period) -> list[Invoice]:
    """Return the documents over the help of a period."""
    return [
        each
        for each in register.documents.values()
        if sales_register.is_in(each, period, "help") and each.state != "withdrawn"
    ]


def _receivables(found: Snapshot, register: sales_register.Register) -> list[sales_register.Receivable]:
    today = office_time(found.ledger.now()).date()
    return list(sales_register.receivables(register, today))


# --- lists ------------------------------------------------------------------------------------------


def sessions(visit: Visit) -> Response:
    """Show the sessions of a month with their amounts, and the sums; the drawing has a page of its own."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        report = billing_of(found, period, lang)
        main, *others = report.tables
        tables = [render.only(main, _SESSION_COLUMNS), *others]
        return _list(visit, period, report.title, found, tables, drawing=wording.MONTH_DRAWN)


def drawing(visit: Visit) -> Response:
    """Show a month drawn: bands of the price list, and started hours where they opened."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        report = billing_of(found, period, lang)
        return visit.page(
            "drawing.html",
            report.title,
            ledger,
            period=shown(period, "/month"),
            drawings=[render.without_style(each) for each in report.charts],
            total=render.table(report.tables[1], lang),
        )


_SESSION_COLUMNS = (
    "session",
    "customer",
    "issue",
    "connected_at",
    "ended_at",
    "started_hours",
    "net_grosze",
    "waived_grosze",
    "standing",
    "documents",
)


def documents(visit: Visit) -> Response:
    """Show the documents over the help of a month."""
    period = parse_period(str(visit.path["period"]))
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        register = sales_register.register(ledger.store, found.position)
        shown_documents = _documents(register, period)
        table = list_table(ledger, register, shown_documents)
        waits = any(each.issued.duty == "ksef" and each.state == "issued" for each in shown_documents)
        return _list(visit, period, labels.DOCUMENTS, found, [table], sends=waits)


def receivables(visit: Visit) -> Response:
    """Show what is still to be paid today, of every month."""
    period = parse_period(str(visit.path["period"]))
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        today = office_time(ledger.now()).date()
        left = _receivables(found, sales_register.register(ledger.store, found.position))
        report = receivables_report(ledger, left, today, found.as_of)
        overdue = sorted({each.invoice.issued.customer for each in left if each.days_overdue > 0})
        return _list(visit, period, report.title, found, list(report.tables), late=overdue)


def letter(visit: Visit) -> Response:
    """Give a reminder, or a demand for payment, as it is printed; nothing is recorded."""
    kind, customer = str(visit.path["kind"]), str(visit.path["customer"])
    with opened(visit.desk.settings) as ledger:
        found = reminder_of(ledger, customer, InterestAsked())
        shop = shop_of(ledger.folder.read_config())
        written = Letter(is_demand=kind == "demand", within_days=TERM_DAYS, shop=shop)
        report = reminder_report(found, written, ledger.last_recorded_at(), visit.lang)
        return download_report(report, f"{kind}-{found.customer}-{found.on}.pdf", visit.lang)


def _list(
    visit: Visit,
    period: Period,
    title: Message,
    found: Snapshot,
    tables: list[Table],
    *,
    drawing: Message | None = None,
    late: Sequence[str] = (),
    sends: bool = False,
) -> Response:
    """Return a list: one table in pieces that `?after=` turns over, the first unless `?table=` names another.

    Short ones stand below it, long ones are linked.
    """
    main = next((each for each in tables if each.name == visit.query.get("table")), tables[0])
    rows = list(main.rows)
    first = max(0, whole_number(visit.query.get("after", "")) or 0)
    piece = Table(main.name, main.title, main.columns, rows[first : first + ROWS_MAX])
    others = [(each, list(each.rows)) for each in tables if each is not main]
    short = [
        Table(each.name, each.title, each.columns, rows) for each, rows in others if len(rows) <= SHORT_MAX
    ]
    linked = [(each, rows) for each, rows in others if len(rows) > SHORT_MAX]
    return visit.page(
        "list.html",
        title,
        found.ledger,
        period=shown(period, "/month"),
        tables=render.tables([piece, *short], visit.lang),
        linked=[(each.name, said(each.title, visit.lang), len(rows)) for each, rows in linked],
        drawing=drawing,
        late=late,
        sends=sends and visit.seat.kind == "desk",
        has_rows=bool(rows),
        following=f"?table={main.name}&after={first + ROWS_MAX}" if first + ROWS_MAX < len(rows) else None,
        left=max(0, len(rows) - first - ROWS_MAX),
    )


# --- close ------------------------------------------------------------------------------------------


def close_page(visit: Visit) -> Response:
    """Ask before a month is closed: what stays open, and what cannot be brought back."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        counts = months.standing_of(ledger, period)
        month = month_status.of_period(found.views, ledger, period, found.as_of)
        standing = month_report(found.state, period, month, found.as_of, lang)
        close = form(
            "close",
            f"/month/{address_of(period)}/close",
            msg("Close the month {month}", month=address_of(period)),
            OPEN_REASON if counts.findings else (),
            lang,
            draft=visit.again("close"),
            is_grave=True,
            more=tuple((name, str(count)) for name, count in counts._asdict().items()),
        )
        return visit.page(
            "close.html",
            msg("Close the month {month}?", month=address_of(period)),
            ledger,
            open=render.table(standing.tables[0], lang),
            has_findings=bool(counts.findings),
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
