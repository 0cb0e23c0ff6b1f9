"""Which public holiday a day is, for whoever explains a price; which days are holidays the price list says.

Source: ustawa o dniach wolnych od pracy of 18 January 1951; 24 December by the act of 6 December 2024.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ledger.domain.tariff.tariff import Tariff

_DATED = {
    (1, 1): "new_year",
    (1, 6): "epiphany",
    (5, 1): "labour_day",
    (5, 3): "constitution_day",
    (8, 15): "assumption",
    (11, 1): "all_saints",
    (11, 11): "independence_day",
    (12, 24): "christmas_eve",
    (12, 25): "christmas_day",
    (12, 26): "second_day_of_christmas",
}
_AFTER_EASTER = {0: "easter", 1: "easter_monday", 49: "pentecost", 60: "corpus_christi"}
OTHER_HOLIDAY = "holiday"
"""A day that a price list counts as a holiday and the act does not name."""
HOLIDAYS = (*_DATED.values(), *_AFTER_EASTER.values(), OTHER_HOLIDAY)


def holiday_at(tariff: Tariff, second: int) -> str | None:
    """Return the holiday of an epoch second by the price list's own calendar; None on another day."""
    day = datetime.fromtimestamp(second, tariff.zone).date()
    listed = tariff.calendar
    return holiday_of(day) if listed is not None and day in listed.dates else None


def holiday_of(day: date) -> str:
    """Return the code of the holiday on a day that a price list counts as one."""
    named = _DATED.get((day.month, day.day))
    return named or _AFTER_EASTER.get((day - easter(day.year)).days, OTHER_HOLIDAY)


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar.

    Source: the method of Meeus, Jones and Butcher (J. Meeus, Astronomical Algorithms, chapter 8).
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon + 15) % 30
    leaps, leap_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    march = epact + weekday - 7 * late + 22
    return date(year, 3, 1) + timedelta(days=march - 1)
