"""The sessions read model: one row a session, with its state and moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ledger.domain.clock import epoch_microseconds, from_epoch_microseconds
from projections.inputs.life import Connection, Life
from projections.inputs.state import Inputs
from projections.views import Views

NAME = "sessions"


def row(life: Life, _inputs: Inputs) -> tuple[Any, ...]:
    """Return the row of a session, in the order of the table's columns."""
    connections, kind = life.connections, life.kinds[-1]
    if len(connections) == 1:
        technicians, stretches = connections[0].technician, None
    else:
        technicians = " ".join(dict.fromkeys([each.technician for each in connections]))
        stretches = _stretches(connections) if connections else None
    return (
        life.number,
        life.session_ref,
        life.customer,
        life.state,
        kind.issue,
        kind.order_ref,
        technicians,
        len(connections),
        life.requested_us,
        life.connected_us,
        life.ended_us,
        life.purged_us,
        life.held_until,
        1 if life.voided else 0,
        1 if life.confirmed else 0,
        stretches,
    )


def _stretches(connections: Sequence[Connection]) -> str:
    found = [(each.technician, each.begun_us, each.ended_us) for each in connections]
    return msgspec.json.encode(found).decode()


class SessionLine(NamedTuple):
    """One session as a list shows it; instants are UTC."""

    number: int
    session_ref: str | None
    customer: str
    state: str
    issue: str
    order_ref: str | None
    technicians: str
    connections: int
    requested_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    purged_at: datetime | None
    held_until: str | None
    voided: bool


_CONNECTED_WITHIN = """\
SELECT connected_at, ended_at FROM sessions
WHERE number != ? AND connected_at <= ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY number"""


def connected_within(
    views: Views, begins_at: datetime, ends_at: datetime, *, but: int
) -> list[tuple[datetime, datetime | None]]:
    """Return beginning and end of the other sessions connected between two moments; None: not ended."""
    given = (but, epoch_microseconds(ends_at), epoch_microseconds(begins_at))
    return [
        (from_epoch_microseconds(began), None if ended is None else from_epoch_microseconds(ended))
        for began, ended in views.execute(_CONNECTED_WITHIN, given)
    ]


_OPEN_STATES = {"requested", "connected", "disconnected"}
_LINES = """\
SELECT number, session_ref, customer, state, issue, order_ref, technicians, connections,
       requested_at, connected_at, ended_at, purged_at, held_until, voided
FROM sessions WHERE {conditions} ORDER BY number"""


def listed(
    views: Views,
    *,
    states: Sequence[str] = (),
    customer: str | None = None,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Iterator[SessionLine]:
    """Yield sessions by number; of a period those requested in it."""
    conditions, given = ["1"], list[object]()
    if states:
        conditions.append(f"state IN ({','.join('?' * len(states))})")
        given += states
    # Most sessions are over; these conditions are those of the partial indexes that leave them out.
    if states and _OPEN_STATES.issuperset(states):
        conditions.append("ended_at IS NULL")
    elif set(states) == {"ended"}:
        conditions.append("ended_at IS NOT NULL AND purged_at IS NULL")
    if customer is not None:
        conditions.append("customer = ?")
        given.append(customer)
    if begins_at is not None:
        conditions.append("requested_at >= ?")
        given.append(epoch_microseconds(begins_at))
    if ends_at is not None:
        conditions.append("requested_at < ?")
        given.append(epoch_microseconds(ends_at))
    found = views.execute(_LINES.format(conditions=" AND ".join(conditions)), given)
    for *columns, held_until, voided in found:
        instants = [None if us is None else from_epoch_microseconds(us) for us in columns[8:]]
        yield SessionLine._make((*columns[:8], *instants, held_until, bool(voided)))
