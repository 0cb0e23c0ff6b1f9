"""Tables that rate a session of any shape under a price list and its other readings at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from ledger.domain.rating.assumptions import Reading
from ledger.domain.rating.cells import Clocks, HourCells
from ledger.domain.rating.hours import Interval, spans_of_clock, union
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
from ledger.domain.rating.prices import prices_of
from ledger.domain.rating.rate import waived_grosze
from ledger.domain.tariff.calendar import HOUR_SECONDS
from ledger.domain.tariff.sections import Boundary
from ledger.domain.tariff.tariff import Tariff

MAX_KNOWN = 20_000
"""How much is remembered of earlier sessions before it is forgotten."""

Vector = tuple[int, ...]
"""What a kind of help claims under each look-back for purchases."""
Flags = tuple[bool, bool, bool, Vector]
"""True if requested before, if reconnected, if of one kind; by look-back, the first one of like claims."""


class Totals(NamedTuple):
    """What `rate` and `assumptions_of` say of a session; `band_hours` in the order of the tariff's bands."""

    started_hours: int
    band_hours: tuple[int, ...]
    net_grosze: int
    waived_grosze: int
    assumptions: tuple[str, ...]


class _Way(NamedTuple):
    """Which hours a reading starts."""

    from_request: bool
    apart: bool
    keeps: bool
    lookback: int


class _Priced(NamedTuple):
    """A reading: the bit of its assumption, and how it starts and prices hours; the list has no bit."""

    bit: int
    way: _Way
    boundary: Boundary
    table: int


class _Group(NamedTuple):
    """Readings that start the same hours of a session, by how they price them."""

    way: _Way
    at_opening: list[_Priced]
    by_touch: list[_Priced]


class _Plan(NamedTuple):
    """The readings of sessions with the same flags, by which hours they start; the list's own come first."""

    groups: list[_Group]
    said: dict[bytes, tuple[int, tuple[int, ...], int]]
    """By started hours: net, hours by band, and the bits of readings that price them otherwise."""


class Tables:
    """The tables of a price list and of other readings of it, all of whole hours."""

    def __init__(
        self, tariff: Tariff, readings: Sequence[Reading], places: Sequence[int], cells: HourCells
    ) -> None:
        self._cells = cells
        self._ids = [assumption.id for assumption in tariff.assumptions]
        bits = {id_: 1 << place for place, id_ in enumerate(self._ids)}
        tariffs = [tariff, *(reading.tariff for reading in readings)]
        self._days = list(dict.fromkeys(each.customer.lookback_days for each in tariffs))
        found = [0, *(bits[reading.assumption_id] for reading in readings)]
        self._own, *self._readings = map(self._priced, found, tariffs, places)
        self._is_exact = any(
            each.boundary != "unit_start" and cells.splits[each.table]
            for each in (self._own, *self._readings)
        )
        self._plans: dict[Flags, _Plan] = {}
        self._known: dict[object, Totals] = {}
        self._named: dict[int, tuple[str, ...]] = {}
        self._claims: dict[object, tuple[list[int], list[Vector]]] = {}

    @classmethod
    def of(cls, tariff: Tariff, readings: Sequence[Reading]) -> Self | None:
        """Return the tables of a list and its readings; None where one of them has none."""
        tariffs = [tariff, *(reading.tariff for reading in readings)]
        if any(each.unit.seconds != HOUR_SECONDS for each in tariffs):
            return None
        # Asked for once: who asks again, from another thread or much later, may get prices made anew.
        prices = [prices_of(each) for each in tariffs]
        cells = HourCells.of(tariff, list(dict.fromkeys(prices)))
        return (
            None if cells is None else cls(tariff, readings, [cells.table_of[each] for each in prices], cells)
        )

    def _priced(self, bit: int, tariff: Tariff, place: int) -> _Priced:
        way = _Way(
            tariff.clock.start == "requested",
            tariff.reconnect == "per_connection",
            tariff.reclassify.in_open_hour == "keep",
            self._days.index(tariff.customer.lookback_days),
        )
        return _Priced(bit, way, tariff.boundary, place)

    def totals(self, facts: SessionFacts) -> Totals:
        """Rate a session; raises BeyondTables. All of one connection that touch like hours are rated once."""
        requested_s, connections, kinds, purchases, waiver = facts
        if len(connections) != 1 or connections[0][0] >= connections[0][1]:
            connections = tuple(sorted({each for each in connections if each[0] < each[1]}))
        if not connections:
            return Totals(0, (0,) * len(self._cells.band_ids), 0, 0, ())
        first, last = connections[0]
        vectors = [self._vector(kind, purchases, first) for kind in kinds]
        if len(connections) > 1 or len(vectors) > 1 or waiver is not None or self._is_exact:
            return self._totals(facts, connections, vectors)
        # What two sessions of one connection have in common that come to the same:
        begun = min(requested_s, first)
        hour = begun // HOUR_SECONDS
        key = (
            vectors[0],
            self._cells.alike(hour, (last - 1) // HOUR_SECONDS + 1),
            first // HOUR_SECONDS - hour,
            (last - first - 1) // HOUR_SECONDS,
            (last - begun - 1) // HOUR_SECONDS,
            first % HOUR_SECONDS > 0,
            begun % HOUR_SECONDS > 0,
        )
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            known = self._known[key] = self._totals(facts, connections, vectors)
        return known

    def _totals(
        self, facts: SessionFacts, connections: tuple[Interval, ...], vectors: Sequence[Vector]
    ) -> Totals:
        claims: list[Vector] = list(zip(*vectors, strict=True))
        before, again = facts.requested_s < connections[0][0], len(connections) > 1
        same = tuple([claims.index(each) for each in claims])
        flags = before, again, len(vectors) == 1, same
        plan = self._plans.get(flags) or self._plan(flags)
        merged = union(list(connections)) if again else connections
        own, waiver, base = self._own, facts.waiver, plan.groups[0]
        clocks = _clocks(facts, connections, merged, claims, base.way)
        started = hours = self._cells.hours(clocks, keeps=base.way.keeps, in_order=waiver is not None)
        if waiver is None and own.boundary == "unit_start":
            net, band_hours, bits = plan.said.get(started) or self._say(plan, started)
            waived = 0
        else:
            if own.boundary != "unit_start":
                if any(clocks):
                    self._cells.around(clocks)  # that no year is missing
                hours = self._cells.by_touch(clocks, own.table, keeps=base.way.keeps)[own.boundary]
            net, band_hours = self._net(hours, own.table, waiver), self._cells.by_band(hours)
            waived = self._net(hours, own.table, None) - net
            bits = self._otherwise(base.at_opening, started, net, waiver)
        if base.by_touch:
            bits |= self._touched(base, clocks, started, net, waiver)
        for group in plan.groups[1:]:
            clocks = _clocks(facts, connections, merged, claims, group.way)
            other = self._cells.hours(clocks, keeps=group.way.keeps, in_order=waiver is not None)
            bits |= self._otherwise(group.at_opening, other, net, waiver)
            if group.by_touch:
                bits |= self._touched(group, clocks, other, net, waiver)
        named = self._named.get(bits)
        return Totals(len(hours), band_hours, net, waived, self._name(bits) if named is None else named)

    def _plan(self, flags: Flags) -> _Plan:
        """Group the readings by what of their ways bears on which hours such a session starts."""
        before, again, has_one_kind, same = flags
        groups: dict[_Way, _Group] = {}
        for each in (self._own, *self._readings):
            from_request, apart, keeps, lookback = each.way
            way = _Way(from_request and before, apart and again, keeps or has_one_kind, same[lookback])
            group = groups.setdefault(way, _Group(way, [], []))
            # What starts the hours of the list itself and prices them alike changes nothing.
            is_own = way == next(iter(groups)) and each[2:] == self._own[2:]
            if not is_own:
                (group.at_opening if each.boundary == "unit_start" else group.by_touch).append(each)
        plan = self._plans[flags] = _Plan(list(groups.values()), {})
        return plan

    def _say(self, plan: _Plan, started: bytes) -> tuple[int, tuple[int, ...], int]:
        """What started hours come to without a waiver, said once."""
        net = self._net(started, self._own.table, None)
        bits = self._otherwise(plan.groups[0].at_opening, started, net, None)
        if len(plan.said) >= MAX_KNOWN:
            plan.said.clear()
        said = plan.said[started] = net, self._cells.by_band(started), bits
        return said

    def _name(self, bits: int) -> tuple[str, ...]:
        named = self._named[bits] = tuple(id_ for place, id_ in enumerate(self._ids) if bits >> place & 1)
        return named

    # --- what another reading comes to ------------------------------------------------------------

    def _otherwise(
        self, readings: Iterable[_Priced], hours: bytes, net_grosze: int, waiver: Waiver | None
    ) -> int:
        """The bits of readings under which these hours cost something else as they open."""
        bits = 0
        for each in readings:
            if not bits & each.bit and self._net(hours, each.table, waiver) != net_grosze:
                bits |= each.bit
        return bits

    def _touched(
        self, group: _Group, clocks: Clocks, started: bytes, net_grosze: int, waiver: Waiver | None
    ) -> int:
        """The same of readings by which an hour is priced by all that it touches."""
        if not any(clocks):
            return 0
        bits, cells, around = 0, self._cells, self._cells.around(clocks)
        found: dict[Boundary, bytes] = {}
        table, is_one_price = -1, False
        # The hours started come to the net that others are held against, where it is told by this table.
        told = self._own.table if group.way == self._own.way and self._own.boundary == "unit_start" else -1
        for each in group.by_touch:
            if bits & each.bit:
                continue
            if each.table != table:
                table, nets = each.table, cells.nets[each.table]
                is_one_price = not cells.splits[table] and len({nets[cell] for cell in around}) == 1
                if not is_one_price:
                    found = cells.by_touch(clocks, table, keeps=group.way.keeps)
                else:  # one price: the hours started, or the seconds of each clock rounded up
                    seconds = [sum([span[1] - span[0] for span in spans]) for spans in clocks]
                    count = sum([-(-each_s // HOUR_SECONDS) for each_s in seconds])
                    found = {
                        "cheapest": started,
                        "dearest": started,
                        "per_band": bytes([min(around)]) * count,
                    }
            hours = found[each.boundary]
            if is_one_price and table == told and len(hours) == len(started):
                continue
            if self._net(hours, table, waiver) != net_grosze:
                bits |= each.bit
        return bits

    def _net(self, hours: bytes, table: int, waiver: Waiver | None) -> int:
        """The net of started hours, in the order they open, after a waiver."""
        if waiver is not None and waiver.hours is not None:
            hours = hours[: max(0, len(hours) - waiver.hours)]
        net = sum(map(self._cells.nets[table].__getitem__, hours))
        return net if waiver is None or waiver.hours is not None else net - waived_grosze([net], waiver)

    def _vector(self, kind: Kind, purchases: tuple[Purchase, ...], at_s: int) -> Vector:
        """What a kind of help claims under each look-back when the session connects at an instant."""
        key = kind.issue, kind.order_ref, purchases
        known = self._claims.get(key)
        if known is None:
            if len(self._claims) >= MAX_KNOWN:
                self._claims.clear()
            changes_s = sorted(set(_claim_changes(purchases, self._days)))
            moments = [at_s - 1 for at_s in changes_s] + [changes_s[-1] if changes_s else 0]
            vectors = [tuple(claim_of(kind, purchases, s, days) for days in self._days) for s in moments]
            known = self._claims[key] = changes_s, vectors
        return known[1][bisect_right(known[0], at_s)]


def _clocks(
    facts: SessionFacts,
    connections: Sequence[Interval],
    merged: Sequence[Interval],
    claims: Sequence[Vector],
    way: _Way,
) -> Clocks:
    """What each clock of a session counts by a way: one clock, or one for each connection."""
    counted = connections if way.apart else merged
    if way.from_request:
        counted = [(facts.requested_s, counted[0][1]), *counted[1:]]
    kinds = claims[way.lookback]
    if len(kinds) == 1:
        (claim,) = kinds
        spans = [] if claim == TEST else [(start, end, claim, 0) for start, end in counted]
        return [[span] for span in spans] if way.apart else [spans]
    changes = changes_of([(kind.from_s, claim) for kind, claim in zip(facts.kinds, kinds, strict=True)])
    if way.apart:
        return [spans_of_clock([each], changes) for each in counted]
    return [spans_of_clock(list(counted), changes)]


def _claim_changes(purchases: tuple[Purchase, ...], lookbacks: Iterable[int | None]) -> Iterator[int]:
    """Every epoch second from which on purchases can count for something else than in the second before."""
    for _, purchased_s, returned_s in purchases:
        yield purchased_s
        if returned_s is not None:
            yield returned_s
        yield from (purchased_s + days * DAY_SECONDS + 1 for days in lookbacks if days is not None)
