"""Which hours a session starts, when they open, and which price each has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from ledger.domain.rating.inputs import END_OF_TIME_S, NEVER_S, TEST, ClaimChange, SessionFacts, claim_changes
from ledger.domain.rating.prices import Price, Prices, prices_of
from ledger.domain.tariff.sections import Boundary
from ledger.domain.tariff.tariff import Tariff

TariffAt = Callable[[int], Tariff]
"""The tariff in force at an epoch second, one object for each list; only `pin = unit` prices by it."""

Interval = tuple[int, int]
PricesAt = Callable[[int], Prices]


class HelpSpan(NamedTuple):
    """Connected help, half-open, all of one claim; `place` counts the changes of claim before it."""

    start_s: int
    end_s: int
    claim: int
    place: int


class OpenHour(NamedTuple):
    """An hour with the claim at its opening and the connected time within it."""

    opened_s: int
    claim: int
    connected: list[Interval]


class PricedHour(NamedTuple):
    """A started hour and its price."""

    opened_s: int
    price: Price


def priced_hours(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> list[PricedHour]:
    """The started hours of a session with their prices, in the order they opened; raises NoCalendar.

    Without `tariff_at` the tariff holds for all hours. A reading that changes the tariff must be
    applied to what `tariff_at` gives by the caller.
    """
    return hours_of(help_spans(facts, tariff), tariff, tariff_at)


def help_spans(facts: SessionFacts, tariff: Tariff) -> list[list[HelpSpan]]:
    """What each clock of a session counts: connected time cut where the claim changes, without test time."""
    first = facts.first_connection
    if first is None:
        return []
    claims = claim_changes(facts, first[0], tariff.customer.lookback_days)
    return [spans_of_clock(clock, claims) for clock in _clocks(facts, first, tariff)]


def hours_of(
    clocks: list[list[HelpSpan]], tariff: Tariff, tariff_at: TariffAt | None = None
) -> list[PricedHour]:
    """The started hours of what each clock counts, in the order they opened; raises NoCalendar."""
    prices_at = _prices_look_up(tariff, tariff_at)
    hours = [hour for spans in clocks for hour in _hours_of_clock(spans, tariff, prices_at)]
    return sorted(hours, key=lambda hour: hour.opened_s) if len(clocks) > 1 else hours


def _prices_look_up(tariff: Tariff, tariff_at: TariffAt | None) -> PricesAt:
    if tariff.pin == "unit" and tariff_at is not None:
        return lambda second: prices_of(tariff_at(second))
    pinned = prices_of(tariff)
    return lambda _second: pinned


def _clocks(facts: SessionFacts, first: Interval, tariff: Tariff) -> list[list[Interval]]:
    """The intervals that each clock of the session counts: one clock, or one for each connection."""
    connections = {c for c in facts.connections if c[0] < c[1]}
    if tariff.clock.start == "requested":
        connections.remove(first)
        connections.add((min(facts.requested_s, first[0]), first[1]))
    if tariff.reconnect == "per_connection":
        return [[connection] for connection in sorted(connections)]
    return [union(sorted(connections))]


def union(intervals: list[Interval]) -> list[Interval]:
    """Return sorted intervals without overlaps."""
    merged: list[Interval] = []
    for start, end in intervals:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def spans_of_clock(intervals: list[Interval], claims: list[ClaimChange]) -> list[HelpSpan]:
    """Return intervals cut where the claim changes, without those that claim nothing."""
    edges = [NEVER_S, *(change.from_s for change in claims[1:]), END_OF_TIME_S]
    return [
        HelpSpan(max(start, begins), min(end, ends), change.claim, place)
        for start, end in intervals
        for place, (change, (begins, ends)) in enumerate(zip(claims, pairwise(edges), strict=True))
        if change.claim != TEST and start < ends and begins < end
    ]


def _hours_of_clock(spans: list[HelpSpan], tariff: Tariff, prices_at: PricesAt) -> list[PricedHour]:
    if tariff.boundary == "per_band":
        return list(_hours_by_price(spans, tariff.unit.seconds, prices_at))
    keeps = tariff.reclassify.in_open_hour == "keep"
    return [
        PricedHour(hour.opened_s, _price_of(hour, tariff.boundary, prices_at))
        for hour in _open_hours(spans, tariff.unit.seconds, keeps_open_hour=keeps)
    ]


def _open_hours(spans: list[HelpSpan], unit_seconds: int, *, keeps_open_hour: bool) -> list[OpenHour]:
    """An hour opens at the first connected second that no earlier one covers."""
    hours: list[OpenHour] = []
    covered_until, place = NEVER_S, 0
    for span in spans:
        if span.place != place and not keeps_open_hour:
            covered_until = span.start_s
        place = span.place
        start = span.start_s
        while start < span.end_s:
            if start >= covered_until:
                hours.append(OpenHour(start, span.claim, []))
                covered_until = start + unit_seconds
            stop = min(span.end_s, covered_until)
            hours[-1].connected.append((start, stop))
            start = stop
    return hours


def _price_of(hour: OpenHour, boundary: Boundary, prices_at: PricesAt) -> Price:
    """The price at the opening, or the least or greatest that the hour's connected seconds touch."""
    if boundary == "unit_start":
        return prices_at(hour.opened_s).at(hour.opened_s, hour.claim)
    touched = [
        price
        for start, end in hour.connected
        for _, _, price in price_runs(start, end, hour.claim, prices_at)
    ]
    choose = min if boundary == "cheapest" else max
    return choose(touched, key=lambda price: price.net_grosze)


def _hours_by_price(spans: list[HelpSpan], unit_seconds: int, prices_at: PricesAt) -> Iterator[PricedHour]:
    """The connected seconds of each net price summed and rounded up to hours, price by price.

    An hour of a price opens at the first second of that price for which no earlier one has room.
    """
    room_seconds: dict[int, int] = {}
    for span in spans:
        for start, end, price in price_runs(span.start_s, span.end_s, span.claim, prices_at):
            room = room_seconds.get(price.net_grosze, 0)
            while room < end - start:
                yield PricedHour(start + room, price)
                room += unit_seconds
            room_seconds[price.net_grosze] = room - (end - start)


def price_runs(start: int, end: int, claim: int, prices_at: PricesAt) -> Iterator[tuple[int, int, Price]]:
    """(start, end, price) of stretches of one price; neighbours may have the same."""
    while start < end:
        prices = prices_at(start)
        steps, into = divmod(start, prices.step_seconds)
        next_step = (steps + 1) * prices.step_seconds
        stop = min(end, start + 1 if prices.has_first_seconds and not into else next_step)
        yield start, stop, prices.at(start, claim)
        start = stop
