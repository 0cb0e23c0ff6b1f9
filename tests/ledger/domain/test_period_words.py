"""Months by their names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.day_names import MONTHS
from ledger.domain.period_words import named_month, written_month, written_quarter

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("listopad", (2026, 11)),
        ("Listopada", (2026, 11)),
        ("LIS.", (2026, 11)),
        ("november", (2026, 11)),
        ("grudzień", (2025, 12)),
        ("październik", (2026, 10)),
        ("pazdziernik", (2026, 10)),
        ("styczeń", (2026, 1)),
        ("xi", None),
        ("v", None),
        ("ten miesiąc", (2026, 11)),
        ("zeszły miesiąc", (2026, 10)),
        ("Last month", (2026, 10)),
        ("listopadek", None),
        ("poniedziałek", None),
        ("", None),
    ],
)
def test_a_name_alone_is_the_newest_month_that_has_begun(text: str, found: tuple[int, int] | None) -> None:
    assert named_month(text, TODAY) == found


@given(st.sampled_from(sorted(MONTHS)), st.dates(date(2, 1, 1)))
def test_no_month_named_alone_is_in_the_future_or_a_year_old(name: str, today: date) -> None:
    found = named_month(name, today)
    if found is not None:
        assert (today.year - 1, today.month) < found <= (today.year, today.month)


@given(st.sampled_from(sorted(MONTHS)), st.integers(1, 9999))
def test_a_name_with_its_year_is_that_month(name: str, year: int) -> None:
    assert written_month(f"{name} {year:04d}") == (year, MONTHS[name])


def test_last_month_of_january_is_of_the_year_before() -> None:
    assert named_month("poprzedni miesiąc", date(2027, 1, 31)) == (2026, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2026-Q4",
        "2026-q4",
        "2026q4",
        "Q4 2026",
        "q4/2026",
        "IV kwartał 2026",
        "4 kw. 2026 r.",
        "4. quarter of 2026",
    ],
)
def test_a_quarter_is_told_by_its_number(text: str) -> None:
    assert written_quarter(text) == (2026, 10)


@pytest.mark.parametrize("text", ["2026-Q5", "V kwartał 2026", "IIII kwartał 2026", "Q4", "kwartał 2026", ""])
def test_no_other_text_is_a_quarter(text: str) -> None:
    assert written_quarter(text) is None
