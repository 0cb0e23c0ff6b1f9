"""Columns and titles that several reports share."""

from __future__ import annotations

from datetime import timedelta

from cli.presentation.formats.model import Column
from cli.presentation.text import Text
from cli.presentation.wording import labels
from ledger.domain.clock import Period

SESSION = Column("session", labels.SESSION, "integer")
REF = Column("session_ref", Text("Numer własny", "Reference"))
CUSTOMER_CODE = Column("customer", labels.CUSTOMER)
AT = Column("at", labels.WHEN, "instant")
BAND = Column("band", labels.BAND)
BUYER = Column("buyer", labels.BUYER)
BYTES = Column("bytes", Text("Bajty", "Bytes"), "integer")
CONNECTED_AT = Column("connected_at", Text("Połączono", "Connected"), "instant")
CORRECTS = Column("corrects", labels.CORRECTS)
DELAY_SECONDS = Column("delay_seconds", Text("Po", "After"), "seconds")
DISCOUNT_PERCENT = Column("discount_percent", Text("Rabat %", "Discount %"), "integer")
DUE_ON = Column("due_on", Text("Termin", "Due"), "date")
ENDED_AT = Column("ended_at", Text("Zakończono", "Ended"), "instant")
EVIDENCE = Column("evidence", Text("Dowód", "Evidence"))
FILES = Column("files", Text("Pliki", "Files"), "integer")
GROSS = Column("gross_grosze", labels.GROSS, "grosze")
HELD_UNTIL = Column("held_until", labels.HELD_UNTIL)
ISSUE = Column("issue", Text("Rodzaj", "Issue"))
ISSUED_ON = Column("issued_on", labels.ISSUED, "date")
KIND = Column("kind", Text("Rodzaj", "Kind"))
LEAF_INDEX = Column("leaf_index", labels.EVENT, "integer")
LIST = Column("list_grosze", Text("Cena", "List price"), "grosze")
METHOD = Column("method", Text("Metoda", "Method"))
NAME = Column("name", Text("Nazwa", "Name"))
NET = Column("net_grosze", labels.NET, "grosze")
NIP = Column("nip", labels.NIP)
NUMBER = Column("number", Text("Numer", "Number"))
ON = Column("on", labels.DAY, "date")
ORDER_REF = Column("order_ref", Text("Zamówienie", "Order"))
PAID = Column("paid_grosze", Text("Zapłacono", "Paid"), "grosze")
PURGED_AT = Column("purged_at", Text("Dane usunięto", "Data deleted"), "instant")
RECEIPT = Column("receipt", Text("Paragon", "Receipt"))
RESULT = Column("result", Text("Wynik", "Result"))
SESSIONS = Column("sessions", labels.SESSIONS)
STARTED_HOURS = Column("started_hours", labels.STARTED_HOURS, "integer")
STATE = Column("state", labels.STATE)
TARGETS = Column("targets", labels.TARGETS, "integer")
VALUE = Column("value", labels.VALUE)
VAT = Column("vat_grosze", labels.VAT, "grosze")
VERDICT = Column("verdict", labels.VERDICT)
WAIVED = Column("waived_grosze", Text("Ulga", "Waived"), "grosze")
WHAT = Column("what", labels.WHAT)
WHY = Column("why", Text("Dlaczego", "Why"))


def titled(what: Text, period: Period) -> Text:
    """Return a report's title: its subject, first and last day."""
    days = f"{period.first} – {period.until - timedelta(days=1)}"
    return Text(f"{what.pl}, {days}", f"{what.en}, {days}")


def period_document(period: Period) -> dict[str, str]:
    """Return a period for JSON: days, the end not part of it."""
    return {"from": period.first.isoformat(), "until": period.until.isoformat()}
