"""Periods in addresses: the month of a page, the ones beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from cli.desk.opened import opened
from cli.desk.web import Visit
from ledger.domain.clock import Period, month_period, office_time, parse_period


class PeriodShown(NamedTuple):
    """A period as it stands in an address, and the months before and after it."""

    address: str
    before: str
    after: str
    place: str
    """Where its pages begin: /month or /deletions."""


def address_of(period: Period) -> str:
    """Return a period as it stands in an address."""
    if period == month_period(period.first):
        return f"{period.first:%Y-%m}"
    return f"{period.first}..{period.until}"


def shown(period: Period, place: str) -> PeriodShown:
    """Return a period for the line of a page on which another one is chosen."""
    before, after = f"{period.first - timedelta(days=1):%Y-%m}", f"{period.until:%Y-%m}"
    return PeriodShown(address_of(period), before, after, place)


def chosen(visit: Visit) -> str:
    """Return the address of the period that was typed, or of this month; raises BadPeriod."""
    typed = visit.query.get("period", "").strip()
    if typed:
        return address_of(parse_period(typed))
    with opened(visit.desk.settings) as ledger:
        return address_of(month_period(office_time(ledger.now()).date()))
