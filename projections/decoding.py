"""Rows of the event store read round the library's notifications and mapper.

An ordinary session's facts are read into less than they hold: what its rows are made of. Everything
else is read whole, as the domain reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
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


# --- the facts of an ordinary session ---------------------------------------------------------


class Opening(msgspec.Struct, gc=False):
    """What `tracked.requested` takes of Requested."""

    at: datetime
    customer: str
    issue: e.Issue
    session_ref: str | None = None
    order_ref: str | None = None
    commitment: str | None = None


class Joining(msgspec.Struct, gc=False):
    """What `Tracked.connect` takes of Connected."""

    at: datetime
    technician: str
    source: e.Source = "cli"
    tariff: str | None = None


class Leaving(msgspec.Struct, gc=False):
    """What `Tracked.end` takes of Ended."""

    at: datetime
    source: e.Source = "cli"


class Purging(msgspec.Struct, gc=False):
    """What `Tracked.purge` takes of DataPurged."""

    at: datetime
    evidence: e.Evidence = "declared"
    targets: tuple[e.PurgeTarget, ...] = ()


read_opening = msgspec.json.Decoder(Opening).decode
read_joining = msgspec.json.Decoder(Joining).decode
read_leaving = msgspec.json.Decoder(Leaving).decode
read_purging = msgspec.json.Decoder(Purging).decode
LESS: dict[type[e.Fact], Callable[[bytes], Any]] = {
    e.Requested: read_opening,
    e.Connected: read_joining,
    e.Ended: read_leaving,
    e.DataPurged: read_purging,
}
"""Fact: what reads as much of its payload as an ordinary session's rows need."""
ORDINARY_LIFE = [e.Requested.TOPIC, e.Connected.TOPIC, e.Ended.TOPIC, e.DataPurged.TOPIC]


def by_stream(rows: Sequence[Row]) -> Iterable[list[Row]]:
    """The rows of each stream; only events of one stream depend on each other's order.

    Rows are made at the end of a page, when all its facts are known, and sessions keep their order.
    """
    streams: dict[bytes, list[Row]] = {}
    for row in rows:
        found = streams.get(row[1])
        if found is None:
            streams[row[1]] = [row]
        else:
            found.append(row)
    return streams.values()
