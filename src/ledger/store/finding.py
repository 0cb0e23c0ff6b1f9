"""What a check says when something is not as it must be."""

from __future__ import annotations

from typing import NamedTuple

from ledger.message import Message


class CheckFinding(NamedTuple):
    """One finding: a stable name, and a sentence that says what and where. Never personal data."""

    name: str
    message: Message

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return str(self.message)
