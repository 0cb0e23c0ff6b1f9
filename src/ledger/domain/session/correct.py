"""Corrections of a session, as complete new facts."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ledger import errors
from ledger.domain import events as e
from ledger.domain.session.commands import Correct
from ledger.domain.session.evolve import Session
from ledger.domain.session.life import SessionContext
from ledger.domain.time_rules import not_ahead, not_before
from ledger.message import msg


def correct(session: Session, command: Correct, context: SessionContext) -> e.SessionCorrected:
    """Return the complete new facts; the caller has checked the session's state.

    A connection that the end had closed moves with a corrected end, and the end moves with the last
    connection when nothing else is named.
    """
    for moment in command.moments:
        not_ahead(moment, context.now)
    if command.of_connections and not session.connections:
        raise errors.SessionNotConnected(msg("nobody has connected in this session"))
    connections = _corrected_connections(session, command, context)
    ended_at = _corrected_end(session, command, connections)
    connections = [
        msgspec.structs.replace(c, disconnected_at=ended_at) if _closed_by_end(session, command, c) else c
        for c in connections
    ]
    issues = _corrected_issues(session, command)
    if session.connections:
        _check_facts(connections, ended_at)
    customer = _corrected_customer(session, command, context)
    same = (list(session.connections), session.ended_at, list(session.issues))
    if customer is None and (connections, ended_at, issues) == same:
        raise errors.NothingToCorrect(msg("the correction changes nothing"))
    return e.SessionCorrected(
        **context.header,
        connections=tuple(connections),
        issues=tuple(issues),
        ended_at=ended_at,
        customer=customer,
        reason=command.reason,
    )


def _corrected_connections(session: Session, change: Correct, context: SessionContext) -> list[e.Connection]:
    numbers = {c.number for c in session.connections}
    for wanted in (change.connection, change.remove):
        if wanted is not None and wanted not in numbers:
            raise errors.ConnectionUnknown(msg("the session has no connection {wanted}", wanted=wanted))

    def pinned(when: datetime) -> str | None:
        return session.accepted_tariff or context.lookups.tariff_at(when)

    connections: list[e.Connection] = []
    for connection in session.connections:
        corrected = connection
        if connection.number == change.remove:
            continue
        if connection.number == change.connection:
            began = change.connected_at or connection.connected_at
            corrected = msgspec.structs.replace(
                connection,
                connected_at=began,
                disconnected_at=change.disconnected_at or connection.disconnected_at,
                tariff=connection.tariff if began == connection.connected_at else pinned(began),
            )
        connections.append(corrected)
    if change.add is not None:
        began, closed = change.add
        technician = change.technician or context.metadata.by
        connections.append(e.Connection(max(numbers) + 1, technician, began, closed, pinned(began)))
    return connections


def _corrected_end(session: Session, change: Correct, connections: list[e.Connection]) -> datetime | None:
    if change.ended_at is not None:
        if session.ended_at is None:
            raise errors.SessionOpen(msg("the session has not ended, so its end cannot be corrected"))
        return change.ended_at
    if session.ended_at is None or session.last_disconnected_at() != session.ended_at:
        return session.ended_at
    return max((c.disconnected_at for c in connections if c.disconnected_at), default=session.ended_at)


def _closed_by_end(session: Session, change: Correct, connection: e.Connection) -> bool:
    return (
        change.ended_at is not None
        and connection.disconnected_at == session.ended_at
        and connection.number != change.connection
    )


def _corrected_customer(session: Session, change: Correct, context: SessionContext) -> str | None:
    """Return whose session it always was; None where that stays as recorded."""
    if change.customer is None or change.customer == session.customer:
        return None
    context.lookups.require_customer(change.customer)
    return change.customer


def _corrected_issues(session: Session, change: Correct) -> list[e.IssueFrom]:
    if change.issue is None and change.order_ref is None:
        return list(session.issues)
    issue = change.issue or session.issue
    order_ref = change.order_ref or (session.order_ref if issue == "hardware" else None)
    return [e.IssueFrom(at=session.requested_at, issue=issue, order_ref=order_ref)]


def _check_facts(connections: list[e.Connection], ended_at: datetime | None) -> None:
    if not connections:
        raise errors.NothingToCorrect(msg("a session that was connected keeps at least one connection"))
    for connection in connections:
        closed = connection.disconnected_at or ended_at
        not_before(closed or connection.connected_at, connection.connected_at, msg("the connection began"))
        if ended_at is not None:
            not_before(ended_at, closed, msg("a connection"))
    opened = [c.technician for c in connections if c.disconnected_at is None]
    if ended_at is None and len(opened) != len(set(opened)):
        raise errors.TechnicianConnected(msg("a technician would be connected twice"))
