"""Rows of a file put together to sessions, in the order in which the sessions appear."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from ledger.errors import ImportConflict, LedgerError, TechnicianConnected, TimeOrder
from ledger.imports.columns import Problems
from ledger.imports.session_rows import ImportedSession, RowStretch, SessionRow
from ledger.message import Hint, msg
from ledger.packed import MaybeSeen, PackedRows

_SAID_ONCE = ("requested_at", "order_ref", "remote_id", "channel", "purged_at", "billed_as")
_SAME = Hint("rows of one session say the same of it")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(SessionRow).decode


class SessionRows:
    """The typed rows of a file, kept packed: those of one session may stand anywhere in it.

    A row that is not the first of its session is kept by its reference too, so that the session is whole as
    soon as its first row comes.
    """

    def __init__(self, expected: int) -> None:
        self._rows = PackedRows(SessionRow)
        self._seen = MaybeSeen(expected)
        self._later: dict[str, list[tuple[int, bytes]]] = {}
        self._count = 0

    def add(self, row: SessionRow) -> None:
        """Keep one more row."""
        if self._seen.add(row.session_ref):
            self._later.setdefault(row.session_ref, []).append((self._count, _encode(row)))
        self._rows.add(row)
        self._count += 1

    def together(self, but: Container[str | None] = ()) -> Iterator[list[SessionRow]]:
        """Yield the rows of each session, without those references; sessions in order of their first rows."""
        whole: set[str] = set()
        for number, row in enumerate(self._rows):
            reference = row.session_ref
            if reference in whole or reference in but:
                continue
            more = self._later.get(reference)
            if more is None:
                yield [row]
            else:
                whole.add(reference)
                yield [row, *(_decode(packed) for at, packed in more if at > number)]


def one_session(rows: Sequence[SessionRow], problems: Problems) -> tuple[ImportedSession, int]:
    """Return the session of rows of one reference, and the number of identical rows dropped."""
    different: dict[tuple[object, ...], SessionRow] = {}
    if len(rows) == 1:
        session = _of_one_row(rows[0])
    else:
        for row in rows:
            different.setdefault(row[1:], row)
        session = ImportedSession(rows[0], tuple(sorted(different.values(), key=_in_order)))
        _add_up(session, problems)
    _check_order(session, problems)
    return session, len(rows) - len(session.rows)


def _of_one_row(row: SessionRow) -> ImportedSession:
    """Return the session that one row tells, as nearly every row does."""
    return ImportedSession(
        row,
        (row,),
        row.ended_at,
        None if row.ended_at is None else row.ended_by,
        row.requested_at,
        row.order_ref,
        row.remote_id,
        row.channel,
        row.purged_at,
        row.billed_as,
    )


def _add_up(session: ImportedSession, problems: Problems) -> None:
    """Take together what the rows say of the session."""
    for row in session.rows:
        _check_same(row, session.first, problems)
        for name in _SAID_ONCE:
            value = getattr(row, name)
            if value is None:
                continue
            if getattr(session, name) not in (None, value):
                problems.add(
                    row.line,
                    name,
                    ImportConflict(msg("the session has another {name}", name=name), hint=_SAME),
                )
            setattr(session, name, value)
    if all(row.ended_at is not None for row in session.rows):
        last = max(session.rows, key=lambda row: (row.ended_at or row.connected_at, row.ended_by is not None))
        session.ended_at, session.ended_by = last.ended_at, last.ended_by


def _in_order(row: SessionRow) -> tuple[datetime, bool, datetime]:
    return row.connected_at, row.ended_at is None, row.ended_at or row.connected_at


def _check_same(row: SessionRow, first: SessionRow, problems: Problems) -> None:
    for name in ("customer", "issue"):
        if getattr(row, name) != getattr(first, name):
            event = msg("the session has another {name} at line {line}", name=name, line=first.line)
            problems.add(row.line, name, ImportConflict(event, hint=_SAME))


def _check_order(session: ImportedSession, problems: Problems) -> None:
    """Check the rules over all rows of a session; what is wrong is noted at its first line."""

    def refuse(column: str, error: LedgerError) -> None:
        problems.add(session.first.line, column, error)

    if session.requested_at is not None and session.requested_at > session.rows[0].connected_at:
        refuse("requested_at", TimeOrder(msg("the request comes after the first connection")))
    if session.ended_at is None:
        for column, value in (("purged_at", session.purged_at), ("billed_as", session.billed_as)):
            if value is not None:
                refuse(column, TimeOrder(msg("a session that has not ended cannot have it")))
    if len(session.rows) > 1:
        for technician in _twice_at_once(session.stretches):
            event = msg("{technician} is connected twice at once", technician=technician)
            refuse("connected_at", TechnicianConnected(event))


def _twice_at_once(stretches: Iterable[RowStretch]) -> Iterable[str]:
    """Yield technicians who would be connected twice at a time; stretches come in order of time."""
    last: dict[str, RowStretch] = {}
    for stretch in stretches:
        if stretch.technician is None:
            continue
        before = last.get(stretch.technician)
        if before is not None and (before.ended_at is None or stretch.connected_at < before.ended_at):
            yield stretch.technician
        last[stretch.technician] = stretch
