"""Moments that lie before what must have come first, or ahead of the clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ledger import errors
from ledger.domain.time_rules import AHEAD_MAX, day_not_ahead, not_ahead, not_before
from ledger.message import msg
from tests.support.given import NINE

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("first", [None, NINE, NINE - SECOND])
def test_a_moment_may_be_the_first_one_and_any_later(first: datetime | None) -> None:
    not_before(NINE, first, msg("the request"))


def test_a_moment_before_the_first_is_refused_with_both() -> None:
    with pytest.raises(errors.TimeOrder, match=r"2026-11-16 09:59:59.* lies before the request, 2026-11-16"):
        not_before(NINE - SECOND, NINE, msg("the request"))


def test_two_minutes_ahead_are_borne_and_a_second_more_is_not() -> None:
    not_ahead(NINE + AHEAD_MAX, NINE)
    with pytest.raises(errors.TimeAhead, match="ahead of the clock"):
        not_ahead(NINE + AHEAD_MAX + SECOND, NINE)


def test_a_day_counts_from_the_offices_midnight() -> None:
    """23:30 in UTC on the 16th is the 17th in the office."""
    late = NINE.replace(hour=23, minute=30)
    day_not_ahead(date(2026, 11, 17), late)
    with pytest.raises(errors.TimeAhead, match="2026-11-18 lies ahead of the clock"):
        day_not_ahead(date(2026, 11, 18), late)
