"""The deletions read model: for every session that ended, when its data were gone, by what evidence.

The verdict follows from time: `pass` within the SLA from Ended, `late` after it, `unknown` when the recorded
deletion lies before the end, `open` while nothing is recorded. A purge that found something left is
`failed`; one without an outcome is `unknown`, and so is one whose place is in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ledger.domain.clock import Period, epoch_microseconds, from_epoch_microseconds
from ledger.domain.session.purge_rules import verdict as verdict_of_time
from projections.inputs.life import Life
from projections.inputs.state import Inputs
from projections.views import Views

NAME = "deletions"
VERDICTS = ("pass", "late", "failed", "unknown", "open")


def row(life: Life, inputs: Inputs) -> tuple[Any, ...] | None:
    """Return the row of a session that ended or was abandoned; None where there is nothing to delete."""
    abandoned_since = None
    if life.ended_us is None:
        if life.connections or not life.personal or life.purged_us is not None:
            return None
        abandoned_since = life.cancelled_us or life.requested_us
    return (
        life.number,
        life.evidence,
        life.purging,
        sum([targets for targets, _ in life.outcomes.values()]) if life.outcomes else 0,
        life.files,
        life.bytes,
        1 if inputs.price_lists.is_before_adoption(life.ended_us) else 0,
        abandoned_since,
        life.purge_index,
        1 if life.superseded else 0,
        " ".join(life.doubts),
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
    doubts: tuple[str, ...] = ()
    """Flags that keep the deletion from being claimed: the place was not the remembered one."""
    voided: bool = False
    """True of a session put aside as recorded by mistake; it owes its deletion all the same."""


class Summary(NamedTuple):
    """The figures of a period. Sessions that ended before adoption are counted apart."""

    ended: int
    by_verdict: dict[str, int]
    declared: int
    abandoned: int
    held: int
    before_adoption: int
    delay_p50_seconds: int | None
    delay_p95_seconds: int | None
    delay_max_seconds: int | None


_DELETION = """\
SELECT s.number, session_ref, customer, ended_at, purged_at, evidence, purging, held_until, before_adoption,
       leaf_index, targets, files, bytes, doubts, voided
FROM sessions s CROSS JOIN deletions d USING (number) WHERE {conditions} ORDER BY s.number"""
_OF_PERIOD = _DELETION.format(conditions="ended_at >= ? AND ended_at < ?")
_OF_CUSTOMER = _DELETION.format(conditions="customer = ? AND ended_at >= ? AND ended_at < ?")
_UNDELETED = _DELETION.format(conditions="ended_at IS NOT NULL AND purged_at IS NULL")
_SUPERSEDED = "SELECT number FROM deletions WHERE superseded = 1 ORDER BY number"
_UNKNOWN = """\
SELECT count(*) FROM sessions CROSS JOIN deletions USING (number)
WHERE purged_at < ended_at AND before_adoption = 0"""
_ABANDONED = "SELECT count(*) FROM deletions WHERE abandoned_since >= ? AND abandoned_since < ?"


def history(views: Views, period: Period, *, sla_seconds: int, customer: str | None = None) -> list[Deletion]:
    """Return the sessions that ended in the period, by number."""
    days = (epoch_microseconds(period.begins_at), epoch_microseconds(period.ends_at))
    if customer is None:
        found = views.execute(_OF_PERIOD, days)
    else:
        found = views.execute(_OF_CUSTOMER, (customer, *days))
    return [_deletion(each, sla_seconds) for each in found]


def undeleted(views: Views, *, sla_seconds: int) -> list[Deletion]:
    """Return every session that ended and whose data are not recorded as deleted, by number."""
    return [_deletion(each, sla_seconds) for each in views.execute(_UNDELETED)]


def superseded(views: Views) -> list[int]:
    """Return the sessions whose certificate a correction has changed, and that have no new one."""
    return [number for (number,) in views.execute(_SUPERSEDED)]


def unknown(views: Views) -> int:
    """Count the deletions recorded for a moment before the end of their session."""
    (count,) = views.execute(_UNKNOWN).fetchone()
    return int(count)


def _deletion(found: tuple[Any, ...], sla_seconds: int) -> Deletion:
    number, session_ref, customer, ended_us, purged_us, evidence, purging, held_until, before, *rest = found
    leaf_index, targets, files, size_bytes, flags, voided = rest
    doubts = tuple(flags.split())
    delay_seconds = None if purged_us is None else (purged_us - ended_us) // 1_000_000
    return Deletion(
        number,
        session_ref,
        customer,
        from_epoch_microseconds(ended_us),
        None if purged_us is None else from_epoch_microseconds(purged_us),
        delay_seconds,
        verdict(delay_seconds, sla_seconds, purging, doubts),
        evidence,
        held_until,
        bool(before),
        leaf_index,
        targets,
        files,
        size_bytes,
        doubts,
        bool(voided),
    )


def verdict(
    delay_seconds: int | None, sla_seconds: int, purging: str = "", doubts: Sequence[str] = ()
) -> str:
    """Return the verdict: of the last purge where it did not succeed, else by the delay and the doubts."""
    if delay_seconds is None and purging:
        return "failed" if purging == "failed" else "unknown"
    return verdict_of_time(delay_seconds, sla_seconds, doubts)


def is_overdue(deletion: Deletion, now: datetime, sla_seconds: int) -> bool:
    """Return True if a person has to act: open past the SLA and not held, failed, or unknown."""
    if deletion.before_adoption:
        return False
    if deletion.verdict == "open":
        waited = (now - deletion.ended_at).total_seconds()
        return waited > sla_seconds and deletion.held_until is None
    return deletion.verdict in ("failed", "unknown")


def abandoned(views: Views, before: datetime, period: Period) -> int:
    """Count the requests of the period abandoned before a moment, whose data are still held."""
    until = epoch_microseconds(min(before, period.ends_at))
    (count,) = views.execute(_ABANDONED, (epoch_microseconds(period.begins_at), until)).fetchone()
    return int(count)


def summary(deletions: Sequence[Deletion], abandoned_requests: int) -> Summary:
    """Return the figures of a history; quantiles by nearest rank over delays of zero or more."""
    counted = [d for d in deletions if not d.before_adoption]
    claimed = [d.delay_seconds for d in counted if d.delay_seconds is not None and not d.doubts]
    delays = sorted(delay for delay in claimed if delay >= 0)
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
    """Return the nearest-rank quantile of an ordered sequence; None of an empty one."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
