"""The same rating without a trace, for projections that rate every session.

An ordinary session has one connection, one kind and no waiver. Where every edge of a tariff is a
whole hour, its started hours are neighbours in a table by epoch hour: the n-th opens n hours after
the first. Any other session is rated as `rate` does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, Self

from ledger.domain.rating.assumptions import assumptions_of, readings
from ledger.domain.rating.hours import TariffAt, priced_hours
from ledger.domain.rating.inputs import (
    CLAIMS,
    DAY_SECONDS,
    FULL,
    TEST,
    Kind,
    Purchase,
    SessionFacts,
    claim_of,
)
from ledger.domain.rating.prices import Price, prices_of
from ledger.domain.rating.rate import waived_grosze
from ledger.domain.tariff.calendar import HOUR_SECONDS
from ledger.domain.tariff.tariff import Tariff

# A change of these keys cannot matter to a session of one connection and one kind.
IDLE_KEYS = {"reconnect", "reclassify.in_open_hour", "pin", "flag_long_hours", "period_by"}

MAX_RUNS = 20_000
BYTE = 256

NetByCode = list[list[int]]
"""The net of a started hour, by claim and by code of the local hour."""


class Totals(NamedTuple):
    """What `rate` and `assumptions_of` say of a session; `band_hours` in the order of the tariff's bands."""

    started_hours: int
    band_hours: tuple[int, ...]
    net_grosze: int
    waived_grosze: int
    assumptions: tuple[str, ...]


class Rater:
    """Rates the sessions of one tariff; raises NoCalendar."""

    def __init__(self, tariff: Tariff, tariff_at: TariffAt | None = None) -> None:
        self.tariff = tariff
        self._tariff_at = tariff_at
        self._ordinary = _Ordinary.of(tariff)

    def totals(self, facts: SessionFacts) -> Totals:
        """Hours, money and assumptions of a session that has ended."""
        is_ordinary = len(facts.connections) == len(facts.kinds) == 1 and facts.waiver is None
        if self._ordinary is not None and is_ordinary and self._has_one_tariff(facts):
            of_kind = self._ordinary.of_kind(facts.kinds[0], facts.purchases)
            totals = of_kind(facts.requested_s, *facts.connections[0])
            if totals is not None:
                return totals
        return self._any_totals(facts)

    def of_kind(self, kind: Kind, purchases: tuple[Purchase, ...]) -> OrdinaryTotals | None:
        """What rates sessions of one connection and one kind; None where this price list has no such way."""
        return None if self._ordinary is None or self._tariff_at else self._ordinary.of_kind(kind, purchases)

    def _has_one_tariff(self, facts: SessionFacts) -> bool:
        tariff_at = self._tariff_at
        return tariff_at is None or all(tariff_at(second) is self.tariff for second in facts.connections[0])

    def _any_totals(self, facts: SessionFacts) -> Totals:
        priced = priced_hours(facts, self.tariff, self._tariff_at)
        nets = [hour.price.net_grosze for hour in priced]
        waived = waived_grosze(nets, facts.waiver)
        bands = [hour.price.band for hour in priced]
        return Totals(
            started_hours=len(priced),
            band_hours=tuple(bands.count(band) for band in self.tariff.bands),
            net_grosze=sum(nets) - waived,
            waived_grosze=waived,
            assumptions=assumptions_of(facts, self.tariff, self._tariff_at),
        )


class _Readings(NamedTuple):
    """The alternatives of a tariff by what they change; each assumption is one bit."""

    boundary: int
    clock: int
    lookbacks: list[tuple[int, int | None]]
    prices: list[tuple[int, NetByCode, NetByCode]]
    """What an hour costs that opens within an epoch hour, and what one that opens with it."""


def _sorted_readings(tariff: Tariff) -> _Readings | None:
    """The alternatives of a tariff; None where one is of no kind that tables can tell."""
    bits = {assumption.id: 1 << place for place, assumption in enumerate(tariff.assumptions)}
    found = _Readings(0, 0, [], [])
    boundaries: dict[str, set[str]] = {}
    for reading in readings(tariff):
        bit, keys = bits[reading.assumption_id], reading.changes.keys() - IDLE_KEYS
        if not keys:
            continue
        if keys == {"boundary"}:
            boundaries.setdefault(reading.assumption_id, set()).add(reading.tariff.boundary)
            found = found._replace(boundary=found.boundary | bit)
        elif keys == {"clock.start"}:
            found = found._replace(clock=found.clock | bit)
        elif keys == {"customer.lookback_days"}:
            found.lookbacks.append((bit, reading.tariff.customer.lookback_days))
        elif reading.changed is not None:
            prices = prices_of(reading.tariff)
            found.prices.append((bit, _nets(prices.by_code), _nets(prices.first_by_code)))
        else:
            return None
    knows_both = all({"cheapest", "dearest"} <= values for values in boundaries.values())
    return found if knows_both else None


def _nets(by_code: list[list[Price]]) -> NetByCode:
    return [[price.net_grosze for price in prices] for prices in by_code]


class _Run(NamedTuple):
    """The totals of a run of epoch hours, its net, and as bits the assumptions that they depend on."""

    totals: Totals
    bits: int


_Runs = dict[tuple[bytes, int], _Run]
"""By the alike hours that a run touches, and twice its started hours, one more if they open within."""


OrdinaryTotals = Callable[[int, int, int], Totals | None]
"""From requested, connected and ended, epoch seconds, to the totals of a session of one connection and one
kind, as some purchases stand; None where only `Rater.totals` can tell."""
_Claims = list[tuple[tuple[int, ...], _Runs]]
"""What one kind of help claims: the n-th entry holds for connections before the n-th change of that, the
last one after all of them. The claim, then the claims under other readings, and the runs of hours that were
rated under them."""


class _Ordinary:
    """Rates ordinary sessions. Runs of epoch hours with the same prices cost the same: each is rated once."""

    def __init__(self, tariff: Tariff, hours: bytes, first_hour: int, found: _Readings) -> None:
        self._boundary_bits, self._clock_bits, self._lookbacks, self._other_prices = found
        self._lookback_days = [tariff.customer.lookback_days, *(days for _, days in self._lookbacks)]
        self._nets = _nets(prices_of(tariff).by_code)
        self._bands = [price.band for price in prices_of(tariff).by_code[FULL]]
        self._band_ids = tariff.band_ids
        self._assumption_ids = [assumption.id for assumption in tariff.assumptions]
        self._hours, self._first_hour = hours, first_hour
        self._ids_of_bits: dict[int, tuple[str, ...]] = {}
        self._runs: dict[tuple[int, ...], _Runs] = {}
        self._nothing = Totals(0, (0,) * len(self._band_ids), 0, 0, ())

    @classmethod
    def of(cls, tariff: Tariff) -> Self | None:
        """None where a tariff is not made of whole epoch hours, each with the price at its opening."""
        hours, found = prices_of(tariff).local_hours, _sorted_readings(tariff)
        policy = (tariff.boundary, tariff.clock.start, tariff.unit.seconds, tariff.pin)
        if prices_of(tariff).has_first_seconds:
            return None
        if hours is None or found is None or policy != ("unit_start", "connected", HOUR_SECONDS, "session"):
            return None
        alike = _alike(tariff, found, hours.codes)
        return None if alike is None else cls(tariff, alike, hours.first_hour, found)

    def of_kind(self, kind: Kind, purchases: tuple[Purchase, ...]) -> OrdinaryTotals:
        """What gives the totals of sessions of one kind."""
        changes_s = sorted(set(_claim_changes(purchases, self._lookback_days)))
        moments = [at_s - 1 for at_s in changes_s] + [changes_s[-1] if changes_s else 0]
        vectors = [
            tuple(claim_of(kind, purchases, at_s, days) for days in self._lookback_days) for at_s in moments
        ]
        claims: _Claims = [(vector, self._runs.setdefault(vector, {})) for vector in vectors]
        return partial(self._totals, changes_s, claims)

    def _totals(
        self, changes_s: list[int], claims: _Claims, requested_s: int, start: int, end: int
    ) -> Totals | None:
        """The totals of an ordinary session; None where it leaves the listed years."""
        vector, runs = claims[bisect_right(changes_s, start)]
        claim = vector[0]
        if claim == TEST or start >= end:
            return self._nothing
        first = start // HOUR_SECONDS - self._first_hour
        last = (end - 1) // HOUR_SECONDS - self._first_hour
        first_requested = first
        if requested_s < start:
            first_requested = requested_s // HOUR_SECONDS - self._first_hour
        if first_requested < 0 or last >= len(self._hours):
            return None
        count = -((start - end) // HOUR_SECONDS)
        key = (self._hours[first : last + 1], 2 * count + (start % HOUR_SECONDS > 0))
        run = runs.get(key) or self._new_run(vector, runs, key)
        if requested_s < start:
            count_requested = -((requested_s - end) // HOUR_SECONDS)
            if first_requested < first or count_requested > count:
                hours = self._hours[first_requested : first_requested + count_requested]
                if _net(self._nets[claim], hours) != run.totals.net_grosze:
                    return Totals(*run.totals[:4], self._ids(run.bits | self._clock_bits))
        return run.totals

    def _new_run(self, vector: tuple[int, ...], runs: _Runs, key: tuple[bytes, int]) -> _Run:
        """A run of hours rated; as many as its started hours open one after another, within or with these."""
        if len(runs) >= MAX_RUNS:
            runs.clear()
        (touched, code), claim = key, vector[0]
        count, opens_within = divmod(code, 2)
        opened, nets = touched[:count], self._nets[claim]
        net = _net(nets, opened)
        bits = 0
        for bit, within, at_once in self._other_prices:
            if _net((within if opens_within else at_once)[claim], opened) != net:
                bits |= bit
        for (bit, _), other in zip(self._lookbacks, vector[1:], strict=True):
            if _net(self._nets[other], opened) != net:
                bits |= bit
        # An hour that opens within an epoch hour touches the next: where the prices differ, the least
        # or the greatest is not the one at the opening. One that opens with it touches no other.
        if opens_within and len({nets[code] for code in touched}) > 1:
            bits |= self._boundary_bits
        bands = [self._bands[code] for code in opened]
        band_hours = tuple(bands.count(band) for band in self._band_ids)
        run = runs[key] = _Run(Totals(count, band_hours, net, 0, self._ids(bits)), bits)
        return run

    def _ids(self, bits: int) -> tuple[str, ...]:
        ids = self._ids_of_bits.get(bits)
        if ids is None:
            ids = tuple(name for place, name in enumerate(self._assumption_ids) if bits >> place & 1)
            self._ids_of_bits[bits] = ids
        return ids


def _net(nets: list[int], hours: bytes) -> int:
    return sum(nets[code] for code in hours)


def _claim_changes(purchases: tuple[Purchase, ...], lookbacks: list[int | None]) -> Iterator[int]:
    """Every epoch second from which on purchases can count for something else than in the second before."""
    for _, purchased_s, returned_s in purchases:
        yield purchased_s
        if returned_s is not None:
            yield returned_s
        yield from (purchased_s + days * DAY_SECONDS + 1 for days in lookbacks if days is not None)


def _alike(tariff: Tariff, found: _Readings, codes: Iterable[int]) -> bytes | None:
    """The codes, each replaced by the first code that has the same prices in every reading.

    None where such a code does not fit into a byte.
    """
    tables = [_nets(prices_of(tariff).by_code)]
    for _, within, at_once in found.prices:
        tables += [within, at_once]
    first_alike: dict[object, int] = {}
    alike: list[int] = []
    for code, price in enumerate(prices_of(tariff).by_code[FULL]):
        nets = tuple(table[claim][code] for table in tables for claim in CLAIMS)
        alike.append(first_alike.setdefault((price.band, nets), code))
    return bytes(map(alike.__getitem__, codes)) if max(first_alike.values()) < BYTE else None
