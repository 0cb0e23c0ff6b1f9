"""What may happen next in a session: every rule stands here, and runs before a fact exists.

A decision takes the session as it is and what a person says, and gives the facts to record. `LIFE`
is the table of states and commands; the rest are rules of time and number. Typed words are no part of
a decision: their commitment is put on the fact when the vault has taken them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from ledger import errors
from ledger.domain import events as e
from ledger.domain.clock import office_text, office_time
from ledger.domain.session.evolve import CONFIRM_OVER, STATES, Session, State
from ledger.errors import Refused

_OPEN: frozenset[State] = frozenset({"requested", "connected", "disconnected"})
_OVER: frozenset[State] = frozenset({"ended", "purged"})
_UNTIL = "--until is the day on which it is looked at again"
AHEAD_MAX = timedelta(minutes=2)
"""Clocks differ by so much; what lies further ahead has not happened."""

LIFE: dict[str, frozenset[State]] = {
    "quote": _OPEN,
    "accept": _OPEN,
    "connect": _OPEN,
    "disconnect": frozenset({"connected"}),
    "end": frozenset({"connected", "disconnected"}),
    "reclassify": _OPEN,
    "correct": frozenset(STATES) - {"requested", "cancelled"},
    "waive": frozenset(STATES) - {"cancelled"},
    "note": frozenset(STATES),
    "cancel": frozenset({"requested"}),
    "confirm": _OVER,
    "bill-unrecorded": frozenset(STATES) - {"requested", "cancelled"},
    "hold": frozenset(STATES) - {"purged"},
    "release": frozenset(STATES) - {"purged"},
    "purge": frozenset({"ended", "cancelled"}),
    "review": _OVER,
    "bill-elsewhere": _OVER,
    "receipt": _OVER,
    "invoice-request": frozenset(STATES) - {"cancelled"},
}
"""The states in which each command may be given; further rules are in its decision."""

_REFUSALS: dict[State, tuple[type[Refused], str]] = {
    "requested": (errors.SessionNotConnected, "nobody has connected in this session"),
    "connected": (errors.SessionOpen, "the session is still connected"),
    "disconnected": (errors.SessionOpen, "the session has not ended"),
    "ended": (errors.SessionEnded, "the session has ended"),
    "purged": (errors.SessionEnded, "the session has ended and its data are deleted"),
    "cancelled": (errors.SessionCancelled, "the session was cancelled"),
}
_OWN_REFUSALS: dict[tuple[str, State], tuple[type[Refused], str]] = {
    ("disconnect", "disconnected"): (errors.SessionNotConnected, "nobody is connected now"),
    ("cancel", "connected"): (errors.SessionWasConnected, "somebody is connected in this session"),
    ("cancel", "disconnected"): (errors.SessionWasConnected, "somebody was connected in this session"),
    ("purge", "requested"): (errors.SessionOpen, "the session has not ended"),
    ("purge", "purged"): (errors.SessionPurged, "the session's data are deleted already"),
    ("hold", "purged"): (errors.SessionPurged, "the session's data are deleted already"),
    ("release", "purged"): (errors.SessionPurged, "the session's data are deleted already"),
    ("review", "requested"): (errors.SessionOpen, "the session has not ended"),
    ("bill-elsewhere", "requested"): (errors.SessionOpen, "the session has not ended"),
    ("receipt", "requested"): (errors.SessionOpen, "the session has not ended"),
    ("confirm", "requested"): (errors.SessionOpen, "the session has not ended"),
}


class Author(NamedTuple):
    """Who records, from where, on which workstation, under which command id."""

    by: str
    source: e.Source = "cli"
    workstation: str | None = None
    command: str | None = None
    command_digest: str | None = None

    def header(self, at: datetime) -> dict[str, Any]:
        """The fields every fact begins with."""
        by, source, workstation, command, digest = self
        return {
            "at": at,
            "by": by,
            "source": source,
            "workstation": workstation,
            "command": command,
            "command_digest": digest,
        }


def require(session: Session, command: str) -> None:
    """Raise the refusal of LIFE unless the command may be given in the session's state."""
    state = session.state
    if state in LIFE[command]:
        return
    refusal, event = _OWN_REFUSALS.get((command, state), _REFUSALS[state])
    raise refusal(event)


def not_before(at: datetime, first: datetime | None, what: str) -> None:
    """Raise TimeOrder for a moment before one that must have come first."""
    if first is not None and at < first:
        raise errors.TimeOrder(f"{office_text(at)} lies before {what}, {office_text(first)}")


def not_ahead(at: datetime, now: datetime) -> None:
    """Raise TimeAhead for a moment more than two minutes ahead of the clock."""
    if at > now + AHEAD_MAX:
        raise errors.TimeAhead(f"{office_text(at)} lies ahead of the clock, {office_text(now)}")


def day_not_ahead(on: date, now: datetime) -> None:
    """Raise TimeAhead for a day of the office's that has not begun."""
    if on > office_time(now).date():
        raise errors.TimeAhead(f"{on} lies ahead of the clock, {office_text(now)}")


def quote(
    session: Session, author: Author, *, at: datetime, tariff: str, prices: Sequence[e.PriceSegment]
) -> list[e.Event]:
    """The price was told: a timeline under the price list of that digest."""
    require(session, "quote")
    return [e.Quoted(**author.header(at), tariff=tariff, prices=tuple(prices))]


def accept(
    session: Session,
    author: Author,
    *,
    at: datetime,
    how: e.AcceptedHow,
    tariff: str | None,
    start_now: bool = False,
    loss_of_withdrawal: bool = False,
    confirmation_sent: bool = False,
) -> list[e.Event]:
    """The customer said yes: to the quoted price list, or to `tariff` when none was quoted.

    Raises QuoteOld where the last quote was for another kind of help, TimeOrder for a moment before it.
    """
    require(session, "accept")
    _require_told(session, at)
    digest = session.quoted_tariff or tariff
    if digest is None:
        raise errors.NoQuote("no price list was in force at that moment")
    return [
        e.Accepted(
            **author.header(at),
            how=how,
            tariff=digest,
            start_now=start_now,
            loss_of_withdrawal=loss_of_withdrawal,
            confirmation_sent=confirmation_sent,
        )
    ]


def _require_told(session: Session, at: datetime) -> None:
    """Raise unless the price last told, if one was, is that of what the session is about now."""
    if session.quoted_otherwise is not None:
        was, is_ = session.quoted_otherwise
        raise errors.QuoteOld(f"the price was told for {was}, and the session is about {is_} now")
    if session.quoted_at is not None and at < session.quoted_at - AHEAD_MAX:  # typed to the minute
        not_before(at, session.quoted_at, "the quote")


def connect(
    session: Session,
    author: Author,
    *,
    at: datetime,
    technician: str,
    tariff: str | None,
    after_drop: datetime | None = None,
) -> list[e.Event]:
    """A technician connects; `after_drop` first closes the technician's own lost connection then.

    `tariff` is the digest of the price list in force at `at`; an accepted quote wins over it.
    """
    require(session, "connect")
    not_before(at, session.requested_at, "the request")
    events: list[e.Event] = []
    mine = [c for c in session.connections if c.technician == technician]
    opened = next((c for c in mine if c.disconnected_at is None), None)
    if opened is not None:
        if after_drop is None:
            raise errors.TechnicianConnected(f"{technician} is connected in this session already")
        events += disconnect(session, author, at=after_drop, technician=technician)
        not_before(at, after_drop, "the loss of the link")
    closed = max((c.disconnected_at for c in mine if c.disconnected_at is not None), default=None)
    not_before(at, closed, f"the last disconnect of {technician}")
    connected = e.Connected(
        **author.header(at),
        connection=max((c.number for c in session.connections), default=0) + 1,
        technician=technician,
        tariff=session.accepted_tariff or tariff,
    )
    return [*events, connected]


def disconnect(session: Session, author: Author, *, at: datetime, technician: str | None) -> list[e.Event]:
    """The link was lost or closed; without a technician the only open connection is meant."""
    require(session, "disconnect")
    opened = [c for c in session.open_connections() if technician in (None, c.technician)]
    if len(opened) != 1:
        who = technician or "more than one technician"
        verb = "is" if opened else "is not"
        raise errors.ConnectionUnknown(f"{who} {verb} connected in this session")
    not_before(at, opened[0].connected_at, "the connection began")
    return [e.Disconnected(**author.header(at), connection=opened[0].number)]


def end(
    session: Session, author: Author, *, at: datetime | None, now: datetime, ended_by: e.EndedBy
) -> list[e.Event]:
    """The session is over at `at`, else at the last disconnect, else (still connected) now."""
    require(session, "end")
    if at is None:
        at = now if session.open_connections() else session.last_disconnected_at()
    assert at is not None  # noqa: S101 - a session that is not connected has a last disconnect
    for connection in session.connections:
        not_before(at, connection.disconnected_at or connection.connected_at, "a connection")
    return [e.Ended(**author.header(at), ended_by=ended_by)]


def reclassify(
    session: Session, author: Author, *, at: datetime, issue: e.Issue, order_ref: str | None, reason: str
) -> list[e.Event]:
    """From `at` on the session is about something else."""
    require(session, "reclassify")
    not_before(at, session.issues[-1].at, "what the session was about last began")
    return [e.Reclassified(**author.header(at), issue=issue, order_ref=order_ref, reason=reason)]


def waive(
    session: Session, author: Author, *, at: datetime, percent: int | None, hours: int | None, reason: str
) -> list[e.Event]:
    """Goodwill: `percent` off, or the last `hours` started hours free; the last waiver stands.

    What stands on an invoice of this ledger may be waived still: a correction puts the invoice right.
    """
    require(session, "waive")
    if session.billed is not None and session.billed_on is None:
        raise errors.AlreadyBilled(f"the session stands on {session.billed}")
    return [e.Waived(**author.header(at), percent=percent, hours=hours, reason=reason)]


def note(session: Session, author: Author, *, at: datetime) -> list[e.Event]:
    """What was done was written down."""
    require(session, "note")
    return [e.Noted(**author.header(at))]


def cancel(session: Session, author: Author, *, at: datetime) -> list[e.Event]:
    """The request came to nothing."""
    require(session, "cancel")
    not_before(at, session.requested_at, "the request")
    return [e.Cancelled(**author.header(at))]


def confirm(session: Session, author: Author, *, at: datetime, reason: str) -> list[e.Event]:
    """A session over 48 hours may be billed."""
    require(session, "confirm")
    if session.duration <= CONFIRM_OVER:
        raise errors.NotConfirmable("the session does not exceed 48 hours")
    return [e.Confirmed(**author.header(at), reason=reason)]


def unrecorded(session: Session, author: Author, *, at: datetime, reason: str) -> list[e.Event]:
    """No source has a record of the session, and it is billed all the same."""
    require(session, "bill-unrecorded")
    if session.unrecorded:
        raise errors.NothingToCorrect("the session may be billed without a record already")
    return [e.SessionUnrecorded(**author.header(at), reason=reason)]


def hold(session: Session, author: Author, *, at: datetime, until: date, reason: str) -> list[e.Event]:
    """The deletion waits until a day."""
    require(session, "hold")
    if until < office_time(at).date():
        raise errors.TimeOrder(f"{until} is over, and nothing would be held until then", hint=_UNTIL)
    return [e.Held(**author.header(at), until=until, reason=reason)]


def release(session: Session, author: Author, *, at: datetime) -> list[e.Event]:
    """The deletion waits no longer."""
    require(session, "release")
    if session.held_until is None:
        raise errors.NotHeld("the deletion of the session's data is not suspended")
    return [e.Released(**author.header(at))]


def require_undeleted(session: Session) -> None:
    """Raise unless a session's data may be deleted: it is over, and they were not deleted since its end."""
    if session.deleted_too_early:
        return
    require(session, "purge")
    if session.purged_at is not None:
        raise errors.SessionPurged("the session's data are deleted already")


def declare_purged(session: Session, author: Author, *, at: datetime) -> list[e.Event]:
    """Somebody says the session's data are gone; nothing was measured.

    The minute of the end will do, as it is typed, and an end may be told a little ahead of the clock.
    """
    require_undeleted(session)
    if session.ended_at is not None and at < session.ended_at - AHEAD_MAX:
        not_before(at, session.ended_at, "the session's end")
    if session.held_until is not None:
        raise errors.DeletionHeld(f"the deletion is suspended until {session.held_until}")
    return [e.DataPurged(**author.header(at))]


def review(
    session: Session, author: Author, *, at: datetime, result: Literal["ok", "exception"], sample: str | None
) -> list[e.Event]:
    """A reviewer looked at the deletion."""
    require(session, "review")
    return [e.SessionReviewed(**author.header(at), reason="checked", result=result, sample=sample)]


def bill_elsewhere(session: Session, author: Author, *, at: datetime, document: str) -> list[e.Event]:
    """The session stands on a document made before, or beside, this ledger."""
    require(session, "bill-elsewhere")
    if session.billed is not None:
        raise errors.AlreadyBilled(f"the session stands on {session.billed}")
    return [e.BilledElsewhere(**author.header(at), document=document)]


def settle_by_receipt(session: Session, author: Author, *, at: datetime, number: str) -> list[e.Event]:
    """A receipt of the till settles the session instead of an invoice."""
    require(session, "receipt")
    if session.billed is not None:
        raise errors.AlreadyBilled(f"the session stands on {session.billed}")
    not_before(at, session.ended_at, "the session's end")
    return [e.ReceiptIssued(**author.header(at), number=number)]


def request_invoice(session: Session, author: Author, *, at: datetime, on: date) -> list[e.Event]:
    """A consumer asks for an invoice; asking again changes only the day."""
    require(session, "invoice-request")
    day_not_ahead(on, at)
    if session.billed_on is not None:
        raise errors.AlreadyBilled(f"the session stands on {session.billed}")
    return [e.InvoiceRequested(**author.header(at), on=on)]
