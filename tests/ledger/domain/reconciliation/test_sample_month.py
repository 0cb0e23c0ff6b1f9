"""The sample month, as plain structs: matching and findings as they were worked out by hand."""

from __future__ import annotations

from itertools import chain, combinations
from random import Random

import pytest

from tests.ledger.domain.reconciliation.month import expected, reconciled, records, references

SOURCES = ("connections_txt", "webapi", "eventlog")
CHOICES = [*chain.from_iterable(combinations(SOURCES, count) for count in (1, 2, 3))]


def wanted(sources: tuple[str, ...]) -> set[tuple[str, str, str | None]]:
    """Kind, severity and session of the findings that were worked out by hand."""
    only_in_the_files = {"end_before_start"} if "connections_txt" not in sources else set[str]()
    found = {
        (each["kind"], each["severity"], each.get("session_no"))
        for each in expected()["findings"]
        if each["kind"] not in only_in_the_files
    }
    # The overlap is of the session that one of its two records belongs to.
    found.remove(("overlap_same_partner", "open", None))
    return found | {("overlap_same_partner", "open", "S-D014")}


@pytest.mark.parametrize("sources", CHOICES, ids="+".join)
def test_each_source_alone_and_any_together_give_the_findings_worked_out_by_hand(
    sources: tuple[str, ...],
) -> None:
    _, findings = reconciled(*chain.from_iterable(records(source) for source in sources))

    told = {
        (f.kind, f.severity, references()[f.sessions[0]] if f.sessions else None)
        for f in findings
        if f.kind != "band_edge"
    }
    assert told == wanted(sources)
    assert len([f for f in findings if f.kind != "band_edge"]) == len(wanted(sources))


@pytest.mark.parametrize("sources", CHOICES, ids="+".join)
def test_no_connection_is_counted_twice_however_many_sources_saw_it(sources: tuple[str, ...]) -> None:
    matching, _ = reconciled(*chain.from_iterable(records(source) for source in sources))

    connections = len(matching.connections) + len(matching.untrue)
    assert connections == 22 + ("connections_txt" in sources) + ("eventlog" in sources)


def test_the_figures_are_those_worked_out_by_hand() -> None:
    _, findings = reconciled(*records("connections_txt"))

    by_kind = {f.kind: f for f in findings if f.kind != "band_edge"}
    assert by_kind["merged_fragments"].detail == {"fragments": 3, "span_s": 3900, "sum_s": 3575}
    mismatch = by_kind["duration_mismatch"]
    assert (mismatch.detail["ledger_s"], mismatch.detail["source_s"]) == (7800, 3300)
    assert mismatch.changes_started_hours
    assert mismatch.difference_grosze == -20_000
    assert by_kind["overlap_same_partner"].detail == {"overlap_s": 1200}
    assert by_kind["over_48_h"].detail == {"duration_s": 176_400}
    assert by_kind["near_match"].detail == {"why": "digits_swapped"}
    assert by_kind["record_without_session"].difference_grosze == 10_000


def test_each_record_belongs_to_the_session_it_was_made_for() -> None:
    matching, _ = reconciled(*records("webapi"))

    of_record = {
        seen.first.key: references()[number]
        for number, connections in matching.of_session.items()
        for seen in connections
    }
    wanted_sessions = {
        f"webapi:{each['webapi_id']}:{each['kind']}": each["expected_session_no"]
        for each in expected()["records"]
        if each["webapi_id"] and each["expected_session_no"] not in (None, "S-D021")
    }
    assert of_record == wanted_sessions


def test_order_changes_nothing() -> None:
    told = [*records("connections_txt"), *records("webapi"), *records("eventlog")]
    _, findings = reconciled(*told)

    Random(5).shuffle(told)  # noqa: S311 - another order, nothing secret
    _, again = reconciled(*told)

    assert [f.id for f in again] == [f.id for f in findings]
    assert again == findings
