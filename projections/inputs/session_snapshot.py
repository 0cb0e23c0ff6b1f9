"""Where one session stands: what its rows are made of, in integers.

An ordinary session was requested, connected once, ended, and its data were deleted: its standing comes
straight from its four facts. Every other session is the domain's own `Session`, read from its stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.rating.inputs import NEVER_S, Kind, Purchase, SessionFacts
from ledger.domain.session.doubts import doubts_of
from ledger.domain.session.evolve import Session, State, rating_facts
from ledger.store.reader import Row
from projections.inputs.decode import OrdinaryLife
from projections.inputs.event_sets import OF_THE_AMOUNT, TYPED_MOMENTS

BACK_DATED_US = timedelta(minutes=15) // timedelta(microseconds=1)
"""A moment typed longer ago than this is flagged."""
_SECOND_US = 1_000_000


class Standing(msgspec.Struct, gc=False):
    """A session; instants are microseconds since 1970. `session` is there when it is no ordinary one."""

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
    told_us: int
    """When the last fact was recorded that its amount depends on."""
    back_dated: bool
    measured: tuple[int, int, int] = (0, 0, 0)
    """Targets of every workstation's last attempt; files and bytes that all attempts removed."""
    state: State = "purged"
    connections: int = 1
    cancelled_us: int | None = None
    purging: Literal["", "started", "failed"] = ""
    """started: a purge has no outcome yet. failed: its outcome was that something is still there."""
    doubts: tuple[str, ...] = ()
    """Flags that keep its deletion from being claimed."""
    superseded: bool = False
    """Whether its last certificate was superseded, and no new one issued."""
    held_until: str | None = None
    billed: str | None = None
    billed_as: tuple[int, dict[str, int]] | None = None
    """What the invoice says of it: net, and started hours by band."""
    confirmed: bool = False
    session: Session | None = None
    is_plain: bool = True
    """Whether it had one connection, which ended with it, was about one thing, and nothing was waived."""

    def rating_facts(self, purchases: tuple[Purchase, ...]) -> SessionFacts:
        """What rating reads of it; for a session that was connected and has ended."""
        if self.session is not None:
            return rating_facts(self.session, purchases)
        assert self.connected_us is not None  # noqa: S101 - as the docstring says
        assert self.ended_us is not None  # noqa: S101 - as the docstring says
        requested_s = self.requested_us // _SECOND_US
        connection = (self.connected_us // _SECOND_US, self.ended_us // _SECOND_US)
        kinds = (only_kind(self.issue, self.order_ref),)
        return SessionFacts(requested_s, (connection,), kinds, purchases, None)


def only_kind(issue: e.Issue, order_ref: str | None) -> Kind:
    """The only kind of a session; it holds from the beginning, whenever that was."""
    return Kind(NEVER_S, issue, order_ref)


def is_back_dated(source: e.Source, at_us: int, recorded_us: int) -> bool:
    """Whether a moment was typed long after it was; an import tells of the past by right."""
    return source == "cli" and recorded_us - at_us > BACK_DATED_US


def of_ordinary(number: int, customer: str, life: OrdinaryLife) -> Standing:
    """An ordinary session."""
    opening, joining, leaving, purging = life.opening, life.joining, life.leaving, life.purging
    connected_us, ended_us = epoch_microseconds(joining.at), epoch_microseconds(leaving.at)
    back_dated = False
    if joining.source == "cli" or leaving.source == "cli":
        back_dated = is_back_dated(joining.source, connected_us, life.joined_us) or is_back_dated(
            leaving.source, ended_us, life.left_us
        )
    standing = Standing(
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
        standing.billed = f"elsewhere:{billing.document}"
    elif billing is not None:
        standing.billed, standing.billed_as = billing.number, (billing.net_grosze, billing.band_hours)
    return standing


def of_session(number: int, customer: str, session: Session, told: Sequence[tuple[Row, e.Event]]) -> Standing:
    """Any session, with the facts that it is made of and the rows that hold them."""
    on = session.billed_on
    certificates, connections = session.certificates, session.connections
    return Standing(
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
        purge_index=max((row[0] for row, event in told if type(event) is e.DataPurged), default=None),
        told_us=max((row[4] for row, event in told if isinstance(event, OF_THE_AMOUNT)), default=0),
        back_dated=any(
            is_back_dated(event.source, epoch_microseconds(event.at), row[4])
            for row, event in told
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
        billed_as=None if on is None else (on.net_grosze, on.band_hours),
        confirmed=session.confirmed,
        session=session,
        is_plain=len(connections) == len(session.issues) == 1
        and connections[0].disconnected_at == session.ended_at
        and not (session.waived_percent or session.waived_hours),
    )


def _measured(targets: tuple[e.PurgeTarget, ...]) -> tuple[int, int, int]:
    return len(targets), sum(target.files for target in targets), sum(target.bytes for target in targets)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_microseconds(instant)
