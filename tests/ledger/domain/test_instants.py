"""One list of spellings for every source and import; nothing that can be read two ways is decided."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.domain import instants
from ledger.domain.clock import format_instant, parse_instant
from ledger.domain.day_names import WEEKDAYS
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
        ("16.11.2026 pn 17:20", "2026-11-16 17:20"),
        ("w poniedziałek, 16 listopada 2026 roku o 17:20", "2026-11-16 17:20"),
        ("WTOREK 17.11.2026, godz. 8.05", "2026-11-17 08:05"),
        ("Środa, 18-11-2026 08:05", "2026-11-18 08:05"),
        ("czw.19.11.26 08:05", "2026-11-19 08:05"),
        ("dn. 20.11.2026 r. (pt.) 8:05", "2026-11-20 08:05"),
        ("Sat, 2026-11-21 08:05", "2026-11-21 08:05"),
        ("niedz., dnia 22. 11. 2026 8:05", "2026-11-22 08:05"),
        ("08:05:09 22/11/2026", "2026-11-22 08:05:09"),
        ("godz. 8.05, 22 listopada 2026", "2026-11-22 08:05"),
        ("17:20+02:00 2026-11-16", "2026-11-16 17:20+02:00"),
        ("2026W471T17:20", "2026-11-16 17:20"),
        ("2020-W53-7T17:20Z", "2021-01-03 17:20Z"),
        ("202611161720", "2026-11-16 17:20"),
        ("20261116 17:20", "2026-11-16 17:20"),
        ("31.12.2026 24:00:00", "2027-01-01 00:00"),
        ("2026-02-28T24:00Z", "2026-03-01T00:00Z"),
        ("24:00 16.11.2026", "2026-11-17 00:00"),
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
            "2026-11-16 24:00:01",
            "2026-11-16 24:01",
            "2026-11-16 25:00",
            "24:00 pm 16.11.2026",
            "pon. 17:20",
            "poniedziałek",
            "pon. wt. 16.11.2026",
            "xyz. 16.11.2026 17:20",
            "2026-W54-1 17:20",
            "2025-W53-1 17:20",
            "2026-W47-8",
            "2026111617",
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


@pytest.mark.parametrize(
    "text",
    ["wt. 16.11.2026 17:20", "Sunday, November 16, 2026", "16 XI 2026 (śr.)", "Fri Nov 16 17:20:05 2026"],
)
def test_weekday_that_is_not_the_dates_is_a_slip_of_one_of_them(text: str) -> None:
    assert reason_of(text) == "other-weekday"
    with pytest.raises(BadInstant, match="names another weekday"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Thu 12/11/2026 09:00", "2026-11-12 09:00"), ("Friday, 12/11/2026 09:00", "2026-12-11 09:00")],
)
def test_weekday_tells_the_order_of_a_date_with_slashes(text: str, meant: str) -> None:
    assert read_instant(text, WARSAW) == read_instant(meant, WARSAW)
    assert slash_order([text]) == ("dmy" if "Thu" in text else "mdy")
    assert slash_order([f"09:00, {text.rsplit(' ', 1)[0]}"]) == slash_order([text])


def test_weekday_that_fits_neither_or_both_tells_no_order() -> None:
    assert reason_of("Mon 12/11/2026 09:00") == "ambiguous-date"
    assert slash_order(["Mon 12/11/2026", "Mon a/b", "//" * 60, "x 1/2", "0/0/2026", "13/13/2026"]) is None
    assert reason_of("Wed 01/07/2026 09:00") == "ambiguous-date"  # 1 July and 7 January: both are Wednesdays


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from(sorted(WEEKDAYS)))
def test_weekday_is_taken_with_its_own_dates_only(day: date, name: str) -> None:
    for text in (f"{day:%d.%m.%Y} {name} 17:20", f"{name}. {day:%d.%m.%Y} 17:20"):
        if WEEKDAYS[name] == day.isoweekday():
            assert wall(text) == wall(f"{day:%Y-%m-%d} 17:20")
        else:
            assert reason_of(text) == "other-weekday"


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_week_dates_are_those_of_iso_8601(day: date) -> None:
    year, week, weekday = day.isocalendar()
    assert wall(f"{year}-W{week:02d}-{weekday}T24:00") == wall(f"{day + timedelta(days=1)} 00:00")


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


@pytest.mark.parametrize(
    "text", ["16.11.2026", "2026-11-16", "16 listopada 2026", "20261116", "pon. 16.11.2026"]
)
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
