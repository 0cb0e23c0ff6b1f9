"""The registers of issued documents, read from the documents' own streams up to a position.

Documents are few beside sessions: a year of a thousand a month is read in well under a second, so the
registers keep no rows of their own and can never be out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple, cast
from uuid import UUID

from ledger.domain import events as e
from ledger.domain import ksef_outage as outage
from ledger.domain.clock import Period, office_time
from ledger.domain.customer import live_code
from ledger.domain.invoice.state import Invoice, evolve
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.fa3.jpk import IssuedIn
from ledger.store.event_store import LedgerStore
from ledger.store.mapper import DECODERS
from projections.inputs.decode import decode

AGES = (0, 30, 60, 90)
"""Days overdue that divide the receivables by age."""


class Register(NamedTuple):
    """Every document at a position, in the order of issue, and the customers merged by then."""

    documents: dict[UUID, Invoice]
    merges: Mapping[str, str] = MappingProxyType({})

    def customer_of(self, invoice: Invoice) -> str:
        """Return the code that the customer of a document counts under."""
        return live_code(self.merges, invoice.issued.customer)

    def corrections_of(self, invoice: Invoice) -> list[Invoice]:
        """Return the corrections of an invoice, in order."""
        return [self.documents[each.correction] for each in invoice.corrections]

    def original_of(self, invoice: Invoice) -> Invoice:
        """Return the invoice that a correction corrects; an invoice itself."""
        return invoice if invoice.issued.corrects is None else self.documents[invoice.issued.corrects]

    def gross_with_corrections(self, invoice: Invoice) -> int:
        """Return the gross of an invoice with its corrections, in grosze."""
        corrected = sum(each.issued.gross_grosze for each in self.corrections_of(invoice))
        return invoice.issued.gross_grosze + corrected


def register(store: LedgerStore, position: int | None = None) -> Register:
    """Return every document of the first `position` events; of all without one."""
    documents: dict[UUID, Invoice] = {}
    for row in store.rows_of("invoice", position):
        stream = UUID(bytes=row[1])
        documents[stream] = evolve(documents.get(stream), stream, decode(row))
    return Register(documents, _merges(store, position))


def _merges(store: LedgerStore, position: int | None) -> dict[str, str]:
    """Return the code that each customer was merged into, as of a position."""
    topic = e.CustomerMerged.TOPIC
    read = DECODERS[topic]
    found = {
        str(code): cast("e.CustomerMerged", read(state)).into
        for code, state in store.payloads("customer", topic)
    }
    if not found or position is None or position >= store.length():
        return found
    by_then = {row[1] for row in store.rows_of("customer", position) if row[3] == topic}
    streams = store.resolve_many("customer", list(found))
    return {code: into for code, into in found.items() if streams[code].bytes in by_then}


def vat_period(found: Register, invoice: Invoice) -> str | None:
    """Return the month whose VAT a document belongs to, 2026-11; None while that is not known.

    An invoice: the month in which its help ended. A correction that counts on the original's date: its
    month. A reduction outside KSeF: the month in which the buyer confirmed it, so None until then. Never
    one that was withdrawn.
    """
    issued = invoice.issued
    if invoice.state == "withdrawn":
        return None
    if issued.corrects is None:
        return f"{max(line.service_on for line in issued.lines):%Y-%m}"
    if issued.effect == "original":
        return vat_period(found, found.original_of(invoice))
    if issued.gross_grosze >= 0 or issued.duty == "ksef":
        return f"{issued.issued_on:%Y-%m}"
    return None if invoice.received_on is None else f"{invoice.received_on:%Y-%m}"


PeriodBy = Literal["issued", "help"]
"""What puts a document into a period: its day of issue, or a day of the help it bills."""


def is_in(invoice: Invoice, period: Period, by: PeriodBy) -> bool:
    """Return True if a document was issued in a period, or bills help given in it."""
    if by == "issued":
        return period.first <= invoice.issued.issued_on < period.until
    return any(period.first <= line.service_on < period.until for line in invoice.issued.lines)


class Receivable(NamedTuple):
    """The unpaid part of an invoice, and the days it is overdue."""

    invoice: Invoice
    customer: str
    """The code that the customer counts under, after merges."""
    gross_grosze: int
    paid_grosze: int
    left_grosze: int
    days_overdue: int
    """Negative before the day it is due; 0 of what is to be given back."""

    @classmethod
    def of(
        cls, invoice: Invoice, gross_grosze: int, today: date, *, customer: str | None = None
    ) -> Receivable:
        """Return what is left of an invoice, whose gross with its corrections is given, on a day."""
        left = gross_grosze - invoice.paid_grosze
        overdue = (today - invoice.issued.due_on).days if left > 0 else 0
        code = invoice.issued.customer if customer is None else customer
        return cls(invoice, code, gross_grosze, invoice.paid_grosze, left, overdue)

    @property
    def age(self) -> str:
        """The class by age: not_due, 1-30, 31-60, 61-90, over_90; to_give_back where too much was paid."""
        if self.left_grosze < 0:
            return "to_give_back"
        if self.days_overdue <= 0:
            return "not_due"
        upper = next((days for days in AGES[1:] if self.days_overdue <= days), None)
        return "over_90" if upper is None else f"{upper - 29}-{upper}"


def receivables(found: Register, today: date, *, customer: str | None = None) -> Iterator[Receivable]:
    """Yield every invoice that is not settled, the longest overdue first.

    Invoices settled by a till and withdrawn ones are left out. A customer's are those of all codes merged
    into theirs, whichever of them is given.
    """
    wanted = None if customer is None else live_code(found.merges, customer)
    unsettled: list[Receivable] = []
    for invoice in found.documents.values():
        issued = invoice.issued
        code = found.customer_of(invoice)
        if invoice.is_correction or issued.receipt is not None or wanted not in (None, code):
            continue
        if invoice.state == "withdrawn":
            continue
        each = Receivable.of(invoice, found.gross_with_corrections(invoice), today, customer=code)
        if each.left_grosze:
            unsettled.append(each)
    yield from sorted(unsettled, key=lambda each: (-each.days_overdue, each.invoice.issued.number))


class CustomerReceivables(NamedTuple):
    """What a customer owes: invoices, what is left of them, what of it is overdue and for how long."""

    customer: str
    invoices: int
    left_grosze: int
    overdue_grosze: int
    days_overdue: int


def receivables_by_customer(found: Iterable[Receivable]) -> list[CustomerReceivables]:
    """Return the receivables of each customer, who owes most first."""
    theirs: dict[str, list[Receivable]] = {}
    for each in found:
        theirs.setdefault(each.customer, []).append(each)
    sums = [
        CustomerReceivables(
            customer,
            len(each),
            sum(one.left_grosze for one in each),
            sum(one.left_grosze for one in each if one.days_overdue > 0),
            max(0, *(one.days_overdue for one in each)),
        )
        for customer, each in theirs.items()
    ]
    return sorted(sums, key=lambda each: (-each.left_grosze, each.customer))


def withdrawn_on(invoice: Invoice) -> date | None:
    """Return the day on which a document was withdrawn; None for one that counts, or may."""
    withdrawn = invoice.withdrawn
    return None if withdrawn is None or invoice.state != "withdrawn" else office_time(withdrawn.at).date()


def rate_of(issued: e.InvoiceIssued) -> str:
    """Return the rate that a document's sale stands under in the register: 23, np II, np I.

    np II: services to a business of the EU, taxed there (art. 28b); np I: to one outside the EU.
    """
    return {"eu": "np II", "non_eu": "np I"}.get(issued.treatment, str(issued.vat_percent))


RATES = ("23", "np II", "np I", "zw")
"""The rates that a register always has a line for; zw: exempt, which this program does not issue yet."""


def outages_at(store: LedgerStore, position: int | None = None) -> tuple[outage.Outage, ...]:
    """Return the outages of KSeF that the first `position` events tell of; all events without one."""
    found: tuple[outage.Outage, ...] = ()
    for row in store.stream_rows(LEDGER_STREAM.bytes, position):
        fact = decode(row)
        if isinstance(fact, e.KsefOutageBegan | e.KsefOutageEnded | e.KsefOutageWithdrawn):
            found = outage.evolve(found, fact)
    return found


def issued_in(invoice: Invoice, outages: Iterable[outage.Outage]) -> IssuedIn | None:
    """Return how a document was issued, as its marker in the declaration takes it; None outside KSeF.

    What a failure of KSeF made of it counts only for what belongs into KSeF.
    """
    if invoice.issued.duty == "ksef":
        found = outage.outage_at_issue(invoice.issued, outages)
        if found is not None and found.kind != "unavailability":
            return "emergency" if found.kind == "failure" else "total_failure"
    return invoice.submissions[-1].mode if invoice.submissions else None


class RateSums(NamedTuple):
    """The documents of one rate that count in the sums of a register; money is grosze."""

    rate: str
    documents: int
    net_grosze: int
    vat_grosze: int
    gross_grosze: int


def sums_by_rate(counted: Iterable[e.InvoiceIssued]) -> list[RateSums]:
    """Return the sums of counted documents by rate, those of RATES first."""
    found: dict[str, list[e.InvoiceIssued]] = {rate: [] for rate in RATES}
    for issued in counted:
        found.setdefault(rate_of(issued), []).append(issued)
    return [
        RateSums(
            rate,
            len(documents),
            sum(each.net_grosze for each in documents),
            sum(each.vat_grosze for each in documents),
            sum(each.gross_grosze for each in documents),
        )
        for rate, documents in found.items()
    ]


def kind_of(issued: e.InvoiceIssued) -> str:
    """Return VAT, KOR, or FP for an invoice made out to a receipt."""
    if issued.corrects is not None:
        return "KOR"
    return "VAT" if issued.receipt is None else "FP"
