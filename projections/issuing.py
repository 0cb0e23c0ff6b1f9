"""What would be invoiced of a period: the plan that `invoice draft` shows and `invoice issue` carries out.

A plan is made of what the ledger says now; carrying it out decides again, document by document, so that a
plan that has aged issues nothing wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain.clock import Period, office_time
from ledger.domain.events import Duty
from ledger.domain.invoice.ksef_duty import Candidate
from ledger.domain.invoice.ksef_duty import plan as judged
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
from ledger.handlers.invoice.issue import Draft, drafted
from ledger.handlers.invoice.ksef_duty import standing_of
from projections.queries.reconciliation import open_findings
from projections.read_models import billing
from projections.views import Views

State = Literal["issue", "nothing_due", "needs_receipt", "blocked", "waiting"]
_RECEIPT = "receipt:"
_STATES: tuple[tuple[type[Refused], State], ...] = (
    (NothingToBill, "nothing_due"),
    (NeedsReceipt, "needs_receipt"),
    (VatUndecided, "blocked"),
    (InvoiceField, "blocked"),
)


class Planned(NamedTuple):
    """One document to be, or why there is none; `sessions` are numbers, `streams` those of the sessions."""

    customer: str
    state: State
    sessions: tuple[int, ...]
    streams: tuple[UUID, ...]
    draft: Draft | None = None
    why: Refused | None = None
    duty: Duty | None = None
    """Whether KSeF must have it, issued today in this order: the limit may be crossed on the way."""


class _Found(NamedTuple):
    number: int
    stream: UUID
    receipt: str | None
    vat_percent: int
    net_grosze: int
    demanded: bool


def plan(
    ledger: Ledger,
    views: Views,
    period: Period,
    held: Mapping[int, FindingsOpen],
    *,
    customer: str | None = None,
) -> Iterator[Planned]:
    """The documents of a period, by customer; then the sessions that wait, each with its reason."""
    found = billing.of_period(views, period, customer=customer)
    of_customer: defaultdict[str, list[billing.BilledSession]] = defaultdict(list)
    for session in found.sessions:
        if session.session in held:
            continue
        if session.counted or (session.billed or "").startswith(_RECEIPT):
            of_customer[session.customer].append(session)
    for code in sorted(of_customer):
        yield from _of_customer(ledger, code, of_customer[code])
    for session in found.sessions:
        if session.session in held and session.counted:
            yield Planned(session.customer, "waiting", (session.session,), (), why=held[session.session])
    for exception in found.exceptions:
        if exception.kind == billing.UNBILLED:
            why = NotBillable(f"session {exception.session} lasted over 48 hours and nobody confirmed it")
            yield Planned(exception.customer, "waiting", (exception.session,), (), why=why)


def held_back(ledger: Ledger, views: Views, period: Period, as_of: datetime) -> dict[int, FindingsOpen]:
    """Return the sessions of a period that an open finding holds back, as of what the read model holds."""
    if ledger.state.texts["reconcile.require"] == "off":
        return {}
    return _refusals(open_findings(views, ledger, period, as_of))


def held_back_now(ledger: Ledger, period: Period) -> dict[int, FindingsOpen]:
    """Return the same as the ledger's own read models say, which issuing asks again for each document."""
    if ledger.state.texts["reconcile.require"] == "off":
        return {}
    return _refusals(ledger.read_models.open_findings(period))


def _refusals(found: Mapping[int, Sequence[str]]) -> dict[int, FindingsOpen]:
    return {
        session: FindingsOpen(f"session {session} has the open finding {findings[0]}")
        for session, findings in found.items()
    }


def with_duties(ledger: Ledger, planned: Iterable[Planned]) -> list[Planned]:
    """The same with what KSeF would ask of each document, issued today one after another.

    Where the exemption has ended, that is why they wait.
    """
    listed = list(planned)
    due = [each.draft for each in listed if each.draft is not None]
    standing = standing_of(ledger, office_time(ledger.now()).date())
    try:
        rulings = judged(standing, [Candidate(d.sums.gross_grosze, is_consumer=d.consumer) for d in due])
    except ExemptionEnded as why:
        return [each if each.draft is None else each._replace(state="waiting", why=why) for each in listed]
    duties = iter([ruling.duty for ruling in rulings])
    return [each if each.draft is None else each._replace(duty=next(duties)) for each in listed]


def _of_customer(ledger: Ledger, code: str, rows: list[billing.BilledSession]) -> Iterator[Planned]:
    sessions = [_found(ledger, row) for row in rows]
    free = [each for each in sessions if each.net_grosze == 0 and each.receipt is None]
    due = [each for each in sessions if each.net_grosze and (each.receipt is None or each.demanded)]
    for group in _groups(due):
        yield from _planned(ledger, code, group)
    if free and not due:
        yield Planned(code, "nothing_due", *_named(free))


def _found(ledger: Ledger, row: billing.BilledSession) -> _Found:
    stream, _ = ledger.find_session(str(row.session))
    receipt = (row.billed or "").removeprefix(_RECEIPT) or None
    demanded = ledger.session(stream).invoice_requested_on is not None
    return _Found(row.session, stream, receipt, row.vat_percent, row.net_grosze, demanded)


def _groups(due: Iterable[_Found]) -> list[list[_Found]]:
    """One document has one rate of VAT and is made out to at most one receipt."""
    groups: defaultdict[tuple[str, int], list[_Found]] = defaultdict(list)
    for each in due:
        groups[each.receipt or "", each.vat_percent].append(each)
    return [groups[key] for key in sorted(groups)]


def _planned(ledger: Ledger, code: str, group: list[_Found]) -> Iterator[Planned]:
    try:
        draft = drafted(ledger, code, [each.stream for each in group])
    except NeedsReceipt as why:
        demanded = [each for each in group if each.demanded]
        yield Planned(code, "needs_receipt", *_named(e for e in group if not e.demanded), why=why)
        if demanded:
            yield from _planned(ledger, code, demanded)
    except Refused as why:
        yield Planned(code, _state_of(why), *_named(group), why=why)
    else:
        yield Planned(code, "issue", *_named(group), draft=draft)


def _state_of(why: Refused) -> State:
    for kind, state in _STATES:
        if isinstance(why, kind):
            return state
    return "waiting"


def _named(group: Iterable[_Found]) -> tuple[tuple[int, ...], tuple[UUID, ...]]:
    listed = list(group)
    return tuple(each.number for each in listed), tuple(each.stream for each in listed)
