"""What goes into a command and what comes out: who says it, with which words, from which surroundings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.vault.cipher import VaultClass
from ledger.vault.entry import Entry


class Environment(NamedTuple):
    """What the ledger takes from outside: the clock, chance, and a moment that a test forces."""

    now: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    forced_now: str | None = None


class Shared(NamedTuple):
    """Where a ledger of several offices is, and the role that makes its tables, if it is another."""

    url: str
    owner: str | None = None


class Metadata(NamedTuple):
    """Who says it, on which workstation, under which command id, from where."""

    by: str
    workstation: str | None = None
    command_id: str | None = None
    source: e.Source = "cli"


class PersonalData(NamedTuple):
    """Personal data and typed sentences, and the class of the vault that keeps them."""

    vault_class: VaultClass
    values: dict[str, str]

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields, sorted; numbered lines of a file count as one, `lines`."""
        return tuple(sorted({"lines" if name.isdigit() else name for name in self.values}))

    def entry(self, stream: UUID, version: int, moment: datetime) -> Entry:
        """What the vault takes for the event in a place; the stream is the subject."""
        return Entry(self.vault_class, stream, stream, version, epoch_microseconds(moment), self.values)


class Receipt(NamedTuple):
    """What a command recorded: the events, when, and the session's number where one is concerned."""

    events: tuple[e.RecordedEvent, ...]
    recorded_at: datetime
    session: int | None = None
    repeated: bool = False
