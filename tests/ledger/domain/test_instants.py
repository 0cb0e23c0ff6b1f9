"""One list of spellings for every source and import; nothing that can be read two ways is decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.domain import instants
from ledger.domain.clock import format_instant, parse_instant
from ledger.domain.instants import InstantError, folds, in_zone, read_instant, read_written, slash_order
from ledger.errors import BadInstant

WARSAW = ZoneInfo("Europe/Warsaw")


def wall(text: str) -> datetime:
    return read_written(text).wall


def reason_of(text: str) -> str:
    with pytest.raises(InstantError) as refused:
        read_instant(text, WARSAW)
    return refused.value.reason


# --- spellings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "meant"), instants.SPELLINGS)
def test_every_documented_spelling_is_read_by_sources_and_imports_alike(text: str, meant: str) -> None:
    assert format_instant(read_instant(text, WARSAW)) == meant
    assert format_instant(parse_instant(text)) == meant


@pytest.mark.parametrize(("offset", "minutes"), instants.OFFSETS)
@pytest.mark.parametrize("face", ["2026-10-25 02:40:00", "2026-10-25T02:40:00.5", "25.10.2026 02:40"])
def test_every_documented_offset_may_follow_a_time(face: str, offset: str, minutes: int) -> None:
    for blank in ("", " "):
        written = read_written(f"{face}{blank}{offset}")
        assert written.offset == timedelta(minutes=minutes)
        assert written.utc == written.wall.replace(tzinfo=UTC) - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("16\N{NO-BREAK SPACE}listopada\N{NO-BREAK SPACE}2026 17:20", "2026-11-16 17:20"),
        ("16 LISTOPADA 2026 r., godz. 17.20", "2026-11-16 17:20"),
        ("\ufeff2026-11-16 17:20\u200b", "2026-11-16 17:20"),
        ("5 października 2026 7:05", "2026-10-05 07:05"),
        ("śr., 7 paź 2026 07:05:09", "2026-10-07 07:05:09"),
        ("Wed Oct  7 07:05:09 2026", "2026-10-07 07:05:09"),
        ("Wed Oct  7 07:05:09 CEST 2026", "2026-10-07 05:05:09Z"),
        ("Wed, 07 Oct 2026 07:05:09 GMT", "2026-10-07 07:05:09Z"),
        ("October 7, 2026 12:05 AM", "2026-10-07 00:05"),
        ("7-Oct-2026 12:05 p.m.", "2026-10-07 12:05"),
        ("25.12.26 8.05", "2026-12-25 08:05"),
        ("2026-11-16T17:20:00.123456789Z", "2026-11-16T17:20:00.123456Z"),
    ],
)
def test_blanks_letters_and_names_do_not_matter(text: str, same: str) -> None:
    assert read_instant(text, WARSAW) == read_instant(same, WARSAW)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "17:20",
            "2026-11",
            "16-11-26 17:20",
            "2026-11-16 24:00",
            "2026-11-16 17:20:60",
            "2026-11-1617:20",
        ),
        *("2026-11/16 17:20", "16 brumaire 2026", "13:20 PM 16.11.2026", "16.11.2026 13:20 PM", "0:20 am"),
        *(
            "2026-11-16 17:20+25",
            "2026-11-16 17:20+01:60",
            "2026-11-16 17:20 XYZ",
            "9" * 90,
            "16.11.2026 17.2",
        ),
        *("31.11.2026", "2026-02-29", "11/31/2026 10:00", "\N{ARABIC-INDIC DIGIT TWO}026-11-16"),
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    assert reason_of(text) == "bad-time"


@given(st.text(max_size=90))
@example("16.11.2026 17:20\ud800")
def test_any_text_is_an_instant_or_an_instant_error(text: str) -> None:
    try:
        written = read_written(text)
    except InstantError:
        return
    assert 1900 <= written.wall.year <= 2999


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("16.11.2026", "day"),
        ("2026-11-16", "day"),
        ("16 lis 2026", "day"),
        ("2026-11-16 00:00", "minute"),
        ("16.11.2026 00.00", "minute"),
        ("2026-11-16T00:00:00", "second"),
        ("2026-11-16T00:00:00.000Z", "fraction"),
    ],
)
def test_how_exact_a_text_is_comes_with_it(text: str, precision: str) -> None:
    assert read_written(text).precision == precision


@pytest.mark.parametrize("text", ["16.11.2026", "2026-11-16", "16 listopada 2026"])
def test_day_alone_is_no_moment_where_a_time_is_needed(text: str) -> None:
    assert parse_instant(text) == parse_instant("2026-11-16 00:00")
    with pytest.raises(BadInstant, match="a day without a time"):
        parse_instant(text, needs_time=True)
    assert parse_instant("16.11.2026 00:00", needs_time=True) == parse_instant(text)


# --- dates with slashes -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["11/12/2026 09:00", "1/2/26 09:00", "11/12/2026"])
def test_slash_date_that_can_be_read_both_ways_needs_an_order(text: str) -> None:
    assert reason_of(text) == "ambiguous-date"
    with pytest.raises(BadInstant, match="day first and month first"):
        parse_instant(text)
    one, two, _ = text.split("/")
    assert read_written(text, "dmy").wall.month == int(two)
    assert read_written(text, "mdy").wall.month == int(one)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["11/16/2026 09:00", "11/12/2026 09:00"], "mdy"),
        (["11/12/2026", "16/11/2026"], "dmy"),
        (["11/12/2026", "7/7/2026", "2026/11/16", "a note"], None),
        ([], None),
    ],
)
def test_dates_that_can_be_read_one_way_only_tell_the_order_of_a_file(
    texts: list[str], order: str | None
) -> None:
    assert slash_order(texts) == order


def test_file_that_has_both_orders_has_none() -> None:
    with pytest.raises(InstantError) as refused:
        slash_order(["16/11/2026 09:00", "11/16/2026 09:00"])
    assert refused.value.reason == "ambiguous-date"


def test_same_number_twice_is_no_riddle() -> None:
    assert wall("7/7/2026 09:00") == wall("2026-07-07 09:00")


# --- the hour shown twice -----------------------------------------------------------------------


def test_lines_before_the_clock_ran_back_are_the_first_pass_and_those_after_it_the_second() -> None:
    walls = [
        wall(f"2026-10-25 {time}") for time in ("01:59", "02:40", "02:58:12", "02:03:12", "02:20", "03:00")
    ]
    assert folds(walls, WARSAW) == [None, 0, 0, 1, 1, None]
    assert in_zone(walls[1], WARSAW, 0) == datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    assert in_zone(walls[4], WARSAW, 1) == datetime(2026, 10, 25, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "times",
    [
        ("02:40", "02:58"),
        ("01:50", "02:10", "03:10"),
        ("02:40:05", "02:39:30"),
        ("02:40", "02:20", "02:50", "02:10"),
    ],
)
def test_doubled_hour_without_one_jump_back_is_not_decided(times: tuple[str, ...]) -> None:
    """A few seconds out of order are threads, and a clock put back twice tells nothing."""
    walls = [wall(f"2026-10-25 {time}") for time in times]
    assert set(folds(walls, WARSAW)) == {None}
    with pytest.raises(InstantError) as refused:
        in_zone(wall("2026-10-25 02:40"), WARSAW)
    assert refused.value.reason == "ambiguous-local-time"


def test_jump_of_one_year_does_not_decide_another() -> None:
    walls = [wall(text) for text in ("2025-10-26 02:50", "2025-10-26 02:10", "2026-10-25 02:30")]
    assert folds(walls, WARSAW) == [0, 1, None]


def test_local_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(InstantError) as refused:
        read_instant("2026-11-16 17:20", None)
    assert refused.value.reason == "no-zone"
    assert format_instant(read_instant("2026-11-16 17:20+01", None)) == "2026-11-16T16:20:00Z"


def test_hour_that_the_clock_skipped_is_refused() -> None:
    assert reason_of("2026-03-29 02:30") == "no-such-local-time"
    assert reason_of("2026-10-25 02:30") == "ambiguous-local-time"


@given(st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 26), timezones=st.just(UTC)), st.data())  # noqa: DTZ001 - hypothesis puts the zone on
def test_order_of_a_log_never_gives_another_instant_than_the_true_one(
    start: datetime, data: st.DataObject
) -> None:
    """Given true instants written with the wall clock, then each that is read back is the true one."""
    steps = data.draw(st.lists(st.integers(0, 3_000), max_size=12))
    true = [start.replace(microsecond=0)]
    for step in steps:
        true.append(true[-1] + timedelta(seconds=step))
    walls = [at.astimezone(WARSAW).replace(tzinfo=None) for at in true]
    for at, face, fold in zip(true, walls, folds(walls, WARSAW), strict=True):
        if fold is not None:
            assert in_zone(face, WARSAW, fold) == at


def test_text_longer_than_any_spelling_is_no_instant() -> None:
    with pytest.raises(InstantError) as refusal:
        read_written("2026-11-16 17:20" + " " * instants.TEXT_MAX_CHARACTERS)
    assert refusal.value.reason == "bad-time"
