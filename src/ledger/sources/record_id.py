"""The key of a record, and the digest of what it says."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid5

import msgspec

from ledger.domain import events as e
from ledger.domain.clock import format_instant

SOURCES = UUID("7b0f6a2e-5f0c-5d53-9c5e-3f8d1f6f0a11")
"""The name space of records and sources."""


def source_stream(adapter: str, instance: str) -> UUID:
    """Return the stream of a source: what was imported from it."""
    return uuid5(SOURCES, f"{adapter}|{instance}")


def native_key(adapter: str, instance: str, native_id: str) -> str:
    """Return the key of a record that its source gives an id to."""
    return str(uuid5(SOURCES, f"{adapter}|{instance}|{native_id}"))


def stable_key(adapter: str, instance: str, *stable: str) -> str:
    """Return the key of a record without an id: of what never changes in it, and is no personal data."""
    return hashlib.sha256(msgspec.json.encode([adapter, instance, *stable])).hexdigest()


def numbered_key(key: str, number: int) -> str:
    """Return the key of the second, third … record of which the stable fields say the same."""
    return hashlib.sha256(f"{key}|{number}".encode()).hexdigest()


def content_of(
    kind: e.RecordKind,
    times: e.RecordTimes,
    technician: str | None,
    duration_s: int | None,
    stated: tuple[str, ...],
) -> str:
    """Return the SHA-256 of what a record says that is not personal."""
    ended = None if times.ended_at is None else format_instant(times.ended_at)
    said = [kind, format_instant(times.started_at), ended, technician, duration_s, *stated]
    if times.over_by is not None or times.shared_end:  # digests of records without are those of before
        said += [
            "over-by",
            None if times.over_by is None else format_instant(times.over_by),
            times.shared_end,
        ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
