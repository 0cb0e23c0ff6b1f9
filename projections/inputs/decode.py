"""Decoding of stored payloads without the library's notifications and mapper.

An ordinary session is decoded in one pass, and only the fields that its rows need. Everything else is decoded
event by event, as the domain reads it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from ledger.domain import events as e
from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.mapper import DECODERS, read_fact
from ledger.store.reader import Row
from projections.inputs.event_sets import SHOWN_NOWHERE

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


# --- the life of an ordinary session ----------------------------------------------------------


class Opening(msgspec.Struct, gc=False):
    """The fields of Requested that rows need."""

    at: datetime
    customer: str
    issue: e.Issue
    session_ref: str | None = None
    order_ref: str | None = None
    commitment: str | None = None
    marks: tuple[str, str] | None = None


class Joining(msgspec.Struct, gc=False):
    """The fields of Connected that rows need."""

    at: datetime
    technician: str
    source: e.Source = "cli"
    tariff: str | None = None


class Leaving(msgspec.Struct, gc=False):
    """The fields of Ended that rows need."""

    at: datetime
    source: e.Source = "cli"


class Purging(msgspec.Struct, gc=False):
    """The fields of DataPurged that rows need."""

    at: datetime
    evidence: e.Evidence = "declared"
    targets: tuple[e.PurgeTarget, ...] = ()
    rule: int | None = None


class Invoicing(msgspec.Struct, gc=False):
    """The fields of SessionBilled or BilledElsewhere that rows need."""

    invoice: UUID | None = None
    number: str | None = None
    net_grosze: int = 0
    band_hours: dict[str, int] = {}
    document: str | None = None


class OrdinaryLife(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """A session that was requested, connected once, ended, purged, perhaps billed, and no more.

    Of every event but the first: topic, leaf index, moment of recording, payload.
    """

    opening: Opening
    joined: Literal["session.connected:1"]
    joined_index: int
    joined_us: int
    joining: Joining
    left: Literal["session.ended:1"]
    left_index: int
    left_us: int
    leaving: Leaving
    gone: Literal["session.data_purged:2"]
    gone_index: int
    gone_us: int
    purging: Purging
    billed: Literal["session.billed:1", "session.billed_elsewhere:1"] | None = None
    billed_index: int = 0
    billed_us: int = 0
    billing: Invoicing | None = None


_read = msgspec.json.Decoder(OrdinaryLife).decode
_read_events = msgspec.json.Decoder(list[msgspec.Raw]).decode
_UNSEEN = {f'"{event.TOPIC}"'.encode() for event in SHOWN_NOWHERE}
_PURGE_STARTED, _DATA_PURGED = (f'"{event.TOPIC}"'.encode() for event in (e.PurgeStarted, e.DataPurged))
_PARTS = 4


def ordinary(events: bytes) -> OrdinaryLife | None:
    """Decode a session's events as `LogReader.lives` gives them; None unless it is an ordinary one."""
    try:
        return _read(events)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _read(_without_the_unseen(events))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _without_the_unseen(events: bytes) -> bytes:
    """Drop the events that no row shows, and the beginning of a purge whose end follows at once."""
    first, *rest = map(bytes, _read_events(events))
    seen, topics = [first], [*rest[::_PARTS], b""]
    for place, topic in enumerate(topics[:-1]):
        is_over = topic == _PURGE_STARTED and topics[place + 1] == _DATA_PURGED
        if topic not in _UNSEEN and not is_over:
            seen += rest[_PARTS * place : _PARTS * (place + 1)]
    return b"[" + b",".join(seen) + b"]"
