"""Reconciliation of a period: records of the remote tools against sessions.

It has no table: sessions and records are read from their streams each time, the sessions by the numbers that
the sessions read model gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.application.read_models import ClockSkew
from ledger.domain.clock import Period, epoch_seconds, from_epoch_seconds
from ledger.domain.rating.inputs import DAY_SECONDS, NEVER_S, Kind, SessionFacts
from ledger.domain.reconciliation.finding import Finding, Intervals, Priced, Scope
from ledger.domain.reconciliation.inputs import SeenSession
from ledger.domain.reconciliation.matching import Matching, match
from ledger.domain.reconciliation.rules import find
from ledger.errors import NoCalendar
from projections.engine.blocks import uncollected
from projections.engine.runner import inputs_at, position_of
from projections.inputs.price_lists import listed, rater_of
from projections.inputs.state import Inputs
from projections.queries.reconciliation_inputs import Billed, records_around, sessions_around
from projections.views import Views


class Counts(NamedTuple):
    """Records of the period, the connections behind them, those that belong to a session; sessions."""

    records: int
    connections: int
    matched: int
    sessions: int


class Reconciled(NamedTuple):
    """A period, reconciled; `acknowledged` are ids of findings that a person accepted."""

    counts: Counts
    findings: list[Finding]
    session_refs: dict[int, str]
    acknowledged: frozenset[str]

    @property
    def waiting(self) -> list[Finding]:
        """The open findings that are not acknowledged."""
        return [f for f in self.findings if f.severity == "open" and f.id not in self.acknowledged]


def reconciled(views: Views, ledger: Ledger, period: Period, as_of: datetime) -> Reconciled:
    """Reconcile a period at the position of the read model.

    `as_of` is the moment that counts as now for data that should be gone.
    """
    with uncollected():
        return _reconciled(views, ledger, period, as_of)


def _reconciled(views: Views, ledger: Ledger, period: Period, as_of: datetime) -> Reconciled:
    position = position_of(views)
    scope = Scope(epoch_seconds(period.begins_at), epoch_seconds(period.ends_at))
    inputs = inputs_at(views, ledger.store, position)
    around = sessions_around(views, inputs, scope, as_of)
    records = records_around(inputs, position, scope, around.voided)
    matching = match(records, around.seen)
    ids = ledger.store.keys("finding")
    known = frozenset(str(key) for key, _ in ledger.store.streams("finding", ids, position))
    findings = find(matching, around.seen, scope, _Pricing(inputs, around.billed), known)
    return Reconciled(_counts(matching, around.seen, scope), findings, around.refs, known)


def open_findings(views: Views, ledger: Ledger, period: Period, as_of: datetime) -> dict[int, list[str]]:
    """Return the sessions that an open, unacknowledged finding of the period names, with its ids."""
    found: dict[int, list[str]] = {}
    for finding in reconciled(views, ledger, period, as_of).waiting:
        for number in finding.sessions:
            found.setdefault(number, []).append(finding.id)
    return found


SKEW_DAYS = 31
SKEW_CONNECTIONS_MIN = 3
"""Fewer matched connections are no measure of a clock."""


def skews(views: Views, ledger: Ledger) -> list[ClockSkew]:
    """Compare each source's clock with the ledger's, over the last month of events; shown, never applied."""
    last = epoch_seconds(ledger.last_recorded_at())
    scope = Scope(last - SKEW_DAYS * DAY_SECONDS, last)
    inputs = inputs_at(views, ledger.store, position_of(views))
    around = sessions_around(views, inputs, scope, ledger.last_recorded_at())
    matching = match(records_around(inputs, inputs.position, scope, around.voided), around.seen)
    starts = {session.number: session.start_s for session in around.seen}
    apart: dict[str, list[int]] = defaultdict(list)
    for number, found in matching.of_session.items():
        for record in found[0].records:
            apart[record.source].append(record.started_s - starts[number])
    return [
        ClockSkew(source, len(seconds), round(median(seconds)))
        for source, seconds in sorted(apart.items())
        if len(seconds) >= SKEW_CONNECTIONS_MIN
    ]


def _counts(matching: Matching, sessions: Sequence[SeenSession], scope: Scope) -> Counts:
    connections = [seen for seen in (*matching.connections, *matching.untrue) if scope.holds(seen.start_s)]
    matched = [seen for found in matching.of_session.values() for seen in found if scope.holds(seen.start_s)]
    return Counts(
        sum(len(seen.records) for seen in connections),
        len(connections),
        len(matched),
        sum(scope.has(session) for session in sessions),
    )


# --- money --------------------------------------------------------------------------------------


class _Pricing:
    """The amount of a session, had it been connected at other times."""

    def __init__(self, inputs: Inputs, billed: dict[int, Billed]) -> None:
        self._inputs = inputs
        self._billed = billed

    def __call__(self, number: int | None, intervals: Intervals) -> Priced | None:
        """Return started hours and net; None without a price list. Without a number, the list price."""
        if number is None:
            digest = self._inputs.state.tariff_at(from_epoch_seconds(intervals[0][0]))
            kinds = (Kind(NEVER_S, "other", None),)
            facts = SessionFacts(intervals[0][0], intervals, kinds, (), None)
        else:
            billed = self._billed[number]
            digest = billed.tariff
            purchases = self._inputs.purchases(self._inputs.root(billed.customer))
            facts = billed.facts._replace(connections=intervals, purchases=purchases)
        if digest is None:
            return None
        state = self._inputs.state
        try:
            totals = rater_of(listed(state, digest), state).totals(facts)
        except NoCalendar:
            return None
        return Priced(totals.started_hours, totals.net_grosze)
