"""Who may begin a measured purge, what its outcome is called, and when a certificate no longer holds."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from ledger import errors
from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session import purge_rules as deletion
from ledger.domain.session.evolve import Session, evolve
from tests.support.given import ANNA, NINE, connected, ended, minutes, requested, session

AT = minutes(60)
PLAN = "0" * 64
GONE = e.PurgeTarget(kind="workspace", locator="workspace/1", result="removed", files=1, bytes=1)


def host(workstation: str) -> e.PurgeHost:
    return e.PurgeHost(workstation=workstation, system="Linux")


def elsewhere(number: int = 2, workstation: str = "desk-2", source: e.Source = "cli") -> e.Connected:
    """A connection from another workstation."""
    author = Metadata("marek", workstation, source=source)
    return e.Connected(**author.header(NINE), connection=number, technician="marek")


def over(*more: e.Event) -> Session:
    """A session that was connected on desk-1 and has ended."""
    return session(requested(), connected(0), *more, ended(30))


def finished(
    found: Session,
    workstation: str = "desk-1",
    *,
    evidence: Literal["measured", "absence_measured"] = "measured",
    complete: bool = True,
) -> e.Event:
    """What is recorded at the end of a purge."""
    (event,) = deletion.finish_purge(
        found,
        ANNA,
        at=AT,
        plan=PLAN,
        evidence=evidence,
        targets=[GONE],
        host=host(workstation),
        complete=complete,
    )
    return event


def started(found: Session, workstation: str = "desk-1") -> e.Event:
    (event,) = deletion.start_purge(
        found, ANNA, at=AT, workstation=workstation, plan=PLAN, targets=1, files=1, size_bytes=1
    )
    return event


def after(found: Session, *events: e.Event) -> Session:
    """The session after some more facts."""
    for event in events:
        found = evolve(found, found.id, event)
    return found


def test_a_purge_on_the_only_workstation_completes_it() -> None:
    found = after(over(), started(over()))
    assert found.purge_started_at == AT
    event = finished(found)
    assert isinstance(event, e.DataPurged)
    assert (event.evidence, event.workstation, event.targets) == ("measured", "desk-1", (GONE,))
    assert after(found, event).state == "purged"


def test_what_is_left_is_a_failure_and_may_be_purged_again() -> None:
    found = after(over(), finished(over(), complete=False))
    assert found.purge_failed_at == AT
    assert deletion.unreported(found) == {"desk-1"}
    assert isinstance(finished(found), e.DataPurged)


def test_the_last_workstation_completes_it() -> None:
    part = finished(over(elsewhere()))
    assert isinstance(part, e.PartPurged)
    found = after(over(elsewhere()), part)
    assert deletion.unreported(found) == {"desk-2"}
    with pytest.raises(errors.PurgeOtherHost, match="lie on desk-2"):
        started(found)
    assert isinstance(finished(found, "desk-2"), e.DataPurged)


def test_the_whole_is_as_strong_as_its_weakest_part() -> None:
    found = after(over(elsewhere()), finished(over(elsewhere()), evidence="absence_measured"))
    event = finished(found, "desk-2")
    assert isinstance(event, e.DataPurged)
    assert event.evidence == "absence_measured"


def test_where_data_lay_is_known_from_connections_here_alone() -> None:
    """An imported connection says nothing of a workstation: any of them will do."""
    found = session(requested(), elsewhere(1, source="import"), ended(30))
    assert found.workstations == set()
    assert isinstance(finished(found, "desk-9"), e.DataPurged)


def test_another_workstation_is_refused() -> None:
    with pytest.raises(errors.PurgeOtherHost, match="lie on desk-1"):
        started(over(), "desk-9")


def test_a_hold_suspends_it() -> None:
    held = e.Held(**ANNA.header(AT), until=date(2027, 1, 1))
    with pytest.raises(errors.DeletionHeld):
        finished(after(over(), held))


def test_what_is_gone_is_not_purged_again() -> None:
    found = after(over(), finished(over()))
    with pytest.raises(errors.SessionPurged):
        started(found)
    with pytest.raises(errors.SessionPurged):
        deletion.note_artefact(found, ANNA, at=AT, artefact="chat")


def test_a_cancelled_request_is_purged_once() -> None:
    cancelled = session(requested(), e.Cancelled(**ANNA.header(minutes(5))))
    found = after(cancelled, finished(cancelled, "anywhere"))
    with pytest.raises(errors.SessionPurged):
        started(found, "anywhere")


def test_an_artefact_makes_its_workstation_report_again() -> None:
    found = after(over(elsewhere()), finished(over(elsewhere())))
    (noted,) = deletion.note_artefact(found, ANNA, at=AT, artefact="chat")
    found = after(found, noted)
    assert deletion.unreported(found) == {"desk-1", "desk-2"}
    nowhere = after(over(), e.ArtefactNoted(at=AT, by="anna", artefact="chat"))
    assert nowhere.workstations == {"desk-1"}


@pytest.mark.parametrize(
    ("delay_seconds", "told"), [(None, "open"), (-1, "unknown"), (0, "pass"), (900, "pass"), (901, "late")]
)
def test_a_verdict_is_told_by_time(delay_seconds: int | None, told: str) -> None:
    assert deletion.verdict(delay_seconds, 900) == told


# --- certificates -----------------------------------------------------------------------------


def certified(number: int = 1, delay_seconds: int = 1800) -> e.CertificateIssued:
    return e.CertificateIssued(
        **ANNA.header(AT), number=number, verdict="late", delay_seconds=delay_seconds, sla_seconds=900,
        tree_size=1, root="",
    )  # fmt: skip


def test_a_corrected_end_supersedes_what_a_certificate_says() -> None:
    found = after(over(), finished(over()), certified())
    (event,) = deletion.superseded(found, ANNA, at=AT, ended_at=minutes(50))
    assert isinstance(event, e.CertificateSuperseded)
    assert (event.number, event.verdict_before, event.delay_before_seconds) == (1, "late", 1800)
    assert (event.verdict, event.delay_seconds) == ("pass", 600)
    assert deletion.superseded(after(found, event), ANNA, at=AT, ended_at=minutes(40)) == []


def test_a_correction_that_leaves_the_delay_supersedes_nothing() -> None:
    found = after(over(), finished(over()), certified())
    assert deletion.superseded(found, ANNA, at=AT, ended_at=minutes(30)) == []
    assert deletion.superseded(found, ANNA, at=AT, ended_at=None) == []
    assert deletion.superseded(over(), ANNA, at=AT, ended_at=minutes(50)) == []


PLACE = e.Place(inode=7, filesystem="uuid:00", generation=1)


def test_clock_that_is_behind_the_log_or_the_end_is_refused() -> None:
    found = over()
    deletion.require_clock(found, minutes(29), minutes(31))  # two minutes are borne
    for now, last in ((minutes(27), NINE), (minutes(40), minutes(43))):
        with pytest.raises(errors.ClockBehind):
            deletion.require_clock(found, now, last)


def test_purge_speaks_for_its_own_host_and_for_what_was_placed_here() -> None:
    made = e.WorkspaceMade(at=AT, by="anna", workstation="desk-1", place=PLACE, host="vm")
    noted = e.ArtefactNoted(at=AT, by="anna", workstation="desk-2", artefact="chat", place=PLACE, host="vm")
    found = over(made, noted)
    for workstation in ("vm", "desk-1", "desk-2"):
        deletion.require_here(found, workstation, "vm")
    with pytest.raises(errors.PurgeOtherHost, match="this is vm"):
        deletion.require_here(found, "desk-3", "vm")


def test_file_is_taken_off_the_list_once_and_while_data_are_held() -> None:
    noted = e.ArtefactNoted(at=AT, by="anna", workstation="desk-1", artefact="chat", place=PLACE, host="vm")
    found = over(noted)
    (withdrawn,) = deletion.withdraw_artefact(found, ANNA, at=AT, number=1, reason="double-entry")
    for number, state in ((0, found), (2, found), (1, over(noted, withdrawn))):
        with pytest.raises(errors.ArtefactRefused):
            deletion.withdraw_artefact(state, ANNA, at=AT, number=number, reason="double-entry")
    gone = evolve(found, found.id, finished(found))
    with pytest.raises(errors.SessionPurged):
        deletion.make_workspace(gone, ANNA, at=AT, place=PLACE, host="vm")


def test_folder_is_looked_for_until_its_workstation_has_reported() -> None:
    made = e.WorkspaceMade(at=AT, by="anna", workstation="desk-1", place=PLACE, host="desk-1")
    found = over(made)
    assert [each.gone for each in found.workspaces] == [False]
    gone = evolve(found, found.id, finished(found))
    assert [each.gone for each in gone.workspaces] == [True]


def test_doubt_in_any_part_keeps_the_whole_from_being_claimed() -> None:
    found = over()
    missing = e.PurgeTarget(kind="workspace", locator="workspace/1", result="absent", flags=("missing",))
    (event,) = deletion.finish_purge(
        found, ANNA, at=AT, plan=PLAN, evidence="absence_measured", targets=[missing],
        host=host("desk-1"), complete=True,
    )  # fmt: skip
    assert evolve(found, found.id, event).doubts == ("missing",)
    assert deletion.verdict(300, 900, ("missing",)) == "unknown"


def test_a_superseded_certificate_stands_beside_what_superseded_it() -> None:
    first, second = (
        e.CertificateIssued(
            **ANNA.header(AT),
            number=number,
            verdict="in-time",
            delay_seconds=60,
            sla_seconds=900,
            tree_size=1,
            root="r",
        )
        for number in (1, 2)
    )
    superseded = e.CertificateSuperseded(
        **ANNA.header(AT),
        number=1,
        verdict_before="in-time",
        delay_before_seconds=60,
        verdict="late",
        delay_seconds=960,
    )
    found = over(first, second, superseded).certificates
    assert [(each.issued, each.superseded) for each in found] == [(first, superseded), (second, None)]


@pytest.mark.parametrize("data", ["session", "tax"])
def test_words_are_erased_once_and_for_all_where_they_were_the_sessions(
    data: Literal["session", "tax"],
) -> None:
    erased = e.SessionDataErased(**ANNA.header(AT), data=data, why="retention")
    later = e.SessionDataErased(**ANNA.header(AT), data="tax", why="retention")
    assert over(erased, later).words_erased is (data == "session")
