"""The library's infrastructure for one `events.db`: connections, pool, factory.

A second database comes as a second factory with a recorder of its own (`ledger.store.postgres.recorder`);
nothing above knows which.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol, cast

from eventsourcing.persistence import ApplicationRecorder, ConnectionUnavailableError
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)
from eventsourcing.utils import Environment

from ledger.errors import StoreBusy
from ledger.message import msg
from ledger.store.any_database import AnyDatabase, Statements
from ledger.store.sqlite.database import BUSY_SECONDS, Database, open_database, refusals
from ledger.store.sqlite.recorder import Appender, LedgerRecorder


class LedgerConnection(SQLiteConnection):
    """A connection whose write transactions begin immediately."""

    def __init__(self, database: Database, max_age: float | None) -> None:
        super().__init__(database, max_age)
        self.database = database

    @contextmanager
    def transaction(self, *, commit: bool) -> Generator[SQLiteCursor]:
        """Open a cursor inside `Database.transaction`; the library's own begins deferred."""
        with self.database.transaction(write=commit), self.cursor() as cursor:
            yield SQLiteCursor(cursor)


class LedgerPool(SQLiteConnectionPool):
    """The library's pool, of our connections; a thread waits as long as a process would."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        super().__init__(db_name=str(path), pool_timeout=busy_seconds)
        self._path = path
        self._busy_seconds = busy_seconds

    def _create_connection(self) -> LedgerConnection:
        return LedgerConnection(open_database(self._path, busy_seconds=self._busy_seconds), self.max_age)

    def get_connection(
        self, timeout: float | None = None, *, is_writer: bool | None = None
    ) -> SQLiteConnection:
        """Return a connection; raises StoreBusy when another thread writes for longer than the timeout."""
        try:
            return super().get_connection(timeout, is_writer=is_writer)
        except ConnectionUnavailableError as error:
            raise StoreBusy(msg("another thread is writing to {name}", name=self._path.name)) from error


class LedgerDatastore(SQLiteDatastore):
    """The library's datastore with our pool."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        super().__init__(str(path))
        self.pool = LedgerPool(path, busy_seconds)

    @contextmanager
    def reading(self) -> Generator[Database]:
        """Open a bare connection for single statements."""
        with self.get_connection(commit=False) as connection:
            database = cast("LedgerConnection", connection).database
            with refusals(database.name, database.log.parent):
                yield database


class StoreFactory(Protocol):
    """What `LedgerStore` asks of the place where the events are."""

    @property
    def place(self) -> str:
        """Return where they are: a path, or a URL."""
        ...

    def application_recorder(self) -> ApplicationRecorder:
        """Return the library's way of appending and reading."""
        ...

    def reading(self) -> AbstractContextManager[AnyDatabase]:
        """Return a connection for single statements."""
        ...

    def writing(self) -> AbstractContextManager[Statements]:
        """Return a write transaction, alone until it ends."""
        ...

    def appending(self) -> AbstractContextManager[Appender]:
        """Return a write transaction that appends."""
        ...

    def snapshot(self, text: Callable[[bytes], object] | None = None) -> AbstractContextManager[AnyDatabase]:
        """Return a connection of its own that sees one moment."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


class LedgerFactory(SQLiteFactory):
    """Builds the recorder of one file. `clock` gives microseconds since 1970."""

    def __init__(self, path: Path, clock: Callable[[], int], busy_seconds: float = BUSY_SECONDS) -> None:
        super().__init__(Environment(env={self.SQLITE_DBNAME: str(path)}))
        self.ledger_datastore = LedgerDatastore(path, busy_seconds)
        self.datastore = self.ledger_datastore
        self.place = str(path)
        self._path = path
        self._clock = clock

    def application_recorder(self) -> LedgerRecorder:
        """Return the recorder; tables are made once, by `LedgerStore.create`, never on opening."""
        return LedgerRecorder(self.datastore, self._clock)

    def reading(self) -> AbstractContextManager[Database]:
        """Return a bare connection of the pool."""
        return self.ledger_datastore.reading()

    @contextmanager
    def writing(self) -> Generator[Statements]:
        """Open a transaction that began immediately."""
        with self.ledger_datastore.transaction(commit=True) as cursor:
            yield cursor.sqlite_cursor

    def appending(self) -> AbstractContextManager[Appender]:
        """Return the recorder's own."""
        return self.application_recorder().appending()

    @contextmanager
    def snapshot(self, text: Callable[[bytes], object] | None = None) -> Generator[Database]:
        """Open a connection outside the pool; `text` makes of stored bytes what is read."""
        with closing(open_database(self._path)) as database, database.transaction(write=False):
            if text is not None:
                database.text_factory = text
            yield database
