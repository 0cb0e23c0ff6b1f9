"""The owner's month: turnover, free help, goodwill, nights, overlaps and deletions, as one answer.

Nothing is computed here a second time: the amounts come from the queries behind the billing report, the
receivables and the deletion history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from ledger.domain.clock import Period, month_period
from ledger.errors import NotAMonth
from ledger.message import msg
from projections.engine.runner import inputs_at
from projections.queries import month_hours, month_turnover, overlaps
from projections.queries.month_hours import FreeSession, RuleHours, UnsocialHours, Worked
from projections.queries.month_money import month_money
from projections.queries.month_turnover import CustomerTurnover, MonthFigures, Turnover
from projections.queries.sales_register import (
    CustomerReceivables,
    receivables,
    receivables_by_customer,
    register,
)
from projections.read_models import billing, deletions
from projections.read_models.deletions import Deletion, Summary

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.application.read_models import Overlap
    from projections.views import Views

_CUSTOMERS = "SELECT DISTINCT customer FROM sessions WHERE number IN (?, ?)"


class Value(NamedTuple):
    """From the list price to the turnover, in grosze net: list less free less discount less goodwill.

    `corrected_grosze` is by how much documents say otherwise than their sessions now come to.
    """

    list_grosze: int
    free_grosze: int
    discount_grosze: int
    goodwill_grosze: int
    corrected_grosze: int
    net_grosze: int


class OverlapSeen(NamedTuple):
    """Two sessions at one time; double: of one technician at one customer, so perhaps typed twice."""

    session: int
    other: int
    same: Literal["double", "technician", "customer"]
    who: str
    begins_at: datetime


class Deleted(NamedTuple):
    """How the deletions of a month stand: its figures, and those that were not in time."""

    summary: Summary
    not_in_time: list[Deletion]


class Overview(NamedTuple):
    """The owner's month. `customers`: who brought most first; `owed`: of every month, who owes most first."""

    period: Period
    today: date
    customers: list[CustomerTurnover]
    total: Turnover
    owed: list[CustomerReceivables]
    value: Value
    rules: list[RuleHours]
    free: list[FreeSession]
    worked: Worked
    by_customer: list[UnsocialHours]
    by_technician: list[UnsocialHours]
    weekdays: list[Counter[str]]
    overlaps: list[OverlapSeen]
    deleted: Deleted
    months: list[MonthFigures]
    """The twelve months before, and this one last."""


def overview(
    views: Views, ledger: Ledger, position: int, period: Period, *, as_of: datetime, today: date
) -> Overview:
    """Return the owner's month after `position` events, with what is overdue on a day.

    `as_of` decides which requests were given up. Raises NotAMonth, NoCalendar.
    """
    if month_period(period.first) != period:
        raise NotAMonth(
            msg(
                "the owner's report is of one month, not of {first} to {until}",
                first=period.first,
                until=period.until,
            )
        )
    sessions = billing.of_period(views, period).sessions
    found = register(ledger.store, position)
    money = month_money(views, ledger, position, sessions, found)
    settled = month_turnover.settlements(found, ledger, today, sessions)
    customers = month_turnover.turnover_by_customer(money, settled)
    total = month_turnover.total_turnover(customers)
    inputs = inputs_at(views, ledger.store, position)
    taken_apart = month_hours.worked(inputs, sessions)
    rules = month_hours.by_rule(taken_apart)
    months = month_turnover.months_before(period)
    return Overview(
        period,
        today,
        customers,
        total,
        receivables_by_customer(receivables(found, today)),
        _value(rules, sessions, total),
        rules,
        month_hours.free_sessions(taken_apart, sessions),
        taken_apart,
        month_hours.unsocial(taken_apart.hours, lambda hour: hour.customer),
        month_hours.unsocial(taken_apart.hours, lambda hour: hour.technician),
        month_hours.by_weekday(taken_apart.hours),
        _overlaps(views, period, {each.session for each in sessions}),
        _deleted(views, period, inputs.state.settings, as_of),
        month_turnover.month_figures(views, ledger, position, months, found),
    )


def _value(rules: list[RuleHours], sessions: Iterable[billing.BilledSession], total: Turnover) -> Value:
    free = sum(each.list_grosze for each in rules if each.is_free)
    discount = sum(each.discount_grosze for each in rules if not each.is_free)
    goodwill = sum(each.waived_grosze for each in sessions)
    now = sum(each.net_grosze for each in sessions)
    corrected = total.net_grosze - now
    return Value(total.list_grosze, free, discount, goodwill, corrected, total.net_grosze)


def _overlaps(views: Views, period: Period, sessions: set[int]) -> list[OverlapSeen]:
    pairs = overlaps.of_period(views, period.begins_at, period.ends_at)
    return [_seen(views, each) for each in pairs if sessions & {each.session, each.other}]


def _seen(views: Views, pair: Overlap) -> OverlapSeen:
    """Tell two sessions of one technician at one customer from others that overlap."""
    customers = views.execute(_CUSTOMERS, (pair.session, pair.other)).fetchall()
    is_double = pair.kind == "technician" and len(customers) == 1
    return OverlapSeen(
        pair.session, pair.other, "double" if is_double else pair.kind, pair.who, pair.begins_at
    )


def _deleted(views: Views, period: Period, settings: Mapping[str, int], as_of: datetime) -> Deleted:
    found = deletions.history(views, period, sla_seconds=settings["purge.sla_seconds"])
    given_up = as_of - timedelta(days=settings["purge.abandoned_days"])
    summary = deletions.summary(found, deletions.abandoned(views, given_up, period))
    return Deleted(summary, [each for each in found if each.verdict != "pass" and not each.before_adoption])
