"""One session as the fold keeps it: what the rows are made of, in integers.

An ordinary session is connected once, ends, and its data are deleted: those facts are taken here as
they are. Every other session is the domain's own `Session`, read from its stream, and shows itself
here by `follow`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ledger import events as e
from ledger.clock import epoch_microseconds
from ledger.facts import NEVER_S, Kind, Purchase, SessionFacts
from ledger.session import Session, State, rating_facts
from projections.decoding import Joining, Leaving, Opening, Purging

BACK_DATED_US = timedelta(minutes=15) // timedelta(microseconds=1)
"""A moment typed longer ago than this is flagged."""
_SECOND_US = 1_000_000


class Tracked(msgspec.Struct, gc=False):
    """A session; instants are microseconds since 1970. `session` is there once it is no ordinary one."""

    number: int
    stream: bytes
    customer: str
    requested_us: int
    issue: e.Issue
    order_ref: str | None
    session_ref: str | None
    personal: bool
    state: State = "requested"
    technicians: str = ""
    connections: int = 0
    connected_us: int | None = None
    tariff: str | None = None
    ended_us: int | None = None
    cancelled_us: int | None = None
    purged_us: int | None = None
    purge_index: int | None = None
    evidence: str = "none"
    purging: Literal["", "started", "failed"] = ""
    """started: a purge has no outcome yet. failed: its outcome was that something is still there."""
    targets: int = 0
    files: int = 0
    bytes: int = 0
    superseded: bool = False
    """Whether its last certificate was superseded, and no new one issued."""
    held_until: str | None = None
    billed: str | None = None
    billed_as: tuple[int, dict[str, int]] | None = None
    """What the invoice says of it: net, and started hours by band."""
    confirmed: bool = False
    back_dated: bool = False
    told_us: int = 0
    """When the last fact was recorded that its amount depends on."""
    session: Session | None = None

    # --- an ordinary session ------------------------------------------------------------------

    def connect(self, fact: Joining, recorded_us: int) -> None:
        """The first connection."""
        at_us = epoch_microseconds(fact.at)
        self.state = "connected"
        self.technicians = fact.technician
        self.connections = 1
        self.connected_us = at_us
        self.tariff = fact.tariff
        self.back_dated = is_back_dated(fact.source, at_us, recorded_us)
        self.told_us = recorded_us

    def end(self, fact: Leaving, recorded_us: int) -> None:
        """The end of the only connection."""
        at_us = epoch_microseconds(fact.at)
        self.state = "ended"
        self.ended_us = at_us
        self.back_dated = self.back_dated or is_back_dated(fact.source, at_us, recorded_us)
        self.told_us = recorded_us

    def purge(self, fact: Purging, index: int) -> None:
        """The data of an ended session are gone."""
        self.state = "purged"
        self.purged_us = epoch_microseconds(fact.at)
        self.evidence = fact.evidence
        self.purging = ""
        self.purge_index = index
        if fact.targets:
            self.count([fact.targets])

    def count(self, outcomes: Iterable[tuple[e.PurgeTarget, ...]]) -> None:
        """Add up what was found removed, or gone, by every workstation."""
        measured = [target for targets in outcomes for target in targets]
        self.targets = len(measured)
        self.files = sum(target.files for target in measured)
        self.bytes = sum(target.bytes for target in measured)

    # --- any session --------------------------------------------------------------------------

    def follow(self, session: Session) -> None:
        """Show what the domain's session says, from now on."""
        self.session = session
        self.issue, self.order_ref = session.issue, session.order_ref
        self.state = session.state
        self.technicians = " ".join(dict.fromkeys(c.technician for c in session.connections))
        self.connections = len(session.connections)
        self.connected_us = _micros(session.connected_at)
        self.tariff = session.tariff
        self.ended_us = _micros(session.ended_at)
        self.cancelled_us = _micros(session.cancelled_at)
        self.purged_us = _micros(session.purged_at)
        self.evidence = session.purge_evidence or "none"
        self.purging = "failed" if session.purge_failed_at else "started" if session.purge_started_at else ""
        self.count(outcome.targets for outcome in session.purge_outcomes.values())
        self.superseded = bool(session.certificates) and session.certificates[-1].superseded is not None
        self.held_until = None if session.held_until is None else session.held_until.isoformat()
        self.billed = session.billed
        on = session.billed_on
        self.billed_as = None if on is None else (on.net_grosze, on.band_hours)
        self.confirmed = session.confirmed
        self.personal = self.personal and not session.words_erased

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


def requested(number: int, stream: bytes, fact: Opening) -> Tracked:
    """A session as its first fact tells it."""
    return Tracked(
        number,
        stream,
        fact.customer,
        epoch_microseconds(fact.at),
        fact.issue,
        fact.order_ref,
        fact.session_ref,
        fact.commitment is not None,
    )


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_microseconds(instant)
