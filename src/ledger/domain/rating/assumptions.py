"""Which open questions of a price list an amount depends on.

An amount depends on an assumption when some alternative of it, all else as it is, changes the
session's net.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from ledger.domain.rating.hours import HelpSpan, PricedHour, TariffAt, help_spans, hours_of
from ledger.domain.rating.inputs import CLAIMS, SessionFacts
from ledger.domain.rating.prices import Prices, prices_of
from ledger.domain.rating.rate import Rated, rate, waived_grosze
from ledger.domain.rating.what_if import changed_at, with_changes
from ledger.domain.tariff.tariff import Tariff
from ledger.errors import BadTariffChange, NoCalendar

# A change of these keys changes prices, but neither the hours nor the claims of a session.
PRICE_KEYS = ("base_price", "bands.", "hardware_out_of_office", "holidays.")
# A change of these keys changes which time counts, and as what.
CLOCK_KEYS = {"clock.start", "customer.lookback_days", "reconnect"}


class Reading(NamedTuple):
    """A tariff under one alternative of one of its assumptions.

    `changed` holds the (claim, code) whose price differs where prices are all that differs and both
    tariffs are made of whole epoch hours; None otherwise. `keeps_clocks` says that the same time counts.
    """

    assumption_id: str
    changes: Mapping[str, str]
    tariff: Tariff
    changed: frozenset[tuple[int, int]] | None
    keeps_clocks: bool


class Explanation(NamedTuple):
    """A rated session, the assumptions its net depends on, and for each hour those that bear on its price."""

    rated: Rated
    assumptions: tuple[str, ...]
    by_hour: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=64)
def readings(tariff: Tariff) -> tuple[Reading, ...]:
    """The tariff under each alternative of each assumption, in the order of the file.

    An alternative that contradicts the tariff is no reading of it: under `bands.night.until = 10:00`
    the office cannot open at 06:00.
    """
    found: list[Reading] = []
    for assumption in tariff.assumptions:
        for alternative in assumption.alternatives:
            with suppress(BadTariffChange):
                found.append(reading_of(tariff, assumption.id, alternative.changes))
    return tuple(found)


def reading_of(tariff: Tariff, assumption_id: str, changes: Mapping[str, str]) -> Reading:
    """Return the reading of a tariff under some changes; raises BadTariffChange."""
    other = with_changes(tariff, changes)
    changed = None
    if all(key.startswith(PRICE_KEYS) for key in changes):
        changed = _changed_prices(prices_of(tariff), prices_of(other))
    return Reading(assumption_id, changes, other, changed, CLOCK_KEYS.isdisjoint(changes))


def _changed_prices(here: Prices, there: Prices) -> frozenset[tuple[int, int]] | None:
    if here.local_hours is None or there.local_hours is None:
        return None
    return frozenset(
        (claim, code)
        for claim in CLAIMS
        for tables in ((here.by_code, there.by_code), (here.first_by_code, there.first_by_code))
        for code, (price, other) in enumerate(zip(*(table[claim] for table in tables), strict=True))
        if price.net_grosze != other.net_grosze
    )


def assumptions_of(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> tuple[str, ...]:
    """The assumptions that a session's net depends on, in the order of the file; raises NoCalendar."""
    return _ids(_changing_readings(facts, tariff, tariff_at))


def explain(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> Explanation:
    """The trace of a session; raises NoCalendar.

    An assumption bears on an hour when one of its alternatives changes the net and opens no hour of
    the same price at that second; one that only adds hours stands on the session alone.
    """
    rated = rate(facts, tariff, tariff_at)
    changing = _changing_readings(facts, tariff, tariff_at)
    by_hour = tuple(
        _ids([found for found in changing if (hour.opened_s, hour.net_grosze) not in found.opened])
        for hour in rated.hours
    )
    return Explanation(rated, _ids(changing), by_hour)


def customer_favouring_changes(tariff: Tariff) -> dict[str, str]:
    """All readings at once that favour the customer where the chosen ones favour the shop."""
    changes: dict[str, str] = {}
    for assumption in tariff.assumptions:
        if assumption.favours == "shop":
            kinder = (a.changes for a in assumption.alternatives if a.favours == "customer")
            changes.update(next(kinder, ()))
    return changes


class _Changing(NamedTuple):
    """A reading that changes a session's net, and the (opening, net) of the hours it starts."""

    reading: Reading
    opened: list[tuple[int, int]]


def _ids(changing: list[_Changing]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.reading.assumption_id for found in changing))


def _changing_readings(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None) -> list[_Changing]:
    """The readings that change the session's net.

    One that asks for a year without a calendar cannot be shown to change nothing: it counts.
    """
    standing = standing_of(facts, tariff, tariff_at)
    changing: list[_Changing] = []
    for reading in readings(tariff):
        if not may_matter(reading.changes, facts, tariff_at):
            continue
        try:
            hours = hours_under(standing, reading)
        except NoCalendar:
            changing.append(_Changing(reading, []))
        else:
            if hours is not None and net_grosze(hours, facts) != standing.net_grosze:
                changing.append(_Changing(reading, [(h.opened_s, h.price.net_grosze) for h in hours]))
    return changing


class AsRated(NamedTuple):
    """A session as it is rated, to put readings beside: what its clocks count, its net, the prices touched.

    `touched` is None where the table of prices does not tell.
    """

    facts: SessionFacts
    tariff_at: TariffAt | None
    clocks: list[list[HelpSpan]]
    net_grosze: int
    touched: set[tuple[int, int]] | None


def standing_of(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None) -> AsRated:
    """Return a session as the tariff rates it; raises NoCalendar."""
    clocks = help_spans(facts, tariff)
    net = net_grosze(hours_of(clocks, tariff, tariff_at), facts)
    touched = None if tariff.pin == "unit" else _touched(clocks, tariff)
    return AsRated(facts, tariff_at, clocks, net, touched)


def hours_under(standing: AsRated, reading: Reading) -> list[PricedHour] | None:
    """Return the started hours under a reading; None where it changes no price that counted time touches.

    Raises: NoCalendar.
    """
    facts, tariff_at, clocks, _, touched = standing
    if touched is not None and reading.changed is not None and reading.changed.isdisjoint(touched):
        return None
    other_at = tariff_at and changed_at(tariff_at, reading.changes)
    other_clocks = clocks if reading.keeps_clocks else help_spans(facts, reading.tariff)
    return hours_of(other_clocks, reading.tariff, other_at)


def net_grosze(hours: list[PricedHour], facts: SessionFacts) -> int:
    """Return the net of started hours, the waiver taken off."""
    nets = [hour.price.net_grosze for hour in hours]
    return sum(nets) - waived_grosze(nets, facts.waiver)


def _touched(clocks: list[list[HelpSpan]], tariff: Tariff) -> set[tuple[int, int]] | None:
    """The (claim, code) of every local hour that counted time touches; None where the table lacks one."""
    prices, touched = prices_of(tariff), set[tuple[int, int]]()
    for span in chain.from_iterable(clocks):
        codes = prices.codes(span.start_s, span.end_s)
        if codes is None:
            return None
        touched.update((span.claim, code) for code in codes)
    return touched


def may_matter(changes: Mapping[str, str], facts: SessionFacts, tariff_at: TariffAt | None) -> bool:
    """False only where a change of this one key cannot change this session's net."""
    if len(changes) > 1:
        return True
    (key,) = changes
    return _MATTERS_ONLY_IF.get(key, _always)(facts, tariff_at)


def _always(_facts: SessionFacts, _tariff_at: TariffAt | None) -> bool:
    return True


def _is_requested_before(facts: SessionFacts, _tariff_at: TariffAt | None) -> bool:
    first = facts.first_connection
    return first is not None and facts.requested_s < first[0]


_MATTERS_ONLY_IF: dict[str, Callable[[SessionFacts, TariffAt | None], bool]] = {
    "clock.start": _is_requested_before,
    "customer.lookback_days": lambda facts, _: bool(facts.purchases),
    "hardware_out_of_office": lambda facts, _: bool(facts.purchases),
    "holidays.free_window": lambda facts, _: bool(facts.purchases),
    "pin": lambda _, tariff_at: tariff_at is not None,
    "reclassify.in_open_hour": lambda facts, _: len(facts.kinds) > 1,
    "reconnect": lambda facts, _: len(facts.connections) > 1,
}
