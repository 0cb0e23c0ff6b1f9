"""Until when a document has to be in KSeF, with and without announced outages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.clock import office_time, parse_instant
from ledger.domain.ksef_outage import (
    Deadline,
    Outage,
    deadline,
    evolve,
    outage_at_issue,
    require_end,
    require_new,
    require_outage,
    standing,
)
from ledger.errors import OutageRecorded, OutageUnknown, TimeAhead, TimeOrder
from tests.support.given import header

# 11 November, and Christmas as the law of 2026 has it.
HOLIDAYS = {date(2026, 11, 11), date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}


def issued(at: str, on: date | None = None) -> e.InvoiceIssued:
    """A document recorded at a moment of the office, dated that day or another one."""
    moment = parse_instant(at)
    day = on or office_time(moment).date()
    told: dict[str, Any] = header(moment)
    return e.InvoiceIssued(
        **told,
        number="FV/1",
        customer="K-1",
        issued_on=day,
        due_on=day,
        lines=(),
        vat_percent=23,
        net_grosze=100_00,
        vat_grosze=23_00,
        gross_grosze=123_00,
        xml_sha256="",
        xml_bytes=1,
        duty="ksef",
    )


def outage(kind: e.OutageKind, began: str, ended: str | None = None, number: int = 1) -> Outage:
    return Outage(number, kind, parse_instant(began), None if ended is None else parse_instant(ended))


# --- what is told of outages ----------------------------------------------------------------------


def test_outages_add_up_and_one_withdrawn_does_not_stand() -> None:
    """Given two outages, one ended twice and one withdrawn, then the later end holds and one stands."""
    first, second = parse_instant("2026-11-25 10:00"), parse_instant("2026-11-26 10:00")
    told: dict[str, Any] = header(first)
    facts = (
        e.KsefOutageBegan(**told, outage=1, kind="failure", began_at=second),
        e.KsefOutageBegan(**told, outage=2, kind="total", began_at=first),
        e.KsefOutageEnded(**told, outage=1, ended_at=second),
        e.KsefOutageEnded(**told, outage=1, ended_at=second + timedelta(hours=1)),
    )
    found: tuple[Outage, ...] = ()
    for fact in facts:
        found = evolve(found, fact)
    failure = Outage(1, "failure", second, second + timedelta(hours=1))
    total = Outage(2, "total", first)
    assert (found, standing(found)) == ((failure, total), (total, failure))
    withdrawn = evolve(found, e.KsefOutageWithdrawn(**told, outage=2, reason="wrong-time"))
    assert standing(withdrawn) == (failure,)
    assert withdrawn[1].is_withdrawn


# --- by when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-25 10:00", date(2026, 11, 26)),
        ("2026-11-27 10:00", date(2026, 11, 30)),
        ("2026-11-10 10:00", date(2026, 11, 12)),
        ("2026-12-23 10:00", date(2026, 12, 28)),
        ("2026-12-31 10:00", date(2027, 1, 4)),
    ],
)
def test_without_an_outage_it_is_the_next_working_day(at: str, expected: date) -> None:
    """Saturdays, Sundays and public holidays are none."""
    assert deadline(issued(at), (), HOLIDAYS) == Deadline(expected, "next_day")


@pytest.mark.parametrize(
    ("outages", "expected"),
    [
        pytest.param(
            [("unavailability", "2026-11-25 08:00", "2026-11-27 04:00")],
            Deadline(date(2026, 11, 30), "unavailability"),
            id="the working day after the work on KSeF",
        ),
        pytest.param(
            [("unavailability", "2026-11-25 08:00", None)],
            Deadline(None, "unavailability"),
            id="none while it lasts",
        ),
        pytest.param(
            [("failure", "2026-11-25 08:00", "2026-11-28 12:00")],
            Deadline(date(2026, 12, 8), "failure"),
            id="seven working days after a failure that ended on a Saturday",
        ),
        pytest.param(
            [
                ("failure", "2026-11-25 08:00", "2026-11-25 12:00"),
                ("failure", "2026-12-04 23:00", "2026-12-07 01:00"),
            ],
            Deadline(date(2026, 12, 16), "failure"),
            id="anew at another failure on the last of the seven days",
        ),
        pytest.param(
            [
                ("failure", "2026-11-25 08:00", "2026-11-25 12:00"),
                ("failure", "2026-12-05 08:00", "2026-12-07 01:00"),
            ],
            Deadline(date(2026, 12, 4), "failure"),
            id="not by a failure after them",
        ),
        pytest.param(
            [
                ("failure", "2026-11-25 08:00", "2026-12-10 12:00"),
                ("failure", "2026-11-26 08:00", "2026-11-27 01:00"),
            ],
            Deadline(date(2026, 12, 21), "failure"),
            id="never earlier by a failure within another",
        ),
        pytest.param(
            [("failure", "2026-11-26 23:59", "2026-11-30 12:00")],
            Deadline(date(2026, 12, 9), "failure"),
            id="offline24 moved by a failure on its last day",
        ),
        pytest.param(
            [("failure", "2026-11-26 10:00", None)], Deadline(None, "failure"), id="and none while that lasts"
        ),
        pytest.param(
            [("failure", "2026-11-24 10:00", "2026-11-25 10:00")],
            Deadline(date(2026, 11, 26), "next_day"),
            id="not by a failure that was over at the issue",
        ),
        pytest.param(
            [("failure", "2026-11-27 10:00", "2026-11-27 11:00")],
            Deadline(date(2026, 11, 26), "next_day"),
            id="nor by one after the last day",
        ),
        pytest.param(
            [("unavailability", "2026-11-25 12:00", "2026-11-27 11:00")],
            Deadline(date(2026, 11, 26), "next_day"),
            id="nor by work on KSeF while it waits",
        ),
        pytest.param(
            [("failure", "2026-11-25 08:00", None), ("failure", "2026-11-26 08:00", "2026-11-26 09:00")],
            Deadline(None, "failure"),
            id="the first failure lasts",
        ),
        pytest.param(
            [("total", "2026-11-25 08:00", "2026-11-25 12:00")],
            Deadline(None, "total"),
            id="issued in a total failure",
        ),
        pytest.param(
            [("failure", "2026-11-25 08:00", "2026-11-25 12:00"), ("total", "2026-12-01 08:00", None)],
            Deadline(None, "total"),
            id="freed by a total failure while it waits",
        ),
        pytest.param(
            [("total", "2026-11-27 08:00", None)],
            Deadline(date(2026, 11, 26), "next_day"),
            id="not by one after the last day",
        ),
    ],
)
def test_an_outage_moves_the_day(
    outages: list[tuple[e.OutageKind, str, str | None]], expected: Deadline
) -> None:
    """Given a document of Wednesday 25 November, 10:00, then its day is counted by what was announced."""
    found = [outage(*each, number=n) for n, each in enumerate(outages, 1)]
    assert deadline(issued("2026-11-25 10:00"), found, HOLIDAYS) == expected


def test_example_of_the_ministry_is_counted_the_same() -> None:
    """Offline24 on Tuesday, a failure from Wednesday to Saturday: to KSeF until the Tuesday a week later."""
    failure = outage("failure", "2025-07-09 10:00", "2025-07-12 10:00")
    assert deadline(issued("2025-07-08 10:00"), [failure], set()) == Deadline(date(2025, 7, 22), "failure")


# --- issued in one -------------------------------------------------------------------------------


def test_the_moment_of_issue_tells_and_the_end_is_outside() -> None:
    failure = outage("failure", "2026-11-25 10:00", "2026-11-25 12:00")
    within = [
        outage_at_issue(issued(f"2026-11-25 {at}"), [failure]) for at in ("09:59", "10:00", "11:59", "12:00")
    ]
    assert within == [None, failure, failure, None]


def test_a_document_dated_another_day_needs_the_whole_day() -> None:
    """No moment of its issue is known: a failure of two hours may have been over, or not begun."""
    part = outage("failure", "2026-11-25 10:00", "2026-11-25 12:00")
    whole = outage("failure", "2026-11-24 10:00", "2026-11-26 00:00", number=2)
    document = issued("2026-11-26 09:00", date(2026, 11, 25))
    assert outage_at_issue(document, [part]) is None
    assert outage_at_issue(document, [part, whole]) == whole
    assert deadline(document, [part], HOLIDAYS) == Deadline(date(2026, 11, 26), "next_day")


def test_of_two_outages_at_once_the_one_that_asks_least_decides() -> None:
    kinds: tuple[e.OutageKind, ...] = ("unavailability", "total", "failure")
    found = [outage(kind, "2026-11-25 08:00", number=n) for n, kind in enumerate(kinds, 1)]
    assert outage_at_issue(issued("2026-11-25 10:00"), found) == found[1]


MOMENTS = st.datetimes(datetime(2026, 11, 16), datetime(2026, 12, 10)).map(  # noqa: DTZ001 - office time
    lambda moment: parse_instant(moment.isoformat(timespec="minutes"))
)


@st.composite
def outages(draw: st.DrawFn) -> list[Outage]:
    """Failures, each begun and most ended."""
    found: list[Outage] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        began = draw(MOMENTS)
        lasts = draw(st.none() | st.integers(1, 6_000))
        ended = None if lasts is None else began + timedelta(minutes=lasts)
        found.append(Outage(number, "failure", began, ended))
    return found


@given(at=MOMENTS, failures=outages())
def test_failures_never_leave_less_time_and_a_withdrawn_one_changes_nothing(
    at: datetime, failures: list[Outage]
) -> None:
    """Given any failures, when each is added, then the day moves on or stays; and it is a working day."""
    document = issued(at.isoformat())
    days = [deadline(document, failures[:count], HOLIDAYS).on for count in range(len(failures) + 1)]
    for earlier, later in pairwise(days):
        assert later is None or (earlier is not None and later >= earlier)
    for day in days:
        assert day is None or (day.weekday() < 5 and day not in HOLIDAYS)
    withdrawn = [Outage(each.number, each.kind, each.began_at, each.ended_at, True) for each in failures]  # noqa: FBT003
    assert deadline(document, withdrawn, HOLIDAYS) == Deadline(days[0], "next_day")


# --- what is refused -----------------------------------------------------------------------------


def test_the_same_moment_is_recorded_once_of_a_kind() -> None:
    """Two clerks heard of one failure: the second is refused; another kind may begin within it."""
    now = parse_instant("2026-11-26 10:00")
    failure = outage("failure", "2026-11-25 10:00")
    with pytest.raises(OutageRecorded, match="outage 1 has this moment"):
        require_new([failure], "failure", now, now)
    require_new([failure], "total", now, now)
    require_new([outage("failure", "2026-11-25 10:00", "2026-11-26 10:00")], "failure", now, now)
    with pytest.raises(TimeAhead):
        require_new([], "failure", now + timedelta(hours=1), now)


def test_an_end_comes_after_the_beginning_and_not_ahead_of_the_clock() -> None:
    failure, now = outage("failure", "2026-11-25 10:00"), parse_instant("2026-11-26 10:00")
    assert require_outage([failure], 1) == failure
    for number in (0, 2):
        with pytest.raises(OutageUnknown):
            require_outage([failure], number)
    require_end(failure, now, now)
    with pytest.raises(TimeOrder):
        require_end(failure, failure.began_at - timedelta(seconds=1), now)
    with pytest.raises(TimeAhead):
        require_end(failure, now + timedelta(hours=1), now)
