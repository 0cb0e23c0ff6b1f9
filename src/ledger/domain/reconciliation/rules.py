"""The findings of a reconciliation.

Nothing here is recorded: findings follow from records and sessions, and go when these agree.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from ledger.domain.reconciliation.durations import nested_in, of_sessions
from ledger.domain.reconciliation.finding import (
    KINDS,
    NOTHING,
    Detail,
    Finding,
    Intervals,
    Kind,
    Price,
    Scope,
    about_session,
    keys_of,
    one_each,
)
from ledger.domain.reconciliation.inputs import SLACK_S, Seen, SeenSession, Stretch
from ledger.domain.reconciliation.intervals import total
from ledger.domain.reconciliation.matching import Matching, Near
from ledger.domain.reconciliation.overlaps import overlaps

DAY_S = 86_400
SILENT_S = 7 * DAY_S
"""A source without a record for so long, while there are sessions, has perhaps stopped."""


def find(
    matching: Matching,
    sessions: Sequence[SeenSession],
    scope: Scope,
    price: Price,
    acknowledged: Collection[str] = (),
) -> list[Finding]:
    """Return every finding of a stretch of time, by its moment; `acknowledged` are ids that may stand."""
    by_number = {session.number: session for session in sessions}
    mine = [session for session in sessions if scope.has(session)]
    candidates = [
        *_untrue(matching, scope),
        *_open(mine, matching),
        *_near(matching, by_number, scope, price),
        *overlaps(matching, by_number, scope),
        *of_sessions(mine, matching, price),
        *_alone(matching, mine, scope, price),
        *_silent(matching, sessions, scope),
    ]
    found = one_each(candidates, acknowledged)
    return sorted(found, key=lambda f: (f.at_s, KINDS.index(f.kind), f.records, f.sessions))


# --- what cannot be true, what is open ----------------------------------------------------------


def _untrue(matching: Matching, scope: Scope) -> Iterator[Finding]:
    for seen in matching.untrue:
        if scope.holds(seen.start_s) and seen.end_s is not None:
            lasted_s = seen.end_s - seen.start_s
            kind: Kind = "end_before_start" if lasted_s < 0 else "over_48_h"
            detail: Detail = {"duration_s": lasted_s}
            yield Finding(kind, seen.start_s, seen.keys, detail=detail, facts=(seen.start_s, seen.end_s))


def _open(mine: Sequence[SeenSession], matching: Matching) -> Iterator[Finding]:
    for session in mine:
        if session.ended_s is None:
            records = matching.of_session.get(session.number, [])
            ends = [seen.end_s for seen in records if seen.end_s is not None]
            detail: Detail = {"recorded_end_s": max(ends)} if ends else {}
            yield about_session(session, "open_session", records, detail)


# --- what stands alone --------------------------------------------------------------------------


def _near(
    matching: Matching, by_number: dict[int, SeenSession], scope: Scope, price: Price
) -> Iterator[Finding]:
    for near in matching.near:
        sessions = [by_number[number] for number in near.sessions]
        if scope.holds(near.seen.start_s) or any(scope.has(session) for session in sessions):
            yield _suggestion(near, sessions, price)


def _suggestion(near: Near, sessions: Sequence[SeenSession], price: Price) -> Finding:
    seen, detail = near.seen, dict[str, int | str](why=near.why)
    before = after = None
    if len(sessions) == 1 and seen.end_s is not None and sessions[0].ended_s is not None:
        ledger = _closed(sessions[0].stretches)
        before = price(sessions[0].number, ledger)
        after = price(sessions[0].number, ((seen.start_s, seen.end_s),))
    times = (seen.start_s, seen.end_s, near.why)
    return Finding("near_match", seen.start_s, seen.keys, near.sessions, detail, before, after, times)


def _closed(stretches: Iterable[Stretch]) -> Intervals:
    return tuple((s.start_s, s.end_s) for s in stretches if s.end_s is not None)


def _alone(matching: Matching, mine: Sequence[SeenSession], scope: Scope, price: Price) -> Iterator[Finding]:
    for seen, inside in _jobs(matching.alone):
        if scope.holds(seen.start_s):
            times = () if seen.end_s is None else ((seen.start_s, seen.end_s),)
            detail: Detail = {"duration_s": seen.end_s - seen.start_s} if seen.end_s is not None else {}
            records = keys_of([seen, *inside])
            yield Finding(
                "record_without_session",
                seen.start_s,
                records,
                detail=detail,
                before=NOTHING,
                after=price(None, times) if times else None,
                facts=(seen.start_s, seen.end_s),
            )
    for session in mine:
        if session.number not in matching.of_session and not session.unrecorded:
            ledger = _closed(session.stretches)
            before = None if session.ended_s is None else price(session.number, ledger)
            billed = (before, NOTHING)
            yield about_session(session, "session_without_record", (), {"ledger_s": total(ledger)}, billed)


def _jobs(alone: Sequence[Seen]) -> Iterator[tuple[Seen, list[Seen]]]:
    """Yield connections of no session, each with the channels inside it."""
    groups: dict[object, list[Seen]] = defaultdict(list)
    for seen in alone:
        groups[seen.keys if seen.marks is None else (seen.marks[0], seen.technician)].append(seen)
    for group in groups.values():
        nested = nested_in(group)
        inside: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
        for seen in group:
            if seen.keys in nested:
                inside[nested[seen.keys].keys].append(seen)
        for seen in group:
            if seen.keys not in nested:
                yield seen, inside[seen.keys]


def _silent(matching: Matching, sessions: Sequence[SeenSession], scope: Scope) -> Iterator[Finding]:
    """Yield sources without a record for a week in which a technician they know connects."""
    starts: dict[str, list[int]] = defaultdict(list)
    people: dict[str, set[str]] = defaultdict(set)
    for seen in matching.connections:
        for record in seen.records:
            starts[record.source].append(record.started_s)
            if record.technician is not None:
                people[record.source].add(record.technician)
    begins = _begins(sessions)
    for source in sorted(starts):
        for since_s, until_s in pairwise([*sorted(starts[source]), scope.ends_s]):
            if until_s - since_s > SILENT_S and scope.begins_s < until_s:
                inside = (since_s + SLACK_S, until_s - SLACK_S)
                missed = sum(_within(begins[technician], *inside) for technician in people[source])
                if missed:
                    detail: Detail = {
                        "source": source,
                        "days": (until_s - since_s) // DAY_S,
                        "connections": missed,
                    }
                    yield Finding("silent_source", since_s, detail=detail, facts=(source, since_s))


def _begins(sessions: Iterable[SeenSession]) -> dict[str, list[int]]:
    """Return when each technician's connections begin in the ledger, in order."""
    begins: dict[str, list[int]] = defaultdict(list)
    for session in sessions:
        for stretch in session.stretches:
            begins[stretch.technician].append(stretch.start_s)
    for each in begins.values():
        each.sort()
    return begins


def _within(moments: Sequence[int], since_s: int, until_s: int) -> int:
    return max(0, bisect_left(moments, until_s) - bisect_right(moments, since_s))
