"""The pictures of the owner's month: lengths in proportion, every connection where it was."""

from __future__ import annotations

import re
from datetime import date, datetime
from xml.etree import ElementTree as ET  # our own output, not somebody's

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.presentation.charts.bars import KINDS_MAX, WIDTH, Bar, stacked_bars
from cli.presentation.charts.technician_weeks import LANES_MAX, ROWS_MAX, Connection, technician_weeks
from ledger.domain.clock import from_office, office_time
from ledger.message import plain

SVG = "{http://www.w3.org/2000/svg}"
NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))
KINDS = [plain("{name}", name=name) for name in ("paid", "owed", "overdue")]
AMOUNTS = st.integers(-100, 10**9)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def parts(root: ET.Element) -> list[tuple[str, float, float]]:
    """Title, x and width of each part of a bar."""
    groups = root.findall(f"{SVG}g")
    found = [(group.findtext(f"{SVG}title") or "", group.find(f"{SVG}rect")) for group in groups]
    return [(title, float(r.get("x", "")), float(r.get("width", ""))) for title, r in found if r is not None]


def drawn(*bars: Bar) -> ET.Element:
    return parsed(stacked_bars("money", bars, KINDS, amount=str, title=plain("Money"), lang="en"))


# --- bars -----------------------------------------------------------------------------------------


def test_parts_stand_behind_one_another_in_proportion() -> None:
    root = drawn(Bar("K-1", (300, 100, 0)), Bar("K-2", (0, 0, 200)))
    (paid, owed, overdue) = parts(root)
    assert (paid[0], owed[0], overdue[0]) == ("K-1, paid: 300", "K-1, owed: 100", "K-2, overdue: 200")
    assert paid[2] == pytest.approx(3 * owed[2], abs=0.2)
    assert overdue[2] == pytest.approx(2 * owed[2], abs=0.2)
    assert owed[1] == pytest.approx(paid[1] + paid[2], abs=0.2)
    assert root.findtext(f"{SVG}desc") == "paid: 300; owed: 100; overdue: 200"


def test_kinds_are_told_apart_without_colour() -> None:
    """Only the first and the last kind are plain, and one of them is light, the other dark."""
    many = [plain("{name}", name=f"kind {at}") for at in range(KINDS_MAX)]
    svg = stacked_bars("m", [Bar("K-1", (1,) * KINDS_MAX)], many, amount=str, title=plain("M"), lang="en")
    looks = re.findall(r"</title>\n?<rect ([^>]*?) x=", svg)
    assert len(set(looks)) == KINDS_MAX
    assert sum("url(" in each for each in looks) == KINDS_MAX - 2


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), max_size=25))
def test_no_bar_leaves_the_drawing_and_each_says_its_sum(amounts: list[tuple[int, int, int]]) -> None:
    root = drawn(*(Bar(f"K-{at}", each) for at, each in enumerate(amounts)))
    assert all(x >= 0 and x + width < WIDTH for _, x, width in parts(root))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert all(str(sum(each)) in texts for each in amounts)
    assert len(parts(root)) == sum(part > 0 for each in amounts for part in each)


def test_sum_of_others_leaves_them_their_length() -> None:
    """A hundred small customers together are told in figures, all of them in a bar of its own scale."""
    root = drawn(
        Bar("all", (9000, 1000, 0), "own"),
        Bar("K-1", (300, 0, 0)),
        Bar("others: 99", (8700, 1000, 0), "none"),
    )
    widths = {title: width for title, _, width in parts(root)}
    assert set(widths) == {"all, paid: 9000", "all, owed: 1000", "K-1, paid: 300"}
    assert widths["all, paid: 9000"] + widths["all, owed: 1000"] == pytest.approx(
        widths["K-1, paid: 300"], abs=0.2
    )
    assert "9700" in [element.text for element in root.iter(f"{SVG}text")]


def test_nothing_is_said_to_be_nothing() -> None:
    assert "nothing to draw" in [element.text for element in drawn().iter(f"{SVG}text")]


# --- weeks ----------------------------------------------------------------------------------------


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return office_time(from_office(datetime(2026, 11, day, hour, minute)))  # noqa: DTZ001 - the office's own time


def weeks(*connections: Connection) -> ET.Element:
    return parsed(technician_weeks(*NOVEMBER, connections, []))


def test_month_has_a_strip_for_each_week_it_touches() -> None:
    """November 2026 begins on a Sunday and ends on a Monday: six weeks."""
    root = weeks(Connection("anna", at(2, 10), at(2, 11), 1))
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert [text for text in texts if text.startswith("Mon ")] == [
        "Mon 10-26", "Mon 11-02", "Mon 11-09", "Mon 11-16", "Mon 11-23", "Mon 11-30",
    ]  # fmt: skip


def test_connection_past_midnight_goes_on_in_the_next_day_and_one_until_midnight_does_not() -> None:
    root = weeks(
        Connection("anna", at(3, 22), at(4, 2), 1),
        Connection("anna", at(5, 22), at(6, 0), 2),
    )
    one = [(x, width) for title, x, width in parts(root) if title.startswith("1: ")]
    two = [(x, width) for title, x, width in parts(root) if title.startswith("2: ")]
    assert [width for _, width in one] == pytest.approx([two[0][1], two[0][1]], abs=0.2)
    assert len(two) == 1
    assert one[1][0] == pytest.approx(one[0][0] + one[0][1], abs=0.2)


def test_two_at_once_lie_beside_one_another() -> None:
    root = weeks(*(Connection("anna", at(3, 10), at(3, 12), number) for number in range(1, LANES_MAX + 3)))
    rows = [group.find(f"{SVG}rect") for group in root.findall(f"{SVG}g")]
    assert len({rect.get("y") for rect in rows if rect is not None}) == LANES_MAX


def test_technicians_without_room_are_counted() -> None:
    many = [Connection(f"t-{number:02d}", at(3, 10), at(3, 11), number) for number in range(ROWS_MAX + 3)]
    assert "technicians not drawn: 3" in (weeks(*many).findtext(f"{SVG}desc") or "")


def test_a_night_of_two_clocks_is_drawn() -> None:
    """A connection whose end shows an earlier time than its beginning."""
    begins = datetime.fromisoformat("2026-10-25T02:50:00+02:00").astimezone(at(1, 1).tzinfo)
    ends = datetime.fromisoformat("2026-10-25T02:10:00+01:00").astimezone(at(1, 1).tzinfo)
    root = parsed(
        technician_weeks(date(2026, 10, 1), date(2026, 11, 1), [Connection("anna", begins, ends, 1)], [])
    )
    ((_, _, width),) = parts(root)
    assert width > 0
