"""`Inputs`: everything that the rows of sessions are made from, at a position in the log.

A session's rows are a function of its own events, its customer's purchases and the ledger's state at one
position. So a rebuild and a catch-up do the same: read what changed beside the sessions, then the sessions
concerned from their streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self
from uuid import UUID

from msgspec import Struct, field

from ledger.domain import events as e
from ledger.domain.ledger_state import LEDGER_STREAM, LedgerState
from ledger.domain.ledger_state import evolve as evolve_state
from ledger.domain.session.evolve import SESSION_FACTS, Session
from ledger.domain.session.evolve import evolve as evolve_session
from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.reader import Row, check_stream
from projections.inputs.bills import Bills
from projections.inputs.customers import CUSTOMER_EVENTS, Customers
from projections.inputs.decode import check_row, decode
from projections.inputs.event_sets import CHANGES_NO_ROW, ELSEWHERE, LEDGER_EVENTS
from projections.inputs.fold import lives
from projections.inputs.life import Life
from projections.inputs.price_lists import PriceLists, listed

NO_BEGINNING = msg("the ledger has no beginning: its first event is not there")
_LEDGER, _CUSTOMER, _ELSEWHERE = frozenset(LEDGER_EVENTS), frozenset(CUSTOMER_EVENTS), frozenset(ELSEWHERE)
KNOWN = frozenset((*SESSION_FACTS, *LEDGER_EVENTS, *CUSTOMER_EVENTS, *ELSEWHERE))
"""Every event type that is handled here."""


class Touched(Struct):
    """Customers whose recorded sessions may have other rows now; or everyone's."""

    repriced: dict[str, int] = field(default_factory=dict[str, int])
    """Customers whose amounts may be others, and from when on they would have to be connected."""
    merged: set[str] = field(default_factory=set[str])
    """Customers that others were merged into."""
    everyone: bool = False


class Inputs:
    """The inputs of rows after `position` events."""

    def __init__(self, store: LedgerStore, position: int, merges: dict[str, str]) -> None:
        self.store = store
        self.position = position
        self.customers = Customers(store, position, merges)
        self._state: LedgerState | None = None
        self.price_lists = PriceLists(None)
        self.bills = Bills(store, position)
        self.root = self.customers.root
        self.purchases = self.customers.purchases
        self.sessions_read = self.events_read = 0
        """Counts of the sessions read, and of their events."""
        self.blocks_here = 0
        """Count of the blocks that other machines were asked for and did not do."""
        if position:
            for row in store.stream_rows(LEDGER_STREAM.bytes, position):
                self._evolve_state(decode(row))

    @classmethod
    def at(cls, store: LedgerStore, position: int) -> Self:
        """Return the inputs after `position` events, from the streams of ledger and customers: they are few.

        Raises: EventUnreadable, StoreDamaged. Completeness is not checked here: `take` counts the events.
        """
        inputs = cls(store, position, {})
        for row in store.rows_of("customer", position):
            inputs.customers.take(row, decode(row))
        return inputs

    @property
    def state(self) -> LedgerState:
        """The ledger's state as far as it was read; raises StoreDamaged without one."""
        if self._state is None:
            raise StoreDamaged(NO_BEGINNING)
        return self._state

    # --- what is of no session ----------------------------------------------------------------

    def take(self, until: int) -> tuple[Touched, int]:
        """Read on to a position; return the customers concerned, and the number of events of no session.

        Raises: EventUnreadable, StoreDamaged.
        """
        touched, count = Touched(), 0
        for rows in self.store.beside_sessions(self.position, until):
            count += len(rows)
            for row in rows:
                self._take(row, decode(row), touched)
        self.position = self.customers.position = until
        self.bills = Bills(self.store, until)
        return touched, count

    def _take(self, row: Row, event: e.Event, touched: Touched) -> None:
        kind = type(event)
        if kind in _CUSTOMER:
            repriced = self.customers.take(row, event)
            if repriced is not None and repriced.since_us is None:
                touched.merged.add(repriced.code)
            elif repriced is not None and repriced.since_us is not None:
                since_us = touched.repriced.get(repriced.code, repriced.since_us)
                touched.repriced[repriced.code] = min(since_us, repriced.since_us)
        elif kind in _LEDGER:
            self._evolve_state(event)
            touched.everyone = touched.everyone or self._changes_recorded(event)
        elif kind not in _ELSEWHERE:  # documents and records have queries of their own
            raise StoreDamaged(msg("event {row} is of a session and in no session's stream", row=row[0]))

    def _evolve_state(self, event: e.Event) -> None:
        if self._state is None and not isinstance(event, e.LedgerOpened):
            raise StoreDamaged(NO_BEGINNING)
        self._state = evolve_state(self._state, event)
        self.price_lists = PriceLists(self._state)

    def _changes_recorded(self, event: e.Event) -> bool:
        """Return True if an event of the ledger changes rows of sessions that it does not name."""
        if isinstance(event, CHANGES_NO_ROW):
            return False
        if isinstance(event, e.SettingChanged):
            return event.key == "billing.from"
        return any(listed(self.state, each.digest).pin == "unit" for each in self.state.tariffs)

    # --- sessions -----------------------------------------------------------------------------

    def lives(self, numbers: Sequence[int]) -> list[Life]:
        """Return the lives of these sessions by number; those not requested by then are left out.

        Raises: EventUnreadable, StoreDamaged.
        """
        rows = self.store.session_rows(numbers, self.position)
        try:
            found = lives(rows)
        except (KeyError, RecursionError, TypeError, ValueError):
            self._check_streams(numbers)
            raise
        for life in found:
            life.settle(self.root(life.customer))
        self.customers.read({life.customer for life in found})
        self.events_read += len(rows)
        self.sessions_read += len(found)
        return found

    def _check_streams(self, numbers: Sequence[int]) -> None:
        """Raise EventUnreadable or StoreDamaged for what is wrong with the streams of sessions."""
        for _, rows in self.store.streams("session", numbers, self.position):
            check_stream(rows, e.Requested.TOPIC)
            for row in rows:
                check_row(row)

    def session(self, stream: UUID) -> Session:
        """Return a session's domain state; raises StoreDamaged where there is none by then."""
        rows = self.store.stream_rows(stream.bytes, self.position)
        return _evolved(rows, map(decode, rows))

    def find_session(self, stream: UUID) -> Session | None:
        """Return a session's domain state; None where nothing was recorded of it by then."""
        rows = self.store.stream_rows(stream.bytes, self.position)
        return _evolved(rows, map(decode, rows)) if rows else None

    def sessions(self, numbers: Sequence[int]) -> Iterable[tuple[int, Session]]:
        """Yield number and domain state of these sessions."""
        for key, rows in self.store.streams("session", numbers, self.position):
            yield int(key), _evolved(rows, map(decode, rows))


def _evolved(rows: Sequence[Row], events: Iterable[e.Event]) -> Session:
    check_stream(rows, e.Requested.TOPIC)
    session: Session | None = None
    for event in events:
        session = evolve_session(session, UUID(bytes=rows[0][1]), event)
    assert session is not None  # noqa: S101 - a whole stream has a first event
    return session
