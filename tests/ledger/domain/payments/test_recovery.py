"""A flat sum of recovery goes by what was owed when the claim fell due, and a rate of the month before."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.payments.interest import RATES, Interest, LateDebt, PaidOn, interest
from ledger.domain.payments.recovery import EuroRate, Recovery, euro_rate_of, euros_of, rate_day
from ledger.errors import BadCombination, BadDate

RATE = EuroRate(date(2026, 11, 30), 42513, "231/A/NBP/2026")


def _late(due_on: date, grosze: int, *paid: PaidOn) -> Interest:
    return interest(RATES["commercial"], LateDebt(grosze, due_on, paid), date(2026, 12, 20), set())


@pytest.mark.parametrize(
    ("grosze", "euros"),
    [(1, 40), (5_000_00, 40), (5_000_01, 70), (49_999_99, 70), (50_000_00, 100), (900_000_00, 100)],
)
def test_the_sum_goes_by_the_claim(grosze: int, euros: int) -> None:
    """40 EUR up to 5,000 zloty, 70 above, 100 from 50,000 on (art. 10(1))."""
    assert euros_of(_late(date(2026, 12, 1), grosze)) == euros


def test_what_was_paid_in_time_is_no_part_of_the_claim() -> None:
    """6,000 due on the 1st, 1,000 paid on that day: 5,000 fell due unpaid. The day after is too late."""
    assert euros_of(_late(date(2026, 12, 1), 6_000_00, PaidOn(date(2026, 12, 1), 1_000_00))) == 40
    assert euros_of(_late(date(2026, 12, 1), 6_000_00, PaidOn(date(2026, 12, 2), 1_000_00))) == 70


@pytest.mark.parametrize(
    ("due_on", "on"),
    [
        (date(2026, 12, 15), date(2026, 11, 30)),
        (date(2026, 11, 30), date(2026, 11, 30)),  # a Monday: the claim falls due on 1 December
        (date(2026, 10, 31), date(2026, 10, 30)),  # a Saturday: due on Monday, 2 November
        (date(2026, 6, 1), date(2026, 5, 29)),  # the 30th and 31st were Saturday and Sunday
    ],
)
def test_the_rate_is_of_the_last_working_day_of_the_month_before(due_on: date, on: date) -> None:
    assert rate_day(_late(due_on, 100_00), set()) == on


def test_a_holiday_is_no_working_day() -> None:
    assert rate_day(_late(date(2026, 12, 15), 1), {date(2026, 11, 30)}) == date(2026, 11, 27)


def test_the_sum_is_rounded_half_up() -> None:
    """40 EUR at 4.2513 are 170.052; 100 at 4.25125 cannot be typed; 70 at 4.2505 are 297.535."""
    assert Recovery(40, RATE).grosze == 170_05
    assert Recovery(70, RATE._replace(ten_thousandths=42505)).grosze == 297_54


@pytest.mark.parametrize("typed", ["30.11.2026 4,2513 231/A/NBP/2026", " 2026-11-30  4.2513 231/a/nbp/2026 "])
def test_a_rate_is_typed_as_it_is_published(typed: str) -> None:
    assert euro_rate_of(typed) == RATE


@pytest.mark.parametrize(
    "typed",
    ["", "4,2513", "30.11.2026 4,25 231/A/NBP/2026", "30.11.2026 0,2513 231/A/NBP/2026",
     "30.11.2026 42,2513 231/A/NBP/2026", "30.11.2026 4,2513", "30.11.2026 4,2513 231/B/NBP/2026"],
)  # fmt: skip
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(BadCombination):
        euro_rate_of(typed)


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(BadDate):
        euro_rate_of("31.11.2026 4,2513 231/A/NBP/2026")
