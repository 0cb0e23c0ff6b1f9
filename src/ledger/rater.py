"""The same rating without a trace, for projections that rate every session.

An ordinary session has one connection, one kind and no waiver. Where every edge of a tariff is a
whole hour, its started hours are neighbours in a table by epoch hour: the n-th opens n hours after
the first. Any other session is rated as `rate` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

from ledger.assumptions import assumptions_of, readings
from ledger.calendar import HOUR_SECONDS, LocalHours
from ledger.facts import CLAIMS, FULL, TEST, SessionFacts, claim_of
from ledger.hours import TariffAt, priced_hours
from ledger.prices import prices_of
from ledger.rating import waived_grosze
from ledger.tariff import Tariff

# A change of these keys cannot matter to a session of one connection and one kind.
IDLE_KEYS = {"reconnect", "reclassify.in_open_hour", "pin", "flag_long_hours", "period_by"}

MAX_RUNS = 20_000

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
            totals = self._ordinary.totals(facts)
            if totals is not None:
                return totals
        return self._any_totals(facts)

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
    prices: list[tuple[int, NetByCode]]


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
            found.prices.append((bit, _nets_by_code(reading.tariff)))
        else:
            return None
    knows_both = all({"cheapest", "dearest"} <= values for values in boundaries.values())
    return found if knows_both else None


def _nets_by_code(tariff: Tariff) -> NetByCode:
    return [[price.net_grosze for price in prices] for prices in prices_of(tariff).by_code]


class _Run(NamedTuple):
    """The totals of a run of epoch hours, and as bits the assumptions that they depend on."""

    totals: Totals
    bits: int


class _Ordinary:
    """Rates ordinary sessions. Runs of epoch hours with the same prices cost the same: each is rated once."""

    def __init__(self, tariff: Tariff, hours: LocalHours, found: _Readings) -> None:
        self._boundary_bits, self._clock_bits, self._lookbacks, self._other_prices = found
        self._lookback_days = tariff.customer.lookback_days
        self._nets = _nets_by_code(tariff)
        self._bands = [price.band for price in prices_of(tariff).by_code[FULL]]
        self._band_ids = tariff.band_ids
        self._assumption_ids = [assumption.id for assumption in tariff.assumptions]
        self._first_hour = hours.first_hour
        self._hours = self._alike(hours.codes)
        self._ids_of_bits: dict[int, tuple[str, ...]] = {}
        self._runs: dict[tuple[int, int, tuple[int, ...], bool], _Run] = {}

    @classmethod
    def of(cls, tariff: Tariff) -> Self | None:
        """None where a tariff is not made of whole epoch hours, each with the price at its opening."""
        hours, found = prices_of(tariff).local_hours, _sorted_readings(tariff)
        policy = (tariff.boundary, tariff.clock.start, tariff.unit.seconds, tariff.pin)
        if hours is None or found is None or policy != ("unit_start", "connected", HOUR_SECONDS, "session"):
            return None
        return cls(tariff, hours, found)

    def totals(self, facts: SessionFacts) -> Totals | None:
        """The totals of an ordinary session; None where it leaves the listed years."""
        (start, end), (kind,) = facts.connections[0], facts.kinds
        claim = claim_of(kind, facts.purchases, start, self._lookback_days)
        if claim == TEST or start >= end:
            return Totals(0, (0,) * len(self._band_ids), 0, 0, ())
        requested = min(facts.requested_s, start)
        first = start // HOUR_SECONDS - self._first_hour
        first_requested = requested // HOUR_SECONDS - self._first_hour
        last = (end - 1) // HOUR_SECONDS - self._first_hour
        if first_requested < 0 or last >= len(self._hours):
            return None
        count, count_requested = _started(start, end), _started(requested, end)
        touched, opens_within = self._hours[first : last + 1], start % HOUR_SECONDS > 0
        run = self._run(claim, count, touched, opens_within=opens_within)
        net, bits = run.totals.net_grosze, run.bits
        if first_requested < first or count_requested > count:
            hours = self._hours[first_requested : first_requested + count_requested]
            if self._run(claim, count_requested, hours, opens_within=False).totals.net_grosze != net:
                bits |= self._clock_bits
        if facts.purchases:
            for bit, days in self._lookbacks:
                other = claim_of(kind, facts.purchases, start, days)
                if self._run(other, count, touched, opens_within=opens_within).totals.net_grosze != net:
                    bits |= bit
        return run.totals if bits == run.bits else Totals(*run.totals[:4], self._ids(bits))

    def _run(self, claim: int, count: int, touched: tuple[int, ...], *, opens_within: bool) -> _Run:
        """`count` started hours and the epoch hours they touch; they open within these, or with them."""
        run = self._runs.get((claim, count, touched, opens_within))
        return run or self._new_run(claim, count, touched, opens_within=opens_within)

    def _new_run(self, claim: int, count: int, touched: tuple[int, ...], *, opens_within: bool) -> _Run:
        if len(self._runs) >= MAX_RUNS:
            self._runs.clear()
        nets, opened = self._nets[claim], touched[:count]
        net = sum(nets[code] for code in opened)
        bits = 0
        for bit, other_nets in self._other_prices:
            if sum(other_nets[claim][code] for code in opened) != net:
                bits |= bit
        # An hour that opens within an epoch hour touches the next: where the prices differ, the least
        # or the greatest is not the one at the opening. One that opens with it touches no other.
        if opens_within and len({nets[code] for code in touched}) > 1:
            bits |= self._boundary_bits
        bands = [self._bands[code] for code in opened]
        band_hours = tuple(bands.count(band) for band in self._band_ids)
        run = _Run(Totals(count, band_hours, net, 0, self._ids(bits)), bits)
        self._runs[claim, count, touched, opens_within] = run
        return run

    def _ids(self, bits: int) -> tuple[str, ...]:
        ids = self._ids_of_bits.get(bits)
        if ids is None:
            ids = tuple(name for place, name in enumerate(self._assumption_ids) if bits >> place & 1)
            self._ids_of_bits[bits] = ids
        return ids

    def _alike(self, codes: Iterable[int]) -> tuple[int, ...]:
        """The codes, each replaced by the first code that has the same prices in every reading."""
        tables = [self._nets, *(other_nets for _, other_nets in self._other_prices)]
        first_alike: dict[object, int] = {}
        alike = [
            first_alike.setdefault((band, *(nets[claim][code] for nets in tables for claim in CLAIMS)), code)
            for code, band in enumerate(self._bands)
        ]
        return tuple(map(alike.__getitem__, codes))


def _started(start: int, end: int) -> int:
    """The hours started between two epoch seconds."""
    return -((start - end) // HOUR_SECONDS)
