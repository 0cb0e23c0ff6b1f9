"""Explanation of a session's amount: hour by hour, from its pinned price list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

from ledger.domain.clock import office_time
from ledger.domain.rating.assumptions import explain
from ledger.domain.rating.rate import Hour
from ledger.domain.session.evolve import rating_facts
from ledger.domain.session.rating import hourly_tariff, rate_session
from ledger.domain.tariff.tariff import Tariff
from ledger.errors import NoTariffPinned, SessionNotConnected, SessionOpen, SessionUnknown
from ledger.message import msg
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


class NamedAssumption(NamedTuple):
    """An assumption with its question, choice and reason."""

    id: str
    question: str
    chosen: str
    reason: str
    favours: str


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
    assumptions: tuple[NamedAssumption, ...]
    notes: tuple[str, ...]


def explained(views: Views, store: LedgerStore, stream: UUID, position: int) -> Explained:
    """Explain an ended session after `position` events.

    Raises: SessionOpen, SessionNotConnected, NoTariffPinned, NoCalendar, SessionUnknown.
    """
    inputs = inputs_at(views, store, position)
    if not store.stream_rows(stream.bytes, position):
        raise SessionUnknown(msg("the session was not recorded by then"))
    session = inputs.session(stream)
    if session.connected_at is None:
        raise SessionNotConnected(msg("nobody has connected in this session, so it costs nothing"))
    if session.ended_at is None:
        raise SessionOpen(msg("the session has not ended, so it has no amount yet"))
    if session.tariff is None:
        raise NoTariffPinned(msg("no price list was in force when the session was connected"))
    tariff = listed(inputs.state, session.tariff)
    purchases = inputs.purchases(inputs.root(session.customer))
    by_hour = hourly_tariff(tariff, inputs.state, partial(listed, inputs.state))
    found = explain(rating_facts(session, purchases), tariff, by_hour)
    hours = zip(found.rated.hours, found.by_hour, strict=True)
    return Explained(
        session.session_ref,
        inputs.root(session.customer),
        tariff.id,
        tuple(_hour(hour, ids) for hour, ids in hours),
        found.rated.before_waiver_grosze,
        found.rated.waived_grosze,
        found.rated.net_grosze,
        tariff.vat_percent_on(office_time(session.ended_at).date()),
        tuple(_named(tariff, id_) for id_ in found.assumptions),
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


def _hour(hour: Hour, assumptions: tuple[str, ...]) -> ExplainedHour:
    return ExplainedHour(**hour._asdict(), assumptions=assumptions)


def _named(tariff: Tariff, id_: str) -> NamedAssumption:
    found = next(a for a in tariff.assumptions if a.id == id_)
    return NamedAssumption(found.id, found.question, found.chosen, found.reason, found.favours)


def _notes(tariff: Tariff, *, issue: str, hours: int) -> list[str]:
    if issue == "test" and hours == 0:
        return [tariff.free.test.quote]
    return []
