"""The fold: events in order, sessions out.

Only open sessions, and a bounded number of ended ones, stay in memory. Whatever arrives for another
session, or for a customer whose sessions are rated already, makes the fold read those sessions' own
streams again up to the position reached. A rebuild and a catch-up are the same fold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ledger import events as e
from ledger.book import BOOK_STREAM, Book
from ledger.book import evolve as evolve_book
from ledger.clock import epoch_microseconds
from ledger.customer import Customer, purchases_for_rating
from ledger.customer import evolve as evolve_customer
from ledger.errors import StoreDamaged
from ledger.facts import Purchase
from ledger.session import SESSION_FACTS, Session
from ledger.session import evolve as evolve_session
from ledger.store.ledger_store import LedgerStore
from ledger.store.mapper import DECODERS, read_fact
from ledger.store.reading import Row
from projections.rates import Rates, listed
from projections.tracked import Tracked, is_back_dated, requested

ENDED_IN_MEMORY_MAX = 20_000
BOOK_FACTS = (e.LedgerOpened, e.SettingChanged, e.TariffPublished)
CUSTOMER_FACTS = (
    e.CustomerRegistered,
    e.CustomerUpdated,
    e.CustomerMerged,
    e.PurchaseRecorded,
    e.PurchaseReturned,
)
_ROW_TYPES = (int, bytes, int, str, int, bytes)
_UUID_BYTES = 16
_TYPED_MOMENTS = (e.Connected, e.Disconnected, e.Ended)
NO_BEGINNING = "the ledger has no beginning: its first event is not there"
_SHOWN_NOWHERE = (e.Quoted, e.Accepted, e.Noted)
"""Facts of a session that no row depends on."""


@dataclass(slots=True)
class Touched:
    """What a page of events changed: sessions, and customers whose recorded sessions need a new look.

    `everyone` says that every recorded session needs one.
    """

    sessions: dict[bytes, Tracked] = field(default_factory=dict[bytes, Tracked])
    customers: set[str] = field(default_factory=set[str])
    everyone: bool = False


Take = Callable[[Row, Any, Touched], None]


class Fold:
    """Folds rows of the event store; `position` is how many events it has seen."""

    def __init__(self, store: LedgerStore, position: int, sessions_seen: int, merges: dict[str, str]) -> None:
        self.store = store
        self.position = position
        self.sessions_seen = sessions_seen
        self.merges = merges
        self._book: Book | None = None
        self._rates: Rates | None = None
        if position:
            for row in store.stream_rows(BOOK_STREAM.bytes, position):
                self._take_book(row, decode(row), Touched())
        self._tracked: dict[bytes, Tracked] = {}
        self._customers: dict[str, Customer] = {}
        self._codes: dict[bytes, str] = {}
        self._bought: dict[str, tuple[Purchase, ...]] = {}
        self._served: set[str] | None = set() if position == 0 else None
        self._takes: dict[type[e.Fact], Take] = {
            **dict.fromkeys(SESSION_FACTS, self._take_any),
            **dict.fromkeys(_SHOWN_NOWHERE, _take_nothing),
            e.Requested: self._take_request,
            e.Connected: self._take_connection,
            e.Ended: self._take_end,
            e.DataPurged: self._take_purge,
            e.BilledElsewhere: self._take_document,
            **dict.fromkeys(BOOK_FACTS, self._take_book),
            **dict.fromkeys(CUSTOMER_FACTS, self._take_customer),
        }

    # --- events in ----------------------------------------------------------------------------

    def take(self, rows: Sequence[Row]) -> Touched:
        """Fold one page of rows, which follow the position without a gap.

        Raises EventUnreadable, StoreDamaged.
        """
        touched, takes, decoders = Touched(), self._takes, DECODERS
        for row in rows:
            try:
                fact = decoders[row[3]](row[5])
                takes[type(fact)](row, fact, touched)
            except (KeyError, ValueError, TypeError):
                check_row(row)
                raise
        self.position = rows[-1][0] + 1
        return touched

    def _take_book(self, _row: Row, fact: e.Fact, touched: Touched) -> None:
        if self._book is None and not isinstance(fact, e.LedgerOpened):
            raise StoreDamaged(NO_BEGINNING)
        self._book = evolve_book(self._book, fact)
        self._rates = None
        touched.everyone = touched.everyone or self._changes_recorded(fact)

    def _changes_recorded(self, fact: e.Fact) -> bool:
        """Whether a fact of the book changes rows of sessions that it does not name."""
        if isinstance(fact, e.SettingChanged):
            return fact.key == "billing.from"
        return any(listed(self.book, each.digest).pin == "unit" for each in self.book.tariffs)

    # --- sessions -----------------------------------------------------------------------------

    def _take_request(self, row: Row, fact: e.Requested, touched: Touched) -> None:
        stream = row[1]
        self.sessions_seen += 1
        self._tracked[stream] = touched.sessions[stream] = requested(self.sessions_seen, stream, fact)
        if self._served is not None:
            self._served.add(fact.customer)

    def _take_connection(self, row: Row, fact: e.Connected, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.state != "requested" or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.connect(fact, row[4])
            touched.sessions[row[1]] = tracked

    def _take_end(self, row: Row, fact: e.Ended, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.state != "connected" or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.end(fact, row[4])
            touched.sessions[row[1]] = tracked

    def _take_purge(self, row: Row, fact: e.DataPurged, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.state != "ended" or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.purge(fact, row[0])
            touched.sessions[row[1]] = tracked

    def _take_document(self, row: Row, fact: e.BilledElsewhere, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.billed = f"elsewhere:{fact.document}"
            touched.sessions[row[1]] = tracked

    def _take_any(self, row: Row, fact: e.Fact, touched: Touched) -> None:
        """What is not ordinary is left to the domain."""
        stream = row[1]
        tracked = self._tracked.get(stream)
        if tracked is None or tracked.session is None:
            tracked = self.read(stream, row[0] + 1)
            self._tracked[stream] = tracked
        else:
            _apply(tracked, tracked.session, row, fact)
            tracked.follow(tracked.session)
        touched.sessions[stream] = tracked

    def read(self, stream: bytes, until: int) -> Tracked:
        """A session from its own stream, up to the event before the index `until`; raises StoreDamaged."""
        rows = self.store.stream_rows(stream, until)
        first = decode(rows[0]) if rows else None
        number = self.store.session_number(UUID(bytes=stream))
        if not isinstance(first, e.Requested) or number is None:
            raise StoreDamaged(f"the session of stream {UUID(bytes=stream)} has no beginning or no number")
        tracked = requested(number, stream, first)
        session = evolve_session(None, UUID(bytes=stream), first)
        for row in rows[1:]:
            _apply(tracked, session, row, decode(row))
        tracked.follow(session)
        return tracked

    def read_session(self, stream: bytes, until: int) -> Session:
        """The domain's session of a stream, up to the event before the index `until`."""
        session = self.read(stream, until).session
        assert session is not None  # noqa: S101 - `read` follows one
        return session

    def forget(self) -> None:
        """Drop what no event is expected for: everything that is over, but the last ended ones."""
        over = [s for s, t in self._tracked.items() if t.state in ("purged", "cancelled")]
        for stream in over:
            del self._tracked[stream]
        ended = [s for s, t in self._tracked.items() if t.ended_us is not None]
        for stream in ended[: max(0, len(ended) - ENDED_IN_MEMORY_MAX)]:
            del self._tracked[stream]

    # --- the book -----------------------------------------------------------------------------

    @property
    def book(self) -> Book:
        """The ledger's own book as far as it was read; raises StoreDamaged without one."""
        if self._book is None:
            raise StoreDamaged(NO_BEGINNING)
        return self._book

    @property
    def rates(self) -> Rates:
        """What the book says to rating."""
        if self._rates is None:
            self._rates = Rates(self.book)
        return self._rates

    # --- customers ----------------------------------------------------------------------------

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
        self._bought.clear()
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
            fact = decode(row)
            if customer is None and not isinstance(fact, e.CustomerRegistered):
                break
            customer = evolve_customer(customer, stream, fact)
        if customer is None:
            raise StoreDamaged(f"the customer of stream {stream} was never registered")
        return customer

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

    def purchases(self, root: str) -> tuple[Purchase, ...]:
        """Everything bought under the codes that count as this one."""
        bought = self._bought.get(root)
        if bought is None:
            found = (self._customer(code).purchases for code in self.members(root))
            bought = self._bought[root] = tuple(p for each in found for p in purchases_for_rating(each))
        return bought

    def code_of(self, stream: bytes) -> str:
        """The code of the customer whose stream it is."""
        if stream not in self._codes:
            self._keep(stream, self._read_customer(UUID(bytes=stream), self.position))
        return self._codes[stream]

    def _customer(self, code: str) -> Customer:
        if code not in self._customers:
            found = self.store.resolve("customer", code)
            if found is None:
                raise StoreDamaged(f"the customer {code} is named by a session and cannot be found")
            self._keep(found[0].bytes, self._read_customer(found[0], self.position))
        return self._customers[code]


def _take_nothing(_row: Row, _fact: e.Fact, _touched: Touched) -> None:
    """No row depends on it."""


def _apply(tracked: Tracked, session: Session, row: Row, fact: e.Fact) -> None:
    evolve_session(session, session.id, fact)
    if type(fact) is e.DataPurged:
        tracked.purge_index = row[0]
    elif isinstance(fact, _TYPED_MOMENTS) and is_back_dated(fact, epoch_microseconds(fact.at), row[4]):
        tracked.back_dated = True


def decode(row: Row) -> e.Fact:
    """The fact of a row; raises EventUnreadable and StoreDamaged, which name it."""
    try:
        return DECODERS[row[3]](row[5])
    except (KeyError, ValueError, TypeError):
        check_row(row)
        raise


def check_row(row: Row) -> None:
    """Raise StoreDamaged for a row of other types than were written, EventUnreadable as `read_fact`."""
    index, stream, version, topic, _, state = row
    if tuple(map(type, row)) != _ROW_TYPES or len(stream) != _UUID_BYTES:
        raise StoreDamaged(f"event {index} is damaged beyond reading")
    read_fact(topic, state, UUID(bytes=stream), version)
