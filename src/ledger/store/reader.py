"""Plain reading of the log and of its keys, round the library's notifications and mapper.

Positions count events: a position of 3 means the events 0, 1 and 2, and is the notification id of the
last of them. Streams are 16 raw bytes in rows, UUIDs elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby, islice
from operator import itemgetter
from uuid import UUID

from msgspec import json

from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.any_database import AnyDatabase
from ledger.store.leaf import entry_line
from ledger.store.references import NOUNS, Kind
from ledger.store.subtrees import HashReader

Row = tuple[int, bytes, int, str, int, bytes]
"""leaf_index, originator_id, version, topic, recorded_at in microseconds, state (the payload)."""
SessionRow = tuple[int, int, str, int, int, bytes]
"""A session's number; version, topic, leaf_index, recorded_at in microseconds and payload of its event."""

PAGE_SIZE = 5000
_NOUNS = {
    "session": {"session"},
    "customer": {"customer", "purchase"},
    "ledger": {"ledger", "tariff", "period"},
    "invoice": {"invoice"},
    "series": {"series"},
    "record": {"record"},
}
"""What the events of a stream are about, by what its first event is about."""
_NO_END = 2**63 - 1

_PAGE = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state FROM events
WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index LIMIT ?"""
# +leaf_index: the stream's own index leads to few rows, and that of the log to most of it.
_STREAM = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state FROM events
WHERE originator_id = ? AND +leaf_index < ? ORDER BY originator_version"""
_BESIDE_SESSIONS = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state FROM events
WHERE leaf_index >= ? AND leaf_index < ? AND NOT (topic >= 'session.' AND topic < 'session/')
ORDER BY leaf_index LIMIT ?"""
_SESSIONS = "SELECT coalesce(max(key), 0) FROM reference WHERE kind = 'session'"
_SESSIONS_BETWEEN = """\
SELECT key, count(*) FROM events CROSS JOIN reference ON stream = originator_id
WHERE kind = 'session' AND leaf_index >= ? AND leaf_index < ? GROUP BY key"""
_OF_SESSIONS = """\
SELECT key, originator_version, topic, leaf_index, recorded_at, state
FROM reference CROSS JOIN events ON originator_id = stream
WHERE kind = 'session' AND {of_numbers} AND +leaf_index < ? ORDER BY key, originator_version"""
_OF_A_RANGE = _OF_SESSIONS.format(of_numbers="key >= ? AND key < ?")
_OF_A_LIST = _OF_SESSIONS.format(of_numbers="key IN (SELECT value FROM json_each(?))")
_LENGTH = "SELECT coalesce(max(leaf_index) + 1, 0) FROM events"
_RECORDED_AT = "SELECT recorded_at FROM events WHERE leaf_index >= ? ORDER BY leaf_index LIMIT 1"
_RESOLVE = "SELECT stream, digest FROM reference WHERE kind = ? AND key = ?"
_RESOLVE_MANY = """\
SELECT key, stream FROM reference WHERE kind = ? AND key IN (SELECT value FROM json_each(?))"""
_PAYLOADS = """\
SELECT key, state FROM reference CROSS JOIN events ON originator_id = stream
WHERE kind = ? AND topic = ? ORDER BY leaf_index"""
_OF_KIND = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state
FROM reference CROSS JOIN events ON originator_id = stream
WHERE kind = ? AND +leaf_index < ? ORDER BY leaf_index"""
_WITH_TOPIC = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state FROM events
WHERE topic = ? ORDER BY leaf_index"""
_KEYS = "SELECT key FROM reference WHERE kind = ? ORDER BY key"
_STREAMS = """\
SELECT key, leaf_index, originator_id, originator_version, topic, recorded_at, state
FROM reference CROSS JOIN events ON originator_id = stream
WHERE kind = ? AND key IN (SELECT value FROM json_each(?)) AND +leaf_index < ?
ORDER BY key, originator_version"""
_LEAF_HASH = "SELECT leaf_hash FROM events WHERE leaf_index = ?"
_CHECKPOINTS = "SELECT size, note FROM checkpoint WHERE size <= ? ORDER BY size"
_COVERING = "SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1"
_ANCHORS = "SELECT size, kind, token FROM anchor ORDER BY size, kind, token"
_LEAF = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state FROM events
WHERE leaf_index = ?"""
_NUMBER = "SELECT key FROM reference WHERE kind = 'session' AND stream = ?"
_NUMBERS = "SELECT stream, key FROM reference WHERE kind = 'session' AND stream IN ({})"
_NUMBERS_ASKED = 500
_NAMES = "SELECT kind, key FROM reference WHERE stream = ?"


class LogReader(ABC):
    """Reads; a subclass says on which connection. Every read is a transaction of its own."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[AnyDatabase]:
        """Return a connection to read with, inside `refusals`."""

    def pages(self, after: int, until: int | None = None, size: int = PAGE_SIZE) -> Iterator[list[Row]]:
        """Yield the events between two positions, in order; no read transaction is open between two pages."""
        return self._pages(_PAGE, after, until, size)

    def beside_sessions(self, after: int, until: int) -> Iterator[list[Row]]:
        """Yield the events between two positions that are about something else than a session, in order."""
        return self._pages(_BESIDE_SESSIONS, after, until, PAGE_SIZE)

    def _pages(self, sql: str, after: int, until: int | None, size: int) -> Iterator[list[Row]]:
        while True:
            with self._reading() as database:
                rows = database.execute(sql, (after, _NO_END if until is None else until, size)).fetchall()
            if rows and rows[-1][0] < after:  # a damaged tree could lead in circles for ever
                raise StoreDamaged(msg("{name} is damaged: its events are out of order", name=database.name))
            if rows:
                yield rows
            if len(rows) < size:
                return
            after = rows[-1][0] + 1

    def session_rows(self, numbers: Sequence[int], until: int) -> list[SessionRow]:
        """Return the events of sessions up to a position, by number and version; a range is read fastest."""
        with self._reading() as database:
            if isinstance(numbers, range):
                rows = database.execute(_OF_A_RANGE, (numbers.start, numbers.stop, until))
            else:
                rows = database.execute(_OF_A_LIST, (json.encode(numbers).decode(), until))
            return rows.fetchall()

    def sessions(self) -> int:
        """Return the number of sessions, which is that of the last one."""
        with self._reading() as database:
            return int(database.execute(_SESSIONS).fetchone()[0])

    def sessions_between(self, after: int, until: int) -> dict[int, int]:
        """Return the sessions that have events between two positions, and how many."""
        with self._reading() as database:
            return dict(database.execute(_SESSIONS_BETWEEN, (after, until)).fetchall())

    def stream_rows(self, stream: bytes, until: int | None = None) -> list[Row]:
        """Return the events of one stream up to a position, by version."""
        with self._reading() as database:
            return database.execute(_STREAM, (stream, _NO_END if until is None else until)).fetchall()

    def resolve(self, kind: Kind, key: str | int) -> tuple[UUID, str | None] | None:
        """Stream and digest of a key; None where nobody has it."""
        with self._reading() as database:
            found = database.execute(_RESOLVE, (kind, key)).fetchone()
        return None if found is None else (UUID(bytes=found[0]), found[1])

    def resolve_many(self, kind: Kind, keys: Iterable[str | int]) -> dict[str | int, UUID]:
        """Return the streams of those keys that somebody has."""
        wanted = json.encode(list(keys)).decode()
        with self._reading() as database:
            rows = database.execute(_RESOLVE_MANY, (kind, wanted)).fetchall()
        return {int(key) if kind == "session" else key: UUID(bytes=stream) for key, stream in rows}

    def session_number(self, stream: UUID) -> int | None:
        """Return the number of the session that a stream is; None for other streams."""
        with self._reading() as database:
            found = database.execute(_NUMBER, (stream.bytes,)).fetchone()
        return None if found is None else int(found[0])

    def session_numbers(self, streams: Iterable[UUID]) -> dict[UUID, int]:
        """Return the numbers of those streams that are sessions, asked for many at a time."""
        found: dict[UUID, int] = {}
        wanted = iter(streams)
        while some := [each.bytes for each in islice(wanted, _NUMBERS_ASKED)]:
            with self._reading() as database:
                rows = database.execute(_NUMBERS.format(",".join("?" * len(some))), some).fetchall()
            found.update((UUID(bytes=stream), int(key)) for stream, key in rows)
        return found

    def subject_of(self, stream: UUID) -> str | None:
        """Return what a stream is about as people name it, session 17; None for one without a key."""
        with self._reading() as database:
            return subject_in(database, stream.bytes)

    def keys(self, kind: Kind) -> list[str | int]:
        """Every key of a kind, in order."""
        with self._reading() as database:
            return [key for (key,) in database.execute(_KEYS, (kind,)).fetchall()]

    def payloads(self, kind: Kind, topic: str) -> list[tuple[str | int, bytes]]:
        """Yield the payloads of a topic in the streams of all keys of a kind, each with its key, in order."""
        with self._reading() as database:
            return database.execute(_PAYLOADS, (kind, topic)).fetchall()

    def rows_of(self, kind: Kind, until: int | None = None) -> list[Row]:
        """Return the events up to a position in the streams of all keys of a kind, in order."""
        with self._reading() as database:
            return database.execute(_OF_KIND, (kind, _NO_END if until is None else until)).fetchall()

    def rows_with(self, topic: str) -> list[Row]:
        """Return the events of a topic, in order; reads the whole log."""
        with self._reading() as database:
            return database.execute(_WITH_TOPIC, (topic,)).fetchall()

    def streams(
        self, kind: Kind, keys: Iterable[str | int], until: int | None = None
    ) -> Iterator[tuple[str | int, list[Row]]]:
        """Yield the streams of these keys, in the keys' order, each with its events up to a position."""
        wanted = json.encode(list(keys)).decode()
        with self._reading() as database:
            rows = database.execute(_STREAMS, (kind, wanted, _NO_END if until is None else until)).fetchall()
        for key, found in groupby(rows, key=itemgetter(0)):
            yield int(key) if kind == "session" else key, [row[1:] for row in found]

    def leaf_hash_at(self, index: int) -> bytes:
        """Return the stored hash of an event; empty bytes where there is none."""
        with self._reading() as database:
            found = database.execute(_LEAF_HASH, (index,)).fetchone()
        return b"" if found is None else found[0]

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """Return stored hashes of a level as `ledger.domain.merkle` reads them; raises StoreDamaged."""
        with self._reading() as database:
            return HashReader(database).hashes(level, first, count)

    def leaf(self, index: int) -> bytes:
        """Return the export's line of an event, without newline; raises StoreDamaged where there is none."""
        with self._reading() as database:
            row = database.execute(_LEAF, (index,)).fetchone()
        if row is None:
            raise StoreDamaged(msg("there is no event {index}", index=index))
        return line_of(row)

    def checkpoints(self, until: int | None = None) -> list[tuple[int, str]]:
        """(size, note) of every stored checkpoint of at most `until` events, by size."""
        with self._reading() as database:
            return database.execute(_CHECKPOINTS, (_NO_END if until is None else until,)).fetchall()

    def checkpoint_over(self, index: int) -> tuple[int, str] | None:
        """(size, note) of the first stored checkpoint that covers an event; None before there is one."""
        with self._reading() as database:
            found: tuple[int, str] | None = database.execute(_COVERING, (index,)).fetchone()
        return found

    def anchors(self) -> list[tuple[int, str, bytes]]:
        """(size, kind, token) of every time stamp and cosignature, by size."""
        with self._reading() as database:
            return database.execute(_ANCHORS).fetchall()

    def length(self) -> int:
        """Return the number of events: the position after the last one."""
        with self._reading() as database:
            return int(database.execute(_LENGTH).fetchone()[0])

    def last_recorded_at_us(self) -> int | None:
        """When the last event was recorded, in microseconds since 1970; None in an empty log."""
        length = self.length()
        return None if length == 0 else self.recorded_at_us(length - 1)

    def position_at(self, recorded_at_us: int) -> int:
        """Return the number of events recorded up to, and at, a moment in microseconds since 1970."""
        return bisect_right(range(self.length()), recorded_at_us, key=self.recorded_at_us)

    def recorded_at_us(self, index: int) -> int:
        """When an event was recorded, in microseconds since 1970."""
        with self._reading() as database:
            found = database.execute(_RECORDED_AT, (index,)).fetchone()
        if found is None or not isinstance(found[0], int):
            raise StoreDamaged(msg("event {index} is damaged beyond reading", index=index))
        return found[0]


def subject_in(database: AnyDatabase, stream: bytes) -> str | None:
    """Return the noun and key of a stream, as `LogReader.subject_of`."""
    names = database.execute(_NAMES, (stream,)).fetchall()
    return next((f"{NOUNS[kind]} {key}" for kind, key in names if kind in NOUNS), None)


def line_of(row: Row) -> bytes:
    """Return the export's line of a row, without newline; raises StoreDamaged if it can have none."""
    index, stream, version, topic, recorded_at_us, state = row
    try:
        return entry_line(index, stream, version, topic, recorded_at_us, state)
    except (AttributeError, OverflowError, TypeError, ValueError):
        raise StoreDamaged(msg("event {index} is damaged beyond reading", index=index)) from None


def check_stream(rows: Sequence[Row], first_topic: str) -> None:
    """Raise StoreDamaged unless these are the events of one stream, from its first, that topic, on."""
    nouns = _NOUNS[first_topic.partition(".")[0]]
    is_whole = [row[2] for row in rows] == list(range(1, len(rows) + 1))
    is_of_one_kind = all(str(row[3]).partition(".")[0] in nouns for row in rows)
    if not rows or rows[0][3] != first_topic or not is_whole or not is_of_one_kind:
        raise StoreDamaged(
            msg("a stream that begins with {first_topic} is not whole", first_topic=first_topic)
        )
