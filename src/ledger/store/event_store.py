"""`LedgerStore`: the one door to the events.

The library's application on our factory, mapper and recorder: `save(*events)` appends,
`repository.get(stream, projector_func=…)` reads an aggregate. Beside it, bulk appends for imports and
plain reading for replay.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Self, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import EventStore, InfrastructureFactory, Mapper, Recording
from eventsourcing.utils import Environment, EnvType

from ledger.domain.events import Personal, RecordedEvent
from ledger.domain.merkle import leaf_hash
from ledger.errors import LedgerError, LedgerExists, LedgerMissing, LedgerOld, StoreDamaged
from ledger.message import msg
from ledger.store.any_database import AnyDatabase, Statements
from ledger.store.mapper import FactMapper, plain, read_fact
from ledger.store.reader import LogReader, Row, line_of
from ledger.store.references import references_of
from ledger.store.sqlite.database import BUSY_SECONDS, open_database, refusals
from ledger.store.sqlite.factory import LedgerFactory, StoreFactory
from ledger.store.sqlite.recorder import Appender
from ledger.store.sqlite.schema import LOG_TABLES, SCHEMA
from ledger.store.subtrees import HashReader, subtrees_over

_LOG = ("events", "reference")
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_INSERT_CHECKPOINT = "INSERT INTO checkpoint (size, note) VALUES (?, ?)"
_HASHED = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash FROM events
ORDER BY leaf_index"""
_INSERT_SUBTREE = "INSERT INTO subtree (level, number, hash) VALUES (?, ?, ?)"
_INSERT_ANCHOR = "INSERT INTO anchor (size, kind, token) VALUES (?, ?, ?)"
_FACT = "SELECT topic, state FROM events WHERE originator_id = ? AND originator_version = ?"


class Bulk:
    """One transaction that takes events batch by batch; nothing is there until it ends."""

    def __init__(self, appender: Appender) -> None:
        self._appender = appender

    def append(self, events: Sequence[RecordedEvent]) -> list[int]:
        """Return the numbers of the sessions these open, in order; raises VersionTaken, ReferenceTaken."""
        references = [reference for event in events for reference in references_of(event)]
        return self._appender.append([plain(event) for event in events], references)

    @property
    def recorded_at_us(self) -> int:
        """The moment that all events of the transaction are recorded at, in microseconds since 1970."""
        return self._appender.recorded_at_us


class _FactStore(EventStore[UUID]):
    """The library's event store, which also tells the recorder the keys that the events give."""

    def put(
        self, domain_events: Sequence[DomainEventProtocol[UUID]], **kwargs: object
    ) -> list[Recording[UUID]]:
        events = cast("Sequence[RecordedEvent]", domain_events)
        references = [reference for event in events for reference in references_of(event)]
        return super().put(domain_events, references=references, **kwargs)


class LedgerStore(LogReader, Application[UUID]):
    """The events of one ledger: in `events.db`, or wherever its factory keeps them."""

    def __init__(self, factory: StoreFactory) -> None:
        self._factory = factory
        super().__init__()

    @classmethod
    def create(cls, path: Path, clock: Callable[[], int]) -> Self:
        """Make a new, empty log; raises LedgerExists where there is one with an event in it."""
        with closing(open_database(path, create=True)) as database, database.transaction():
            if _holds_event(database):
                raise LedgerExists(msg("{name} holds a ledger already", name=path.name))
            for statement in () if _holds_log(database) else SCHEMA.values():
                database.execute(statement)
        return cls(LedgerFactory(path, clock))

    @classmethod
    def open(cls, path: Path, clock: Callable[[], int], *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the log of a file; raises LedgerMissing, LedgerOld, StoreDamaged."""
        if not path.is_file():
            raise LedgerMissing(msg("there is no {name} in {parent}", name=path.name, parent=path.parent))
        store = cls(LedgerFactory(path, clock, busy_seconds))
        with store._reading() as database:
            tables = _tables(database)
            if not tables.issuperset(_LOG):
                raise LedgerMissing(
                    msg("{name} in {parent} holds no ledger", name=path.name, parent=path.parent)
                )
            if not tables.issuperset(LOG_TABLES):
                raise LedgerOld(
                    msg("{name} in {parent} has no transparency log yet", name=path.name, parent=path.parent)
                )
        return store

    @staticmethod
    def is_unfinished(path: Path) -> bool:
        """Return True if the making of a log was cut short here: a file that holds nothing, or no event."""
        if not path.is_file():
            return False
        with suppress(LedgerError), closing(open_database(path)) as database, refusals(path.name):
            return not _tables(database) or (_holds_log(database) and not _holds_event(database))
        return False

    @contextmanager
    def bulk(self) -> Generator[Bulk]:
        """One immediate transaction fed by batches, for imports; rolled back whole on an error."""
        with self._appending() as appender:
            yield Bulk(appender)

    def append(self, events: Sequence[RecordedEvent]) -> int:
        """Append events, all or none, and return the moment recorded, in microseconds since 1970.

        Raises VersionTaken, ReferenceTaken.
        """
        with self.bulk() as batch:
            batch.append(events)
        return batch.recorded_at_us

    @property
    def place(self) -> str:
        """The path, or the URL, of the events: another process opens them by it."""
        return self._factory.place

    def copying(self) -> AbstractContextManager[Appender]:
        """Open a write transaction that takes rows of another store; rolled back whole on an error."""
        return self._appending()

    def held(self) -> AbstractContextManager[Statements]:
        """While nobody else appends."""
        return self._writing()

    @contextmanager
    def signing(self) -> Generator[Callable[[int, str], None]]:
        """While nobody else appends: what adds a checkpoint (size, note) if all goes well."""
        with self._writing() as statements:

            def add(size: int, note: str) -> None:
                statements.execute(_INSERT_CHECKPOINT, (size, note))

            yield add

    def add_anchor(self, size: int, kind: str, token: bytes) -> bool:
        """Keep a time stamp or cosignature over the checkpoint of that size; False when it is here."""
        if (size, kind, token) in self.anchors():
            return False
        with self._writing() as statements:
            statements.execute(_INSERT_ANCHOR, (size, kind, token))
        return True

    def commitment_at(self, stream: UUID, version: int) -> str | None:
        """Return the commitment that the event in this place holds; None without event or commitment."""
        with self._reading() as database:
            found = database.execute(_FACT, (stream.bytes, version)).fetchone()
        if found is None:
            return None
        fact = read_fact(found[0], found[1], stream, version)
        return fact.commitment if isinstance(fact, Personal) else None

    def is_decided(self, stream: UUID, version: int) -> bool:
        """Return True if no writer can be waiting for this place: it is taken, or begins a new stream."""
        if version == 1:
            return True
        with self._reading() as database:
            return database.execute(_FACT, (stream.bytes, version)).fetchone() is not None

    def snapshot(self, text: Callable[[bytes], object] | None = None) -> AbstractContextManager[AnyDatabase]:
        """Open a connection of its own that sees one moment; `text` reads what SQLite stored as text."""
        return self._factory.snapshot(text)

    def _reading(self) -> AbstractContextManager[AnyDatabase]:
        return self._factory.reading()

    def _writing(self) -> AbstractContextManager[Statements]:
        """Return a write transaction."""
        return self._factory.writing()

    def _appending(self) -> AbstractContextManager[Appender]:
        """Return a write transaction that appends."""
        return self._factory.appending()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing of the process's environment, which could slip in a cipher, a cache or a mapper."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory:  # noqa: ARG002 - a path needs no env
        """Return the factory of this file."""
        return cast("InfrastructureFactory", self._factory)

    def construct_mapper(self) -> Mapper[UUID]:
        """Return the mapper of facts."""
        return self.factory.mapper(self.construct_transcoder(), FactMapper)

    def construct_event_store(self) -> EventStore[UUID]:
        """Return the event store that passes on the keys."""
        return _FactStore(self.mapper, self.recorder)


def upgrade(path: Path) -> int:
    """Give a log that was made before it the tables of the transparency log, whole or not at all.

    How many events it covers, whose hashes are computed anew; 0 when it has the tables. Raises
    StoreDamaged when a stored hash is not that of its event.
    """
    with closing(open_database(path)) as database, database.transaction():
        there = _tables(database)
        if not _holds_log(database):
            raise LedgerMissing(msg("{name} in {parent} holds no ledger", name=path.name, parent=path.parent))
        if there.issuperset(LOG_TABLES):
            return 0
        for name, statement in SCHEMA.items():
            if name.split("_", 1)[0] in LOG_TABLES:
                database.execute(statement)
        size = 0
        for *row, stored in database.execute(_HASHED):
            if leaf_hash(line_of(cast("Row", tuple(row)))) != stored or row[0] != size:
                raise StoreDamaged(msg("event {row} is not what was recorded: its hash differs", row=row[0]))
            size += 1
        for level_number_hash in subtrees_over(HashReader(database), size):
            database.execute(_INSERT_SUBTREE, level_number_hash)
    return size


def _tables(database: AnyDatabase) -> set[str]:
    return {name for (name,) in database.execute(_TABLES)}


def _holds_log(database: AnyDatabase) -> bool:
    return _tables(database).issuperset(_LOG)


def _holds_event(database: AnyDatabase) -> bool:
    return _holds_log(database) and database.execute("SELECT 1 FROM events LIMIT 1").fetchone() is not None
