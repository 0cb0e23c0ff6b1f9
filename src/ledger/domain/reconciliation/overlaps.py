"""Two at one customer, or one technician at two, at one time."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ledger.domain.identifiers import UNKNOWN_TECHNICIAN
from ledger.domain.reconciliation.finding import Detail, Finding, Kind, Scope
from ledger.domain.reconciliation.inputs import SeenSession
from ledger.domain.reconciliation.matching import Matching

OVERLAP_S = 60
"""A shorter overlap is two clocks that differ."""


class _Busy(NamedTuple):
    """A technician at work for a partner: a connection, or a session of which there is none."""

    start_s: int
    end_s: int
    number: int
    """Its place in the list."""
    technician: str | None
    """None where nobody says who it was."""
    mark: str | None
    session: int | None
    records: tuple[str, ...]


def overlaps(matching: Matching, by_number: dict[int, SeenSession], scope: Scope) -> Iterator[Finding]:
    """Yield overlaps of a minute and more: by the partner's fingerprint, and by the technician."""
    busy = [*_busy(matching, by_number)]
    kinds: tuple[Kind, ...] = ("overlap_same_partner", "overlap_same_technician")
    for kind in kinds:
        groups: dict[str, list[_Busy]] = defaultdict(list)
        for each in busy:
            key = each.mark if kind == "overlap_same_partner" else each.technician
            if key is not None:
                groups[key].append(each)
        for group in groups.values():
            for one, other in _pairs(group, kind):
                if scope.holds(other.start_s):
                    yield _overlap(one, other, kind)


def _busy(matching: Matching, by_number: dict[int, SeenSession]) -> Iterator[_Busy]:
    """Yield connections, and sessions without one; a near match counts as the session it probably is."""
    probable = {near.seen.keys: near.sessions[0] for near in matching.near}
    of_session = {seen.keys: number for number, records in matching.of_session.items() for seen in records}
    told = {*matching.of_session, *probable.values()}
    place = 0
    for seen in matching.connections:
        if seen.end_s is not None and not seen.is_dismissed:
            mark = None if seen.marks is None else seen.marks[0]
            number = of_session.get(seen.keys, probable.get(seen.keys))
            yield _Busy(seen.start_s, seen.end_s, place, seen.technician, mark, number, seen.keys)
            place += 1
    for session in by_number.values():
        for stretch in () if session.number in told else session.stretches:
            mark = None if session.marks is None else session.marks[0]
            end_s = stretch.start_s if stretch.end_s is None else stretch.end_s
            technician = None if stretch.technician == UNKNOWN_TECHNICIAN else stretch.technician
            yield _Busy(stretch.start_s, end_s, place, technician, mark, session.number, ())
            place += 1


def _pairs(group: list[_Busy], kind: Kind) -> Iterator[tuple[_Busy, _Busy]]:
    """Yield each that overlaps one before it, with one of these, not with each of many at once."""
    active: list[tuple[int, int, _Busy]] = []
    for each in sorted(group, key=lambda busy: (busy.start_s, busy.number)) if len(group) > 1 else ():
        if each.end_s - each.start_s >= OVERLAP_S:
            while active and active[0][0] < each.start_s + OVERLAP_S:
                heapq.heappop(active)
            other = next((busy for _, _, busy in active if _is_other(each, busy, kind)), None)
            if other is not None:
                yield other, each
            heapq.heappush(active, (each.end_s, each.number, each))


def _is_other(one: _Busy, other: _Busy, kind: Kind) -> bool:
    """Return True if both at once is worth a look: not two connections of one session."""
    if one.session is not None and one.session == other.session:
        return False
    if kind == "overlap_same_technician":
        return one.mark is None or one.mark != other.mark
    both_sessions = one.session is not None and other.session is not None
    return both_sessions or one.technician != other.technician


def _overlap(one: _Busy, other: _Busy, kind: Kind) -> Finding:
    starts, ends = (one.start_s, other.start_s), (one.end_s, other.end_s)
    sessions = sorted({each.session for each in (one, other) if each.session is not None})
    records = tuple(sorted({*one.records, *other.records}))
    detail: Detail = {"overlap_s": min(ends) - max(starts)}
    return Finding(kind, min(starts), records, tuple(sessions), detail, facts=(*starts, *ends))
