"""The billing read model: one row for every session that was connected, rated once it has ended.

A row is a function of the session, its customer's purchases and the book as they stand; no row
remembers how it came about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, or_, select

from ledger.book import Book
from ledger.clock import Period, epoch_microseconds, from_epoch_microseconds, from_epoch_seconds, office_time
from ledger.customer import Bought, purchases_for_rating
from ledger.errors import NoCalendar
from ledger.money import vat_on
from ledger.rater import Rater
from ledger.session import CONFIRM_OVER, FLAG_OVER, Session, rating_facts
from ledger.tariff import Tariff, parse_tariff
from projections.fold import Fold, Tracked
from projections.tables import billing as table

NAME = "billing"
BEFORE_ADOPTION = "elsewhere:before-adoption"
"""What a session stands on that ended before the first day of billing."""
UNRATED = ("open_session", "no_tariff", "no_calendar")
"""Exceptions whose sessions have no amount."""
UNBILLED = "over_48_h"
"""The exception whose sessions have an amount that is not billed until a person confirms it."""


class RatedSession(NamedTuple):
    """What a pinned price list makes of an ended session."""

    tariff: Tariff
    started_hours: int
    band_hours: dict[str, int]
    net_grosze: int
    waived_grosze: int
    assumptions: tuple[str, ...]


@lru_cache(maxsize=64)
def parsed(text: str) -> Tariff:
    """A published price list, parsed once."""
    return parse_tariff(text)


@lru_cache(maxsize=64)
def _rater(tariff: Tariff) -> Rater:
    return Rater(tariff)


def tariff_look_up(book: Book) -> Callable[[int], Tariff]:
    """The price list in force at an epoch second, for a tariff that asks for each unit."""

    def at(second: int) -> Tariff:
        digest = book.tariff_at(from_epoch_seconds(second))
        return parsed(book.text_of(digest if digest is not None else book.tariffs[0].digest))

    return at


def rate_session(
    session: Session,
    purchases: Sequence[Bought],
    book: Book,
    *,
    reading: Callable[[Tariff], Tariff] | None = None,
) -> RatedSession | None:
    """An ended session under its pinned price list; None where none was in force. Raises NoCalendar.

    `reading` puts another reading in the place of the price list, for what-if.
    """
    if session.tariff is None:
        return None
    tariff = parsed(book.text_of(session.tariff))
    if reading is not None:
        tariff = reading(tariff)
    rater = _rater(tariff) if tariff.pin == "session" else Rater(tariff, tariff_look_up(book))
    totals = rater.totals(rating_facts(session, purchases_for_rating(purchases)))
    return RatedSession(
        tariff,
        totals.started_hours,
        dict(zip(tariff.band_ids, totals.band_hours, strict=True)),
        totals.net_grosze,
        totals.waived_grosze,
        totals.assumptions,
    )


def row(tracked: Tracked, fold: Fold) -> tuple[Any, ...] | None:
    """The row of a session that was connected; None for a request or a cancelled one."""
    session, book = tracked.session, fold.book
    connected_at = session.connected_at
    if connected_at is None or book is None:
        return None
    customer = fold.root(session.customer)
    exceptions = list(_flags(tracked))
    rated = None
    if session.ended_at is None:
        exceptions.append("open_session")
    else:
        try:
            rated = rate_session(session, fold.purchases(customer), book)
            if rated is None:
                exceptions.append("no_tariff")
        except NoCalendar:
            exceptions.append("no_calendar")
    hours = None if rated is None else _band_text(tuple(rated.band_hours.items()))
    return (
        tracked.number,
        session.session_ref,
        customer,
        session.issue,
        None if rated is None else rated.tariff.id,
        epoch_microseconds(connected_at),
        None if session.ended_at is None else epoch_microseconds(session.ended_at),
        epoch_microseconds(_placed_at(session, connected_at, rated)),
        None if rated is None else rated.started_hours,
        hours,
        None if rated is None else rated.net_grosze,
        None if rated is None else rated.waived_grosze,
        None if rated is None else rated.tariff.vat_percent_on(office_time(_end(session)).date()),
        "" if rated is None else " ".join(rated.assumptions),
        " ".join(exceptions),
        session.billed or _adopted(session, book),
    )


@lru_cache(maxsize=4096)
def _band_text(hours: tuple[tuple[str, int], ...]) -> str:
    return json.dumps(dict(hours))


def _end(session: Session) -> datetime:
    assert session.ended_at is not None  # noqa: S101 - only ended sessions are rated
    return session.ended_at


def _placed_at(session: Session, connected_at: datetime, rated: RatedSession | None) -> datetime:
    if session.ended_at is None or (rated is not None and rated.tariff.period_by == "started"):
        return connected_at
    return session.ended_at


def _flags(tracked: Tracked) -> Iterator[str]:
    session = tracked.session
    duration = session.duration
    if duration > CONFIRM_OVER and not session.confirmed:
        yield "over_48_h"
    elif duration > FLAG_OVER:
        yield "over_12_h"
    if tracked.back_dated:
        yield "back_dated"


def _adopted(session: Session, book: Book) -> str | None:
    ended_at = session.ended_at
    return BEFORE_ADOPTION if ended_at is not None and book.billed_before_adoption(ended_at) else None


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
    for found in views.execute(query):
        kinds: list[str] = found.exceptions.split()
        exceptions += [
            BillingException(found.number, found.session_ref, found.customer, kind) for kind in kinds
        ]
        if found.net_grosze is not None:
            sessions.append(_billed_session(found._asdict(), kinds))
    return Billing(sessions, list(sums_by_customer(sessions)), exceptions)


def _billed_session(found: dict[str, Any], kinds: Sequence[str]) -> BilledSession:
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
