"""What corrections and confirmations leave of a session, and what rating reads of it."""

from __future__ import annotations

from datetime import timedelta

from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts, Waiver
from ledger.domain.session import commands as c
from ledger.domain.session.evolve import rating_facts
from tests.support.given import (
    ANNA,
    NINE,
    connected,
    decided,
    disconnected,
    ended,
    minutes,
    requested,
    session,
)

NINE_S = 1_794_819_600
HALF_SECOND = timedelta(milliseconds=500)


def waived(percent: int | None = None, hours: int | None = None) -> e.Waived:
    return e.Waived(**ANNA.header(minutes(60)), percent=percent, hours=hours, reason="goodwill")


def test_a_correction_replaces_connections_issues_and_the_end() -> None:
    one = e.Connection(1, "marek", minutes(1), minutes(40), "t2")
    about = e.IssueFrom(at=NINE, issue="test")
    correction = e.SessionCorrected(
        **ANNA.header(minutes(90)), connections=(one,), issues=(about,), ended_at=minutes(45)
    )
    found = session(requested(), connected(0), disconnected(10), connected(20, 2), ended(30), correction)
    assert (found.connections, found.issues, found.ended_at) == ([one], [about], minutes(45))
    assert found.duration == timedelta(minutes=44)


def test_a_confirmed_session_says_so() -> None:
    long = session(requested(), connected(0), ended(49 * 60))
    (confirmed,) = decided(long, c.Confirm(reason="checked"), at=minutes(50 * 60))
    assert not long.confirmed
    assert session(requested(), connected(0), ended(49 * 60), confirmed).confirmed


def test_the_workstations_of_a_session_are_those_somebody_connected_from() -> None:
    imported = e.Connected(**Metadata("anna", source="import").header(NINE), connection=1, technician="anna")
    assert session(requested(), imported).workstations == set()
    assert session(requested(), imported, connected(5, 2, "marek")).workstations == {"desk-1"}


def test_rating_reads_closed_connections_and_issues_in_whole_seconds() -> None:
    """A fraction is dropped; a connection that nothing closed is not rated yet."""
    lost = e.Disconnected(**ANNA.header(minutes(10) + HALF_SECOND), connection=1)
    about = e.Reclassified(**ANNA.header(minutes(5) + HALF_SECOND), issue="hardware", order_ref="Z/1")
    purchases = (Purchase("Z/1", NINE_S, None),)
    found = session(requested(), connected(0), about, lost, connected(20, 2))
    assert rating_facts(found, purchases) == SessionFacts(
        requested_s=NINE_S,
        connections=((NINE_S, NINE_S + 600),),
        kinds=(Kind(NINE_S, "other", None), Kind(NINE_S + 300, "hardware", "Z/1")),
        purchases=purchases,
        waiver=None,
    )


def test_rating_reads_the_last_waiver_and_none_of_nothing() -> None:
    events = (requested(), connected(0), ended(30))
    assert rating_facts(session(*events, waived(percent=50)), ()).waiver == Waiver(percent=50, hours=None)
    assert rating_facts(session(*events, waived(percent=50), waived(hours=1)), ()).waiver == Waiver(
        percent=None, hours=1
    )
    assert rating_facts(session(*events, waived(hours=1), waived(hours=0)), ()).waiver is None
