"""Writing of an import: personal data to the vault chunk by chunk, the events in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.application.metadata import entry_of
from ledger.domain import events as e
from ledger.errors import CommandReused
from ledger.imports.result import Progress
from ledger.message import msg
from ledger.packed import PackedRows, in_chunks

CHUNK = 4_000
"""Plans that are written at a time."""


class PlannedStream(NamedTuple):
    """What is appended to a stream after a version, the personal data of its first event, its rows."""

    stream: UUID
    version: int
    facts: Sequence[e.Event]
    words: PersonalData | None
    rows: int


def check_command(ledger: Ledger, author: Metadata, *, adds: bool) -> None:
    """Raise CommandReused when the command id was given before, and not for this very import.

    The very same import adds nothing, so that needs no digest of the file.
    """
    found = None if author.command_id is None else ledger.store.resolve("command", author.command_id)
    if found is not None and (adds or found[1] != author.digest):
        raise CommandReused(msg("the command id was used for something else"))


def write(ledger: Ledger, plan: Iterable[PlannedStream], progress: Progress) -> int:
    """Write the plan whole, or nothing of it and of its personal data; return the number of events."""
    kept = PackedRows(str)
    events = 0
    try:
        with ledger.store.bulk() as batch:
            for chunk in in_chunks(plan, CHUNK):
                recorded = list(_recorded(ledger, chunk, kept))
                batch.append(recorded)
                events += len(recorded)
                progress(sum(planned.rows for planned in chunk))
    except BaseException:
        for commitments in in_chunks(kept, CHUNK):
            ledger.take_back(commitments)
        raise
    return events


def _recorded(
    ledger: Ledger, chunk: Sequence[PlannedStream], kept: PackedRows[str]
) -> Iterator[e.RecordedEvent]:
    """Yield the events of a chunk once its personal data is in the vault; commitments are added to `kept`."""
    now = ledger.now()
    spoken = [(words, stream, version) for stream, version, _, words, _ in chunk if words is not None]
    entries = [entry_of(words, stream, version + 1, now) for words, stream, version in spoken]
    commitments = ledger.vault.put_many(entries) if entries else []
    for commitment in commitments:
        kept.add(commitment)
    unused = iter(commitments)
    for stream, version, facts, words, _ in chunk:
        for number, event in enumerate(facts, start=1):
            told = event
            if words is not None and number == 1:
                told = msgspec.structs.replace(event, commitment=next(unused), fields=words.fields)
            yield e.RecordedEvent(stream, version + number, told)
