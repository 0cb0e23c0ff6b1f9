"""Explanation of a session's amount: hour by hour, from its pinned price list."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.clock import from_epoch_seconds, office_time
from ledger.domain.rating.assumptions import explain
from ledger.domain.rating.pairs import Pair
from ledger.domain.rating.rate import Hour
from ledger.domain.session.evolve import Session, evolve, rating_facts
from ledger.domain.session.rating import basis_with, hourly_tariff, rate_session
from ledger.domain.tariff.band_names import band_names
from ledger.domain.tariff.holidays import holiday_at
from ledger.domain.tariff.sections import Assumption, BandName
from ledger.domain.tariff.tariff import Tariff
from ledger.domain.tariff.week import DAY_NAMES
from ledger.errors import NoTariffPinned, SessionEnded, SessionNotConnected, SessionOpen, SessionUnknown
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from projections.engine.runner import inputs_at
from projections.inputs.price_lists import listed
from projections.inputs.state import Inputs
from projections.views import Views

_HOUR = timedelta(hours=1)
_MOMENT = timedelta(seconds=1)


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
    session = inputs.find_session(stream)
    if session is None:
        raise SessionUnknown(msg("the session was not recorded by then"))
    if session.connected_at is None:
        raise SessionNotConnected(msg("nobody has connected in this session, so it costs nothing"))
    if session.ended_at is None:
        raise SessionOpen(msg("the session has not ended, so it has no amount yet"))
    return _explained(inputs, session)


class SoFar(NamedTuple):
    """A running session as though it ended now, and the next started hour while somebody is connected."""

    explained: Explained
    next_opens_at: datetime | None
    next_net_grosze: int | None


def so_far(views: Views, store: LedgerStore, stream: UUID, position: int, now: datetime) -> SoFar:
    """Explain a session that has not ended by what it comes to up to `now`.

    Raises: SessionNotConnected, SessionEnded, NoTariffPinned, NoCalendar.
    """
    inputs = inputs_at(views, store, position)
    session = inputs.session(stream)
    if session.connected_at is None:
        raise SessionNotConnected(msg("nobody has connected in this session, so it costs nothing"))
    if session.ended_at is not None:
        raise SessionEnded(msg("the session has ended"))
    is_running = bool(session.open_connections())
    until = now if is_running else session.last_disconnected_at() or now
    found = _explained(inputs, _as_if_ended(session, max(until, session.connected_at)))
    if not is_running or not found.hours:
        return SoFar(found, None, None)
    at = from_epoch_seconds(found.hours[-1].opened_s) + _HOUR + _MOMENT
    further = _explained(inputs, _as_if_ended(session, at)).hours[len(found.hours) :]
    if not further:
        return SoFar(found, None, None)
    return SoFar(found, from_epoch_seconds(further[0].opened_s), further[0].net_grosze)


def _as_if_ended(session: Session, at: datetime) -> Session:
    """Return the session as an end at `at` would leave it; the one given stays as it is."""
    ended = e.Ended(at=at, by=session.connections[-1].technician)
    return evolve(copy.deepcopy(session), session.id, ended)


def _explained(inputs: Inputs, session: Session) -> Explained:
    """Explain a session that has ended."""
    assert session.ended_at is not None  # noqa: S101 - the callers refused one that has not
    if session.tariff is None:
        raise NoTariffPinned(msg("no price list was in force when the session was connected"))
    tariff = listed(inputs.state, session.tariff)
    purchases = inputs.purchases(inputs.root(session.customer))
    by_hour = hourly_tariff(tariff, inputs.state, partial(listed, inputs.state))
    facts = rating_facts(session, purchases)
    found = explain(facts, tariff, by_hour)
    basis = basis_with(found.assumptions, facts, tariff, by_hour)
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
