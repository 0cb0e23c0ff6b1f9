"""Wording of a customer's statement."""

from __future__ import annotations

from cli.presentation.columns import (
    BAND,
    CONNECTED_AT,
    DISCOUNT_PERCENT,
    ENDED_AT,
    ISSUE,
    NET,
    PURGED_AT,
    SESSION,
    STARTED_HOURS,
    WAIVED,
)
from cli.presentation.formats.model import Column
from cli.presentation.text import Text
from cli.presentation.wording import labels

TITLE = Text(pl="Zestawienie sesji", en="Statement of sessions")
SESSIONS = labels.SESSIONS
HOURS = labels.STARTED_HOURS_IN_FULL
CUSTOMER = labels.CUSTOMER
SUMS_LABEL = labels.SUM_OF_COLUMN
SUMS = Text(
    pl="{net} zł netto, VAT {vat} zł, {gross} zł brutto", en="PLN {net} net, VAT PLN {vat}, PLN {gross} gross"
)
TOTAL = labels.SUM
NO_INVOICE = Text(
    pl="Zestawienie nie jest fakturą. Stoją w nim wszystkie sesje, także bezpłatne i testowe.",
    en="This is no invoice. Every session stands in it, free and test sessions too.",
)
NOT_DELETED = labels.NOT_YET
EVIDENCE = {
    "measured": labels.MEASURED,
    "absence_measured": labels.ABSENCE_MEASURED,
    "declared": Text(pl="oświadczono", en="declared"),
}
SESSION_COLUMNS = (
    SESSION,
    Column("session_ref", Text(pl="Numer", en="Ref")),
    ISSUE,
    CONNECTED_AT,
    ENDED_AT,
    STARTED_HOURS,
    WAIVED,
    NET,
    PURGED_AT,
    Column("evidence", Text(pl="Jak stwierdzono", en="Evidence")),
)
HOUR_COLUMNS = (
    SESSION,
    Column("opened_at", Text(pl="Rozpoczęta", en="Opened"), "instant"),
    Column("day", labels.DAY),
    BAND,
    Column("list_grosze", labels.NET_PRICE, "grosze"),
    DISCOUNT_PERCENT,
    NET,
    Column("rule", labels.SENTENCE_OF_THE_PRICE_LIST),
)
READING_COLUMNS = (
    Column("number", Text(pl="Nr", en="No."), "integer"),
    Column("reading", Text(pl="Pytanie i przyjęta odpowiedź", en="Question, and the answer chosen")),
)
