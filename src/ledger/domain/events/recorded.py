"""Events in their places."""

from __future__ import annotations

from uuid import UUID

import msgspec

from ledger.domain.events.base import Event


class RecordedEvent(msgspec.Struct, frozen=True):
    """A fact in its place: the envelope that the event store saves and gives back."""

    originator_id: UUID
    originator_version: int
    event: Event


def following(stream: UUID, version: int, *events: Event) -> list[RecordedEvent]:
    """Return events in their places in a stream, after its version."""
    return [RecordedEvent(stream, version + n, event) for n, event in enumerate(events, start=1)]
