"""The rating of a session as it stands."""

from __future__ import annotations

from collections.abc import Callable

from ledger.domain.clock import from_epoch_seconds
from ledger.domain.ledger_state import LedgerState
from ledger.domain.rating.hours import TariffAt
from ledger.domain.rating.inputs import Purchase
from ledger.domain.rating.rate import Rated, rate
from ledger.domain.session.evolve import Session, rating_facts
from ledger.domain.tariff.tariff import Tariff

TariffOf = Callable[[str], Tariff]
"""The published price list of a digest."""


def hourly_tariff(tariff: Tariff, state: LedgerState, tariff_of: TariffOf) -> TariffAt | None:
    """Return the look-up of the price list at an epoch second; None where the session is pinned to one.

    Before the first price list the first one counts.
    """
    if tariff.pin != "unit":
        return None

    def at(second: int) -> Tariff:
        digest = state.tariff_at(from_epoch_seconds(second))
        return tariff_of(digest if digest is not None else state.tariffs[0].digest)

    return at


def rate_session(
    session: Session, purchases: tuple[Purchase, ...], tariff: Tariff, state: LedgerState, tariff_of: TariffOf
) -> Rated:
    """Rate an ended session under the price list it is pinned to, with what its customer had bought."""
    return rate(rating_facts(session, purchases), tariff, hourly_tariff(tariff, state, tariff_of))
