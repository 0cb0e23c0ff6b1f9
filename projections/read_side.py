"""`ReadSide`: the read models as the ledger's commands ask them."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.application.read_models import MonthStatus
from ledger.domain import events as e
from ledger.domain.clock import Period, from_epoch_microseconds
from projections.engine import runner
from projections.queries import month_status as months
from projections.queries import reconciliation
from projections.views import Views

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
        e.NumberDrawn,
        e.PaymentRecorded,
        e.SessionBilled,
    )
)
"""Events that the reconciliation does not read: a plan of invoices records them, document after document."""
ANSWER_AGE_MAX = timedelta(minutes=1)
"""Data left behind become a finding by the passing of time alone."""


class _Answer(NamedTuple):
    """The open findings of a period at a position of the log, and when they were asked for."""

    position: int
    asked_at: datetime
    findings: Mapping[int, Sequence[str]]


class ReadSide:
    """Answer the port `ReadModels` from the live read model, caught up for each question.

    An answer is kept while nothing was recorded that could change it.
    """

    def __init__(self, ledger: Ledger, deriving: runner.Deriving = runner.unseen) -> None:
        self._ledger = ledger
        self._deriving = deriving
        self._findings: dict[Period, _Answer] = {}
        self._months: dict[Period, tuple[int, MonthStatus]] = {}

    def open_findings(self, period: Period) -> Mapping[int, Sequence[str]]:
        """Return, by session number, the ids of the open findings of a period that nobody acknowledged."""
        kept = self._findings.get(period)
        if kept is not None:
            kept = self._renewed(kept)
        if kept is None:
            kept = self._found(period)
        self._findings[period] = kept
        return kept.findings

    def month_status(self, period: Period) -> MonthStatus:
        """Return what a period leaves open."""
        position, status = self._months.get(period, (-1, None))
        if status is None or position != self._ledger.store.length():
            with self._current() as (views, position, as_of):
                month = months.of_period(views, self._ledger, period, as_of)
            findings = [finding.id for finding in month.findings]
            status = MonthStatus(findings, month.open_sessions, month.unpurged, month.unbilled)
            self._months[period] = position, status
        return status

    def _found(self, period: Period) -> _Answer:
        with self._current() as (views, position, as_of):
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
    def _current(self) -> Generator[tuple[Views, int, datetime]]:
        """Yield the live read model, its position, and the moment of its last event."""
        store = self._ledger.store
        with runner.current(self._ledger.folder.path, store, self._deriving) as views:
            position = runner.position_of(views)
            yield views, position, from_epoch_microseconds(store.recorded_at_us(position - 1))
