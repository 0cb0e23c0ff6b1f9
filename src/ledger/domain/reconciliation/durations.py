"""Matched sessions: the time that is billed against the time of the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ledger.domain.reconciliation.finding import Detail, Finding, Intervals, Price, about_session
from ledger.domain.reconciliation.inputs import Seen, SeenSession
from ledger.domain.reconciliation.intervals import merged, total
from ledger.domain.reconciliation.matching import Matching

TOLERANCE_S = 60
"""Two accounts of one duration that lie nearer are the same, unless across an edge of the price."""
TOLERANCE_PERCENT = 2
UNCERTAIN_S = 2
"""Sources write whole seconds, cut off: an end is never surer than this."""
HOUR_S = 3600


def of_sessions(mine: Sequence[SeenSession], matching: Matching, price: Price) -> Iterator[Finding]:
    """Yield findings about sessions with matched records, and about data that should be gone."""
    for session in mine:
        records = matching.of_session.get(session.number, [])
        if session.keeps_data:
            yield about_session(session, "ended_without_purge", records, {})
        if len(records) > 1:
            yield from _fragments(session, records)
        if records:
            yield from _late_files(session, records)
        if records and session.ended_s is not None and all(seen.end_s is not None for seen in records):
            yield from _compared(session, records, price)


def _fragments(session: SeenSession, records: Sequence[Seen]) -> Iterator[Finding]:
    """Several connections of one session, those inside another aside."""
    nested = nested_in(records)
    if nested:
        yield about_session(session, "nested_channel", records, {"channels": len(nested)})
    own = [seen for seen in records if seen.keys not in nested]
    if len(own) > 1:
        spans = [(seen.start_s, _end(seen)) for seen in own]
        detail: Detail = {
            "fragments": len(own),
            "span_s": max(end for _, end in spans) - min(start for start, _ in spans),
            "sum_s": sum(end - start for start, end in merged(spans)),
        }
        yield about_session(session, "merged_fragments", own, detail)


def nested_in(records: Sequence[Seen]) -> dict[tuple[str, ...], Seen]:
    """Map the keys of connections inside a longer one of the same technician to that one."""
    found: dict[tuple[str, ...], Seen] = {}
    outer: dict[str | None, Seen] = {}
    for seen in sorted(records, key=lambda s: (s.start_s, -_end(s), s.keys)):
        around = outer.get(seen.technician)
        if around is None or _end(seen) > _end(around):
            outer[seen.technician] = seen
        elif (seen.start_s, _end(seen)) != (around.start_s, _end(around)):
            found[seen.keys] = around
    return found


def _end(seen: Seen) -> int:
    return seen.start_s if seen.end_s is None else seen.end_s


def _late_files(session: SeenSession, records: Sequence[Seen]) -> Iterator[Finding]:
    """Yield a finding where the tool was connected after the session's data were deleted."""
    if session.purged_s is None:
        return
    late_s = max(map(_end, records)) - session.purged_s
    if late_s > TOLERANCE_S:
        yield about_session(session, "artefact_after_purge", records, {"after_s": late_s})


def _compared(session: SeenSession, records: Sequence[Seen], price: Price) -> Iterator[Finding]:
    """Compare what is billed with what the records would bill."""
    ledger = tuple((s.start_s, s.end_s) for s in session.stretches if s.end_s is not None)
    source = tuple((seen.start_s, seen.end_s) for seen in records if seen.end_s is not None)
    ledger_s = total(ledger)
    shift_s = _shift(ledger, source)
    apart_s = _apart(ledger, source)
    is_other = max(abs(ledger_s - total(source)), shift_s) > TOLERANCE_S
    within_s = max(UNCERTAIN_S, min(shift_s, TOLERANCE_S))
    if not is_other and not _touches_edge(ledger, within_s):
        return
    before, after = price(session.number, ledger), price(session.number, source)
    detail: Detail = {"ledger_s": ledger_s, "source_s": total(source)}
    if before is not None and after is not None:
        detail |= {"ledger_hours": before.started_hours, "source_hours": after.started_hours}
    tolerance_s = max(TOLERANCE_S, ledger_s * TOLERANCE_PERCENT // 100)
    if apart_s > tolerance_s or (is_other and before != after):
        yield about_session(session, "duration_mismatch", records, detail, (before, after))
        return
    for edge, moved in _moved(ledger, within_s):
        after = price(session.number, moved)
        if before is not None and after not in (None, before):
            yield about_session(session, "band_edge", records, edge, (before, after))
            return


def _apart(ledger: Intervals, source: Intervals) -> int:
    """Return how far the connected time differs.

    Gaps between fragments may be connected time in the ledger: then it lies between their sum and span.
    """
    ledger_s = total(ledger)
    span_s = max(end for _, end in source) - min(start for start, _ in source)
    return max(total(source) - ledger_s, ledger_s - span_s, 0)


def _shift(ledger: Intervals, source: Intervals) -> int:
    """Return how far the first beginnings, or the last ends, lie apart."""
    start_s = min(start for start, _ in ledger) - min(start for start, _ in source)
    end_s = max(end for _, end in ledger) - max(end for _, end in source)
    return max(abs(start_s), abs(end_s))


def _touches_edge(intervals: Iterable[tuple[int, int]], within_s: int) -> bool:
    """Return True near a full hour or near a duration of whole hours: only there prices change."""
    return any(
        _from_hour(start) <= within_s or _from_hour(end - start) <= within_s for start, end in intervals
    )


def _from_hour(seconds: int) -> int:
    past = seconds % HOUR_S
    return min(past, HOUR_S - past)


def _moved(ledger: Intervals, within_s: int) -> Iterator[tuple[Detail, Intervals]]:
    """Yield the same connections with the first beginning, or the last end, a little moved."""
    connected = sorted(ledger)
    first, last = connected[0], max(connected, key=lambda each: each[1])
    for moved_s in (-within_s, within_s):
        begins = [(min(first[0] + moved_s, first[1]), first[1]), *connected[1:]]
        yield {"end": "start", "moved_s": moved_s}, tuple(begins)
        others = [each for each in connected if each is not last]
        ends = [*others, (last[0], max(last[0], last[1] + moved_s))]
        yield {"end": "end", "moved_s": moved_s}, tuple(ends)
