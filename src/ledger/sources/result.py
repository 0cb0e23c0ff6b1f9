"""What an import of a source's file did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.sources.adapter import Quarantined

DEFAULT_INSTANCE = "main"


class SourceFile(NamedTuple):
    """A file of a source: who reads it, its name for messages, its bytes, which of several such sources."""

    adapter: str
    name: str
    raw: bytes
    instance: str = DEFAULT_INSTANCE


@dataclass
class Taken:
    """Lines read = observed + duplicate + amended + quarantined + skipped.

    `unnamed` counts records whose user is nobody's alias; `untrue` those that end before they start or
    last over 48 hours. `recorded` is False for a dry run.
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
    quarantine: list[Quarantined] = field(default_factory=list[Quarantined])
    recorded: bool = True
    events: int = 0

    @property
    def quarantined(self) -> int:
        """How many lines could not be taken in."""
        return len(self.quarantine)
