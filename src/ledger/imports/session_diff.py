"""The difference between a session of a file and the ledger: new, missing parts, nothing, or a conflict.

A file may come again after the ledger went its own way, by a correction or by commands. So what it says
is known when earlier imports said the same, even where a correction has replaced it since. Only what
neither they nor the session as it stands say is new, and has to fit the session as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.domain import events as e
from ledger.domain.identifiers import UNKNOWN_TECHNICIAN
from ledger.domain.metadata import Metadata
from ledger.domain.session.evolve import Session, project
from ledger.errors import (
    DeletionHeld,
    ImportConflict,
    LedgerError,
    SessionCancelled,
    SessionOpen,
    TechnicianConnected,
    TimeOrder,
)
from ledger.imports.session_rows import ImportedSession, RowStretch
from ledger.message import msg

TariffAt = Callable[[datetime], str | None]
"""Digest of the price list in force at an instant."""
Conflict = tuple[str, LedgerError]
"""The column that says something else, and what is wrong with it."""


class RecordedSession(NamedTuple):
    """A session as it stands, and as imports alone told it; the same where none of them opened it."""

    session: Session
    imported: Session


class Growth(NamedTuple):
    """What a file adds to a recorded session, or all that it says otherwise: one of them is empty."""

    facts: list[e.Event]
    conflicts: list[Conflict]


def recorded_session(history: Sequence[e.RecordedEvent]) -> RecordedSession:
    """Both views of a session from its events, of which there is at least one."""
    session = project(None, history)
    assert session is not None  # noqa: S101 - a reference is written with its session's first event
    if history[0].event.source != "import":
        return RecordedSession(session, session)
    imported = project(None, (event for event in history if event.event.source == "import"))
    return RecordedSession(session, imported or session)


def opening(
    author: Metadata, told: ImportedSession, marks: tuple[str, str] | None, tariff_at: TariffAt
) -> list[e.Event]:
    """All facts of a session that is not recorded yet."""
    requested = e.Requested(
        **author.header(told.requested_at or told.rows[0].connected_at),
        customer=told.first.customer,
        issue=told.first.issue,
        session_ref=told.first.session_ref,
        order_ref=told.order_ref,
        channel=told.channel,
        remote_id_fingerprints=marks,
    )
    facts = [requested, *_connections(author, told.stretches, 1, told.ended_at, tariff_at)]
    if told.ended_at is not None:
        facts.append(e.Ended(**author.header(told.ended_at), ended_by=told.ended_by or "technician"))
        facts += _afterwards(author, told, told.ended_at)
    return facts


def growth(author: Metadata, told: ImportedSession, recorded: RecordedSession, tariff_at: TariffAt) -> Growth:
    """Return what a file adds to a recorded session."""
    session = recorded.session
    matched = _match(told, recorded)
    ended_at = _end(told, session, matched)
    conflicts = [
        *_differing(told, recorded),
        *matched.conflicts,
        *_impossible(told, session, matched, ended_at),
    ]
    if conflicts:
        return Growth([], conflicts)
    facts: list[e.Event] = [
        e.Disconnected(**author.header(closed_at), connection=number)
        for number, closed_at in matched.closed.items()
        if closed_at != ended_at
    ]
    first = max((c.number for c in session.connections), default=0) + 1
    facts += _connections(
        author, matched.added, first, ended_at, lambda at: session.accepted_tariff or tariff_at(at)
    )
    if ended_at is not None:
        if session.ended_at is None:
            facts.append(e.Ended(**author.header(ended_at), ended_by=told.ended_by or "technician"))
        facts += _afterwards(author, told, ended_at, session)
    return Growth(facts, [])


def _connections(
    author: Metadata,
    stretches: Sequence[RowStretch],
    first: int,
    ended_at: datetime | None,
    tariff_at: TariffAt,
) -> list[e.Event]:
    """Return Connected and Disconnected in order of time; no Disconnected where the session ends."""
    facts: list[tuple[datetime, int, e.Event]] = []
    for number, (connected_at, closed_at, technician) in enumerate(stretches, start=first):
        connected = e.Connected(
            **author.header(connected_at),
            connection=number,
            technician=technician or UNKNOWN_TECHNICIAN,
            tariff=tariff_at(connected_at),
        )
        facts.append((connected_at, 2 * number, connected))
        if closed_at is not None and closed_at != ended_at:
            gone = e.Disconnected(**author.header(closed_at), connection=number)
            facts.append((closed_at, 2 * number + 1, gone))
    facts.sort(key=lambda entry: entry[:2])
    return [fact for _, _, fact in facts]


def _afterwards(
    author: Metadata, told: ImportedSession, ended_at: datetime, session: Session | None = None
) -> Iterator[e.Event]:
    """Yield the deletion and the old document, unless they are recorded."""
    if told.purged_at is not None and (session is None or session.purged_at is None):
        yield e.DataPurged(**author.header(told.purged_at))
    if told.billed_as is not None and (session is None or session.billed is None):
        yield e.BilledElsewhere(**author.header(ended_at), document=told.billed_as)


# --- what differs -----------------------------------------------------------------------------

_MAY_COME_LATER = ("ended_by", "purged_at", "billed_as")


def _differing(told: ImportedSession, recorded: RecordedSession) -> Iterator[Conflict]:
    """Columns that say something else than is recorded; an empty cell says nothing."""
    document = None if told.billed_as is None else f"elsewhere:{told.billed_as}"
    said: tuple[tuple[str, str, object], ...] = (
        ("customer", "customer", told.first.customer),
        ("issue", "issue", told.first.issue),
        ("order_ref", "order_ref", told.order_ref),
        ("requested_at", "requested_at", told.requested_at),
        ("channel", "channel", told.channel),
        ("ended_by", "ended_by", told.ended_by),
        ("purged_at", "purged_at", told.purged_at),
        ("billed_as", "billed", document),
    )
    for column, attribute, value in said:
        known = [getattr(view, attribute) for view in recorded]
        missing = column in _MAY_COME_LATER and known[0] is None
        if value is not None and not missing and value not in known:
            yield column, ImportConflict(msg("the session is recorded with another {column}", column=column))


class _Matched(NamedTuple):
    """Recorded connections that the file closes, by number, and connections that only the file has."""

    closed: dict[int, datetime]
    added: list[RowStretch]
    conflicts: list[Conflict]


def _match(told: ImportedSession, recorded: RecordedSession) -> _Matched:
    matched = _Matched({}, [], [])
    ours = {c.number: c for c in recorded.session.connections}
    before = {c.number: c for c in recorded.imported.connections}
    for stretch in told.stretches:
        number = _repeated(stretch, before) or _repeated(stretch, ours)
        if number is None:
            number = _met(stretch, before, ours, matched)
        if number is not None:
            ours.pop(number, None)
            before.pop(number, None)
    return matched


def _repeated(stretch: RowStretch, connections: dict[int, e.Connection]) -> int | None:
    """Return the number of the connection that says all that the stretch says."""
    for number, connection in connections.items():
        if _begins_alike(stretch, connection) and stretch.ended_at in (None, connection.disconnected_at):
            return number
    return None


def _met(
    stretch: RowStretch, before: dict[int, e.Connection], ours: dict[int, e.Connection], matched: _Matched
) -> int | None:
    """Return the number of the open connection that the stretch closes; None if new or a conflict."""
    alike = [n for view in (before, ours) for n, known in view.items() if _begins_alike(stretch, known)]
    opened = next((n for n in alike if n in ours and ours[n].disconnected_at is None), None)
    if opened is not None and stretch.ended_at is not None:
        matched.closed[opened] = stretch.ended_at
        return opened
    if alike:
        fact = msg("a connection is recorded with another end")
        matched.conflicts.append(("ended_at", ImportConflict(fact)))
    elif any(
        c.connected_at == stretch.connected_at and c.technician == UNKNOWN_TECHNICIAN for c in ours.values()
    ):
        fact = msg("a connection is recorded without its technician")
        matched.conflicts.append(("technician", ImportConflict(fact)))
    else:
        matched.added.append(stretch)
    return None


def _begins_alike(stretch: RowStretch, connection: e.Connection) -> bool:
    """Whether both begin together; a technician whom the file does not name may be anybody."""
    return stretch.connected_at == connection.connected_at and stretch.technician in (
        None,
        connection.technician,
    )


def _end(told: ImportedSession, session: Session, matched: _Matched) -> datetime | None:
    """When the session is over, as recorded or once the file is taken in; None while it goes on."""
    if session.ended_at is not None:
        return session.ended_at
    if told.ended_at is None or len(session.open_connections()) > len(matched.closed):
        return None
    return max(told.ended_at, session.last_disconnected_at() or told.ended_at)


def _impossible(
    told: ImportedSession, session: Session, matched: _Matched, ended_at: datetime | None
) -> Iterator[Conflict]:
    """Yield what the file says that cannot happen to the session as recorded."""
    if session.cancelled_at is not None:
        yield "connected_at", SessionCancelled(msg("the session was cancelled"))
    for connection in session.connections:
        if matched.closed.get(connection.number, connection.connected_at) < connection.connected_at:
            yield "ended_at", TimeOrder(msg("the connection ends before it is recorded to begin"))
    for stretch in matched.added:
        for error in _unfitting(stretch, session, matched.closed):
            yield "connected_at", error
    for column, value in (("purged_at", told.purged_at), ("billed_as", told.billed_as)):
        if value is not None and ended_at is None:
            yield column, SessionOpen(msg("the session has not ended"))
    if told.purged_at is not None and session.purged_at is None and session.held_until is not None:
        yield (
            "purged_at",
            DeletionHeld(msg("the deletion is suspended until {until}", until=session.held_until)),
        )


def _unfitting(stretch: RowStretch, session: Session, closed: dict[int, datetime]) -> Iterator[LedgerError]:
    """Yield the refusals of a new connection of the session."""
    if session.ended_at is not None:
        yield ImportConflict(msg("a connection after the recorded end"))
    if stretch.connected_at < session.requested_at:
        yield TimeOrder(msg("a connection before the recorded request"))
    if any(_overlaps(stretch, connection, closed) for connection in session.connections):
        yield TechnicianConnected(
            msg("{technician} is recorded as connected at that time", technician=stretch.technician)
        )


def _overlaps(stretch: RowStretch, connection: e.Connection, closed: dict[int, datetime]) -> bool:
    """Whether one technician would be connected twice at once."""
    if stretch.technician != connection.technician:
        return False
    closed_at = connection.disconnected_at or closed.get(connection.number)
    ends_before = closed_at is not None and closed_at <= stretch.connected_at
    begins_after = stretch.ended_at is not None and stretch.ended_at <= connection.connected_at
    return not (ends_before or begins_after)
