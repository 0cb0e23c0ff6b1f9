"""What a customer's statement says, in both languages."""

from __future__ import annotations

from cli.presentation.formats.model import Column
from cli.presentation.text import Text

TITLE = Text(pl="Zestawienie sesji", en="Statement of sessions")
SESSIONS = Text(pl="Sesje", en="Sessions")
HOURS = Text(pl="Rozpoczęte godziny", en="Started hours")
CUSTOMER = Text(pl="Klient", en="Customer")
SUMS_LABEL = Text(pl="Suma", en="Sum")
SUMS = Text(
    pl="{net} zł netto, VAT {vat} zł, {gross} zł brutto", en="PLN {net} net, VAT PLN {vat}, PLN {gross} gross"
)
TOTAL = Text(pl="razem", en="total")
NO_INVOICE = Text(
    pl="Zestawienie nie jest fakturą. Stoją w nim wszystkie sesje, także bezpłatne i testowe.",
    en="This is no invoice. Every session stands in it, free and test sessions too.",
)
NOT_DELETED = Text(pl="jeszcze nie", en="not yet")
EVIDENCE = {
    "measured": Text(pl="zmierzono", en="measured"),
    "absence_measured": Text(pl="zmierzono brak", en="absence measured"),
    "declared": Text(pl="oświadczono", en="declared"),
}
_SESSION = Column("session", Text(pl="Sesja", en="Session"), "integer")
_NET = Column("net_grosze", Text(pl="Netto", en="Net"), "grosze")
SESSION_COLUMNS = (
    _SESSION,
    Column("session_ref", Text(pl="Numer", en="Ref")),
    Column("issue", Text(pl="Rodzaj", en="Issue")),
    Column("connected_at", Text(pl="Połączono", en="Connected"), "instant"),
    Column("ended_at", Text(pl="Zakończono", en="Ended"), "instant"),
    Column("started_hours", Text(pl="Godziny", en="Started hours"), "integer"),
    Column("waived_grosze", Text(pl="Ulga", en="Waived"), "grosze"),
    _NET,
    Column("purged_at", Text(pl="Dane usunięto", en="Data deleted"), "instant"),
    Column("evidence", Text(pl="Jak stwierdzono", en="Evidence")),
)
HOUR_COLUMNS = (
    _SESSION,
    Column("opened_at", Text(pl="Rozpoczęta", en="Opened"), "instant"),
    Column("band", Text(pl="Pora", en="Band")),
    Column("list_grosze", Text(pl="Cena netto", en="Net price"), "grosze"),
    Column("discount_percent", Text(pl="Rabat %", en="Discount %"), "integer"),
    _NET,
    Column("rule", Text(pl="Zdanie cennika", en="Sentence of the price list")),
)
