"""From connections to started hours and money, with the sentence behind every grosz.

The clock runs while the tool is connected, test time left out. A started hour opens at the first
such second that no earlier one covers, and covers `unit.seconds` elapsed seconds; its price is the
one in force when it opens. Every word of this is a key of the tariff.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.domain.events.base import Issue
from ledger.domain.money import half_up, percent_of
from ledger.domain.rating.hours import TariffAt, priced_hours
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts, Waiver
from ledger.domain.tariff.tariff import Tariff

__all__ = [
    "Hour",
    "Issue",
    "Kind",
    "Purchase",
    "Rated",
    "SessionFacts",
    "TariffAt",
    "Waiver",
    "rate",
    "waived_by_hour",
    "waived_grosze",
]


class Hour(NamedTuple):
    """A started hour. `net_grosze` is what the discount leaves of `list_grosze`, before any waiver.

    `waived_grosze` is what a waiver of hours takes off it; a waiver in percent stands on the session.
    """

    opened_s: int
    band: str
    multiplier: str
    list_grosze: int
    discount_percent: int
    net_grosze: int
    rule: str
    quote: str
    waived_grosze: int


class Rated(NamedTuple):
    """A session's started hours in the order they opened, and its net before and after the waiver."""

    hours: tuple[Hour, ...]
    before_waiver_grosze: int
    waived_grosze: int
    net_grosze: int
    band_hours: dict[str, int]
    started_hours: int


def rate(facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None = None) -> Rated:
    """The started hours of a session that has ended, and its net; raises NoCalendar.

    `tariff` is the one in force at the first connection; `tariff_at` gives the others where hours
    have tariffs of their own (`pin = unit`).
    """
    priced = priced_hours(facts, tariff, tariff_at)
    nets = [hour.price.net_grosze for hour in priced]
    by_hour = waived_by_hour(nets, facts.waiver)
    hours = tuple(
        Hour(opened_s, *price, waived) for (opened_s, price), waived in zip(priced, by_hour, strict=True)
    )
    before, waived = sum(nets), waived_grosze(nets, facts.waiver)
    bands = [hour.band for hour in hours]
    band_hours = {band: bands.count(band) for band in dict.fromkeys((*tariff.bands, *bands))}
    return Rated(hours, before, waived, before - waived, band_hours, len(hours))


def waived_by_hour(nets: list[int], waiver: Waiver | None) -> list[int]:
    """What a waiver of the last hours takes off each hour, in grosze."""
    paid = len(nets) if waiver is None or waiver.hours is None else max(0, len(nets) - waiver.hours)
    return [0] * paid + nets[paid:]


def waived_grosze(nets: list[int], waiver: Waiver | None) -> int:
    """What a waiver takes off a session's net, half up to the grosz where it is a part of it; never more."""
    if waiver is not None and waiver.amount_grosze is not None:
        return min(waiver.amount_grosze, sum(nets))
    if waiver is not None and waiver.half_percents is not None:
        return half_up(sum(nets) * waiver.half_percents, 200)
    if waiver is not None and waiver.percent is not None:
        return percent_of(sum(nets), waiver.percent)
    return sum(waived_by_hour(nets, waiver))
