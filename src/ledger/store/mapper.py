"""Between facts and stored bytes: one typed decoder for each topic.

Every event ever stored stays readable: when a fact changes its shape it gets a new topic, and the old
topic an upcaster here, with a test that reads a stored file of every earlier release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent

from ledger.domain.events import EVENT_OF_TOPIC, DataPurged, Event, RecordedEvent
from ledger.errors import EventUnreadable
from ledger.message import Message, msg

Decoder = Callable[[bytes], Event]

UPCASTERS: dict[str, Decoder] = {
    # The first shape held `declared` alone; what came since has defaults.
    "session.data_purged:1": lambda state: msgspec.json.decode(state, type=DataPurged),
}
"""Old topic: from the payload stored under it to the fact as it is today."""


class _Decoders(dict[str, Decoder]):
    """Made one by one when first asked for: all of them together cost 5 ms of start-up."""

    def __missing__(self, topic: str) -> Decoder:
        decoder = UPCASTERS.get(topic) or msgspec.json.Decoder(EVENT_OF_TOPIC[topic]).decode
        self[topic] = decoder
        return decoder


DECODERS: Mapping[str, Decoder] = _Decoders()
"""Topic: from its payload to the fact. Replay uses these directly; `read_fact` tells what is wrong."""

_encode = msgspec.json.Encoder().encode

Plain = tuple[UUID, int, str, bytes]
"""Stream, version, topic, payload."""


def plain(event: RecordedEvent) -> Plain:
    """Return an event as it is stored: the payload is the fact alone, as compact JSON."""
    fact = event.event
    return event.originator_id, event.originator_version, fact.TOPIC, _encode(fact)


def read_fact(topic: str, state: bytes, stream: UUID, version: int) -> Event:
    """Return the fact of a stored event; raises EventUnreadable, which names topic and version.

    The stream's id stays out of the sentence: it tells nobody anything, and `check` lists every such event.
    """
    del stream
    try:
        decoder = DECODERS[topic]
    except KeyError as error:
        raise _unreadable(topic, version, msg("a topic that is not known")) from error
    try:
        return decoder(state)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(
            topic, version, msg("a payload that cannot be read: {error}", error=error)
        ) from error


def _unreadable(topic: str, version: int, what: Message) -> EventUnreadable:
    """Name the event by its kind and its place in what it belongs to."""
    of = topic.partition(".")[0]
    return EventUnreadable(
        msg(
            "event {topic}, number {version} of its {of}, has {what}",
            topic=topic,
            version=version,
            of=of,
            what=what,
        )
    )


class FactMapper(Mapper[UUID]):
    """`Event` to and from the library's `StoredEvent`."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Return the stored form of an `Event`."""
        return StoredEvent(*plain(cast("RecordedEvent", domain_event)))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Return the `Event` of a stored form; raises EventUnreadable."""
        stream, version = cast("UUID", stored_event.originator_id), stored_event.originator_version
        return RecordedEvent(
            stream, version, read_fact(stored_event.topic, stored_event.state, stream, version)
        )
