"""Every command on a session over a real ledger: one success, its refusals, and the table of states."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.session import commands as c
from ledger.domain.session.decide import COMMANDS
from ledger.domain.session.evolve import STATES, State
from ledger.domain.session.life import LIFE
from ledger.domain.session.request import RequestHelp
from ledger.domain.tariff.tariff import digest
from ledger.errors import LedgerError
from ledger.handlers.session import handle, request
from ledger.handlers.settings import shop_tariff_text
from tests.support.given import (
    ANNA,
    AT,
    connected,
    disconnected,
    ended,
    events_to,
    given,
    header,
    minutes,
    requested,
)

LIST = digest(shop_tariff_text())
TODAY = date(2026, 11, 16)
NEW_YEAR = date(2027, 1, 1)
H: dict[str, Any] = header(AT)
PLACE = e.Place(inode=7, filesystem="uuid:1")
HELD = e.Held(**H, until=NEW_YEAR, reason="legal-claim")
QUOTED = e.Quoted(**ANNA.header(minutes(1)), tariff=LIST, prices=())
OVER = (requested(), connected(tariff=LIST), ended(30))
LONG = (requested(), connected(-3000, tariff=LIST), ended(30))
DELETED = (*OVER, e.DataPurged(**ANNA.header(minutes(35))))
ELSEWHERE = e.BilledElsewhere(**H, document="F/1")

Case = tuple[tuple[e.Event, ...], c.SessionCommand, tuple[e.Event, ...], dict[str, str] | None]
SUCCESSES: dict[str, Case] = {
    "quote": (
        (requested(issue="test"),),
        c.QuotePrice(),
        (e.Quoted(**H, tariff=LIST, prices=(e.PriceSegment(opens_at=AT, net_grosze=0, gross_grosze=0),)),),
        None,
    ),
    "accept": (
        (requested(), QUOTED),
        c.Accept(how="phone", start_now=True),
        (e.Accepted(**H, how="phone", tariff=LIST, start_now=True),),
        None,
    ),
    "connect": (
        (requested(),),
        c.Connect(at=minutes(50)),
        (e.Connected(**ANNA.header(minutes(50)), connection=1, technician="anna", tariff=LIST),),
        None,
    ),
    "connect after a drop": (
        (requested(), connected()),
        c.Connect(after_drop=minutes(40)),
        (
            e.Disconnected(**ANNA.header(minutes(40)), connection=1),
            e.Connected(**H, connection=2, technician="anna", tariff=LIST),
        ),
        None,
    ),
    "disconnect": (
        (requested(), connected()),
        c.Disconnect(),
        (e.Disconnected(**H, connection=1),),
        None,
    ),
    "end": (
        (requested(), connected(), disconnected(20)),
        c.End(ended_by="customer"),
        (e.Ended(**ANNA.header(minutes(20)), ended_by="customer"),),
        None,
    ),
    "cancel": ((requested(),), c.Cancel(), (e.Cancelled(**H),), None),
    "reclassify": (
        (requested(),),
        c.ReclassifySession(issue="hardware", order_ref="Z-1", reason="wrong-issue: a printer"),
        (e.Reclassified(**H, issue="hardware", order_ref="Z-1", reason="wrong-issue"),),
        {"reason": "a printer"},
    ),
    "correct": (
        OVER,
        c.Correct(ended_at=minutes(31), reason="wrong-time"),
        (
            e.SessionCorrected(
                **H,
                connections=(e.Connection(1, "anna", minutes(0), minutes(31), LIST),),
                issues=(e.IssueFrom(at=minutes(0), issue="other"),),
                ended_at=minutes(31),
                reason="wrong-time",
            ),
        ),
        None,
    ),
    "waive": (
        OVER,
        c.Waive(percent=10, reason="goodwill: slow link"),
        (e.Waived(**H, percent=10, reason="goodwill"),),
        {"reason": "slow link"},
    ),
    "void": (
        OVER,
        c.Void(reason="double-entry"),
        (e.SessionVoided(**H, reason="double-entry"),),
        None,
    ),
    "note": ((requested(),), c.Note(summary=" tested "), (e.Noted(**H),), {"summary": "tested"}),
    "confirm": (
        (requested(), connected(-3000), ended(30)),
        c.Confirm(reason="checked"),
        (e.Confirmed(**H, reason="checked"),),
        None,
    ),
    "hold": (
        OVER,
        c.Hold(until=NEW_YEAR, reason="legal-claim"),
        (HELD,),
        None,
    ),
    "release": ((*OVER, HELD), c.Release(), (e.Released(**H),), None),
    "artefact": (
        (requested(),),
        c.NoteArtefact(kind="chat", path="/home/anna/chat.txt"),
        (e.ArtefactNoted(**H, artefact="chat"),),
        {"path": "/home/anna/chat.txt", "real": "/home/anna/chat.txt"},
    ),
    "artefact withdrawn": (
        (requested(), e.ArtefactNoted(**H, artefact="chat")),
        c.WithdrawArtefact(withdraw=1, reason="double-entry"),
        (e.ArtefactWithdrawn(**H, artefact=1, reason="double-entry"),),
        None,
    ),
    "workspace": (
        (requested(),),
        c.MakeWorkspace(path="/ws/1", real="/ws/1", place=PLACE, host="vm"),
        (e.WorkspaceMade(**H, place=PLACE, host="vm"),),
        {"path": "/ws/1", "real": "/ws/1"},
    ),
    "purge": (OVER, c.DeclarePurged(), (e.DataPurged(**H),), None),
    "review": (
        DELETED,
        c.Review(result="ok", note="nothing there"),
        (e.SessionReviewed(**H, reason="checked", result="ok"),),
        {"reason": "nothing there"},
    ),
    "bill-unrecorded": (
        OVER,
        c.BillUnrecorded(reason="checked"),
        (e.SessionUnrecorded(**H, reason="checked"),),
        None,
    ),
    "bill-elsewhere": (OVER, c.BillElsewhere(document="F/1"), (ELSEWHERE,), None),
    "receipt": (OVER, c.SettleByReceipt(number="0012"), (e.ReceiptIssued(**H, number="0012"),), None),
    "invoice-request": (OVER, c.RequestInvoice(on=TODAY), (e.InvoiceRequested(**H, on=TODAY),), None),
}

REFUSED: tuple[tuple[tuple[e.Event, ...], c.SessionCommand, type[LedgerError]], ...] = (
    ((requested(),), c.QuotePrice(at=minutes(63)), errors.TimeAhead),
    (
        (requested(), QUOTED, e.Reclassified(**H, issue="test", reason="checked")),
        c.Accept(how="phone"),
        errors.QuoteOld,
    ),
    ((requested(), QUOTED), c.Accept(how="phone", at=minutes(-2)), errors.TimeOrder),
    ((requested(), connected()), c.Connect(), errors.TechnicianConnected),
    ((requested(),), c.Connect(technician="jan@example.pl"), errors.LooksPersonal),
    ((requested(), connected(), connected(1, 2, "jan")), c.Disconnect(), errors.ConnectionUnknown),
    ((requested(), connected(), disconnected(20)), c.End(at=minutes(19)), errors.TimeOrder),
    ((requested(),), c.Cancel(at=minutes(-1)), errors.TimeOrder),
    ((requested(),), c.ReclassifySession(issue="test", reason="checked", at=minutes(-1)), errors.TimeOrder),
    ((requested(),), c.ReclassifySession(issue="test", reason=" "), errors.BadReason),
    (OVER, c.Correct(reason="checked"), errors.BadCombination),
    (OVER, c.Correct(connection=1, reason="checked"), errors.BadCombination),
    (OVER, c.Correct(add=(minutes(20), minutes(10)), reason="checked"), errors.BadCombination),
    (OVER, c.Correct(ended_at=minutes(63), reason="checked"), errors.TimeAhead),
    (OVER, c.Correct(issue="other", reason="checked"), errors.NothingToCorrect),
    (OVER, c.Waive(reason="goodwill"), errors.BadCombination),
    (OVER, c.Waive(percent=1, hours=1, reason="goodwill"), errors.BadCombination),
    ((*OVER, ELSEWHERE), c.Waive(hours=1, reason="goodwill"), errors.AlreadyBilled),
    (OVER, c.Note(summary="  "), errors.BadCombination),
    ((requested(),), c.Void(reason="double-entry"), errors.NothingToVoid),
    (OVER, c.Hold(until=date(2026, 11, 15), reason="legal-claim"), errors.TimeOrder),
    (OVER, c.Release(), errors.NotHeld),
    (DELETED, c.NoteArtefact(kind="chat", path="/x"), errors.SessionPurged),
    (OVER, c.WithdrawArtefact(withdraw=1, reason="checked"), errors.ArtefactRefused),
    (DELETED, c.MakeWorkspace(path="/ws/1", real="/ws/1", place=PLACE, host="vm"), errors.SessionPurged),
    ((*OVER, HELD), c.DeclarePurged(), errors.DeletionHeld),
    (OVER, c.DeclarePurged(at=minutes(20)), errors.TimeOrder),
    (DELETED, c.Review(result="ok", note=""), errors.BadReason),
    (
        (*OVER, e.SessionUnrecorded(**H, reason="checked")),
        c.BillUnrecorded(reason="checked"),
        errors.NothingToCorrect,
    ),
    ((*OVER, ELSEWHERE), c.BillElsewhere(document="F/2"), errors.AlreadyBilled),
    ((*OVER, ELSEWHERE), c.SettleByReceipt(number="0012"), errors.AlreadyBilled),
    (OVER, c.SettleByReceipt(number="0012", at=minutes(20)), errors.TimeOrder),
    (OVER, c.SettleByReceipt(number="601 222 333"), errors.LooksPersonal),
    (OVER, c.RequestInvoice(on=date(2026, 11, 17)), errors.TimeAhead),
)


def test_no_command_lacks_a_success_and_a_refusal() -> None:
    assert {type(command) for _, command, _, _ in SUCCESSES.values()} == set(COMMANDS)
    assert {type(command) for _, command, _ in REFUSED} == set(COMMANDS) - {c.Confirm}  # in test_confirm


@pytest.mark.parametrize("name", SUCCESSES)
def test_command_records_its_events_and_seals_its_personal_data(ledger: Ledger, name: str) -> None:
    history, command, events, personal = SUCCESSES[name]
    given(ledger, *history).when(command).then(*events, personal=personal)


@pytest.mark.parametrize(
    ("history", "command", "refusal"),
    REFUSED,
    ids=[f"{n}-{command.step}-{refusal.__name__}" for n, (_, command, refusal) in enumerate(REFUSED)],
)
def test_command_against_a_rule_is_refused_and_nothing_is_recorded(
    ledger: Ledger, history: tuple[e.Event, ...], command: c.SessionCommand, refusal: type[LedgerError]
) -> None:
    given(ledger, *history).when(command).then(refusal)


@pytest.mark.parametrize(
    ("step", "state"),
    [(step, state) for step, states in LIFE.items() for state in STATES if state not in states],
)
def test_command_outside_the_states_of_the_table_is_refused(ledger: Ledger, step: str, state: State) -> None:
    command = next(command for _, command, _, _ in SUCCESSES.values() if command.step == step)
    given(ledger, *events_to(state)).when(command).then(errors.Refused)


def test_command_given_again_under_its_id_records_nothing(ledger: Ledger) -> None:
    found, by = given(ledger, requested()), ANNA._replace(command_id="note-1")
    first = found.when(c.Note(summary="tested"), by).receipt
    assert first is not None

    again = found.when(c.Note(summary="tested"), by).receipt

    assert again == first._replace(repeated=True)


@pytest.mark.parametrize("other", [c.Note(summary="another"), c.Note(summary="tested", at=AT), c.Cancel()])
def test_another_command_under_the_same_id_is_refused_with_what_was_recorded(
    ledger: Ledger, other: c.SessionCommand
) -> None:
    found, by = given(ledger, requested()), ANNA._replace(command_id=f"note-{ledger.store.length()}")
    first = found.when(c.Note(summary="tested"), by).receipt

    refusal = found.when(other, by).then(errors.CommandReused).refusal

    assert isinstance(refusal, errors.CommandReused)
    assert first is not None
    assert refusal.receipt == first._replace(repeated=True)
    assert "session.noted of session" in refusal.fact


def test_version_that_was_seen_holds_until_something_comes(ledger: Ledger) -> None:
    found = given(ledger, requested())
    found.when(c.Note(summary="one"), ANNA._replace(seen=1)).then(e.Noted(**H), personal={"summary": "one"})
    found.when(c.Note(summary="two"), ANNA._replace(seen=1)).then(errors.SeenOld)


def test_session_without_a_record_of_that_number_is_unknown(ledger: Ledger) -> None:
    with pytest.raises(errors.SessionUnknown):
        handle(ledger, ANNA, "999999", c.Cancel())


def test_declared_deletion_erases_the_words_of_the_session_alone(ledger: Ledger) -> None:
    opened = request(ledger, ANNA, RequestHelp(customer="K-1", issue="test", at=minutes(1), contact="Ewa"))
    number, stream = str(opened.session), opened.events[0].originator_id
    handle(ledger, ANNA, number, c.Connect(at=minutes(2)))
    handle(ledger, ANNA, number, c.End(at=minutes(3)))
    noted = handle(ledger, ANNA, number, c.Note(summary="tested"))

    handle(ledger, ANNA, number, c.DeclarePurged())

    assert ledger.words(ledger.session(stream).commitment) is None
    assert ledger.words(getattr(noted.events[0].event, "commitment", None)) == {"summary": "tested"}


def test_declared_deletion_given_again_is_refused_and_completes_the_erasure(ledger: Ledger) -> None:
    """As after a kill between the event and the erasure."""
    opened = request(ledger, ANNA, RequestHelp(customer="K-1", issue="test", at=minutes(1), contact="Ewa"))
    number, stream = str(opened.session), opened.events[0].originator_id
    handle(ledger, ANNA, number, c.Cancel())
    version = ledger.session(stream).version
    ledger.record(e.following(stream, version, e.DataPurged(**H)))

    with pytest.raises(errors.SessionPurged):
        handle(ledger, ANNA, number, c.DeclarePurged())

    assert ledger.words(ledger.session(stream).commitment) is None


# --- opening a session --------------------------------------------------------------------------


def test_request_opens_a_session_with_fingerprints_of_its_remote_id(ledger: Ledger) -> None:
    receipt = request(ledger, ANNA, RequestHelp(customer="K-1", issue="other", remote_id="123 456 789"))
    opened = receipt.events[0].event
    assert isinstance(opened, e.Requested)
    assert opened.remote_id_fingerprints == ledger.remote_id_fingerprints(AT, "123456789")
    assert ledger.words(opened.commitment) == {"remote_id": "123 456 789"}
    assert receipt.session == ledger.session_number(receipt.events[0].originator_id)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (RequestHelp(customer="K-9", issue="other"), errors.CustomerUnknown),
        (RequestHelp(customer="K-1", issue="other", at=minutes(63)), errors.TimeAhead),
        (RequestHelp(customer="K-1", issue="other", session_ref="jan@example.pl"), errors.LooksPersonal),
        (RequestHelp(customer="K-1", issue="other", order_ref="601 222 333"), errors.LooksPersonal),
        (RequestHelp(customer="K-1", issue="other", session_ref="taken"), errors.SessionRefTaken),
        (RequestHelp(customer="K-1", issue="other", remote_id="none"), errors.BadRemoteId),
    ],
)
def test_request_against_a_rule_is_refused(
    ledger: Ledger, command: RequestHelp, refusal: type[LedgerError]
) -> None:
    if ledger.store.resolve("session_ref", "taken") is None:
        request(ledger, ANNA, RequestHelp(customer="K-1", issue="other", session_ref="taken"))
    given(ledger, requested()).when(lambda: request(ledger, ANNA, command)).then(refusal)


def test_append_that_failed_takes_its_personal_data_back(ledger: Ledger) -> None:
    found = given(ledger, requested())
    rows = list(ledger.vault.rows())
    late = e.following(found.stream, 0, e.Noted(**H))
    with pytest.raises(errors.VersionTaken):
        ledger.record(late, PersonalData("tax", {"summary": "the loser's"}))
    assert list(ledger.vault.rows()) == rows


def test_receipt_bears_the_moment_of_recording(ledger: Ledger) -> None:
    receipt = handle(ledger, Metadata("anna"), given(ledger, requested()).named, c.Cancel(at=minutes(5)))
    assert receipt.recorded_at == ledger.last_recorded_at()
    assert receipt.events[0].event.at == minutes(5)
