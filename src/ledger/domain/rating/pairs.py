"""Pairs of readings that change an amount only together, neither of them alone.

A Sunday at 07:00 costs twice the base price by the reading of weekends and by that of mornings: with either
of them read otherwise, the other still holds the price up.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from ledger.domain.rating.assumptions import may_matter, readings
from ledger.domain.rating.hours import TariffAt
from ledger.domain.rating.inputs import SessionFacts
from ledger.domain.rating.rate import rate
from ledger.domain.rating.what_if import changed_at, with_changes
from ledger.domain.tariff.tariff import Tariff
from ledger.errors import BadTariffChange, NoCalendar


class Pair(NamedTuple):
    """Two assumptions whose other readings change the amount only together, and what the net then is."""

    assumptions: tuple[str, str]
    changes: dict[str, str]
    net_grosze: int


class ReadingPair(NamedTuple):
    """Two readings that can hold together: their places, assumptions, and the tariff under both."""

    places: tuple[int, int]
    assumptions: tuple[str, str]
    changes: dict[str, str]
    tariff: Tariff


@lru_cache(maxsize=64)
def pairs_of(tariff: Tariff) -> tuple[ReadingPair, ...]:
    """Every two readings that can hold together, in the order of the file."""
    found: list[ReadingPair] = []
    for (place, one), (other_place, two) in combinations(enumerate(readings(tariff)), 2):
        if one.assumption_id != two.assumption_id and one.changes.keys().isdisjoint(two.changes):
            changes = {**one.changes, **two.changes}
            with suppress(BadTariffChange):
                names = one.assumption_id, two.assumption_id
                found.append(ReadingPair((place, other_place), names, changes, with_changes(tariff, changes)))
    return tuple(found)


def smallest_pairs(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> list[Pair]:
    """Return the pairs of readings of which only both together change a session's net.

    A reading that asks for a year without a calendar is left out: alone it counts already. In the order of
    the file. Raises NoCalendar for the session itself.
    """
    net = rate(facts, tariff, tariff_at).net_grosze
    idle = {
        place
        for place, reading in enumerate(readings(tariff))
        if may_matter(reading.changes, facts, tariff_at)
        and _net(facts, reading.tariff, reading.changes, tariff_at) == net
    }
    found: list[Pair] = []
    for pair in pairs_of(tariff):
        if idle.issuperset(pair.places):
            other_net = _net(facts, pair.tariff, pair.changes, tariff_at)
            if other_net not in (None, net):
                found.append(Pair(pair.assumptions, pair.changes, other_net))
    return found


def _net(
    facts: SessionFacts, tariff: Tariff, changes: Mapping[str, str], tariff_at: TariffAt | None
) -> int | None:
    """The net under a reading; None where it asks for a year without a calendar."""
    try:
        return rate(facts, tariff, tariff_at and changed_at(tariff_at, changes)).net_grosze
    except NoCalendar:
        return None
