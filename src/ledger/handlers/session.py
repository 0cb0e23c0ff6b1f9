"""The life of a session, as told by the people in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.customer import require_live
from ledger.domain.identifiers import check_key
from ledger.domain.session import decide as d
from ledger.domain.session.evolve import Session
from ledger.errors import SessionRefTaken

Decide = Callable[[Session, d.Author, datetime], list[e.Event]]


def request(
    ledger: Ledger,
    said: Metadata,
    *,
    customer: str,
    issue: e.Issue,
    at: datetime | None = None,
    session_ref: str | None = None,
    order_ref: str | None = None,
    channel: e.Channel | None = None,
    scheduled_for: datetime | None = None,
    remote_id: str | None = None,
    contact: str | None = None,
    description: str | None = None,
    marks: tuple[str, str] | None = None,
) -> Receipt:
    """A customer asks for help; opens a session. `marks` stand for a remote ID that is not said."""
    for key, what in ((session_ref, "the session reference"), (order_ref, "the order")):
        if key is not None:
            check_key(key, what)
    told = {"remote_id": remote_id, "contact": contact, "description": description}
    values = {key: text for key, text in told.items() if text}
    words = PersonalData("session", values) if values else None
    arguments = {
        "customer": customer,
        "issue": issue,
        "at": at,
        "session_ref": session_ref,
        "order_ref": order_ref,
        "channel": channel,
        "scheduled_for": scheduled_for,
    }
    author = ledger.author(said, "session request", arguments)
    if repeat := ledger.repeat_of(author, words):
        return repeat
    moment = at or ledger.now()
    ledger.check_not_ahead(moment)
    registered = ledger.find_customer(customer)
    require_live(registered)
    if session_ref is not None and ledger.store.resolve("session_ref", session_ref) is not None:
        raise SessionRefTaken(f"the reference {session_ref} is given to a session already")
    requested = e.Requested(
        **author.header(moment),
        customer=customer,
        issue=issue,
        session_ref=session_ref,
        order_ref=order_ref,
        channel=channel,
        scheduled_for=scheduled_for,
        marks=ledger.marks(moment, remote_id) if remote_id else marks,
    )
    return ledger.record(ledger.ids.new(), 0, [requested], words)


def tell(
    ledger: Ledger,
    said: Metadata,
    named: str,
    name: str,
    arguments: Mapping[str, object],
    *,
    decide: Decide,
    at: datetime | None,
    words: PersonalData | None = None,
) -> Receipt:
    """Find the session, decide, record; a command given before is given back."""
    stream, number = ledger.find_session(named)
    author = ledger.author(said, f"session {name}", {"session": number, "at": at, **arguments})
    if repeat := ledger.repeat_of(author, words):
        return repeat
    moment = at or ledger.now()
    ledger.check_not_ahead(moment)
    session = ledger.session(stream)
    return ledger.record(stream, session.version, decide(session, author, moment), words)


def quote(ledger: Ledger, said: Metadata, named: str, *, at: datetime | None = None) -> Receipt:
    """Tell the price before connecting, and record that it was told."""
    from ledger.handlers.quote import price_segments, quoted  # noqa: PLC0415 - brings the rating

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        d.require(session, "quote")
        tariff, told = quoted(
            ledger,
            customer=session.customer,
            issue=session.issue,
            order_ref=session.order_ref,
            at=moment,
        )
        return d.quote(session, author, at=moment, tariff=tariff, prices=price_segments(told))

    return tell(ledger, said, named, "quote", {}, decide=decide, at=at)


def accept(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    how: e.AcceptedHow,
    start_now: bool = False,
    loss_of_withdrawal: bool = False,
    confirmation_sent: bool = False,
    at: datetime | None = None,
) -> Receipt:
    """Record what the customer said yes to."""
    arguments = {
        "how": how,
        "start_now": start_now,
        "loss_of_withdrawal": loss_of_withdrawal,
        "confirmation_sent": confirmation_sent,
    }

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        tariff = ledger.state.tariff_at(moment)
        return d.accept(
            session,
            author,
            at=moment,
            how=how,
            tariff=tariff,
            start_now=start_now,
            loss_of_withdrawal=loss_of_withdrawal,
            confirmation_sent=confirmation_sent,
        )

    return tell(ledger, said, named, "accept", arguments, decide=decide, at=at)


def connect(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    technician: str | None = None,
    after_drop: datetime | None = None,
    at: datetime | None = None,
) -> Receipt:
    """Connect a technician (by default who says it)."""
    handle = check_key(technician or said.by, "the technician")

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.connect(
            session,
            author,
            at=moment,
            technician=handle,
            tariff=ledger.state.tariff_at(moment),
            after_drop=after_drop,
        )

    arguments = {"technician": handle, "after_drop": after_drop}
    return tell(ledger, said, named, "connect", arguments, decide=decide, at=at)


def disconnect(
    ledger: Ledger, said: Metadata, named: str, *, technician: str | None = None, at: datetime | None = None
) -> Receipt:
    """Record that a link was lost; without a technician, the only one connected."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.disconnect(session, author, at=moment, technician=technician)

    return tell(ledger, said, named, "disconnect", {"technician": technician}, decide=decide, at=at)


def end(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    ended_by: e.EndedBy = "technician",
    at: datetime | None = None,
) -> Receipt:
    """End the session: at `at`, else at the last disconnect, else now."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.end(session, author, at=at, now=moment, ended_by=ended_by)

    return tell(ledger, said, named, "end", {"ended_by": ended_by}, decide=decide, at=at)


def cancel(ledger: Ledger, said: Metadata, named: str, *, at: datetime | None = None) -> Receipt:
    """Close a request that came to nothing."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.cancel(session, author, at=moment)

    return tell(ledger, said, named, "cancel", {}, decide=decide, at=at)
