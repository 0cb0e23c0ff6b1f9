"""What each command does in each state, and the rules of time and number beside that."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import errors
from ledger.domain import events as e
from ledger.domain.session import commands as c
from ledger.domain.session.decide import COMMANDS, decide
from ledger.domain.session.evolve import SESSION_FACTS, STATES, Session, State, evolve, project
from ledger.domain.session.life import LIFE, OF_VOIDED, SessionContext
from ledger.errors import Refused
from tests.support.given import (
    ANNA,
    AT,
    NINE,
    STREAM,
    Answers,
    connected,
    decided,
    disconnected,
    ended,
    events_to,
    in_state,
    minutes,
    requested,
    session,
)

GIVEN: dict[str, c.SessionCommand] = {
    each.step: each
    for each in (
        c.QuotePrice(),
        c.Accept(how="phone"),
        c.Connect(technician="marek"),
        c.Disconnect(),
        c.End(at=AT),
        c.ReclassifySession(issue="test", reason="other"),
        c.Correct(issue="test", reason="checked"),
        c.Waive(percent=50, reason="goodwill"),
        c.Void(reason="double-entry"),
        c.Note(summary="tested"),
        c.Cancel(),
        c.Confirm(reason="checked"),
        c.Hold(until=date(2027, 1, 1), reason="legal-claim"),
        c.Release(),
        c.DeclarePurged(),
        c.Review(result="ok", note="fine"),
        c.BillUnrecorded(reason="checked"),
        c.BillElsewhere(document="F/1"),
        c.SettleByReceipt(number="0012"),
        c.RequestInvoice(on=date(2026, 11, 16)),
    )
}
"""One command for each row of LIFE."""


def prepare(command: str, found: Session) -> None:
    """Bring about what a command needs beside the state."""
    if command == "release":
        found.held_until = date(2027, 1, 1)
    if command == "confirm":
        found.ended_at = NINE + timedelta(hours=49)


def correct(found: Session, change: c.Correct) -> list[e.Event]:
    return decided(found, change, tariff="t2")


def test_every_command_has_a_decision_and_a_row_of_the_table_or_a_rule_of_its_own() -> None:
    assert set(GIVEN) == set(LIFE)
    assert {type(each) for each in GIVEN.values()} == set(COMMANDS) - {
        c.NoteArtefact,
        c.WithdrawArtefact,
        c.MakeWorkspace,
    }


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", GIVEN)
def test_a_command_is_taken_in_the_states_of_the_table_and_refused_in_the_others(
    command: str, state: State
) -> None:
    given_session = in_state(state)
    if state in LIFE[command]:
        prepare(command, given_session)
        events = decided(given_session, GIVEN[command])
        assert events
        assert all(isinstance(event, SESSION_FACTS) for event in events)
    else:
        with pytest.raises(Refused):
            decided(given_session, GIVEN[command])


@pytest.mark.parametrize("state", STATES)
def test_a_session_is_in_the_state_its_facts_brought_it_to(state: State) -> None:
    assert in_state(state).state == state


@pytest.mark.parametrize(
    ("command", "state", "refusal"),
    [
        ("end", "ended", errors.SessionEnded),
        ("end", "requested", errors.SessionNotConnected),
        ("end", "cancelled", errors.SessionCancelled),
        ("disconnect", "disconnected", errors.SessionNotConnected),
        ("cancel", "connected", errors.SessionWasConnected),
        ("confirm", "connected", errors.SessionOpen),
        ("purge", "purged", errors.SessionPurged),
        ("purge", "connected", errors.SessionOpen),
        ("connect", "purged", errors.SessionEnded),
    ],
)
def test_a_refusal_says_what_stands_in_the_way(command: str, state: State, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        decided(in_state(state), GIVEN[command])


def test_a_session_without_a_record_is_let_through_once() -> None:
    found = in_state("ended")
    found.unrecorded = True
    with pytest.raises(errors.NothingToCorrect):
        decided(found, c.BillUnrecorded(reason="checked"))


# --- connecting -------------------------------------------------------------------------------


def test_a_technician_connects_once_and_another_may_join() -> None:
    found = session(requested(), connected(0))
    with pytest.raises(errors.TechnicianConnected):
        decided(found, c.Connect(technician="anna"))
    (event,) = decided(found, c.Connect(technician="marek"))
    assert (event.TOPIC, getattr(event, "connection", None)) == ("session.connected:1", 2)


def test_after_a_drop_the_lost_connection_is_closed_first() -> None:
    found = session(requested(), connected(0))
    events = decided(found, c.Connect(technician="anna", after_drop=minutes(20)))
    assert [type(event) for event in events] == [e.Disconnected, e.Connected]
    assert [event.at for event in events] == [minutes(20), AT]


def test_nobody_connects_before_the_request_or_before_the_last_disconnect() -> None:
    with pytest.raises(errors.TimeOrder):
        decided(session(requested()), c.Connect(technician="anna"), at=minutes(-1), tariff=None)
    found = session(requested(), connected(0), disconnected(20))
    with pytest.raises(errors.TimeOrder):
        decided(found, c.Connect(technician="anna"), at=minutes(19), tariff=None)


def test_the_price_list_that_was_accepted_wins_over_the_one_in_force() -> None:
    found = session(requested(), e.Quoted(**ANNA.header(NINE), tariff="quoted", prices=()))
    (accepted,) = decided(found, c.Accept(how="phone"), at=NINE, tariff="later")
    found = session(requested(), e.Quoted(**ANNA.header(NINE), tariff="quoted", prices=()), accepted)
    (event,) = decided(found, c.Connect(technician="anna"), tariff="later")
    assert isinstance(event, e.Connected)
    assert event.tariff == "quoted"


def test_nothing_is_accepted_without_any_price_list() -> None:
    with pytest.raises(errors.NoQuote):
        decided(session(requested()), c.Accept(how="chat"), at=NINE, tariff=None)


def quoted(at: int = 0) -> e.Quoted:
    """The price of what the session is about then, told so many minutes after nine."""
    return e.Quoted(**ANNA.header(minutes(at)), tariff="t1", prices=())


def reclassified(at: int, issue: e.Issue, order_ref: str | None = None) -> e.Reclassified:
    """The session is about something else from so many minutes after nine."""
    return e.Reclassified(**ANNA.header(minutes(at)), issue=issue, order_ref=order_ref, reason="checked")


def accepted(found: Session, at: int = 60) -> e.Event:
    """What saying yes records."""
    (event,) = decided(found, c.Accept(how="phone"), at=minutes(at))
    return event


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (("test", None), ("other", None), "for test, and the session is about other now"),
        (("other", None), ("test", None), "for other, and the session is about test now"),
        (("other", "Z-1"), ("hardware", "Z-1"), "for other, and the session is about hardware Z-1 now"),
        (("hardware", "Z-1"), ("hardware", "Z-2"), "for hardware Z-1, and the session is about hardware Z-2"),
        (("hardware", "Z-1"), ("hardware", None), "for hardware Z-1, and the session is about hardware now"),
    ],
)
def test_accept_after_a_change_of_the_price_told_is_refused_until_quoted_again(
    before: tuple[e.Issue, str | None], after: tuple[e.Issue, str | None], told: str
) -> None:
    opening = requested(issue=before[0], order_ref=before[1])
    history = (opening, quoted(), connected(5), reclassified(10, *after))
    with pytest.raises(errors.QuoteOld, match=told):
        accepted(session(*history))

    assert isinstance(accepted(session(*history, quoted(11))), e.Accepted)


@pytest.mark.parametrize(
    "changes",
    [
        (reclassified(10, "other", "Z-2"),),  # outside hardware the order changes no price
        (reclassified(10, "test"), reclassified(11, "other")),  # back to what was told
    ],
)
def test_accept_after_a_change_that_leaves_the_price_told_is_recorded(
    changes: tuple[e.Reclassified, ...],
) -> None:
    assert isinstance(accepted(session(requested(), quoted(), *changes)), e.Accepted)


def test_accept_without_a_quote_asks_for_none_after_a_change() -> None:
    assert isinstance(accepted(session(requested(), reclassified(10, "test"))), e.Accepted)


def test_accept_after_a_correction_of_the_issue_is_refused() -> None:
    history = (requested(), quoted(), connected(5))
    (corrected,) = correct(session(*history), c.Correct(issue="test", reason="checked"))
    with pytest.raises(errors.QuoteOld):
        accepted(session(*history, corrected))


def test_accept_repeated_after_a_change_of_the_price_is_refused() -> None:
    history = (requested(), quoted(), accepted(session(requested(), quoted())), reclassified(70, "test"))
    with pytest.raises(errors.QuoteOld):
        accepted(session(*history), at=80)


def test_accept_before_the_quote_is_refused_but_for_the_minute_it_is_typed_by() -> None:
    found = session(requested(), quoted(30))
    with pytest.raises(errors.TimeOrder, match="before the quote"):
        accepted(found, at=27)

    assert isinstance(accepted(found, at=28), e.Accepted)


def test_history_with_consent_to_an_older_price_is_read_as_it_is() -> None:
    given_ = e.Accepted(**ANNA.header(minutes(20)), how="phone", tariff="t1")

    found = session(requested(), quoted(), reclassified(10, "test"), given_)

    assert (found.accepted_tariff, found.state) == ("t1", "requested")


def test_a_disconnect_needs_a_name_when_two_are_connected() -> None:
    found = session(requested(), connected(0), connected(5, 2, "marek"))
    with pytest.raises(errors.ConnectionUnknown, match="more than one technician is connected"):
        decided(found, c.Disconnect())
    with pytest.raises(errors.ConnectionUnknown, match="ewa is not connected"):
        decided(found, c.Disconnect(technician="ewa"))
    (event,) = decided(found, c.Disconnect(technician="marek"))
    assert isinstance(event, e.Disconnected)
    assert event.connection == 2


# --- ending -----------------------------------------------------------------------------------


def test_an_end_without_a_moment_is_the_last_disconnect_and_now_while_connected() -> None:
    lost = session(requested(), connected(0), disconnected(20))
    assert decided(lost, c.End(ended_by="link-lost"))[0].at == minutes(20)
    linked = session(requested(), connected(0))
    assert decided(linked, c.End(ended_by="technician"))[0].at == AT


def test_no_session_ends_before_a_connection_did() -> None:
    found = session(requested(), connected(0), disconnected(20))
    with pytest.raises(errors.TimeOrder):
        decided(found, c.End(ended_by="technician", at=minutes(19)))


def test_an_end_closes_every_connection() -> None:
    found = session(requested(), connected(0), connected(5, 2, "marek"), ended(30))
    assert [c.disconnected_at for c in found.connections] == [minutes(30), minutes(30)]


def test_the_first_connection_that_lasts_a_second_decides() -> None:
    ghost = session(
        requested(), connected(0, tariff="t0"), disconnected(0), connected(6, 2, tariff="t1"), ended(30)
    )
    assert (ghost.connected_at, ghost.tariff) == (minutes(6), "t1")
    only_ghosts = session(requested(), connected(0, tariff="t0"), ended(0))
    assert (only_ghosts.connected_at, only_ghosts.tariff) == (NINE, "t0")
    assert session(requested()).connected_at is None
    assert session(requested()).tariff is None


# --- afterwards -------------------------------------------------------------------------------


def test_only_a_session_over_48_hours_is_confirmed() -> None:
    long = session(requested(), connected(0), ended(48 * 60 + 1))
    assert decided(long, c.Confirm(reason="checked"))
    exactly = session(requested(), connected(0), ended(48 * 60))
    with pytest.raises(errors.NotConfirmable):
        decided(exactly, c.Confirm(reason="checked"))


def test_a_session_is_said_to_need_no_record_once() -> None:
    given_session = in_state("ended")
    (event,) = decided(given_session, c.BillUnrecorded(reason="checked"))
    evolve(given_session, STREAM, event)

    assert given_session.unrecorded
    with pytest.raises(errors.NothingToCorrect):
        decided(given_session, c.BillUnrecorded(reason="checked"))


def test_a_held_session_is_not_purged_until_it_is_released() -> None:
    held = e.Held(**ANNA.header(AT), until=date(2027, 1, 1), reason="legal-claim")
    found = session(requested(), connected(0), ended(30), held)
    with pytest.raises(errors.DeletionHeld):
        decided(found, c.DeclarePurged())
    (released,) = decided(found, c.Release())
    free = session(requested(), connected(0), ended(30), held, released)
    assert decided(free, c.DeclarePurged())
    with pytest.raises(errors.NotHeld):
        decided(free, c.Release())


def test_a_cancelled_session_is_purged_once() -> None:
    found = in_state("cancelled")
    (purged,) = decided(found, c.DeclarePurged())
    again = session(requested(), e.Cancelled(**ANNA.header(minutes(5))), purged)
    with pytest.raises(errors.SessionPurged):
        decided(again, c.DeclarePurged())


def test_what_stands_on_a_document_is_neither_waived_nor_put_on_another() -> None:
    (billed,) = decided(in_state("ended"), c.BillElsewhere(document="F/1"))
    found = session(requested(), connected(0), ended(30), billed)
    assert found.billed == "elsewhere:F/1"
    with pytest.raises(errors.AlreadyBilled):
        decided(found, c.BillElsewhere(document="F/2"))
    with pytest.raises(errors.AlreadyBilled):
        decided(found, c.Waive(percent=10, reason="goodwill"))


def test_a_reclassification_comes_after_the_one_before() -> None:
    (event,) = decided(
        in_state("connected"),
        c.ReclassifySession(issue="hardware", order_ref="Z/1", reason="other"),
        at=minutes(10),
    )
    found = session(requested(), connected(0), event)
    assert (found.issue, found.order_ref) == ("hardware", "Z/1")
    with pytest.raises(errors.TimeOrder):
        decided(found, c.ReclassifySession(issue="other", reason="other"), at=minutes(9))


# --- corrections ------------------------------------------------------------------------------


def corrected(found: Session, change: c.Correct) -> e.SessionCorrected:
    (event,) = correct(found, change)
    assert isinstance(event, e.SessionCorrected)
    return event


def test_a_corrected_end_moves_the_connection_it_had_closed() -> None:
    event = corrected(
        session(requested(), connected(0), ended(30)), c.Correct(ended_at=minutes(45), reason="checked")
    )
    assert (event.ended_at, event.connections[0].disconnected_at) == (minutes(45), minutes(45))


def test_a_corrected_last_connection_moves_the_end() -> None:
    found = session(requested(), connected(0), disconnected(10), connected(20, 2), ended(30))
    event = corrected(found, c.Correct(connection=2, disconnected_at=minutes(50), reason="checked"))
    assert (event.ended_at, event.connections[1].disconnected_at) == (minutes(50), minutes(50))


def test_an_end_after_the_last_disconnect_stays_where_it_was() -> None:
    found = session(requested(), connected(0), disconnected(10), ended(30))
    event = corrected(found, c.Correct(connection=1, disconnected_at=minutes(12), reason="checked"))
    assert event.ended_at == minutes(30)


def test_a_connection_is_pinned_anew_only_when_its_beginning_moves() -> None:
    found = session(requested(), connected(0), ended(30))
    assert (
        corrected(found, c.Correct(connection=1, connected_at=minutes(1), reason="checked"))
        .connections[0]
        .tariff
        == "t2"
    )
    assert (
        corrected(found, c.Correct(connection=1, disconnected_at=minutes(20), reason="checked"))
        .connections[0]
        .tariff
        == "t1"
    )


def test_connections_are_added_and_removed() -> None:
    found = session(requested(), connected(0), disconnected(10), connected(20, 2), ended(30))
    added = corrected(found, c.Correct(add=(minutes(40), minutes(50)), reason="checked"))
    assert [each.number for each in added.connections] == [1, 2, 3]
    assert added.ended_at == minutes(50)
    removed = corrected(found, c.Correct(remove=2, reason="checked"))
    assert [each.number for each in removed.connections] == [1]
    assert removed.ended_at == minutes(10)


def test_what_it_was_about_all_along_replaces_every_reclassification() -> None:
    reclassified = e.Reclassified(**ANNA.header(minutes(5)), issue="hardware", order_ref="Z/1")
    found = session(requested(), connected(0), reclassified, ended(30))
    assert corrected(found, c.Correct(issue="test", reason="checked")).issues == (
        e.IssueFrom(at=NINE, issue="test"),
    )
    assert corrected(found, c.Correct(order_ref="Z/2", reason="checked")).issues == (
        e.IssueFrom(at=NINE, issue="hardware", order_ref="Z/2"),
    )


def test_an_accepted_price_list_stays_pinned_in_a_correction() -> None:
    accepted = e.Accepted(**ANNA.header(NINE), how="phone", tariff="accepted")
    found = session(requested(), accepted, connected(0), ended(30))
    event = corrected(found, c.Correct(connection=1, connected_at=minutes(2), reason="checked"))
    assert event.connections[0].tariff == "accepted"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (c.Correct(connection=7, connected_at=NINE, reason="checked"), errors.ConnectionUnknown),
        (c.Correct(remove=7, reason="checked"), errors.ConnectionUnknown),
        (c.Correct(remove=1, reason="checked"), errors.NothingToCorrect),
        (c.Correct(issue="other", reason="checked"), errors.NothingToCorrect),
        (c.Correct(ended_at=minutes(-5), reason="checked"), errors.TimeOrder),
        (c.Correct(connection=1, disconnected_at=minutes(-5), reason="checked"), errors.TimeOrder),
        (c.Correct(add=(minutes(40), minutes(50)), ended_at=minutes(45), reason="checked"), errors.TimeOrder),
    ],
)
def test_a_correction_that_cannot_be_true_is_refused(change: c.Correct, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        correct(session(requested(), connected(0), ended(30)), change)


def test_an_open_session_is_corrected_but_not_its_end() -> None:
    found = session(requested(), connected(0))
    event = corrected(found, c.Correct(connection=1, connected_at=minutes(3), reason="checked"))
    assert (event.ended_at, event.connections[0].disconnected_at) == (None, None)
    with pytest.raises(errors.SessionOpen):
        correct(found, c.Correct(ended_at=minutes(5), reason="checked"))


def test_a_correction_never_connects_a_technician_twice() -> None:
    found = session(requested(), connected(0), disconnected(10), connected(20, 2))
    stuck = msgspec.structs.replace(found.connections[0], disconnected_at=None)
    found.connections[0] = stuck
    with pytest.raises(errors.TechnicianConnected):
        correct(found, c.Correct(issue="test", reason="checked"))


# --- the fold ---------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([*GIVEN]), max_size=12))
def test_what_is_decided_can_always_be_folded_and_versions_count_the_facts(names: list[str]) -> None:
    """Whatever is asked in whatever order, accepted facts project to the same session again."""
    recorded = [e.RecordedEvent(STREAM, 1, requested())]
    for name in names:
        found = project(None, recorded)
        assert found is not None
        try:
            events = decided(found, GIVEN[name])
        except Refused:
            continue
        recorded += [
            e.RecordedEvent(STREAM, found.version + n, event) for n, event in enumerate(events, start=1)
        ]
    found = project(None, recorded)
    assert found is not None
    assert found.version == len(recorded)
    assert found.state in STATES


def test_a_note_changes_nothing_that_a_decision_reads() -> None:
    (note,) = decided(in_state("ended"), c.Note(summary="tested"))
    noted = session(requested(), connected(0), ended(30), note)
    plain = in_state("ended")
    plain.version += 1
    assert noted == plain


def test_a_deletion_is_not_declared_for_a_time_before_the_end() -> None:
    """The minute of the end will do, as it is typed."""
    found = session(requested(), connected(0), ended(30))
    assert decided(found, c.DeclarePurged(), at=minutes(28))
    with pytest.raises(errors.TimeOrder, match="lies before the session's end"):
        decided(found, c.DeclarePurged(), at=minutes(27))


def test_what_was_deleted_before_a_later_end_may_be_deleted_again() -> None:
    found = session(requested(), connected(0), ended(30), *decided(in_state("ended"), c.DeclarePurged()))
    with pytest.raises(errors.SessionPurged):
        decided(found, c.DeclarePurged(), at=minutes(90))
    late = session(
        requested(), connected(0), ended(30), e.DataPurged(**ANNA.header(minutes(20))),
    )  # fmt: skip
    assert late.deleted_too_early
    (again,) = decided(late, c.DeclarePurged(), at=minutes(90))
    assert not session(requested(), connected(0), ended(30), again).deleted_too_early


# --- another customer, and a session put aside ------------------------------------------------


def test_a_corrected_customer_is_told_with_the_whole_facts() -> None:
    (event,) = correct(in_state("ended"), c.Correct(customer="K-2", reason="wrong-customer"))
    assert isinstance(event, e.SessionCorrected)
    assert (event.customer, event.ended_at) == ("K-2", minutes(30))
    assert session(*events_to("ended"), event).customer == "K-2"


def test_a_correction_to_the_same_customer_says_nothing_of_it() -> None:
    with pytest.raises(errors.NothingToCorrect):
        correct(in_state("ended"), c.Correct(customer="K-1", reason="wrong-customer"))
    (event,) = correct(in_state("ended"), c.Correct(customer="K-1", issue="test", reason="checked"))
    assert isinstance(event, e.SessionCorrected)
    assert event.customer is None
    assert session(*events_to("ended"), event).customer == "K-1"


def test_of_a_request_the_customer_is_corrected_and_no_connection() -> None:
    (event,) = correct(in_state("requested"), c.Correct(customer="K-2", reason="wrong-customer"))
    assert session(*events_to("requested"), event).customer == "K-2"
    with pytest.raises(errors.SessionNotConnected):
        correct(in_state("requested"), c.Correct(remove=1, reason="wrong-customer"))


def billed(*, is_free: bool) -> tuple[Session, SessionContext]:
    """A session on an invoice, which has lines of it or none."""
    on = e.SessionBilled(
        **ANNA.header(AT), invoice=STREAM, number="FV/1", net_grosze=0, band_hours={}, correction=None
    )
    return session(*events_to("ended"), on), SessionContext(ANNA, AT, AT, Answers(is_free=is_free))


@pytest.mark.parametrize(
    "command", [c.Correct(customer="K-2", reason="wrong-customer"), c.Void(reason="double-entry")]
)
def test_a_session_is_freed_at_once_where_its_invoice_has_no_line_of_it(
    command: c.SessionCommand,
) -> None:
    kinds = [[type(event) for event in decide(*billed_and(command, is_free=free))] for free in (True, False)]
    assert kinds[0] == [*kinds[1], e.SessionUnbilled]


def billed_and(
    command: c.SessionCommand, *, is_free: bool
) -> tuple[Session, c.SessionCommand, SessionContext]:
    """What a decision is asked with."""
    found, context = billed(is_free=is_free)
    return found, command, context


def test_a_session_is_put_aside_once_and_that_is_taken_back_once() -> None:
    found = in_state("purged")
    with pytest.raises(errors.NothingToVoid):
        decided(found, c.Void(reason="checked", undo=True))
    (event,) = decided(found, c.Void(reason="double-entry"))
    aside = session(*events_to("purged"), event)
    assert aside.voided
    assert not aside.is_owed_by(["K-1"])
    with pytest.raises(errors.NothingToVoid):
        decided(aside, c.Void(reason="double-entry"))
    (undone,) = decided(aside, c.Void(reason="checked", undo=True))
    again = session(*events_to("purged"), event, undone)
    assert again.is_owed_by(["K-1"])
    assert not again.is_owed_by(["K-2"])


@pytest.mark.parametrize("step", sorted(LIFE))
def test_a_session_put_aside_takes_only_what_its_data_need(step: str) -> None:
    aside = in_state("ended")
    prepare(step, aside)
    if "ended" not in LIFE[step]:
        return
    aside.voided = True
    command = c.Void(reason="checked", undo=True) if step == "void" else GIVEN[step]
    if step in OF_VOIDED:
        assert decided(aside, command)
    else:
        with pytest.raises(errors.SessionIsVoid):
            decided(aside, command)


def test_what_another_book_settled_is_not_put_aside_here() -> None:
    elsewhere = e.BilledElsewhere(**ANNA.header(AT), document="F/1")
    with pytest.raises(errors.AlreadyBilled):
        decided(session(*events_to("ended"), elsewhere), c.Void(reason="double-entry"))


# --- goodwill ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waiver", "is_too_much"),
    [
        (c.Waive(reason="goodwill", hours=2), False),
        (c.Waive(reason="goodwill", hours=3), True),
        (c.Waive(reason="goodwill", amount_grosze=20000), False),
        (c.Waive(reason="goodwill", amount_grosze=20001), True),
        (c.Waive(reason="goodwill", half_percents=200), False),
    ],
)
def test_no_more_is_waived_than_there_is(waiver: c.Waive, *, is_too_much: bool) -> None:
    """The answers say two hours at 100.00; a session still open has no amount yet."""
    assert decided(in_state("connected"), waiver)
    if is_too_much:
        with pytest.raises(errors.WaiverTooLarge):
            decided(in_state("ended"), waiver)
    else:
        (event,) = decided(in_state("ended"), waiver)
        assert session(*events_to("ended"), event).waived == event


def test_a_session_without_a_price_takes_any_waiver() -> None:
    context = SessionContext(ANNA, AT, AT, Answers(is_priced=False))
    assert decide(in_state("ended"), c.Waive(reason="goodwill", hours=9), context)


def test_a_waiver_says_one_thing() -> None:
    with pytest.raises(errors.BadCombination):
        c.Waive(reason="goodwill", hours=1, amount_grosze=1).prepared("anna")


def test_an_overlap_is_confirmed_like_a_long_session() -> None:
    context = SessionContext(ANNA, AT, AT, Answers(is_overlapping=True))
    assert decide(in_state("ended"), c.Confirm(reason="checked"), context)


def test_a_deletion_is_not_suspended_until_a_day_that_is_over() -> None:
    ended_session = in_state("ended")
    with pytest.raises(errors.TimeOrder, match="2026-11-15 is over"):
        decided(ended_session, c.Hold(until=date(2026, 11, 15), reason="legal-claim"))
    assert decided(ended_session, c.Hold(until=date(2026, 11, 16), reason="legal-claim"))


def test_what_a_reviewer_said_last_stands_on_the_session() -> None:
    (event,) = decided(in_state("purged"), c.Review(result="ok", note="fine"))
    assert session(*events_to("purged"), event).reviewed == event
