"""The sessions read model: one row a session, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.clock import epoch_microseconds, from_epoch_microseconds
from projections.fold import Fold
from projections.tables import sessions as table
from projections.tracked import Tracked

NAME = "sessions"


def row(tracked: Tracked, fold: Fold) -> tuple[Any, ...]:
    """The row of a session, in the order of the table's columns."""
    return (
        tracked.number,
        tracked.stream,
        tracked.session_ref,
        fold.root(tracked.customer),
        tracked.state,
        tracked.issue,
        tracked.order_ref,
        tracked.technicians,
        tracked.connections,
        tracked.requested_us,
        tracked.connected_us,
        tracked.ended_us,
        tracked.purged_us,
        tracked.held_until,
        int(tracked.personal),
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


def connected_within(
    views: Connection, begins_at: datetime, ends_at: datetime, *, but: int
) -> list[tuple[datetime, datetime | None]]:
    """When the other sessions began and ended that were connected in a stretch of time; None: not ended."""
    query = (
        select(table.c.connected_at, table.c.ended_at)
        .where(table.c.number != but)
        .where(table.c.connected_at <= epoch_microseconds(ends_at))
        .where(table.c.ended_at.is_(None) | (table.c.ended_at >= epoch_microseconds(begins_at)))
        .order_by(table.c.number)
    )
    return [
        (from_epoch_microseconds(began), None if ended is None else from_epoch_microseconds(ended))
        for began, ended in views.execute(query)
    ]


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
    for found in views.execute(query).mappings():
        values: dict[str, Any] = dict(found)
        for name in ("requested_at", "connected_at", "ended_at", "purged_at"):
            if values[name] is not None:
                values[name] = from_epoch_microseconds(values[name])
        yield SessionLine(**values)
