"""The pictures of the owner's month: money, paid and owed, hours by weekday, the weeks, the months before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from cli.presentation.catalogue import said
from cli.presentation.charts.bars import KINDS_MAX, Bar, stacked_bars
from cli.presentation.charts.started_hours import band_spans
from cli.presentation.charts.technician_weeks import Connection, technician_weeks
from cli.presentation.tables.month_turnover import ELSEWHERE, ON_INVOICES, ON_RECEIPTS, OPEN
from cli.presentation.text import Lang
from cli.presentation.wording.calendar_words import WEEKDAYS
from cli.presentation.wording.vocabulary import word_of
from ledger.domain.ledger_state import LedgerState
from ledger.domain.money import format_amount
from ledger.message import msg, plain
from projections.inputs.price_lists import listed
from projections.queries.month_overview import Overview
from projections.queries.month_turnover import CustomerTurnover, MonthFigures, Turnover

CUSTOMERS_DRAWN = 20
"""More customers share the last row, which is told without a bar."""
_OTHERS = msg("others: {count}")
_BY_CUSTOMER = msg("Money by customer, gross")
_PAID = msg("Invoices of the month: paid, owed, overdue")
_WEEKDAYS = msg("Started hours by weekday and band")
_MONTHS = msg("Turnover, net: this month and the twelve before")
_IN_ALL = msg("all customers")


def pictures(state: LedgerState, found: Overview, bands: Mapping[str, str], lang: Lang) -> Iterator[str]:
    """Draw the month; `bands` are the names of the bands, in their order."""
    yield _money(found, lang)
    yield _paid(found, lang)
    yield _hours(found, bands, lang)
    yield _weeks(state, found, lang)
    yield _months(found.months, lang)


def _money(found: Overview, lang: Lang) -> str:
    def parts(each: Turnover) -> tuple[int, ...]:
        return each.billed_grosze, each.open_grosze, each.receipt_grosze, each.elsewhere_grosze

    kinds = (ON_INVOICES, OPEN, ON_RECEIPTS, ELSEWHERE)
    bars = _by_customer(found.customers, parts, lang)
    return stacked_bars("money", bars, kinds, amount=_amount(lang), title=_BY_CUSTOMER, lang=lang)


def _paid(found: Overview, lang: Lang) -> str:
    kinds = (msg("paid"), msg("owed, not yet due"), msg("overdue"), msg("paid too much"))
    billed = [each for each in found.customers if each.turnover.billed_grosze or each.turnover.paid_grosze]
    rows = [_paid_parts(each.turnover) for each in billed]
    sums = tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(kinds)
    bars = [Bar(said(_IN_ALL, lang), sums, "own"), *_by_customer(billed, _paid_parts, lang)] if billed else []
    return stacked_bars("paid", bars, kinds, amount=_amount(lang), title=_PAID, lang=lang, sums=sums)


def _paid_parts(each: Turnover) -> tuple[int, ...]:
    """Return what is paid of what was billed, owed, overdue, and paid beyond it."""
    not_due = each.left_grosze - each.overdue_grosze
    beyond = max(0, -not_due)
    return each.paid_grosze - beyond, max(0, not_due), each.overdue_grosze, beyond


Parts = Callable[[Turnover], tuple[int, ...]]


def _by_customer(customers: Sequence[CustomerTurnover], parts: Parts, lang: Lang) -> list[Bar]:
    """Return a bar for each customer with an amount, longest first; beyond so many one row for all others."""
    bars = [Bar(each.customer, parts(each.turnover)) for each in customers]
    bars = sorted((bar for bar in bars if any(bar.parts)), key=lambda bar: (-sum(bar.parts), bar.name))
    if len(bars) <= CUSTOMERS_DRAWN:
        return bars
    drawn, others = bars[: CUSTOMERS_DRAWN - 1], bars[CUSTOMERS_DRAWN - 1 :]
    rest = tuple(sum(each) for each in zip(*(bar.parts for bar in others), strict=True))
    return [*drawn, Bar(said(_OTHERS.of(count=len(others)), lang), rest, "none")]


def _hours(found: Overview, bands: Mapping[str, str], lang: Lang) -> str:
    """Draw the weekdays; bands beyond the patterns there are share the last one."""
    used = {band for hours in found.weekdays for band in hours}
    order = [band for band in bands if band in used] + sorted(used - set(bands))
    shown, rest = order, list[str]()
    if len(order) > KINDS_MAX:
        shown, rest = order[: KINDS_MAX - 1], order[KINDS_MAX - 1 :]
    kinds = [plain("{band}", band=bands.get(band, band)) for band in shown]
    groups = [[band] for band in shown] + ([rest] if rest else [])
    bars = [
        Bar(said(day, lang), tuple(sum(hours[band] for band in group) for group in groups))
        for day, hours in zip(WEEKDAYS, found.weekdays, strict=True)
    ]
    if rest:
        kinds.append(msg("other bands"))
    return stacked_bars("weekdays", bars, kinds, amount=str, title=_WEEKDAYS, lang=lang)


def _weeks(state: LedgerState, found: Overview, lang: Lang) -> str:
    period = found.period
    digest = state.tariff_at(period.begins_at)
    days = [period.first + timedelta(days=day) for day in range((period.until - period.first).days)]
    spans = [] if digest is None else band_spans(listed(state, digest), days)
    connections = [
        Connection(word_of("technicians", each.technician, lang), each.begins_at, each.ends_at, each.session)
        for each in found.worked.connections
    ]
    return technician_weeks(period.first, period.until, connections, spans, lang=lang)


def _months(months: Sequence[MonthFigures], lang: Lang) -> str:
    """Draw the turnover of each month, this one in another pattern."""
    *before, this = months
    bars = [Bar(each.month, (0, each.net_grosze)) for each in before]
    bars.append(Bar(this.month, (this.net_grosze, 0)))
    kinds = (msg("this month"), msg("months before"))
    return stacked_bars("months", bars, kinds, amount=_amount(lang), title=_MONTHS, lang=lang)


def _amount(lang: Lang) -> Callable[[int], str]:
    return partial(format_amount, lang=lang)
