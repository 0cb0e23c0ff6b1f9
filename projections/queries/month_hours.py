"""Every started hour of a month with its price and its technician: what was free, nights, weekends.

The hours and their prices are those of `session explain`; a session's goodwill is that of the billing report.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ledger.domain.clock import epoch_seconds, from_epoch_seconds, office_time
from ledger.domain.session.rating import rate_session
from ledger.domain.tariff.holidays import holiday_at
from ledger.packed import Rereadable
from projections.inputs.price_lists import listed
from projections.inputs.state import Inputs
from projections.queries.month_turnover import NIGHT
from projections.read_models.billing import BilledSession

if TYPE_CHECKING:
    from ledger.domain import events as e
    from ledger.domain.session.state import Session

SATURDAY = 5
TEST = "test"
"""The rule of a test, which has no hours."""


class WorkedHour(NamedTuple):
    """A started hour: whose, by whom, when it opened on the office clock, and its price in grosze.

    `net_grosze` is what the discount leaves, before any goodwill.
    """

    session: int
    customer: str
    technician: str
    opened_at: datetime
    band: str
    is_holiday: bool
    list_grosze: int
    net_grosze: int
    rule: str
    quote: str

    @property
    def is_free(self) -> bool:
        """Return True if the price list makes the hour free."""
        return self.list_grosze > 0 and self.net_grosze == 0

    @property
    def is_night(self) -> bool:
        """Return True of an hour in the band of the night."""
        return self.band == NIGHT

    @property
    def is_weekend(self) -> bool:
        """Return True of an hour that opened on a Saturday or a Sunday of the office clock."""
        return self.opened_at.weekday() >= SATURDAY


class Connected(NamedTuple):
    """A connection of a session; instants are office time."""

    session: int
    technician: str
    begins_at: datetime
    ends_at: datetime


class Goodwill(NamedTuple):
    """The goodwill that stands for a session: what was given, for which reason, by whom and when."""

    session: int
    customer: str
    percent: str | None
    """The part of the net, as it is written: 25, 12.5."""
    hours: int | None
    amount_grosze: int | None
    waived_grosze: int
    reason: str
    by: str
    at: datetime


class RuleHours(NamedTuple):
    """The hours that one rule and sentence of the price list priced; `test`: sessions without an hour."""

    rule: str
    quote: str
    sessions: int
    customers: int
    started_hours: int
    list_grosze: int
    discount_grosze: int
    net_grosze: int

    @property
    def is_free(self) -> bool:
        """Return True if nothing of the list price is left."""
        return self.net_grosze == 0


class FreeSession(NamedTuple):
    """The free hours of a session under one rule, with their value by the list."""

    session: int
    customer: str
    ended_at: datetime
    started_hours: int
    list_grosze: int
    rule: str


class UnsocialHours(NamedTuple):
    """Hours of a customer or technician: all, at night, at a weekend, on a holiday, and any of the three."""

    who: str
    sessions: int
    started_hours: int
    night_hours: int
    weekend_hours: int
    holiday_hours: int
    unsocial_hours: int


class Worked(NamedTuple):
    """The sessions of a month taken apart, by session number."""

    hours: list[WorkedHour]
    goodwill: list[Goodwill]
    connections: list[Connected]
    tests: dict[str, list[BilledSession]]
    """Sessions that were tests, without an hour, by the sentence that makes them free."""
    bands: set[str]
    """The bands of the price lists that rated them, used or not."""

    @property
    def knows_nights(self) -> bool:
        """Return False where hours stand under lists without a band of the night: then 0 says nothing."""
        return NIGHT in self.bands or not self.hours


def worked(inputs: Inputs, sessions: Rereadable[BilledSession]) -> Worked:
    """Take rated sessions apart: their hours, goodwill, connections, and the tests among them."""
    by_number = {each.session: each for each in sessions}
    found = Worked([], [], [], defaultdict(list), set())
    tariff_of = partial(listed, inputs.state)
    for number, session in inputs.sessions(list(by_number)):
        if session.tariff is None:
            continue
        its, tariff = by_number[number], tariff_of(session.tariff)
        rated = rate_session(session, inputs.purchases(its.customer), tariff, inputs.state, tariff_of)
        found.bands.update(tariff.bands)
        found.hours.extend(
            WorkedHour(
                number,
                its.customer,
                technician_at(session, hour.opened_s),
                office_time(from_epoch_seconds(hour.opened_s)),
                hour.band,
                holiday_at(tariff, hour.opened_s) is not None,
                hour.list_grosze,
                hour.net_grosze,
                hour.rule,
                hour.quote,
            )
            for hour in rated.hours
        )
        if session.issue == TEST and not rated.hours:
            found.tests[tariff.free.test.quote].append(its)
        if session.waived is not None:
            found.goodwill.append(_goodwill(session.waived, its))
        found.connections.extend(_connections(session, number))
    return found


def technician_at(session: Session, opened_s: int) -> str:
    """Return the technician whose connection an hour opened in; the first one's where it opened in none."""
    in_order = sorted(session.connections, key=lambda each: each.connected_at)
    for each in in_order:
        until = each.disconnected_at
        if epoch_seconds(each.connected_at) <= opened_s and (
            until is None or opened_s < epoch_seconds(until)
        ):
            return each.technician
    return in_order[0].technician


def _connections(session: Session, number: int) -> Iterator[Connected]:
    for each in session.connections:
        if each.disconnected_at is not None and each.connected_at < each.disconnected_at:
            yield Connected(
                number, each.technician, office_time(each.connected_at), office_time(each.disconnected_at)
            )


def _goodwill(given: e.Waived, its: BilledSession) -> Goodwill:
    percent = None if given.percent is None else str(given.percent)
    if given.half_percents is not None:
        percent = f"{given.half_percents // 2}.5"
    return Goodwill(
        its.session,
        its.customer,
        percent,
        given.hours,
        given.amount_grosze,
        its.waived_grosze,
        given.reason,
        given.by,
        given.at,
    )


# --- sums ---------------------------------------------------------------------------------------


def by_rule(found: Worked) -> list[RuleHours]:
    """Return the hours by rule and sentence, those that are free first, then by what they took off."""
    rows: dict[tuple[str, str, bool], list[WorkedHour]] = defaultdict(list)
    for hour in found.hours:
        rows[hour.rule, hour.quote, hour.is_free].append(hour)
    rules = [_of_rule(rule, quote, hours) for (rule, quote, _), hours in rows.items()]
    rules += [
        RuleHours(TEST, quote, len(tests), len({each.customer for each in tests}), 0, 0, 0, 0)
        for quote, tests in found.tests.items()
    ]
    return sorted(rules, key=lambda each: (not each.is_free, -each.discount_grosze, each.rule, each.quote))


def _of_rule(rule: str, quote: str, hours: Sequence[WorkedHour]) -> RuleHours:
    list_grosze = sum(each.list_grosze for each in hours)
    net_grosze = sum(each.net_grosze for each in hours)
    return RuleHours(
        rule,
        quote,
        len({each.session for each in hours}),
        len({each.customer for each in hours}),
        len(hours),
        list_grosze,
        list_grosze - net_grosze,
        net_grosze,
    )


def free_sessions(found: Worked, sessions: Iterable[BilledSession]) -> list[FreeSession]:
    """Return the free hours by session and rule, by session number."""
    ended = {each.session: each.ended_at for each in sessions}
    rows: dict[tuple[int, str, str], list[WorkedHour]] = defaultdict(list)
    for hour in found.hours:
        if hour.is_free:
            rows[hour.session, hour.customer, hour.rule].append(hour)
    return [
        FreeSession(
            number, customer, ended[number], len(hours), sum(each.list_grosze for each in hours), rule
        )
        for (number, customer, rule), hours in sorted(rows.items())
    ]


def unsocial(hours: Iterable[WorkedHour], who: Callable[[WorkedHour], str]) -> list[UnsocialHours]:
    """Return the hours of each customer or technician, who had most at night, weekend and holiday first."""
    rows: dict[str, list[WorkedHour]] = defaultdict(list)
    for hour in hours:
        rows[who(hour)].append(hour)
    found = [
        UnsocialHours(
            name,
            len({each.session for each in theirs}),
            len(theirs),
            sum(each.is_night for each in theirs),
            sum(each.is_weekend for each in theirs),
            sum(each.is_holiday for each in theirs),
            sum(each.is_night or each.is_weekend or each.is_holiday for each in theirs),
        )
        for name, theirs in rows.items()
    ]
    return sorted(found, key=lambda each: (-each.unsocial_hours, -each.started_hours, each.who))


def by_weekday(hours: Iterable[WorkedHour]) -> list[Counter[str]]:
    """Return the hours of each weekday by band, Monday first."""
    days: list[Counter[str]] = [Counter() for _ in range(7)]
    for hour in hours:
        days[hour.opened_at.weekday()][hour.band] += 1
    return days
