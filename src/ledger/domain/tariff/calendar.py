"""Days and hours on the office clock: dated public holidays, and the local hour of every epoch hour."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger.domain.tariff.tariff import Tariff, parse_tariff
from ledger.errors import NoCalendar
from ledger.message import msg

COUNTRY = "PL"
PUBLISHED_YEARS = 10
HOUR_SECONDS = 3600
HOURS_A_DAY = 24
# A kind of day is its weekday, 0 to 6, and 7 more on a public holiday.
HOLIDAY = 7
DAY_KINDS = 14


@lru_cache(maxsize=8)
def publishable(text: str) -> str:
    """The text of a tariff with the public holidays of ten years from valid_from's year.

    A text that lists its holidays is returned as it is. Raises BadTariff.
    """
    tariff = parse_tariff(text)
    if tariff.calendar is not None:
        return text
    first_year = tariff.valid_from.year
    lines = [f"    {day}, # {name}" for day, name in _public_holidays(first_year, PUBLISHED_YEARS)]
    table = [
        "[calendar]",
        f"first_year = {first_year}",
        f"last_year = {first_year + PUBLISHED_YEARS - 1}",
        "dates = [",
        *lines,
        "]",
    ]
    return text.rstrip("\n") + "\n\n" + "\n".join(table) + "\n"


def _public_holidays(first_year: int, years: int) -> list[tuple[date, str]]:
    """Polish public holidays as the law of each year dates them: 24 December only from 2025."""
    import holidays  # noqa: PLC0415 - takes 100 ms, and only publishing needs it

    named = holidays.country_holidays(COUNTRY, years=range(first_year, first_year + years), language="pl")
    return sorted(named.items())


class LocalHours(NamedTuple):
    """For each epoch hour from `first_hour` on: kind of day x 24 + hour, as the office clock shows it."""

    first_hour: int
    codes: array[int]


class OfficeCalendar:
    """What kind of day, and which minute of it, the office clock shows at an epoch second."""

    def __init__(self, tariff: Tariff) -> None:
        self._zone = tariff.zone
        self._tariff_id = tariff.id
        listed = tariff.calendar
        self._years = range(listed.first_year, listed.last_year + 1) if listed else range(0)
        self._dates = frozenset(listed.dates) if listed else frozenset[date]()
        self._is_needed = (tariff.holidays.bands, tariff.holidays.free_window) != ("none", "none")

    def locate(self, second: int) -> tuple[int, int]:
        """(kind of day, minute of the day) of an epoch second; raises NoCalendar."""
        local = datetime.fromtimestamp(second, self._zone)
        return self._day_kind(local.date()), local.hour * 60 + local.minute

    def _day_kind(self, day: date) -> int:
        if self._is_needed and day.year not in self._years:
            raise NoCalendar(
                msg(
                    "the tariff {tariff_id} lists no public holidays of {year}",
                    tariff_id=self._tariff_id,
                    year=day.year,
                )
            )
        return day.weekday() + (HOLIDAY if day in self._dates else 0)

    @property
    def hours(self) -> LocalHours | None:
        """The local hour of every epoch hour of the listed years; None where some offset is no whole hour."""
        if not self._years:
            return None
        return _local_hours(self._zone, self._years, self._dates)


def _days(zone: ZoneInfo, years: range) -> Iterator[tuple[int, int]]:
    """The epoch seconds at which each day of the years begins and ends."""
    day, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    begins = _midnight(day, zone)
    while day <= last:
        day += timedelta(days=1)
        ends = _midnight(day, zone)
        yield begins, ends
        begins = ends


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


@lru_cache(maxsize=8)
def _local_hours(zone: ZoneInfo, years: range, dates: frozenset[date]) -> LocalHours | None:
    codes = array("H")
    day = first_day = date(years[0], 1, 1)
    for begins, ends in _days(zone, years):
        hours = _hours_of_day(begins, ends, zone)
        if hours is None:
            return None
        code = (day.weekday() + (HOLIDAY if day in dates else 0)) * HOURS_A_DAY
        codes.extend(code + hour for hour in hours)
        day += timedelta(days=1)
    return LocalHours(_midnight(first_day, zone) // HOUR_SECONDS, codes)


def _hours_of_day(begins: int, ends: int, zone: ZoneInfo) -> Iterable[int] | None:
    """The local hours of a day, one for each epoch hour; None where some epoch hour is not one local hour."""
    if begins % HOUR_SECONDS:
        return None
    if ends - begins == HOURS_A_DAY * HOUR_SECONDS:
        return range(HOURS_A_DAY)
    hours: list[int] = []
    for second in range(begins, ends, HOUR_SECONDS):
        first, last = (datetime.fromtimestamp(s, zone) for s in (second, second + HOUR_SECONDS - 1))
        if (first.minute, last.minute, last.hour) != (0, 59, first.hour):
            return None
        hours.append(first.hour)
    return hours
