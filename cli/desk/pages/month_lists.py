"""Lists of a month: sessions and their amounts, the month drawn, documents, what is still to be paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from starlette.responses import Response

from cli.desk import render
from cli.desk.downloads import download_report
from cli.desk.opened import opened
from cli.desk.periods import shown
from cli.desk.pieces import piece_of
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.documents.balance import WITHIN_DAYS, balance_report
from cli.presentation.documents.reminder import TERM_DAYS, Letter, reminder_report
from cli.presentation.formats.model import Table
from cli.presentation.tables.billing import billing_of
from cli.presentation.tables.invoice import list_table
from cli.presentation.tables.receivables import receivables_report
from cli.presentation.wording import desk as wording
from cli.presentation.wording import labels
from ledger.domain.clock import Period, office_time, parse_day, parse_period
from ledger.domain.invoice.state import Invoice
from ledger.fa3.seller import shop_of
from ledger.handlers.payments.balance import balance_of, balances
from ledger.handlers.payments.reminder import InterestAsked, reminder_of
from ledger.message import Message
from projections.queries import sales_register
from projections.read_side import Snapshot, snapshot

SHORT_MAX = 20
"""Tables of up to so many rows stand below another one."""


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
        shown_documents = documents_over(register, period)
        table = list_table(ledger, register, shown_documents)
        waits = any(each.issued.duty == "ksef" and each.state == "issued" for each in shown_documents)
        return _list(visit, period, labels.DOCUMENTS, found, [table], sends=waits)


def receivables(visit: Visit) -> Response:
    """Show what is still to be paid today, of every month."""
    period = parse_period(str(visit.path["period"]))
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        today = office_time(ledger.now()).date()
        left = receivable_today(found, sales_register.register(ledger.store, found.position))
        report = receivables_report(ledger, left, today, found.as_of)
        overdue = sorted({each.customer for each in left if each.days_overdue > 0})
        day = min(period.until - timedelta(days=1), today)
        to_confirm = _Confirmed(day, [each.customer for each in balances(ledger, day)])
        return _list(
            visit, period, report.title, found, list(report.tables), late=overdue, to_confirm=to_confirm
        )


def letter(visit: Visit) -> Response:
    """Give a reminder, or a demand for payment, as it is printed; nothing is recorded."""
    kind, customer = str(visit.path["kind"]), str(visit.path["customer"])
    with opened(visit.desk.settings) as ledger:
        found = reminder_of(ledger, customer, InterestAsked())
        shop = shop_of(ledger.folder.read_config())
        written = Letter(is_demand=kind == "demand", within_days=TERM_DAYS, shop=shop)
        report = reminder_report(found, written, ledger.last_recorded_at(), visit.lang)
        return download_report(report, f"{kind}-{found.addressee.code}-{found.on}.pdf", visit.lang)


def balance_letter(visit: Visit) -> Response:
    """Give the letter that asks for confirmation of a balance, as it is printed; nothing is recorded."""
    day, customer = parse_day(str(visit.path["day"])), str(visit.path["customer"])
    with opened(visit.desk.settings) as ledger:
        found = balance_of(ledger, customer, day)
        shop = shop_of(ledger.folder.read_config())
        report = balance_report(found, shop, WITHIN_DAYS, ledger.last_recorded_at(), visit.lang)
        return download_report(report, f"balance-{found.addressee.code}-{day}.pdf", visit.lang)


class _Confirmed(NamedTuple):
    """Whose balance is to be confirmed, at the end of which day."""

    day: date
    customers: list[str]


def _list(
    visit: Visit,
    period: Period,
    title: Message,
    found: Snapshot,
    tables: list[Table],
    *,
    drawing: Message | None = None,
    late: Sequence[str] = (),
    to_confirm: _Confirmed | None = None,
    sends: bool = False,
) -> Response:
    """Return a list: one table in pieces that `?after=` turns over, the first unless `?table=` names another.

    Short ones stand below it, long ones are linked.
    """
    main = next((each for each in tables if each.name == visit.query.get("table")), tables[0])
    piece = piece_of(main, visit.query)
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
        tables=render.tables([piece.table, *short], visit.lang),
        linked=[(each.name, said(each.title, visit.lang), len(rows)) for each, rows in linked],
        drawing=drawing,
        late=late,
        to_confirm=to_confirm,
        sends=sends and visit.seat.kind == "desk",
        has_rows=bool(piece.table.rows),
        following=piece.following,
        left=piece.left,
    )


# --- what is in them ---------------------------------------------------------------------------------


def documents_over(register: sales_register.Register, period: Period) -> list[Invoice]:
    """Return the documents over the help of a period."""
    return [
        each
        for each in register.documents.values()
        if sales_register.is_in(each, period, "help") and each.state != "withdrawn"
    ]


def receivable_today(found: Snapshot, register: sales_register.Register) -> list[sales_register.Receivable]:
    """Return what is still to be paid today, of every month."""
    today = office_time(found.ledger.now()).date()
    return list(sales_register.receivables(register, today))
