"""Inputs of the reconciliation: sessions and records around a period, read from the log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
from ledger.store.reader import Row
from projections.inputs.decode import OrdinaryLife, decode, ordinary
from projections.inputs.session_snapshot import only_kind
from projections.inputs.state import Inputs
from projections.views import Views

MARGIN_S = LONGEST_S + SLACK_S
"""A session or record this near to a period may match something in it."""
CHUNK = 2_000
"""Streams read at a time."""
_AROUND = """\
SELECT number FROM sessions WHERE connected_at < ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY number"""


class Billed(NamedTuple):
    """The inputs of rating a session, but for the times of its connections."""

    customer: str
    tariff: str | None
    facts: SessionFacts


class PeriodSessions(NamedTuple):
    """The sessions around a period: as reconciled, as rated, and their references."""

    seen: list[SeenSession]
    billed: dict[int, Billed]
    refs: dict[int, str]
    voided: set[int]
    """Sessions put aside as recorded by mistake: they are reconciled with nothing."""


# --- sessions -----------------------------------------------------------------------------------


def sessions_around(views: Views, inputs: Inputs, scope: Scope, as_of: datetime) -> PeriodSessions:
    """Return the sessions connected in or near a period; those billed before adoption are left out."""
    around = PeriodSessions([], {}, {}, set())
    for numbers in _around(views, scope):
        others: list[int] = []
        for number, _, events in inputs.store.lives(numbers, inputs.position):
            life = ordinary(events)
            if life is None:
                others.append(number)
            else:
                _take_ordinary(around, number, life, inputs)
        for number, session in inputs.sessions(others) if others else ():
            _take_any(around, number, session, inputs, as_of)
    around.seen.sort(key=attrgetter("number"))
    return around


def _take_ordinary(around: PeriodSessions, number: int, life: OrdinaryLife, inputs: Inputs) -> None:
    """Add a session that was connected once, ended, and whose data are deleted, as most are."""
    state = inputs.state
    opening, joined, left, gone = life.opening, life.joining, life.leaving, life.purging
    if state.billing_from is not None and state.billed_before_adoption(left.at):
        return
    requested_s, start_s, end_s = epoch_seconds(opening.at), epoch_seconds(joined.at), epoch_seconds(left.at)
    stretches = (Stretch(joined.technician, start_s, end_s),)
    around.seen.append(
        SeenSession(
            number,
            stretches,
            opening.marks,
            requested_s,
            end_s,
            epoch_seconds(gone.at),
            customer=inputs.root(opening.customer),
        )
    )
    kinds = (only_kind(opening.issue, opening.order_ref),)
    facts = SessionFacts(requested_s, ((start_s, end_s),), kinds, (), None)
    around.billed[number] = Billed(opening.customer, joined.tariff, facts)
    if opening.session_ref is not None:
        around.refs[number] = opening.session_ref


def _take_any(around: PeriodSessions, number: int, session: Session, inputs: Inputs, as_of: datetime) -> None:
    state = inputs.state
    if session.ended_at is not None and state.billed_before_adoption(session.ended_at):
        return
    if session.voided:
        around.voided.add(number)
        return
    seen = _seen(number, session, state, as_of)
    around.seen.append(msgspec.structs.replace(seen, customer=inputs.root(session.customer)))
    around.billed[number] = Billed(session.customer, session.tariff, rating_facts(session, ()))
    if session.session_ref is not None:
        around.refs[number] = session.session_ref


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
        marks=session.remote_id_fingerprints,
        marked_s=epoch_seconds(session.requested_at),
        ended_s=_seconds(session.ended_at),
        purged_s=_seconds(session.purged_at),
        keeps_data=_keeps_data(session, state, as_of),
        unrecorded=session.unrecorded,
    )


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_seconds(instant)


def _keeps_data(session: Session, state: LedgerState, as_of: datetime) -> bool:
    """Return True if its data should be gone by then: past the SLA, and not on hold."""
    if session.ended_at is None or session.purged_at is not None or session.words_erased:
        return False
    is_held = session.held_until is not None and session.held_until >= office_time(as_of).date()
    allowed = timedelta(seconds=state.settings["purge.sla_seconds"])
    return not is_held and session.ended_at + allowed < as_of


# --- records ------------------------------------------------------------------------------------


def records_around(
    inputs: Inputs, position: int, scope: Scope, voided: Collection[int]
) -> Iterator[SeenRecord]:
    """Yield the records that began in or near a period; attempts are no connections.

    One that a person gave to a session put aside is of no session: it may be of the other entry.
    """
    store = inputs.store
    keys = store.keys("record")
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for key, rows in store.streams("record", chunk, position):
            record = _record(inputs, str(key), rows)
            if record is None:
                continue
            if record.session in voided:
                record = msgspec.structs.replace(record, session=None)
            if record.started_s - scope.begins_s >= -MARGIN_S and record.started_s < scope.ends_s + MARGIN_S:
                yield record


def _record(inputs: Inputs, key: str, rows: Sequence[Row]) -> SeenRecord | None:
    """Return a record as its source reported it last, with its match or dismissal; None for an attempt."""
    record: Record | None = None
    stream = UUID(bytes=rows[0][1])
    for row in rows:
        record = evolve_record(record, stream, decode(row))
    found = cast("Record", record)
    if found.kind == "attempt":
        return None
    return SeenRecord(
        key=key,
        source=f"{found.adapter}/{found.instance}",
        started_s=epoch_seconds(found.times.started_at),
        ended_s=_seconds(found.times.ended_at),
        technician=found.technician,
        marks=found.remote_id_fingerprints,
        session=None if found.session is None else inputs.store.session_number(found.session),
        dismissed=found.dismissed is not None,
        customer=None if found.customer is None else inputs.root(found.customer),
        computer=found.computer,
    )
