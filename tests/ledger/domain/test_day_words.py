"""What a hand types beside full dates: a time alone, a day by its word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.clock import format_instant, office_time
from ledger.domain.day_words import DAYS, SPOKEN, Lean, day_of, is_spoken, spoken_instant
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import AmbiguousLocalTime, BadInstant, NoSuchLocalTime

NOW = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)
"""A Monday, 18:00 at the office."""


@pytest.mark.parametrize(("text", "meant"), SPOKEN)
def test_example_of_the_documentation_means_what_stands_beside_it(text: str, meant: str) -> None:
    assert is_spoken(text)
    assert format_instant(spoken_instant(text, NOW)) == meant


@pytest.mark.parametrize("word", DAYS)
def test_day_s_word_is_a_day_in_capitals_and_without_accents(word: str) -> None:
    today = date(2026, 12, 31)
    plain = word.translate(str.maketrans("ś", "s"))
    for typed in (word, word.upper(), plain, f" {plain.title()} "):
        assert day_of(typed, today) == today + timedelta(days=DAYS[word])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "poniedziałek 18:00",
        "16.11",
        "18.40",
        "2026-11-16",
        "wczorajszy 18:00",
        "6",
        "17:20, 16.11.2026",
        "17:20 16.11.2026",
    ],
)
def test_other_texts_are_left_to_the_reader_of_dates(text: str) -> None:
    assert not is_spoken(text)
    assert day_of(text, NOW.date()) is None


@pytest.mark.parametrize(
    "text", ["25:00", "18:61", "wczoraj 25:00", "wczoraj rano", "18:40 wczoraj", "dziś 18"]
)
def test_time_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(BadInstant) as refused:
        spoken_instant(text, NOW)
    assert text in refused.value.fact


def test_day_s_word_alone_is_its_midnight_where_a_day_will_do_and_refused_elsewhere() -> None:
    midnight = datetime(2026, 11, 14, 23, 0, tzinfo=UTC)
    assert spoken_instant("wczoraj", NOW, needs_time=False) == midnight
    with pytest.raises(BadInstant, match="a day without a time"):
        spoken_instant("wczoraj", NOW)


@pytest.mark.parametrize(
    ("text", "lean", "hint"),
    [
        ("18:03", "past", 'write "yesterday 18:03", or "today 18:03" when it has come'),
        ("23:50", "past", 'write "yesterday 23:50", or "today 23:50" when it has come'),
        ("08:00", "future", 'write "tomorrow 08:00" or "today 08:00"'),
    ],
)
def test_time_alone_on_the_wrong_side_of_now_is_refused_with_both_readings(
    text: str, lean: Lean, hint: str
) -> None:
    with pytest.raises(BadInstant) as refused:
        spoken_instant(text, NOW, lean=lean)
    assert str(refused.value.hint) == hint


@pytest.mark.parametrize(
    ("text", "lean"),
    [("18:02", "past"), ("dziś 23:50", "past"), ("17:58", "future"), ("08:00", "any"), ("23:50", "any")],
)
def test_clocks_may_differ_by_two_minutes_and_a_day_that_is_said_is_taken(text: str, lean: Lean) -> None:
    assert office_time(spoken_instant(text, NOW, lean=lean)).date() == date(2026, 11, 16)


def test_hours_of_the_changing_clock_are_refused_as_in_full_dates() -> None:
    """The nights of 29 March and 25 October 2026."""
    with pytest.raises(NoSuchLocalTime):
        spoken_instant("02:30", datetime(2026, 3, 29, 10, 0, tzinfo=UTC))
    autumn = datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
    with pytest.raises(AmbiguousLocalTime):
        spoken_instant("dziś 02:30", autumn)
    assert spoken_instant("02:30+02:00", autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_time_alone_is_never_recorded_ahead_of_the_clock(now: datetime, hour: int, minute: int) -> None:
    typed = f"{hour}:{minute:02d}"
    try:
        found = spoken_instant(typed, now)
    except (BadInstant, AmbiguousLocalTime, NoSuchLocalTime):
        return
    assert now - timedelta(hours=25) <= found <= now + AHEAD_MAX
    assert (office_time(found).hour, office_time(found).minute) == (hour, minute)


@given(st.text(max_size=20), st.sampled_from([*DAYS, ""]))
def test_no_text_breaks_the_reader(text: str, word: str) -> None:
    typed = f"{word} {text}"
    if is_spoken(typed):
        try:
            spoken_instant(typed, NOW)
        except (BadInstant, AmbiguousLocalTime, NoSuchLocalTime):
            return
