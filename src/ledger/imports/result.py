"""What an import did, or would do: counts in rows, and warnings by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

from ledger.domain.clock import SaidInstant
from ledger.imports.left_out import LeftOut
from ledger.message import Message, msg
from ledger.packed import PackedRows

WARNED_MAX = 50
"""Warnings that are kept as they are told; of the others JSON has the facts."""
SHOWN_MAX = 5
"""Records that are shown of an import: enough to see that columns were understood."""

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


class WarnedFact(NamedTuple):
    """A warning as JSON has it, its fact in English."""

    line: int
    column: str
    fact: str


class Warnings:
    """Warnings of an import: the first ones whole, all packed, since every row may have one."""

    def __init__(self) -> None:
        self.first: list[Warned] = []
        self.count = 0
        self._facts = PackedRows(WarnedFact)

    def __iadd__(self, found: Iterable[Warned]) -> Self:
        for each in found:
            if self.count < WARNED_MAX:
                self.first.append(each)
            self.count += 1
            self._facts.add(WarnedFact(each.line, each.column, each.fact))
        return self

    def __iter__(self) -> Iterator[WarnedFact]:
        return iter(self._facts)


class AmountDifference(NamedTuple):
    """A session's amount in the sheet and by the price list; `net_grosze` is None where that has none."""

    line: int
    session_ref: str
    sheet_grosze: int
    net_grosze: int | None


@dataclass
class AmountsOfSheet:
    """Sums over the sessions that have an amount of their own, and the sessions priced otherwise."""

    sessions: int = 0
    sheet_grosze: int = 0
    net_grosze: int = 0
    different: list[AmountDifference] = field(default_factory=list[AmountDifference])


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
    warnings: Warnings = field(default_factory=Warnings)
    recorded: bool = True
    events: int = 0
    last_ended_at: datetime | None = None
    """The latest end in a table of sessions."""
    shown: list[Message] = field(default_factory=list[Message])
    """The first records as they are, or would be, recorded, a line each."""
    amounts: AmountsOfSheet = field(default_factory=AmountsOfSheet)
    """The sheet's own amounts beside those of the price list."""
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    """Rows that are no records; they do not count as read."""

    def tell(self, ended_at: datetime | None, shown: Callable[[], Message]) -> None:
        """Note one more record of the file."""
        if len(self.shown) < SHOWN_MAX:
            self.shown.append(shown())
        if ended_at is not None and (self.last_ended_at is None or ended_at > self.last_ended_at):
            self.last_ended_at = ended_at

    def leave_out(self, rows: list[LeftOut]) -> None:
        """Take rows that are no records out of those read."""
        self.left_out = rows
        self.read -= len(rows)
