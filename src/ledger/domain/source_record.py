"""`Record`: the state of one record of a connection, which a remote tool wrote itself.

`evolve` takes every event as it is and never refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from ledger.domain import events as e

RecordState = Literal["unmatched", "matched", "dismissed"]


@dataclass(slots=True)
class Record:
    """One record. Instants are UTC."""

    id: UUID
    adapter: str
    instance: str
    key: str
    kind: e.RecordKind
    times: e.RecordTimes
    content: str
    technician: str | None
    marks: tuple[str, str] | None
    duration_s: int | None
    commitment: str | None
    """Commitment to the personal data of `words_version`."""
    words_version: int = 1
    version: int = 1
    amendments: int = 0
    session: UUID | None = None
    """The session it was matched with."""
    dismissed: str | None = None
    """The code of the reason for dismissing it."""
    words_erased: bool = False
    computer: str | None = None
    """Month fingerprint of the computer's name."""
    customer: str | None = None
    """The customer whose computer it is known to be."""

    @property
    def state(self) -> RecordState:
        """Return the decision about it, by a person or an unambiguous match."""
        if self.session is not None:
            return "matched"
        return "unmatched" if self.dismissed is None else "dismissed"


ONE_COMPUTER = frozenset({"vnc-log", "vnc-hooks", "rustdesk-log", "anydesk", "teamviewer-log", "xrdp-sesman"})
"""Sources that write on the customer's own computer: their instance names it."""
DEFAULT_INSTANCE = "main"


def computer_of(adapter: str, instance: str, words: Mapping[str, str]) -> str | None:
    """Return the name of the computer that a record is about, as its source calls it; None without one."""
    if adapter in ONE_COMPUTER:
        return None if instance == DEFAULT_INSTANCE else instance
    named = words.get("computer") or words.get("partner")
    return " ".join(named.split()).casefold() if named and named.strip() else None


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
        marks=fact.marks,
        duration_s=fact.duration_s,
        commitment=fact.commitment,
        computer=fact.computer,
        customer=fact.customer,
    )


def _amended(record: Record, fact: e.SourceSessionAmended) -> None:
    record.kind, record.times, record.content = fact.kind, fact.times, fact.content
    record.technician, record.marks, record.duration_s = fact.technician, fact.marks, fact.duration_s
    record.amendments += 1
    if fact.commitment is not None:
        record.commitment, record.words_version = fact.commitment, record.version + 1
        record.words_erased = False


def _matched(record: Record, fact: e.SourceSessionMatched) -> None:
    record.session, record.dismissed = fact.session, None


def _dismissed(record: Record, fact: e.SourceSessionDismissed) -> None:
    record.session, record.dismissed = None, fact.reason


def _computer_known(record: Record, fact: e.RecordComputerKnown) -> None:
    record.customer = fact.customer


def _data_erased(record: Record, _fact: e.RecordDataErased) -> None:
    record.words_erased = True


_EVOLVE: dict[type[e.Event], Callable[[Record, Any], None]] = {
    e.SourceSessionAmended: _amended,
    e.SourceSessionMatched: _matched,
    e.RecordComputerKnown: _computer_known,
    e.SourceSessionDismissed: _dismissed,
    e.RecordDataErased: _data_erased,
}
RECORD_FACTS: tuple[type[e.Event], ...] = (e.SourceSessionObserved, *_EVOLVE)
"""The facts a record's stream is made of; the first one opens it."""


def evolve(record: Record | None, stream: UUID, fact: e.Event) -> Record:
    """Return the record after one more event (the same object, changed); the first opens it."""
    if record is None:
        return _observed(stream, cast("e.SourceSessionObserved", fact))
    _EVOLVE[type(fact)](record, fact)
    record.version += 1
    return record


def project(record: Record | None, recorded: Iterable[e.RecordedEvent]) -> Record | None:
    """Return the record after recorded events; the projector of `repository.get`."""
    for event in recorded:
        record = evolve(record, event.originator_id, event.event)
    return record
