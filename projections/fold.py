"""The fold: events in order, sessions out.

Only open sessions, and a bounded number of ended ones, stay in memory. Whatever arrives for another
session, or for a customer whose sessions are rated already, makes the fold read those sessions' own
streams again up to the position reached. A rebuild and a catch-up are the same fold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from ledger import events as e
from ledger.book import BOOK_STREAM, Book
from ledger.book import evolve as evolve_book
from ledger.clock import epoch_microseconds
from ledger.errors import StoreDamaged
from ledger.session import SESSION_FACTS, Session
from ledger.session import evolve as evolve_session
from ledger.store.ledger_store import LedgerStore
from ledger.store.mapper import DECODERS, UPCASTERS
from ledger.store.reading import Row, check_stream
from projections.buyers import CUSTOMER_FACTS, Buyers
from projections.concerns import (
    BOOK_FACTS,
    BOOKKEEPING,
    ELSEWHERE,
    OF_THE_AMOUNT,
    SHOWN_NOWHERE,
    TYPED_MOMENTS,
)
from projections.decoding import (
    LESS,
    ORDINARY_LIFE,
    Joining,
    Leaving,
    Opening,
    Purging,
    by_stream,
    check_row,
    decode,
    read_joining,
    read_leaving,
    read_opening,
    read_purging,
)
from projections.rates import Rates, listed
from projections.tracked import Tracked, is_back_dated, requested

ENDED_IN_MEMORY_MAX = 20_000
NO_BEGINNING = "the ledger has no beginning: its first event is not there"


@dataclass(slots=True)
class Touched:
    """What a page of events changed: sessions, and customers whose recorded sessions need a new look.

    `everyone` says that every recorded session needs one.
    """

    sessions: dict[bytes, Tracked] = field(default_factory=dict[bytes, Tracked])
    customers: set[str] = field(default_factory=set[str])
    everyone: bool = False


Take = Callable[[Row, Any, Touched], None]


class _Readers(dict[str, tuple[Callable[[bytes], Any], Take]]):
    """By topic: what reads a payload, and what takes it into the fold; KeyError for an unknown topic."""

    def __init__(self, takes: dict[type[e.Fact], Take]) -> None:
        super().__init__()
        self.takes = takes

    def __missing__(self, topic: str) -> tuple[Callable[[bytes], Any], Take]:
        fact = e.DataPurged if topic in UPCASTERS else e.FACT_OF_TOPIC[topic]
        found = self[topic] = (LESS.get(fact) or DECODERS[topic], self.takes[fact])
        return found


class Fold:
    """Folds rows of the event store; `position` is how many events it has seen."""

    def __init__(self, store: LedgerStore, position: int, sessions_seen: int, merges: dict[str, str]) -> None:
        self.store = store
        self.position = position
        self.sessions_seen = sessions_seen
        self.buyers = Buyers(store, position, merges)
        self._book: Book | None = None
        self.rates = Rates(None)
        # Names of their own, since every row asks.
        self.root = self.buyers.root
        self.purchases = self.buyers.purchases
        if position:
            for row in store.stream_rows(BOOK_STREAM.bytes, position):
                self._evolve_book(decode(row))
        self._tracked: dict[bytes, Tracked] = {}
        self._served: set[str] | None = set() if position == 0 else None
        takes: dict[type[e.Fact], Take] = {
            **dict.fromkeys(SESSION_FACTS, self._take_any),
            **dict.fromkeys((*SHOWN_NOWHERE, *ELSEWHERE), _take_nothing),
            e.Requested: self._take_request,
            e.Connected: self._take_connection,
            e.Ended: self._take_end,
            e.PurgeStarted: self._take_purge_start,
            e.DataPurged: self._take_purge,
            e.CertificateIssued: self._take_certificate,
            e.BilledElsewhere: self._take_document,
            e.SessionBilled: self._take_bill,
            **dict.fromkeys(BOOK_FACTS, self._take_book),
            **dict.fromkeys(CUSTOMER_FACTS, self._take_customer),
        }
        self._readers = _Readers(takes)

    def knows(self, *facts: type[e.Fact]) -> bool:
        """Whether each of these facts has its place in the fold."""
        return all(fact in self._readers.takes for fact in facts)

    # --- events in ----------------------------------------------------------------------------

    def take(self, rows: Sequence[Row]) -> Touched:
        """Fold one page of rows, which follow the position without a gap.

        Raises EventUnreadable, StoreDamaged.
        """
        touched = Touched()
        for life in by_stream(rows):
            try:
                if [row[3] for row in life] == ORDINARY_LIFE:
                    self._take_life(life, touched)
                else:
                    self._take_each(life, touched)
            except (KeyError, ValueError, TypeError):
                for row in life:
                    check_row(row)
                raise
        self.position = self.buyers.position = rows[-1][0] + 1
        return touched

    def _take_each(self, rows: list[Row], touched: Touched) -> None:
        for row in rows:
            read, take = self._readers[row[3]]
            take(row, read(row[5]), touched)

    def _take_life(self, rows: list[Row], touched: Touched) -> None:
        """An ordinary session from its request to the deletion of its data; no more is expected of it."""
        first, joined, left, gone = rows
        opening = read_opening(first[5])
        self.sessions_seen += 1
        tracked = requested(self.sessions_seen, first[1], opening)
        tracked.connect(read_joining(joined[5]), joined[4])
        tracked.end(read_leaving(left[5]), left[4])
        tracked.purge(read_purging(gone[5]), gone[0])
        touched.sessions[first[1]] = tracked
        if self._served is not None:
            self._served.add(opening.customer)

    def _take_book(self, _row: Row, fact: e.Fact, touched: Touched) -> None:
        self._evolve_book(fact)
        touched.everyone = touched.everyone or self._changes_recorded(fact)

    def _evolve_book(self, fact: e.Fact) -> None:
        if self._book is None and not isinstance(fact, e.LedgerOpened):
            raise StoreDamaged(NO_BEGINNING)
        self._book = evolve_book(self._book, fact)
        self.rates = Rates(self._book)

    def _changes_recorded(self, fact: e.Fact) -> bool:
        """Whether a fact of the book changes rows of sessions that it does not name."""
        if isinstance(fact, BOOKKEEPING):
            return False
        if isinstance(fact, e.SettingChanged):
            return fact.key == "billing.from"
        return any(listed(self.book, each.digest).pin == "unit" for each in self.book.tariffs)

    # --- sessions -----------------------------------------------------------------------------

    def _take_request(self, row: Row, fact: Opening, touched: Touched) -> None:
        stream = row[1]
        self.sessions_seen += 1
        self._tracked[stream] = touched.sessions[stream] = requested(self.sessions_seen, stream, fact)
        if self._served is not None:
            self._served.add(fact.customer)

    def _take_connection(self, row: Row, fact: Joining, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.state != "requested" or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.connect(fact, row[4])
            touched.sessions[row[1]] = tracked

    def _take_end(self, row: Row, fact: Leaving, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.state != "connected" or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.end(fact, row[4])
            touched.sessions[row[1]] = tracked

    def _take_purge_start(self, row: Row, fact: e.PurgeStarted, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.state != "ended" or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.purging = "started"
            touched.sessions[row[1]] = tracked

    def _take_purge(self, row: Row, fact: Purging, touched: Touched) -> None:
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

    def _take_bill(self, row: Row, fact: e.SessionBilled, touched: Touched) -> None:
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.session is not None:
            self._take_any(row, fact, touched)
        else:
            tracked.billed, tracked.billed_as = fact.number, (fact.net_grosze, fact.band_hours)
            touched.sessions[row[1]] = tracked

    def _take_certificate(self, row: Row, fact: e.CertificateIssued, touched: Touched) -> None:
        """The first certificate of an ordinary session changes none of its rows."""
        tracked = self._tracked.get(row[1])
        if tracked is None or tracked.session is not None:
            self._take_any(row, fact, touched)

    def _take_any(self, row: Row, _fact: object, touched: Touched) -> None:
        """What is not ordinary is left to the domain."""
        stream = row[1]
        tracked = self._tracked.get(stream)
        if tracked is None or tracked.session is None:
            tracked = self.read(stream, row[0] + 1)
            self._tracked[stream] = tracked
        else:
            _apply(tracked, tracked.session, row, decode(row))
            tracked.follow(tracked.session)
        touched.sessions[stream] = tracked

    def read(self, stream: bytes, until: int) -> Tracked:
        """A session from its own stream, up to the event before the index `until`; raises StoreDamaged."""
        rows = self.store.stream_rows(stream, until)
        check_stream(rows, e.Requested.TOPIC)
        first = cast("e.Requested", decode(rows[0]))
        opening = read_opening(rows[0][5])
        number = self.store.session_number(UUID(bytes=stream))
        if number is None:
            raise StoreDamaged(f"the session of stream {UUID(bytes=stream)} has no number")
        tracked = requested(number, stream, opening)
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

    # --- customers ----------------------------------------------------------------------------

    def _take_customer(self, row: Row, fact: e.Fact, touched: Touched) -> None:
        code = self.buyers.take(row, fact)
        # Certain only from the first event on whether a session of theirs was seen.
        if code is not None and (
            self._served is None or not self._served.isdisjoint(self.buyers.members(code))
        ):
            touched.customers.add(code)


def _take_nothing(_row: Row, _fact: e.Fact, _touched: Touched) -> None:
    """No row depends on it."""


def _apply(tracked: Tracked, session: Session, row: Row, fact: e.Fact) -> None:
    evolve_session(session, session.id, fact)
    if isinstance(fact, OF_THE_AMOUNT):
        tracked.told_us = row[4]
    if type(fact) is e.DataPurged:
        tracked.purge_index = row[0]
    elif isinstance(fact, TYPED_MOMENTS) and is_back_dated(fact.source, epoch_microseconds(fact.at), row[4]):
        tracked.back_dated = True
