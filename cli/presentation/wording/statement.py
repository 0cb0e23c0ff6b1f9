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
from cli.presentation.wording import labels
from ledger.message import msg, msg_in

TITLE = msg("Statement of sessions")
SESSIONS = labels.SESSIONS
HOURS = labels.STARTED_HOURS_IN_FULL
CUSTOMER = labels.CUSTOMER
SUMS_LABEL = labels.SUM_OF_COLUMN
SUMS = msg("PLN {net} net, VAT PLN {vat}, PLN {gross} gross")
TOTAL = labels.SUM
NO_INVOICE = msg("This is no invoice. Every session stands in it, free and test sessions too.")
NOT_DELETED = labels.NOT_YET
EVIDENCE = {
    "measured": labels.MEASURED,
    "absence_measured": labels.ABSENCE_MEASURED,
    "declared": labels.DECLARED,
}
SESSION_COLUMNS = (
    SESSION,
    Column("session_ref", msg("Ref")),
    ISSUE,
    CONNECTED_AT,
    ENDED_AT,
    STARTED_HOURS,
    WAIVED,
    NET,
    PURGED_AT,
    Column("evidence", msg_in("statement", "Evidence")),
)
WAIVERS = msg("Waived")
WAIVER_COLUMNS = (SESSION, WAIVED, Column("reason", labels.REASON))
SELLER = labels.SELLER
HOUR_COLUMNS = (
    SESSION,
    Column("opened_at", labels.OPENED, "instant"),
    Column("day", labels.DAY),
    BAND,
    Column("list_grosze", labels.NET_PRICE, "grosze"),
    DISCOUNT_PERCENT,
    WAIVED,
    NET,
    Column("rule", labels.PRICE_LIST),
)
SENTENCE_COLUMNS = (
    Column("number", msg("No.")),
    Column("sentence", labels.SENTENCE_OF_THE_PRICE_LIST),
)
READING_COLUMNS = (
    Column("number", msg("No."), "integer"),
    Column("reading", labels.QUESTION_AND_ANSWER),
)
