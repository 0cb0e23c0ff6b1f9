"""The fold: events in order, sessions out.

Only open sessions, and a bounded number of ended ones, stay in memory. Whatever arrives for another
session, or for a customer whose sessions are rated already, makes the fold read those sessions' own
streams again up to the position reached. A rebuild and a catch-up are the same fold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ledger import events as e
from ledger.book import BOOK_STREAM, Book
from ledger.book import evolve as evolve_book
from ledger.clock import epoch_microseconds
from ledger.customer import Bought, Customer
from ledger.customer import evolve as evolve_customer
from ledger.session import Session
from ledger.session import evolve as evolve_session
from ledger.store.ledger_store import LedgerStore
from ledger.store.mapper import DECODERS, read_fact
from ledger.store.reading import Row

BACK_DATED_US = timedelta(minutes=15) // timedelta(microseconds=1)
"""A moment typed longer ago than this is flagged."""
ENDED_IN_MEMORY_MAX = 20_000
_TYPED_MOMENTS = (e.Connected, e.Disconnected, e.Ended)


@dataclass(slots=True)
class Tracked:
    """A session, and what its events say beside their facts."""

    number: int
    session: Session
    back_dated: bool = False
    purge_index: int | None = None


@dataclass(slots=True)
class Touched:
    """What a page of events changed: sessions, and customers whose recorded sessions need a new look."""

    sessions: dict[bytes, Tracked]
    customers: set[str]


class Fold:
    """Folds rows of the event store; `position` is how many events it has seen."""

    def __init__(self, store: LedgerStore, position: int, sessions_seen: int, merges: dict[str, str]) -> None:
        self.store = store
        self.position = position
        self.sessions_seen = sessions_seen
        self.merges = merges
        self.book: Book | None = None
        if position:
            for row in store.stream_rows(BOOK_STREAM.bytes, position):
                self.book = evolve_book(self.book, decode(row))
        self._tracked: dict[bytes, Tracked] = {}
        self._customers: dict[str, Customer] = {}
        self._codes: dict[bytes, str] = {}
        self._served: set[str] | None = set() if position == 0 else None

    # --- events in ----------------------------------------------------------------------------

    def take(self, rows: Iterable[Row]) -> Touched:
        """Fold one page of rows, which follow the position without a gap."""
        touched = Touched({}, set())
        for row in rows:
            fact = decode(row)
            kind = row[3]
            if kind.startswith("session."):
                self._take_session(row, fact, touched)
            elif kind.startswith(("customer.", "purchase.")):
                self._take_customer(row, fact, touched)
            else:
                self.book = evolve_book(self.book, fact)
            self.position = row[0] + 1
        return touched

    def _take_session(self, row: Row, fact: e.Fact, touched: Touched) -> None:
        stream = row[1]
        tracked = self._tracked.get(stream)
        if type(fact) is e.Requested:
            self.sessions_seen += 1
            tracked = Tracked(self.sessions_seen, evolve_session(None, UUID(bytes=stream), fact))
            self._tracked[stream] = tracked
            if self._served is not None:
                self._served.add(fact.customer)
        elif tracked is None:
            tracked = self.read_session(stream, row[0] + 1)
            self._tracked[stream] = tracked
        else:
            _apply(tracked, row, fact)
        touched.sessions[stream] = tracked

    def read_session(self, stream: bytes, until: int) -> Tracked:
        """A session from its own stream, up to the event before the index `until`."""
        tracked: Tracked | None = None
        for row in self.store.stream_rows(stream, until):
            fact = decode(row)
            if tracked is None:
                number = self.store.session_number(UUID(bytes=stream))
                assert number is not None  # noqa: S101 - a session's number is written with its first event
                tracked = Tracked(number, evolve_session(None, UUID(bytes=stream), fact))
            else:
                _apply(tracked, row, fact)
        assert tracked is not None  # noqa: S101 - it is read because an event of it was met
        return tracked

    def _take_customer(self, row: Row, fact: e.Fact, touched: Touched) -> None:
        stream = row[1]
        if isinstance(fact, e.CustomerRegistered):
            self._keep(stream, evolve_customer(None, UUID(bytes=stream), fact))
            return
        code = self._codes.get(stream)
        if code is None:
            customer = self._read_customer(UUID(bytes=stream), row[0] + 1)
            self._keep(stream, customer)
        else:
            customer = evolve_customer(self._customers[code], UUID(bytes=stream), fact)
        if isinstance(fact, e.CustomerMerged):
            self.merges[customer.customer] = fact.into
        if isinstance(
            fact, e.CustomerMerged | e.PurchaseRecorded | e.PurchaseReturned
        ) and self._has_sessions(customer.customer):
            touched.customers.add(self.root(customer.customer))

    def _has_sessions(self, code: str) -> bool:
        """Whether a session of the customer may have been seen; certain only from the first event on."""
        return self._served is None or not self._served.isdisjoint(self.members(self.root(code)))

    def _keep(self, stream: bytes, customer: Customer) -> None:
        self._codes[stream] = customer.customer
        self._customers[customer.customer] = customer

    def _read_customer(self, stream: UUID, until: int) -> Customer:
        customer: Customer | None = None
        for row in self.store.stream_rows(stream.bytes, until):
            customer = evolve_customer(customer, stream, decode(row))
        assert customer is not None  # noqa: S101 - a customer is known by an event of its stream
        return customer

    def forget(self) -> None:
        """Drop what no event is expected for: everything that is over, but the last ended ones."""
        over = [s for s, t in self._tracked.items() if t.session.state in ("purged", "cancelled")]
        for stream in over:
            del self._tracked[stream]
        ended = [s for s, t in self._tracked.items() if t.session.ended_at is not None]
        for stream in ended[:-ENDED_IN_MEMORY_MAX]:
            del self._tracked[stream]

    # --- customers ----------------------------------------------------------------------------

    def root(self, code: str) -> str:
        """The code under which a customer's sessions now count."""
        while code in self.merges:
            code = self.merges[code]
        return code

    def members(self, root: str) -> list[str]:
        """The codes that count as this one, itself first."""
        if not self.merges:
            return [root]
        return [root, *(code for code in self.merges if self.root(code) == root)]

    def purchases(self, root: str) -> list[Bought]:
        """Everything bought under the codes that count as this one."""
        return [bought for code in self.members(root) for bought in self._customer(code).purchases]

    def code_of(self, stream: bytes) -> str:
        """The code of the customer whose stream it is."""
        if stream not in self._codes:
            self._keep(stream, self._read_customer(UUID(bytes=stream), self.position))
        return self._codes[stream]

    def _customer(self, code: str) -> Customer:
        if code not in self._customers:
            found = self.store.resolve("customer", code)
            assert found is not None  # noqa: S101 - a session is only recorded for a registered customer
            self._keep(found[0].bytes, self._read_customer(found[0], self.position))
        return self._customers[code]


def _apply(tracked: Tracked, row: Row, fact: e.Fact) -> None:
    session = tracked.session
    evolve_session(session, session.id, fact)
    if type(fact) is e.DataPurged:
        tracked.purge_index = row[0]
    elif (
        fact.source == "cli"
        and isinstance(fact, _TYPED_MOMENTS)
        and row[4] - epoch_microseconds(fact.at) > BACK_DATED_US
    ):
        tracked.back_dated = True


def decode(row: Row) -> e.Fact:
    """The fact of a row; raises EventUnreadable, which names it."""
    try:
        return DECODERS[row[3]](row[5])
    except (KeyError, ValueError):
        return read_fact(row[3], row[5], UUID(bytes=row[1]), row[2])
