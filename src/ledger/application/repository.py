"""`Repository`: ledger state, sessions, invoices, series and customers, loaded from their streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError

from ledger import errors
from ledger.domain import customer as customers
from ledger.domain import events as e
from ledger.domain import ledger_state as ledger_states
from ledger.domain.clock import from_epoch_microseconds
from ledger.domain.customer import Customer
from ledger.domain.identifiers import composed, differing_in_case, shown
from ledger.domain.invoice import state as invoices
from ledger.domain.invoice.state import Invoice, Series
from ledger.domain.ledger_state import LEDGER_STREAM, LedgerState
from ledger.domain.session import evolve as sessions
from ledger.domain.session.evolve import Session
from ledger.message import Hint, msg, msg_n
from ledger.store.event_store import LedgerStore
from ledger.store.mapper import read_fact
from ledger.store.reader import Row, check_stream
from ledger.store.references import Kind, subject

if TYPE_CHECKING:
    from ledger.domain.tariff.tariff import Tariff

_Aggregate = TypeVar("_Aggregate")

_FEW = 64
"""Events read at a time where few are expected."""
NUMBER_DIGITS_MAX = 18
"""More digits are no session's number, nor anything the database could be asked for."""


class Repository:
    """The state of each stream of a store."""

    def __init__(self, store: LedgerStore) -> None:
        self.store = store

    @cached_property
    def state(self) -> LedgerState:
        """Settings and price lists as recorded when first read; `reread_book` after changing them."""
        return self._aggregate(LEDGER_STREAM, ledger_states.project, e.LedgerOpened)

    def state_at(self, position: int) -> LedgerState:
        """Return settings and price lists as of the first `position` events."""
        rows = self.store.stream_rows(LEDGER_STREAM.bytes, position)
        return self._aggregate(LEDGER_STREAM, ledger_states.project, e.LedgerOpened, version=len(rows))

    def events_of(self, stream: UUID) -> list[e.RecordedEvent]:
        """Everything recorded in a stream, in order."""
        return cast("list[e.RecordedEvent]", list(self.store.events.get(stream)))

    def recorded_together(
        self, stream: UUID, belongs: Callable[[e.Event], bool]
    ) -> tuple[e.RecordedEvent, ...]:
        """Return the first event of a stream that belongs, and those right after it in the log that do."""
        index = next(row[0] for row in self.store.stream_rows(stream.bytes) if belongs(_event(row).event))
        rows = chain.from_iterable(self.store.pages(index, size=_FEW))
        return tuple(takewhile(lambda event: belongs(event.event), map(_event, rows)))

    def _aggregate(
        self,
        stream: UUID,
        projector: Callable[[_Aggregate | None, Iterable[e.RecordedEvent]], _Aggregate | None],
        first: type[e.Event],
        *,
        version: int | None = None,
    ) -> _Aggregate:
        projector_func = cast("Any", projector)  # the library's type for it knows no immutable facts
        try:
            found = self.store.repository.get(stream, version=version, projector_func=projector_func)
        except AggregateNotFoundError as error:
            raise errors.StoreDamaged(msg("a stream that others name has no events")) from error
        except (AttributeError, KeyError, TypeError):
            check_stream(self.store.stream_rows(stream.bytes), first.TOPIC)
            raise
        return cast("_Aggregate", found)

    def reread_state(self) -> None:
        """Forget the book, so that the next look reads it again."""
        self.__dict__.pop("state", None)

    @cached_property
    def _tariffs(self) -> dict[str, Tariff]:
        return {}

    def tariff(self, digest: str) -> Tariff:
        """Return the published price list of a digest, parsed once; raises StoreDamaged without one."""
        from ledger.domain.tariff.tariff import parse_tariff  # noqa: PLC0415 - recording a session needs no tariff

        if digest not in self._tariffs:
            try:
                text = self.state.text_of(digest)
            except KeyError:
                raise errors.StoreDamaged(
                    msg("an event names the price list {digest}, and none was published", digest=digest)
                ) from None
            self._tariffs[digest] = parse_tariff(text)
        return self._tariffs[digest]

    def find_session(self, named: str) -> tuple[UUID, int]:
        """Stream and number of a session named by number or reference; raises SessionUnknown."""
        reference = composed(named.removeprefix("ref:"))
        by_number = named.isascii() and named.isdigit() and len(named) <= NUMBER_DIGITS_MAX
        found = (
            self.store.resolve("session", int(named))
            if by_number
            else self.store.resolve("session_ref", reference)
        )
        if found is None and by_number and self.store.resolve("session_ref", reference) is not None:
            hint = Hint(msg("ref:{reference} is the session with that reference", reference=reference))
            raise errors.SessionUnknown(
                msg("there is no session number {reference}", reference=reference), hint=hint
            )
        if found is None and not by_number:
            found = self.store.resolve("session_ref", self._in_another_case("session_ref", reference) or "")
        if found is None:
            raise errors.SessionUnknown(msg("there is no session {reference}", reference=shown(reference)))
        return found[0], int(named) if by_number else self.session_number(found[0])

    def _in_another_case(self, kind: Kind, text: str) -> str | None:
        """Return the only key that is the same text but for its capitals; None without one."""
        keys = differing_in_case(text, map(str, self.store.keys(kind)))
        return keys[0] if len(keys) == 1 else None

    def session_number(self, stream: UUID) -> int:
        """Return the number of a session's stream; raises SessionUnknown."""
        number = self.store.session_number(stream)
        if number is None:
            raise errors.SessionUnknown(
                msg("{subject} is no session", subject=subject(self.subject_of(stream)))
            )
        return number

    def session_numbers(self, streams: Iterable[UUID]) -> dict[UUID, int]:
        """Return the numbers of sessions' streams, asked for at once; raises StoreDamaged without one."""
        wanted = set(streams)
        found = self.store.session_numbers(wanted)
        if lost := wanted - found.keys():
            raise errors.StoreDamaged(
                msg_n("{count} session has no number", "{count} sessions have no number", len(lost))
            )
        return found

    def subject_of(self, stream: UUID) -> str:
        """Return what a stream is about, as people name it: session 17, customer K-041, series FV/2026#."""
        subject = self.store.subject_of(stream)
        if subject is None:
            rows = self.store.stream_rows(stream.bytes)
            first = _event(rows[0]).event if rows else None
            subject = "the ledger" if rows else "a subject without events"
            subject = f"series {first.series}" if isinstance(first, e.NumberDrawn) else subject
        return subject

    def conflict_over(self, recorded: Iterable[e.RecordedEvent]) -> errors.VersionTaken:
        """Return the refusal of events whose place another process has taken, which names their subject."""
        for event in recorded:
            rows = self.store.stream_rows(event.originator_id.bytes)
            if rows and rows[-1][2] >= event.originator_version:
                named = subject(self.subject_of(event.originator_id))
                return errors.VersionTaken(
                    msg("something else was recorded of {subject} meanwhile", subject=named)
                )
        return errors.VersionTaken(msg("something else was recorded meanwhile"))

    def session(self, stream: UUID) -> Session:
        """Return a session with all its events."""
        return self._aggregate(stream, sessions.project, e.Requested)

    def issued_number(self, typed: str) -> str:
        """Return the number of a document as it was issued, however its letters, noughts and marks are typed.

        As typed where no document has it so, or several have.
        """
        if self.store.resolve("invoice", typed) is not None:
            return typed
        if found := self._in_another_case("invoice", typed):
            return found
        from ledger.domain.numbering import written_alike  # noqa: PLC0415 - only where a number is typed shorter

        alike = written_alike(typed, map(str, self.store.keys("invoice")))
        return alike[0] if len(alike) == 1 else typed

    def find_invoice(self, number: str) -> Invoice:
        """Return a billing document by its number; raises InvoiceUnknown."""
        found = self.store.resolve("invoice", self.issued_number(number))
        if found is None:
            raise errors.InvoiceUnknown(msg("there is no document {number}", number=shown(number)))
        return self.invoice(found[0])

    def invoice(self, stream: UUID) -> Invoice:
        """Return a billing document with all its events."""
        return self._aggregate(stream, invoices.project, e.InvoiceIssued)

    def series(self, name: str) -> Series:
        """Return the numbers drawn from a series, if any."""
        from ledger.domain.numbering import stream_of  # noqa: PLC0415 - only where a document is issued

        projector_func = cast("Any", invoices.project_series)  # the library's type knows no immutable facts
        try:
            found = self.store.repository.get(stream_of(name), projector_func=projector_func)
        except AggregateNotFoundError:
            return Series()
        return cast("Series", found)

    def find_customer(self, code: str) -> Customer:
        """Return a customer by code; raises CustomerUnknown."""
        found = self.store.resolve("customer", code)
        if found is None:
            raise errors.CustomerUnknown(msg("there is no customer {code}", code=shown(code)))
        return self._aggregate(found[0], customers.project, e.CustomerRegistered)

    def customer_codes(self) -> list[str]:
        """Every code that was ever registered, in order."""
        return sorted(str(key) for key in self.store.keys("customer"))

    def customers(self) -> list[Customer]:
        """Return every customer, in the order of their codes; all are read at once."""
        found: dict[bytes, Customer] = {}
        for row in self.store.rows_of("customer"):
            event = _event(row)
            found[row[1]] = customers.evolve(found.get(row[1]), event.originator_id, event.event)
        return sorted(found.values(), key=lambda customer: customer.customer)

    def last_recorded_at(self) -> datetime:
        """Return the moment of the last event: the default "now" of every report."""
        moment_us = self.store.last_recorded_at_us()
        assert moment_us is not None  # noqa: S101 - a ledger is opened by an event
        return from_epoch_microseconds(moment_us)


def _event(row: Row) -> e.RecordedEvent:
    _, stream, version, topic, _, state = row
    subject = UUID(bytes=stream)
    return e.RecordedEvent(subject, version, read_fact(topic, state, subject, version))
