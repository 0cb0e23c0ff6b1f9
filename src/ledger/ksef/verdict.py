"""What KSeF says of a document in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.domain.events.invoices import DUPLICATE


@dataclass(frozen=True, slots=True)
class KsefTaken:
    """KSeF has the document under this number."""

    ksef_number: str
    acquired_at: datetime
    session: str
    """The session in which it came in: of an earlier sending, where `is_duplicate`."""
    is_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """KSeF does not take the document. `details` may quote it: they are shown and never recorded."""

    code: int
    details: tuple[str, ...] = ()
    original: str | None = None
    """Of a duplicate: the KSeF number of the other file under our number."""


@dataclass(frozen=True, slots=True)
class DuplicateHidden:
    """KSeF has a document under our number and does not show which: ours or another's.

    Taking it for a no could bill the same help twice; for a yes, never. So a person looks.
    """

    details: tuple[str, ...] = ()
    original: str | None = None
    """Its KSeF number, where that is told."""
    code: int = DUPLICATE


Verdict = KsefTaken | TurnedDown | DuplicateHidden
