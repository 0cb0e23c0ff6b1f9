"""What the log is found by: session references, customer codes, command ids, session numbers.

The table `reference` is written in the event's transaction and holds nothing that the events do not
say: whoever reads them all can derive it again, and `check` does.
"""

from __future__ import annotations

from typing import Literal, NamedTuple
from uuid import UUID

from ledger.domain.events import (
    CustomerRegistered,
    FindingAcknowledged,
    InvoiceIssued,
    RecordedEvent,
    Requested,
    SourceSessionObserved,
    TransferSeen,
)
from ledger.message import Message, msg, plain

Kind = Literal[
    "session_ref", "customer", "command", "session", "invoice", "xml", "record", "finding", "transfer"
]

NOUNS: dict[Kind, str] = {
    "session": "session",
    "customer": "customer",
    "invoice": "document",
    "record": "record",
    "finding": "finding",
    "transfer": "transfer",
}
"""The keys that people name a stream by, and the noun before each."""
OPENING_TOPICS = frozenset({Requested.TOPIC})
"""The events that open a session; a session's number is its place among them, from 1."""


class Reference(NamedTuple):
    """`key` (text; an integer for kind session) leads to `stream`; `digest` is that of a command."""

    kind: Kind
    key: str | int
    stream: UUID
    digest: str | None = None


def references_of(event: RecordedEvent) -> list[Reference]:
    """Return the keys an event gives to its stream; session numbers are not among them, the log gives those.

    Every event of one command names it: the first one keeps the row.
    """
    fact, stream = event.event, event.originator_id
    found: list[Reference] = []
    if isinstance(fact, Requested):
        if fact.session_ref is not None:
            found.append(Reference("session_ref", fact.session_ref, stream))
    elif isinstance(fact, CustomerRegistered):
        found.append(Reference("customer", fact.customer, stream))
    elif isinstance(fact, InvoiceIssued):
        found.append(Reference("invoice", fact.number, stream))
        found.append(Reference("xml", fact.xml_sha256, stream))
    elif isinstance(fact, SourceSessionObserved):
        found.append(Reference("record", fact.key, stream))
    elif isinstance(fact, TransferSeen):
        found.append(Reference("transfer", stream.hex, stream))
    elif isinstance(fact, FindingAcknowledged) and event.originator_version == 1:
        found.append(Reference("finding", fact.finding, stream))
    if fact.command is not None:
        found.append(Reference("command", fact.command, stream, fact.command_digest))
    return found


_SUBJECTS = {
    "session": msg("session {key}"),
    "customer": msg("customer {key}"),
    "invoice": msg("invoice {key}"),
    "document": msg("document {key}"),
    "series": msg("series {key}"),
    "record": msg("record {key}"),
    "the": msg("the ledger"),
    "a": msg("a subject without events"),
}


def subject(text: str) -> Message:
    """Return a stream's subject as `subject_of` names it, session 17, as a message."""
    noun, _, key = text.partition(" ")
    found = _SUBJECTS.get(noun)
    return plain("{subject}", subject=text) if found is None else found.of(key=key)
