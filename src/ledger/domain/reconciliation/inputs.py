"""Records and sessions as matching reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

SLACK_S = 120
"""Two accounts of one beginning lie no further apart."""
LONGEST_S = 48 * 3600
"""The remote tool's own limit: nothing true lasts longer, and nothing open is looked for further on."""


class SeenRecord(msgspec.Struct, frozen=True, gc=False):
    """A source's record of a connection, as matching reads it."""

    key: str
    source: str
    """Adapter and instance: two records of one source are two connections."""
    started_s: int
    ended_s: int | None
    technician: str | None
    marks: tuple[str, str] | None
    session: int | None = None
    """The session that a person matched it to."""
    dismissed: bool = False
    customer: str | None = None
    """The customer whose computer it is known to be."""
    computer: str | None = None
    """Fingerprint of the computer's name, comparable within one month."""

    @property
    def is_true(self) -> bool:
        """Return True if it ends after it starts, and within 48 hours."""
        return self.ended_s is None or 0 <= self.ended_s - self.started_s <= LONGEST_S


class Stretch(NamedTuple):
    """A connection as the ledger has it; open while `end_s` is None."""

    technician: str
    start_s: int
    end_s: int | None


class SeenSession(msgspec.Struct, frozen=True, gc=False):
    """A session that was connected, as matching reads it."""

    number: int
    stretches: tuple[Stretch, ...]
    marks: tuple[str, str] | None
    marked_s: int
    """The moment whose office month keys its fingerprints."""
    ended_s: int | None
    purged_s: int | None = None
    keeps_data: bool = False
    """Its data should be gone by now and are not."""
    unrecorded: bool = False
    """It may be billed without a record."""
    customer: str | None = None

    @property
    def start_s(self) -> int:
        """Return when its first connection began."""
        return min(stretch.start_s for stretch in self.stretches)


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One connection, as one or several sources recorded it; a closed record among them says when."""

    records: tuple[SeenRecord, ...]
    keys: tuple[str, ...]
    start_s: int
    end_s: int | None
    """None while no source says that it ended."""
    technician: str | None
    marks: tuple[str, str] | None

    @property
    def first(self) -> SeenRecord:
        """Return the record that counts: a closed one before an open one."""
        return self.records[0]

    @property
    def customer(self) -> str | None:
        """Return the customer whose computer it is known to be."""
        return next((r.customer for r in self.records if r.customer is not None), None)

    @property
    def session(self) -> int | None:
        """The session that a person matched it to."""
        return next((r.session for r in self.records if r.session is not None), None)

    @property
    def is_dismissed(self) -> bool:
        """Return True if a person dismissed it."""
        return any(r.dismissed for r in self.records)


def seen_in(records: Sequence[SeenRecord]) -> Seen:
    """Return the connection of records of one partner and technician, closed ones first."""
    first = records[0]
    keys = tuple(sorted(record.key for record in records))
    return Seen(tuple(records), keys, first.started_s, first.ended_s, first.technician, first.marks)
