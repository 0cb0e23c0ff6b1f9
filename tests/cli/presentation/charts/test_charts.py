"""Charts: what they draw can be counted, and told apart without colour."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET  # our own output, not somebody's

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.presentation.charts import Span, StartedHour, bands_over_day, histogram
from cli.presentation.charts.bands import LANES_MAX
from cli.presentation.charts.delays import duration
from ledger.message import plain

SVG = "{http://www.w3.org/2000/svg}"
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
CUTS = (
    (0, 360, "night"),
    (360, 600, "off_hours"),
    (600, 1080, "office"),
    (1080, 1320, "off_hours"),
    (1320, 1440, "night"),
)
SPANS = [Span(day, *cut) for day in (MONDAY, TUESDAY) for cut in CUTS]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def bars(root: ET.Element) -> list[tuple[float, float, str]]:
    """x, width, title of each bar."""
    groups = root.findall(f"{SVG}g")
    found = [(group.find(f"{SVG}rect"), group.findtext(f"{SVG}title")) for group in groups]
    return [
        (float(r.get("x", "")), float(r.get("width", "")), title or "") for r, title in found if r is not None
    ]


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


# --- bands ------------------------------------------------------------------------------------


def test_bar_stands_where_its_hour_opened_and_is_an_hour_wide() -> None:
    root = parsed(bands_over_day(SPANS, [StartedHour(MONDAY, 18 * 60 + 5, "off_hours", 12)]))
    ((x, width, title),) = bars(root)
    midnight, one = (_x(line) for line in _grid(root)[:2])
    assert x == pytest.approx(midnight + (one - midnight) * (18 + 5 / 60))
    assert width == one - midnight
    assert title == "12: 2026-11-16 18:05, off hours"
    assert "12" in texts(root)


def _grid(root: ET.Element) -> list[ET.Element]:
    lines = [line for line in root.findall(f"{SVG}line") if line.get("x1") == line.get("x2")]
    return sorted(lines, key=lambda line: float(line.get("x1", "")))


def test_hour_past_midnight_goes_on_in_the_next_row() -> None:
    root = parsed(bands_over_day(SPANS, [StartedHour(MONDAY, 23 * 60 + 30, "night", 1)]))
    (before, after) = bars(root)
    assert before[1] == after[1] == pytest.approx((_x(_grid(root)[1]) - _x(_grid(root)[0])) / 2)
    assert after[0] == _x(_grid(root)[0])


def _x(line: ET.Element) -> float:
    return float(line.get("x1", ""))


def test_hours_at_once_stand_in_lanes_and_those_without_room_are_counted() -> None:
    at_once = [StartedHour(MONDAY, 900, "office", number) for number in range(LANES_MAX + 3)]
    root = parsed(bands_over_day(SPANS, at_once))
    assert len(bars(root)) == LANES_MAX
    assert "+3" in texts(root)


def test_hour_of_another_day_is_neither_drawn_nor_counted() -> None:
    root = parsed(bands_over_day(SPANS, [StartedHour(date(2026, 12, 1), 900, "office", 1)]))
    assert bars(root) == []
    assert root.findtext(f"{SVG}desc") == "office 0, off hours 0, night 0"


def test_bands_are_told_apart_without_colour() -> None:
    """Office is plain and light, night plain and dark, everything else hatched."""
    hours = [StartedHour(MONDAY, 700, "office", 1), StartedHour(MONDAY, 1100, "off_hours", 2)]
    svg = bands_over_day(SPANS, [*hours, StartedHour(MONDAY, 60, "night", 3)])
    assert svg.count('class="bar bar-office"') == svg.count('class="bar bar-night"') == 2  # and the legend
    assert svg.count('fill="url(#bands-hatched)"') == 2


def test_chart_says_what_it_shows_in_the_language_asked_for() -> None:
    hours = [StartedHour(MONDAY, 700, "office", 1)] * 2
    root = parsed(bands_over_day(SPANS, hours, lang="pl", title=plain("Listopad <1>")))
    assert root.findtext(f"{SVG}title") == "Listopad <1>"
    assert root.findtext(f"{SVG}desc") == "godziny biura 2, poza godzinami biura 0, pora nocna 0"
    assert root.get("role") == "img"
    labelled = {element.get("id") for element in root.iter() if element.get("id")}
    assert set((root.get("aria-labelledby") or "").split()) <= labelled
    assert "pn 16.11" in texts(root)


def test_month_without_sessions_is_drawn() -> None:
    assert len(parsed(bands_over_day(SPANS, [])).findall(f"{SVG}rect")) > len(SPANS)
    parsed(bands_over_day([], []))


def test_band_of_another_price_list_has_its_own_name() -> None:
    assert "weekend" in texts(parsed(bands_over_day([Span(MONDAY, 0, 1440, "weekend")], [])))


# --- delays -----------------------------------------------------------------------------------


def counts(svg: str) -> list[int]:
    return [int(each.text or "") for each in parsed(svg).iter(f"{SVG}text") if each.get("class") == "count"]


def test_each_delay_stands_in_one_bucket_an_edge_in_the_one_it_ends() -> None:
    svg = histogram([0, 10, 11, 900, 901, 10**9], 900)
    assert counts(svg) == [2, 1, 1, 1, 1]
    assert "in time 4, late 2, SLA 15 min" in svg


def test_agreed_time_is_an_edge_of_its_own() -> None:
    svg = histogram([1000, 1001, 1002], 1001)
    assert counts(svg) == [2, 1]
    assert "≤ 16 min 41 s" in texts(parsed(svg))
    assert svg.count('fill="url(#delays-late)"') == 1


def test_nothing_deleted_says_so() -> None:
    assert "żadnych danych nie usunięto" in texts(parsed(histogram([], 900, lang="pl")))


@given(st.lists(st.integers(0, 10**8), max_size=40), st.integers(1, 10**7))
def test_counts_add_up_and_the_late_ones_lie_right_of_the_line(delays: list[int], sla: int) -> None:
    svg = histogram(delays, sla)
    assert sum(counts(svg)) == len(delays)
    line = next(
        float(each.get("x1", "")) for each in parsed(svg).iter(f"{SVG}line") if each.get("class") == "sla"
    )
    for rect in parsed(svg).findall(f"{SVG}rect"):
        assert (float(rect.get("x", "")) > line) == ("late" in rect.get("fill", ""))


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59, "59 s"), (900, "15 min"), (5400, "1 h 30 min"), (604800, "7 d")]
)
def test_duration_is_said_in_whole_units(seconds: int, said: str) -> None:
    assert duration(seconds) == said


# --- both -------------------------------------------------------------------------------------


@pytest.mark.parametrize("svg", [bands_over_day(SPANS, []), histogram([1], 900)])
def test_chart_stands_alone_fetches_nothing_and_keeps_its_ids_to_itself(svg: str) -> None:
    name = parsed(svg).get("class")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", svg)
    assert set(re.findall(r"url\((.)", svg)) <= {"#"}
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(each.startswith(f"{name}-") for each in ids)


def test_order_of_the_data_changes_no_byte() -> None:
    hours = [StartedHour(MONDAY, minute, "office", minute) for minute in (700, 650, 710)]
    assert bands_over_day(SPANS, hours) == bands_over_day(SPANS, hours[::-1])
    assert histogram([5, 50, 500], 900) == histogram([500, 5, 50], 900)
