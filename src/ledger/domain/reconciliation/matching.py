"""Matching of connections and sessions.

The fingerprint, the technician and the time decide; ties, and pairs that only look alike, go to a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ledger.domain.clock import from_epoch_seconds, local_month
from ledger.domain.reconciliation.connections import connections
from ledger.domain.reconciliation.inputs import LONGEST_S, SLACK_S, Seen, SeenRecord, SeenSession
from ledger.domain.reconciliation.intervals import together


class Near(NamedTuple):
    """A connection that is probably of a session, or of one of several; a person decides."""

    seen: Seen
    sessions: tuple[int, ...]
    why: str
    """digits_swapped, technician_unknown, other_month, no_remote_id, several_sessions"""


class Matching(NamedTuple):
    """The outcome; connections by their start."""

    connections: list[Seen]
    untrue: list[Seen]
    of_session: dict[int, list[Seen]]
    near: list[Near]
    alone: list[Seen]
    """Connections without a session, dismissed ones left out."""


class MatchSpan(NamedTuple):
    """A technician in a session, from the first connection to the end of the last."""

    start_s: int
    end_s: int
    number: int


class _Timed(NamedTuple):
    start_s: int
    end_s: int
    seen: Seen


def match(records: Iterable[SeenRecord], sessions: Sequence[SeenSession]) -> Matching:
    """Match records and sessions, in any order of input.

    A record that a person gave to a session that is not among these is of no other, either.
    """
    merged = connections(records)
    true = [seen for seen in merged if seen.first.is_true]
    live = [seen for seen in true if not seen.is_dismissed]
    of_session: dict[int, list[Seen]] = defaultdict(list)
    known = {session.number for session in sessions}
    waiting: list[Seen] = []
    for seen in live:
        if seen.session is None:
            waiting.append(seen)
        elif seen.session in known:
            of_session[seen.session].append(seen)
    ties, waiting = _settle(waiting, sessions, of_session)
    more, waiting = _settle_by_computer(waiting, sessions, of_session)
    ties += more
    waiting = _settle_by_time(waiting, sessions, of_session)
    free = [session for session in sessions if session.number not in of_session]
    near, alone = _suggest(waiting, free)
    untrue = [seen for seen in merged if not seen.first.is_true and not seen.is_dismissed]
    return Matching(true, untrue, dict(of_session), [*ties, *near], alone)


# --- connections and sessions -------------------------------------------------------------------


def _settle(
    waiting: list[Seen], sessions: Sequence[SeenSession], of_session: dict[int, list[Seen]]
) -> tuple[list[Near], list[Seen]]:
    """Assign each connection to the only session it can be of; return ties, and those of none."""
    by_mark: dict[tuple[str, str], list[SeenSession]] = defaultdict(list)
    for session in sessions:
        if session.marks is not None:
            for technician in {stretch.technician for stretch in session.stretches}:
                by_mark[session.marks[0], technician].append(session)
    seen_by_mark: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    none: list[Seen] = []
    for seen in waiting:
        key = ("", "") if seen.marks is None else (seen.marks[0], seen.technician or "")
        if key in by_mark:
            seen_by_mark[key].append(seen)
        else:
            none.append(seen)
    ties: list[Near] = []
    for key, group in seen_by_mark.items():
        fits = _fits(group, by_mark[key], key[1])
        for seen in group:
            best = _best(fits.get(id(seen), {}))
            if len(best) == 1:
                of_session[best[0]].append(seen)
            elif best:
                ties.append(Near(seen, tuple(best), "several_sessions"))
            else:
                none.append(seen)
    return ties, none


def _fits(
    group: Sequence[Seen], sessions: Sequence[SeenSession], technician: str | None
) -> dict[int, dict[int, bool]]:
    """Return by connection the sessions whose time it fits: True by overlap, False by its start alone."""
    spans = [_span(session, technician) for session in sessions]
    begins = {session.number: _begins(session, technician) for session in sessions}
    timed = [_Timed(seen.start_s, _end_or_start(seen), seen) for seen in group]
    fits: dict[int, dict[int, bool]] = defaultdict(dict)
    for span, each in together(spans, timed, SLACK_S):
        if _overlaps_by_half(span, each):
            fits[id(each.seen)][span.number] = True
        elif any(abs(at - each.start_s) <= SLACK_S for at in begins[span.number]):
            fits[id(each.seen)].setdefault(span.number, False)
    return fits


def _span(session: SeenSession, technician: str | None) -> MatchSpan:
    """Return the span from a technician's first connection to the end of the last; None is any of them."""
    mine = [s for s in session.stretches if technician in (None, s.technician)]
    start_s = min(s.start_s for s in mine)
    ends = [start_s + LONGEST_S if s.end_s is None else s.end_s for s in mine]
    return MatchSpan(start_s, max(ends), session.number)


def _begins(session: SeenSession, technician: str | None) -> list[int]:
    return [s.start_s for s in session.stretches if technician in (None, s.technician)]


def _end_or_start(seen: Seen) -> int:
    return seen.start_s if seen.end_s is None else seen.end_s


def _overlaps_by_half(span: MatchSpan, each: _Timed) -> bool:
    overlap_s = min(span.end_s, each.end_s) - max(span.start_s, each.start_s)
    shorter_s = min(span.end_s - span.start_s, each.end_s - each.start_s)
    return overlap_s >= 0 and overlap_s * 2 >= shorter_s and (overlap_s > 0 or shorter_s == 0)


def _best(fits: dict[int, bool]) -> list[int]:
    """Return the sessions by overlap, else those by start; more than one is a tie."""
    by_overlap = [number for number, overlaps in fits.items() if overlaps]
    return sorted(by_overlap or fits)


# --- records without a remote ID ----------------------------------------------------------------


def _settle_by_computer(
    waiting: list[Seen], sessions: Sequence[SeenSession], of_session: dict[int, list[Seen]]
) -> tuple[list[Near], list[Seen]]:
    """Assign connections of a known computer to the only session of its customer that fits in time."""
    of_customer: dict[str, list[SeenSession]] = defaultdict(list)
    for session in sessions:
        if session.customer is not None:
            of_customer[session.customer].append(session)
    groups: dict[tuple[str, str | None], list[Seen]] = defaultdict(list)
    left: list[Seen] = []
    for seen in waiting:
        if seen.marks is None and seen.customer in of_customer:
            groups[seen.customer or "", seen.technician].append(seen)
        else:
            left.append(seen)
    ties: list[Near] = []
    for (customer, technician), group in groups.items():
        mine = [each for each in of_customer[customer] if technician in {None, *_technicians(each)}]
        fits = _fits(group, mine, technician)
        for seen in group:
            best = _best(fits.get(id(seen), {}))
            if len(best) == 1:
                of_session[best[0]].append(seen)
            elif best:
                ties.append(Near(seen, tuple(best), "several_sessions"))
            else:
                left.append(seen)
    return ties, left


def _settle_by_time(
    waiting: list[Seen], sessions: Sequence[SeenSession], of_session: dict[int, list[Seen]]
) -> list[Seen]:
    """Assign connections of an unknown computer where technician and time leave one session only.

    The session has no remote ID and no record yet, and all that fits it names one computer: another one would
    be a job that nobody noted. Returns the connections that are left.
    """
    by_person: dict[str, tuple[list[Seen], list[SeenSession]]] = defaultdict(lambda: ([], []))
    for seen in waiting:
        if seen.marks is None and seen.customer is None and seen.technician is not None:
            by_person[seen.technician][0].append(seen)
    for session in sessions:
        for technician in _technicians(session) & by_person.keys():
            by_person[technician][1].append(session)
    free = {
        session.number for session in sessions if session.marks is None and session.number not in of_session
    }
    candidates: dict[int, list[Seen]] = defaultdict(list)
    for technician, (group, mine) in by_person.items():
        fits = _fits(group, mine, technician)
        for seen in group:
            found = fits.get(id(seen), {})
            for number in found if len(found) == 1 else ():
                candidates[number].append(seen)
    settled: set[int] = set()
    for number, group in candidates.items():
        computers = {seen.first.computer for seen in group}
        is_one = len(group) == 1 or (len(computers) == 1 and None not in computers)
        if number in free and is_one:
            of_session[number] += group
            settled |= {id(seen) for seen in group}
    return [seen for seen in waiting if id(seen) not in settled]


def _technicians(session: SeenSession) -> set[str]:
    return {stretch.technician for stretch in session.stretches}


# --- suggestions --------------------------------------------------------------------------------


def _suggest(waiting: list[Seen], free: list[SeenSession]) -> tuple[list[Near], list[Seen]]:
    """Pair what fits in time and technician, though not by fingerprint; each side in one pair."""
    candidates = sorted(
        {
            (abs(seen.start_s - session.start_s), seen.keys, session.number): (seen, session, why)
            for seen, session, why in _candidates(waiting, free)
        }.items()
    )
    used: set[object] = set()
    near: list[Near] = []
    for _, (seen, session, why) in candidates:
        if seen.keys not in used and session.number not in used:
            used |= {seen.keys, session.number}
            near.append(Near(seen, (session.number,), why))
    return near, [seen for seen in waiting if seen.keys not in used]


def _candidates(waiting: list[Seen], free: list[SeenSession]) -> Iterator[tuple[Seen, SeenSession, str]]:
    by_number = {session.number: session for session in free}
    for seen_group, session_group, technician in _alike(waiting, free):
        numbered = {id(seen): seen for seen in seen_group}
        for seen_id, numbers in _fits(seen_group, session_group, technician).items():
            for number in numbers:
                seen, session = numbered[seen_id], by_number[number]
                why = _why(seen, session)
                if why is not None:
                    yield seen, session, why


def _alike(
    waiting: list[Seen], free: list[SeenSession]
) -> Iterator[tuple[list[Seen], list[SeenSession], str | None]]:
    """Yield groups in which pairs may be near: the same sorted digits, the same technician."""
    by_digits: dict[str, tuple[list[Seen], list[SeenSession]]] = defaultdict(lambda: ([], []))
    by_person: dict[str, tuple[list[Seen], list[SeenSession]]] = defaultdict(lambda: ([], []))
    for seen in waiting:
        if seen.marks is not None:
            by_digits[seen.marks[1]][0].append(seen)
        if seen.technician is not None:
            by_person[seen.technician][0].append(seen)
    for session in free:
        if session.marks is not None:
            by_digits[session.marks[1]][1].append(session)
        for technician in {stretch.technician for stretch in session.stretches}:
            by_person[technician][1].append(session)
    for seen_group, session_group in by_digits.values():
        yield seen_group, session_group, None
    for technician, (seen_group, session_group) in by_person.items():
        yield seen_group, session_group, technician


def _why(seen: Seen, session: SeenSession) -> str | None:
    """Return why a pair that fits in time is worth a look; None where it is not."""
    if seen.customer is not None and seen.customer != session.customer:
        return None
    knows = seen.technician in _technicians(session)
    if seen.marks is not None and session.marks is not None and seen.marks[1] == session.marks[1]:
        if seen.technician is None:
            return "technician_unknown"
        return "digits_swapped" if knows else None
    if seen.marks is None or session.marks is None:
        return "no_remote_id" if knows else None
    is_other_month = _month(seen.start_s) != _month(session.marked_s)
    return "other_month" if knows and is_other_month else None


def _month(second: int) -> str:
    return local_month(from_epoch_seconds(second))
