"""What each customer brought in a month: still open, on documents, paid, overdue; and the months before it.

Amounts are those of the billing report, payments and days overdue those of the receivables. What was paid of
a document over several months is shared out between its sessions by their gross, as its VAT is by their net.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ledger.domain.clock import Period, month_period
from projections.queries.month_money import (
    CustomerMonth,
    MonthMoney,
    SessionMoney,
    half_up_signed,
    month_money,
    shared_out,
)
from projections.queries.sales_register import Receivable, Register
from projections.read_models import billing
from projections.read_models.billing import BilledSession
from projections.views import Views

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.domain.invoice.state import Invoice

MONTHS_BEFORE = 12
NIGHT = "night"
"""The band that counts as night work."""


class Settlement(NamedTuple):
    """What of a session's part of its documents is paid, left, and left past its day, in grosze."""

    paid_grosze: int = 0
    left_grosze: int = 0
    """Negative where too much was paid."""
    overdue_grosze: int = 0


class Turnover(NamedTuple):
    """A customer's month, or all customers'; money is grosze.

    Gross is open (to be billed, or waiting to be confirmed), on invoices, on receipts of the till and billed
    elsewhere together; what is on invoices is paid or left, and overdue is a part of what is left.
    """

    sessions: int
    started_hours: int
    list_grosze: int
    net_grosze: int
    vat_grosze: int
    gross_grosze: int
    open_grosze: int
    billed_grosze: int
    receipt_grosze: int
    elsewhere_grosze: int
    paid_grosze: int
    left_grosze: int
    overdue_grosze: int


class CustomerTurnover(NamedTuple):
    """A customer by code, and their month."""

    customer: str
    turnover: Turnover


class MonthFigures(NamedTuple):
    """One calendar month in figures; money is net, in grosze."""

    month: str
    """2026-11."""
    sessions: int
    started_hours: int
    night_hours: int
    list_grosze: int
    waived_grosze: int
    net_grosze: int


# --- by customer --------------------------------------------------------------------------------


def turnover_by_customer(money: MonthMoney, settled: dict[int, Settlement]) -> list[CustomerTurnover]:
    """Return the month of each customer, who brought most first."""
    theirs: dict[str, list[SessionMoney]] = defaultdict(list)
    for each in money.sessions:
        theirs[each.customer].append(each)
    found = [
        CustomerTurnover(each.customer, _turnover(each, settlement_of(theirs[each.customer], settled)))
        for each in money.customers
    ]
    return sorted(found, key=lambda each: (-each.turnover.net_grosze, each.customer))


def total_turnover(found: Iterable[CustomerTurnover]) -> Turnover:
    """Return the sum of all customers, field by field."""
    rows = [each.turnover for each in found]
    return Turnover(*map(sum, zip(*rows, strict=True))) if rows else Turnover(*(0,) * len(Turnover._fields))


def _turnover(month: CustomerMonth, settled: Settlement) -> Turnover:
    by, total = month.by_standing, month.total
    return Turnover(
        total.sessions,
        total.started_hours,
        total.list_grosze,
        total.net_grosze,
        total.vat_grosze,
        total.gross_grosze,
        by["to_bill"].gross_grosze + by["waiting"].gross_grosze,
        by["billed"].gross_grosze,
        by["receipt"].gross_grosze,
        by["elsewhere"].gross_grosze,
        *settled,
    )


# --- payments -----------------------------------------------------------------------------------


def settlement_of(sessions: Iterable[SessionMoney], settled: dict[int, Settlement]) -> Settlement:
    """Return what is paid, left and overdue of sessions together."""
    found = [settled[each.session] for each in sessions if each.session in settled]
    return Settlement(*map(sum, zip(Settlement(), *found, strict=True)))


def settlements(
    found: Register, ledger: Ledger, today: date, sessions: Iterable[BilledSession]
) -> dict[int, Settlement]:
    """Return, by session on an invoice, what of its part is paid, left and overdue on a day.

    An invoice made out to a receipt is left out: the till was paid.
    """
    invoices = {each.issued.number: each for each in found.documents.values() if each.issued.receipt is None}
    reported = {each.session for each in sessions}
    settled: dict[int, Settlement] = {}
    for number in sorted({each.billed for each in sessions if each.billed in invoices}):
        shares = dict(_settled(found, invoices[number], ledger, today))
        settled |= {session: share for session, share in shares.items() if session in reported}
    return settled


def _settled(
    found: Register, invoice: Invoice, ledger: Ledger, today: date
) -> Iterator[tuple[int, Settlement]]:
    """Yield each session's part of what is paid of an invoice with its corrections; the parts add up."""
    gross_of: dict[int, int] = defaultdict(int)
    for document in (invoice, *found.corrections_of(invoice)):
        for session, share in shared_out(document, ledger).items():
            gross_of[session] += share.gross_grosze
    gross = found.gross_with_corrections(invoice)
    whole = Receivable.of(invoice, gross, today)
    seen = taken = 0
    for session, part in sorted(gross_of.items()):
        seen += part
        until = half_up_signed(seen * whole.paid_grosze, gross) if gross else whole.paid_grosze
        paid, taken = until - taken, until
        left = part - paid
        yield session, Settlement(paid, left, left if whole.days_overdue > 0 else 0)


# --- the months before --------------------------------------------------------------------------


def months_before(period: Period, count: int = MONTHS_BEFORE) -> list[Period]:
    """Return so many calendar months before the one in which a period begins, and that one; oldest first."""
    year, month = period.first.year, period.first.month
    places = [12 * year + month - 1 - back for back in range(count, -1, -1)]
    return [month_period(date(place // 12, place % 12 + 1, 1)) for place in places]


def month_figures(
    views: Views, ledger: Ledger, position: int, months: Sequence[Period], found: Register
) -> list[MonthFigures]:
    """Return the figures of calendar months, each as the billing report of that month has them."""
    placed = [(month, each) for month in months for each in billing.of_period(views, month).sessions]
    money = month_money(views, ledger, position, [each for _, each in placed], found).sessions
    rows: dict[Period, list[tuple[BilledSession, SessionMoney]]] = {month: [] for month in months}
    for (month, each), its in zip(placed, money, strict=True):
        rows[month].append((each, its))
    return [_figures(month, found) for month, found in rows.items()]


def _figures(month: Period, rows: Sequence[tuple[BilledSession, SessionMoney]]) -> MonthFigures:
    return MonthFigures(
        f"{month.first:%Y-%m}",
        len(rows),
        sum(its.started_hours for _, its in rows),
        sum(each.band_hours.get(NIGHT, 0) for each, _ in rows),
        sum(its.list_grosze for _, its in rows),
        sum(each.waived_grosze for each, _ in rows),
        sum(its.billed.net_grosze if its.standing == "billed" else its.net_grosze for _, its in rows),
    )
