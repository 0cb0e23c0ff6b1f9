"""What-if: every session of a period rated again under another reading of the price list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from ledger.domain.clock import Period, epoch_microseconds
from ledger.domain.ledger_state import LedgerState
from ledger.domain.rating.assumptions import customer_favouring_changes
from ledger.domain.rating.what_if import with_changes
from ledger.domain.tariff.tariff import Tariff, parse_tariff
from ledger.errors import NoCalendar
from ledger.store.event_store import LedgerStore
from projections.engine.runner import inputs_at
from projections.inputs.price_lists import listed
from projections.read_models.billing import UNBILLED, rate_session
from projections.views import Views


class Compared(NamedTuple):
    """A session's net as billed and under the other reading, in grosze."""

    session: int
    session_ref: str | None
    customer: str
    net_grosze: int
    other_net_grosze: int
    counted: bool


class ComparedCustomer(NamedTuple):
    """The sums to be billed to a customer: now, and under the other reading."""

    customer: str
    net_grosze: int
    other_net_grosze: int


def compare(
    views: Views,
    store: LedgerStore,
    position: int,
    period: Period,
    changes: Mapping[str, str],
    *,
    favour_customer: bool = False,
    customer: str | None = None,
) -> list[Compared]:
    """Return every rated session of a period beside its other reading, after `position` events, by number.

    `favour_customer` adds, list by list, the reading that favours the customer wherever the chosen
    one favours the shop.
    """
    reading = _reading(changes, favour_customer=favour_customer)
    return _compared(views, store, position, period, reading, customer)


def _compared(  # noqa: PLR0917 - what is read, and what of it
    views: Views,
    store: LedgerStore,
    position: int,
    period: Period,
    reading: Callable[[Tariff], Tariff],
    customer: str | None = None,
) -> list[Compared]:
    """Return every rated session of a period beside its net under another reading, by number."""
    inputs = inputs_at(views, store, position)
    compared: list[Compared] = []
    rated = {found.number: found for found in _rated(views, period, customer)}
    for number, session in inputs.sessions(list(rated)):
        found = rated[number]
        try:
            other = rate_session(session, inputs.purchases(found.customer), inputs.state, reading=reading)
        except NoCalendar:
            continue
        if other is not None:
            counted = found.billed is None and UNBILLED not in found.exceptions.split()
            compared.append(
                Compared(
                    found.number,
                    found.session_ref,
                    found.customer,
                    found.net_grosze,
                    other.net_grosze,
                    counted,
                )
            )
    return compared


def compare_lists(
    views: Views, store: LedgerStore, position: int, period: Period, text: str
) -> list[Compared]:
    """Return every rated session of a period beside what it would cost under the text of another price list.

    Holidays are those of the list that each session is pinned to: the new one has only its own years.
    """
    other = parse_tariff(text)
    made: dict[Tariff, Tariff] = {}

    def read(tariff: Tariff) -> Tariff:
        if tariff not in made:
            made[tariff] = msgspec.structs.replace(other, calendar=tariff.calendar, assumptions=())
        return made[tariff]

    return _compared(views, store, position, period, read)


def _reading(changes: Mapping[str, str], *, favour_customer: bool) -> Callable[[Tariff], Tariff]:
    made: dict[Tariff, Tariff] = {}

    def read(tariff: Tariff) -> Tariff:
        if tariff not in made:
            favouring = customer_favouring_changes(tariff) if favour_customer else {}
            other = with_changes(tariff, {**favouring, **changes})
            # The assumptions of the other reading are not reported.
            made[tariff] = msgspec.structs.replace(other, assumptions=())
        return made[tariff]

    return read


class _Found(NamedTuple):
    number: int
    session_ref: str | None
    customer: str
    net_grosze: int
    billed: str | None
    exceptions: str


_RATED = """\
SELECT s.number, session_ref, customer, net_grosze, billed, exceptions
FROM billing b CROSS JOIN sessions s USING (number)
WHERE placed_at >= ? AND placed_at < ? AND net_grosze IS NOT NULL AND (? IS NULL OR customer = ?)
ORDER BY s.number"""


def _rated(views: Views, period: Period, customer: str | None) -> Iterator[_Found]:
    days = (epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at))
    yield from map(_Found._make, views.execute(_RATED, (*days, customer, customer)))


def by_customer(compared: list[Compared]) -> list[ComparedCustomer]:
    """Return the sums to be billed, by customer code."""
    sums: dict[str, tuple[int, int]] = {}
    for session in compared:
        if session.counted:
            net, other = sums.get(session.customer, (0, 0))
            sums[session.customer] = (net + session.net_grosze, other + session.other_net_grosze)
    return [ComparedCustomer(code, *sums[code]) for code in sorted(sums)]


def favouring(state: LedgerState, period: Period) -> dict[str, str]:
    """Return the customer-favouring readings of the price list in force when a period begins."""
    digest = state.tariff_at(period.begins_at) or next((each.digest for each in state.tariffs), None)
    if digest is None:
        return {}
    return customer_favouring_changes(listed(state, digest))
