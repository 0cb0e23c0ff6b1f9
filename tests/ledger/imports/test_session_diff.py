"""What a file adds to a session that is recorded already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session.evolve import project
from ledger.imports.columns import Problems
from ledger.imports.session_diff import Growth, growth, opening, recorded_session
from ledger.imports.session_gather import one_session
from ledger.imports.session_rows import ImportedSession, SessionRow
from ledger.imports.table_reader import Sheet
from tests.support.given import ANNA, NINE, STREAM, connected, disconnected, ended, minutes, requested

FILE = Metadata("anna", source="import")


def row(begins: int, closes: int | None, **more: object) -> SessionRow:
    """A connection so many minutes after NINE, of one session."""
    closed_at = None if closes is None else minutes(closes)
    return SessionRow(2, "A-1", "K-1", "other", minutes(begins), closed_at)._replace(**more)  # type: ignore[arg-type] # as a test gives it


def told(*rows: SessionRow) -> ImportedSession:
    """The session that rows add up to."""
    problems = Problems(Sheet("sessions.csv", [], []))
    session, _ = one_session(rows, problems)
    assert problems.found == []
    return session


def tariff_at(_instant: datetime) -> str:
    return "listed"


def imported(*rows: SessionRow) -> list[e.Event]:
    """The facts that a first import of these rows records."""
    return opening(FILE, told(*rows), None, tariff_at)


def again(recorded: Sequence[e.Event], *rows: SessionRow) -> Growth:
    """What these rows add to recorded facts."""
    history = [e.RecordedEvent(STREAM, n, fact) for n, fact in enumerate(recorded, start=1)]
    return growth(FILE, told(*rows), recorded_session(history), tariff_at)


def kinds(events: list[e.Event]) -> list[tuple[str, datetime]]:
    return [(fact.TOPIC.partition(":")[0].removeprefix("session."), fact.at) for fact in events]


def columns(grown: Growth) -> list[str]:
    assert grown.facts == []
    return [column for column, _ in grown.conflicts]


def codes(grown: Growth) -> list[str]:
    return [error.code for _, error in grown.conflicts]


# --- opening ----------------------------------------------------------------------------------


def test_the_last_end_ends_the_session_and_earlier_ones_are_disconnects() -> None:
    assert kinds(imported(row(30, 50), row(0, 20))) == [
        ("requested", NINE),
        ("connected", NINE),
        ("disconnected", minutes(20)),
        ("connected", minutes(30)),
        ("ended", minutes(50)),
    ]


def test_a_session_with_an_open_connection_has_not_ended() -> None:
    assert kinds(imported(row(0, 20), row(30, None)))[-1] == ("connected", minutes(30))


def test_whoever_closed_the_last_connection_ended_the_session() -> None:
    """Each row says how its own connection ended; only the last one ends the session."""
    events = imported(row(0, 20, ended_by="link-lost"), row(30, 50, ended_by="customer"))
    assert [fact.ended_by for fact in events if isinstance(fact, e.Ended)] == ["customer"]


def test_every_fact_of_an_import_says_so() -> None:
    events = imported(row(0, 20, purged_at=minutes(25), billed_as="F/1"))
    assert [fact.TOPIC for fact in events[-2:]] == ["session.data_purged:2", "session.billed_elsewhere:1"]
    assert {fact.source for fact in events} == {"import"}


# --- growing ----------------------------------------------------------------------------------


def test_the_same_rows_add_nothing() -> None:
    rows = (row(0, 20, technician="anna"), row(30, 50, technician="anna", purged_at=minutes(60)))
    assert again(imported(*rows), *rows) == Growth([], [])


def test_an_open_connection_gains_its_end_and_the_next_one_follows() -> None:
    before = imported(row(0, None, technician="anna"))
    grown = again(before, row(0, 20, technician="anna"), row(30, 50, technician="anna"))
    assert kinds(grown.facts) == [
        ("disconnected", minutes(20)),
        ("connected", minutes(30)),
        ("ended", minutes(50)),
    ]


def test_an_end_where_there_was_none_ends_the_session() -> None:
    assert kinds(again(imported(row(0, None)), row(0, 20)).facts) == [("ended", minutes(20))]


def test_a_connection_that_the_file_does_not_tell_keeps_the_session_open() -> None:
    """A file of a part of the rows never ends a session before a connection that goes on."""
    assert again(imported(row(0, 20), row(30, None)), row(0, 20)) == Growth([], [])


def test_a_file_of_a_part_of_the_rows_ends_the_session_after_all_its_connections() -> None:
    recorded = [requested(), connected(0), connected(10, 2, "marek"), disconnected(40, 2)]
    assert kinds(again(recorded, row(0, 20)).facts) == [("disconnected", minutes(20)), ("ended", minutes(40))]


def test_an_ended_session_gains_its_deletion_and_its_old_document() -> None:
    grown = again(imported(row(0, 20)), row(0, 20, purged_at=minutes(25), billed_as="F/1"))
    assert kinds(grown.facts) == [("data_purged", minutes(25)), ("billed_elsewhere", minutes(20))]


def test_an_accepted_price_list_wins_over_the_one_in_force() -> None:
    accepted = e.Accepted(**ANNA.header(NINE), how="phone", tariff="accepted")
    (fact,) = again([requested(), accepted], row(5, None)).facts
    assert isinstance(fact, e.Connected)
    assert fact.tariff == "accepted"


def test_connections_are_numbered_on() -> None:
    events = again(imported(row(0, 20), row(30, None)), row(0, 20), row(30, 40), row(50, None)).facts
    assert [fact.connection for fact in events if isinstance(fact, e.Connected)] == [3]


# --- what the ledger did meanwhile ------------------------------------------------------------


def corrected(recorded: list[e.Event], **changed: object) -> e.SessionCorrected:
    """The correction of a session's only connection."""
    session = project(None, [e.RecordedEvent(STREAM, n, fact) for n, fact in enumerate(recorded, start=1)])
    assert session is not None
    (connection,) = session.connections
    moved = msgspec.structs.replace(connection, **changed)
    return e.SessionCorrected(
        **ANNA.header(minutes(90)),
        connections=(moved,),
        issues=tuple(session.issues),
        ended_at=moved.disconnected_at,
    )


def test_what_was_imported_is_known_even_where_a_correction_replaced_it() -> None:
    before = imported(row(0, 20))
    recorded = [*before, corrected(before, connected_at=minutes(1), disconnected_at=minutes(45))]
    assert again(recorded, row(0, 20)) == Growth([], [])
    assert again(recorded, row(1, 45)) == Growth([], [])
    assert columns(again(recorded, row(0, 30))) == ["ended_at"]


def test_an_open_connection_that_was_corrected_still_gains_its_end() -> None:
    before = imported(row(0, None))
    recorded = [*before, corrected(before, connected_at=minutes(1))]
    assert kinds(again(recorded, row(0, 20)).facts) == [("ended", minutes(20))]
    recorded = [*before, corrected(before, connected_at=minutes(30))]
    assert codes(again(recorded, row(0, 20))) == ["E-TIME-ORDER"]


def test_a_corrected_session_still_gains_its_deletion() -> None:
    before = imported(row(0, 20))
    recorded = [*before, corrected(before, disconnected_at=minutes(45))]
    grown = again(recorded, row(0, 20, purged_at=minutes(60)))
    assert kinds(grown.facts) == [("data_purged", minutes(60))]


def test_a_reclassified_session_still_gains_its_end() -> None:
    """The file goes on saying what the session was about at first."""
    reclassified = e.Reclassified(**ANNA.header(minutes(5)), issue="test")
    recorded = [*imported(row(0, None)), reclassified]
    assert kinds(again(recorded, row(0, 20)).facts) == [("ended", minutes(20))]
    assert again(recorded, row(0, 20, issue="test")).conflicts == []
    assert columns(again(recorded, row(0, 20, issue="hardware"))) == ["issue"]


def test_an_end_that_was_recorded_by_command_is_the_file_s_end_or_a_conflict() -> None:
    recorded = [*imported(row(0, None)), ended(20)]
    assert again(recorded, row(0, None)) == Growth([], [])
    assert again(recorded, row(0, 20)) == Growth([], [])
    assert columns(again(recorded, row(0, 21))) == ["ended_at"]


def test_a_technician_whom_the_file_does_not_name_may_be_anybody() -> None:
    recorded = [requested(), connected(0, technician="marek"), ended(20)]
    assert again(recorded, row(0, 20)) == Growth([], [])
    assert columns(again(recorded, row(0, 20, technician="anna"))) == ["connected_at"]


# --- conflicts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"customer": "K-2"}, "customer"),
        ({"issue": "test"}, "issue"),
        ({"order_ref": "Z/1"}, "order_ref"),
        ({"requested_at": minutes(-5)}, "requested_at"),
        ({"channel": "chat"}, "channel"),
        ({"ended_by": "customer"}, "ended_by"),
        ({"ended_at": minutes(21)}, "ended_at"),
        ({"purged_at": minutes(26)}, "purged_at"),
        ({"billed_as": "F/2"}, "billed_as"),
        ({"technician": "anna"}, "technician"),
    ],
)
def test_a_row_that_says_something_else_is_a_conflict_in_its_column(
    changed: dict[str, object], column: str
) -> None:
    first = row(0, 20, requested_at=NINE, channel="phone", purged_at=minutes(25), billed_as="F/1")
    assert columns(again(imported(first), first._replace(**changed))) == [column]  # type: ignore[arg-type] # as above


def test_an_empty_cell_says_nothing() -> None:
    first = row(0, 20, requested_at=NINE, channel="phone", purged_at=minutes(25), billed_as="F/1")
    assert again(imported(first), row(0, 20)) == Growth([], [])


def test_a_new_connection_after_the_recorded_end_is_a_conflict() -> None:
    assert columns(again(imported(row(0, 20)), row(0, 20), row(30, 40))) == ["connected_at"]


def test_a_connection_before_the_recorded_request_is_refused() -> None:
    assert codes(again(imported(row(0, None)), row(-10, -5), row(0, None))) == ["E-TIME-ORDER"]


def test_nobody_is_connected_twice_at_once() -> None:
    recorded = [requested(), connected(0), disconnected(30)]
    assert codes(again(recorded, row(10, 40, technician="anna"))) == ["E-TECHNICIAN-CONNECTED"]
    assert codes(again(recorded, row(10, 40, technician="marek"))) == []
    still = [requested(), connected(10)]
    assert codes(again(still, row(20, None, technician="anna"))) == ["E-TECHNICIAN-CONNECTED"]
    assert codes(again(still, row(0, 10, technician="anna"))) == []


def test_a_cancelled_session_takes_no_connection() -> None:
    cancelled = [requested(), e.Cancelled(**ANNA.header(minutes(5)))]
    assert codes(again(cancelled, row(0, 20))) == ["E-SESSION-CANCELLED"]


def test_a_held_session_takes_no_deletion() -> None:
    held = e.Held(**ANNA.header(minutes(30)), until=date(2027, 1, 1))
    recorded = [*imported(row(0, 20)), held]
    assert codes(again(recorded, row(0, 20, purged_at=minutes(40)))) == ["E-DELETION-HELD"]
    assert again(recorded, row(0, 20)) == Growth([], [])


def test_nothing_is_deleted_or_billed_before_the_session_has_ended() -> None:
    recorded = [requested(), connected(0), connected(10, 2, "marek")]
    grown = again(recorded, row(0, 20, purged_at=minutes(40), billed_as="F/1"))
    assert codes(grown) == ["E-SESSION-OPEN", "E-SESSION-OPEN"]


# --- whatever rows ----------------------------------------------------------------------------

technicians = st.sampled_from([None, "anna", "marek"])
stretches = st.tuples(st.integers(0, 100), st.none() | st.integers(0, 12), technicians)


@st.composite
def files(draw: st.DrawFn) -> tuple[list[SessionRow], list[SessionRow]]:
    """Rows of one session, and a later file in which some more are told and some open ones closed.

    What begins together is told apart by nothing but its end.
    """
    lines = draw(st.lists(stretches, min_size=1, max_size=5, unique_by=lambda stretch: stretch[0]))
    later = [row(b, None if n is None else b + n, technician=t) for b, n, t in lines]
    earlier = [r._replace(ended_at=None) if draw(st.booleans()) else r for r in later if draw(st.booleans())]
    return earlier or later, later


@settings(max_examples=300)
@given(files())
def test_what_grew_is_the_same_as_what_is_told_at_once_and_adds_nothing_a_second_time(
    made: tuple[list[SessionRow], list[SessionRow]],
) -> None:
    """Where the two files can be taken in one after the other, the session is what the later file says."""
    problems = Problems(Sheet("sessions.csv", [], []))
    for rows in made:
        one_session(rows, problems)
    if problems.found:  # a technician twice at once
        return
    earlier, later = made
    recorded = imported(*earlier)
    grown = again(recorded, *later)
    event("a conflict" if grown.conflicts else "grown" if grown.facts else "nothing new")
    if grown.conflicts:
        return
    both = [*recorded, *grown.facts]
    assert again(both, *later) == Growth([], [])
    session, at_once = (
        project(None, [e.RecordedEvent(STREAM, n, fact) for n, fact in enumerate(events, start=1)])
        for events in (both, imported(*later))
    )
    assert session is not None
    assert at_once is not None
    assert session.ended_at == at_once.ended_at
    assert sorted(map(_span, session.connections)) == sorted(map(_span, at_once.connections))


def _span(connection: e.Connection) -> tuple[datetime, str, str]:
    return connection.connected_at, str(connection.disconnected_at), connection.technician
