"""The deletions read model: for every session that ended, when its data were gone and who says so.

The verdict is told by time: `pass` within the SLA from Ended, `late` after it, `unknown` when the deletion
is said to lie before the end, `open` while nothing is recorded. A purge that found something left is
`failed`; one that began and left no outcome is `unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, func, select

from ledger.clock import Period, epoch_microseconds, from_epoch_microseconds
from ledger.deletion import verdict as verdict_of_time
from projections.fold import Fold
from projections.tables import deletions as table
from projections.tracked import Tracked

NAME = "deletions"
VERDICTS = ("pass", "late", "failed", "unknown", "open")


def row(tracked: Tracked, fold: Fold) -> tuple[Any, ...] | None:
    """The row of a session that ended or came to nothing; None where there is nothing to delete."""
    abandoned_since = None
    if tracked.ended_us is None:
        if tracked.connections or not tracked.personal or tracked.purged_us is not None:
            return None
        abandoned_since = tracked.cancelled_us or tracked.requested_us
    return (
        tracked.number,
        tracked.session_ref,
        fold.root(tracked.customer),
        tracked.ended_us,
        tracked.purged_us,
        tracked.evidence,
        tracked.purging,
        tracked.targets,
        tracked.files,
        tracked.bytes,
        tracked.held_until,
        int(fold.rates.is_before_adoption(tracked.ended_us)),
        abandoned_since,
        tracked.purge_index,
        int(tracked.superseded),
    )


class Deletion(NamedTuple):
    """One ended session in the deletion history; instants are UTC, delays whole seconds."""

    session: int
    session_ref: str | None
    customer: str
    ended_at: datetime
    purged_at: datetime | None
    delay_seconds: int | None
    verdict: str
    evidence: str
    held_until: str | None
    before_adoption: bool
    leaf_index: int | None
    targets: int = 0
    files: int = 0
    bytes: int = 0


class Summary(NamedTuple):
    """The period in figures. What ended before adoption is counted apart and in nothing else."""

    ended: int
    by_verdict: dict[str, int]
    declared: int
    abandoned: int
    held: int
    before_adoption: int
    delay_p50_seconds: int | None
    delay_p95_seconds: int | None
    delay_max_seconds: int | None


def history(
    views: Connection, period: Period, *, sla_seconds: int, customer: str | None = None
) -> list[Deletion]:
    """Sessions that ended in the period, overdue first: open, unknown, late, then the rest; by number."""
    query = (
        select(table)
        .where(table.c.ended_at >= epoch_microseconds(period.begins_at))
        .where(table.c.ended_at < epoch_microseconds(period.ends_at))
        .order_by(table.c.number)
    )
    if customer is not None:
        query = query.where(table.c.customer == customer)
    return [_deletion(found, sla_seconds) for found in views.execute(query).mappings()]


def undeleted(views: Connection, *, sla_seconds: int) -> list[Deletion]:
    """Every session that ended and whose data are not recorded as deleted, by number."""
    query = select(table).where(table.c.ended_at.is_not(None)).where(table.c.purged_at.is_(None))
    found = views.execute(query.order_by(table.c.number)).mappings()
    return [_deletion(each, sla_seconds) for each in found]


def superseded(views: Connection) -> list[int]:
    """The sessions whose certificate says what a correction has changed, and that have no new one."""
    query = select(table.c.number).where(table.c.superseded == 1).order_by(table.c.number)
    return list(views.execute(query).scalars())


def unknown(views: Connection) -> int:
    """How many deletions are said to lie before the end of their session."""
    query = select(func.count()).select_from(table).where(table.c.purged_at < table.c.ended_at)
    return int(views.execute(query.where(table.c.before_adoption == 0)).scalar_one())


def _deletion(found: RowMapping, sla_seconds: int) -> Deletion:
    ended_at = from_epoch_microseconds(found["ended_at"])
    purged_at = None if found["purged_at"] is None else from_epoch_microseconds(found["purged_at"])
    delay_seconds = None
    if purged_at is not None:
        delay_seconds = (found["purged_at"] - found["ended_at"]) // 1_000_000
    return Deletion(
        session=found["number"],
        session_ref=found["session_ref"],
        customer=found["customer"],
        ended_at=ended_at,
        purged_at=purged_at,
        delay_seconds=delay_seconds,
        verdict=verdict(delay_seconds, sla_seconds, found["purging"]),
        evidence=found["evidence"],
        held_until=found["held_until"],
        before_adoption=bool(found["before_adoption"]),
        leaf_index=found["leaf_index"],
        targets=found["targets"],
        files=found["files"],
        bytes=found["bytes"],
    )


def verdict(delay_seconds: int | None, sla_seconds: int, purging: str = "") -> str:
    """What the last purge says where it did not end well, else the time between end and deletion."""
    if delay_seconds is None and purging:
        return "failed" if purging == "failed" else "unknown"
    return verdict_of_time(delay_seconds, sla_seconds)


def is_overdue(deletion: Deletion, now: datetime, sla_seconds: int) -> bool:
    """Whether a person has to act: open past the SLA and not held, failed, or unknown."""
    if deletion.before_adoption:
        return False
    if deletion.verdict == "open":
        waited = (now - deletion.ended_at).total_seconds()
        return waited > sla_seconds and deletion.held_until is None
    return deletion.verdict in ("failed", "unknown")


def abandoned(views: Connection, before: datetime, period: Period) -> int:
    """Requests of the period that came to nothing before a moment, and whose data are still held."""
    query = (
        select(func.count())
        .select_from(table)
        .where(table.c.abandoned_since >= epoch_microseconds(period.begins_at))
        .where(table.c.abandoned_since < epoch_microseconds(min(before, period.ends_at)))
    )
    return int(views.execute(query).scalar_one())


def summary(deletions: Sequence[Deletion], abandoned_requests: int) -> Summary:
    """The figures of a history; quantiles by nearest rank over what has a delay of zero or more."""
    counted = [d for d in deletions if not d.before_adoption]
    delays = sorted(d.delay_seconds for d in counted if d.delay_seconds is not None and d.delay_seconds >= 0)
    return Summary(
        ended=len(counted),
        by_verdict={v: sum(d.verdict == v for d in counted) for v in VERDICTS},
        declared=sum(d.evidence == "declared" for d in counted),
        abandoned=abandoned_requests,
        held=sum(d.held_until is not None and d.purged_at is None for d in counted),
        before_adoption=len(deletions) - len(counted),
        delay_p50_seconds=nearest_rank(delays, 50),
        delay_p95_seconds=nearest_rank(delays, 95),
        delay_max_seconds=delays[-1] if delays else None,
    )


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest-rank quantile of an ordered sequence; None of an empty one."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
