"""Records and sessions of a period, read from the log and reconciled.

No table of its own: the sessions of a period come from their streams by the numbers that the sessions
read model gives, the records from theirs, and nothing is kept afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import Connection, or_, select

from ledger.application import Ledger
from ledger.book import Book
from ledger.clock import (
    Period,
    epoch_seconds,
    from_epoch_seconds,
    office_time,
)
from ledger.errors import NoCalendar
from ledger.facts import DAY_SECONDS, NEVER_S, Kind, SessionFacts
from ledger.reconciling.finding import Finding, Intervals, Priced, Scope
from ledger.reconciling.findings import find
from ledger.reconciling.matching import Matching, match
from ledger.reconciling.seen import LONGEST_S, SLACK_S, SeenRecord, SeenSession, Stretch
from ledger.record import Record
from ledger.record import evolve as evolve_record
from ledger.session import Session, rating_facts
from ledger.session import evolve as evolve_session
from ledger.store.ledger_store import LedgerStore
from ledger.store.reading import Row
from projections.decoding import decode
from projections.fold import Fold
from projections.rates import listed, rater_of
from projections.runner import folded, position_of, uncollected
from projections.tables import sessions as table

MARGIN_S = LONGEST_S + SLACK_S
"""What lies so near to a period may belong to something in it."""
CHUNK = 2_000
"""So many streams are read at a time."""
FIRST_KEY, LAST_KEY = "", "\uffff"


class Counts(NamedTuple):
    """Records of the period, the connections behind them, those that belong to a session; sessions."""

    records: int
    connections: int
    matched: int
    sessions: int


class Reconciled(NamedTuple):
    """A period, reconciled. `acknowledged` are the ids of findings that somebody said may stand."""

    counts: Counts
    findings: list[Finding]
    session_refs: dict[int, str]
    acknowledged: frozenset[str]

    @property
    def waiting(self) -> list[Finding]:
        """The open findings that nobody has acknowledged."""
        return [f for f in self.findings if f.severity == "open" and f.id not in self.acknowledged]


class _Billed(NamedTuple):
    """What rating needs of a session, times aside."""

    customer: str
    tariff: str | None
    facts: SessionFacts


class _Told(NamedTuple):
    """The sessions around a period, and what belongs to them."""

    seen: list[SeenSession]
    billed: dict[int, _Billed]
    refs: dict[int, str]


def reconciled(views: Connection, ledger: Ledger, period: Period, as_of: datetime) -> Reconciled:
    """The reconciliation of a period, as of the events that the read model stands for.

    `as_of` is the moment that counts as now for data that should be gone.
    """
    with uncollected():
        return _reconciled(views, ledger, period, as_of)


def _reconciled(views: Connection, ledger: Ledger, period: Period, as_of: datetime) -> Reconciled:
    position = position_of(views)
    scope = Scope(epoch_seconds(period.begins_at), epoch_seconds(period.ends_at))
    fold = folded(views, ledger.store, position)
    told = _sessions(views, fold, scope, as_of)
    records = _records(ledger.store, position, scope)
    matching = match(records, told.seen)
    known = frozenset(
        str(key) for key, _ in ledger.store.streams_between("finding", FIRST_KEY, LAST_KEY, position)
    )
    findings = find(matching, told.seen, scope, _Pricing(fold, told.billed), known)
    return Reconciled(_counts(matching, told.seen, scope), findings, told.refs, known)


def open_findings(views: Connection, ledger: Ledger, period: Period, as_of: datetime) -> dict[int, list[str]]:
    """The sessions of a period that an unacknowledged open finding names, and the ids of these."""
    found: dict[int, list[str]] = {}
    for finding in reconciled(views, ledger, period, as_of).waiting:
        for number in finding.sessions:
            found.setdefault(number, []).append(finding.id)
    return found


class Skew(NamedTuple):
    """How far the beginnings that a source tells lie from the ledger's, over connections that match."""

    source: str
    connections: int
    median_s: int


SKEW_DAYS = 31
SKEW_CONNECTIONS_MIN = 3
"""Fewer matched connections say nothing of a clock."""


def skews(views: Connection, ledger: Ledger) -> list[Skew]:
    """Each source's clock against the ledger's, over the last month of events; shown, never applied."""
    last = epoch_seconds(ledger.last_recorded_at())
    scope = Scope(last - SKEW_DAYS * DAY_SECONDS, last)
    fold = folded(views, ledger.store, position_of(views))
    told = _sessions(views, fold, scope, ledger.last_recorded_at())
    matching = match(_records(ledger.store, fold.position, scope), told.seen)
    starts = {session.number: session.start_s for session in told.seen}
    apart: dict[str, list[int]] = defaultdict(list)
    for number, found in matching.of_session.items():
        for record in found[0].records:
            apart[record.source].append(record.started_s - starts[number])
    return [
        Skew(source, len(seconds), round(median(seconds)))
        for source, seconds in sorted(apart.items())
        if len(seconds) >= SKEW_CONNECTIONS_MIN
    ]


def _counts(matching: Matching, sessions: Sequence[SeenSession], scope: Scope) -> Counts:
    connections = [seen for seen in (*matching.connections, *matching.untrue) if scope.holds(seen.start_s)]
    matched = [seen for found in matching.of_session.values() for seen in found if scope.holds(seen.start_s)]
    return Counts(
        sum(len(seen.records) for seen in connections),
        len(connections),
        len(matched),
        sum(scope.has(session) for session in sessions),
    )


# --- sessions -----------------------------------------------------------------------------------


def _sessions(views: Connection, fold: Fold, scope: Scope, as_of: datetime) -> _Told:
    """The sessions that were connected in a stretch of time or near it; those billed before are not ours."""
    told = _Told([], {}, {})
    for number, session in _around(views, fold, scope):
        if session.ended_at is not None and fold.book.billed_before_adoption(session.ended_at):
            continue
        told.seen.append(_seen(number, session, fold.book, as_of))
        told.billed[number] = _Billed(session.customer, session.tariff, rating_facts(session, ()))
        if session.session_ref is not None:
            told.refs[number] = session.session_ref
    return told


def _around(views: Connection, fold: Fold, scope: Scope) -> Iterator[tuple[int, Session]]:
    begins_us, ends_us = (scope.begins_s - MARGIN_S) * 1_000_000, (scope.ends_s + MARGIN_S) * 1_000_000
    query = (
        select(table.c.number)
        .where(table.c.connected_at < ends_us)
        .where(or_(table.c.ended_at.is_(None), table.c.ended_at >= begins_us))
        .order_by(table.c.number)
    )
    numbers = list(views.execute(query).scalars())
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        wanted = set(chunk)
        for key, rows in fold.store.streams_between("session", chunk[0], chunk[-1], fold.position):
            if key in wanted:
                yield int(key), _session(rows)


def _session(rows: Sequence[Row]) -> Session:
    stream = UUID(bytes=rows[0][1])
    session: Session | None = None
    for row in rows:
        session = evolve_session(session, stream, decode(row))
    return cast("Session", session)


def _seen(number: int, session: Session, book: Book, as_of: datetime) -> SeenSession:
    return SeenSession(
        number=number,
        stretches=tuple(
            Stretch(c.technician, epoch_seconds(c.connected_at), _seconds(c.disconnected_at))
            for c in session.connections
        ),
        marks=session.marks,
        marked_s=epoch_seconds(session.requested_at),
        ended_s=_seconds(session.ended_at),
        purged_s=_seconds(session.purged_at),
        keeps_data=_keeps_data(session, book, as_of),
        unrecorded=session.unrecorded,
    )


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_seconds(instant)


def _keeps_data(session: Session, book: Book, as_of: datetime) -> bool:
    """Whether its data should be gone by then: past the time allowed, and not held for a reason."""
    if session.ended_at is None or session.purged_at is not None or session.words_erased:
        return False
    is_held = session.held_until is not None and session.held_until >= office_time(as_of).date()
    allowed = timedelta(seconds=book.settings["purge.sla_seconds"])
    return not is_held and session.ended_at + allowed < as_of


# --- records ------------------------------------------------------------------------------------


def _records(store: LedgerStore, position: int, scope: Scope) -> Iterator[SeenRecord]:
    """The records that began in a stretch of time, or near it."""
    keys = store.keys("record")
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for key, rows in store.streams_between("record", chunk[0], chunk[-1], position):
            record = _record(store, str(key), rows)
            if record.started_s - scope.begins_s >= -MARGIN_S and record.started_s < scope.ends_s + MARGIN_S:
                yield record


def _record(store: LedgerStore, key: str, rows: Sequence[Row]) -> SeenRecord:
    """A record as it stands: what its source said last, and what people made of it."""
    record: Record | None = None
    stream = UUID(bytes=rows[0][1])
    for row in rows:
        record = evolve_record(record, stream, decode(row))
    told = cast("Record", record)
    return SeenRecord(
        key=key,
        source=f"{told.adapter}/{told.instance}",
        started_s=epoch_seconds(told.times.started_at),
        ended_s=_seconds(told.times.ended_at),
        technician=told.technician,
        marks=told.marks,
        session=None if told.session is None else store.session_number(told.session),
        dismissed=told.dismissed is not None,
    )


# --- money --------------------------------------------------------------------------------------


class _Pricing:
    """What a session would cost, had it been connected at other times."""

    def __init__(self, fold: Fold, billed: dict[int, _Billed]) -> None:
        self._fold = fold
        self._billed = billed

    def __call__(self, number: int | None, intervals: Intervals) -> Priced | None:
        """Started hours and net; None where no price list says. Without a number, anybody's price."""
        if number is None:
            digest = self._fold.book.tariff_at(from_epoch_seconds(intervals[0][0]))
            kinds = (Kind(NEVER_S, "other", None),)
            facts = SessionFacts(intervals[0][0], intervals, kinds, (), None)
        else:
            billed = self._billed[number]
            digest = billed.tariff
            purchases = self._fold.purchases(self._fold.root(billed.customer))
            facts = billed.facts._replace(connections=intervals, purchases=purchases)
        if digest is None:
            return None
        book = self._fold.book
        try:
            totals = rater_of(listed(book, digest), book).totals(facts)
        except NoCalendar:
            return None
        return Priced(totals.started_hours, totals.net_grosze)
