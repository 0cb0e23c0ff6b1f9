"""Which record of a connection is of which session."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.reconciliation.connections import connections
from ledger.domain.reconciliation.inputs import SeenRecord, SeenSession
from ledger.domain.reconciliation.intervals import merged, together, total
from tests.ledger.domain.reconciliation.given import OTHER, SWAPPED, at, matched, record, session

MONTH_BEFORE = -17 * 24 * 60
"""Minutes from nine o'clock on the sixteenth back to the month before."""


def of_session(records: list[SeenRecord], sessions: list[SeenSession]) -> dict[int, int]:
    """How many connections each session has."""
    return {number: len(seen) for number, seen in matched(records, sessions).of_session.items()}


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (0, 30, True),
        (-2, 0.5, True),  # starts within 120 s
        (-2.5, 0.5, False),
        (16, 90, False),  # overlaps the session by less than half, and starts too late
        (15, 45, True),  # half of the shorter one
        (16, 46, False),
        (-20, 9, False),  # nine of thirty minutes
        (10, 10, True),  # no length, inside
        (31, 60, False),
        (200, 230, False),
    ],
)
def test_time_decides(start: float, end: float, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    assert of_session([record(start, end)], [session(1, (0, 30))]) == ({1: 1} if fits else {})


@pytest.mark.parametrize(
    "other",
    [
        record(0, 30, digits=OTHER),
        record(0, 30, technician="marek"),
        record(0, 30, technician=None),
        record(0, 30, digits=None),
        record(0, 30, dismissed=True),
    ],
)
def test_fingerprint_and_technician_decide(other: SeenRecord) -> None:
    assert of_session([other], [session(1, (0, 30))]) == {}


def test_a_session_without_remote_id_is_matched_to_nothing() -> None:
    assert of_session([record(0, 30)], [session(1, (0, 30), digits=None)]) == {}


def test_several_records_of_one_session_are_its_connections() -> None:
    fragments = [record(0, 10), record(12, 20), record(21, 30)]

    assert of_session(fragments, [session(1, (0, 30))]) == {1: 3}


def test_the_same_connection_seen_by_two_sources_is_one_and_by_one_source_twice_is_two() -> None:
    told = [
        record(0, 30),
        record(1, 31, source="web/main"),
        record(0.5, None, source="log/pc"),
        record(1.5, 31.5),
        record(10, 20, source="web/main"),
    ]

    seen = connections(told)

    assert [(len(each.records), each.end_s is None) for each in seen] == [(3, False), (1, False), (1, False)]


def test_an_open_record_is_of_the_session_it_started_with() -> None:
    assert of_session([record(0, None)], [session(1, (0, None))]) == {1: 1}
    assert of_session([record(0, None), record(0, None, source="log/pc")], [session(1, (0, 30))]) == {1: 1}


def test_what_cannot_be_true_is_never_matched() -> None:
    told = [record(10, 0), record(0, 49 * 60)]

    matching = matched(told, [session(1, (0, 30))])

    assert matching.of_session == {}
    assert len(matching.untrue) == 2
    assert matched([record(10, 0, dismissed=True)], []).untrue == []


def test_a_record_that_two_sources_tell_untruly_is_one() -> None:
    assert len(connections([record(10, 0), record(10, 0.5, source="web/main")])) == 1
    assert len(connections([record(1, 0), record(1, 2, source="web/main")])) == 2


def test_what_a_person_said_stands_whatever_the_rules_say() -> None:
    told = [record(300, 310, digits=OTHER, session=1), record(0, 30, session=9)]

    matching = matched(told, [session(1, (0, 30))])

    assert {number: len(seen) for number, seen in matching.of_session.items()} == {1: 1}
    assert matching.alone == []  # the other one is of a session that is not looked at here


def test_the_better_time_wins_and_a_tie_goes_to_a_person() -> None:
    by_overlap = [session(1, (0, 1)), session(2, (2, 30))]
    assert of_session([record(1.5, 29)], by_overlap) == {2: 1}

    tied = matched([record(0, 60)], [session(1, (0, 20)), session(2, (30, 50))])
    assert tied.of_session == {}
    assert [(near.sessions, near.why) for near in tied.near] == [((1, 2), "several_sessions")]


@pytest.mark.parametrize(
    ("told", "known", "why"),
    [
        (record(0, 30, digits=SWAPPED), session(1, (0, 30)), "digits_swapped"),
        (record(0, 30, technician=None), session(1, (0, 30)), "technician_unknown"),
        (record(0, 30, digits=None), session(1, (0, 30)), "no_remote_id"),
        (record(0, 30), session(1, (0, 30), digits=None), "no_remote_id"),
        (record(0, 30), session(1, (0, 30), digits=OTHER, marked=MONTH_BEFORE), "other_month"),
    ],
)
def test_what_only_looks_alike_is_suggested(told: SeenRecord, known: SeenSession, why: str) -> None:
    matching = matched([told], [known])

    assert matching.of_session == {}
    assert [(near.sessions, near.why) for near in matching.near] == [((1,), why)]
    assert matching.alone == []


@pytest.mark.parametrize(
    "told",
    [
        record(0, 30, digits=OTHER),
        record(0, 30, digits=SWAPPED, technician="marek"),
        record(0, 30, digits=None, technician="marek"),
        record(0, 30, digits=None, technician=None),
        record(500, 530, digits=SWAPPED),
    ],
)
def test_what_does_not_look_alike_is_not_suggested(told: SeenRecord) -> None:
    matching = matched([told], [session(1, (0, 30))])

    assert matching.near == []
    assert len(matching.alone) == 1


def test_each_side_stands_in_one_suggestion_the_nearest() -> None:
    told = [record(1, 31, digits=SWAPPED), record(0, 30, digits=SWAPPED), record(20, 60, digits=SWAPPED)]

    matching = matched(told, [session(1, (0, 30)), session(2, (20, 60))])

    assert [(each.sessions, each.seen.start_s - at(0)) for each in matching.near] == [((1,), 0), ((2,), 1200)]
    assert [seen.start_s - at(0) for seen in matching.alone] == [60]


SPANS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 60)).map(lambda each: (each[0], each[0] + each[1])),
    max_size=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SPANS, SPANS, st.integers(0, 20))
def test_the_sweep_finds_what_comparing_every_pair_finds(
    left: list[tuple[int, int]], right: list[tuple[int, int]], slack: int
) -> None:
    from ledger.domain.reconciliation.matching import MatchSpan  # noqa: PLC0415 - a struct of the module under test

    lefts = [MatchSpan(start, end, number) for number, (start, end) in enumerate(left)]
    rights = [MatchSpan(start, end, number) for number, (start, end) in enumerate(right)]

    met = [(a.number, b.number) for a, b in together(lefts, rights, slack)]

    by_hand = [
        (a.number, b.number)
        for a in lefts
        for b in rights
        if a.start_s <= b.end_s + slack and b.start_s <= a.end_s + slack
    ]
    assert sorted(met) == sorted(by_hand)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SPANS)
def test_time_that_overlaps_counts_once(spans: list[tuple[int, int]]) -> None:
    seconds = {second for start, end in spans for second in range(start, end)}

    assert total(spans) == len(seconds)
    assert merged(merged(spans)) == merged(spans)
