"""Everything the ledger holds about one person, and what it has erased of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ledger.application.ledger import ERASED, Ledger
from ledger.domain import events as e
from ledger.domain.clock import format_instant
from ledger.domain.retention import erased_classes
from ledger.domain.session.evolve import project
from ledger.handlers.buyer import members_of, sessions_of
from ledger.handlers.privacy.invoices import documents_of

PersonalData = dict[str, str] | str | None
"""What the vault keeps of an event: fields, [erased], or nothing was said."""

_OF_THE_EVENT = frozenset(e.Event.__struct_fields__) | {
    "commitment",
    "fields",
    "marks",
    "targets",
    "host",
    "plan",
    "lines",
}


class HeldData(NamedTuple):
    """One event about a person: where, when, what it says, and the words kept apart."""

    customer: str
    session: int | None
    event: str
    at: datetime
    says: dict[str, Any]
    words: PersonalData


class Erased(NamedTuple):
    """Data of a class that were erased, when, and why."""

    customer: str
    session: int | None
    data: str
    at: datetime
    why: str


class SessionHeld(NamedTuple):
    """A session of the person: where it stands, and its events."""

    session: int
    session_ref: str | None
    customer: str
    state: str
    purged_at: datetime | None
    purge_evidence: str | None
    held_until: str | None
    events: list[HeldData]


class Holdings(NamedTuple):
    """All of it; `customers` are the codes that count as this person, the living one first."""

    customers: list[str]
    registration: list[HeldData]
    purchases: list[HeldData]
    sessions: list[SessionHeld]
    documents: list[HeldData]
    erased: list[Erased]


def holdings(ledger: Ledger, code: str) -> Holdings:
    """What is held about a customer and those merged into it; raises CustomerUnknown."""
    codes = members_of(ledger, code)
    about: list[HeldData] = []
    erased: list[Erased] = []
    for member in codes:
        recorded = ledger.events_of(ledger.find_customer(member).id)
        about += [_held(ledger, member, None, event) for event in recorded]
        erased += _erased(member, None, recorded)
    sessions: list[SessionHeld] = []
    for number, stream in sessions_of(ledger, codes):
        recorded = ledger.events_of(stream)
        sessions.append(_session(ledger, number, recorded))
        erased += _erased(sessions[-1].customer, number, recorded)
    purchases = [each for each in about if each.event.startswith("purchase.")]
    registration = [each for each in about if not each.event.startswith("purchase.")]
    documents: list[HeldData] = []
    for invoice in documents_of(ledger, codes):
        recorded = ledger.events_of(invoice.id)
        documents += [_held(ledger, invoice.issued.customer, None, event) for event in recorded]
        erased += _erased(invoice.issued.customer, None, recorded)
    return Holdings(
        codes, registration, purchases, sessions, documents, sorted(erased, key=lambda each: each.at)
    )


def document(found: Holdings) -> dict[str, Any]:
    """The same as plain values for JSON; instants as text."""
    return {
        "customers": found.customers,
        "registration": [_plain(each) for each in found.registration],
        "purchases": [_plain(each) for each in found.purchases],
        "sessions": [
            {**_plain(each._replace(events=[])), "events": [_plain(event) for event in each.events]}
            for each in found.sessions
        ],
        "documents": [_plain(each) for each in found.documents],
        "erased": [_plain(each) for each in found.erased],
    }


def _plain(each: HeldData | Erased | SessionHeld) -> dict[str, Any]:
    return {
        key: format_instant(value) if isinstance(value, datetime) else value
        for key, value in each._asdict().items()
    }


def _session(ledger: Ledger, number: int, recorded: list[e.RecordedEvent]) -> SessionHeld:
    session = project(None, recorded)
    assert session is not None  # noqa: S101 - a session's stream has a first event
    return SessionHeld(
        number,
        session.session_ref,
        session.customer,
        session.state,
        session.purged_at,
        session.purge_evidence,
        None if session.held_until is None else session.held_until.isoformat(),
        [_held(ledger, session.customer, number, event) for event in recorded],
    )


def _held(ledger: Ledger, customer: str, session: int | None, event: e.RecordedEvent) -> HeldData:
    fact = event.event
    said: dict[str, Any] = msgspec.to_builtins(fact)
    says = {key: value for key, value in said.items() if key not in _OF_THE_EVENT}
    words: PersonalData = None
    if (commitment := getattr(fact, "commitment", None)) is not None:
        words = ledger.words(commitment) or ERASED
    return HeldData(customer, session, fact.TOPIC.partition(":")[0], fact.at, says, words)


def _erased(customer: str, session: int | None, recorded: list[e.RecordedEvent]) -> Iterator[Erased]:
    for event in recorded:
        for data in erased_classes(event.event):
            why = getattr(event.event, "why", None) or event.event.TOPIC.partition(":")[0].partition(".")[2]
            yield Erased(customer, session, data, event.event.at, why)
