"""Rows of the event store read straight into facts, round the library's notifications and mapper."""

from __future__ import annotations

from uuid import UUID

from ledger import events as e
from ledger.errors import StoreDamaged
from ledger.store.mapper import DECODERS, read_fact
from ledger.store.reading import Row

_ROW_TYPES = (int, bytes, int, str, int, bytes)
_UUID_BYTES = 16


def decode(row: Row) -> e.Fact:
    """The fact of a row; raises EventUnreadable and StoreDamaged, which name it."""
    try:
        return DECODERS[row[3]](row[5])
    except (KeyError, ValueError, TypeError):
        check_row(row)
        raise


def check_row(row: Row) -> None:
    """Raise StoreDamaged for a row of other types than were written, EventUnreadable as `read_fact`."""
    index, stream, version, topic, _, state = row
    if tuple(map(type, row)) != _ROW_TYPES or len(stream) != _UUID_BYTES:
        raise StoreDamaged(f"event {index} is damaged beyond reading")
    read_fact(topic, state, UUID(bytes=stream), version)
