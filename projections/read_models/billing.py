"""The billing read model: one row for every session that was connected, rated once it has ended.

A row is a function of the session, its customer's purchases and the ledger's state at one position.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.domain.clock import Period, epoch_microseconds, from_epoch_microseconds
from ledger.domain.ledger_state import LedgerState
from ledger.domain.money import vat_on
from ledger.domain.rating.inputs import Purchase
from ledger.domain.session.evolve import CONFIRM_OVER, FLAG_OVER, Session, rating_facts
from ledger.errors import NoCalendar
from ledger.packed import PackedRows, Rereadable
from projections.inputs.life import SECOND_US, Life
from projections.inputs.price_lists import PriceList, listed, rater_of
from projections.inputs.state import Inputs
from projections.views import Views

if TYPE_CHECKING:
    from ledger.domain.tariff.tariff import Tariff

NAME = "billing"
BEFORE_ADOPTION = "elsewhere:before-adoption"
"""`billed` of a session that ended before the first day of billing."""
UNRATED = ("open_session", "no_tariff", "no_calendar", "voided")
"""Exceptions whose sessions have no amount."""
VOIDED = "voided"
"""The exception of a session put aside as recorded by mistake; it has no amount."""
CHANGED = "price_changed_after_invoice"
"""The exception of a session whose amount differs from its invoice; a correction puts it right."""
UNBILLED = "over_48_h"
"""The exception whose sessions have an amount that is not billed until a person confirms it."""
_UNBILLED = """\
SELECT count(*) FROM billing CROSS JOIN sessions USING (number)
WHERE net_grosze > 0 AND billed IS NULL AND ended_at < ?"""
_CHANGED = "SELECT count(*) FROM billing WHERE exceptions LIKE ?"
_NET = 5
"""The place of `net_grosze` in a row."""
_NEVER_US = 2**63 - 1
_MICROSECOND = timedelta(microseconds=1)
_CONFIRM_OVER_US, _FLAG_OVER_US = CONFIRM_OVER // _MICROSECOND, FLAG_OVER // _MICROSECOND


class RatedSession(NamedTuple):
    """An ended session rated under its pinned price list."""

    tariff: Tariff
    started_hours: int
    band_hours: dict[str, int]
    net_grosze: int
    waived_grosze: int
    assumptions: tuple[str, ...]


def rate_session(
    session: Session,
    purchases: tuple[Purchase, ...],
    state: LedgerState,
    *,
    reading: Callable[[Tariff], Tariff] | None = None,
) -> RatedSession | None:
    """Rate an ended session under its pinned price list; None where none was in force. Raises NoCalendar.

    `reading` replaces the price list by another reading of it, for what-if.
    """
    if session.tariff is None:
        return None
    tariff = listed(state, session.tariff)
    if reading is not None:
        tariff = reading(tariff)
    totals = rater_of(tariff, state).totals(rating_facts(session, purchases))
    return RatedSession(
        tariff,
        totals.started_hours,
        dict(zip(tariff.band_ids, totals.band_hours, strict=True)),
        totals.net_grosze,
        totals.waived_grosze,
        totals.assumptions,
    )


# --- the row of a session ---------------------------------------------------------------------


def row(life: Life, inputs: Inputs) -> tuple[Any, ...] | None:
    """Return the row of a session that was connected; None for any other."""
    connected_us, ended_us = life.connected_us, life.ended_us
    if connected_us is None:
        return None
    lists = inputs.price_lists
    prices = None if life.tariff is None else lists.of(life.tariff)
    exceptions = _flags(life, connected_us, ended_us, prices)
    if ended_us is None:
        return _unrated(life, connected_us, f"{exceptions} open_session", life.billed)
    if lists.closures and lists.is_late(ended_us, life.amount_recorded_us):
        exceptions = f"{exceptions} late_recorded".lstrip()
    billed = life.billed or (BEFORE_ADOPTION if lists.is_before_adoption(ended_us) else None)
    if life.voided:
        is_left = life.billed_as is not None and inputs.bills.says_otherwise(life, inputs)
        return _unrated(life, ended_us, f"{VOIDED} {CHANGED}" if is_left else VOIDED, billed)
    if prices is None:
        return _unrated(life, ended_us, f"{exceptions} no_tariff", billed)
    try:
        totals = prices.rater.totals(life.rating_facts(inputs.purchases(life.customer)))
    except NoCalendar:
        return _unrated(life, ended_us, f"{exceptions} no_calendar", billed)
    if (
        life.billed_as is not None
        and (life.changed_since_billed or not prices.is_billed(life.billed_as, totals))
        and inputs.bills.says_otherwise(life, inputs)
    ):
        exceptions = f"{exceptions} {CHANGED}".lstrip()
    return (
        life.number,
        prices.id,
        connected_us if prices.by_begin else ended_us,
        totals.started_hours,
        prices.band_text(totals),
        totals.net_grosze,
        totals.waived_grosze,
        prices.vat_percent(ended_us // SECOND_US),
        " ".join(totals.assumptions),
        exceptions,
        billed,
    )


def net_of(life: Life, inputs: Inputs) -> int | None:
    """Return the net of a session's row; None where it has none."""
    found = row(life, inputs)
    return None if found is None else found[_NET]


def _unrated(life: Life, placed_us: int, exceptions: str, billed: str | None) -> tuple[Any, ...]:
    """Return the row of a session without an amount."""
    return (life.number, None, placed_us, None, None, None, None, None, "", exceptions.lstrip(), billed)


def _flags(life: Life, connected_us: int, ended_us: int | None, prices: PriceList | None) -> str:
    """Return the exceptions that a session has though there is an amount."""
    lasted_us = 0 if ended_us is None else ended_us - connected_us
    back_dated = "back_dated" if life.back_dated else ""
    if lasted_us > _CONFIRM_OVER_US and not life.confirmed:
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
    """The sums to be billed to one customer; VAT is taken once, on the net sum of each rate."""

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
    """A period: its sessions, the customers' sums, the exceptions."""

    sessions: Rereadable[BilledSession]
    customers: list[BilledCustomer]
    exceptions: list[BillingException]


class _Line(NamedTuple):
    """The columns of `_LINE`; of a session without an amount many are None."""

    number: int
    session_ref: str | None
    customer: str
    issue: str
    tariff: str
    connected_us: int
    ended_us: int
    started_hours: int
    band_hours: str
    net_grosze: int
    waived_grosze: int
    vat_percent: int
    assumptions: str
    billed: str | None
    exceptions: str
    is_rated: int


_LINE = """\
SELECT s.number, session_ref, customer, issue, tariff, connected_at, ended_at, started_hours, band_hours,
       net_grosze, waived_grosze, vat_percent, assumptions, billed, exceptions, net_grosze IS NOT NULL
FROM {tables} WHERE {conditions}"""
_STILL_OPEN = _LINE.format(
    tables="sessions s CROSS JOIN billing b USING (number)",
    conditions="ended_at IS NULL AND connected_at < ?",
)
_CLOSED = _LINE.format(
    tables="billing b CROSS JOIN sessions s USING (number)",
    conditions="placed_at >= ? AND placed_at < ? AND ended_at IS NOT NULL",
)
# However a session is placed, it did not end before the period began.
_CLOSED_OF_CUSTOMER = _LINE.format(
    tables="sessions s CROSS JOIN billing b USING (number)",
    conditions="customer = ? AND ended_at >= ? AND placed_at >= ? AND placed_at < ?",
)


def of_period(views: Views, period: Period, *, customer: str | None = None) -> Billing:
    """Return the billing of a period, or of one customer in it; sessions by number, customers by code."""
    begins, ends = epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at)
    if customer is None:
        found = views.execute(f"{_CLOSED} UNION ALL {_STILL_OPEN} ORDER BY 1", (begins, ends, ends))
    else:
        found = views.execute(
            f"{_CLOSED_OF_CUSTOMER} UNION ALL {_STILL_OPEN} AND customer = ? ORDER BY 1",
            (customer, begins, begins, ends, ends, customer),
        )
    sessions = PackedRows(BilledSession)
    exceptions: list[BillingException] = []
    for line in map(_Line._make, found):
        kinds = line.exceptions.split()
        named = (line.number, line.session_ref, line.customer)
        exceptions += [BillingException(*named, kind) for kind in kinds]
        if line.is_rated:
            sessions.add(_billed_session(line, kinds))
    return Billing(sessions, list(sums_by_customer(sessions)), exceptions)


def _billed_session(line: _Line, kinds: Sequence[str]) -> BilledSession:
    return BilledSession(
        session=line.number,
        session_ref=line.session_ref,
        customer=line.customer,
        issue=line.issue,
        tariff=line.tariff,
        connected_at=from_epoch_microseconds(line.connected_us),
        ended_at=from_epoch_microseconds(line.ended_us),
        started_hours=line.started_hours,
        band_hours=json.loads(line.band_hours),
        net_grosze=line.net_grosze,
        waived_grosze=line.waived_grosze,
        vat_percent=line.vat_percent,
        assumptions=line.assumptions.split(),
        billed=line.billed,
        counted=line.billed is None and UNBILLED not in kinds,
    )


def sums_by_customer(sessions: Iterable[BilledSession]) -> Iterator[BilledCustomer]:
    """Yield the sums to be billed, by customer code."""
    nets: dict[str, dict[int, int]] = {}
    hours: dict[str, int] = {}
    for session in sessions:
        if session.counted:
            code, percent = session.customer, session.vat_percent
            by_rate = nets.setdefault(code, {})
            by_rate[percent] = by_rate.get(percent, 0) + session.net_grosze
            hours[code] = hours.get(code, 0) + session.started_hours
    for code in sorted(nets):
        net = sum(nets[code].values())
        vat = sum(vat_on(part, percent) for percent, part in nets[code].items())
        yield BilledCustomer(code, hours[code], net, vat, net + vat)


def unbilled(views: Views, *, ended_before: datetime | None = None) -> int:
    """Count the sessions that ended (before a moment), have an amount, and are not billed."""
    before = _NEVER_US if ended_before is None else epoch_microseconds(ended_before)
    (count,) = views.execute(_UNBILLED, (before,)).fetchone()
    return int(count)


def changed(views: Views) -> int:
    """Count the sessions whose amount differs from their invoice."""
    (count,) = views.execute(_CHANGED, (f"%{CHANGED}%",)).fetchone()
    return int(count)
