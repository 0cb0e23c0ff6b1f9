"""Instants are UTC inside; what people write is office time, and never guessed at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import clock
from ledger.domain import instants as spellings
from ledger.domain.clock import Period, format_instant, parse_instant, parse_period
from ledger.errors import AmbiguousLocalTime, BadInstant, BadPeriod, NoSuchLocalTime

instants = st.datetimes(timezones=st.just(UTC))
typed = st.datetimes(
    datetime(spellings.YEAR_MIN, 1, 1),  # noqa: DTZ001 - hypothesis puts the zone on
    datetime(spellings.YEAR_MAX, 12, 31, 23, 59, 59, 999_999),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)
recent = st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis puts the zone on
US = timedelta(microseconds=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc] # year, month, day and so on


# --- counting ---------------------------------------------------------------------------------


def test_whole_seconds_drop_the_fraction() -> None:
    assert clock.epoch_seconds(utc(1970, 1, 1, 0, 0, 1, 999_999)) == 1
    assert clock.epoch_seconds(utc(2026, 11, 16, 9)) == 1_794_819_600


def test_whole_seconds_before_1970_go_down_too() -> None:
    """One rule on both sides of 1970: a fraction never moves an instant forward."""
    assert clock.epoch_seconds(clock.EPOCH - US) == -1


@given(instants)
def test_whole_seconds_are_the_floor_of_the_instant(instant: datetime) -> None:
    lost = instant - clock.from_epoch_seconds(clock.epoch_seconds(instant))
    assert timedelta() <= lost < timedelta(seconds=1)


@given(instants)
def test_microseconds_are_exact(instant: datetime) -> None:
    assert clock.from_epoch_microseconds(clock.epoch_microseconds(instant)) == instant


# --- writing and reading ----------------------------------------------------------------------


def test_an_instant_is_written_in_utc_with_a_fraction_only_where_there_is_one() -> None:
    assert format_instant(utc(2026, 11, 16, 17, 5)) == "2026-11-16T17:05:00Z"
    assert format_instant(utc(2026, 11, 16, 17, 5, 0, 10)) == "2026-11-16T17:05:00.000010Z"
    in_zone = datetime(2026, 11, 16, 18, 5, tzinfo=timezone(timedelta(hours=1)))
    assert format_instant(in_zone) == "2026-11-16T17:05:00Z"


@given(typed)
def test_an_instant_that_was_written_is_read_back(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant


@given(recent, st.integers(-14 * 60, 14 * 60))
def test_the_offset_something_is_written_with_does_not_change_the_instant(
    instant: datetime, offset_minutes: int
) -> None:
    written = instant.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat()
    read = parse_instant(written)
    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-16T18:05:00+01:00",
        "2026-11-16T18:05:00.0+01:00",
        "2026-11-16 12:05 -05:00",
        "2026-11-16T17:05Z",
        "2026-11-16 17:05:00 Z",
        "2026-11-16 18:05",
        "2026-11-16T18:05:00",
        " 16.11.2026 18:05 ",
        "16.11.2026, 18:05:00",
    ],
)
def test_one_instant_may_be_written_in_many_ways(text: str) -> None:
    """Without an offset the office clock is meant: 18:05 in November is 17:05 UTC."""
    assert parse_instant(text) == utc(2026, 11, 16, 17, 5)


def test_a_polish_date_has_the_day_first_and_may_leave_out_zeros() -> None:
    assert parse_instant("5.7.2026 8:30") == utc(2026, 7, 5, 6, 30)


@pytest.mark.parametrize("text", ["2026-11-16", "16.11.2026"])
def test_a_date_alone_is_its_midnight_in_the_office(text: str) -> None:
    assert parse_instant(text) == utc(2026, 11, 15, 23)


def test_a_fraction_is_read_to_the_digits_that_stand_there() -> None:
    assert parse_instant("2026-11-16T17:05:00.25Z") == utc(2026, 11, 16, 17, 5, 0, 250_000)


def test_now_is_what_the_caller_says_and_without_that_no_instant() -> None:
    now = utc(2026, 11, 16, 9)
    assert parse_instant(" now ", now=now) == now
    with pytest.raises(BadInstant):
        parse_instant("now")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-02-29",
        "2026-13-01",
        "31.11.2026",
        "2026-11-16 24:01",
        "2026-11-16 18:05:60",
        "2026-11-16T18:05+25:00",
        "0000-01-01",
        "0001-01-01",
        "0001-01-01T00:00+14:00",
    ],
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    with pytest.raises(BadInstant):
        parse_instant(text)


@pytest.mark.parametrize("text", ["1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "31.12.1899", "0001-01-01"])
def test_a_year_that_nobody_means_is_refused(text: str) -> None:
    with pytest.raises(BadInstant, match="outside the years 1900 to 2999"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["1900-01-01T00:00+14:00", "2999-12-31T23:59:59.999999-14:00", "1900-01-01"])
def test_an_instant_at_the_edge_of_the_years_that_can_be_typed_has_an_office_time(text: str) -> None:
    instant = parse_instant(text)
    assert clock.office_time(instant).astimezone(UTC) == instant


# --- the office clock -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2026-03-29 02:00", "2026-03-29 02:59:59", "29.03.2026 02:30"])
def test_a_time_that_the_office_clock_skipped_is_refused(text: str) -> None:
    with pytest.raises(NoSuchLocalTime):
        parse_instant(text)


def test_the_skipped_hour_of_march_has_its_neighbours() -> None:
    assert parse_instant("2026-03-29 01:59:59") == utc(2026, 3, 29, 0, 59, 59)
    assert parse_instant("2026-03-29 03:00") == utc(2026, 3, 29, 1)


@pytest.mark.parametrize("text", ["2026-10-25 02:00", "2026-10-25 02:59:59", "25.10.2026 02:30"])
def test_a_time_that_the_office_clock_showed_twice_is_refused(text: str) -> None:
    with pytest.raises(AmbiguousLocalTime):
        parse_instant(text)


def test_the_doubled_hour_of_october_has_its_neighbours_and_offsets_tell_it_apart() -> None:
    assert parse_instant("2026-10-25 01:59:59") == utc(2026, 10, 24, 23, 59, 59)
    assert parse_instant("2026-10-25 03:00") == utc(2026, 10, 25, 2)
    assert parse_instant("2026-10-25 02:30+02:00") == utc(2026, 10, 25, 0, 30)
    assert parse_instant("2026-10-25 02:30+01:00") == utc(2026, 10, 25, 1, 30)


@given(recent)
def test_a_time_off_the_office_clock_is_the_instant_it_was_read_at_or_refused_as_doubled(
    instant: datetime,
) -> None:
    """No instant's own office time is ever called skipped, and none is silently another instant."""
    shown = clock.office_time(instant).replace(tzinfo=None)
    try:
        assert clock.from_office(shown) == instant
    except AmbiguousLocalTime:
        hour = timedelta(hours=1)
        twins = {clock.office_time(instant + step).replace(tzinfo=None) for step in (-hour, hour)}
        assert shown in twins


def test_an_office_day_begins_an_hour_earlier_in_summer() -> None:
    assert clock.office_midnight(date(2026, 11, 16)) == utc(2026, 11, 15, 23)
    assert clock.office_midnight(date(2026, 7, 1)) == utc(2026, 6, 30, 22)


def test_the_days_the_clock_is_moved_have_23_and_25_hours() -> None:
    assert clock.office_midnight(date(2026, 3, 30)) - clock.office_midnight(date(2026, 3, 29)) == timedelta(
        hours=23
    )
    assert clock.office_midnight(date(2026, 10, 26)) - clock.office_midnight(date(2026, 10, 25)) == timedelta(
        hours=25
    )


def test_the_month_of_an_instant_is_the_office_s() -> None:
    assert clock.local_month(utc(2026, 10, 31, 22, 59, 59)) == "2026-10"
    assert clock.local_month(utc(2026, 10, 31, 23)) == "2026-11"


WRITTEN = (
    "listopad 2026",
    "Listopad 2026 r.",
    "LISTOPADA 2026",
    "lis. 2026",
    "November 2026",
    "nov, 2026",
    "11.2026",
    "11/2026",
    "2026/11",
    "2026.11",
    "XI 2026",
    "xi.2026",
)

# --- periods ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 7, 1)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        (" 2026-12 ", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-12-31", date(2026, 12, 31), date(2027, 1, 1)),
        ("2026-11-16..2026-11-18", date(2026, 11, 16), date(2026, 11, 18)),
        ("2026-11-16 .. 2027-01-01", date(2026, 11, 16), date(2027, 1, 1)),
        *((text, date(2026, 11, 1), date(2026, 12, 1)) for text in WRITTEN),
    ],
)
def test_a_period_runs_from_its_first_day_up_to_the_day_after_its_last(
    text: str, first: date, until: date
) -> None:
    assert parse_period(text) == Period(first, until)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "november",
        "listopad",
        "listopadek 2026",
        "13.2026",
        "2026/13",
        "11.26",
        "11 2026",
        "listopad 26",
        "listopad grudzien 2026",
        "pazdziernik",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-Q0",
        "2026-02-30",
        "0000",
        "9999",
        "9999-12",
        "9999-12-31",
        "2026-11-16..",
        "..2026-11-16",
        "2026-11..2026-12",
        "2026-11-01..2026-12-01..2027-01-01",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod, match="is not a period"):
        parse_period(text)


@pytest.mark.parametrize("text", ["2026-11-16..2026-11-16", "2026-11-16..2026-11-15"])
def test_a_period_without_a_day_in_it_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod, match="ends before it begins"):
        parse_period(text)


def test_a_period_holds_its_first_instant_and_not_its_end() -> None:
    november = parse_period("2026-11")
    assert (november.begins_at, november.ends_at) == (utc(2026, 10, 31, 23), utc(2026, 11, 30, 23))
    assert november.begins_at in november
    assert november.begins_at - US not in november
    assert november.ends_at - US in november
    assert november.ends_at not in november


@given(recent)
def test_every_instant_lies_in_exactly_one_month_of_a_year_and_in_one_quarter(instant: datetime) -> None:
    year = clock.office_time(instant).year
    months = [parse_period(f"{year}-{month:02d}") for month in range(1, 13)]
    quarters = [parse_period(f"{year}-Q{quarter}") for quarter in range(1, 5)]
    assert sum(instant in month for month in months) == 1
    assert sum(instant in quarter for quarter in quarters) == 1
    assert instant in parse_period(clock.local_month(instant))


@pytest.mark.parametrize("text", ["0001", "0001-01", "3001", "9999-Q4", "1899-12-31..1900-01-02"])
def test_a_period_of_years_nobody_means_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod):
        parse_period(text)


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-16", "2026-12-31"])
def test_the_month_of_a_day_ends_where_the_next_one_begins(day: str) -> None:
    found = clock.month_period(date.fromisoformat(day))
    assert found == Period(date(2026, 12, 1), date(2027, 1, 1)) == parse_period("2026-12")


def test_said_instants_are_equal_where_they_are_told_alike() -> None:
    at = datetime(2026, 11, 16, 16, 20, 5, tzinfo=UTC)
    assert clock.SaidInstant(at) == clock.SaidInstant(at)
    assert clock.SaidInstant(at) != clock.SaidInstant(at, "minute")
    assert clock.SaidInstant(at) != at
    assert len({clock.SaidInstant(at), clock.SaidInstant(at)}) == 1
    assert repr(clock.SaidInstant(at, "minute")) == "SaidInstant(2026-11-16 17:20)"
