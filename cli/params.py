"""Types of options and arguments: typed text into the ledger's own values; anything else exits 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from ledger.domain import events
from ledger.domain.clock import Period
from ledger.domain.identifiers import check_token
from ledger.domain.money import typed_amount
from ledger.message import msg

if TYPE_CHECKING:
    pass

from cli.param_names import DocumentNumber, NamedCustomer, Order, Reason, SessionName, Setting, read_setting
from cli.param_types import NOW, Day, Instant, Key, Months, Now, Stretch, Typed, Word

INSTANT = Instant()
"""A moment that is over, as what is recorded is: a UTC datetime, or NOW."""
PLANNED = Instant(lean="future")
"""A moment to come."""
ANY_INSTANT = Instant(lean="any", needs_time=False)
"""A moment of any time; a day will do."""
SEEN_INSTANT = Instant(needs_time=False)
"""A moment that is over; a day will do."""
DOCUMENT_NUMBER = DocumentNumber()
"""The number of a billing document."""
DATE = Day()
"""A date of the office calendar."""
STRETCH = Stretch()
"""Two moments that are over."""
PERIOD = Months()
"""A `ledger.domain.clock.Period`."""
AMOUNT = Typed("amount", typed_amount)
"""Integer grosze."""
SETTING = Setting("key=value", read_setting)
"""A pair of key and value."""
SESSION = SessionName()
"""A session's number or reference."""
REASON = Reason()
"""A reason as it is typed."""
TOKEN = Typed("id", lambda text: check_token(text, msg("the id")))
"""One printable word."""

CUSTOMER = NamedCustomer()
"""A customer's code; typed as code, name or NIP."""
REPORTED_CUSTOMER = NamedCustomer(for_reports=True)
"""The same for commands that only report."""
CUSTOMER_CODE = NamedCustomer(by_name=False)
"""A customer's code where a name that means another would do harm."""
NEW_CUSTOMER = Key("customer", msg("the customer's code"))
SESSION_REF = Key("ref", msg("the session's reference"))
ORDER_REF = Order("ref", msg("the order's reference"))
HANDLE = Key("handle", msg("the technician's handle"))
CODE = Key("code", msg("the code"))

ARTEFACT_KIND = Word("artefact", get_args(events.ArtefactKind))
ISSUE = Word("issue", get_args(events.Issue))
CHANNEL = Word("channel", get_args(events.Channel))
ENDED_BY = Word("ended_by", get_args(events.EndedBy))
ACCEPTED_HOW = Word("accepted_how", get_args(events.AcceptedHow))
CONSUMER = Word("consumer", get_args(events.Consumer))
VAT_TREATMENT = Word("vat_treatment", get_args(events.VatTreatment))
REASON_CODE = Word("reason", events.REASON_CODES)

__all__ = [
    "ACCEPTED_HOW",
    "AMOUNT",
    "ANY_INSTANT",
    "ARTEFACT_KIND",
    "CHANNEL",
    "CODE",
    "CONSUMER",
    "CUSTOMER",
    "CUSTOMER_CODE",
    "DATE",
    "DOCUMENT_NUMBER",
    "ENDED_BY",
    "HANDLE",
    "INSTANT",
    "ISSUE",
    "NEW_CUSTOMER",
    "NOW",
    "ORDER_REF",
    "PERIOD",
    "PLANNED",
    "REASON",
    "REASON_CODE",
    "REPORTED_CUSTOMER",
    "SEEN_INSTANT",
    "SESSION",
    "SESSION_REF",
    "SETTING",
    "STRETCH",
    "TOKEN",
    "VAT_TREATMENT",
    "Now",
    "Period",
    "Word",
]
