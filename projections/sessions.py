"""The sessions read model: one row a session, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.clock import epoch_microseconds, from_epoch_microseconds
from projections.fold import Fold, Tracked
from projections.tables import sessions as table

NAME = "sessions"


def row(tracked: Tracked, fold: Fold) -> tuple[Any, ...]:
    """The row of a session, in the order of the table's columns."""
    session = tracked.session
    return (
        tracked.number,
        session.id.bytes,
        session.session_ref,
        fold.root(session.customer),
        session.state,
        session.issue,
        session.order_ref,
        " ".join(dict.fromkeys(c.technician for c in session.connections)),
        len(session.connections),
        epoch_microseconds(session.requested_at),
        _moment(session.connected_at),
        _moment(session.ended_at),
        _moment(session.purged_at),
        None if session.held_until is None else session.held_until.isoformat(),
        int(session.commitment is not None),
    )


def _moment(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_microseconds(instant)


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


def listed(
    views: Connection,
    *,
    states: Sequence[str] = (),
    customer: str | None = None,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Iterator[SessionLine]:
    """Sessions by number; of a period those requested in it."""
    columns = [c for c in table.c if c.name not in ("stream", "personal")]
    query = select(*columns).order_by(table.c.number)
    if states:
        query = query.where(table.c.state.in_(states))
    if customer is not None:
        query = query.where(table.c.customer == customer)
    if begins_at is not None:
        query = query.where(table.c.requested_at >= epoch_microseconds(begins_at))
    if ends_at is not None:
        query = query.where(table.c.requested_at < epoch_microseconds(ends_at))
    for found in views.execute(query):
        values = found._asdict()
        for name in ("requested_at", "connected_at", "ended_at", "purged_at"):
            if values[name] is not None:
                values[name] = from_epoch_microseconds(values[name])
        yield SessionLine(**values)
