"""Pairs of readings that change an amount only together, neither of them alone.

A Sunday at 07:00 costs twice the base price by the reading of weekends and by that of mornings: with either
of them read otherwise, the other still holds the price up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from ledger.domain.rating.assumptions import Reading, may_matter, readings
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


def smallest_pairs(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> list[Pair]:
    """Return the pairs of readings of which only both together change a session's net.

    A reading that asks for a year without a calendar is left out: alone it counts already. In the order of
    the file. Raises NoCalendar for the session itself.
    """
    net = rate(facts, tariff, tariff_at).net_grosze
    idle = [
        reading
        for reading in readings(tariff)
        if may_matter(reading.changes, facts, tariff_at)
        and _net(facts, reading.tariff, reading.changes, tariff_at) == net
    ]
    return list(_changing(facts, tariff, tariff_at, net, idle))


def _changing(
    facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None, net: int, idle: list[Reading]
) -> Iterator[Pair]:
    for one, two in combinations(idle, 2):
        if one.assumption_id == two.assumption_id or not one.changes.keys().isdisjoint(two.changes):
            continue
        changes = {**one.changes, **two.changes}
        other = _together(tariff, tuple(changes.items()))
        if other is None:
            continue
        other_net = _net(facts, other, changes, tariff_at)
        if other_net not in (None, net):
            yield Pair((one.assumption_id, two.assumption_id), changes, other_net)


@lru_cache(maxsize=1024)
def _together(tariff: Tariff, changes: tuple[tuple[str, str], ...]) -> Tariff | None:
    """The tariff under two readings at once; None where they contradict each other."""
    try:
        return with_changes(tariff, dict(changes))
    except BadTariffChange:
        return None


def _net(
    facts: SessionFacts, tariff: Tariff, changes: Mapping[str, str], tariff_at: TariffAt | None
) -> int | None:
    """The net under a reading; None where it asks for a year without a calendar."""
    try:
        return rate(facts, tariff, tariff_at and changed_at(tariff_at, changes)).net_grosze
    except NoCalendar:
        return None
