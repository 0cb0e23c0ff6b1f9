"""`SessionSnapshot`: one session as its rows need it, in integers.

An ordinary session was requested, connected once, ended, and its data were deleted: its snapshot comes
straight from its four events. Every other one comes from the domain's `Session`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.rating.inputs import NEVER_S, Kind, Purchase, SessionFacts
from ledger.domain.session.doubts import doubts_of
from ledger.domain.session.evolve import Session, State, rating_facts
from ledger.store.reader import Row
from projections.inputs.decode import OrdinaryLife
from projections.inputs.event_sets import CHANGES_AMOUNT, TYPED_MOMENTS

BACK_DATED_US = timedelta(minutes=15) // timedelta(microseconds=1)
"""A moment typed later than this after it is flagged."""
_SECOND_US = 1_000_000


class SessionSnapshot(msgspec.Struct, gc=False):
    """A session; instants are microseconds since 1970. `session` is None for an ordinary one."""

    number: int
    customer: str
    """The code under which it counts."""
    session_ref: str | None
    issue: e.Issue
    order_ref: str | None
    personal: bool
    requested_us: int
    technicians: str
    tariff: str | None
    connected_us: int | None
    ended_us: int | None
    purged_us: int | None
    evidence: str
    purge_index: int | None
    amount_recorded_us: int
    """When the last event was recorded that its amount depends on."""
    back_dated: bool
    measured: tuple[int, int, int] = (0, 0, 0)
    """Targets of the last attempt of every workstation; files and bytes that all attempts removed."""
    state: State = "purged"
    connections: int = 1
    cancelled_us: int | None = None
    purging: Literal["", "started", "failed"] = ""
    """started: a purge has no outcome yet. failed: something is still there."""
    doubts: tuple[str, ...] = ()
    """Flags that keep its deletion from being claimed."""
    superseded: bool = False
    """True if its last certificate was superseded and no new one issued."""
    held_until: str | None = None
    billed: str | None = None
    billed_on: UUID | None = None
    """The invoice it stands on."""
    billed_as: tuple[int, dict[str, int]] | None = None
    """As on its invoice: net, and started hours by band."""
    changed_since_billed: bool = False
    """True if an event was recorded after its last bill that its amount depends on."""
    confirmed: bool = False
    voided: bool = False
    stretches: str | None = None
    """Technician, beginning and end of each connection as JSON; None where there is one at most."""
    session: Session | None = None

    def rating_facts(self, purchases: tuple[Purchase, ...]) -> SessionFacts:
        """Return the inputs of rating; for a session that was connected and has ended."""
        if self.session is not None:
            return rating_facts(self.session, purchases)
        assert self.connected_us is not None  # noqa: S101 - as the docstring says
        assert self.ended_us is not None  # noqa: S101 - as the docstring says
        requested_s = self.requested_us // _SECOND_US
        connection = (self.connected_us // _SECOND_US, self.ended_us // _SECOND_US)
        kinds = (only_kind(self.issue, self.order_ref),)
        return SessionFacts(requested_s, (connection,), kinds, purchases, None)


def only_kind(issue: e.Issue, order_ref: str | None) -> Kind:
    """Return the only kind of a session, which holds from its beginning."""
    return Kind(NEVER_S, issue, order_ref)


def is_back_dated(source: e.Source, at_us: int, recorded_us: int) -> bool:
    """Return True if a moment was typed long after it; an import is late by its nature."""
    return e.is_told(source) and recorded_us - at_us > BACK_DATED_US


def of_ordinary(number: int, customer: str, life: OrdinaryLife) -> SessionSnapshot:
    """Return the snapshot of an ordinary session."""
    opening, joining, leaving, purging = life.opening, life.joining, life.leaving, life.purging
    connected_us, ended_us = epoch_microseconds(joining.at), epoch_microseconds(leaving.at)
    back_dated = is_back_dated(joining.source, connected_us, life.joined_us) or is_back_dated(
        leaving.source, ended_us, life.left_us
    )
    snapshot = SessionSnapshot(
        number,
        customer,
        opening.session_ref,
        opening.issue,
        opening.order_ref,
        opening.commitment is not None,
        epoch_microseconds(opening.at),
        joining.technician,
        joining.tariff,
        connected_us,
        ended_us,
        epoch_microseconds(purging.at),
        purging.evidence,
        life.gone_index,
        life.left_us,
        back_dated,
        _measured(purging.targets) if purging.targets else (0, 0, 0),
        doubts=doubts_of(purging.targets, purging.rule) if purging.targets else (),
    )
    billing = life.billing
    if billing is not None and billing.document is not None:
        snapshot.billed = f"elsewhere:{billing.document}"
    elif billing is not None:
        snapshot.billed, snapshot.billed_on = billing.number, billing.invoice
        snapshot.billed_as = billing.net_grosze, billing.band_hours
    return snapshot


def of_session(
    number: int, customer: str, session: Session, recorded: Sequence[tuple[Row, e.Event]]
) -> SessionSnapshot:
    """Return the snapshot of any session, from its events and the rows that hold them."""
    on = session.billed_on
    certificates = session.certificates
    return SessionSnapshot(
        number=number,
        customer=customer,
        session_ref=session.session_ref,
        issue=session.issue,
        order_ref=session.order_ref,
        personal=session.commitment is not None and not session.words_erased,
        requested_us=epoch_microseconds(session.requested_at),
        technicians=" ".join(dict.fromkeys(c.technician for c in session.connections)),
        tariff=session.tariff,
        connected_us=_micros(session.connected_at),
        ended_us=_micros(session.ended_at),
        purged_us=_micros(session.purged_at),
        evidence=session.purge_evidence or "none",
        purge_index=max((row[0] for row, event in recorded if type(event) is e.DataPurged), default=None),
        amount_recorded_us=max(
            (row[4] for row, event in recorded if isinstance(event, CHANGES_AMOUNT)), default=0
        ),
        back_dated=any(
            is_back_dated(event.source, epoch_microseconds(event.at), row[4])
            for row, event in recorded
            if isinstance(event, TYPED_MOMENTS)
        ),
        measured=(sum(len(each.targets) for each in session.purge_outcomes.values()), *session.removed),
        state=session.state,
        connections=len(session.connections),
        cancelled_us=_micros(session.cancelled_at),
        purging="failed" if session.purge_failed_at else "started" if session.purge_started_at else "",
        doubts=session.doubts,
        superseded=bool(certificates) and certificates[-1].superseded is not None,
        held_until=None if session.held_until is None else session.held_until.isoformat(),
        billed=session.billed,
        billed_on=None if on is None else on.invoice,
        billed_as=None if on is None else (on.net_grosze, on.band_hours),
        changed_since_billed=on is not None and _is_changed_since_billed(recorded),
        confirmed=session.confirmed,
        voided=session.voided,
        stretches=_stretches(session.connections) if len(session.connections) > 1 else None,
        session=session,
    )


def _stretches(connections: Sequence[e.Connection]) -> str:
    found = [
        (each.technician, epoch_microseconds(each.connected_at), _micros(each.disconnected_at))
        for each in connections
    ]
    return msgspec.json.encode(found).decode()


def _is_changed_since_billed(recorded: Sequence[tuple[Row, e.Event]]) -> bool:
    for _, event in reversed(recorded):
        if isinstance(event, e.SessionBilled):
            return False
        if isinstance(event, CHANGES_AMOUNT):
            return True
    return False


def _measured(targets: tuple[e.PurgeTarget, ...]) -> tuple[int, int, int]:
    return len(targets), sum(target.files for target in targets), sum(target.bytes for target in targets)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_microseconds(instant)
