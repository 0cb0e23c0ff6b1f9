"""The port of the read models, which lie outside the ledger: `ReadModels`, and what it answers with.

A rule that needs them asks here itself and takes no answer from its caller. Answers hold for every event
recorded up to the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from ledger.domain.clock import Period


class MonthStatus(NamedTuple):
    """What a period leaves open: ids of findings that are not acknowledged, and session numbers."""

    findings: Sequence[str]
    open_sessions: Sequence[int]
    unpurged: Sequence[int]
    unbilled: Sequence[int]


class UnbilledSession(NamedTuple):
    """A session with an amount and no invoice; `receipt` is the till's that settled it."""

    session: int
    customer: str
    receipt: str | None
    vat_percent: int
    net_grosze: int


class Unbilled(NamedTuple):
    """The sessions of a period without an invoice, by number."""

    sessions: Sequence[UnbilledSession]
    unconfirmed: Sequence[tuple[int, str]]
    """Number and customer of sessions of over 48 hours, which are not billed until confirmed."""


class OpenFinding(NamedTuple):
    """A finding that a person should look at, acknowledged or not."""

    id: str
    kind: str


class WaitingPurge(NamedTuple):
    """An ended session whose data are not recorded as deleted."""

    session: int
    is_held: bool


class Overlap(NamedTuple):
    """Two sessions connected at one time, of one technician or one customer, since a moment."""

    session: int
    other: int
    kind: Literal["technician", "customer"]
    who: str
    begins_at: datetime
    to_settle: int | None
    """The later one of them that has ended, to be put aside or confirmed; None while both go on."""
    are_over: bool
    """Whether both have ended: the time of a session that goes on may yet be told otherwise."""

    def turned(self) -> Overlap:
        """Return the same pair with the other one first."""
        return self._replace(session=self.other, other=self.session)


class Difference(NamedTuple):
    """A row of a read model that the events contradict; `key` is a session number or a customer code."""

    table: str
    key: int | str


class ClockSkew(NamedTuple):
    """The median by which a source's beginnings lie after the ledger's, over matched connections."""

    source: str
    connections: int
    median_s: int


class ReadModels(Protocol):
    """The questions of the command handlers, and nothing more."""

    def open_findings(self, period: Period) -> Mapping[int, Sequence[str]]:
        """Return, by session number, the ids of the open findings of a period that are not acknowledged."""
        ...

    def finding(self, named: str) -> OpenFinding | None:
        """Return the open finding of an id, acknowledged or not; None where there is none."""
        ...

    def month_status(self, period: Period) -> MonthStatus:
        """Return what a period leaves open."""
        ...

    def unbilled(self, period: Period, customer: str | None = None) -> Unbilled:
        """Return the sessions of a period without an invoice, of one customer where one is named.

        Sessions of customers merged into that one are among them.
        """
        ...

    def waiting_purges(self) -> Sequence[WaitingPurge]:
        """Return every ended session whose data are not recorded as deleted, by number."""
        ...

    def connected_within(
        self, begins_at: datetime, ends_at: datetime, *, but: int
    ) -> Sequence[tuple[datetime, datetime | None]]:
        """Return beginning and end of the other sessions connected between two moments; None: not ended."""
        ...

    def overlapping(self, session: int | None = None) -> Sequence[Overlap]:
        """Return the overlaps that nobody settled, of one session or of all."""
        ...

    def ended_sessions(self, period: Period, position: int) -> Sequence[int]:
        """Return the sessions that ended in a period by the first `position` events, by number.

        Sessions that ended before the first day of billing are left out.
        """
        ...

    def clock_skews(self) -> Sequence[ClockSkew]:
        """Return how far the clock of each source lies from the ledger's, over the last month of events."""
        ...

    def differences(self) -> Iterator[Difference]:
        """Yield every row of the live read models that the events contradict.

        Nothing is yielded where the next report derives them again anyway. Raises: ViewsDamaged.
        """
        ...

    def rebuild(self) -> None:
        """Derive the read models again from the first event, beside the live ones, then swap."""
        ...
