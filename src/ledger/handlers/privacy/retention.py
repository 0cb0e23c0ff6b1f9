"""What is to be erased because its time is over: looked up, and done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import from_epoch_microseconds, office_time
from ledger.domain.payments.transfer import project as project_transfer
from ledger.domain.retention import SOON, abandoned_since, tax_until
from ledger.domain.session.evolve import Session, project
from ledger.errors import ErasureIncomplete
from ledger.handlers.privacy.erase import complete, erase_recorded, placed
from ledger.handlers.privacy.invoices import all_documents, kept_until
from ledger.store.mapper import read_fact
from ledger.vault.cipher import VaultClass

State = Literal["due", "held", "soon", "waiting", "overdue"]
PAID = "payment"
"""In the place of the customer, of a transfer that paid something."""
_ORDER: tuple[State, ...] = ("overdue", "due", "held", "waiting", "soon")


class Due(NamedTuple):
    """Something whose time is over, or comes near. Days are those of the office calendar."""

    what: Literal["abandoned", "tax", "request", "document", "record", "transfer"]
    state: State
    customer: str
    """Of a record the source it came from."""
    session: int | None
    since: date
    due_on: date
    """The first day on which it is to be erased; of a request, the last on which it is answered."""
    held_until: date | None
    stream: UUID
    version: int
    """The version of the stream when it was looked at."""


class RetentionRequest(NamedTuple):
    """A request for erasure that nobody has answered."""

    customer: str
    stream: UUID
    version: int
    requested_at: datetime
    deadline: date


class Ran(NamedTuple):
    """What a run erased, what is due and waits, and what was recorded; None when nothing was due."""

    receipt: Receipt | None
    erased: list[Due]
    waiting: list[Due]
    incomplete: ErasureIncomplete | None = None


def due(ledger: Ledger, now: datetime, until: int | None = None) -> list[Due]:
    """What is due at a moment and soon after it, of the first `until` events: overdue first, by day."""
    held: dict[VaultClass, set[UUID]] = {"session": set(), "tax": set(), "customer": set()}
    oldest: dict[UUID, int] = {}
    for row in ledger.vault.rows():
        held[row.kind].add(row.subject)
        if row.kind == "session":
            oldest[row.subject] = min(row.moment_us, oldest.get(row.subject, row.moment_us))
    numbers = ledger.store.session_numbers(held["session"] | held["tax"])
    found = [*_requests_due(ledger, now, until)]
    for stream, number in numbers.items():
        recorded = _recorded(ledger, stream, until)
        session = project(None, recorded)
        if session is None:
            continue
        if stream in held["session"]:
            found += _abandoned(ledger, session, number, now)
        if stream in held["tax"]:
            found += _tax(ledger, session, number, recorded, now)
    found += _documents(ledger, held["tax"], now, until)
    found += _transfers(ledger, held["tax"], now, until)
    found += _records(ledger, {s: moment for s, moment in oldest.items() if s not in numbers}, now, until)
    return sorted(found, key=lambda d: (_ORDER.index(d.state), d.due_on, d.session or 0, d.customer))


def waiting_requests(ledger: Ledger, until: int | None = None) -> Iterator[RetentionRequest]:
    """The requests for erasure that wait for their answer, by customer."""
    asked = dict.fromkeys(code for code, _ in ledger.store.payloads("customer", e.ErasureRequested.TOPIC))
    for code in sorted(map(str, asked)):
        found = ledger.store.resolve("customer", code)
        assert found is not None  # noqa: S101 - the key was read a moment ago
        request: e.ErasureRequested | None = None
        recorded = _recorded(ledger, found[0], until)
        for event in recorded:
            if isinstance(event.event, e.ErasureRequested):
                request = event.event
            elif isinstance(event.event, e.CustomerErased):
                request = None
        if request is not None:
            yield RetentionRequest(code, found[0], len(recorded), request.at, request.deadline)


def run(ledger: Ledger, said: Metadata, items: Sequence[Due], *, clock_is_right: bool = False) -> Ran:
    """Record and erase what is due of these items; what an earlier run was kept from is completed first.

    All of it is recorded at once or nothing; raises Conflict, and ClockBehind unless `clock_is_right`: by
    a clock that is behind less is due than is. A reader that keeps a write-ahead log from being cut is told
    of in the answer: the events stand, and a repeat completes the erasure.
    """
    chosen, waiting = [d for d in items if is_to_erase(d)], [d for d in items if d.state == "held"]
    author = said.of_command("retention run", {})
    receipt = ledger.repeat_of(author, None)
    try:
        complete(ledger)
        if receipt is None and not clock_is_right:
            ledger.check_clock()
        if receipt is None and chosen:
            header = author.header(ledger.now())
            facts = placed((d.stream, d.version, _fact(d, header)) for d in chosen)
            with ledger.signing.once():  # the words go before anything else
                receipt = ledger.record(facts)
                erase_recorded(ledger, receipt.events)
    except ErasureIncomplete as refusal:
        return Ran(receipt, chosen, waiting, refusal)
    return Ran(receipt, chosen, waiting)


def is_to_erase(item: Due) -> bool:
    """Whether a run erases it; a request is answered by `customer erase`, by a person."""
    return item.state == "due" and item.what != "request"


def _documents(ledger: Ledger, held: Collection[UUID], now: datetime, until: int | None) -> Iterator[Due]:
    """Billing documents: the law keeps them whole, and nothing holds them longer."""
    today = office_time(now).date()
    for invoice in all_documents(ledger, until):
        due_on = kept_until(ledger, invoice) + timedelta(1)
        if invoice.id in held and today + SOON >= due_on:
            state: State = "due" if today >= due_on else "soon"
            issued = invoice.issued
            place = (invoice.id, invoice.version)
            yield Due("document", state, issued.customer, None, issued.issued_on, due_on, None, *place)


def _records(ledger: Ledger, oldest: Mapping[UUID, int], now: datetime, until: int | None) -> Iterator[Due]:
    """Words of the remote tools' records, and lines that could not be read: as long as an open request's.

    A record of a session whose own data are deleted goes at once.
    """
    days = timedelta(days=ledger.state.settings["purge.abandoned_days"])
    for stream, moment_us in oldest.items():
        recorded = _recorded(ledger, stream, until)
        if not recorded or not isinstance(recorded[0].event, e.SourceSessionObserved | e.SourceImported):
            continue
        since = from_epoch_microseconds(moment_us)
        due_at = now if _is_of_purged(ledger, recorded) else since + days
        if now >= due_at:  # told when it is due: before, every record would be
            place = (stream, len(recorded))
            days_ = (office_time(since).date(), office_time(due_at).date())
            yield Due("record", "due", recorded[0].event.adapter, None, *days_, None, *place)


def _transfers(ledger: Ledger, held: Collection[UUID], now: datetime, until: int | None) -> Iterator[Due]:
    """Words of bank transfers: of a payment through the tax years, of any other for the days that are set."""
    settings, today = ledger.state.settings, office_time(now).date()
    for stream in held:
        recorded = _recorded(ledger, stream, until)
        if not recorded or not isinstance(recorded[0].event, e.TransferSeen):
            continue
        transfer = project_transfer(None, recorded)
        if transfer is None or transfer.erased:
            continue
        is_paid = transfer.state in {"assigned", "returned"}
        since = office_time(recorded[0].event.at).date()
        last = tax_until(transfer.seen.booked_on, settings["retention.tax_years"])
        due_on = (last if is_paid else since + timedelta(settings["retention.transfer_days"])) + timedelta(1)
        if today >= due_on:  # told when it is due, as with records
            place = (stream, len(recorded))
            yield Due("transfer", "due", PAID if is_paid else "", None, since, due_on, None, *place)


def _is_of_purged(ledger: Ledger, recorded: Sequence[e.RecordedEvent]) -> bool:
    """Whether a record was matched with a session whose data are deleted."""
    matched = [event.event.session for event in recorded if isinstance(event.event, e.SourceSessionMatched)]
    return bool(matched) and ledger.session(matched[-1]).purged_at is not None


def _fact(
    item: Due, header: dict[str, Any]
) -> e.SessionDataErased | e.InvoiceDataErased | e.RecordDataErased | e.TransferDataErased:
    if item.what == "transfer":
        why: Literal["retention", "undecided"] = "retention" if item.customer == PAID else "undecided"
        return e.TransferDataErased(**header, why=why)
    if item.what == "record":
        return e.RecordDataErased(**header)
    if item.what == "document":
        return e.InvoiceDataErased(**header)
    if item.what == "abandoned":
        return e.SessionDataErased(**header, data="session", why="abandoned")
    return e.SessionDataErased(**header, data="tax", why="retention")


def _recorded(ledger: Ledger, stream: UUID, until: int | None) -> list[e.RecordedEvent]:
    rows = ledger.store.stream_rows(stream.bytes, until)
    return [e.RecordedEvent(stream, row[2], read_fact(row[3], row[5], stream, row[2])) for row in rows]


def _requests_due(ledger: Ledger, now: datetime, until: int | None) -> Iterator[Due]:
    today = office_time(now).date()
    for request in waiting_requests(ledger, until):
        state: State = "overdue" if today > request.deadline else "waiting"
        since = office_time(request.requested_at).date()
        place = (request.stream, request.version)
        yield Due("request", state, request.customer, None, since, request.deadline, None, *place)


def _abandoned(ledger: Ledger, session: Session, number: int, now: datetime) -> Iterator[Due]:
    since = abandoned_since(session)
    if since is None:
        return
    due_at = since + timedelta(days=ledger.state.settings["purge.abandoned_days"])
    state = _state(session, is_due=now >= due_at, is_soon=now + SOON >= due_at)
    if state is not None:
        yield Due("abandoned", state, *_of(session, number, since, office_time(due_at).date()))


def _tax(
    ledger: Ledger, session: Session, number: int, recorded: Sequence[e.RecordedEvent], now: datetime
) -> Iterator[Due]:
    """All words of the class in a stream stand under one key, so the last of them decides for all."""
    last = last_tax_words(recorded)
    if last is None:
        return
    due_on = tax_until(office_time(last).date(), ledger.state.settings["retention.tax_years"]) + timedelta(1)
    today = office_time(now).date()
    state = _state(session, is_due=today >= due_on, is_soon=today + SOON >= due_on)
    if state is not None:
        yield Due("tax", state, *_of(session, number, last, due_on))


def last_tax_words(recorded: Iterable[e.RecordedEvent]) -> datetime | None:
    """When the last word of the class tax was said in a session's stream and is not erased."""
    last: datetime | None = None
    for event in recorded:
        fact = event.event
        if isinstance(fact, e.SessionDataErased) and fact.data == "tax":
            last = None
        elif isinstance(fact, e.Reasoned | e.Noted) and fact.commitment is not None:
            last = fact.at if last is None else max(last, fact.at)
    return last


def _state(session: Session, *, is_due: bool, is_soon: bool) -> State | None:
    if is_due:
        return "due" if session.held_until is None else "held"
    return "soon" if is_soon else None


def _of(
    session: Session, number: int, since: datetime, due_on: date
) -> tuple[str, int, date, date, date | None, UUID, int]:
    """The rest of a Due."""
    day = office_time(since).date()
    return session.customer, number, day, due_on, session.held_until, session.id, session.version
