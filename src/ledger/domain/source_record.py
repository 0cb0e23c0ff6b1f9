"""`Record`: what the events of one record of a connection add up to.

A record is what a remote tool itself wrote down. `evolve` takes every fact as it is and never refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from ledger.domain import events as e

RecordState = Literal["unmatched", "matched", "dismissed"]


@dataclass(slots=True)
class Record:
    """One record as its events tell it. Instants are UTC."""

    id: UUID
    adapter: str
    instance: str
    key: str
    kind: e.RecordKind
    times: e.RecordTimes
    content: str
    technician: str | None
    remote_id_fingerprints: tuple[str, str] | None
    duration_s: int | None
    commitment: str | None
    """Of the words the source last said; they were said at `words_version`."""
    words_version: int = 1
    version: int = 1
    amendments: int = 0
    session: UUID | None = None
    """The session it was matched with."""
    dismissed: str | None = None
    """The code of the reason why it is nothing to bill."""
    words_erased: bool = False

    @property
    def state(self) -> RecordState:
        """What people, or an unambiguous match, made of it."""
        if self.session is not None:
            return "matched"
        return "unmatched" if self.dismissed is None else "dismissed"


def _observed(stream: UUID, fact: e.SourceSessionObserved) -> Record:
    return Record(
        id=stream,
        adapter=fact.adapter,
        instance=fact.instance,
        key=fact.key,
        kind=fact.kind,
        times=fact.times,
        content=fact.content,
        technician=fact.technician,
        remote_id_fingerprints=fact.remote_id_fingerprints,
        duration_s=fact.duration_s,
        commitment=fact.commitment,
    )


def _amended(record: Record, fact: e.SourceSessionAmended) -> None:
    record.kind, record.times, record.content = fact.kind, fact.times, fact.content
    record.technician, record.duration_s = fact.technician, fact.duration_s
    record.remote_id_fingerprints = fact.remote_id_fingerprints
    record.amendments += 1
    if fact.commitment is not None:
        record.commitment, record.words_version = fact.commitment, record.version + 1
        record.words_erased = False


def _matched(record: Record, fact: e.SourceSessionMatched) -> None:
    record.session, record.dismissed = fact.session, None


def _dismissed(record: Record, fact: e.SourceSessionDismissed) -> None:
    record.session, record.dismissed = None, fact.reason


def _data_erased(record: Record, _fact: e.RecordDataErased) -> None:
    record.words_erased = True


_EVOLVE: dict[type[e.Event], Callable[[Record, Any], None]] = {
    e.SourceSessionAmended: _amended,
    e.SourceSessionMatched: _matched,
    e.SourceSessionDismissed: _dismissed,
    e.RecordDataErased: _data_erased,
}
RECORD_FACTS: tuple[type[e.Event], ...] = (e.SourceSessionObserved, *_EVOLVE)
"""The facts a record's stream is made of; the first one opens it."""


def evolve(record: Record | None, stream: UUID, fact: e.Event) -> Record:
    """The record after one more fact (the same object, changed); the first is SourceSessionObserved."""
    if record is None:
        return _observed(stream, cast("e.SourceSessionObserved", fact))
    _EVOLVE[type(fact)](record, fact)
    record.version += 1
    return record


def project(record: Record | None, recorded: Iterable[e.RecordedEvent]) -> Record | None:
    """The projector that `repository.get` reads a record with."""
    for event in recorded:
        record = evolve(record, event.originator_id, event.event)
    return record
