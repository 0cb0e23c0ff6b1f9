"""Inputs of the reconciliation: sessions and records around a period, read from the log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

import msgspec

from ledger.domain.clock import epoch_microseconds, epoch_seconds, from_epoch_microseconds, office_time
from ledger.domain.ledger_state import LedgerState
from ledger.domain.rating.inputs import SessionFacts
from ledger.domain.reconciliation.finding import Scope
from ledger.domain.reconciliation.inputs import LONGEST_S, SLACK_S, SeenRecord, SeenSession, Stretch
from ledger.domain.source_record import Record
from ledger.domain.source_record import evolve as evolve_record
from ledger.store.reader import Row
from projections.inputs.decode import decode
from projections.inputs.life import SECOND_US, Life
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
        for life in inputs.lives(numbers):
            _take(around, life, inputs.state, as_of)
    return around


def _take(around: PeriodSessions, life: Life, state: LedgerState, as_of: datetime) -> None:
    ended_us = life.ended_us
    if (
        ended_us is not None
        and state.billing_from is not None
        and state.billed_before_adoption(from_epoch_microseconds(ended_us))
    ):
        return
    if life.voided:
        around.voided.add(life.number)
        return
    around.seen.append(_seen(life, state, as_of))
    around.billed[life.number] = Billed(life.customer, life.tariff, life.rating_facts(()))
    if life.session_ref is not None:
        around.refs[life.number] = life.session_ref


def _around(views: Views, scope: Scope) -> Iterator[list[int]]:
    begins_us, ends_us = (scope.begins_s - MARGIN_S) * 1_000_000, (scope.ends_s + MARGIN_S) * 1_000_000
    numbers = [number for (number,) in views.execute(_AROUND, (ends_us, begins_us))]
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))


def _seen(life: Life, state: LedgerState, as_of: datetime) -> SeenSession:
    return SeenSession(
        number=life.number,
        stretches=tuple(
            [Stretch(c.technician, c.begun_us // SECOND_US, _whole(c.ended_us)) for c in life.connections]
        ),
        marks=life.fingerprints,
        marked_s=life.requested_us // SECOND_US,
        ended_s=_whole(life.ended_us),
        purged_s=_whole(life.purged_us),
        keeps_data=_keeps_data(life, state, as_of),
        unrecorded=life.unrecorded,
        customer=life.customer,
    )


def _whole(instant_us: int | None) -> int | None:
    return None if instant_us is None else instant_us // SECOND_US


def _keeps_data(life: Life, state: LedgerState, as_of: datetime) -> bool:
    """Return True if its data should be gone by then: past the SLA, and not on hold."""
    if life.ended_us is None or life.purged_us is not None or life.words_erased:
        return False
    is_held = life.held_until is not None and life.held_until >= office_time(as_of).date().isoformat()
    allowed_us = state.settings["purge.sla_seconds"] * SECOND_US
    return not is_held and life.ended_us + allowed_us < epoch_microseconds(as_of)


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
        ended_s=None if found.times.ended_at is None else epoch_seconds(found.times.ended_at),
        technician=found.technician,
        marks=found.remote_id_fingerprints,
        session=None if found.session is None else inputs.store.session_number(found.session),
        dismissed=found.dismissed is not None,
        customer=None if found.customer is None else inputs.root(found.customer),
        computer=found.computer,
    )
