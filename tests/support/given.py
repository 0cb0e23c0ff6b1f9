"""Given, when, then: events in short, a session in a state, and a real ledger for handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Receipt
from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from ledger.domain.session.commands import SessionCommand
from ledger.domain.session.decide import decide
from ledger.domain.session.evolve import Session, State, evolve
from ledger.domain.session.life import SessionContext
from ledger.errors import LedgerError
from ledger.handlers.session import handle

ANNA = Metadata("anna", workstation="desk-1")
STREAM = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""Monday 16 November 2026, 10:00 on the office clock."""


def minutes(count: int) -> datetime:
    """Return NINE and so many minutes."""
    return NINE + timedelta(minutes=count)


AT = minutes(60)


def header(at: datetime) -> dict[str, object]:
    """Return what every event of Anna's begins with."""
    return ANNA.header(at)


def requested(**more: object) -> e.Requested:
    """Return a request at NINE."""
    return e.Requested(**{**header(NINE), "customer": "K-1", "issue": "other", **more})  # type: ignore[arg-type] # as a test gives it


def connected(at: int = 0, number: int = 1, technician: str = "anna", tariff: str = "t1") -> e.Connected:
    """Return a connection so many minutes after NINE."""
    return e.Connected(**ANNA.header(minutes(at)), connection=number, technician=technician, tariff=tariff)


def disconnected(at: int, number: int = 1) -> e.Disconnected:
    """Return the loss of the link so many minutes after NINE."""
    return e.Disconnected(**ANNA.header(minutes(at)), connection=number)


def ended(at: int) -> e.Ended:
    """Return the end so many minutes after NINE."""
    return e.Ended(**ANNA.header(minutes(at)))


def session(*events: e.Event) -> Session:
    """Return the session that these events add up to."""
    state: Session | None = None
    for event in events:
        state = evolve(state, STREAM, event)
    assert state is not None
    return state


def events_to(state: State) -> list[e.Event]:
    """Return the events that bring a session to a state."""
    steps: dict[State, list[e.Event]] = {
        "requested": [],
        "connected": [connected()],
        "disconnected": [connected(), disconnected(20)],
        "ended": [connected(), ended(30)],
        "purged": [connected(), ended(30), e.DataPurged(**ANNA.header(minutes(35)))],
        "cancelled": [e.Cancelled(**ANNA.header(minutes(5)))],
    }
    return [requested(), *steps[state]]


def in_state(state: State) -> Session:
    """Return a session in a state."""
    return session(*events_to(state))


class Answers(NamedTuple):
    """What decisions look up, given beforehand."""

    tariff: str | None = "t1"
    sample: str | None = None
    is_free: bool = False
    is_priced: bool = True
    is_overlapping: bool = False

    def tariff_at(self, at: datetime) -> str | None:
        """Return the price list in force, the same at every moment."""
        del at
        return self.tariff

    def price(self, session: Session, at: datetime) -> tuple[str, tuple[e.PriceSegment, ...]]:
        """Return a price list and no prices."""
        del session, at
        return self.tariff or "t1", ()

    def require_customer(self, code: str) -> None:
        """Know every customer."""

    def is_charged(self, session: Session) -> bool:
        """Return True of every session on an invoice, but for those given as free."""
        return session.billed_on is not None and not self.is_free

    def rated(self, session: Session) -> tuple[int, int] | None:
        """Return two started hours at 100.00, of every session that has a price."""
        del session
        return (2, 20000) if self.is_priced else None

    def overlaps(self, session: Session) -> bool:
        """Return what was given."""
        del session
        return self.is_overlapping

    def sample_of(self, session: Session) -> str | None:
        """Return the sample."""
        del session
        return self.sample


def decided(
    found: Session, command: SessionCommand, *, at: datetime = AT, tariff: str | None = "t1"
) -> list[e.Event]:
    """Return the events of a command that Anna gives about `at`, under a price list in force."""
    sealed, _ = command.prepared(ANNA.by).sealed()
    return decide(found, sealed, SessionContext(ANNA, sealed.happened_at or at, AT, Answers(tariff)))


# --- handlers, over a real ledger -----------------------------------------------------------------


@dataclass
class When:
    """What a command did: the receipt, or the refusal."""

    ledger: Ledger
    length_before: int
    receipt: Receipt | None = None
    refusal: LedgerError | None = None

    def then(self, *expected: e.Event | type[LedgerError], personal: Mapping[str, str] | None = None) -> Self:
        """Assert the events, with the personal data of the first; or the refusal, and that nothing came."""
        if len(expected) == 1 and isinstance(expected[0], type):
            assert isinstance(self.refusal, expected[0]), self.refusal or self.receipt
            assert self.ledger.store.length() == self.length_before
            return self
        assert self.receipt is not None, self.refusal
        recorded = [each.event for each in self.receipt.events]
        assert [_without_personal(event) for event in recorded] == list(expected)
        assert self.ledger.store.length() == self.length_before + len(expected)
        assert self.ledger.words(getattr(recorded[0], "commitment", None)) == personal
        assert getattr(recorded[0], "fields", ()) == tuple(sorted(personal or ()))
        return self


def _without_personal(event: e.Event) -> e.Event:
    """Return an event without what follows from its personal data: the commitment, the names of fields."""
    is_personal = isinstance(event, e.Personal)
    return msgspec.structs.replace(event, commitment=None, fields=()) if is_personal else event


@dataclass
class Given:
    """One stream of a real ledger with these events in it, before a command."""

    ledger: Ledger
    stream: UUID

    @property
    def named(self) -> str:
        """The number of the stream's session, as a command names it."""
        return str(self.ledger.session_number(self.stream))

    def when(self, command: SessionCommand | Callable[[], Receipt | None], by: Metadata = ANNA) -> When:
        """Give a command on the session, or call any other handler."""
        length = self.ledger.store.length()
        try:
            if isinstance(command, SessionCommand):
                return When(self.ledger, length, handle(self.ledger, by, self.named, command))
            return When(self.ledger, length, command())
        except LedgerError as refusal:
            return When(self.ledger, length, refusal=refusal)


def given(ledger: Ledger, *events: e.Event) -> Given:
    """Record events as a new stream; the first one opens it."""
    stream = ledger.ids.new()
    ledger.record(e.following(stream, 0, *events))
    return Given(ledger, stream)
