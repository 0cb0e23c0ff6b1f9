"""Numbers of documents: patterns, places, and what follows what."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.numbering import next_number, parse_pattern, stream_of, written_alike
from ledger.errors import SettingUnknown

MONTHLY = parse_pattern("FV/{year}/{month}/{number:4}")
NOVEMBER = date(2026, 11, 30)


def test_a_series_is_what_stands_around_the_number() -> None:
    """A month has a series of its own, a year one where no month is named."""
    assert MONTHLY.series(NOVEMBER) == "FV/2026/11/#"
    assert MONTHLY.number(NOVEMBER, 7) == "FV/2026/11/0007"
    assert parse_pattern("{number}/{year}/A").series(NOVEMBER) == "#/2026/A"


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 10**8))
def test_the_place_of_a_number_is_found_again(day: date, place: int) -> None:
    """A number says its place in its own series and in no other."""
    number = MONTHLY.number(day, place)
    assert MONTHLY.place_of(number, day) == place
    other = date(day.year + 1, day.month, 1)
    assert MONTHLY.place_of(number, other) is None


def test_the_next_number_follows_the_last_and_begins_at_the_start() -> None:
    """A new series begins at 1, or at the start value where that is one of its own."""
    assert next_number(MONTHLY, NOVEMBER, None, "") == "FV/2026/11/0001"
    assert next_number(MONTHLY, NOVEMBER, None, "FV/2026/11/0057") == "FV/2026/11/0057"
    assert next_number(MONTHLY, NOVEMBER, None, "FV/2026/10/0057") == "FV/2026/11/0001"
    assert next_number(MONTHLY, NOVEMBER, "FV/2026/11/9999", "FV/2026/11/0057") == "FV/2026/11/10000"


@pytest.mark.parametrize(
    "text",
    [
        "FV/{number}",
        "FV/{year}",
        "{year}",
        "FV {year}/{number}",
        "{year}#{number}",
        "Ż{year}{number}",
        "{year}{number:0}",
        "{day}{year}{number}",
        "x" * 40 + "{year}{number}",
    ],
)
def test_what_is_no_pattern_is_refused(text: str) -> None:
    """A year, one number, plain characters."""
    with pytest.raises(SettingUnknown):
        parse_pattern(text)


@pytest.mark.parametrize(
    "number", ["FV/2026/11/", "FV/2026/11/٣", "FV/2026/11/007", "FV/2026/11/-001", "FV/2026/11/" + "1" * 30]
)
def test_what_is_no_number_of_a_series_has_no_place(number: str) -> None:
    """Only what the pattern would print is a number."""
    assert MONTHLY.place_of(number, NOVEMBER) is None


def test_series_have_streams_of_their_own() -> None:
    """The same series leads to the same stream, another to another."""
    assert stream_of("FV/2026/11/#") == stream_of("FV/2026/11/#") != stream_of("FV/2026/12/#")


@pytest.mark.parametrize(
    "typed", ["FV/2026/12/1", "fv/2026/12/1", "fv-2026-12-0001", "FV 2026 12 1", "fv_2026_12_01"]
)
def test_a_number_is_known_however_its_letters_noughts_and_marks_are_typed(typed: str) -> None:
    issued = ["FV/2026/12/0001", "FV/2026/12/0010", "FV/2026/01/0012", "FK/2026/12/0001", "FV/2026/12/0011"]
    assert written_alike(typed, issued) == ["FV/2026/12/0001"]


@pytest.mark.parametrize(
    "typed", ["FV/2026/1/21", "2026/12/1", "FV/2026/12", "fv20261201", "", "FV/2026/12/1/1"]
)
def test_another_number_is_none_of_them(typed: str) -> None:
    assert written_alike(typed, ["FV/2026/12/0001", "FV/2026/12/0021"]) == []


def test_two_numbers_that_are_written_alike_are_both_found() -> None:
    """Given two patterns of one office, the caller refuses what may be either."""
    assert written_alike("fv 2026 1", ["FV/2026/1", "FV-2026-01"]) == ["FV/2026/1", "FV-2026-01"]
