"""Explanation of a session's amount: hour by hour, from its pinned price list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from ledger.domain.clock import office_time
from ledger.domain.rating.assumptions import explain
from ledger.domain.rating.pairs import Pair
from ledger.domain.rating.rate import Hour
from ledger.domain.session.evolve import rating_facts
from ledger.domain.session.rating import basis_of, hourly_tariff, rate_session
from ledger.domain.tariff.band_names import band_names
from ledger.domain.tariff.holidays import holiday_at
from ledger.domain.tariff.sections import Assumption, BandName
from ledger.domain.tariff.tariff import Tariff
from ledger.domain.tariff.week import DAY_NAMES
from ledger.errors import NoTariffPinned, SessionNotConnected, SessionOpen, SessionUnknown
from ledger.store.event_store import LedgerStore
from projections.engine.runner import inputs_at
from projections.inputs.price_lists import listed
from projections.views import Views


class ExplainedHour(NamedTuple):
    """A started hour and the assumptions its price depends on; money in grosze."""

    opened_s: int
    band: str
    multiplier: str
    list_grosze: int
    discount_percent: int
    net_grosze: int
    waived_grosze: int
    rule: str
    quote: str
    assumptions: tuple[str, ...]
    weekday: str
    """mon to sun, on the office clock."""
    holiday: str | None
    """Code of the public holiday, by the price list's calendar."""
    band_name: BandName | None


class Explained(NamedTuple):
    """A session's hours, its sums, and every assumption behind them."""

    session_ref: str | None
    customer: str
    tariff: str
    hours: tuple[ExplainedHour, ...]
    before_waiver_grosze: int
    waived_grosze: int
    net_grosze: int
    vat_percent: int
    assumptions: tuple[Assumption, ...]
    """Those that another reading of alone would change the amount."""
    pairs: tuple[Pair, ...]
    """Readings that only together would change it."""
    paired: tuple[Assumption, ...]
    """The assumptions of the pairs that do not stand among `assumptions`."""
    notes: tuple[str, ...]


def explained(views: Views, store: LedgerStore, stream: UUID, position: int) -> Explained:
    """Explain an ended session after `position` events.

    Raises: SessionOpen, SessionNotConnected, NoTariffPinned, NoCalendar, SessionUnknown.
    """
    inputs = inputs_at(views, store, position)
    if not store.stream_rows(stream.bytes, position):
        raise SessionUnknown("the session was not recorded by then")
    session = inputs.session(stream)
    if session.connected_at is None:
        raise SessionNotConnected("nobody has connected in this session, so it costs nothing")
    if session.ended_at is None:
        raise SessionOpen("the session has not ended, so it has no amount yet")
    if session.tariff is None:
        raise NoTariffPinned("no price list was in force when the session was connected")
    tariff = listed(inputs.state, session.tariff)
    purchases = inputs.purchases(inputs.root(session.customer))
    by_hour = hourly_tariff(tariff, inputs.state, partial(listed, inputs.state))
    found = explain(rating_facts(session, purchases), tariff, by_hour)
    basis = basis_of(session, purchases, tariff, inputs.state, partial(listed, inputs.state))
    names = band_names(tariff, inputs.state.band_names.get(session.tariff, {}))
    hours = zip(found.rated.hours, found.by_hour, strict=True)
    return Explained(
        session.session_ref,
        inputs.root(session.customer),
        tariff.id,
        tuple(_hour(hour, ids, tariff, names) for hour, ids in hours),
        found.rated.before_waiver_grosze,
        found.rated.waived_grosze,
        found.rated.net_grosze,
        tariff.vat_percent_on(office_time(session.ended_at).date()),
        tuple(each for each in basis.named if each.id in basis.alone),
        basis.pairs,
        tuple(each for each in basis.named if each.id not in basis.alone),
        tuple(_notes(tariff, issue=session.issue, hours=len(found.rated.hours))),
    )


def started_hours(
    views: Views, store: LedgerStore, position: int, numbers: Sequence[int]
) -> Iterator[tuple[int, int, str]]:
    """Yield session number, epoch second and band of every started hour of these rated sessions."""
    inputs = inputs_at(views, store, position)
    for number, session in inputs.sessions(numbers):
        if session.tariff is None:
            continue
        tariff = listed(inputs.state, session.tariff)
        purchases = inputs.purchases(inputs.root(session.customer))
        rated = rate_session(session, purchases, tariff, inputs.state, partial(listed, inputs.state))
        for hour in rated.hours:
            yield number, hour.opened_s, hour.band


def _hour(
    hour: Hour, assumptions: tuple[str, ...], tariff: Tariff, names: dict[str, BandName]
) -> ExplainedHour:
    day = datetime.fromtimestamp(hour.opened_s, tariff.zone)
    return ExplainedHour(
        **hour._asdict(),
        assumptions=assumptions,
        weekday=DAY_NAMES[day.weekday()],
        holiday=holiday_at(tariff, hour.opened_s),
        band_name=names.get(hour.band),
    )


def _notes(tariff: Tariff, *, issue: str, hours: int) -> list[str]:
    if issue == "test" and hours == 0:
        return [tariff.free.test.quote]
    return []
