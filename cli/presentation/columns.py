"""Columns and titles that several reports share."""

from __future__ import annotations

from datetime import timedelta

from cli.presentation.formats.model import Column
from cli.presentation.text import Text
from ledger.domain.clock import Period

SESSION = Column("session", Text("Sesja", "Session"), "integer")
REF = Column("session_ref", Text("Numer własny", "Reference"))
CUSTOMER_CODE = Column("customer", Text("Klient", "Customer"))


def titled(what: Text, period: Period) -> Text:
    """What a report is about, and its first and last day."""
    days = f"{period.first} – {period.until - timedelta(days=1)}"
    return Text(f"{what.pl}, {days}", f"{what.en}, {days}")


def period_document(period: Period) -> dict[str, str]:
    """A period in JSON: days, the end not part of it."""
    return {"from": period.first.isoformat(), "until": period.until.isoformat()}
