"""What is found of records and sessions that do not fit, and which finding stands for what."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from ledger.domain.identifiers import UNKNOWN_TECHNICIAN
from ledger.domain.reconciliation.finding import Finding, Scope
from ledger.domain.reconciliation.inputs import SeenRecord
from ledger.domain.reconciliation.matching import match
from ledger.domain.reconciliation.rules import find
from tests.ledger.domain.reconciliation.given import DAY, OTHER, SWAPPED, at, found, kinds, record, session
from tests.ledger.domain.reconciliation.month import price

DAYS = 24 * 60


def test_what_fits_is_silent() -> None:
    assert found([record(0, 30)], [session(1, (0, 30), purged=31)]) == []


# --- both ways ----------------------------------------------------------------------------------


def test_a_record_without_session_costs_what_anybody_would_pay() -> None:
    (finding,) = found([record(0, 61)], [])

    assert (finding.kind, finding.severity, finding.detail) == (
        "record_without_session",
        "open",
        {"duration_s": 3660},
    )
    assert finding.changes_started_hours
    assert finding.difference_grosze == 20_000


def test_an_open_record_without_session_has_no_price() -> None:
    (finding,) = found([record(0, None)], [])

    assert (finding.detail, finding.difference_grosze, finding.changes_started_hours) == ({}, 0, False)


def test_a_channel_inside_a_record_of_no_session_is_named_with_it() -> None:
    told = [record(0, 60), record(10, 12), record(100, 110)]

    first, second = found(told, [])

    assert (len(first.records), len(second.records)) == (2, 1)


def test_records_of_no_session_and_no_id_stand_each_for_itself() -> None:
    told = [record(0, 60, digits=None, technician=None), record(10, 12, digits=None, technician=None)]

    assert kinds(told, []) == ["record_without_session"] * 2


def test_a_session_without_record_costs_what_is_billed() -> None:
    (finding,) = found([], [session(1, (0, 30))])

    assert (finding.kind, finding.sessions, finding.difference_grosze) == (
        "session_without_record",
        (1,),
        -10_000,
    )
    assert kinds([], [session(1, (0, 30), unrecorded=True)]) == []
    assert kinds([record(500, 510, dismissed=True)], [session(1, (0, 30))]) == ["session_without_record"]


# --- durations ----------------------------------------------------------------------------------


def test_65_seconds_across_an_hour_are_reported_with_what_they_change() -> None:
    """2 % of the hour are 72 s; what changes the bill is reported from a minute on."""
    (finding,) = found([record(0, 59 + 35 / 60)], [session(1, (0, 60 + 40 / 60), purged=61)])

    assert finding.kind == "duration_mismatch"
    assert finding.detail == {
        "ledger_s": 3640,
        "source_s": 3575,
        "ledger_hours": 2,
        "source_hours": 1,
    }
    assert finding.changes_started_hours
    assert finding.difference_grosze == -10_000


@pytest.mark.parametrize(
    ("start", "end", "reported"),
    [
        (0, 31, False),  # 60 s
        (0, 31.1, True),
        (0, 29, False),
        (0, 28.9, True),
        (1, 31, False),
        (2, 32, False),  # the same time, and the same price
    ],
)
def test_a_duration_that_differs_by_over_a_minute_is_reported(
    start: float,
    end: float,
    reported: bool,  # noqa: FBT001 - a column of the table
) -> None:
    told = kinds([record(start, end)], [session(1, (0, 30), purged=60)])

    assert told == (["duration_mismatch"] if reported else [])


def test_two_percent_of_a_long_session_are_nothing_while_the_bill_stays() -> None:
    assert kinds([record(0, 171)], [session(1, (0, 174))]) == []
    assert kinds([record(0, 170)], [session(1, (0, 174))]) == ["duration_mismatch"]


def test_the_same_duration_at_another_price_is_reported() -> None:
    """17:50 to 18:20, and by the record 18:05 to 18:35 on the office's clock."""
    (finding,) = found([record(485, 515)], [session(1, (470, 500), purged=520)])

    assert finding.kind == "duration_mismatch"
    assert finding.difference_grosze == 10_000
    assert not finding.changes_started_hours


def test_gaps_that_the_ledger_counts_as_connected_are_fragments_and_no_difference() -> None:
    fragments = [record(0, 10), record(12, 20), record(21, 30)]

    (finding,) = found(fragments, [session(1, (0, 30))])

    assert (finding.kind, finding.severity) == ("merged_fragments", "info")
    assert finding.detail == {"fragments": 3, "span_s": 1800, "sum_s": 1620}


def test_gaps_that_change_the_bill_are_a_difference() -> None:
    """Ten minutes at ten and ten at noon are two started hours; connected all the time, three."""
    fragments = [record(0, 10), record(125, 135)]

    told = {f.kind: f for f in found(fragments, [session(1, (0, 135))])}

    assert told["duration_mismatch"].difference_grosze == -10_000


def test_a_channel_inside_a_connection_is_named_and_adds_nothing() -> None:
    (finding,) = found([record(0, 30), record(5, 7)], [session(1, (0, 30))])

    assert (finding.kind, finding.severity, finding.detail) == ("nested_channel", "info", {"channels": 1})


def test_an_end_within_the_uncertainty_of_a_price_is_named() -> None:
    told, known = [record(0.5, 60.5)], [session(1, (0.5, 60.5))]

    (finding,) = find(match(told, known), known, DAY, price)

    assert (finding.kind, finding.severity, finding.detail) == (
        "band_edge",
        "info",
        {"end": "start", "moved_s": -2},
    )
    assert finding.difference_grosze == 10_000


def test_an_edge_that_changes_nothing_is_not_named() -> None:
    """An exact hour before the office opens, and a price that nobody knows."""
    told, known = [record(60, 70)], [session(1, (60, 70))]

    assert find(match(told, known), known, DAY, price) == []
    assert find(match(told, known), known, DAY, lambda _number, _intervals: None) == []


def test_without_a_price_the_difference_is_told_in_seconds_alone() -> None:
    told, known = [record(0, 30)], [session(1, (0, 60))]

    (finding,) = find(match(told, known), known, DAY, lambda _number, _intervals: None)

    assert finding.detail == {"ledger_s": 3600, "source_s": 1800}
    assert finding.difference_grosze == 0


# --- open, untrue, deleted ----------------------------------------------------------------------


def test_an_open_session_tells_when_its_record_ended() -> None:
    assert found([record(0, 30)], [session(1, (0, None))])[0].detail == {"recorded_end_s": at(30)}
    assert found([], [session(1, (0, None))])[0].detail == {}
    assert kinds([], [session(1, (0, None))]) == ["open_session"]


def test_what_cannot_be_true_is_found_once_and_matched_to_nothing() -> None:
    assert kinds([record(10, 0), record(0, 49 * 60, digits=OTHER)], []) == ["over_48_h", "end_before_start"]


def test_data_that_is_left_is_found_after_a_difference_is_settled() -> None:
    known = [session(1, (0, 60), keeps_data=True)]

    (difference,) = found([record(0, 30)], known)
    both = kinds([record(0, 30)], known, acknowledged=[difference.id])

    assert difference.kind == "duration_mismatch"
    assert both == ["duration_mismatch", "ended_without_purge"]


def test_a_connection_after_the_deletion_is_found() -> None:
    known = [session(1, (0, 45), purged=43)]

    (late,) = found([record(0, 45)], known)
    open_then = kinds([record(0, 43), record(44.5, None)], known)

    assert (late.kind, late.detail) == ("artefact_after_purge", {"after_s": 120})
    assert open_then == ["artefact_after_purge", "merged_fragments"]


def test_two_records_of_the_same_time_are_two_connections() -> None:
    (finding,) = found([record(0, 30), record(0, 30.0)], [session(1, (0, 30))])

    assert finding.detail == {"fragments": 2, "span_s": 1800, "sum_s": 1800}


# --- overlaps -----------------------------------------------------------------------------------


def test_another_technician_at_the_same_computer_is_found() -> None:
    told = [record(0, 30), record(20, 50, technician="marek")]

    (finding,) = found(told, [session(1, (0, 30))])

    assert (finding.kind, finding.sessions, finding.detail) == (
        "overlap_same_partner",
        (1,),
        {"overlap_s": 600},
    )
    assert len(finding.records) == 2


def test_two_sessions_at_one_computer_are_found() -> None:
    known = [session(1, (0, 30)), session(2, (20, 50))]

    assert kinds([], known) == ["overlap_same_partner"]
    assert kinds([record(0, 30), record(20, 50)], known) == ["overlap_same_partner"]


def test_one_technician_at_two_computers_is_found() -> None:
    told = [record(0, 30), record(20, 50, digits=OTHER)]
    known = [session(1, (0, 30)), session(2, (20, 50), digits=OTHER)]

    (finding,) = found(told, known)

    assert (finding.kind, finding.sessions) == ("overlap_same_technician", (1, 2))


def test_whom_no_file_names_is_no_technician_at_two() -> None:
    known = [
        session(1, (0, 30), technician=UNKNOWN_TECHNICIAN),
        session(2, (20, 50), digits=OTHER, technician=UNKNOWN_TECHNICIAN),
    ]

    assert not any(kind.startswith("overlap") for kind in kinds([], known))


@pytest.mark.parametrize(
    "other",
    [
        record(29.5, 60, digits=OTHER),  # less than a minute together
        record(20, 20.5, digits=OTHER),
        record(20, None, digits=OTHER),
        record(20, 50, digits=OTHER, dismissed=True),
        record(40, 50, digits=OTHER),
    ],
)
def test_what_hardly_meets_is_no_overlap(other: SeenRecord) -> None:
    told = kinds([record(0, 30), other], [session(1, (0, 30))])

    assert not any(kind.startswith("overlap") for kind in told)


def test_two_technicians_of_one_session_are_no_overlap() -> None:
    anna, marek = session(1, (0, 30)), session(1, (10, 30), technician="marek")
    both = msgspec.structs.replace(anna, stretches=anna.stretches + marek.stretches)

    assert kinds([record(0, 30), record(10, 30, technician="marek")], [both]) == ["merged_fragments"]


def test_a_session_that_goes_on_overlaps_nothing_yet() -> None:
    known = [session(1, (0, None)), session(2, (10, 40), digits=OTHER)]

    assert kinds([record(10, 40, digits=OTHER)], known) == ["open_session"]


def test_many_at_once_are_told_once_each() -> None:
    told = [record(0, 100 + n, digits=f"{n:09}") for n in range(50)]

    overlaps = [f for f in found(told, []) if f.kind == "overlap_same_technician"]

    assert 1 <= len(overlaps) <= 50


# --- suggestions, silence -----------------------------------------------------------------------


def test_a_suggestion_stands_for_both_sides_and_tells_what_it_would_change() -> None:
    (finding,) = found([record(0, 61, digits=SWAPPED)], [session(1, (0, 30))])

    assert (finding.kind, finding.sessions, finding.detail) == ("near_match", (1,), {"why": "digits_swapped"})
    assert finding.difference_grosze == 10_000
    assert kinds([record(0, None, digits=SWAPPED)], [session(1, (0, 30))]) == ["near_match"]


def test_a_source_that_says_nothing_for_a_week_is_found_when_its_technicians_work() -> None:
    told = [record(0, 30), record(9 * DAYS, 9 * DAYS + 30)]
    known = [
        session(1, (0, 30)),
        session(2, (3 * DAYS, 3 * DAYS + 30)),
        session(3, (9 * DAYS, 9 * DAYS + 30)),
    ]
    month = Scope(at(-DAYS), at(16 * DAYS))

    silent = [f for f in found(told, known, scope=month) if f.kind == "silent_source"]

    assert [f.detail for f in silent] == [{"source": "tv/pc", "days": 9, "connections": 1}]


def test_silence_of_others_or_while_nobody_works_is_none() -> None:
    month = Scope(at(-DAYS), at(16 * DAYS))
    told = [record(0, 30), record(9 * DAYS, 9 * DAYS + 30), record(1, 2, technician=None, source="web/x")]
    known = [session(2, (3 * DAYS, 3 * DAYS + 30), technician="marek", digits=OTHER)]

    assert "silent_source" not in kinds(told, known, scope=month)


# --- what is looked at, and ids -----------------------------------------------------------------


def test_only_what_stands_in_the_period_is_reported() -> None:
    tomorrow = [session(1, (DAYS, DAYS + 30), digits=OTHER), session(2, (2 * DAYS, None), digits=OTHER)]
    told = [
        record(DAYS, DAYS + 30),
        record(DAYS + 20, DAYS),
        record(DAYS + 5, DAYS + 40, digits=OTHER, technician="marek"),
    ]
    near = [record(3 * DAYS, 3 * DAYS + 30, digits=SWAPPED, technician="ola")]
    known = session(4, (3 * DAYS, 3 * DAYS + 30), technician="ola")

    assert found([*told, *near], [*tomorrow, known]) == []


def test_an_id_stays_while_the_facts_do_and_changes_with_them() -> None:
    def difference(end: float) -> Finding:
        return found([record(0, end)], [session(1, (0, 60))])[0]

    ids = [difference(end).id for end in (30, 30, 31, 40)]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(each.startswith("F2611-") for each in ids)


def test_findings_stand_in_the_order_of_their_moments() -> None:
    told = [record(start, start + 10) for start in (200, 0, 100)]

    moments = [finding.at_s for finding in found(told, [])]

    assert all(earlier <= later for earlier, later in pairwise(moments))


def test_an_acknowledged_suggestion_hides_that_both_sides_stand_alone() -> None:
    told, known = [record(0, 30, digits=SWAPPED)], [session(1, (0, 30))]
    (suggestion,) = found(told, known)

    assert kinds(told, known, acknowledged=[suggestion.id]) == ["near_match"]
