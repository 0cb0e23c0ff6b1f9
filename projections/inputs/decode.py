"""Decoding of stored payloads without the library's notifications and mapper."""

from __future__ import annotations

from uuid import UUID

from ledger.domain import events as e
from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.mapper import DECODERS, read_fact
from ledger.store.reader import Row

_ROW_TYPES = (int, bytes, int, str, int, bytes)
_UUID_BYTES = 16


def decode(row: Row) -> e.Event:
    """Return the event of a row; raises EventUnreadable and StoreDamaged, which name it."""
    try:
        return DECODERS[row[3]](row[5])
    except (KeyError, ValueError, TypeError):
        check_row(row)
        raise


def check_row(row: Row) -> None:
    """Raise StoreDamaged for a row of other types than were written, EventUnreadable as `read_fact` does."""
    index, stream, version, topic, _, state = row
    if tuple(map(type, row)) != _ROW_TYPES or len(stream) != _UUID_BYTES:
        raise StoreDamaged(msg("event {index} is damaged beyond reading", index=index))
    read_fact(topic, state, UUID(bytes=stream), version)
