"""A customer asks for erasure: the request, what an answer erases and what it keeps, the answer.

The answer is one transaction over all streams of the person: the customer's own, those merged into it,
their sessions. Then the vault is erased; killed in between, a repeat or `check --repair` completes it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.customer import Customer
from ledger.domain.invoice.state import Invoice
from ledger.domain.retention import TAX_LAW, DataClass, answer_until, tax_until
from ledger.domain.session.evolve import Session
from ledger.errors import BadCombination, CustomerIsErased, ErasureWaiting
from ledger.handlers.buyer import members_of, sessions_of
from ledger.handlers.privacy.erase import complete, erase_recorded, left_behind, placed
from ledger.handlers.privacy.invoices import documents_of, kept_until
from ledger.handlers.privacy.retention import last_tax_words
from ledger.message import msg

Outcome = Literal["erased", "partly", "refused"]


class SessionPart(NamedTuple):
    """Words of a session that an answer erases."""

    session: int
    stream: UUID
    version: int
    data: Literal["session", "tax"]


class ErasurePlan(NamedTuple):
    """What an answer would erase and keep, of a customer and of those merged into it."""

    customers: list[Customer]
    """The one that lives comes first."""
    holding: set[UUID]
    """The streams of those of them whose own data are held."""
    parts: list[SessionPart]
    kept: tuple[e.Kept, ...]
    name: str | None
    documents: list[Invoice]
    """Billing documents whose time is over."""

    @property
    def code(self) -> str:
        """The code under which the customer is known now."""
        return self.customers[0].customer

    @property
    def erases(self) -> bool:
        """Whether anything would go."""
        return bool(self.holding or self.parts or self.documents)

    @property
    def waiting(self) -> list[Customer]:
        """Those of them whose request waits for its answer."""
        return [c for c in self.customers if c.erasure is not None and c.erased is None]

    @property
    def outcome(self) -> Outcome:
        """How the request would be answered."""
        if not self.kept:
            return "erased"
        return "partly" if self.erases else "refused"

    @property
    def sessions(self) -> int:
        """How many sessions would lose personal data."""
        return len({part.session for part in self.parts})


class Answered(NamedTuple):
    """A request as it was answered: all that a letter says of it. `receipt` is None for an earlier answer."""

    customer: str
    requested_at: datetime
    erased: e.CustomerErased
    name: str | None = None
    receipt: Receipt | None = None


# --- the plan ---------------------------------------------------------------------------------


def plan(ledger: Ledger, code: str) -> ErasurePlan:
    """What an answer given now would erase and keep; raises CustomerUnknown."""
    codes = members_of(ledger, code)
    customers = [ledger.find_customer(member) for member in codes]
    gone = {(each.data, each.stream) for each in left_behind(ledger)}

    def holds(data: DataClass, stream: UUID) -> bool:
        return ledger.vault.has_keys(data, stream) and (data, stream) not in gone

    parts: list[SessionPart] = []
    kept: list[e.Kept] = []
    for number, stream in sessions_of(ledger, codes):
        if not (holds("session", stream) or holds("tax", stream)):
            continue
        session = ledger.session(stream)
        reasons: dict[Literal["session", "tax"], e.Kept | None] = {}
        if holds("session", stream):
            reasons["session"] = _session_kept(ledger, session, number)
        if holds("tax", stream):
            reasons["tax"] = _tax_kept(ledger, session)
        kept += [reason for reason in reasons.values() if reason is not None]
        for data, reason in reasons.items():
            if reason is None:
                parts.append(SessionPart(number, stream, session.version, data))
    holding = {c.id for c in customers if holds("customer", c.id)}
    words = ledger.words(customers[0].commitment) or {}
    documents = [each for each in documents_of(ledger, codes) if holds("tax", each.id)]
    over = [each for each in documents if kept_until(ledger, each) < office_time(ledger.now()).date()]
    kept += [e.Kept("tax", TAX_LAW, kept_until(ledger, each)) for each in documents if each not in over]
    return ErasurePlan(customers, holding, parts, _summed(kept), words.get("name"), over)


def _session_kept(ledger: Ledger, session: Session, number: int) -> e.Kept | None:
    """Why a session's own words are kept; None when nothing keeps them."""
    if session.held_until is not None:
        return e.Kept("session", f"hold: session {number}", session.held_until)
    if session.state in {"requested", "connected", "disconnected"}:
        return e.Kept("session", f"session {number} is open")
    # Without the paths a purge would not find the files.
    if session.purged_at is None and any(ledger.words(a.commitment) for a in session.artefacts):
        return e.Kept("session", f"session {number} is to be purged first")
    return None


def _tax_kept(ledger: Ledger, session: Session) -> e.Kept | None:
    last = last_tax_words(ledger.events_of(session.id))
    if last is None:
        return None
    until = tax_until(office_time(last).date(), ledger.state.settings["retention.tax_years"])
    if session.held_until is not None:
        until = max(until, session.held_until)
    elif until < office_time(ledger.now()).date():
        return None
    return e.Kept("tax", TAX_LAW, until)


def _summed(kept: list[e.Kept]) -> tuple[e.Kept, ...]:
    """What is kept, all of the class tax as one, until the last of its days."""
    taxes = [each for each in kept if each.data == "tax"]
    others = [each for each in kept if each.data != "tax"]
    return (*others, *([max(taxes, key=lambda each: each.until or date.min)] if taxes else []))


# --- the request and its answer -----------------------------------------------------------------


def request(ledger: Ledger, said: Metadata, code: str, *, at: datetime | None = None) -> Receipt:
    """Record that the customer asks for erasure; it is answered within a month."""
    author = said.of_command("customer erase", {"customer": code, "at": at, "request": True})
    if repeat := ledger.repeat_of(author, None):
        return repeat
    moment = at or ledger.now()
    ledger.check_not_ahead(moment)
    customers = [ledger.find_customer(member) for member in members_of(ledger, code)]
    ledger.require_seen(author, customers[0].id, customers[0].version)
    if any(c.erasure is not None and c.erased is None for c in customers):
        raise ErasureWaiting(msg("a request of customer {code} is waiting", code=code))
    fact = _requested(author.header(moment), moment)
    return ledger.record(e.following(customers[0].id, customers[0].version, fact))


def erase(
    ledger: Ledger,
    said: Metadata,
    code: str,
    *,
    at: datetime | None = None,
    clock_is_right: bool = False,
) -> Answered:
    """Answer a request, recorded now when none waits; the events first, then the vault.

    `clock_is_right`: the log is ahead since a clock once was; else ClockBehind, since the answer has a term.
    Raises CustomerIsErased when there is nothing to answer, BadCombination for `at` beside a request that
    waits, ErasureIncomplete when the events stand and a reader holds the vault up.
    """
    author = said.of_command("customer erase", {"customer": code, "at": at, "request": False})
    repeat = ledger.repeat_of(author, None)
    complete(ledger)
    if repeat is not None:
        return _given(ledger, code)._replace(receipt=repeat)
    planned = plan(ledger, code)
    ledger.require_seen(author, planned.customers[0].id, planned.customers[0].version)
    _check(planned, at)
    now = ledger.now()
    if not clock_is_right:
        ledger.check_clock()
    requested_at = min([c.erasure.at for c in planned.waiting if c.erasure], default=at or now)
    ledger.check_not_ahead(requested_at)
    events = _events(planned, author.header(now), author.header(requested_at))
    with ledger.signing.once():  # the words go before anything else
        receipt = ledger.record(events)
        erase_recorded(ledger, events)
    erased = next(event.event for event in events if isinstance(event.event, e.CustomerErased))
    return Answered(planned.code, requested_at, erased, planned.name, receipt)


def answered(ledger: Ledger, code: str) -> Answered | None:
    """The last answer to a customer, for its letter; None when something can be answered now."""
    planned = plan(ledger, code)
    if planned.erases or planned.waiting or planned.customers[0].erased is None:
        return None
    return _given(ledger, code)


def _given(ledger: Ledger, code: str) -> Answered:
    customer = ledger.find_customer(members_of(ledger, code)[0])
    assert customer.erased is not None  # noqa: S101 - asked only where an answer was recorded
    requested_at = customer.erasure.at if customer.erasure is not None else customer.erased.at
    return Answered(customer.customer, requested_at, customer.erased)


def _check(planned: ErasurePlan, at: datetime | None) -> None:
    if planned.waiting and at is not None:
        raise BadCombination(msg("a request is waiting; its day is recorded already, and --at says another"))
    if planned.erases or planned.waiting:
        return
    before = planned.customers[0].erased
    if before is not None or not planned.kept:
        if before is None:
            raise CustomerIsErased(msg("nothing of customer {code} can be erased now", code=planned.code))
        raise CustomerIsErased(
            msg(
                "nothing of customer {code} can be erased now; a request was answered on {day}",
                code=planned.code,
                day=office_time(before.at).date(),
            )
        )


def _requested(header: dict[str, Any], at: datetime) -> e.ErasureRequested:
    return e.ErasureRequested(**header, deadline=answer_until(office_time(at).date()))


def _events(
    planned: ErasurePlan, header: dict[str, Any], request_header: dict[str, Any]
) -> list[e.RecordedEvent]:
    """The request when none waits, what goes, and last the answer to the living customer."""
    answer = e.CustomerErased(**header, outcome=planned.outcome, sessions=planned.sessions, kept=planned.kept)
    root, *merged = planned.customers
    facts: list[tuple[UUID, int, e.Event]] = []
    if root.erasure is None or root.erased is not None:
        facts.append((root.id, root.version, _requested(request_header, request_header["at"])))
    waiting = {customer.id for customer in planned.waiting}
    for customer in merged:
        if customer.id in waiting:
            facts.append((customer.id, customer.version, answer))
        elif customer.id in planned.holding:
            going = e.CustomerDataErased(**header, data="customer", why="erasure")
            facts.append((customer.id, customer.version, going))
    for part in planned.parts:
        why: Literal["erasure", "retention"] = "erasure" if part.data == "session" else "retention"
        facts.append((part.stream, part.version, e.SessionDataErased(**header, data=part.data, why=why)))
    facts += [(each.id, each.version, e.InvoiceDataErased(**header)) for each in planned.documents]
    return placed([*facts, (root.id, root.version, answer)])
