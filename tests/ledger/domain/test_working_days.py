"""Days on which offices work, counted."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.working_days import working_day_after, working_day_from

# 11 November, and Christmas as the law of 2026 has it.
HOLIDAYS = {date(2026, 11, 11), date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def is_working(day: date) -> bool:
    """Whether offices are open."""
    return day.weekday() < 5 and day not in HOLIDAYS


@given(day=DAYS, days=st.integers(1, 20))
def test_working_days_are_counted_one_by_one(day: date, days: int) -> None:
    found = working_day_after(day, days, HOLIDAYS)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert sum(map(is_working, between)) == days


@given(day=DAYS)
def test_a_working_day_stands_and_another_one_moves_on(day: date) -> None:
    found = working_day_from(day, HOLIDAYS)
    assert is_working(found)
    assert (found == day) == is_working(day)
    assert not any(is_working(day + timedelta(days=n)) for n in range((found - day).days))
