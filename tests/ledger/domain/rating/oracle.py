"""The price list once more, second by second: slow, and plain enough to be checked by eye.

Shares nothing with the rating but the shape of its facts: its own numbers, its own weekdays, its own
idea of time, and the public holidays from the library instead of from the tariff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays

from ledger.domain.rating.rate import Kind, SessionFacts

WARSAW = ZoneInfo("Europe/Warsaw")
PUBLIC_HOLIDAYS = holidays.country_holidays("PL", years=range(2022, 2036))
WEEKDAYS = {"mon-fri": range(5), "mon-sun": range(7), "sat-sun": range(5, 7), "mon-sat": range(6)}
SHOP = {
    "base_price": "100.00",
    "boundary": "unit_start",
    "reconnect": "window",
    "hardware_out_of_office": "50",
    "unit.seconds": "3600",
    "clock.start": "connected",
    "reclassify.in_open_hour": "keep",
    "customer.lookback_days": "none",
    "holidays.bands": "PL",
    "holidays.free_window": "none",
    "bands.office.days": "mon-fri",
    "bands.office.from": "10:00",
    "bands.office.until": "18:00",
    "bands.office.multiplier": "1",
    "bands.off_hours.multiplier": "2",
    "bands.night.from": "22:00",
    "bands.night.until": "06:00",
    "bands.night.multiplier": "4",
}
OpenedHours = list[tuple[int, int]]
"""(opening in epoch seconds, net in grosze)."""


def net_grosze(facts: SessionFacts, changes: Mapping[str, str]) -> int:
    """The net of a session after its waiver."""
    nets = [net for _, net in opened_hours(facts, changes)]
    if facts.waiver is None:
        return sum(nets)
    if facts.waiver.hours is not None:
        return sum(nets[: max(0, len(nets) - facts.waiver.hours)])
    if facts.waiver.amount_grosze is not None:
        return max(0, sum(nets) - facts.waiver.amount_grosze)
    halves = facts.waiver.half_percents
    two_hundredths = sum(nets) * (2 * (facts.waiver.percent or 0) if halves is None else halves)
    return sum(nets) - (two_hundredths // 200 + (1 if two_hundredths % 200 >= 100 else 0))


def opened_hours(facts: SessionFacts, changes: Mapping[str, str]) -> OpenedHours:
    """The started hours of a session, before any waiver."""
    policy = SHOP | dict(changes)
    lasting = sorted({(start, end) for start, end in facts.connections if end > start})
    if not lasting:
        return []
    connected_s = lasting[0][0]
    if policy["clock.start"] == "requested":
        lasting[0] = (min(connected_s, facts.requested_s), lasting[0][1])
    if policy["reconnect"] == "per_connection":
        clocks = [set(range(*connection)) for connection in lasting]
    else:
        clocks = [{second for connection in lasting for second in range(*connection)}]
    return sorted(hour for clock in clocks for hour in _hours(clock, facts, connected_s, policy))


def _hours(clock: set[int], facts: SessionFacts, connected_s: int, policy: Mapping[str, str]) -> OpenedHours:
    unit, items = int(policy["unit.seconds"]), tuple(policy.items())
    claim_at = _claims(facts, connected_s, policy)

    @cache
    def price_at(minute: int, claim: str) -> int:
        return _price(minute, claim, items)

    if policy["boundary"] == "per_band":
        return _hours_by_price(clock, claim_at, price_at, unit)
    opened: list[tuple[int, list[int]]] = []
    hour_ends, hour_claim, last_claim = -1, "", claim_at(min(clock))
    for second in range(min(clock), max(clock) + 1):
        claim = claim_at(second)
        if claim != last_claim and policy["reclassify.in_open_hour"] == "new_window":
            hour_ends = -1
        last_claim = claim
        if second not in clock or claim == "test":
            continue
        if second >= hour_ends:
            opened.append((second, []))
            hour_ends, hour_claim = second + unit, claim
        opened[-1][1].append(price_at(second // 60, hour_claim))
    return [(second, _choose(prices, policy["boundary"])) for second, prices in opened]


def _choose(prices: list[int], boundary: str) -> int:
    if boundary == "unit_start":
        return prices[0]
    return min(prices) if boundary == "cheapest" else max(prices)


def _hours_by_price(
    clock: set[int], claim_at: Callable[[int], str], price_at: Callable[[int, str], int], unit: int
) -> OpenedHours:
    opened: OpenedHours = []
    seconds_of: dict[int, int] = {}
    for second in sorted(clock):
        claim = claim_at(second)
        if claim != "test":
            price = price_at(second // 60, claim)
            if seconds_of.get(price, 0) % unit == 0:
                opened.append((second, price))
            seconds_of[price] = seconds_of.get(price, 0) + 1
    return opened


def _claims(facts: SessionFacts, connected_s: int, policy: Mapping[str, str]) -> Callable[[int], str]:
    """What is claimed at a second: the kind of help that began last, before the first one that one."""
    in_order = sorted(facts.kinds, key=lambda kind: kind.from_s)
    latest_first = [(kind.from_s, _claim(kind, facts, connected_s, policy)) for kind in reversed(in_order)]

    def claim_at(second: int) -> str:
        for from_s, claim in latest_first:
            if from_s <= second:
                return claim
        return latest_first[-1][1]

    return claim_at


def _claim(kind: Kind, facts: SessionFacts, connected_s: int, policy: Mapping[str, str]) -> str:
    owned = [
        order
        for order in facts.purchases
        if order.purchased_s <= connected_s < (order.returned_s or connected_s + 1)
    ]
    limit = policy["customer.lookback_days"]
    ages_s = [connected_s - order.purchased_s for order in owned]
    young = [age_s for age_s in ages_s if limit == "none" or age_s <= int(limit) * 86_400]
    if kind.issue == "test":
        return "test"
    if not young:
        return "public"
    return (
        "hardware"
        if kind.issue == "hardware" and kind.order_ref in {order.order_ref for order in owned}
        else "other"
    )


@lru_cache(maxsize=100_000)
def _price(epoch_minute: int, claim: str, policy_items: tuple[tuple[str, str], ...]) -> int:
    policy = dict(policy_items)
    local = datetime.fromtimestamp(epoch_minute * 60, WARSAW)
    clock, weekday, is_holiday = f"{local:%H:%M}", local.weekday(), local.date() in PUBLIC_HOLIDAYS
    band_day = 6 if is_holiday and policy["holidays.bands"] == "PL" else weekday
    if clock >= policy["bands.night.from"] or clock < policy["bands.night.until"]:
        band = "night"
    elif (
        band_day in WEEKDAYS[policy["bands.office.days"]]
        and policy["bands.office.from"] <= clock < policy["bands.office.until"]
    ):
        band = "office"
    else:
        band = "off_hours"
    price = int(policy["base_price"].replace(".", "")) * int(policy[f"bands.{band}.multiplier"])
    free = weekday < 5 and "10:00" <= clock < "18:00"
    if is_holiday and policy["holidays.free_window"] == "PL":
        free = False
    percent = {"public": 0, "other": 50, "hardware": int(policy["hardware_out_of_office"])}[claim]
    if claim == "hardware" and free:
        percent = 100
    discount = price * percent
    return price - (discount // 100 + (1 if discount % 100 >= 50 else 0))
