"""The environment and the metadata of commands, and their receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.metadata import Metadata, PersonalData
from ledger.vault.entry import VaultEntry

__all__ = ["Environment", "Metadata", "PersonalData", "Receipt", "Shared", "entry_of"]


class Environment(NamedTuple):
    """The clock, the source of chance, and a moment that a test forces."""

    now: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    forced_now: str | None = None


class Shared(NamedTuple):
    """The address of a ledger of several offices; the role that makes its tables, and one that only reads."""

    url: str
    owner: str | None = None
    reader: str | None = None


class Receipt(NamedTuple):
    """The events that a command recorded, when, and the session's number where they are of one session."""

    events: tuple[e.RecordedEvent, ...]
    recorded_at: datetime
    session: int | None = None
    repeated: bool = False


def entry_of(personal_data: PersonalData, stream: UUID, version: int, moment: datetime) -> VaultEntry:
    """Return what the vault takes for the event in a place; the stream is the subject."""
    kind, values = personal_data
    return VaultEntry(kind, stream, stream, version, epoch_microseconds(moment), values)
