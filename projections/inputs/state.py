"""The fold: what the rows of every session are made with, as of a position in the log.

A session's rows follow from its own events, from its customer's purchases and from the ledger's book, all
of them as they stand at one position; no row depends on how it came about. So a rebuild and a catch-up
are the same: read what changed beside the sessions, then read the sessions concerned from their streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.ledger_state import LEDGER_STREAM, LedgerState
from ledger.domain.ledger_state import evolve as evolve_book
from ledger.domain.session.evolve import SESSION_FACTS, Session
from ledger.domain.session.evolve import evolve as evolve_session
from ledger.errors import StoreDamaged
from ledger.store.event_store import LedgerStore
from ledger.store.reader import Row, check_stream
from projections.inputs.customers import CUSTOMER_FACTS, Buyers
from projections.inputs.decode import decode, ordinary
from projections.inputs.event_sets import BOOK_FACTS, BOOKKEEPING, ELSEWHERE
from projections.inputs.price_lists import Rates, listed
from projections.inputs.session_snapshot import Standing, of_ordinary, of_session

NO_BEGINNING = "the ledger has no beginning: its first event is not there"
_BOOK, _CUSTOMER, _ELSEWHERE = frozenset(BOOK_FACTS), frozenset(CUSTOMER_FACTS), frozenset(ELSEWHERE)
KNOWN = frozenset((*SESSION_FACTS, *BOOK_FACTS, *CUSTOMER_FACTS, *ELSEWHERE))
"""Every fact that has its place here."""


@dataclass(slots=True)
class Touched:
    """Whose recorded sessions cost something else now: some customers', or everyone's."""

    customers: set[str] = field(default_factory=set[str])
    everyone: bool = False


class Fold:
    """What rows are made with after `position` events."""

    def __init__(self, store: LedgerStore, position: int, merges: dict[str, str]) -> None:
        self.store = store
        self.position = position
        self.buyers = Buyers(store, position, merges)
        self._state: LedgerState | None = None
        self.rates = Rates(None)
        self.root = self.buyers.root
        self.purchases = self.buyers.purchases
        self.sessions_read = self.events_read = 0
        """How many sessions were read, and how many events they had."""
        if position:
            for row in store.stream_rows(LEDGER_STREAM.bytes, position):
                self._evolve_book(decode(row))

    @classmethod
    def standing_at(cls, store: LedgerStore, position: int) -> Self:
        """The fold after `position` events, read from the streams of book and customers: they are few.

        Raises EventUnreadable, StoreDamaged. Whether these are all events is for `take` to count.
        """
        fold = cls(store, position, {})
        for row in store.rows_of("customer", position):
            fold.buyers.take(row, decode(row))
        return fold

    @property
    def state(self) -> LedgerState:
        """The ledger's own book as far as it was read; raises StoreDamaged without one."""
        if self._state is None:
            raise StoreDamaged(NO_BEGINNING)
        return self._state

    # --- what is of no session ----------------------------------------------------------------

    def take(self, until: int) -> tuple[Touched, int]:
        """Go on to a position: whom its events concern, and how many of them are of no session.

        Raises EventUnreadable, StoreDamaged.
        """
        touched, count = Touched(), 0
        for rows in self.store.beside_sessions(self.position, until):
            count += len(rows)
            for row in rows:
                self._take(row, decode(row), touched)
        self.rates = Rates(self._state)  # what was kept of purchases holds no more
        self.position = self.buyers.position = until
        return touched, count

    def _take(self, row: Row, event: e.Event, touched: Touched) -> None:
        kind = type(event)
        if kind in _CUSTOMER:
            code = self.buyers.take(row, event)
            if code is not None:
                touched.customers.add(code)
        elif kind in _BOOK:
            self._evolve_book(event)
            touched.everyone = touched.everyone or self._changes_recorded(event)
        elif kind not in _ELSEWHERE:  # documents and records have their own readers
            raise StoreDamaged(f"event {row[0]} is of a session and stands in no session's stream")

    def _evolve_book(self, event: e.Event) -> None:
        if self._state is None and not isinstance(event, e.LedgerOpened):
            raise StoreDamaged(NO_BEGINNING)
        self._state = evolve_book(self._state, event)
        self.rates = Rates(self._state)

    def _changes_recorded(self, event: e.Event) -> bool:
        """Whether a fact of the book changes rows of sessions that it does not name."""
        if isinstance(event, BOOKKEEPING):
            return False
        if isinstance(event, e.SettingChanged):
            return event.key == "billing.from"
        return any(listed(self.state, each.digest).pin == "unit" for each in self.state.tariffs)

    # --- sessions -----------------------------------------------------------------------------

    def standings(self, numbers: Sequence[int]) -> list[Standing]:
        """Where these sessions stand; those that nobody had requested by then are left out.

        Raises EventUnreadable, StoreDamaged.
        """
        found: list[Standing] = []
        others: list[int] = []
        root = self.root
        for number, count, events in self.store.lives(numbers, self.position):
            life = ordinary(events)
            if life is None:
                others.append(number)
            else:
                self.events_read += count
                found.append(of_ordinary(number, root(life.opening.customer), life))
        found.extend(self._any(others))
        self.buyers.meet({standing.customer for standing in found})
        self.sessions_read += len(found)
        return found

    def _any(self, numbers: Sequence[int]) -> Iterable[Standing]:
        """Sessions of any kind, from their own streams."""
        for key, rows in self.store.streams("session", numbers, self.position) if numbers else ():
            self.events_read += len(rows)
            told = [(row, decode(row)) for row in rows]
            session = _evolved(rows, (event for _, event in told))
            yield of_session(int(key), self.root(session.customer), session, told)

    def session(self, stream: UUID) -> Session:
        """One session as the domain has it; raises StoreDamaged where there is none by then."""
        rows = self.store.stream_rows(stream.bytes, self.position)
        return _evolved(rows, map(decode, rows))

    def sessions(self, numbers: Sequence[int]) -> Iterable[tuple[int, Session]]:
        """These sessions as the domain has them, by number."""
        for key, rows in self.store.streams("session", numbers, self.position):
            yield int(key), _evolved(rows, map(decode, rows))


def _evolved(rows: Sequence[Row], facts: Iterable[e.Event]) -> Session:
    check_stream(rows, e.Requested.TOPIC)
    session: Session | None = None
    for event in facts:
        session = evolve_session(session, UUID(bytes=rows[0][1]), event)
    assert session is not None  # noqa: S101 - a whole stream has a first event
    return session
