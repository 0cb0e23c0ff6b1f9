"""Working days: no Saturday, no Sunday, no public holiday."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


def working_day_after(day: date, days: int, holidays: Collection[date]) -> date:
    """Return the day so many working days after a day."""
    while days:
        day += _DAY
        if day.weekday() < _SATURDAY and day not in holidays:
            days -= 1
    return day


def working_day_before(day: date, holidays: Collection[date]) -> date:
    """Return the last working day before a day."""
    day -= _DAY
    while day.weekday() >= _SATURDAY or day in holidays:
        day -= _DAY
    return day


def working_day_from(day: date, holidays: Collection[date]) -> date:
    """Return the day itself if it is a working day, else the next one (art. 115 of the Civil Code)."""
    return working_day_after(day - _DAY, 1, holidays)
