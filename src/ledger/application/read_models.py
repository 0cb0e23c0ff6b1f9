"""`ReadModels`: what commands ask of the read models, which lie outside the ledger.

A rule that needs them asks here itself and takes no answer from its caller. Answers hold for every event
recorded up to the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger.domain.clock import Period


class MonthStatus(NamedTuple):
    """What a period leaves open: ids of findings that nobody acknowledged, and session numbers."""

    findings: Sequence[str]
    open_sessions: Sequence[int]
    unpurged: Sequence[int]
    unbilled: Sequence[int]


class ReadModels(Protocol):
    """The questions of the command handlers, and nothing more."""

    def open_findings(self, period: Period) -> Mapping[int, Sequence[str]]:
        """Return, by session number, the ids of the open findings of a period that nobody acknowledged."""
        ...

    def month_status(self, period: Period) -> MonthStatus:
        """Return what a period leaves open."""
        ...
