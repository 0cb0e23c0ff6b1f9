"""Records and sessions on one day, told in minutes since its nine o'clock in UTC."""

from __future__ import annotations

from collections.abc import Collection

from ledger.domain.reconciliation.finding import Finding, Scope
from ledger.domain.reconciliation.inputs import SeenRecord, SeenSession, Stretch
from ledger.domain.reconciliation.matching import Matching, match
from ledger.domain.reconciliation.rules import find
from tests.ledger.domain.reconciliation.month import marks, price, seconds

NINE_S = seconds("2026-11-16T09:00:00Z")
DAY = Scope(seconds("2026-11-15T23:00:00Z"), seconds("2026-11-16T23:00:00Z"))
ID, SWAPPED, OTHER = "123456789", "213456789", "987654320"


def at(minute: float) -> int:
    """The epoch second of a minute."""
    return NINE_S + round(minute * 60)


def record(
    start: float,
    end: float | None,
    *,
    digits: str | None = ID,
    technician: str | None = "anna",
    source: str = "tv/pc",
    session: int | None = None,
    dismissed: bool = False,
    customer: str | None = None,
    computer: str | None = None,
) -> SeenRecord:
    """A record; its key says all that distinguishes it."""
    return SeenRecord(
        key=f"{source}|{start}|{end}|{digits}|{technician}|{computer}",
        source=source,
        started_s=at(start),
        ended_s=None if end is None else at(end),
        technician=technician,
        marks=None if digits is None else marks(digits),
        session=session,
        dismissed=dismissed,
        customer=customer,
        computer=computer,
    )


def session(
    number: int,
    *stretches: tuple[float, float | None],
    digits: str | None = ID,
    technician: str = "anna",
    marked: float = 0,
    purged: float | None = None,
    keeps_data: bool = False,
    unrecorded: bool = False,
    customer: str | None = None,
) -> SeenSession:
    """A session; it ended when all of its stretches did."""
    ends = [end for _, end in stretches]
    closed = [end for end in ends if end is not None]
    return SeenSession(
        number=number,
        stretches=tuple(
            Stretch(technician, at(start), None if end is None else at(end)) for start, end in stretches
        ),
        marks=None if digits is None else marks(digits),
        marked_s=at(marked),
        ended_s=at(max(closed)) if len(closed) == len(ends) else None,
        purged_s=None if purged is None else at(purged),
        keeps_data=keeps_data,
        unrecorded=unrecorded,
        customer=customer,
    )


def matched(records: list[SeenRecord], sessions: list[SeenSession]) -> Matching:
    """Which record is of which session."""
    return match(records, sessions)


def found(
    records: list[SeenRecord],
    sessions: list[SeenSession],
    *,
    scope: Scope = DAY,
    acknowledged: Collection[str] = (),
) -> list[Finding]:
    """What is found, hints about edges of the price aside."""
    findings = find(match(records, sessions), sessions, scope, price, acknowledged)
    return [finding for finding in findings if finding.kind != "band_edge"]


def kinds(
    records: list[SeenRecord],
    sessions: list[SeenSession],
    *,
    scope: Scope = DAY,
    acknowledged: Collection[str] = (),
) -> list[str]:
    """The kinds of what is found."""
    return [finding.kind for finding in found(records, sessions, scope=scope, acknowledged=acknowledged)]
