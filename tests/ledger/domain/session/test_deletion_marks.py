"""The first verdict of a deletion, and the marks of what was told or set after the fact."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from ledger.domain import events as e
from ledger.domain.session.deletion_marks import Marks, RecordedDeletion, marks_of
from ledger.domain.session.doubts import doubts_of, in_doubt
from tests.support.given import ended, minutes

SLA = 900
HOST = e.PurgeHost(workstation="desk-1", system="Linux")
MISSING = e.PurgeTarget(kind="workspace", locator="workspace/1", result="absent", flags=("missing",))


def at(event: e.Event, *, later: int = 0, sla: int = SLA) -> RecordedDeletion:
    """An event recorded some minutes after the moment it names."""
    return RecordedDeletion(event, event.at + timedelta(minutes=later), sla)


def purged(minute: int, **more: object) -> e.DataPurged:
    what = {"evidence": "measured", "host": HOST, "rule": 2, **more}
    return e.DataPurged(at=minutes(minute), by="anna", **what)  # type: ignore[arg-type]


def corrected(minute: int, end: int | None) -> e.SessionCorrected:
    ended_at = None if end is None else minutes(end)
    return e.SessionCorrected(at=minutes(minute), by="anna", connections=(), issues=(), ended_at=ended_at)


def marked(*told: RecordedDeletion, sla: int = SLA) -> Marks:
    found = marks_of(told, sla)
    assert found is not None
    return found


def test_session_that_is_not_deleted_has_no_marks() -> None:
    assert marks_of([at(ended(30))], SLA) is None


def test_deletion_in_order_has_its_verdict_and_no_marks() -> None:
    found = marked(at(ended(30)), at(purged(35)))
    assert found == Marks("pass", 300, minutes(35), "anna", 2, ())


def test_request_without_an_end_is_open() -> None:
    assert marked(at(purged(35, rule=None)))[:2] == ("open", None)


@pytest.mark.parametrize(
    ("told", "first", "marks"),
    [
        ((at(ended(30)), at(purged(60)), at(corrected(61, 50))), "late", ("corrected_after_deletion",)),
        ((at(ended(30)), at(corrected(50, 50)), at(purged(60))), "late", ("end_corrected",)),
        ((at(ended(30)), at(corrected(50, 30)), at(purged(60))), "late", ()),
        ((at(ended(30), later=-1), at(purged(35))), "pass", ("end_ahead",)),
        ((at(ended(30)), at(purged(31, clock=minutes(30)))), "pass", ("dated_by_end",)),
        ((at(ended(30)), at(purged(35), later=5)), "pass", ("clock_back",)),
        ((at(ended(30)), at(purged(35), later=5, sla=60)), "late", ("clock_back", "sla_changed")),
        ((at(ended(30)), at(purged(35, evidence="declared"), later=60)), "late", ("back_dated",)),
        ((at(ended(30)), at(purged(42, evidence="declared"), later=10)), "late", ("back_dated",)),
        ((at(ended(30)), at(purged(35, evidence="declared"), later=5)), "pass", ()),
        ((at(ended(30)), at(purged(35, source="import", evidence="declared"), later=90)), "pass", ()),
        (
            (at(ended(30)), at(purged(35, source="desk", evidence="declared"), later=60)),
            "late",
            ("back_dated",),
        ),
        ((at(ended(30)), at(purged(35, source="desk"), later=5)), "pass", ("clock_back",)),
        (
            (at(ended(30)), at(purged(35)), at(corrected(40, 50)), at(purged(55))),
            "pass",
            ("corrected_after_deletion", "deleted_again"),
        ),
        ((at(ended(30)), at(purged(60, targets=(MISSING,)))), "unknown", ()),
        (
            (
                at(e.ArtefactWithdrawn(at=minutes(5), by="anna", artefact=1)),
                at(ended(30)),
                at(purged(35)),
            ),
            "pass",
            ("artefact_withdrawn",),
        ),
    ],
)
def test_what_was_told_after_the_fact_is_marked(
    told: tuple[RecordedDeletion, ...], first: str, marks: tuple[str, ...]
) -> None:
    found = marked(*told)
    assert (found.first_verdict, found.marks) == (first, marks)


def test_flags_are_doubts_under_the_rule_of_today_alone() -> None:
    assert doubts_of([MISSING], 2) == ("missing",)
    assert doubts_of([MISSING], None) == ()
    assert in_doubt([MISSING])
    assert not in_doubt([])


def test_a_session_put_aside_is_marked_until_that_is_taken_back() -> None:
    """Its deletion is judged as that of any other; so is one whose customer alone was corrected."""
    aside = e.SessionVoided(at=minutes(40), by="anna", reason="double-entry")
    undone = e.SessionVoided(at=minutes(41), by="anna", undone=True)
    told = (at(ended(30)), at(purged(35)))
    assert marked(*told, at(aside)).marks == ("voided",)
    assert marked(*told, at(aside))[:2] == ("pass", 300)
    assert marked(*told, at(aside), at(undone)).marks == ()
    other = msgspec.structs.replace(corrected(40, 30), customer="K-2")
    assert marked(*told, at(other)).marks == ()


def test_a_connection_that_a_correction_added_is_marked() -> None:
    """On which workstation it was nobody recorded; one that was moved, or taken away, is as it was."""
    first = e.Connection(number=1, technician="anna", connected_at=minutes(0))
    two = (first, msgspec.structs.replace(first, number=2, connected_at=minutes(10)))
    began = e.Connected(at=minutes(0), by="anna", connection=1, technician="anna")
    told = (at(began), at(ended(30)), at(purged(35)))
    moved = msgspec.structs.replace(corrected(40, 30), connections=(first,))
    assert marked(*told, at(moved)).marks == ()
    assert marked(*told, at(moved), at(msgspec.structs.replace(moved, connections=two))).marks == (
        "connection_added",
    )
