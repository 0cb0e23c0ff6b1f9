"""What an import did, or would do: counts in rows, and warnings by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ledger.domain.clock import office_text

Progress = Callable[[int], None]
"""Called with the number of rows done since it was last called."""


def no_progress(_rows: int) -> None:
    """Show nothing."""


class Warned(NamedTuple):
    """Something taken in that a person may want to look at."""

    line: int
    column: str
    fact: str


def ahead(at: datetime) -> str:
    """What is said of a moment that has not come yet; perhaps only its year is mistyped."""
    return f"{office_text(at)} lies ahead of the clock"


@dataclass
class Outcome:
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
    """The latest end that a table of sessions tells of."""
