"""The life of a session, as told by the people in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from ledger import decisions as d
from ledger import events as e
from ledger.application import Ledger, Receipt, Said, Words
from ledger.commands.common import split_reason
from ledger.customer import require_live
from ledger.errors import BadCombination, LooksPersonal, SessionPurged, SessionRefTaken
from ledger.handles import check_key
from ledger.session import Session

Decide = Callable[[Session, d.Author, datetime], list[e.Fact]]


def request(
    ledger: Ledger,
    said: Said,
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
) -> Receipt:
    """A customer asks for help; opens a session."""
    for key, what in ((session_ref, "the session reference"), (order_ref, "the order")):
        if key is not None:
            check_key(key, what)
    if session_ref is not None and session_ref.isascii() and session_ref.isdigit():
        raise LooksPersonal(
            "a session reference cannot be digits alone", hint="digits name a session by its number"
        )
    told = {"remote_id": remote_id, "contact": contact, "description": description}
    values = {key: text for key, text in told.items() if text}
    words = Words("session", values) if values else None
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
        marks=ledger.marks(moment, remote_id) if remote_id else None,
    )
    return ledger.record(ledger.ids.new(), 0, [requested], words)


def _tell(
    ledger: Ledger,
    said: Said,
    named: str,
    name: str,
    arguments: Mapping[str, object],
    *,
    decide: Decide,
    at: datetime | None,
    words: Words | None = None,
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


def quote(ledger: Ledger, said: Said, named: str, *, at: datetime | None = None) -> Receipt:
    """Tell the price before connecting, and record that it was told."""
    from ledger.commands.prices import price_segments, quoted  # noqa: PLC0415 - brings the rating

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        d.require(session, "quote")
        tariff, told = quoted(
            ledger,
            customer=session.customer,
            issue=session.issue,
            order_ref=session.order_ref,
            at=moment,
        )
        return d.quote(session, author, at=moment, tariff=tariff, prices=price_segments(told))

    return _tell(ledger, said, named, "quote", {}, decide=decide, at=at)


def accept(
    ledger: Ledger,
    said: Said,
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

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        tariff = ledger.book.tariff_at(moment)
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

    return _tell(ledger, said, named, "accept", arguments, decide=decide, at=at)


def connect(
    ledger: Ledger,
    said: Said,
    named: str,
    *,
    technician: str | None = None,
    after_drop: datetime | None = None,
    at: datetime | None = None,
) -> Receipt:
    """Connect a technician (by default who says it)."""
    handle = check_key(technician or said.by, "the technician")

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.connect(
            session,
            author,
            at=moment,
            technician=handle,
            tariff=ledger.book.tariff_at(moment),
            after_drop=after_drop,
        )

    arguments = {"technician": handle, "after_drop": after_drop}
    return _tell(ledger, said, named, "connect", arguments, decide=decide, at=at)


def disconnect(
    ledger: Ledger, said: Said, named: str, *, technician: str | None = None, at: datetime | None = None
) -> Receipt:
    """Record that a link was lost; without a technician, the only one connected."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.disconnect(session, author, at=moment, technician=technician)

    return _tell(ledger, said, named, "disconnect", {"technician": technician}, decide=decide, at=at)


def end(
    ledger: Ledger,
    said: Said,
    named: str,
    *,
    ended_by: e.EndedBy = "technician",
    at: datetime | None = None,
) -> Receipt:
    """End the session: at `at`, else at the last disconnect, else now."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.end(session, author, at=at, now=moment, ended_by=ended_by)

    return _tell(ledger, said, named, "end", {"ended_by": ended_by}, decide=decide, at=at)


def reclassify(
    ledger: Ledger,
    said: Said,
    named: str,
    *,
    issue: e.Issue,
    reason: str,
    order_ref: str | None = None,
    at: datetime | None = None,
) -> Receipt:
    """From `at` on the session is about something else."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.reclassify(session, author, at=moment, issue=issue, order_ref=order_ref, reason=code)

    arguments = {"issue": issue, "order_ref": order_ref, "reason": code}
    return _tell(ledger, said, named, "reclassify", arguments, decide=decide, at=at, words=words)


def correct(
    ledger: Ledger,
    said: Said,
    named: str,
    *,
    change: d.Correction,
    reason: str,
    technician: str | None = None,
) -> Receipt:
    """Say what always was so."""
    code, words = split_reason(reason)
    _check_correction(change)
    moments = (change.connected_at, change.disconnected_at, change.ended_at, *(change.add or ()))
    for moment in moments:
        if moment is not None:
            ledger.check_not_ahead(moment)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.correct(
            session,
            author,
            change,
            at=moment,
            technician=technician or said.by,
            tariff_at=ledger.book.tariff_at,
            reason=code,
        )

    arguments = {**change._asdict(), "reason": code, "technician": technician}
    return _tell(ledger, said, named, "correct", arguments, decide=decide, at=None, words=words)


def _check_correction(change: d.Correction) -> None:
    if change == d.Correction():
        raise BadCombination("nothing is said to be different")
    bounds = change.connected_at or change.disconnected_at
    if (change.connection is None) != (bounds is None):
        raise BadCombination("--connection N goes with --connected-at or --disconnected-at")
    if change.add is not None and change.add[1] < change.add[0]:
        raise BadCombination("the added connection ends before it begins")
    if change.order_ref is not None:
        check_key(change.order_ref, "the order")


def waive(
    ledger: Ledger,
    said: Said,
    named: str,
    *,
    reason: str,
    percent: int | None = None,
    hours: int | None = None,
    at: datetime | None = None,
) -> Receipt:
    """Goodwill: a percentage off, or the last hours free. The last waiver stands; 0 takes it back."""
    if (percent is None) == (hours is None):
        raise BadCombination("say either a percentage or a number of hours")
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.waive(session, author, at=moment, percent=percent, hours=hours, reason=code)

    arguments = {"percent": percent, "hours": hours, "reason": code}
    return _tell(ledger, said, named, "waive", arguments, decide=decide, at=at, words=words)


def note(ledger: Ledger, said: Said, named: str, *, summary: str, at: datetime | None = None) -> Receipt:
    """Write down what was done; kept as long as the invoice's questions may come."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.note(session, author, at=moment)

    if not summary.strip():
        raise BadCombination("a note says something")
    words = Words("tax", {"summary": summary.strip()})
    return _tell(ledger, said, named, "note", {}, decide=decide, at=at, words=words)


def cancel(ledger: Ledger, said: Said, named: str, *, at: datetime | None = None) -> Receipt:
    """Close a request that came to nothing."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.cancel(session, author, at=moment)

    return _tell(ledger, said, named, "cancel", {}, decide=decide, at=at)


def confirm(ledger: Ledger, said: Said, named: str, *, reason: str) -> Receipt:
    """Let a session over 48 hours be billed."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.confirm(session, author, at=moment, reason=code)

    return _tell(ledger, said, named, "confirm", {"reason": code}, decide=decide, at=None, words=words)


def hold(ledger: Ledger, said: Said, named: str, *, until: date, reason: str) -> Receipt:
    """Suspend the deletion of the session's data."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.hold(session, author, at=moment, until=until, reason=code)

    arguments = {"until": until, "reason": code}
    return _tell(ledger, said, named, "hold", arguments, decide=decide, at=None, words=words)


def release(ledger: Ledger, said: Said, named: str) -> Receipt:
    """End the suspension."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.release(session, author, at=moment)

    return _tell(ledger, said, named, "release", {}, decide=decide, at=None)


def declare_purged(ledger: Ledger, said: Said, named: str, *, at: datetime | None = None) -> Receipt:
    """Record that somebody says the data are gone, and erase the session's own personal data here.

    The event comes first; said again, it is refused, but an erasure that was cut short is completed.
    """

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Fact]:
        return d.declare_purged(session, author, at=moment)

    stream, _ = ledger.find_session(named)
    try:
        receipt = _tell(ledger, said, named, "purge", {"declared": True}, decide=decide, at=at)
    except SessionPurged:
        ledger.vault.erase("session", stream)
        raise
    ledger.vault.erase("session", stream)
    return receipt
