"""Moments and lengths of time in cells: never filled up, never decided line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ledger.errors import BadCell, BadInstant
from ledger.imports.columns import Column, Problems, records
from ledger.imports.moments import length, moment, told
from ledger.imports.table_reader import Sheet, TableLine

COLUMNS = (Column("at", required=True, is_moment=True),)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc] # as a test gives it


def read_at(*texts: str, **layout: str) -> list[datetime | str]:
    """What a file of one column of moments comes to: an instant, or the fact of a refusal."""
    from ledger.imports.layout import Layout  # noqa: PLC0415 - beside its use

    sheet = Sheet("t.csv", ["at"], [TableLine(n, [text]) for n, text in enumerate(texts, start=2)])
    problems = Problems(sheet, Layout(**layout))  # type: ignore[arg-type] # as a test gives it
    found: list[datetime | str] = []
    for record in records(sheet, COLUMNS, problems):
        at = problems.read(record, "at", problems.instant)
        found.append(at if at is not None else problems.found[-1].fact)
    return found


@pytest.mark.parametrize(
    "text",
    ["16.11.2026", "2026-11-16", "16 listopada 2026", "16.11.26", "2026/11/16", "17:20", "17.20", "5:20 PM"],
)
def test_less_than_a_moment_is_refused(text: str) -> None:
    with pytest.raises(BadInstant, match="without"):
        moment(text)


@pytest.mark.parametrize(
    "text", ["16.11.2026 17:20", "16.11.26 17.20", "16 listopada 2026 17:20", "2026-11-16T16:20Z"]
)
def test_a_moment_is_read_in_any_spelling(text: str) -> None:
    assert moment(text) == utc(2026, 11, 16, 16, 20)


def test_a_date_that_is_a_length_of_time_is_refused() -> None:
    """A workbook keeps 25 h 30 min under hh:mm as the second day of 1900."""
    with pytest.raises(BadInstant, match="before 1990"):
        moment("1900-01-01 01:30:00")


def test_a_refused_moment_is_not_repeated() -> None:
    with pytest.raises(BadInstant) as refusal:
        moment("Jan Nowak")
    assert "Nowak" not in refusal.value.fact


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("12.04.25", (2025, 4, 12), None),
        ("12.04", None, timedelta(hours=12, minutes=4)),
        ("godz. 9:05", None, timedelta(hours=9, minutes=5)),
        ("24:00", None, timedelta(days=1)),
        ("00:00:00", None, timedelta()),
        ("5 kwietnia 2025", (2025, 4, 5), None),
    ],
)
def test_days_and_times_are_told_apart(
    text: str, day: tuple[int, int, int] | None, clock: timedelta | None
) -> None:
    found = told(text)
    assert found.time_of_day == clock
    assert (None if found.day is None else (found.day.year, found.day.month, found.day.day)) == day


@pytest.mark.parametrize("text", ["24:01", "17:60", "13:00 PM", "25.00"])
def test_times_that_no_clock_shows_are_refused(text: str) -> None:
    with pytest.raises(BadInstant):
        told(text)


# --- dates with slashes -----------------------------------------------------------------------


def test_one_line_decides_the_order_of_the_whole_file() -> None:
    eleventh, fourth = utc(2026, 11, 12, 8), utc(2026, 12, 11, 8)
    assert read_at("11/16/2026 09:00", "11/12/2026 09:00")[1] == eleventh
    assert read_at("16/11/2026 09:00", "11/12/2026 09:00")[1] == fourth
    assert read_at("11/12/2026 09:00", "16/11/2026 09:00")[0] == fourth


def test_dates_that_contradict_one_another_or_decide_nothing_are_refused() -> None:
    assert all("slashes" in str(each) for each in read_at("11/16/2026 09:00", "16/11/2026 09:00"))
    assert all("slashes" in str(each) for each in read_at("11/12/2026 09:00", "01/02/2026 09:00"))
    assert read_at("11/12/2026 09:00", dates="dmy") == [utc(2026, 12, 11, 8)]
    assert read_at("11/12/2026 09:00", dates="mdy") == [utc(2026, 11, 12, 8)]


# --- lengths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1 godz. 20 min", 80),
        ("1 godzina", 60),
        ("2 godziny i 5 minut", 125),
        ("1:20", 80),
        ("1:20:00", 80),
        ("25:30:00", 1530),
        ("80 min", 80),
        ("80 min.", 80),
        ("1,5 h", 90),
        ("0,25 godz.", 15),
        ("1h20", 80),
        ("1h 20m", 80),
        ("45'", 45),
        ("2\u00a0godz.\u00a010\u00a0min", 130),
        ("5 godzin", 300),
        ("1 g. 20 m.", 80),
        ("1 h 20 min 0 s", 80),
        ("90 s", 1.5),
        ("20 min 30 sek.", 20.5),
        ("1½ h", 90),
        ("1 1/2 godz.", 90),
        ("pół godziny", 30),
        ("Półtorej godziny", 90),
        ("kwadrans", 15),
        ("PT1H20M", 80),
        ("PT25H30M00S", 1530),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, minutes: float) -> None:
    assert length(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        *("80", "1,5", "", "godz.", "długo", "1:75", "min 5", "-1:20", "ok. 20 min", "1-2 h", "11/2 h", "PT"),
        *(
            "1 godz. 75 min",
            "1 h 20 min 60 s",
            "5 min 90 s",
            f"{'9' * 30} h",
            f"{'9' * 30} min",
            f"{'9' * 30}:00",
        ),
    ],
)
def test_a_length_without_its_unit_is_refused(text: str) -> None:
    """Or one whose minutes are an hour and more beside hours, or one that nobody can have worked."""
    with pytest.raises(BadCell):
        length(text)


@pytest.mark.parametrize(
    "text", ["2026-11-16T17:20:00Z", "2026-11-16 17:20:00Z", "2026-11-16 18:20", "2026-11-16T18:20:00"]
)
def test_the_forms_of_large_files_are_instants(text: str) -> None:
    assert moment(text) == utc(2026, 11, 16, 17, 20)


@pytest.mark.parametrize(
    "text",
    [
        "4015-01-13T09:21:00Z",
        "4015-01-13 09:21",
        "1899-01-13 09:21",
        "2026-11-16 08:29.08Z",
        "2026-11-16_17:20",
    ],
)
def test_a_form_of_large_files_is_refused_as_any_other_would_be(text: str) -> None:
    """A year that no ledger reaches, a fraction of a minute, a mark between day and time that is none."""
    with pytest.raises(BadInstant):
        moment(text)
