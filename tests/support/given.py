"""Given, when, then: facts in short, and a session that has come to a state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session.commands import SessionCommand
from ledger.domain.session.decide import decide
from ledger.domain.session.evolve import Session, State, evolve
from ledger.domain.session.life import Context

ANNA = Metadata("anna", workstation="desk-1")
STREAM = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""Monday 16 November 2026, 10:00 on the office clock."""


def minutes(count: int) -> datetime:
    """Return NINE and so many minutes."""
    return NINE + timedelta(minutes=count)


AT = minutes(60)


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


class Answers(NamedTuple):
    """What decisions look up, given beforehand."""

    tariff: str | None = "t1"
    sample: str | None = None

    def tariff_at(self, at: datetime) -> str | None:
        """Return the price list in force, the same at every moment."""
        del at
        return self.tariff

    def price(self, session: Session, at: datetime) -> tuple[str, tuple[e.PriceSegment, ...]]:
        """Return a price list and no prices."""
        del session, at
        return self.tariff or "t1", ()

    def sample_of(self, session: Session) -> str | None:
        """Return the sample."""
        del session
        return self.sample


def decided(
    found: Session, command: SessionCommand, *, at: datetime = AT, tariff: str | None = "t1"
) -> list[e.Event]:
    """Return the events of a command that Anna gives about `at`, under a price list in force."""
    sealed, _ = command.prepared(ANNA.by).sealed()
    return decide(found, sealed, Context(ANNA, sealed.happened_at or at, AT, Answers(tariff)))
