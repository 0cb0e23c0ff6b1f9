"""Pairs of readings that change an amount only together, neither of them alone.

A Sunday at 07:00 costs twice the base price by the reading of weekends and by that of mornings: with either
of them read otherwise, the other still holds the price up.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from ledger.domain.rating.assumptions import (
    AsRated,
    Reading,
    hours_under,
    may_matter,
    net_grosze,
    reading_of,
    readings,
    standing_of,
)
from ledger.domain.rating.hours import TariffAt
from ledger.domain.rating.inputs import SessionFacts
from ledger.domain.tariff.tariff import Tariff
from ledger.errors import BadTariffChange, NoCalendar


class Pair(NamedTuple):
    """Two assumptions whose other readings change the amount only together, and what the net then is."""

    assumptions: tuple[str, str]
    changes: dict[str, str]
    net_grosze: int


class ReadingPair(NamedTuple):
    """Two readings that can hold together: their places, their assumptions, and both as one reading."""

    places: tuple[int, int]
    assumptions: tuple[str, str]
    both: Reading


@lru_cache(maxsize=64)
def pairs_of(tariff: Tariff) -> tuple[ReadingPair, ...]:
    """Every two readings that can hold together, in the order of the file."""
    found: list[ReadingPair] = []
    for (place, one), (other_place, two) in combinations(enumerate(readings(tariff)), 2):
        if one.assumption_id != two.assumption_id and one.changes.keys().isdisjoint(two.changes):
            names = one.assumption_id, two.assumption_id
            with suppress(BadTariffChange):
                both = reading_of(tariff, " ".join(names), {**one.changes, **two.changes})
                found.append(ReadingPair((place, other_place), names, both))
    return tuple(found)


def smallest_pairs(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> list[Pair]:
    """Return the pairs of readings of which only both together change a session's net.

    A reading that asks for a year without a calendar is left out: alone it counts already. In the order of
    the file. Raises NoCalendar for the session itself.
    """
    standing = standing_of(facts, tariff, tariff_at)
    idle = {
        place
        for place, reading in enumerate(readings(tariff))
        if may_matter(reading.changes, facts, tariff_at) and _net(standing, reading) == standing.net_grosze
    }
    found: list[Pair] = []
    for pair in pairs_of(tariff):
        if idle.issuperset(pair.places):
            other_net = _net(standing, pair.both)
            if other_net not in (None, standing.net_grosze):
                found.append(Pair(pair.assumptions, dict(pair.both.changes), other_net))
    return found


def _net(standing: AsRated, reading: Reading) -> int | None:
    """The net under a reading; None where it asks for a year without a calendar."""
    try:
        hours = hours_under(standing, reading)
    except NoCalendar:
        return None
    return standing.net_grosze if hours is None else net_grosze(hours, standing.facts)
