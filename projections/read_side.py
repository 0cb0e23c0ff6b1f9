"""The read models as others ask them: `ReadSide` for the ledger's commands, `snapshot` for reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ledger.application.ledger import Ledger
from ledger.application.read_models import (
    ClockSkew,
    Difference,
    MonthStatus,
    OpenFinding,
    Overlap,
    Unbilled,
    UnbilledSession,
    WaitingPurge,
)
from ledger.domain import events as e
from ledger.domain.clock import Period, epoch_microseconds, from_epoch_microseconds
from ledger.domain.ledger_state import LedgerState
from ledger.domain.reconciliation.finding import month_of_id
from ledger.errors import NothingRecorded, ViewsDamaged
from ledger.message import msg
from projections.engine import runner
from projections.engine.blocks import uncollected
from projections.read_models import billing, deletions, sessions
from projections.views import Views, live_file, opened

if TYPE_CHECKING:
    from ledger.folder.workers import Workers

UNRELATED_TOPICS = frozenset(
    event.TOPIC
    for event in (
        e.InvoiceIssued,
        e.InvoiceCorrected,
        e.InvoiceSent,
        e.InvoiceSubmitted,
        e.InvoiceAccepted,
        e.InvoiceRejected,
        e.KsefObligationBegan,
        e.KsefOutageBegan,
        e.KsefOutageEnded,
        e.KsefOutageWithdrawn,
        e.NumberDrawn,
        e.PaymentRecorded,
        e.PaymentReversed,
        e.StatementImported,
        e.TransferSeen,
        e.TransferAssigned,
        e.SessionBilled,
    )
)
"""Events that the reconciliation does not read: a plan of invoices records them, document after document."""
ANSWER_AGE_MAX = timedelta(minutes=1)
"""Data left behind become a finding by the passing of time alone."""
_RECEIPT = "receipt:"

# What a command asks is imported when it is asked: reports and most commands start without it.
# ruff: noqa: PLC0415


# --- reports ----------------------------------------------------------------------------------


class Snapshot(NamedTuple):
    """The read models and the ledger's state after the same event.

    `as_of` is the report's now, `acts_at` the one that exit statuses are decided by.
    """

    ledger: Ledger
    views: Views
    state: LedgerState
    position: int
    as_of: datetime
    acts_at: datetime

    def resolved_customer(self, code: str | None) -> str | None:
        """Return the code that a customer's sessions count under, None for None; raises CustomerUnknown."""
        if code is None:
            return None
        self.ledger.find_customer(code)
        return runner.root_of(self.views, code)


def position_at(ledger: Ledger, as_of: datetime | None) -> tuple[int, datetime]:
    """Return how many events a report covers and the moment it calls now.

    Without `as_of` all of them, and the moment of the last. Raises: NothingRecorded.
    """
    if as_of is None:
        return ledger.store.length(), ledger.last_recorded_at()
    position = ledger.store.position_at(epoch_microseconds(as_of))
    if position == 0:
        raise NothingRecorded(msg("nothing was recorded by then"))
    return position, as_of


@contextmanager
def snapshot(
    ledger: Ledger, as_of: datetime | None, deriving: runner.Deriving = runner.unseen
) -> Generator[Snapshot]:
    """Yield the live read models caught up or, with `as_of`, temporary ones of what was recorded by then.

    Without `as_of`, now is the moment of the last event read, and exit statuses look at the clock.
    """
    if as_of is None:
        with _current(ledger, deriving) as (views, position, moment):
            yield Snapshot(ledger, views, ledger.state_at(position), position, moment, ledger.now())
    else:
        position, moment = position_at(ledger, as_of)
        with runner.as_of(ledger.store, position) as views:
            yield Snapshot(ledger, views, ledger.state_at(position), position, moment, moment)


@contextmanager
def snapshot_at(ledger: Ledger, position: int) -> Generator[Snapshot]:
    """Yield temporary read models of the first `position` events; nothing is written beside the ledger.

    Now is the moment of the last of them, and exit statuses look at the clock.
    """
    moment = from_epoch_microseconds(ledger.store.recorded_at_us(position - 1))
    with runner.as_of(ledger.store, position) as views:
        yield Snapshot(ledger, views, ledger.state_at(position), position, moment, ledger.now())


@contextmanager
def _current(ledger: Ledger, deriving: runner.Deriving) -> Generator[tuple[Views, int, datetime]]:
    """Yield the live read model, its position, and the moment of its last event."""
    store = ledger.store
    with runner.current(ledger.folder.path, store, deriving) as views:
        position = runner.position_of(views)
        yield views, position, from_epoch_microseconds(store.recorded_at_us(position - 1))


# --- commands ---------------------------------------------------------------------------------


class _Answer(NamedTuple):
    """The open findings of a period at a position of the log, and when they were asked for."""

    position: int
    asked_at: datetime
    findings: Mapping[int, Sequence[str]]


class ReadSide:
    """Answer the port `ReadModels` from the live read model, caught up for each question.

    An answer is kept while nothing was recorded that could change it.
    """

    def __init__(
        self, ledger: Ledger, deriving: runner.Deriving = runner.unseen, workers: Workers | None = None
    ) -> None:
        self._ledger = ledger
        self._workers = workers
        self._deriving = deriving
        self._findings: dict[Period, _Answer] = {}
        self._months: dict[Period, tuple[int, MonthStatus]] = {}

    def open_findings(self, period: Period) -> Mapping[int, Sequence[str]]:
        """Return, by session number, the ids of the open findings of a period that are not acknowledged."""
        kept = self._findings.get(period)
        if kept is not None:
            kept = self._renewed(kept)
        if kept is None:
            kept = self._found(period)
        self._findings[period] = kept
        return kept.findings

    def finding(self, named: str) -> OpenFinding | None:
        """Return the open finding of an id, acknowledged or not; None where there is none."""
        from projections.queries.reconciliation import reconciled

        month = month_of_id(named)
        if month is None:
            return None
        with self._live() as (views, _, as_of):
            findings = reconciled(views, self._ledger, month, as_of).findings
        found = (each for each in findings if each.id == named and each.severity == "open")
        return next((OpenFinding(each.id, each.kind) for each in found), None)

    def month_status(self, period: Period) -> MonthStatus:
        """Return what a period leaves open."""
        from projections.queries import month_status

        position, status = self._months.get(period, (-1, None))
        if status is None or position != self._ledger.store.length():
            with self._live() as (views, position, as_of):
                month = month_status.of_period(views, self._ledger, period, as_of)
            findings = [finding.id for finding in month.findings]
            status = MonthStatus(findings, month.open_sessions, month.unpurged, month.unbilled)
            self._months[period] = position, status
        return status

    def unbilled(self, period: Period, customer: str | None = None) -> Unbilled:
        """Return the sessions of a period without an invoice, of one customer where one is named."""
        with self._live() as (views, _, _):
            named = None if customer is None else runner.root_of(views, customer)
            found = billing.of_period(views, period, customer=named)
        return Unbilled(
            [_unbilled(each) for each in found.sessions if each.counted or _is_settled_by_till(each)],
            [(each.session, each.customer) for each in found.exceptions if each.kind == billing.UNBILLED],
        )

    def waiting_purges(self) -> Sequence[WaitingPurge]:
        """Return every ended session whose data are not recorded as deleted, by number."""
        sla_seconds = self._ledger.state.settings["purge.sla_seconds"]
        with self._live() as (views, _, _):
            found = deletions.undeleted(views, sla_seconds=sla_seconds)
        return [WaitingPurge(each.session, each.held_until is not None) for each in found]

    def connected_within(
        self, begins_at: datetime, ends_at: datetime, *, but: int
    ) -> Sequence[tuple[datetime, datetime | None]]:
        """Return beginning and end of the other sessions connected between two moments; None: not ended."""
        with self._live() as (views, _, _):
            return sessions.connected_within(views, begins_at, ends_at, but=but)

    def overlapping(self, session: int | None = None) -> Sequence[Overlap]:
        """Return the overlaps that nobody settled, of one session or of all."""
        from projections.queries import overlaps

        with self._live() as (views, _, _):
            return overlaps.of_all(views) if session is None else overlaps.of_session(views, session)

    def ended_sessions(self, period: Period, position: int) -> Sequence[int]:
        """Return the sessions that ended in a period by the first `position` events, by number."""
        sla_seconds = self._ledger.state.settings["purge.sla_seconds"]
        with runner.as_of(self._ledger.store, position) as views:
            found = deletions.history(views, period, sla_seconds=sla_seconds)
        return [each.session for each in found if not each.before_adoption]

    def clock_skews(self) -> Sequence[ClockSkew]:
        """Return how far the clock of each source lies from the ledger's, over the last month of events."""
        from projections.queries.reconciliation import skews

        with self._live() as (views, _, _):
            return skews(views, self._ledger)

    def differences(self) -> Iterator[Difference]:
        """Yield every row of the live read models that the events contradict."""
        from projections.engine.compare import differences

        store, live = self._ledger.store, live_file(self._ledger.folder.path)
        if live is None:
            return
        try:
            position = runner.position_in(live)
            if position is None or not runner.is_of(position, store):
                return
            with opened(live) as views, views.transaction(), uncollected():
                yield from differences(views, store, runner.position_of(views), self._workers)
        except sqlite3.DatabaseError as error:
            raise ViewsDamaged(msg("a read model is damaged")) from error

    def rebuild(self) -> None:
        """Derive the read models again from the first event, beside the live ones, then swap."""
        runner.replay(self._ledger.folder.path, self._ledger.store)

    def _found(self, period: Period) -> _Answer:
        from projections.queries import reconciliation

        with self._live() as (views, position, as_of):
            findings = reconciliation.open_findings(views, self._ledger, period, as_of)
            return _Answer(position, self._ledger.now(), findings)

    def _renewed(self, kept: _Answer) -> _Answer | None:
        """Return an answer as of the end of the log; None where it may be out of date."""
        if self._ledger.now() > kept.asked_at + ANSWER_AGE_MAX:
            return None
        position = kept.position
        for page in self._ledger.store.pages(position):
            if any(row[3] not in UNRELATED_TOPICS for row in page):
                return None
            position += len(page)
        return kept._replace(position=position)

    @contextmanager
    def _live(self) -> Generator[tuple[Views, int, datetime]]:
        with _current(self._ledger, self._deriving) as current:
            yield current


def _is_settled_by_till(session: billing.BilledSession) -> bool:
    return (session.billed or "").startswith(_RECEIPT)


def _unbilled(session: billing.BilledSession) -> UnbilledSession:
    receipt = (session.billed or "").removeprefix(_RECEIPT) or None
    return UnbilledSession(
        session.session, session.customer, receipt, session.vat_percent, session.net_grosze
    )
