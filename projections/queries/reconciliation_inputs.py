"""Sessions and records around a stretch of time, read from the log as the reconciliation sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, cast
from uuid import UUID

import msgspec

from ledger.domain.clock import epoch_seconds, office_time
from ledger.domain.ledger_state import LedgerState
from ledger.domain.rating.inputs import SessionFacts
from ledger.domain.reconciliation.finding import Scope
from ledger.domain.reconciliation.inputs import LONGEST_S, SLACK_S, SeenRecord, SeenSession, Stretch
from ledger.domain.session.evolve import Session, rating_facts
from ledger.domain.source_record import Record
from ledger.domain.source_record import evolve as evolve_record
from ledger.store.event_store import LedgerStore
from ledger.store.reader import Row
from projections.inputs.decode import OrdinaryLife, decode, ordinary
from projections.inputs.session_snapshot import only_kind
from projections.inputs.state import Fold
from projections.views import Views

MARGIN_S = LONGEST_S + SLACK_S
"""What lies so near to a period may belong to something in it."""
CHUNK = 2_000
"""So many streams are read at a time."""
_AROUND = """\
SELECT number FROM sessions WHERE connected_at < ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY number"""


class Billed(NamedTuple):
    """What rating needs of a session, times aside."""

    customer: str
    tariff: str | None
    facts: SessionFacts


class Told(NamedTuple):
    """The sessions around a period, and what belongs to them."""

    seen: list[SeenSession]
    billed: dict[int, Billed]
    refs: dict[int, str]


# --- sessions -----------------------------------------------------------------------------------


def sessions_around(views: Views, fold: Fold, scope: Scope, as_of: datetime) -> Told:
    """The sessions that were connected in a stretch of time or near it; those billed before are not ours."""
    told = Told([], {}, {})
    for numbers in _around(views, scope):
        others: list[int] = []
        for number, _, events in fold.store.lives(numbers, fold.position):
            life = ordinary(events)
            if life is None:
                others.append(number)
            else:
                _take_ordinary(told, number, life, fold)
        for number, session in fold.sessions(others) if others else ():
            _take_any(told, number, session, fold, as_of)
    told.seen.sort(key=attrgetter("number"))
    return told


def _take_ordinary(told: Told, number: int, life: OrdinaryLife, fold: Fold) -> None:
    """A session that was connected once, ended, and whose data are deleted: most of them are."""
    state = fold.state
    opening, joined, left, gone = life.opening, life.joining, life.leaving, life.purging
    if state.billing_from is not None and state.billed_before_adoption(left.at):
        return
    requested_s, start_s, end_s = epoch_seconds(opening.at), epoch_seconds(joined.at), epoch_seconds(left.at)
    stretches = (Stretch(joined.technician, start_s, end_s),)
    told.seen.append(
        SeenSession(
            number,
            stretches,
            opening.marks,
            requested_s,
            end_s,
            epoch_seconds(gone.at),
            customer=fold.root(opening.customer),
        )
    )
    kinds = (only_kind(opening.issue, opening.order_ref),)
    facts = SessionFacts(requested_s, ((start_s, end_s),), kinds, (), None)
    told.billed[number] = Billed(opening.customer, joined.tariff, facts)
    if opening.session_ref is not None:
        told.refs[number] = opening.session_ref


def _take_any(told: Told, number: int, session: Session, fold: Fold, as_of: datetime) -> None:
    state = fold.state
    if session.ended_at is not None and state.billed_before_adoption(session.ended_at):
        return
    seen = _seen(number, session, state, as_of)
    told.seen.append(msgspec.structs.replace(seen, customer=fold.root(session.customer)))
    told.billed[number] = Billed(session.customer, session.tariff, rating_facts(session, ()))
    if session.session_ref is not None:
        told.refs[number] = session.session_ref


def _around(views: Views, scope: Scope) -> Iterator[list[int]]:
    begins_us, ends_us = (scope.begins_s - MARGIN_S) * 1_000_000, (scope.ends_s + MARGIN_S) * 1_000_000
    numbers = [number for (number,) in views.execute(_AROUND, (ends_us, begins_us))]
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))


def _seen(number: int, session: Session, state: LedgerState, as_of: datetime) -> SeenSession:
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
        keeps_data=_keeps_data(session, state, as_of),
        unrecorded=session.unrecorded,
    )


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_seconds(instant)


def _keeps_data(session: Session, state: LedgerState, as_of: datetime) -> bool:
    """Whether its data should be gone by then: past the time allowed, and not held for a reason."""
    if session.ended_at is None or session.purged_at is not None or session.words_erased:
        return False
    is_held = session.held_until is not None and session.held_until >= office_time(as_of).date()
    allowed = timedelta(seconds=state.settings["purge.sla_seconds"])
    return not is_held and session.ended_at + allowed < as_of


# --- records ------------------------------------------------------------------------------------


def records_around(store: LedgerStore, position: int, scope: Scope, fold: Fold) -> Iterator[SeenRecord]:
    """The records that began in a stretch of time, or near it; attempts are no connections."""
    keys = store.keys("record")
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for key, rows in store.streams("record", chunk, position):
            record = _record(store, str(key), rows, fold)
            if record is None:
                continue
            if record.started_s - scope.begins_s >= -MARGIN_S and record.started_s < scope.ends_s + MARGIN_S:
                yield record


def _record(store: LedgerStore, key: str, rows: Sequence[Row], fold: Fold) -> SeenRecord | None:
    """A record as it stands: what its source said last, and what people made of it; None for an attempt."""
    record: Record | None = None
    stream = UUID(bytes=rows[0][1])
    for row in rows:
        record = evolve_record(record, stream, decode(row))
    told = cast("Record", record)
    if told.kind == "attempt":
        return None
    return SeenRecord(
        key=key,
        source=f"{told.adapter}/{told.instance}",
        started_s=epoch_seconds(told.times.started_at),
        ended_s=_seconds(told.times.ended_at),
        technician=told.technician,
        marks=told.marks,
        session=None if told.session is None else store.session_number(told.session),
        dismissed=told.dismissed is not None,
        customer=None if told.customer is None else fold.root(told.customer),
        computer=told.computer,
    )
