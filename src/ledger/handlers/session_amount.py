"""What a command does to the amount of a session, and what has to follow: told right after it, or before."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain.rating.rate import Rated
from ledger.domain.session.commands import SessionCommand
from ledger.domain.session.decide import decide
from ledger.domain.session.evolve import Session, evolve, project
from ledger.domain.session.life import SessionContext
from ledger.errors import Refused
from ledger.handlers.invoice.changes import changes_of
from ledger.handlers.invoice.charges import buyer_of, charged_as_it_stood
from ledger.handlers.session import LedgerLookups


class Amount(NamedTuple):
    """A session's started hours, its net, and what was waived of it, in grosze."""

    started_hours: int
    net_grosze: int
    waived_grosze: int


class Told(NamedTuple):
    """A session before and after a command: its amounts, what has to follow, the closed month it falls in."""

    before: Session
    after: Session
    amount_before: Amount | None
    amount: Amount | None
    """None while it has not ended, or has no price."""
    to_correct: str | None
    """The invoice that says something else now."""
    closed_month: str | None
    """The closed month, 2026-11, that the session is or was of."""

    @property
    def lasted(self) -> timedelta:
        """From the deciding Connected to Ended."""
        return self.after.duration


def rated_now(ledger: Ledger, session: Session) -> Rated | None:
    """Return an ended session as rated; None while it has not ended, or where it has no price."""
    try:
        return charged_as_it_stood(ledger, session, buyer_of(ledger, session.customer).purchases).rated
    except Refused:
        return None


def amount_of(ledger: Ledger, session: Session) -> Amount | None:
    """Return what a session comes to; nothing for one put aside."""
    if session.voided:
        return Amount(0, 0, 0)
    rated = rated_now(ledger, session)
    return None if rated is None else Amount(rated.started_hours, rated.net_grosze, rated.waived_grosze)


def told_by(ledger: Ledger, receipt: Receipt) -> Told:
    """Return what a recorded command did to its session."""
    first = receipt.events[0]
    recorded = ledger.events_of(first.originator_id)
    before = project(None, (each for each in recorded if each.originator_version < first.originator_version))
    after = ledger.session(first.originator_id)
    return _told(ledger, after if before is None else before, after)


def foreseen(ledger: Ledger, metadata: Metadata, named: str, command: SessionCommand) -> Told | None:
    """Return what a command would do to its session; None where it would be refused. Nothing is recorded."""
    try:
        stream, _ = ledger.find_session(named)
        sealed, _ = command.prepared(metadata.by).sealed()
        now = ledger.now()
        at = sealed.happened_at or now
        context = SessionContext(metadata, at, now, LedgerLookups(ledger))
        before, after = _read(ledger, stream), _read(ledger, stream)
        for event in decide(before, sealed, context):
            after = evolve(after, stream, event)
        return _told(ledger, before, after)
    except Refused:
        return None


def _read(ledger: Ledger, stream: UUID) -> Session:
    session = project(None, ledger.events_of(stream))
    assert session is not None  # noqa: S101 - a session that was found has a first event
    return session


def _told(ledger: Ledger, before: Session, after: Session) -> Told:
    months = (_closed_month(ledger, each) for each in (after, before))
    return Told(
        before,
        after,
        amount_of(ledger, before),
        amount_of(ledger, after),
        _to_correct(ledger, after),
        next((month for month in months if month is not None), None),
    )


def _closed_month(ledger: Ledger, session: Session) -> str | None:
    """Return the month of a session where that is closed: of its end, else of its beginning."""
    return ledger.state.closed_month(session.ended_at or session.connected_at or session.requested_at)


def _to_correct(ledger: Ledger, session: Session) -> str | None:
    """Return the number of the session's invoice where that says something else of it than it comes to."""
    if session.billed_on is None:
        return None
    invoice = ledger.invoice(session.billed_on.invoice)
    corrections = [ledger.invoice(each.correction) for each in invoice.corrections]
    try:
        rows = changes_of(ledger, invoice, corrections).rows
    except Refused:
        return None
    return invoice.issued.number if any(row.session == session.id for row in rows) else None
