"""The sessions read model: one row a session, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ledger.domain.clock import epoch_microseconds, from_epoch_microseconds
from projections.inputs.session_snapshot import Standing
from projections.inputs.state import Fold
from projections.views import Views

NAME = "sessions"


def row(standing: Standing, _fold: Fold) -> tuple[Any, ...]:
    """The row of a session, in the order of the table's columns."""
    return (
        standing.number,
        standing.session_ref,
        standing.customer,
        standing.state,
        standing.issue,
        standing.order_ref,
        standing.technicians,
        standing.connections,
        standing.requested_us,
        standing.connected_us,
        standing.ended_us,
        standing.purged_us,
        standing.held_until,
    )


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


_CONNECTED_WITHIN = """\
SELECT connected_at, ended_at FROM sessions
WHERE number != ? AND connected_at <= ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY number"""


def connected_within(
    views: Views, begins_at: datetime, ends_at: datetime, *, but: int
) -> list[tuple[datetime, datetime | None]]:
    """When the other sessions began and ended that were connected in a stretch of time; None: not ended."""
    given = (but, epoch_microseconds(ends_at), epoch_microseconds(begins_at))
    return [
        (from_epoch_microseconds(began), None if ended is None else from_epoch_microseconds(ended))
        for began, ended in views.execute(_CONNECTED_WITHIN, given)
    ]


_OPEN_STATES = {"requested", "connected", "disconnected"}
_LINES = """\
SELECT number, session_ref, customer, state, issue, order_ref, technicians, connections,
       requested_at, connected_at, ended_at, purged_at, held_until
FROM sessions WHERE {conditions} ORDER BY number"""


def listed(
    views: Views,
    *,
    states: Sequence[str] = (),
    customer: str | None = None,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Iterator[SessionLine]:
    """Sessions by number; of a period those requested in it."""
    conditions, given = ["1"], list[object]()
    if states:
        conditions.append(f"state IN ({','.join('?' * len(states))})")
        given += states
    # What is over is most of the table; said like this, an index leads past it.
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
    for *told, held_until in found:
        instants = [None if us is None else from_epoch_microseconds(us) for us in told[8:]]
        yield SessionLine._make((*told[:8], *instants, held_until))
