"""Imports whose command id was given before: they answer as the first one did, and record nothing."""

from __future__ import annotations

import hashlib
from typing import cast

from ledger.application.ledger import Ledger, Metadata
from ledger.domain import events as e
from ledger.errors import CommandReused
from ledger.message import msg
from ledger.sources.adapter import Quarantined, Reason
from ledger.sources.result import SourceFile, TakenFile

FILE_SHA256 = "file_sha256"
"""The personal data of an import that holds the hash of its file, beside the quarantined lines."""


def repeated_import(ledger: Ledger, said: Metadata, file: SourceFile) -> TakenFile | None:
    """Return the outcome of a live import that was recorded under this command id; None for a new one.

    Raises CommandReused. What a server answers changes: only the adapter and the instance are compared.
    """
    arguments = {"adapter": file.adapter, "instance": file.instance}
    author = said._replace(source="import").of_command("source import", arguments)
    before = recorded_before(ledger, author)
    return None if before is None else _outcome(ledger, before, file)


def recorded_before(ledger: Ledger, author: Metadata) -> e.SourceImported | None:
    """Return the import that was recorded under a command id; raises CommandReused."""
    found = None if author.command_id is None else ledger.store.resolve("command", author.command_id)
    if found is None:
        return None
    stream, digest = found
    mine = (event.event for event in ledger.events_of(stream) if event.event.command == author.command_id)
    first = next(mine, None)
    if digest != author.digest or not isinstance(first, e.SourceImported):
        raise CommandReused(msg("the command id was used for something else"))
    return first


def repeated(ledger: Ledger, before: e.SourceImported, file: SourceFile) -> TakenFile:
    """Return what the first import said; raise CommandReused for another file, as far as that is known."""
    known = (ledger.words(before.commitment) or {}).get(FILE_SHA256)
    if known not in {None, hashlib.sha256(file.raw).hexdigest()}:
        raise CommandReused(msg("the command id was used for another file"))
    return _outcome(ledger, before, file)


def _outcome(ledger: Ledger, before: e.SourceImported, file: SourceFile) -> TakenFile:
    texts = ledger.words(before.commitment) or {}
    quarantine = [
        Quarantined(q.line, cast("Reason", q.reason), texts.get(str(q.line), "")) for q in before.quarantine
    ]
    return TakenFile(
        file.name,
        file.adapter,
        file.instance,
        read=before.lines,
        observed=before.observed,
        duplicate=before.duplicate,
        amended=before.amended,
        skipped=before.skipped,
        quarantine=quarantine,
        quarantined_before=before.quarantined - len(quarantine),
        repeated=True,
    )
