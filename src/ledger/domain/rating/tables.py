"""Tables that rate a session of any shape under a price list and its other readings at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from ledger.domain.rating.cells import Clocks, HourCells, Opened, Way
from ledger.domain.rating.hours import HelpSpan, spans_of_clock, union
from ledger.domain.rating.inputs import (
    DAY_SECONDS,
    TEST,
    Kind,
    Purchase,
    SessionFacts,
    Waiver,
    changes_of,
    claim_of,
)
from ledger.domain.rating.prices import Prices, prices_of
from ledger.domain.rating.rate import waived_grosze
from ledger.domain.tariff.calendar import HOUR_SECONDS
from ledger.domain.tariff.tariff import Tariff

MAX_KNOWN = 20_000
"""How much is remembered of earlier sessions before it is forgotten."""

Vector = tuple[int, ...]
"""What a kind of help claims under each look-back for purchases."""


class RatedByTables(NamedTuple):
    """Started hours by band and the waiver under the list; the net under it and under each reading."""

    band_hours: tuple[int, ...]
    waived_grosze: int
    nets: tuple[int, ...]


class _Case(NamedTuple):
    """A session, its lasting connections in order, and what its kinds of help claim by look-back."""

    facts: SessionFacts
    connections: list[tuple[int, int]]
    claims: list[tuple[int, ...]]
    is_requested_before: bool
    is_reconnected: bool
    has_one_kind: bool

    def what_matters(self, way: Way) -> tuple[object, ...]:
        """What of a way bears on which hours this session starts."""
        from_request, apart, keeps, lookback, _ = way
        return (
            from_request and self.is_requested_before,
            apart and self.is_reconnected,
            keeps or self.has_one_kind,
            self.claims[lookback],
        )

    def clocks(self, way: Way) -> Clocks:
        """What each clock of the session counts: one clock, or one for each connection."""
        connections, requested_s = self.connections, self.facts.requested_s
        if way.from_request and self.is_requested_before:
            connections = sorted({(requested_s, connections[0][1]), *connections[1:]})
        intervals = [[each] for each in connections] if way.apart else [union(connections)]
        claims = self.claims[way.lookback]
        if len(claims) == 1:
            (claim,) = claims
            return [
                [] if claim == TEST else [HelpSpan(start, end, claim, 0) for start, end in clock]
                for clock in intervals
            ]
        kinds = zip(self.facts.kinds, claims, strict=True)
        changes = changes_of([(kind.from_s, claim) for kind, claim in kinds])
        return [spans_of_clock(clock, changes) for clock in intervals]


class Tables:
    """The tables of a price list and of other readings of it, all of whole hours."""

    def __init__(self, tariffs: Sequence[Tariff], prices: Sequence[Prices], cells: HourCells) -> None:
        self._days = list(dict.fromkeys(tariff.customer.lookback_days for tariff in tariffs))
        self._ways: dict[Way, list[tuple[int, int]]] = {}
        for place, (tariff, table) in enumerate(zip(tariffs, prices, strict=True)):
            self._ways.setdefault(self._way_of(tariff), []).append((place, cells.table_of[table]))
        self._count, self._cells = len(tariffs), cells
        self._is_exact = any(
            way.boundary != "unit_start" and cells.splits[table]
            for way, places in self._ways.items()
            for _, table in places
        )
        self._sums: dict[bytes, tuple[int, ...]] = {}
        self._claims: dict[object, tuple[list[int], list[Vector]]] = {}

    @classmethod
    def of(cls, tariffs: Sequence[Tariff]) -> Self | None:
        """Return the tables of a list, the first, and its readings; None where one of them has none."""
        prices = [prices_of(tariff) for tariff in tariffs]
        if any(tariff.unit.seconds != HOUR_SECONDS for tariff in tariffs):
            return None
        cells = HourCells.of(tariffs[0], list(dict.fromkeys(prices)))
        return None if cells is None else cls(tariffs, prices, cells)

    def _way_of(self, tariff: Tariff) -> Way:
        return Way(
            tariff.clock.start == "requested",
            tariff.reconnect == "per_connection",
            tariff.reclassify.in_open_hour == "keep",
            self._days.index(tariff.customer.lookback_days),
            tariff.boundary,
        )

    def key_of(self, facts: SessionFacts) -> object | None:
        """Return what two sessions of one connection have in common that come to the same; None for others.

        Raises BeyondTables.
        """
        requested_s, connections, kinds, purchases, waiver = facts
        if self._is_exact or len(connections) != 1 or len(kinds) != 1 or waiver is not None:
            return None
        ((first, last),) = connections
        if first >= last:
            return ()
        begun = min(requested_s, first)
        hour = begun // HOUR_SECONDS
        return (
            self._vector(kinds[0], purchases, first),
            self._cells.alike(hour, (last - 1) // HOUR_SECONDS + 1),
            first // HOUR_SECONDS - hour,
            (last - first - 1) // HOUR_SECONDS,
            (last - begun - 1) // HOUR_SECONDS,
            first % HOUR_SECONDS > 0,
            begun % HOUR_SECONDS > 0,
        )

    def rated(self, facts: SessionFacts) -> RatedByTables:
        """Rate a session under the list and every reading; raises BeyondTables."""
        connections = [each for each in facts.connections if each[0] < each[1]]
        if not connections:
            return RatedByTables((0,) * len(self._cells.band_ids), 0, (0,) * self._count)
        if len(connections) > 1:
            connections = sorted(set(connections))
        first = connections[0][0]
        vectors = [self._vector(kind, facts.purchases, first) for kind in facts.kinds]
        case = _Case(
            facts,
            connections,
            list(zip(*vectors, strict=True)),
            facts.requested_s < first,
            len(connections) > 1,
            len(vectors) == 1,
        )
        opened: dict[object, Opened] = {}
        nets = [0] * self._count
        band_hours, waived = None, 0
        for way, places in self._ways.items():
            key = case.what_matters(way)
            found = opened.get(key)
            if found is None:
                clocks = case.clocks(way)
                hours = self._cells.hours(clocks, keeps=way.keeps)
                found = opened[key] = Opened(clocks, hours, self._paid(hours, facts.waiver))
            hours = found.hours
            for place, table in places:
                if way.boundary == "unit_start":
                    nets[place] = found.paid[table]
                else:
                    if not found.touched:
                        found.touched.update(self._cells.touched(found.clocks))
                    hours = self._cells.otherwise(found, way, table)
                    is_same = hours is found.hours
                    nets[place] = (found.paid if is_same else self._paid(hours, facts.waiver))[table]
                if band_hours is None:  # the list itself comes first
                    band_hours = self._cells.by_band(hours)
                    waived = self._summed(hours)[table] - nets[place]
        return RatedByTables(band_hours or (), waived, tuple(nets))

    def _vector(self, kind: Kind, purchases: tuple[Purchase, ...], at_s: int) -> Vector:
        """What a kind of help claims under each look-back when the session connects at an instant."""
        key = kind.issue, kind.order_ref, purchases
        known = self._claims.get(key)
        if known is None:
            changes_s = sorted(set(_claim_changes(purchases, self._days)))
            moments = [at_s - 1 for at_s in changes_s] + [changes_s[-1] if changes_s else 0]
            vectors = [tuple(claim_of(kind, purchases, s, days) for days in self._days) for s in moments]
            known = self._claims[key] = changes_s, vectors
        return known[1][bisect_right(known[0], at_s)]

    def _paid(self, hours: bytes, waiver: Waiver | None) -> tuple[int, ...]:
        """The net of started hours after the waiver, by table of prices."""
        if waiver is None:
            return self._summed(hours)
        if waiver.hours is not None:
            return self._summed(hours[: max(0, len(hours) - waiver.hours)])
        return tuple(net - waived_grosze([net], waiver) for net in self._summed(hours))

    def _summed(self, hours: bytes) -> tuple[int, ...]:
        sums = self._sums.get(hours)
        if sums is None:
            if len(self._sums) >= MAX_KNOWN:
                self._sums.clear()
            sums = self._sums[hours] = self._cells.sums(hours)
        return sums


def _claim_changes(purchases: tuple[Purchase, ...], lookbacks: Iterable[int | None]) -> Iterator[int]:
    """Every epoch second from which on purchases can count for something else than in the second before."""
    for _, purchased_s, returned_s in purchases:
        yield purchased_s
        if returned_s is not None:
            yield returned_s
        yield from (purchased_s + days * DAY_SECONDS + 1 for days in lookbacks if days is not None)
