"""The plan of a period's invoices, which `invoice draft` shows and `invoice issue` carries out.

Carrying it out decides again, document by document, so an old plan issues nothing wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.application.read_models import UnbilledSession
from ledger.domain.clock import Period, office_time
from ledger.domain.events import Duty
from ledger.domain.invoice.ksef_duty import Candidate
from ledger.domain.invoice.ksef_duty import plan as judged
from ledger.domain.money import vat_on
from ledger.errors import (
    ExemptionEnded,
    FindingsOpen,
    InvoiceField,
    NeedsReceipt,
    NotBillable,
    NothingToBill,
    Refused,
    VatUndecided,
)
from ledger.handlers.invoice.draft import Draft, drafted
from ledger.handlers.invoice.ksef_duty import standing_of
from ledger.message import msg

State = Literal["issue", "nothing_due", "needs_receipt", "blocked", "waiting"]
_STATES: tuple[tuple[type[Refused], State], ...] = (
    (NothingToBill, "nothing_due"),
    (NeedsReceipt, "needs_receipt"),
    (VatUndecided, "blocked"),
    (InvoiceField, "blocked"),
)


class PlannedInvoice(NamedTuple):
    """A document to be issued, or the reason why not; `streams` are those of the numbered sessions."""

    customer: str
    state: State
    sessions: tuple[int, ...]
    streams: tuple[UUID, ...]
    draft: Draft | None = None
    why: Refused | None = None
    duty: Duty | None = None
    """Its duty under KSeF, issued today in this order: the limit may be crossed on the way."""
    receipts_gross_grosze: tuple[int, ...] = ()
    """Of sessions that wait for a till's receipt: what each comes to, with VAT."""

    @property
    def waits(self) -> bool:
        """True if something has to happen before these sessions are billed."""
        return self.why is not None and self.state != "nothing_due"


class _Found(NamedTuple):
    number: int
    stream: UUID
    receipt: str | None
    vat_percent: int
    net_grosze: int


def plan(ledger: Ledger, period: Period, *, customer: str | None = None) -> list[PlannedInvoice]:
    """Return the documents of a period, by customer; then the sessions that wait, each with its reason.

    Raises: CustomerUnknown.
    """
    if customer is not None:
        ledger.find_customer(customer)
    return _with_duties(ledger, _planned_of(ledger, period, customer))


def _planned_of(ledger: Ledger, period: Period, customer: str | None) -> Iterator[PlannedInvoice]:
    held = _held_back(ledger, period)
    found = ledger.read_models.unbilled(period, customer)
    of_customer: defaultdict[str, list[UnbilledSession]] = defaultdict(list)
    for each in found.sessions:
        if each.session not in held:
            of_customer[each.customer].append(each)
    for code in sorted(of_customer):
        yield from _of_customer(ledger, code, of_customer[code])
    for each in found.sessions:
        if each.session in held and each.receipt is None:
            yield PlannedInvoice(each.customer, "waiting", (each.session,), (), why=held[each.session])
    for number, code in found.unconfirmed:
        why = NotBillable(msg("session {number} lasted over 48 hours and nobody confirmed it", number=number))
        yield PlannedInvoice(code, "waiting", (number,), (), why=why)


def _held_back(ledger: Ledger, period: Period) -> dict[int, FindingsOpen]:
    """Return the sessions of a period that an open finding holds back, with the refusal."""
    if ledger.state.texts["reconcile.require"] == "off":
        return {}
    return {
        session: FindingsOpen(
            msg("session {session} has the open finding {findings}", session=session, findings=findings[0])
        )
        for session, findings in ledger.read_models.open_findings(period).items()
    }


def _with_duties(ledger: Ledger, planned: Iterable[PlannedInvoice]) -> list[PlannedInvoice]:
    """Add the duty of each document under KSeF, issued today one after another.

    Where the exemption has ended, documents wait for that reason.
    """
    listed = list(planned)
    due = [each.draft for each in listed if each.draft is not None]
    exemption = standing_of(ledger, office_time(ledger.now()).date())
    try:
        rulings = judged(exemption, [Candidate(d.sums.gross_grosze, is_consumer=d.consumer) for d in due])
    except ExemptionEnded as why:
        return [each if each.draft is None else each._replace(state="waiting", why=why) for each in listed]
    duties = iter([ruling.duty for ruling in rulings])
    return [each if each.draft is None else each._replace(duty=next(duties)) for each in listed]


def _of_customer(ledger: Ledger, code: str, rows: list[UnbilledSession]) -> Iterator[PlannedInvoice]:
    sessions = [_found(ledger, row) for row in rows]
    free = [each for each in sessions if each.net_grosze == 0 and each.receipt is None]
    due = [
        each
        for each in sessions
        if each.net_grosze and (each.receipt is None or _is_demanded(ledger, each.stream))
    ]
    for group in _groups(due):
        yield from _planned(ledger, code, group)
    if free and not due:
        yield PlannedInvoice(code, "nothing_due", *_named(free))


def _found(ledger: Ledger, row: UnbilledSession) -> _Found:
    stream, _ = ledger.find_session(str(row.session))
    return _Found(row.session, stream, row.receipt, row.vat_percent, row.net_grosze)


def _is_demanded(ledger: Ledger, stream: UUID) -> bool:
    """Return True if an invoice was asked for; asked of few, as drafting reads each session anyway."""
    return ledger.session(stream).invoice_requested_on is not None


def _groups(due: Iterable[_Found]) -> list[list[_Found]]:
    """Group sessions by document: one rate of VAT, and at most one receipt, each."""
    groups: defaultdict[tuple[str, int], list[_Found]] = defaultdict(list)
    for each in due:
        groups[each.receipt or "", each.vat_percent].append(each)
    return [groups[key] for key in sorted(groups)]


def _planned(ledger: Ledger, code: str, group: list[_Found]) -> Iterator[PlannedInvoice]:
    try:
        draft = drafted(ledger, code, [each.stream for each in group])
    except NeedsReceipt as why:
        demanded = [each for each in group if _is_demanded(ledger, each.stream)]
        others = [each for each in group if each not in demanded]
        gross = tuple(each.net_grosze + vat_on(each.net_grosze, each.vat_percent) for each in others)
        named = _named(others)
        yield PlannedInvoice(code, "needs_receipt", *named, why=why, receipts_gross_grosze=gross)
        if demanded:
            yield from _planned(ledger, code, demanded)
    except Refused as why:
        yield PlannedInvoice(code, _state_of(why), *_named(group), why=why)
    else:
        yield PlannedInvoice(code, "issue", *_named(group), draft=draft)


def _state_of(why: Refused) -> State:
    for kind, state in _STATES:
        if isinstance(why, kind):
            return state
    return "waiting"


def _named(group: Iterable[_Found]) -> tuple[tuple[int, ...], tuple[UUID, ...]]:
    listed = list(group)
    return tuple(each.number for each in listed), tuple(each.stream for each in listed)
