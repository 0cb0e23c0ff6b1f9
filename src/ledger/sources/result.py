"""The outcome of importing a source's file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.domain.source_record import DEFAULT_INSTANCE
from ledger.sources.adapter import Quarantined

__all__ = ["DEFAULT_INSTANCE", "SourceFile", "TakenFile"]


class SourceFile(NamedTuple):
    """A file of a source: its adapter, its name for messages, its bytes, which of several such sources."""

    adapter: str
    name: str
    raw: bytes
    instance: str = DEFAULT_INSTANCE


@dataclass
class TakenFile:
    """Lines read = observed + duplicate + amended + quarantined + skipped.

    `unnamed` counts records whose user is nobody's alias; `untrue` those that end before they start or
    last over 48 hours; `shared` those whose ends cannot be told apart; `cut` those without an end that were
    over when the tool was started again. `understood` is False for a file with lines in none of which
    anything was recognised: nothing of it is recorded. `recorded` is False for a dry run, `repeated` is True
    where the command id says that this very file was imported before.
    """

    name: str
    adapter: str
    instance: str
    read: int = 0
    observed: int = 0
    duplicate: int = 0
    amended: int = 0
    skipped: int = 0
    unnamed: int = 0
    untrue: int = 0
    attempts: int = 0
    shared: int = 0
    cut: int = 0
    quarantine: list[Quarantined] = field(default_factory=list[Quarantined])
    quarantined_before: int = 0
    """Lines that are in quarantine and not listed: of an import that is repeated."""
    understood: bool = True
    recorded: bool = True
    repeated: bool = False
    events: int = 0

    @property
    def quarantined(self) -> int:
        """The number of lines in quarantine."""
        return len(self.quarantine) + self.quarantined_before
