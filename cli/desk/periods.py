"""Periods in addresses: the month of a page, the ones beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from cli.desk.opened import opened
from cli.desk.web import Visit
from cli.presentation.wording.calendar_words import MONTHS
from ledger.domain.clock import Period, month_period, office_time, parse_period
from ledger.message import Message, plain


class PeriodShown(NamedTuple):
    """A period as it stands in an address, and the months before and after it."""

    address: str
    name: Message | str
    before: tuple[str, Message | str]
    """Address and name."""
    after: tuple[str, Message | str]
    place: str
    """Where its pages begin: /month or /deletions."""


def address_of(period: Period) -> str:
    """Return a period as it stands in an address."""
    if period == month_period(period.first):
        return f"{period.first:%Y-%m}"
    return f"{period.first}..{period.until}"


def named(period: Period) -> Message | str:
    """Return a period as people call it: a month by its name."""
    if period == month_period(period.first):
        month = MONTHS[period.first.month - 1]
        return plain("{month} {year}", month=month, year=str(period.first.year))
    return address_of(period)


def shown(period: Period, place: str) -> PeriodShown:
    """Return a period for the line of a page on which another one is chosen."""
    before, after = (month_period(day) for day in (period.first - timedelta(days=1), period.until))
    beside = [(address_of(each), named(each)) for each in (before, after)]
    return PeriodShown(address_of(period), named(period), beside[0], beside[1], place)


def chosen(visit: Visit) -> str:
    """Return the address of the period that was typed, or of this month; raises BadPeriod."""
    typed = visit.query.get("period", "").strip()
    if typed:
        return address_of(parse_period(typed))
    with opened(visit.desk.settings) as ledger:
        return address_of(month_period(office_time(ledger.now()).date()))
