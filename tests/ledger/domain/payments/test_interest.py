"""Statutory interest, against sums worked out by hand and day by day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.payments.interest import RATES, LateDebt, PaidOn, RateTable, StatutoryRate, interest
from ledger.errors import InterestUnknown

CIVIL, COMMERCIAL = RATES["civil"], RATES["commercial"]
HOLIDAYS = {date(2025, 11, 11), date(2026, 11, 11), date(2026, 1, 1)}
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("table", "debt", "until", "days", "grosze"),
    [
        (COMMERCIAL, LateDebt(369_00, date(2025, 11, 10)), date(2026, 8, 20), [51, 181, 51], 40_57),
        (CIVIL, LateDebt(184_50, date(2025, 11, 12)), date(2026, 7, 31), [21, 91, 149], 12_37),
        (COMMERCIAL, LateDebt(12_400_00, date(2026, 2, 2)), date(2026, 3, 18), [44], 209_27),
        (
            COMMERCIAL,
            LateDebt(123_00, date(2026, 11, 7)),
            date(2026, 11, 9),
            [],
            0,
        ),  # a Saturday
        (COMMERCIAL, LateDebt(123_00, date(2026, 11, 11)), date(2026, 11, 12), [], 0),  # a holiday
        (COMMERCIAL, LateDebt(123_00, date(2026, 11, 10)), date(2026, 11, 10), [], 0),
        (COMMERCIAL, LateDebt(123_00, date(2026, 11, 10)), date(2026, 11, 11), [1], 5),
    ],
)
def test_interest_is_as_worked_out_by_hand(
    table: RateTable, debt: LateDebt, until: date, days: list[int], grosze: int
) -> None:
    found = interest(table, debt, until, HOLIDAYS)
    assert [part.days for part in found.parts] == days
    assert (found.days, found.grosze) == (sum(days), grosze)


def test_rates_that_somebody_looked_up_are_counted_on() -> None:
    """Civil rates are known up to the end of July; told that none came since, the last one goes on."""
    known = CIVIL._replace(known_until=date(2026, 8, 20))
    found = interest(known, LateDebt(184_50, date(2025, 11, 12)), date(2026, 8, 20), HOLIDAYS)
    assert [part.days for part in found.parts] == [21, 91, 169]
    assert found.grosze == 13_31


@pytest.mark.parametrize(
    ("due_on", "until"), [(date(2023, 1, 2), date(2023, 2, 1)), (date(2026, 7, 1), date(2026, 8, 1))]
)
def test_a_day_whose_rate_is_not_known_is_refused(due_on: date, until: date) -> None:
    with pytest.raises(InterestUnknown):
        interest(CIVIL, LateDebt(100_00, due_on), until, HOLIDAYS)


def test_what_was_paid_in_part_bears_interest_until_the_day_it_came() -> None:
    paid = PaidOn(date(2026, 2, 12), 300_00), PaidOn(date(2026, 2, 20), 700_00)
    found = interest(COMMERCIAL, LateDebt(1000_00, date(2026, 2, 2), paid), date(2026, 3, 31), HOLIDAYS)
    assert [(part.days, part.owed_grosze) for part in found.parts] == [(10, 1000_00), (8, 700_00)]


def test_rates_follow_each_other_and_name_their_notice() -> None:
    for table in RATES.values():
        assert all(earlier.since < later.since for earlier, later in pairwise(table.rates))
        assert all(
            rate.act.startswith(f"M.P. {rate.since.year - (rate.since.month == 1)}") for rate in table.rates
        )
        assert table.rates[-1].since <= table.known_until


def _day_by_day(owed: int, due_on: date, paid: list[PaidOn], until: date) -> int:
    """The same by another way: one day after another, in fractions."""
    day, total = due_on, Fraction(0)
    while day.weekday() >= 5 or day in HOLIDAYS:
        day += DAY
    while day < until:
        day += DAY
        left = owed - sum(each.amount_grosze for each in paid if each.on < day)
        rate = [each for each in COMMERCIAL.rates if each.since <= day][-1]
        total += max(0, left) * Fraction(rate.percent_hundredths, 10_000) / 365
    return int(total + Fraction(1, 2))


DAYS = st.dates(date(2024, 1, 2), date(2026, 12, 31))


@given(
    owed=st.integers(1, 10_000_00),
    due_on=DAYS,
    until=DAYS,
    paid=st.lists(st.builds(PaidOn, DAYS, st.integers(-500_00, 5_000_00)), max_size=4),
)
def test_interest_equals_a_count_day_by_day(owed: int, due_on: date, until: date, paid: list[PaidOn]) -> None:
    found = interest(COMMERCIAL, LateDebt(owed, due_on, tuple(paid)), until, HOLIDAYS)
    assert found.grosze == _day_by_day(owed, due_on, paid, until)


def test_a_rate_is_hundredths_of_a_percent() -> None:
    table = RateTable((StatutoryRate(date(2026, 1, 1), 1000, "M.P."),), date(2027, 12, 31))
    assert interest(table, LateDebt(365_00, date(2026, 1, 2)), date(2026, 1, 12), set()).grosze == 1_00
