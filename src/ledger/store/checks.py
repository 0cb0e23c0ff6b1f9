"""What `check` looks at in `events.db`. Every finding was provoked by a real damage in the tests.

The whole check reads one snapshot. A file that cannot be read is a finding, never a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from uuid import UUID

from ledger.domain.events import RecordedEvent
from ledger.domain.merkle import leaf_hash
from ledger.errors import EventUnreadable, LedgerError, StoreDamaged, StoreFull
from ledger.message import msg, plain
from ledger.store.any_database import AnyDatabase
from ledger.store.finding import CheckFinding
from ledger.store.leaf import entry_line
from ledger.store.mapper import read_fact
from ledger.store.reader import subject_in
from ledger.store.references import OPENING_TOPICS, references_of, subject
from ledger.store.sqlite.database import open_database, refusals
from ledger.store.sqlite.schema import SCHEMA
from ledger.store.subtrees import HashReader, subtrees_over

Check = Callable[[AnyDatabase], Iterator[CheckFinding]]

_Row = tuple[int, bytes, int, str, int, bytes, bytes]
_ReferenceRow = tuple[str, str | int, bytes, str | None]

_MADE = """\
SELECT name, sql FROM sqlite_master
WHERE tbl_name IN ('events', 'reference', 'subtree', 'checkpoint', 'anchor') AND sql IS NOT NULL"""
_TYPES = (int, bytes, int, str, int, bytes, bytes)
_UUID_BYTES = 16
_PAGE_SIZE = 2000
_PAGE = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash FROM events
WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"""
_GAPS = """\
SELECT lower(hex(originator_id)), count(*), min(originator_version), max(originator_version) FROM events
GROUP BY originator_id
HAVING min(originator_version) <> 1 OR max(originator_version) <> count(*)"""

_SUBTREES = "SELECT level, number, hash FROM subtree"

_DERIVED = """\
CREATE TEMP TABLE derived (kind TEXT, key ANY, stream BLOB, digest TEXT, PRIMARY KEY (kind, key))
STRICT, WITHOUT ROWID"""
_DERIVE = "INSERT OR IGNORE INTO temp.derived VALUES (?, ?, ?, ?)"
_MISSING = """\
SELECT kind, key FROM temp.derived AS d
WHERE NOT EXISTS (SELECT 1 FROM main.reference AS r WHERE r.kind = d.kind AND r.key = d.key)"""
_EXTRA = """\
SELECT kind, key FROM main.reference AS r
WHERE NOT EXISTS (SELECT 1 FROM temp.derived AS d WHERE d.kind = r.kind AND d.key = r.key)"""
_DIFFERENT = """\
SELECT kind, key FROM temp.derived AS d JOIN main.reference AS r USING (kind, key)
WHERE r.stream IS NOT d.stream OR r.digest IS NOT d.digest"""


def check_store(path: Path, checks: Iterable[str] | None = None) -> Iterator[CheckFinding]:
    """Yield the findings of the named checks (all of CHECKS unless told), in one snapshot of the file."""
    names = CHECKS if checks is None else checks
    try:
        with closing(open_database(path)) as database, database.transaction(write=False):
            database.text_factory = _forgiving_text
            for name in names:
                yield from run(CHECKS[name], database)
    except StoreFull:  # the disk is at fault, not the ledger
        raise
    except LedgerError as error:
        yield CheckFinding("store-unreadable", error.message)


def _forgiving_text(stored: bytes) -> str:
    # Damaged text is to be named by its event's hash, not to stop the reading.
    return stored.decode(errors="replace")


def run(check: Check, database: AnyDatabase) -> Iterator[CheckFinding]:
    """Yield the findings of one check; what stops it is one, too."""
    try:
        with refusals(database.name):
            yield from check(database)
    except StoreFull:  # the disk is at fault, not the ledger
        raise
    except LedgerError as error:
        yield CheckFinding("store-unreadable", error.message)


# --- the file ---------------------------------------------------------------------------------


def integrity(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Check what SQLite itself finds wrong with its pages and indexes."""
    for (line,) in database.execute("PRAGMA integrity_check").fetchall():
        if line != "ok":
            yield CheckFinding("store-integrity", plain("{name}: {line}", name=database.name, line=line))


def guards(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Tables, indexes and triggers are the ones that were made, and nothing hangs on them besides."""
    found: dict[str, str] = dict(database.execute(_MADE))
    for name, statement in SCHEMA.items():
        if name not in found:
            yield CheckFinding(
                "store-guard", msg("{database} has lost {name}", database=database.name, name=name)
            )
        elif found[name].split() != statement.split():
            yield CheckFinding(
                "store-guard",
                msg("{database} has another {name} than it was made with", database=database.name, name=name),
            )
    for name in found.keys() - SCHEMA.keys():
        yield CheckFinding(
            "store-guard",
            msg("{database} has {name}, which it was not made with", database=database.name, name=name),
        )


# --- the events -------------------------------------------------------------------------------


def events(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Indexes contiguous from 0, hashes as computed again, payloads readable, moments never backwards."""
    next_index, last_recorded_at_us = 0, 0
    for row in _rows(database):
        index, stream, version, topic, recorded_at_us, state, _ = row
        if index != next_index:
            yield CheckFinding(
                "event-index", msg("event {index} follows event {before}", index=index, before=next_index - 1)
            )
        next_index = index + 1
        if not _is_whole(row):
            yield CheckFinding("event-hash", msg("event {index} is damaged beyond reading", index=index))
            continue
        if recorded_at_us < last_recorded_at_us:
            yield CheckFinding(
                "event-recorded-at",
                msg("event {index} was recorded before the one in front of it", index=index),
            )
        if not _hash_holds(row):
            yield CheckFinding(
                "event-hash", msg("event {index} is not what was recorded: its hash differs", index=index)
            )
        try:
            read_fact(topic, state, UUID(bytes=stream), version)
        except EventUnreadable as error:
            yield CheckFinding("event-payload", msg("event {index}: {fact}", index=index, fact=error.message))
        last_recorded_at_us = recorded_at_us


def versions(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Check that the versions of every stream are 1, 2, 3 … without a gap."""
    for stream, count, first, last in database.execute(_GAPS).fetchall():
        named = subject_in(database, bytes.fromhex(stream))
        yield CheckFinding(
            "stream-version",
            msg(
                "{subject} has {count} events, versions {first} to {last}",
                subject=msg("a stream without a key") if named is None else subject(named),
                count=count,
                first=first,
                last=last,
            ),
        )


def _rows(database: AnyDatabase) -> Iterator[_Row]:
    after = 0
    while rows := database.execute(_PAGE, (after, _PAGE_SIZE)).fetchall():
        if rows[-1][0] < after:
            raise StoreDamaged(msg("{name} is damaged: its events are out of order", name=database.name))
        yield from rows
        after = rows[-1][0] + 1


def _is_whole(row: _Row) -> bool:
    # STRICT holds when a row is written, not when damaged pages are read.
    return tuple(map(type, row)) == _TYPES and len(row[1]) == _UUID_BYTES


def _hash_holds(row: _Row) -> bool:
    index, stream, version, topic, recorded_at_us, state, stored_hash = row
    try:
        line = entry_line(index, stream, version, topic, recorded_at_us, state)
    except OverflowError:
        return False  # a moment that no calendar has
    return leaf_hash(line) == stored_hash


# --- the keys ---------------------------------------------------------------------------------


def references(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Check that the table `reference` is what the events say, derived in a temporary table on disk."""
    database.execute(_DERIVED)
    database.executemany(_DERIVE, _derived_rows(database))
    for name, statement, sentence in (
        (
            "reference-missing",
            _MISSING,
            msg("{kind} {key!r} stands in the events and cannot be found by its key"),
        ),
        ("reference-extra", _EXTRA, msg("{kind} {key!r} can be found and stands in no event")),
        ("reference-different", _DIFFERENT, msg("{kind} {key!r} leads elsewhere than its event says")),
    ):
        for kind, key in database.execute(statement):
            yield CheckFinding(name, sentence.of(kind=kind, key=key))


def _derived_rows(database: AnyDatabase) -> Iterator[_ReferenceRow]:
    number = 0
    for row in filter(_is_whole, _rows(database)):
        _, stream, version, topic, _, state, _ = row
        if topic in OPENING_TOPICS:
            number += 1
            yield "session", number, stream, None
        try:
            uuid = UUID(bytes=stream)
            event = RecordedEvent(uuid, version, read_fact(topic, state, uuid, version))
        except EventUnreadable:
            continue  # named by `events`
        for kind, key, _, digest in references_of(event):
            yield kind, key, stream, digest


# --- the tree ---------------------------------------------------------------------------------


def tree(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Check that the stored subtrees are those of the leaves: none is missing, another, or too many."""
    (size,) = database.execute("SELECT coalesce(max(leaf_index) + 1, 0) FROM events").fetchone()
    stored: dict[tuple[int, int], bytes] = {
        (level, number): found for level, number, found in database.execute(_SUBTREES)
    }
    for level, number, computed in subtrees_over(HashReader(database), size):
        if stored.pop((level, number), None) != computed:
            yield CheckFinding(
                "tree-hash",
                msg(
                    "the tree has another hash of level {level} number {number} than its leaves",
                    level=level,
                    number=number,
                ),
            )
    for level, number in stored:
        yield CheckFinding(
            "tree-hash",
            msg(
                "the tree has level {level} number {number}, which no leaves are below",
                level=level,
                number=number,
            ),
        )


CHECKS: Mapping[str, Check] = {
    "integrity": integrity,
    "guards": guards,
    "events": events,
    "versions": versions,
    "references": references,
    "tree": tree,
}
"""What `check` can be asked for by name."""
