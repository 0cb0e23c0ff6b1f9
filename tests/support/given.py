"""Given, when, then: facts in short, and a session that has come to a state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.session.decide import Author
from ledger.domain.session.evolve import Session, State, evolve

ANNA = Author("anna", workstation="desk-1")
STREAM = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""Monday 16 November 2026, 10:00 on the office clock."""


def minutes(count: int) -> datetime:
    """So many minutes after NINE."""
    return NINE + timedelta(minutes=count)


def header(at: datetime) -> dict[str, object]:
    """What every fact begins with, said by Anna."""
    return ANNA.header(at)


def requested(**more: object) -> e.Requested:
    """A request at NINE."""
    return e.Requested(**{**header(NINE), "customer": "K-1", "issue": "other", **more})  # type: ignore[arg-type] # as a test gives it


def connected(at: int = 0, number: int = 1, technician: str = "anna", tariff: str = "t1") -> e.Connected:
    """A connection so many minutes after NINE."""
    return e.Connected(**ANNA.header(minutes(at)), connection=number, technician=technician, tariff=tariff)


def disconnected(at: int, number: int = 1) -> e.Disconnected:
    """The link lost so many minutes after NINE."""
    return e.Disconnected(**ANNA.header(minutes(at)), connection=number)


def ended(at: int) -> e.Ended:
    """The end so many minutes after NINE."""
    return e.Ended(**ANNA.header(minutes(at)))


def session(*events: e.Event) -> Session:
    """The session that these facts add up to."""
    state: Session | None = None
    for event in events:
        state = evolve(state, STREAM, event)
    assert state is not None
    return state


def in_state(state: State) -> Session:
    """A session that has come to a state."""
    steps: dict[State, list[e.Event]] = {
        "requested": [],
        "connected": [connected()],
        "disconnected": [connected(), disconnected(20)],
        "ended": [connected(), ended(30)],
        "purged": [connected(), ended(30), e.DataPurged(**ANNA.header(minutes(35)))],
        "cancelled": [e.Cancelled(**ANNA.header(minutes(5)))],
    }
    return session(requested(), *steps[state])
