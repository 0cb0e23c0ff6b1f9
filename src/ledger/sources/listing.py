"""Records, imports and quarantined lines of the remote tools, read from the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import Period, from_epoch_microseconds
from ledger.domain.source_record import Record, evolve
from ledger.store.mapper import read_fact


class Import(NamedTuple):
    """A file that brought something new, and when it was taken in."""

    recorded_at: datetime
    stream: UUID
    event: e.SourceImported
    file_sha256: str | None
    """None once it is erased."""


class KeptLine(NamedTuple):
    """A line in quarantine; `text` is None once it is erased."""

    recorded_at: datetime
    adapter: str
    instance: str
    line: int
    reason: str
    text: str | None


def records(ledger: Ledger, position: int, period: Period | None = None) -> list[Record]:
    """Return the records that began in a period, as of a position, by beginning."""
    found: dict[bytes, Record] = {}
    for _, stream, version, topic, _, state in ledger.store.rows_of("record", position):
        uuid = UUID(bytes=stream)
        found[stream] = evolve(found.get(stream), uuid, read_fact(topic, state, uuid, version))
    wanted = [r for r in found.values() if period is None or r.times.started_at in period]
    return sorted(wanted, key=lambda r: (r.times.started_at, r.adapter, r.key))


def imports(ledger: Ledger, position: int) -> list[Import]:
    """Return the imports that were recorded by then, in order."""
    found: list[Import] = []
    for index, stream, version, topic, moment_us, state in ledger.store.rows_with(e.SourceImported.TOPIC):
        event = read_fact(topic, state, UUID(bytes=stream), version)
        if index < position and isinstance(event, e.SourceImported):
            digest = (ledger.words(event.commitment) or {}).get("file_sha256")
            found.append(Import(from_epoch_microseconds(moment_us), UUID(bytes=stream), event, digest))
    return found


def quarantine(ledger: Ledger, position: int) -> Iterator[KeptLine]:
    """Yield the lines in quarantine, each as it first came, in order."""
    for recorded_at, _, event, _ in imports(ledger, position):
        texts = ledger.words(event.commitment) or {}
        for line in event.quarantine:
            text = texts.get(str(line.line))
            yield KeptLine(recorded_at, event.adapter, event.instance, line.line, line.reason, text)
