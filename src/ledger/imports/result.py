"""What an import did, or would do: counts in rows, and warnings by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ledger.domain.clock import SaidInstant
from ledger.imports.left_out import LeftOut
from ledger.message import Message, msg

Progress = Callable[[int], None]
"""Called with the number of rows done since it was last called."""


def no_progress(_rows: int) -> None:
    """Show nothing."""


class Warned(NamedTuple):
    """Something taken in that a person may want to look at."""

    line: int
    column: str
    message: Message

    @property
    def fact(self) -> str:
        """What was seen, in English."""
        return str(self.message)


class AmountDifference(NamedTuple):
    """A session's amount in the sheet and by the price list; `net_grosze` is None where that has none."""

    line: int
    session_ref: str
    sheet_grosze: int
    net_grosze: int | None


def ahead(at: datetime) -> Message:
    """Return what is said of a moment that has not come yet; perhaps its year is mistyped."""
    return msg("{at} lies ahead of the clock", at=SaidInstant(at))


@dataclass
class ImportOutcome:
    """Rows read = new + extended + unchanged. `recorded` is False for a dry run."""

    name: str
    read: int = 0
    new: int = 0
    extended: int = 0
    unchanged: int = 0
    warnings: list[Warned] = field(default_factory=list[Warned])
    recorded: bool = True
    events: int = 0
    last_ended_at: datetime | None = None
    """The latest end in a table of sessions."""
    shown: list[Message] = field(default_factory=list[Message])
    """The first records as they are, or would be, recorded, a line each."""
    amounts: list[AmountDifference] = field(default_factory=list[AmountDifference])
    """The sheet's own amounts beside those of the price list."""
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    """Rows that are no records; they do not count as read."""

    def leave_out(self, rows: list[LeftOut]) -> None:
        """Take rows that are no records out of those read."""
        self.left_out = rows
        self.read -= len(rows)
