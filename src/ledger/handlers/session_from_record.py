"""A session opened from a remote tool's record that has none."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain.session.request import RequestHelp
from ledger.handlers.session import opened
from ledger.handlers.source_records import Proposal, find_record, proposal


class RequestedFromRecord(NamedTuple):
    """A session opened from a tool's record, and what the record proposes beside."""

    receipt: Receipt
    proposal: Proposal


def request_from_record(
    ledger: Ledger, metadata: Metadata, named: str, command: RequestHelp
) -> RequestedFromRecord:
    """Open a session from a tool's record that has none.

    Moment and remote ID are the record's where the command has none; its connection is not recorded.
    Raises what `request` does, RecordUnknown, RecordUntrue, NothingToCorrect.
    """
    record = find_record(ledger, named)
    name, arguments = f"session {command.NAME}", command.arguments()
    looked_up = {"at": command.at or record.times.started_at}
    before = metadata.of_command(name, arguments | looked_up)  # as this was digested until 2026-11-29
    metadata = metadata.of_command(name, arguments | {"record": record.key})
    if repeat := _repeat_from_record(ledger, metadata, before, command):
        return RequestedFromRecord(repeat, Proposal(record, None))
    found = proposal(ledger, record.key)
    command = msgspec.structs.replace(
        command,
        at=command.at or record.times.started_at,
        remote_id=command.remote_id or found.remote_id,
    )
    return RequestedFromRecord(opened(ledger, metadata, command, record.remote_id_fingerprints), found)


def _repeat_from_record(
    ledger: Ledger, metadata: Metadata, before: Metadata, command: RequestHelp
) -> Receipt | None:
    """Return the receipt of the same request; what was looked up then is taken as it was recorded.

    The record's words may be erased since: only what is typed is compared.
    """
    if metadata.command_id is None:
        return None
    found = ledger.store.resolve("command", metadata.command_id)
    if found is None:
        return None
    stream, digest = found
    (requested, *_) = ledger.events_of(stream)
    commitment = getattr(requested.event, "commitment", None)
    recorded = ledger.words(commitment) or {}
    values = command.personal
    if not command.remote_id and "remote_id" in recorded:
        values["remote_id"] = recorded["remote_id"]
    if commitment is not None and not values:
        values = recorded  # erased with the session: nothing is left to compare
    personal_data = PersonalData("session", values) if commitment is not None or values else None
    return ledger.repeat_of(before if digest == before.digest else metadata, personal_data)
