"""`Life`: one session as its rows need it, in integers."""

from __future__ import annotations

import msgspec

from ledger.domain import events as e
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts, Waiver
from ledger.domain.session.evolve import State

SECOND_US = 1_000_000


class Connection(msgspec.Struct, gc=False):
    """One stretch of the remote tool being connected; `ended_us` is None while it is open."""

    number: int
    begun_us: int
    technician: str
    tariff: str | None
    ended_us: int | None = None

    @property
    def lasts(self) -> bool:
        """True unless it began and ended within the same second."""
        return self.ended_us is None or self.ended_us // SECOND_US > self.begun_us // SECOND_US


class OnInvoice(msgspec.Struct, gc=False):
    """What the session comes to on its invoice: net, and started hours by band."""

    invoice: str
    number: str
    net_grosze: int
    band_hours: dict[str, int]


class Life(msgspec.Struct, gc=False):
    """A session as its events leave it; instants are microseconds since 1970."""

    number: int
    customer: str
    """The code it was recorded for, and once all is read the code under which it counts."""
    session_ref: str | None
    personal: bool
    """True while personal data of its own lie in the vault, whatever a purge did."""
    requested_us: int
    kinds: list[Kind]
    fingerprints: tuple[str, str] | None
    connections: list[Connection] = []
    connected_us: int | None = None
    """The beginning of the first connection that lasts a second; without one, of the very first."""
    tariff: str | None = None
    """Digest of the price list pinned then."""
    ended_us: int | None = None
    cancelled_us: int | None = None
    waiver: Waiver | None = None
    voided: bool = False
    confirmed: bool = False
    unrecorded: bool = False
    held_until: str | None = None
    """An ISO day."""
    amount_recorded_us: int = 0
    """When the last event was recorded that its amount depends on."""
    back_dated: bool = False
    """True if a moment was typed long after it."""
    purged_us: int | None = None
    purge_index: int | None = None
    evidence: str = "none"
    purging: str = ""
    """started: a purge has no outcome yet. failed: something is still there."""
    outcomes: dict[str, tuple[int, tuple[str, ...]]] = {}
    """Targets and doubts of the last attempt of every workstation."""
    files: int = 0
    bytes: int = 0
    """Removed by all attempts together."""
    doubts: tuple[str, ...] = ()
    """Flags that keep its deletion from being claimed."""
    words_erased: bool = False
    certificate: int | None = None
    superseded: bool = False
    """True if its last certificate was superseded and no new one issued."""
    billed: str | None = None
    billed_as: OnInvoice | None = None
    receipt: str | None = None
    changed_since_billed: bool = False
    """True if an event was recorded after its last bill that its amount depends on."""

    @property
    def issue(self) -> e.Issue:
        """The issue of the session now."""
        return self.kinds[-1].issue

    @property
    def state(self) -> State:
        """The state of the session, as the domain has it."""
        if self.cancelled_us is not None:
            return "cancelled"
        if self.ended_us is not None:
            return "ended" if self.purged_us is None else "purged"
        if not self.connections:
            return "requested"
        is_open = any(each.ended_us is None for each in self.connections)
        return "connected" if is_open else "disconnected"

    def settle(self, customer: str) -> None:
        """Set what follows from all that was read, and the code under which the session counts."""
        self.customer = customer
        if len(self.connections) == 1:
            (only,) = self.connections
            self.connected_us, self.tariff = only.begun_us, only.tariff
        elif self.connections:
            lasting = [each.begun_us for each in self.connections if each.lasts]
            first_us = self.connected_us = min(lasting or [each.begun_us for each in self.connections])
            self.tariff = next(each.tariff for each in self.connections if each.begun_us == first_us)

    def rating_facts(self, purchases: tuple[Purchase, ...]) -> SessionFacts:
        """Return the inputs of rating; for a session that was connected and has ended."""
        return SessionFacts(
            self.requested_us // SECOND_US,
            tuple(
                [
                    (each.begun_us // SECOND_US, each.ended_us // SECOND_US)
                    for each in self.connections
                    if each.ended_us is not None
                ]
            ),
            tuple(self.kinds),
            purchases,
            self.waiver,
        )
