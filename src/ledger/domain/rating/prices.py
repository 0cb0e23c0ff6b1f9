"""What a second of help costs under a tariff, by what the customer can claim."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ledger.domain.money import percent_of
from ledger.domain.rating.inputs import CLAIMS, HARDWARE, OTHER
from ledger.domain.tariff.calendar import DAY_KINDS, HOLIDAY, HOUR_SECONDS, HOURS_A_DAY, OfficeCalendar
from ledger.domain.tariff.sections import Band
from ledger.domain.tariff.tariff import Tariff, day_edges
from ledger.domain.tariff.week import Window

CLAIMED_ISSUES = {OTHER: "other", HARDWARE: "hardware"}
LIST_PRICE = "list_price"
HARDWARE_OUT_OF_OFFICE = "hardware_out_of_office"

SUNDAY = 6
# Offsets and changes of every zone are whole minutes, as are the edges of bands.
MINUTE_SECONDS = 60


class Price(NamedTuple):
    """The price of a started unit in one band for one claim, and the sentences that make it."""

    band: str
    multiplier: str
    list_grosze: int
    discount_percent: int
    net_grosze: int
    rule: str
    quote: str


class Prices:
    """The price at every instant; constant within each `step_seconds` counted from the epoch.

    Where every edge of the day and every offset of the zone is a whole hour, a price is a look-up by
    epoch hour; by the clock otherwise, and beyond the listed years.
    """

    def __init__(self, tariff: Tariff) -> None:
        self._calendar = OfficeCalendar(tariff)
        self._edges = day_edges(tariff)
        edges = self._edges[:-1]
        self._days = [_days_of_prices(tariff, claim, edges) for claim in CLAIMS]
        self.has_first_seconds = any(band.starts == "after" for band in tariff.bands.values())
        self._first_days = self._days
        if self.has_first_seconds:
            self._first_days = [_days_of_prices(tariff, claim, edges, first_second=True) for claim in CLAIMS]
        are_whole_hours = not any(edge % 60 for edge in self._edges)
        self.local_hours = self._calendar.hours if are_whole_hours else None
        self.step_seconds = HOUR_SECONDS if self.local_hours else MINUTE_SECONDS
        # By claim and code: kind of day x 24 + local hour.
        self.by_code = self._by_code(is_first=False)
        # The same of the first second of each hour: a band that starts after it leaves it to the one before.
        self.first_by_code = self._by_code(is_first=True) if self.has_first_seconds else self.by_code

    def at(self, second: int, claim: int) -> Price:
        """The price at an epoch second; raises NoCalendar."""
        if self.local_hours is not None:
            place = second // HOUR_SECONDS - self.local_hours.first_hour
            if 0 <= place < len(self.local_hours.codes):
                by_code = self.by_code if second % HOUR_SECONDS else self.first_by_code
                return by_code[claim][self.local_hours.codes[place]]
        return self.by_the_clock(second, claim)

    def codes(self, start: int, end: int) -> Sequence[int] | None:
        """The codes of the epoch hours that an interval touches; None where the table has not all of them."""
        if self.local_hours is None:
            return None
        first_hour, codes = self.local_hours
        first, last = start // HOUR_SECONDS - first_hour, (end - 1) // HOUR_SECONDS - first_hour
        return codes[first : last + 1] if first >= 0 and last < len(codes) else None

    def by_the_clock(self, second: int, claim: int) -> Price:
        """The price at an epoch second, from the zone's rules and not from a table; raises NoCalendar."""
        kind, minute = self._calendar.locate(second)
        return self._at(kind, minute, claim, is_first=second % MINUTE_SECONDS == 0)

    def _at(self, kind: int, minute: int, claim: int, *, is_first: bool) -> Price:
        """The price of a minute; `is_first`: of its first second."""
        place = bisect_right(self._edges, minute) - 1
        days = self._first_days if is_first and self._edges[place] == minute else self._days
        return days[claim][kind][place]

    def _by_code(self, *, is_first: bool) -> list[list[Price]]:
        return [
            [
                self._at(kind, hour * 60, claim, is_first=is_first)
                for kind in range(DAY_KINDS)
                for hour in range(HOURS_A_DAY)
            ]
            for claim in CLAIMS
        ]


@lru_cache(maxsize=512)
def prices_of(tariff: Tariff) -> Prices:
    """The prices of a tariff, made once."""
    return Prices(tariff)


class _Discount(NamedTuple):
    percent: int
    rule: str
    quote: str
    window: Window | None


NO_DISCOUNT = _Discount(0, LIST_PRICE, "", None)


def _days_of_prices(
    tariff: Tariff, claim: int, edges: list[int], *, first_second: bool = False
) -> list[list[Price]]:
    """For each kind of day, the price from each edge on: the band's, less the best single discount.

    `first_second`: only of that second, whose band is the one before where its own starts after it.
    """
    rest = next(name for name, band in tariff.bands.items() if band.rest)
    bands = {name: band.window for name, band in tariff.bands.items() if band.window}
    discounts = [NO_DISCOUNT, *_discounts(tariff, claim)]
    prices = {
        (name, discount): _price(tariff, name, discount) for name in tariff.bands for discount in discounts
    }
    days: list[list[Price]] = []
    for kind in range(DAY_KINDS):
        weekday, is_holiday = kind % HOLIDAY, kind >= HOLIDAY
        band_day = SUNDAY if is_holiday and tariff.holidays.bands == "PL" else weekday
        is_shut = is_holiday and tariff.holidays.free_window == "PL"
        day: list[Price] = []
        for minute in edges:
            band = next((name for name, window in bands.items() if window.holds(band_day, minute)), rest)
            if first_second and _starts_after(tariff.bands[band], minute):
                before = minute - 1
                band = next((name for name, window in bands.items() if window.holds(band_day, before)), rest)
            in_force = [d for d in discounts if _is_open(d.window, weekday, minute, is_shut=is_shut)]
            day.append(prices[band, max(in_force, key=lambda discount: discount.percent)])
        days.append(day)
    return days


def _starts_after(band: Band, minute: int) -> bool:
    window = band.window
    return band.starts == "after" and window is not None and window.from_minute == minute


def _is_open(window: Window | None, weekday: int, minute: int, *, is_shut: bool) -> bool:
    return window is None or (not is_shut and window.holds(weekday, minute))


def _discounts(tariff: Tariff, claim: int) -> list[_Discount]:
    """What a claim is entitled to. Hardware has at least what the sentence on other problems grants it."""
    entitled = [
        _Discount(part.percent, name, part.quote, part.window)
        for name, part in tariff.entitlements.items()
        if part.issue == CLAIMED_ISSUES.get(claim)
    ]
    if claim == HARDWARE and tariff.hardware_out_of_office:
        quote = next(part.quote for part in tariff.entitlements.values() if part.issue == "other")
        entitled.append(_Discount(tariff.hardware_out_of_office, HARDWARE_OUT_OF_OFFICE, quote, None))
    return entitled


def _price(tariff: Tariff, band_id: str, discount: _Discount) -> Price:
    band, list_grosze = tariff.bands[band_id], tariff.list_grosze(band_id)
    return Price(
        band=band_id,
        multiplier=band.multiplier,
        list_grosze=list_grosze,
        discount_percent=discount.percent,
        net_grosze=list_grosze - percent_of(list_grosze, discount.percent),
        rule=discount.rule,
        quote=f"{band.quote} {discount.quote}".rstrip(),
    )
