"""The events of a ledger on PostgreSQL: the same log, appended to by copies and functions of the database.

Not on the library's own PostgreSQL recorder: it locks a table that the role of every day may not lock, and
commits what it had inserted when something else failed meanwhile. A thread has a connection of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from threading import Lock, local
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from eventsourcing.utils import Environment
from msgspec import json

from ledger.errors import LedgerExists, StoreEmpty, StoreUnsafe
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import BUSY_SECONDS, PostgresDatabase, refusal_of
from ledger.store.postgres.schema import prepare
from ledger.store.references import Reference
from ledger.store.sqlite.recorder import (
    NO_END,
    NOTIFICATIONS,
    STREAM,
    Appender,
    EventRow,
    ReferenceRow,
    conflict_of,
    plain_of,
)
from ledger.store.sqlite.schema import REFERENCE_IS_TAKEN, VERSION_IS_TAKEN

if TYPE_CHECKING:
    import psycopg

_BEGIN_APPEND = """\
SELECT last_index, last_recorded_at, last_number, has_table_privilege('events', 'INSERT')
FROM begin_append()"""
_APPEND_EVENT = b"""\
SELECT append_event(%s::bigint[], %s::bytea[], %s::integer[], %s::text[], %s::bigint[], %s::bytea[],
%s::bytea[])"""
_APPEND_REFERENCE = b"SELECT append_reference(%s::text[], %s::text[], %s::bytea[], %s::text[])"
_COPY_EVENTS = b"""\
COPY events (leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash)
FROM STDIN (FORMAT BINARY)"""
_EVENT_TYPES = ("int8", "bytea", "int4", "text", "int8", "bytea", "bytea")
_COPY_REFERENCES = b"COPY reference (kind, key, stream, digest) FROM STDIN (FORMAT BINARY)"
_REFERENCE_TYPES = ("text", "text", "bytea", "text")
_COPIED_FROM_ROWS = 100
"""Fewer rows are given to a function of the database in one message; a copy takes three."""
_TAKEN = {
    "events_originator_id_originator_version_key": VERSION_IS_TAKEN,
    "reference_pkey": REFERENCE_IS_TAKEN,
}
"""Constraint: what its violation is. The key it names is the only part of a row that an error may tell."""
_KEY_IN_DETAIL = re.compile(r"\(kind, key\)=\((.*)\)", re.DOTALL)
_ANY_EVENT = "SELECT 1 FROM events LIMIT 1"
_PREPARED = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'events'"


class PostgresAppender(Appender):
    """Appends by the database's functions, within a transaction that holds their lock."""

    def __init__(self, database: PostgresDatabase, clock: Callable[[], int]) -> None:
        self._database = database
        super().__init__(database, clock)

    def _head(self) -> tuple[int, int, int]:
        last_index, last_recorded_at_us, last_number, self._may_copy = self._database.execute(
            _BEGIN_APPEND
        ).fetchone()
        return -1 if last_index is None else last_index, last_recorded_at_us or 0, last_number

    def insert_events(self, rows: Sequence[EventRow]) -> None:
        """Raise VersionTaken."""
        if self._may_copy and len(rows) >= _COPIED_FROM_ROWS:
            self._told(rows, lambda: self._database.copy_rows(_COPY_EVENTS, _EVENT_TYPES, rows))
        elif rows:
            given = [list(column) for column in zip(*rows, strict=True)]
            self._told(rows, lambda: self._database.call(_APPEND_EVENT, given))

    def insert_references(self, rows: Sequence[ReferenceRow]) -> None:
        """Raise ReferenceTaken."""
        texts = [(kind, str(key), stream, digest) for kind, key, stream, digest in rows]
        if self._may_copy and len(rows) >= _COPIED_FROM_ROWS:
            self._told(rows, lambda: self._database.copy_rows(_COPY_REFERENCES, _REFERENCE_TYPES, texts))
        elif rows:
            given = [list(column) for column in zip(*texts, strict=True)]
            self._told(rows, lambda: self._database.call(_APPEND_REFERENCE, given))

    def _told(self, rows: Sequence[EventRow] | Sequence[ReferenceRow], insert: Callable[[], object]) -> None:
        """Insert; what stopped a row is told as SQLite's guard would."""
        import psycopg  # noqa: PLC0415 - it is here by now

        try:
            insert()
        except psycopg.errors.RaiseException as error:
            raise conflict_of(error.diag.message_primary or "", _stopped(rows, error)) from error
        except psycopg.errors.UniqueViolation as error:
            constraint = error.diag.constraint_name or ""
            raise conflict_of(_TAKEN.get(constraint, constraint), _stopped(rows, error)) from error
        except psycopg.Error as error:
            raise refusal_of(self._database.name, error) from error


def _stopped(
    rows: Sequence[EventRow] | Sequence[ReferenceRow], error: psycopg.Error
) -> EventRow | ReferenceRow:
    """Return the row that an error is about, as far as it says so; else the first one."""
    detail = error.diag.message_detail or ""
    found = _KEY_IN_DETAIL.search(detail)
    return next((row for row in rows if found and found[1] == ", ".join(map(str, row[:2]))), rows[0])


class PostgresRecorder(ApplicationRecorder):
    """The library's way of appending and reading. Notification id = leaf index + 1, without a gap."""

    def __init__(self, factory: PostgresFactory) -> None:
        self._factory = factory

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, references: Iterable[Reference] = (), **_: object
    ) -> Sequence[int]:
        """Append in one transaction; raises VersionTaken, ReferenceTaken."""
        with self._factory.appending() as appender:
            first = appender.next_index
            appender.append(plain_of(stored_events), references)
            return range(first + 1, appender.next_index + 1)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """Return the events of one stream, by version."""
        stream = cast("UUID", originator_id)
        statement = STREAM + ("DESC LIMIT ?" if desc else "ASC LIMIT ?")
        lowest, highest = gt if gt is not None else -1, lte if lte is not None else NO_END
        with self._factory.reading() as database:
            found = database.execute(
                statement, (stream.bytes, lowest, highest, NO_END if limit is None else limit)
            )
            return [StoredEvent(stream, *row) for row in found.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        """Return the events from one notification id to another, in order."""
        first = 0 if start is None else start - inclusive_of_start
        wanted = json.encode(topics).decode()
        with self._factory.reading() as database:
            found = database.execute(
                NOTIFICATIONS, (first, NO_END if stop is None else stop, wanted, wanted, limit)
            )
            return [
                Notification(UUID(bytes=stream), version, topic, state, id=number)
                for number, stream, version, topic, state in found.fetchall()
            ]

    def max_notification_id(self) -> int | None:
        """Return the last event's; None in an empty log."""
        with self._factory.reading() as database:
            return cast(
                "int | None", database.execute("SELECT max(leaf_index) + 1 FROM events").fetchone()[0]
            )

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Refuse to wait for events; read models catch up when they are read."""
        raise NotImplementedError


class PostgresFactory(InfrastructureFactory[TrackingRecorder]):
    """Builds the recorder of one ledger. `clock` gives microseconds since 1970."""

    def __init__(
        self, address: Address, clock: Callable[[], int], busy_seconds: float = BUSY_SECONDS
    ) -> None:
        super().__init__(Environment(env={}))
        self.address = address
        self.place = address.url
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._own = local()
        self._opened: list[PostgresDatabase] = []
        self._lock = Lock()

    def _database(self) -> PostgresDatabase:
        """Return this thread's connection."""
        found: PostgresDatabase | None = getattr(self._own, "database", None)
        if found is None:
            found = self._own.database = self._new()
            with self._lock:
                self._opened.append(found)
        return found

    def _new(self) -> PostgresDatabase:
        return PostgresDatabase(
            self.address, self.address.log, lock=_BEGIN_APPEND, busy_seconds=self._busy_seconds
        )

    @contextmanager
    def reading(self) -> Generator[PostgresDatabase]:
        """Yield the thread's connection."""
        yield self._database()

    @contextmanager
    def writing(self) -> Generator[PostgresDatabase]:
        """Open a transaction that holds the lock of the log."""
        database = self._database()
        with database.transaction():
            yield database

    @contextmanager
    def appending(self) -> Generator[PostgresAppender]:
        """One write transaction; rolled back whole on an error, a swallowed one too."""
        with self.writing() as database:
            appender = PostgresAppender(database, self._clock)
            yield appender
            if appender.failure is not None:
                raise appender.failure

    @contextmanager
    def snapshot(self, text: Callable[[bytes], object] | None = None) -> Generator[PostgresDatabase]:
        """Open a connection of its own that sees one moment. Text is always text here."""
        del text
        with closing(self._new()) as database, database.transaction(write=False):
            yield database

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for database in self._opened:
                database.close()
            self._opened.clear()
        self._own = local()

    def application_recorder(self) -> PostgresRecorder:
        """Return the recorder; tables are made once, by `prepare`."""
        return PostgresRecorder(self)

    def aggregate_recorder(self, purpose: str = "events") -> PostgresRecorder:
        """Snapshots are not kept."""
        raise NotImplementedError(purpose)

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> Any:  # noqa: ANN401 - the library's signature
        """Read models keep their position themselves."""
        raise NotImplementedError(tracking_recorder_class)

    def process_recorder(self) -> ProcessRecorder:
        """Nothing is processed here."""
        raise NotImplementedError


def create_postgres_store(
    address: Address, clock: Callable[[], int], owner: str | None = None, reader: str | None = None
) -> LedgerStore:
    """Make a new, empty log, its tables where they are not there yet; raises LedgerExists."""
    prepare(address, owner, reader)
    store = LedgerStore(PostgresFactory(address, clock))
    if store.length():
        store.close()
        raise LedgerExists(
            msg(
                "{database} holds a ledger {ledger} already", database=address.database, ledger=address.ledger
            )
        )
    return store


def open_postgres_store(
    address: Address, clock: Callable[[], int], *, busy_seconds: float = BUSY_SECONDS
) -> LedgerStore:
    """Open the log of a database; raises StoreEmpty, StoreUnsafe, StoreUnreachable, StoreFailed."""
    factory = PostgresFactory(address, clock, busy_seconds)
    with factory.reading() as database:
        is_made = database.execute(_PREPARED).fetchone() is not None
        if not is_made or database.execute(_ANY_EVENT).fetchone() is None:
            factory.close()
            raise StoreEmpty(
                msg("{database} holds no ledger {ledger}", database=address.database, ledger=address.ledger)
            )
        (commits,) = database.execute("SELECT current_setting('synchronous_commit')").fetchone()
        if commits == "off":
            factory.close()
            raise StoreUnsafe(
                msg(
                    "{database} answers synchronous_commit={commits}, not on",
                    database=address.database,
                    commits=commits,
                )
            )
    return LedgerStore(factory)
