"""The id of a finding says its month."""

from __future__ import annotations

import pytest

from ledger.domain.clock import Period, parse_period
from ledger.domain.reconciliation.finding import month_of_id


@pytest.mark.parametrize(
    ("named", "month"),
    [
        ("F2611-0001", parse_period("2026-11")),
        ("F2612-1", parse_period("2026-12")),
        ("F2613-1", None),
        ("7", None),
    ],
)
def test_a_month_is_read_from_an_id_and_from_nothing_else(named: str, month: Period | None) -> None:
    assert month_of_id(named) == month
