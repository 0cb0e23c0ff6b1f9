"""Erasing what an event says is erased: the event first, then the vault; an interruption is completed.

Everything erased is what was recorded before the event that says so. Words recorded after it, of a
customer who came back, are others and stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.retention import ERASING_TOPICS, DataClass, erased_classes
from ledger.errors import ErasureIncomplete
from ledger.handlers.privacy.invoices import forget_documents
from ledger.message import msg
from ledger.store.mapper import read_fact
from ledger.vault.cipher import CLASSES


class Left(NamedTuple):
    """Data of a class that a recorded erasure left in the vault, or their keys."""

    data: DataClass
    stream: UUID
    version: int
    """The version of the erasing event; what was recorded before it is to go."""


def placed(facts: Iterable[tuple[UUID, int, e.Event]]) -> list[e.RecordedEvent]:
    """Facts at the next versions of their streams: (stream, its version now, fact), in order."""
    versions: dict[UUID, int] = {}
    events: list[e.RecordedEvent] = []
    for stream, version, fact in facts:
        versions[stream] = versions.get(stream, version) + 1
        events.append(e.RecordedEvent(stream, versions[stream], fact))
    return events


def erase_recorded(ledger: Ledger, events: Iterable[e.RecordedEvent]) -> None:
    """Erase from the vault what these recorded events say is erased; raises ErasureIncomplete."""
    _erase(
        ledger,
        (
            Left(data, event.originator_id, event.originator_version)
            for event in events
            for data in erased_classes(event.event)
        ),
    )


def complete(ledger: Ledger) -> list[Left]:
    """Finish every erasure that was recorded and cut short, and say which; raises ErasureIncomplete."""
    left = left_behind(ledger)
    _erase(ledger, left)
    return left


def left_behind(ledger: Ledger) -> list[Left]:
    """What recorded erasures left in the vault: rows from before them, and keys that open nothing else."""
    held = _versions_held(ledger)
    return [
        Left(data, stream, version)
        for (data, stream), version in _last_erasures(ledger, held).items()
        if not held[data, stream] or min(held[data, stream]) < version
    ]


def _versions_held(ledger: Ledger) -> dict[tuple[DataClass, UUID], list[int]]:
    """The versions of the rows of each class and stream that has a row or keys."""
    held: dict[tuple[DataClass, UUID], list[int]] = {
        (kind, subject): [] for kind in CLASSES for subject in ledger.vault.key_subjects(kind)
    }
    for row in ledger.vault.rows():
        held.setdefault((row.kind, row.subject), []).append(row.version)
    return held


def erased_before(ledger: Ledger) -> dict[tuple[DataClass, UUID], int]:
    """For each class and stream that has a row or keys: the version of the last event that erased of it."""
    return _last_erasures(ledger, _versions_held(ledger))


def _last_erasures(
    ledger: Ledger, held: Iterable[tuple[DataClass, UUID]]
) -> dict[tuple[DataClass, UUID], int]:
    """The version of the last erasing event for each class and stream of these that has one."""
    wanted, streams = set(held), {stream.bytes for _, stream in held}
    found: dict[tuple[DataClass, UUID], int] = {}
    for rows in ledger.store.pages(0):
        for _, stream, version, topic, _, state in rows:
            if topic in ERASING_TOPICS and stream in streams:
                subject = UUID(bytes=stream)
                for data in erased_classes(read_fact(topic, state, subject, version)):
                    if (data, subject) in wanted:
                        found[data, subject] = version
    return found


def _erase(ledger: Ledger, left: Iterable[Left]) -> None:
    left = list(left)
    stayed = forget_documents(ledger, (stream for data, stream, _ in left if data == "tax"))
    bounds: dict[DataClass, dict[UUID, int]] = {}
    for data, stream, version in left:
        if data != "tax" or stream not in stayed:  # what is in the vault remembers that a file is to go
            bounds.setdefault(data, {})[stream] = version
    for data, versions in bounds.items():
        ledger.vault.erase_before(data, versions)
    if stayed:
        numbers = ", ".join(sorted(stayed.values()))
        raise ErasureIncomplete(
            msg("a file of {numbers} cannot be removed: another program may hold it open", numbers=numbers)
        )
