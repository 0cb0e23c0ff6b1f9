"""A log copied row by row into an empty one, on whichever database either is: same bytes, same tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import cast

from ledger.domain.merkle import leaf_hash
from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.any_database import AnyDatabase
from ledger.store.event_store import LedgerStore
from ledger.store.reader import line_of
from ledger.store.sqlite.recorder import EventRow, ReferenceRow

_EVENTS = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash FROM events
WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"""
_REFERENCES = "SELECT kind, key, stream, digest FROM reference WHERE kind <> 'session' ORDER BY kind, key"
_SESSIONS = "SELECT kind, key, stream, digest FROM reference WHERE kind = 'session' ORDER BY key"
_PLAIN = {
    "SELECT level, number, hash FROM subtree ORDER BY level, number": (
        "INSERT INTO subtree (level, number, hash) VALUES (?, ?, ?)"
    ),
    "SELECT size, note FROM checkpoint ORDER BY size": "INSERT INTO checkpoint (size, note) VALUES (?, ?)",
    "SELECT size, kind, token FROM anchor ORDER BY size, kind, token": (
        "INSERT INTO anchor (size, kind, token) VALUES (?, ?, ?)"
    ),
}
"""What is read there: how it is written here."""
_PAGE = 5000

Progress = Callable[[int], object]


def copy_log(source: LedgerStore, target: LedgerStore, progress: Progress) -> int:
    """Copy the events in one transaction; their number. Raises StoreDamaged for one not as hashed."""
    count = 0
    with source.snapshot() as read, target.copying() as appender:
        for rows in _events(read):
            appender.insert_events(rows)
            count += len(rows)
            progress(len(rows))
        for keys in _references(read):
            appender.insert_references(keys)
        for select, insert in _PLAIN.items():
            appender.statements.executemany(insert, read.execute(select))
    return count


def _events(database: AnyDatabase) -> Iterator[list[EventRow]]:
    after = 0
    while rows := cast("list[EventRow]", database.execute(_EVENTS, (after, _PAGE)).fetchall()):
        for row in rows:
            if row[0] != after or leaf_hash(line_of(row[:6])) != row[6]:
                raise StoreDamaged(
                    msg("event {row} is not what was recorded: nothing was copied", row=row[0])
                )
            after += 1
        yield rows


def _references(database: AnyDatabase) -> Iterator[list[ReferenceRow]]:
    rows = iter(database.execute(_REFERENCES))
    while page := list(islice(rows, _PAGE)):
        yield page
    rows = iter(database.execute(_SESSIONS))
    while page := list(islice(rows, _PAGE)):
        yield [(kind, int(number), stream, digest) for kind, number, stream, digest in page]
