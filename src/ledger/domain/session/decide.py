"""Decisions: the events that a command on a session causes, or the refusal that stops it.

Pure: a decision reads the session, the command and its context, never a clock or a store. Personal data is
no part of it; the commitment is put on the event once the vault holds the data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from ledger import errors
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.session import commands as c
from ledger.domain.session import purge_rules as rules
from ledger.domain.session.evolve import CONFIRM_OVER, Session
from ledger.domain.session.life import LIFE, SessionContext, require, require_undeleted
from ledger.domain.session.purge_rules import superseded
from ledger.domain.time_rules import AHEAD_MAX, day_not_ahead, not_before
from ledger.message import Hint, Money, msg

_UNTIL = Hint("--until is the day on which it is looked at again")


def decide(session: Session, command: c.SessionCommand, context: SessionContext) -> list[e.Event]:
    """Return the events that a command causes; raises the refusal of its state or of its own rules."""
    if command.step in LIFE and not isinstance(command, c.DeclarePurged):  # its rule knows an exception
        require(session, command.step)
    return _DECIDE[type(command)](session, command, context)


def _quote(session: Session, _: c.QuotePrice, context: SessionContext) -> list[e.Event]:
    tariff, prices = context.lookups.price(session, context.at)
    return [e.Quoted(**context.header, tariff=tariff, prices=tuple(prices))]


def _accept(session: Session, command: c.Accept, context: SessionContext) -> list[e.Event]:
    """Accept the quoted price list, or the one in force when none was quoted."""
    _require_quoted(session, context.at)
    tariff = session.quoted_tariff or context.lookups.tariff_at(context.at)
    if tariff is None:
        raise errors.NoQuote(msg("no price list was in force at that moment"))
    return [e.Accepted(**context.header, tariff=tariff, **_fields(command))]


def _require_quoted(session: Session, at: datetime) -> None:
    """Raise unless the last quote, if there is one, is for what the session is about now."""
    if session.quoted_otherwise is not None:
        was, is_ = session.quoted_otherwise
        raise errors.QuoteOld(
            msg("the price was told for {was}, and the session is about {now} now", was=was, now=is_)
        )
    if session.quoted_at is not None and at < session.quoted_at - AHEAD_MAX:  # typed to the minute
        not_before(at, session.quoted_at, msg("the quote"))


def _connect(session: Session, command: c.Connect, context: SessionContext) -> list[e.Event]:
    """Connect under the accepted price list, else the one in force."""
    at, technician = context.at, command.technician or context.metadata.by
    not_before(at, session.requested_at, msg("the request"))
    events: list[e.Event] = []
    mine = [each for each in session.connections if each.technician == technician]
    if any(each.disconnected_at is None for each in mine):
        if command.after_drop is None:
            raise errors.TechnicianConnected(
                msg("{technician} is connected in this session already", technician=technician)
            )
        dropped = context._replace(at=command.after_drop)
        events += _disconnect(session, c.Disconnect(technician=technician), dropped)
        not_before(at, command.after_drop, msg("the loss of the link"))
    closed = max((each.disconnected_at for each in mine if each.disconnected_at is not None), default=None)
    not_before(at, closed, msg("the last disconnect of {technician}", technician=technician))
    connected = e.Connected(
        **context.header,
        connection=max((each.number for each in session.connections), default=0) + 1,
        technician=technician,
        tariff=session.accepted_tariff or context.lookups.tariff_at(at),
    )
    return [*events, connected]


def _disconnect(session: Session, command: c.Disconnect, context: SessionContext) -> list[e.Event]:
    technician = command.technician
    opened = [each for each in session.open_connections() if technician in (None, each.technician)]
    if len(opened) != 1:
        raise errors.ConnectionUnknown(
            msg("more than one technician is connected in this session")
            if opened
            else msg("{technician} is not connected in this session", technician=str(technician))
        )
    not_before(context.at, opened[0].connected_at, msg("the connection began"))
    return [e.Disconnected(**context.header, connection=opened[0].number)]


def _end(session: Session, command: c.End, context: SessionContext) -> list[e.Event]:
    if command.at is None and not session.open_connections():
        context = context._replace(at=session.last_disconnected_at() or context.at)
    for connection in session.connections:
        not_before(context.at, connection.disconnected_at or connection.connected_at, msg("a connection"))
    return [e.Ended(**context.header, ended_by=command.ended_by)]


def _cancel(session: Session, _: c.Cancel, context: SessionContext) -> list[e.Event]:
    not_before(context.at, session.requested_at, msg("the request"))
    return [e.Cancelled(**context.header)]


def _reclassify(session: Session, command: c.ReclassifySession, context: SessionContext) -> list[e.Event]:
    not_before(context.at, session.issues[-1].at, msg("what the session was about last began"))
    return [e.Reclassified(**context.header, **_fields(command))]


def _correct(session: Session, command: c.Correct, context: SessionContext) -> list[e.Event]:
    from ledger.domain.session.correct import correct  # noqa: PLC0415 - few sessions are corrected

    corrected = correct(session, command, context)
    freed = _freed(session, context) if corrected.customer is not None else []
    is_anothers = corrected.customer not in {None, session.customer}
    is_longer = len(corrected.connections) > len(session.connections)
    return [
        corrected,
        *freed,
        *superseded(
            session,
            context.metadata,
            at=context.at,
            ended_at=corrected.ended_at,
            otherwise=is_anothers or is_longer,
        ),
    ]


def _void(session: Session, command: c.Void, context: SessionContext) -> list[e.Event]:
    """Put aside, even on an invoice of this ledger: a correction takes it off there."""
    if session.voided != command.undo:
        raise errors.NothingToVoid(
            msg("the session is put aside already") if session.voided else msg("the session is not put aside")
        )
    if not command.undo and session.billed is not None and session.billed_on is None:
        raise errors.AlreadyBilled(msg("the session stands on {document}", document=session.billed))
    voided = e.SessionVoided(**context.header, reason=command.reason, undone=command.undo)
    freed = [] if command.undo else _freed(session, context)
    changed = superseded(session, context.metadata, at=context.at, ended_at=session.ended_at, otherwise=True)
    return [voided, *freed, *changed]


def _freed(session: Session, context: SessionContext) -> list[e.Event]:
    """Take a session off an invoice that has no line of it left: no correction would ever do it."""
    on = session.billed_on
    if on is None or context.lookups.is_charged(session):
        return []
    return [e.SessionUnbilled(**context.header, invoice=on.invoice, number=on.number)]


def _waive(session: Session, command: c.Waive, context: SessionContext) -> list[e.Event]:
    """Waive, even on an invoice of this ledger: a correction puts the invoice right."""
    if session.billed is not None and session.billed_on is None:
        raise errors.AlreadyBilled(msg("the session stands on {billed}", billed=session.billed))
    _require_so_much(session, command, context)
    return [e.Waived(**context.header, **_fields(command))]


def _require_so_much(session: Session, command: c.Waive, context: SessionContext) -> None:
    """Raise WaiverTooLarge for more hours, or a higher amount, than an ended session comes to."""
    if session.ended_at is None or (command.hours is None and command.amount_grosze is None):
        return
    rated = context.lookups.rated(session)
    if rated is None:
        return
    hours, net_grosze = rated
    if command.hours is not None and command.hours > hours:
        raise errors.WaiverTooLarge(
            msg(
                "the session has {hours} started hours, and {said} are to be free",
                hours=hours,
                said=command.hours,
            )
        )
    if command.amount_grosze is not None and command.amount_grosze > net_grosze:
        comes, said = Money(net_grosze), Money(command.amount_grosze)
        raise errors.WaiverTooLarge(
            msg("the session comes to {net} net, and {said} are to be waived", net=comes, said=said)
        )


def _note(_session: Session, _: c.Note, context: SessionContext) -> list[e.Event]:
    return [e.Noted(**context.header)]


def _confirm(session: Session, command: c.Confirm, context: SessionContext) -> list[e.Event]:
    if session.duration <= CONFIRM_OVER and not context.lookups.overlaps(session):
        raise errors.NotConfirmable(msg("the session does not exceed 48 hours, and overlaps no other"))
    return [e.Confirmed(**context.header, reason=command.reason)]


def _bill_unrecorded(session: Session, command: c.BillUnrecorded, context: SessionContext) -> list[e.Event]:
    if session.unrecorded:
        raise errors.NothingToCorrect(msg("the session may be billed without a record already"))
    return [e.SessionUnrecorded(**context.header, reason=command.reason)]


def _hold(_session: Session, command: c.Hold, context: SessionContext) -> list[e.Event]:
    if command.until < office_time(context.at).date():
        raise errors.TimeOrder(
            msg("{until} is over, and nothing would be held until then", until=command.until), hint=_UNTIL
        )
    return [e.Held(**context.header, **_fields(command))]


def _release(session: Session, _: c.Release, context: SessionContext) -> list[e.Event]:
    if session.held_until is None:
        raise errors.NotHeld(msg("the deletion of the session's data is not suspended"))
    return [e.Released(**context.header)]


def _note_artefact(session: Session, command: c.NoteArtefact, context: SessionContext) -> list[e.Event]:
    return rules.note_artefact(
        session,
        context.metadata,
        at=context.at,
        artefact=command.kind,
        place=command.place,
        host=command.host,
    )


def _withdraw_artefact(
    session: Session, command: c.WithdrawArtefact, context: SessionContext
) -> list[e.Event]:
    return rules.withdraw_artefact(
        session, context.metadata, at=context.at, number=command.withdraw, reason=command.reason
    )


def _make_workspace(session: Session, command: c.MakeWorkspace, context: SessionContext) -> list[e.Event]:
    return rules.make_workspace(
        session, context.metadata, at=context.at, place=command.place, host=command.host
    )


def _declare_purged(session: Session, _: c.DeclarePurged, context: SessionContext) -> list[e.Event]:
    """Allow for moments typed to the minute, and for an end a little ahead of the clock."""
    require_undeleted(session)
    if session.ended_at is not None and context.at < session.ended_at - AHEAD_MAX:
        not_before(context.at, session.ended_at, msg("the session's end"))
    if session.held_until is not None:
        raise errors.DeletionHeld(msg("the deletion is suspended until {until}", until=session.held_until))
    return [e.DataPurged(**context.header)]


def _review(session: Session, command: c.Review, context: SessionContext) -> list[e.Event]:
    sample = context.lookups.sample_of(session)
    return [e.SessionReviewed(**context.header, reason="checked", result=command.result, sample=sample)]


def _bill_elsewhere(session: Session, command: c.BillElsewhere, context: SessionContext) -> list[e.Event]:
    _require_unbilled(session)
    return [e.BilledElsewhere(**context.header, document=command.document)]


def _settle_by_receipt(
    session: Session, command: c.SettleByReceipt, context: SessionContext
) -> list[e.Event]:
    _require_unbilled(session)
    not_before(context.at, session.ended_at, msg("the session's end"))
    return [e.ReceiptIssued(**context.header, number=command.number)]


def _require_unbilled(session: Session) -> None:
    if session.billed is not None:
        raise errors.AlreadyBilled(msg("the session stands on {billed}", billed=session.billed))


def _request_invoice(session: Session, command: c.RequestInvoice, context: SessionContext) -> list[e.Event]:
    day_not_ahead(command.on, context.at)
    if session.billed_on is not None:
        raise errors.AlreadyBilled(msg("the session stands on {billed}", billed=session.billed))
    return [e.InvoiceRequested(**context.header, on=command.on)]


def _fields(command: c.SessionCommand) -> dict[str, Any]:
    """Return the fields that the event takes as they are."""
    fields = msgspec.structs.asdict(command)
    return {key: value for key, value in fields.items() if key != "at" and key not in command.PERSONAL}


_DECIDE: dict[type[c.SessionCommand], Callable[[Session, Any, SessionContext], list[e.Event]]] = {
    c.QuotePrice: _quote,
    c.Accept: _accept,
    c.Connect: _connect,
    c.Disconnect: _disconnect,
    c.End: _end,
    c.Cancel: _cancel,
    c.ReclassifySession: _reclassify,
    c.Correct: _correct,
    c.Void: _void,
    c.Waive: _waive,
    c.Note: _note,
    c.Confirm: _confirm,
    c.Hold: _hold,
    c.Release: _release,
    c.NoteArtefact: _note_artefact,
    c.WithdrawArtefact: _withdraw_artefact,
    c.MakeWorkspace: _make_workspace,
    c.DeclarePurged: _declare_purged,
    c.Review: _review,
    c.BillUnrecorded: _bill_unrecorded,
    c.BillElsewhere: _bill_elsewhere,
    c.SettleByReceipt: _settle_by_receipt,
    c.RequestInvoice: _request_invoice,
}
COMMANDS: tuple[type[c.SessionCommand], ...] = tuple(_DECIDE)
"""Every command on a session."""
