"""Issuing repeated under its command id: the document recorded then is the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period
from ledger.handlers.buyer import members_of


def of_issue(metadata: Metadata, customer: str, sessions: Iterable[UUID], on: date | None) -> Metadata:
    """Return the metadata with the digest of issuing one document."""
    arguments = {"customer": customer, "sessions": sorted(map(str, sessions)), "on": on}
    return metadata.of_command("invoice issue", arguments)


def repeat_in_period(
    ledger: Ledger, metadata: Metadata, *, period: Period, customer: str, on: date | None = None
) -> Receipt | None:
    """Return the receipt of the document that the same command issued of a period; None without one.

    Its sessions are billed since, so the plan of the period has them no longer. Raises CommandReused where
    the document is of another customer, of another period, or of another day.
    """
    command_id = metadata.command_id
    found = None if command_id is None else ledger.store.resolve("command", command_id)
    if found is None:
        return None
    issued = ledger.events_of(found[0])[0].event
    metadata = of_issue(metadata, customer, (), on)
    if isinstance(issued, e.InvoiceIssued) and issued.customer in members_of(ledger, customer):
        streams = {line.session for line in issued.lines}
        if all(period.first <= line.service_on < period.until for line in issued.lines):
            metadata = of_issue(metadata, issued.customer, streams, on)
    return ledger.repeat_of(metadata, belongs=is_of_document, is_looked_up=True)


def is_of_document(issued: e.Event, event: e.Event) -> bool:
    """Return True for an event that was recorded with the document of the first one."""
    number = getattr(issued, "number", None)
    return number is not None and number in {
        getattr(event, "number", None),
        getattr(event, "correction", None),
    }
