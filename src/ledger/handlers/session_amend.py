"""What is said about a session afterwards, and what happens to its data."""

from __future__ import annotations

from datetime import date, datetime

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.identifiers import check_key
from ledger.domain.session import decide as d
from ledger.domain.session.correct import Correction
from ledger.domain.session.correct import correct as corrected_facts
from ledger.domain.session.evolve import Session
from ledger.domain.session.purge_rules import superseded
from ledger.errors import BadCombination, SessionPurged
from ledger.handlers.reasons import split_reason
from ledger.handlers.session import tell


def reclassify(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    issue: e.Issue,
    reason: str,
    order_ref: str | None = None,
    at: datetime | None = None,
) -> Receipt:
    """From `at` on the session is about something else."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.reclassify(session, author, at=moment, issue=issue, order_ref=order_ref, reason=code)

    arguments = {"issue": issue, "order_ref": order_ref, "reason": code}
    return tell(ledger, said, named, "reclassify", arguments, decide=decide, at=at, words=words)


def correct(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    change: Correction,
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

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        events = corrected_facts(
            session,
            author,
            change,
            at=moment,
            technician=technician or said.by,
            tariff_at=ledger.state.tariff_at,
            reason=code,
        )
        ends = [event.ended_at for event in events if isinstance(event, e.SessionCorrected)]
        return [*events, *superseded(session, author, at=moment, ended_at=ends[-1])]

    arguments = {**change._asdict(), "reason": code, "technician": technician}
    return tell(ledger, said, named, "correct", arguments, decide=decide, at=None, words=words)


def _check_correction(change: Correction) -> None:
    if change == Correction():
        hint = "name what was otherwise, for example --ended-at or --issue; --help lists all of it"
        raise BadCombination("nothing is said to be different", hint=hint)
    bounds = change.connected_at or change.disconnected_at
    if (change.connection is None) != (bounds is None):
        raise BadCombination("--connection N goes with --connected-at or --disconnected-at")
    if change.add is not None and change.add[1] < change.add[0]:
        raise BadCombination("the added connection ends before it begins")
    if change.order_ref is not None:
        check_key(change.order_ref, "the order")


def waive(
    ledger: Ledger,
    said: Metadata,
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

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.waive(session, author, at=moment, percent=percent, hours=hours, reason=code)

    arguments = {"percent": percent, "hours": hours, "reason": code}
    return tell(ledger, said, named, "waive", arguments, decide=decide, at=at, words=words)


def note(ledger: Ledger, said: Metadata, named: str, *, summary: str, at: datetime | None = None) -> Receipt:
    """Write down what was done; kept as long as the invoice's questions may come."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.note(session, author, at=moment)

    if not summary.strip():
        raise BadCombination("a note says something")
    words = PersonalData("tax", {"summary": summary.strip()})
    return tell(ledger, said, named, "note", {}, decide=decide, at=at, words=words)


def confirm(ledger: Ledger, said: Metadata, named: str, *, reason: str) -> Receipt:
    """Let a session over 48 hours be billed."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.confirm(session, author, at=moment, reason=code)

    return tell(ledger, said, named, "confirm", {"reason": code}, decide=decide, at=None, words=words)


def hold(ledger: Ledger, said: Metadata, named: str, *, until: date, reason: str) -> Receipt:
    """Suspend the deletion of the session's data."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.hold(session, author, at=moment, until=until, reason=code)

    arguments = {"until": until, "reason": code}
    return tell(ledger, said, named, "hold", arguments, decide=decide, at=None, words=words)


def release(ledger: Ledger, said: Metadata, named: str) -> Receipt:
    """End the suspension."""

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.release(session, author, at=moment)

    return tell(ledger, said, named, "release", {}, decide=decide, at=None)


def to_be_erased(ledger: Ledger, named: str) -> tuple[int, list[str]]:
    """The session's number and the names of the personal fields that its purge would erase."""
    stream, number = ledger.find_session(named)
    words = ledger.words(ledger.session(stream).commitment)
    return number, sorted(words or {})


def declare_purged(ledger: Ledger, said: Metadata, named: str, *, at: datetime | None = None) -> Receipt:
    """Record that somebody says the data are gone, and erase the session's own personal data here.

    The event comes first; said again, it is refused, but an erasure that was cut short is completed.
    """

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.declare_purged(session, author, at=moment)

    stream, _ = ledger.find_session(named)
    with ledger.signing.once():  # the words go before anything else
        try:
            receipt = tell(ledger, said, named, "purge", {"declared": True}, decide=decide, at=at)
        except SessionPurged:
            ledger.vault.erase("session", stream)
            raise
        ledger.vault.erase("session", stream)
    return receipt
