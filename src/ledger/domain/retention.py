"""How long personal data are kept, and when a request for erasure is answered: rules of dates alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Literal

from ledger.domain import events as e
from ledger.domain.session.evolve import Session

DataClass = Literal["session", "tax", "customer"]

TAX_LAW = "art. 86 § 1 w zw. z art. 70 § 1 Ordynacji podatkowej"
"""Why reasons and notes are kept after a request for erasure: they explain amounts in tax books."""
SOON = timedelta(days=30)
"""What is due within this time is told as coming."""
MONTHS_OF_THE_YEAR = 12


def tax_until(said_on: date, years: int) -> date:
    """The last day on which words of the class tax are kept, said on a day of the office calendar."""
    return date(said_on.year + years, 12, 31)


def answer_until(received_on: date) -> date:
    """The day by which a request is answered: one month later, in a shorter month its last day."""
    month = received_on.month % MONTHS_OF_THE_YEAR + 1
    year = received_on.year + (received_on.month == MONTHS_OF_THE_YEAR)
    return date(year, month, min(received_on.day, monthrange(year, month)[1]))


def abandoned_since(session: Session) -> datetime | None:
    """Since when a request has come to nothing: cancelled, or neither connected nor still expected."""
    if session.connections or session.ended_at is not None or session.purged_at is not None:
        return None
    if session.cancelled_at is not None:
        return session.cancelled_at
    return max(session.requested_at, session.scheduled_for or session.requested_at)


def erased_classes(event: e.Event) -> tuple[DataClass, ...]:
    """The classes of its stream's own data that a fact says are erased, recorded before it."""
    match event:
        case e.DataPurged():
            return ("session",)
        case e.SessionDataErased() | e.CustomerDataErased() | e.InvoiceDataErased() | e.RecordDataErased():
            return (event.data,)
        case e.TransferDataErased():
            return (event.data,)
        case e.CustomerErased():
            is_kept = event.outcome == "refused" or any(kept.data == "customer" for kept in event.kept)
            return () if is_kept else ("customer",)
        case _:
            return ()


ERASING_TOPICS = frozenset(
    {
        "session.data_purged:1",
        e.DataPurged.TOPIC,
        e.SessionDataErased.TOPIC,
        e.CustomerErased.TOPIC,
        e.CustomerDataErased.TOPIC,
        e.InvoiceDataErased.TOPIC,
        e.RecordDataErased.TOPIC,
        e.TransferDataErased.TOPIC,
    }
)
"""The topics of the facts that may say so."""
