"""The billing read model: one row for every session that was connected, rated once it has ended.

A row is a function of the session, its customer's purchases and the book as they stand; no row
remembers how it came about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, RowMapping, func, or_, select

from ledger.book import Book
from ledger.clock import Period, epoch_microseconds, from_epoch_microseconds
from ledger.errors import NoCalendar
from ledger.facts import Purchase
from ledger.money import vat_on
from ledger.session import CONFIRM_OVER, FLAG_OVER, Session, rating_facts
from projections.fold import Fold
from projections.rates import PriceList, listed, rater_of
from projections.tables import billing as table
from projections.tracked import Tracked

if TYPE_CHECKING:
    from ledger.tariff import Tariff

NAME = "billing"
BEFORE_ADOPTION = "elsewhere:before-adoption"
"""What a session stands on that ended before the first day of billing."""
UNRATED = ("open_session", "no_tariff", "no_calendar")
"""Exceptions whose sessions have no amount."""
CHANGED = "price_changed_after_invoice"
"""The exception of a session that its invoice says something else of; a correction puts it right."""
UNBILLED = "over_48_h"
"""The exception whose sessions have an amount that is not billed until a person confirms it."""
_MICROSECOND = timedelta(microseconds=1)
_CONFIRM_OVER_US, _FLAG_OVER_US = CONFIRM_OVER // _MICROSECOND, FLAG_OVER // _MICROSECOND


class RatedSession(NamedTuple):
    """What a pinned price list makes of an ended session."""

    tariff: Tariff
    started_hours: int
    band_hours: dict[str, int]
    net_grosze: int
    waived_grosze: int
    assumptions: tuple[str, ...]


def rate_session(
    session: Session,
    purchases: tuple[Purchase, ...],
    book: Book,
    *,
    reading: Callable[[Tariff], Tariff] | None = None,
) -> RatedSession | None:
    """An ended session under its pinned price list; None where none was in force. Raises NoCalendar.

    `reading` puts another reading in the place of the price list, for what-if.
    """
    if session.tariff is None:
        return None
    tariff = listed(book, session.tariff)
    if reading is not None:
        tariff = reading(tariff)
    totals = rater_of(tariff, book).totals(rating_facts(session, purchases))
    return RatedSession(
        tariff,
        totals.started_hours,
        dict(zip(tariff.band_ids, totals.band_hours, strict=True)),
        totals.net_grosze,
        totals.waived_grosze,
        totals.assumptions,
    )


# --- the row of a session ---------------------------------------------------------------------


def row(tracked: Tracked, fold: Fold) -> tuple[Any, ...] | None:
    """The row of a session that was connected; None for a request or a cancelled one."""
    connected_us, ended_us = tracked.connected_us, tracked.ended_us
    if connected_us is None:
        return None
    customer, rates = fold.root(tracked.customer), fold.rates
    prices = None if tracked.tariff is None else rates.of(tracked.tariff)
    exceptions = _flags(tracked, connected_us, ended_us, prices)
    if ended_us is None:
        return _unrated(tracked, customer, f"{exceptions} open_session", tracked.billed)
    if rates.is_late(ended_us, tracked.told_us):
        exceptions = f"{exceptions} late_recorded".lstrip()
    billed = tracked.billed or (BEFORE_ADOPTION if rates.is_before_adoption(ended_us) else None)
    if prices is None:
        return _unrated(tracked, customer, f"{exceptions} no_tariff", billed)
    try:
        totals = prices.totals(tracked, customer, fold.buyers)
    except NoCalendar:
        return _unrated(tracked, customer, f"{exceptions} no_calendar", billed)
    if tracked.billed_as not in (None, (totals.net_grosze, prices.hours_by_band(totals))):
        exceptions = f"{exceptions} {CHANGED}".lstrip()
    return (
        tracked.number,
        tracked.session_ref,
        customer,
        tracked.issue,
        prices.id,
        connected_us,
        ended_us,
        connected_us if prices.by_begin else ended_us,
        totals.started_hours,
        prices.band_text(totals),
        totals.net_grosze,
        totals.waived_grosze,
        prices.vat_percent(ended_us // 1_000_000),
        " ".join(totals.assumptions),
        exceptions,
        billed,
    )


def _unrated(tracked: Tracked, customer: str, exceptions: str, billed: str | None) -> tuple[Any, ...]:
    """The row of a session without an amount; an open one is placed where it began."""
    began, ended = tracked.connected_us, tracked.ended_us
    head = (tracked.number, tracked.session_ref, customer, tracked.issue, None, began, ended, ended or began)
    return (*head, None, None, None, None, None, "", exceptions.lstrip(), billed)


def _flags(tracked: Tracked, connected_us: int, ended_us: int | None, prices: PriceList | None) -> str:
    """What a person should look at, though there is an amount."""
    lasted_us = 0 if ended_us is None else ended_us - connected_us
    back_dated = "back_dated" if tracked.back_dated else ""
    if lasted_us > _CONFIRM_OVER_US and not tracked.confirmed:
        return f"over_48_h {back_dated}".rstrip()
    if lasted_us > (_FLAG_OVER_US if prices is None else prices.long_us):
        return f"over_12_h {back_dated}".rstrip()
    return back_dated


# --- what reports read ------------------------------------------------------------------------


class BilledSession(NamedTuple):
    """One rated session of a period; instants are UTC, money is grosze."""

    session: int
    session_ref: str | None
    customer: str
    issue: str
    tariff: str
    connected_at: datetime
    ended_at: datetime
    started_hours: int
    band_hours: dict[str, int]
    net_grosze: int
    waived_grosze: int
    vat_percent: int
    assumptions: list[str]
    billed: str | None
    counted: bool


class BilledCustomer(NamedTuple):
    """What is to be billed to one customer: VAT is taken once, on the net sum of each rate."""

    customer: str
    started_hours: int
    net_grosze: int
    vat_grosze: int
    gross_grosze: int


class BillingException(NamedTuple):
    """A session that a person should look at."""

    session: int
    session_ref: str | None
    customer: str
    kind: str


class Billing(NamedTuple):
    """A period: its sessions, the customers' sums, what needs a look."""

    sessions: list[BilledSession]
    customers: list[BilledCustomer]
    exceptions: list[BillingException]


def of_period(views: Connection, period: Period, *, customer: str | None = None) -> Billing:
    """The billing of a period, or of one customer in it; sessions by number, customers by code."""
    begins, ends = epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at)
    closed = table.c.placed_at.between(begins, ends - 1) & table.c.ended_at.is_not(None)
    still_open = table.c.ended_at.is_(None) & (table.c.connected_at < ends)
    query = select(table).where(or_(closed, still_open)).order_by(table.c.number)
    if customer is not None:
        query = query.where(table.c.customer == customer)
    sessions: list[BilledSession] = []
    exceptions: list[BillingException] = []
    for found in views.execute(query).mappings():
        kinds: list[str] = found["exceptions"].split()
        named = (found["number"], found["session_ref"], found["customer"])
        exceptions += [BillingException(*named, kind) for kind in kinds]
        if found["net_grosze"] is not None:
            sessions.append(_billed_session(found, kinds))
    return Billing(sessions, list(sums_by_customer(sessions)), exceptions)


def _billed_session(found: RowMapping, kinds: Sequence[str]) -> BilledSession:
    return BilledSession(
        session=found["number"],
        session_ref=found["session_ref"],
        customer=found["customer"],
        issue=found["issue"],
        tariff=found["tariff"],
        connected_at=from_epoch_microseconds(found["connected_at"]),
        ended_at=from_epoch_microseconds(found["ended_at"]),
        started_hours=found["started_hours"],
        band_hours=json.loads(found["band_hours"]),
        net_grosze=found["net_grosze"],
        waived_grosze=found["waived_grosze"],
        vat_percent=found["vat_percent"],
        assumptions=found["assumptions"].split(),
        billed=found["billed"],
        counted=found["billed"] is None and UNBILLED not in kinds,
    )


def sums_by_customer(sessions: Iterable[BilledSession]) -> Iterator[BilledCustomer]:
    """The sums of what is to be billed, by customer code."""
    counted: dict[str, list[BilledSession]] = {}
    for session in sessions:
        if session.counted:
            counted.setdefault(session.customer, []).append(session)
    for customer in sorted(counted):
        yield _sum(customer, counted[customer])


def _sum(customer: str, sessions: Sequence[BilledSession]) -> BilledCustomer:
    nets: dict[int, int] = {}
    for session in sessions:
        nets[session.vat_percent] = nets.get(session.vat_percent, 0) + session.net_grosze
    net_grosze = sum(nets.values())
    vat_grosze = sum(vat_on(net, percent) for percent, net in nets.items())
    hours = sum(session.started_hours for session in sessions)
    return BilledCustomer(customer, hours, net_grosze, vat_grosze, net_grosze + vat_grosze)


def unbilled(views: Connection, *, ended_before: datetime | None = None) -> int:
    """How many sessions ended (before a moment), cost something and stand on nothing."""
    query = select(func.count()).where(table.c.net_grosze > 0, table.c.billed.is_(None))
    if ended_before is not None:
        query = query.where(table.c.ended_at < epoch_microseconds(ended_before))
    return int(views.execute(query).scalar_one())


def changed(views: Connection) -> int:
    """How many sessions come to something else than their invoice says."""
    query = select(func.count()).where(table.c.exceptions.like(f"%{CHANGED}%"))
    return int(views.execute(query).scalar_one())
