"""What the transparency log costs: appends with and without it, verification, proofs, bytes."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from ledger.domain.clock import epoch_microseconds
from ledger.domain.events import Connected, DataPurged, Ended, RecordedEvent, Requested
from ledger.store.event_store import LedgerStore
from ledger.store.mapper import Plain
from ledger.store.sqlite import recorder
from ledger.store.sqlite.database import open_database
from ledger.store.sqlite.recorder import SQLiteAppender
from ledger.store.sqlite.schema import LOG_TABLES, SCHEMA
from ledger.store.stream_ids import StreamIds
from ledger.transparency.checkpoint import TreeHead
from ledger.transparency.evidence import proof_in
from ledger.transparency.note import SigningKey

BATCH = 4_000
PROOFS = 300
_BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
_HASH_COLUMN = "    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),\n"
_PLAIN_SCHEMA = {
    name: sql.replace(_HASH_COLUMN, "") for name, sql in SCHEMA.items() if not name.startswith(LOG_TABLES)
}
_PLAIN_INSERT = """\
INSERT INTO events (leaf_index, originator_id, originator_version, topic, recorded_at, state)
VALUES (?, ?, ?, ?, ?, ?)"""


class WithoutHashes(SQLiteAppender):
    """The same appends, guards and keys, but no leaf is hashed and no tree kept."""

    def _event_rows(self, events: Sequence[Plain]) -> list[Any]:
        return [
            (index, stream.bytes, version, topic, self.recorded_at_us, state)
            for index, (stream, version, topic, state) in enumerate(events, self.next_index)
        ]

    def _insert_subtrees(self, leaves: Sequence[bytes]) -> None:
        """No tree."""


def events_of_sessions(count: int) -> Iterator[list[RecordedEvent]]:
    """Batches of so many events in all: four a session."""
    clock_us = epoch_microseconds(_BEGAN)
    ids = StreamIds(lambda: clock_us, random.Random(1).randbytes)  # noqa: S311 - the same ids in every run
    batch: list[RecordedEvent] = []
    for number in range(count // 4):
        batch += _session(ids.new(), _BEGAN + timedelta(minutes=number))
        if len(batch) >= BATCH:
            yield batch
            batch = []
    yield batch


def _session(stream: UUID, at: datetime) -> list[RecordedEvent]:
    later = at + timedelta(minutes=40)
    said = {"by": "anna", "source": "import"}
    return [
        RecordedEvent(stream, 1, Requested(at=at, customer="K-041", issue="other", **said)),  # type: ignore[arg-type] # the header
        RecordedEvent(stream, 2, Connected(at=at, connection=1, technician="anna", tariff="0" * 64, **said)),  # type: ignore[arg-type] # as above
        RecordedEvent(stream, 3, Ended(at=later, **said)),  # type: ignore[arg-type] # as above
        RecordedEvent(stream, 4, DataPurged(at=later + timedelta(minutes=5), **said)),  # type: ignore[arg-type] # as above
    ]


def append_all(path: Path, events: int) -> float:
    """Seconds to append so many events to a new log in one transaction, facts made beforehand not counted."""
    seconds = 0.0
    with LedgerStore.create(path, lambda: epoch_microseconds(_BEGAN)) as store, store.bulk() as bulk:
        for batch in events_of_sessions(events):
            began = time.perf_counter()
            bulk.append(batch)
            seconds += time.perf_counter() - began
        began = time.perf_counter()
    return seconds + time.perf_counter() - began


def append_without_hashes(path: Path, events: int) -> float:
    """The same path with guards and without hashes."""
    with (
        patch.object(recorder, "SQLiteAppender", WithoutHashes),
        patch.object(recorder, "_INSERT_EVENT", _PLAIN_INSERT),
        patch("ledger.store.event_store.SCHEMA", _PLAIN_SCHEMA),
    ):
        return append_all(path, events)


def proof_ms(path: Path, events: int) -> float:
    """Median milliseconds of an inclusion proof with its leaf, the log being open."""
    key, dice = SigningKey("bench", bytes(32)), random.Random(2)  # noqa: S311 - the same leaves in every run
    with LedgerStore.open(path, lambda: 0) as store:
        from ledger.domain import merkle  # noqa: PLC0415 - beside its use

        note = key.sign(TreeHead("bench", events, merkle.root(store.hashes, events)).text())
        samples: list[float] = []
        for _ in range(PROOFS):
            began = time.perf_counter()
            proof = proof_in(store, dice.randrange(events), note)
            samples.append(time.perf_counter() - began)
            assert proof.holds()
    return statistics.median(samples) * 1000


def file_bytes(path: Path) -> int:
    """The size of a database once its write-ahead log is in it."""
    with closing(open_database(path)) as database:
        database.truncate_log()
    return path.stat().st_size
