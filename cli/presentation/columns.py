"""Columns and titles that several reports share."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from cli.presentation.formats.model import Column
from cli.presentation.wording import labels
from ledger.domain.clock import Period
from ledger.message import Message, msg, msg_in

SESSION = Column("session", labels.SESSION, "integer")
REF = Column("session_ref", msg("Reference"))
CUSTOMER_CODE = Column("customer", labels.CUSTOMER)
AT = Column("at", labels.WHEN, "instant")
BAND = Column("band", labels.BAND)
BUYER = Column("buyer", labels.BUYER)
BYTES = Column("bytes", msg("Bytes"), "integer")
CONNECTED_AT = Column("connected_at", msg("Connected"), "instant")
CORRECTS = Column("corrects", labels.CORRECTS)
DELAY_SECONDS = Column("delay_seconds", msg("After"), "seconds")
DISCOUNT_PERCENT = Column("discount_percent", msg("Discount %"), "integer")
DUE_ON = Column("due_on", msg("Due"), "date")
ENDED_AT = Column("ended_at", msg_in("columns", "Ended"), "instant")
EVIDENCE = Column("evidence", msg("Evidence"))
FILES = Column("files", msg("Files"), "integer")
GROSS = Column("gross_grosze", labels.GROSS, "grosze")
HELD_UNTIL = Column("held_until", labels.HELD_UNTIL)
ISSUE = Column("issue", msg("Issue"))
ISSUED_ON = Column("issued_on", labels.ISSUED, "date")
KIND = Column("kind", msg("Kind"))
LEAF_INDEX = Column("leaf_index", labels.EVENT, "integer")
LIST = Column("list_grosze", msg("List price"), "grosze")
METHOD = Column("method", msg("Method"))
NAME = Column("name", msg("Name"))
NET = Column("net_grosze", labels.NET, "grosze")
NIP = Column("nip", labels.NIP)
NUMBER = Column("number", msg("Number"))
ON = Column("on", labels.DAY, "date")
ORDER_REF = Column("order_ref", msg("Order"))
PAID = Column("paid_grosze", msg("Paid"), "grosze")
PURGED_AT = Column("purged_at", msg("Data deleted"), "instant")
RECEIPT = Column("receipt", msg("Receipt"))
RESULT = Column("result", msg("Result"))
SESSIONS = Column("sessions", labels.SESSIONS)
STARTED_HOURS = Column("started_hours", labels.STARTED_HOURS, "integer")
STATE = Column("state", labels.STATE)
TARGETS = Column("targets", labels.TARGETS, "integer")
VALUE = Column("value", labels.VALUE)
VAT = Column("vat_grosze", labels.VAT, "grosze")
VERDICT = Column("verdict", labels.VERDICT)
WAIVED = Column("waived_grosze", msg("Waived"), "grosze")
WHAT = Column("what", labels.WHAT)
WHY = Column("why", msg("Why"))


def aside(column: Column) -> Column:
    """Return a column that is left out first where a terminal is too narrow for all."""
    return replace(column, aside=True)


def titled(what: Message, period: Period) -> Message:
    """Return a report's title: its subject, first and last day."""
    last = period.until - timedelta(days=1)
    return msg("{what}, {first} – {last}", what=what, first=period.first, last=last)


def period_document(period: Period) -> dict[str, str]:
    """Return a period for JSON: days, the end not part of it."""
    return {"from": period.first.isoformat(), "until": period.until.isoformat()}
