"""The table of states and commands, and what every decision on a session shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from ledger import errors
from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session.evolve import STATES, Session, State
from ledger.errors import Refused
from ledger.message import Message, msg

_OPEN: frozenset[State] = frozenset({"requested", "connected", "disconnected"})
_OVER: frozenset[State] = frozenset({"ended", "purged"})

LIFE: dict[str, frozenset[State]] = {
    "quote": _OPEN,
    "accept": _OPEN,
    "connect": _OPEN,
    "disconnect": frozenset({"connected"}),
    "end": frozenset({"connected", "disconnected"}),
    "reclassify": _OPEN,
    "correct": frozenset(STATES) - {"cancelled"},
    "void": _OVER,
    "waive": frozenset(STATES) - {"cancelled"},
    "note": frozenset(STATES),
    "cancel": frozenset({"requested"}),
    "confirm": _OVER,
    "bill-unrecorded": frozenset(STATES) - {"requested", "cancelled"},
    "hold": frozenset(STATES) - {"purged"},
    "release": frozenset(STATES) - {"purged"},
    "purge": frozenset({"ended", "cancelled"}),
    "review": _OVER,
    "bill-elsewhere": _OVER,
    "receipt": _OVER,
    "invoice-request": frozenset(STATES) - {"cancelled"},
}
"""The states in which each command may be given; further rules are in its decision."""

OF_VOIDED = frozenset({"correct", "void", "note", "hold", "release", "purge", "review"})
"""The commands of LIFE that a session may be given which is put aside: its data are still to be deleted."""

_REFUSALS: dict[State, tuple[type[Refused], Message]] = {
    "requested": (errors.SessionNotConnected, msg("nobody has connected in this session")),
    "connected": (errors.SessionOpen, msg("the session is still connected")),
    "disconnected": (errors.SessionOpen, msg("the session has not ended")),
    "ended": (errors.SessionEnded, msg("the session has ended")),
    "purged": (errors.SessionEnded, msg("the session has ended and its data are deleted")),
    "cancelled": (errors.SessionCancelled, msg("the session was cancelled")),
}
_OWN_REFUSALS: dict[tuple[str, State], tuple[type[Refused], Message]] = {
    ("disconnect", "disconnected"): (errors.SessionNotConnected, msg("nobody is connected now")),
    ("cancel", "connected"): (errors.SessionWasConnected, msg("somebody is connected in this session")),
    ("cancel", "disconnected"): (errors.SessionWasConnected, msg("somebody was connected in this session")),
    ("purge", "requested"): (errors.SessionOpen, msg("the session has not ended")),
    ("purge", "purged"): (errors.SessionPurged, msg("the session's data are deleted already")),
    ("hold", "purged"): (errors.SessionPurged, msg("the session's data are deleted already")),
    ("release", "purged"): (errors.SessionPurged, msg("the session's data are deleted already")),
    ("review", "requested"): (errors.SessionOpen, msg("the session has not ended")),
    ("bill-elsewhere", "requested"): (errors.SessionOpen, msg("the session has not ended")),
    ("receipt", "requested"): (errors.SessionOpen, msg("the session has not ended")),
    ("void", "requested"): (errors.NothingToVoid, msg("nobody has connected in this session")),
    ("void", "connected"): (errors.NothingToVoid, msg("the session is still connected")),
    ("void", "disconnected"): (errors.NothingToVoid, msg("the session has not ended")),
    ("confirm", "requested"): (errors.SessionOpen, msg("the session has not ended")),
}


class Lookups(Protocol):
    """Look-ups of a decision beside the session; answered when asked."""

    def tariff_at(self, at: datetime) -> str | None:
        """Return the digest of the price list in force at a moment."""
        ...

    def price(self, session: Session, at: datetime) -> tuple[str, Sequence[e.PriceSegment]]:
        """Return the digest of the price list in force and the price under it; raises NoQuote."""
        ...

    def require_customer(self, code: str) -> None:
        """Raise CustomerUnknown or CustomerGone unless sessions can be of the customer of a code."""
        ...

    def is_charged(self, session: Session) -> bool:
        """Return True if the invoice that a session stands on, as corrected, has a line of it."""
        ...

    def rated(self, session: Session) -> tuple[int, int] | None:
        """Return an ended session's started hours and net before any waiver; None without a price."""
        ...

    def overlaps(self, session: Session) -> bool:
        """Return True if another session of its technician or customer was connected at the same time."""
        ...

    def sample_of(self, session: Session) -> str | None:
        """Return the last sample that the session was drawn in."""
        ...


class SessionContext(NamedTuple):
    """The recorder, the moment of the event, the moment of recording, and the look-ups."""

    metadata: Metadata
    at: datetime
    now: datetime
    lookups: Lookups

    @property
    def header(self) -> dict[str, Any]:
        """The fields that every event of the command begins with."""
        return self.metadata.header(self.at)


def require(session: Session, step: str) -> None:
    """Raise the refusal of LIFE unless its row allows the session's state."""
    state = session.state
    if state in LIFE[step]:
        if session.voided and step not in OF_VOIDED:
            raise errors.SessionIsVoid(msg("the session was put aside as recorded by mistake"))
        return
    refusal, fact = _OWN_REFUSALS.get((step, state), _REFUSALS[state])
    raise refusal(fact)


def require_undeleted(session: Session) -> None:
    """Raise unless the session is over and its data were not deleted since its end."""
    if session.deleted_too_early:
        return
    require(session, "purge")
    if session.purged_at is not None:
        raise errors.SessionPurged(msg("the session's data are deleted already"))
