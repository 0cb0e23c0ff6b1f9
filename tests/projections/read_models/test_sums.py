"""What the reports make of rows: sums, verdicts, quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.read_models.billing import BilledSession, sums_by_customer
from projections.read_models.deletions import Deletion, is_overdue, nearest_rank, summary, verdict

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def billed(customer: str, net_grosze: int, *, vat_percent: int = 23, counted: bool = True) -> BilledSession:
    """A session of an hour."""
    return BilledSession(
        1, None, customer, "other", "t", NOON, NOON, 1, {}, net_grosze, 0, vat_percent, [], None, counted
    )


def test_vat_is_taken_once_on_each_customers_sum() -> None:
    """Three times 0.33 and 23 %: 0.23 of 0.99, not three times 0.08; rounded by rate where there are two."""
    (one,) = sums_by_customer([billed("K-1", 33)] * 3)
    assert (one.net_grosze, one.vat_grosze, one.gross_grosze) == (99, 23, 122)
    (two,) = sums_by_customer([billed("K-1", 50), billed("K-1", 50, vat_percent=25)])
    assert two.vat_grosze == 12 + 13


def test_only_sessions_to_be_billed_are_summed_by_customer_code() -> None:
    sums = list(sums_by_customer([billed("K-2", 1), billed("K-1", 2), billed("K-1", 4, counted=False)]))
    assert [(each.customer, each.started_hours, each.net_grosze) for each in sums] == [
        ("K-1", 1, 2),
        ("K-2", 1, 1),
    ]


@pytest.mark.parametrize(
    ("delay_seconds", "said"),
    [(None, "open"), (-1, "unknown"), (0, "pass"), (900, "pass"), (901, "late")],
)
def test_verdict_follows_from_the_delay(delay_seconds: int | None, said: str) -> None:
    assert verdict(delay_seconds, 900) == said


def deletion(delay_seconds: int | None = None, *, held: bool = False, before: bool = False) -> Deletion:
    """A session that ended at NOON."""
    said = verdict(delay_seconds, 900)
    held_until = "2027-01-01" if held else None
    purged_at = None if delay_seconds is None else NOON + timedelta(seconds=delay_seconds)
    evidence = "none" if purged_at is None else "declared"
    return Deletion(1, None, "K-1", NOON, purged_at, delay_seconds, said, evidence, held_until, before, 7)


def test_open_deletion_past_its_time_is_overdue_unless_held_or_before_adoption() -> None:
    late, early = NOON + timedelta(seconds=901), NOON + timedelta(seconds=900)
    assert is_overdue(deletion(), late, 900)
    assert not is_overdue(deletion(), early, 900)
    assert not is_overdue(deletion(held=True), late, 900)
    assert not is_overdue(deletion(before=True), late, 900)
    assert is_overdue(deletion(-5), early, 900)
    assert not is_overdue(deletion(901), late, 900)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.integers(1, 100))
def test_quantile_is_the_least_delay_that_so_many_do_not_exceed(delays: Sequence[int], percent: int) -> None:
    """Nearest rank: a delay that occurred, never one in between."""
    ordered = sorted(delays)
    found = nearest_rank(ordered, percent)
    assert found is not None
    assert found in delays
    assert sum(delay <= found for delay in delays) * 100 >= percent * len(delays)
    below = [delay for delay in ordered if delay < found]
    assert len(below) * 100 < percent * len(delays)


def test_quantile_of_nothing_is_none() -> None:
    assert nearest_rank([], 50) is None


def test_sessions_before_adoption_are_counted_apart_only() -> None:
    found = summary([deletion(60), deletion(), deletion(3600), deletion(before=True)], 2)
    assert (found.ended, found.before_adoption, found.abandoned, found.declared) == (3, 1, 2, 2)
    assert found.by_verdict == {"pass": 1, "late": 1, "failed": 0, "unknown": 0, "open": 1}
    assert (found.delay_p50_seconds, found.delay_p95_seconds, found.delay_max_seconds) == (60, 3600, 3600)
