"""Payloads read from the event store, round the library's notifications and mapper.

An ordinary session is read at once, and into less than its facts hold: what its rows are made of.
Everything else is read fact by fact, whole, as the domain reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

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


# --- the life of an ordinary session ----------------------------------------------------------


class Opening(msgspec.Struct, gc=False):
    """What is taken of Requested."""

    at: datetime
    customer: str
    issue: e.Issue
    session_ref: str | None = None
    order_ref: str | None = None
    commitment: str | None = None
    marks: tuple[str, str] | None = None


class Joining(msgspec.Struct, gc=False):
    """What is taken of Connected."""

    at: datetime
    technician: str
    source: e.Source = "cli"
    tariff: str | None = None


class Leaving(msgspec.Struct, gc=False):
    """What is taken of Ended."""

    at: datetime
    source: e.Source = "cli"


class Purging(msgspec.Struct, gc=False):
    """What is taken of DataPurged."""

    at: datetime
    evidence: e.Evidence = "declared"
    targets: tuple[e.PurgeTarget, ...] = ()


OrdinaryLife = tuple[
    Opening,
    Literal["session.connected:1"],
    int,
    Joining,
    Literal["session.ended:1"],
    int,
    Leaving,
    Literal["session.data_purged:2"],
    int,
    Purging,
]
"""Payload of its four events, before all but the first topic and moment of recording."""
_read: Callable[[bytes], OrdinaryLife] = msgspec.json.Decoder(OrdinaryLife).decode


def ordinary(life: bytes) -> OrdinaryLife | None:
    """A session's events as `LogReader.lives` gives them; None unless it is an ordinary one."""
    try:
        return _read(life)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
