"""From rated hours to lines, and what a correction's rows make of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.events import InvoiceLine
from ledger.domain.invoice.lines import (
    Charge,
    charges_of,
    corrected_rows,
    difference,
    lines_of,
    net_by_hour,
    standing_after,
    sums_of,
)
from ledger.domain.rating.rate import Hour, Rated

A, B = UUID(int=1), UUID(int=2)
DAY = date(2026, 11, 16)


def _hour(band: str, list_grosze: int, percent: int, waived: int = 0) -> Hour:
    net = list_grosze - list_grosze * percent // 100
    return Hour(0, band, "1", list_grosze, percent, net, "list_price", "…", waived)


def _rated(hours: list[Hour], waived_grosze: int = 0) -> Rated:
    before = sum(hour.net_grosze for hour in hours)
    return Rated(tuple(hours), before, waived_grosze, before - waived_grosze, {}, len(hours))


def test_hours_at_one_price_are_one_line_and_free_ones_none() -> None:
    """Two off hours, a night, one office hour at half price; a free one stands on no line."""
    rated = _rated(
        [
            _hour("off_hours", 20000, 0),
            _hour("off_hours", 20000, 0),
            _hour("night", 40000, 0),
            _hour("office", 10000, 50),
            _hour("office", 10000, 100),
        ]
    )
    charges = charges_of(A, DAY, rated)
    assert [(c.band, c.hours, c.discount_grosze, c.net_grosze) for c in charges] == [
        ("off_hours", 2, 0, 40000),
        ("night", 1, 0, 40000),
        ("office", 1, 5000, 5000),
    ]
    assert sums_of(lines_of(charges), 23) == (85000, 19550, 104550)


def test_vat_is_taken_once() -> None:
    """Three times 33.33 bear 23.00, not 23.01."""
    charges = [Charge(A, DAY, "office", "list_price", 1, 3333, 0)] * 3
    assert sums_of(lines_of(charges), 23).vat_grosze == 2300


@given(
    st.lists(st.tuples(st.sampled_from([3333, 10000, 20000]), st.sampled_from([0, 50])), max_size=8),
    st.integers(0, 100),
)
def test_goodwill_in_percent_is_spread_in_whole_grosze(hours: list[tuple[int, int]], percent: int) -> None:
    """The hours add up to the session's net, and none costs less than nothing."""
    made = [_hour("office", price, off) for price, off in hours]
    before = sum(hour.net_grosze for hour in made)
    rated = _rated(made, (before * percent + 50) // 100)
    nets = net_by_hour(rated)
    assert sum(nets) == rated.net_grosze == sum(c.net_grosze for c in charges_of(A, DAY, rated))
    assert all(0 <= net <= hour.net_grosze for net, hour in zip(nets, made, strict=True))


def test_hours_waived_cost_nothing() -> None:
    """Goodwill in hours takes whole hours off the end."""
    rated = _rated([_hour("office", 10000, 0), _hour("night", 40000, 0, waived=40000)], 40000)
    assert net_by_hour(rated) == [10000, 0]


def test_a_correction_pairs_lines_before_and_after() -> None:
    """Two off hours become one: the pair has one number and unit, and the difference is -200.00."""
    standing = lines_of([Charge(A, DAY, "off_hours", "list_price", 2, 20000, 0)])
    rows = corrected_rows(standing, [Charge(A, DAY, "off_hours", "list_price", 1, 20000, 0)], 1)
    assert [(row.number, row.unit_id, row.hours, row.before) for row in rows] == [
        (1, f"{A}.1", 2, True),
        (1, f"{A}.1", 1, False),
    ]
    assert difference(rows) == -20000


def test_a_line_that_is_gone_has_no_hours_and_a_new_one_the_next_number() -> None:
    """Numbers that were used once are never used again."""
    standing = lines_of([Charge(A, DAY, "night", "list_price", 1, 40000, 0)])
    rows = corrected_rows(standing, [Charge(B, DAY, "office", "list_price", 1, 10000, 0)], 5)
    assert [(row.number, row.hours, row.before) for row in rows] == [
        (1, 1, True),
        (1, 0, False),
        (6, 1, False),
    ]
    assert [line.session for line in standing_after(standing, rows)] == [B]


def _said(each: Charge | InvoiceLine) -> tuple[object, ...]:
    price = (each.list_grosze, each.discount_grosze)
    return (each.session, each.service_on, each.band, each.hours, *price)


_CHARGES = st.lists(
    st.builds(
        Charge,
        st.sampled_from([A, B]),
        st.sampled_from([DAY, date(2026, 11, 17)]),
        st.sampled_from(["office", "night"]),
        st.just("list_price"),
        st.integers(1, 4),
        st.sampled_from([10000, 40000]),
        st.sampled_from([0, 5000]),
    ),
    max_size=6,
)


@given(_CHARGES, st.lists(_CHARGES, max_size=4))
def test_corrections_end_in_what_is_charged_last(first: list[Charge], later: list[list[Charge]]) -> None:
    """However often it is corrected, what stands is what is charged now, and the differences add up."""
    standing, numbered = lines_of(first), len(first)
    total = sum(line.net_grosze for line in standing)
    for charges in later:
        rows = corrected_rows(standing, charges, numbered)
        numbered = max([numbered, *(row.number for row in rows)])
        standing = standing_after(standing, rows)
        total += difference(rows)
        assert sorted(map(_said, standing)) == sorted(map(_said, charges))
        assert total == sum(c.net_grosze for c in charges)
        assert corrected_rows(standing, charges, numbered) == []
