"""What rating knows of a session, and what a customer can claim by it.

Instants are epoch seconds, fractions already truncated.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from ledger.domain.clock import epoch_seconds
from ledger.domain.events.base import Issue

# What a session can claim. Plain integers: they index the tables of the hot path.
FULL, OTHER, HARDWARE = CLAIMS = (0, 1, 2)
TEST = -1  # no claim: time that opens no hour

DAY_SECONDS = 86_400
NEVER_S, END_OF_TIME_S = -(1 << 62), 1 << 62


class Kind(NamedTuple):
    """What the session was about from an epoch second on; the first one holds from the beginning."""

    from_s: int
    issue: Issue
    order_ref: str | None


class Purchase(NamedTuple):
    """An order of the customer, and when it was returned."""

    order_ref: str
    purchased_s: int
    returned_s: int | None


class BoughtOrder(Protocol):
    """A purchase as the customer's history tells it."""

    order_ref: str
    purchased_at: datetime
    returned_at: datetime | None


class Waiver(NamedTuple):
    """Goodwill after every other discount: a part of the net off, or the last hours free. One of the four."""

    percent: int | None
    hours: int | None
    half_percents: int | None = None
    amount_grosze: int | None = None


class SessionFacts(NamedTuple):
    """All that rating knows of a session.

    Connections are half-open (start, end), in any order; they may overlap and may have no length.
    There is at least one kind.
    """

    requested_s: int
    connections: tuple[tuple[int, int], ...]
    kinds: tuple[Kind, ...]
    purchases: tuple[Purchase, ...]
    waiver: Waiver | None

    @property
    def first_connection(self) -> tuple[int, int] | None:
        """The first connection that lasts a second: its start decides who is a customer of the shop."""
        return min((c for c in self.connections if c[0] < c[1]), default=None)


class ClaimChange(NamedTuple):
    """What is claimed from an epoch second on; TEST where nothing is."""

    from_s: int
    claim: int


def newest_order(purchases: tuple[Purchase, ...], at_s: int, order_ref: str | None) -> tuple[int, bool]:
    """When the newest order was bought that is owned at an instant, and whether `order_ref` is one of them.

    Owned is what was bought at or before the instant and not returned by then. NEVER_S without one.
    """
    newest_s, is_owned = NEVER_S, False
    for ref, purchased_s, returned_s in purchases:
        if purchased_s <= at_s and (returned_s is None or returned_s > at_s):
            newest_s = max(newest_s, purchased_s)
            is_owned = is_owned or ref == order_ref
    return newest_s, is_owned


def oldest_that_counts(at_s: int, lookback_days: int | None) -> int:
    """The epoch second before which an order is too old to make a customer; None looks back for ever."""
    return NEVER_S + 1 if lookback_days is None else at_s - lookback_days * DAY_SECONDS


def claim_of(kind: Kind, purchases: tuple[Purchase, ...], at_s: int, lookback_days: int | None) -> int:
    """What a kind of help is charged as when the session connects at an instant.

    An owned order makes a customer of the shop. Hardware is hardware only by an owned order, and
    other without one.
    """
    if kind.issue == "test":
        return TEST
    newest_s, is_owned = newest_order(purchases, at_s, kind.order_ref)
    if newest_s < oldest_that_counts(at_s, lookback_days):
        return FULL
    return HARDWARE if kind.issue == "hardware" and is_owned else OTHER


def claim_changes(facts: SessionFacts, connected_s: int, lookback_days: int | None) -> list[ClaimChange]:
    """What is claimed from when on, neighbours all different; the first holds from the beginning."""
    return changes_of(
        [(kind.from_s, claim_of(kind, facts.purchases, connected_s, lookback_days)) for kind in facts.kinds]
    )


def changes_of(claims: Iterable[tuple[int, int]]) -> list[ClaimChange]:
    """The same of claims and the epoch seconds from which on they hold, in any order."""
    changes: list[ClaimChange] = []
    for begins_s, claim in sorted(claims, key=lambda each: each[0]):
        from_s = begins_s if changes else NEVER_S
        if changes and changes[-1].from_s == from_s:
            changes.pop()
        if not changes or changes[-1].claim != claim:
            changes.append(ClaimChange(from_s, claim))
    return changes


def purchases_for_rating(purchases: Iterable[BoughtOrder]) -> tuple[Purchase, ...]:
    """What rating reads of purchases: orders and whole epoch seconds."""
    return tuple(
        Purchase(
            p.order_ref,
            epoch_seconds(p.purchased_at),
            None if p.returned_at is None else epoch_seconds(p.returned_at),
        )
        for p in purchases
    )
