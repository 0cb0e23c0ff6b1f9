"""The rating of a session as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ledger.domain.clock import from_epoch_seconds
from ledger.domain.ledger_state import LedgerState
from ledger.domain.rating.assumptions import assumptions_of
from ledger.domain.rating.hours import TariffAt
from ledger.domain.rating.inputs import Purchase, SessionFacts
from ledger.domain.rating.pairs import Pair, smallest_pairs
from ledger.domain.rating.rate import Rated, rate
from ledger.domain.session.evolve import Session, rating_facts
from ledger.domain.tariff.sections import Assumption
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


class Basis(NamedTuple):
    """What a session's amount rests on: assumptions alone, smallest pairs, and all of them in full."""

    alone: tuple[str, ...]
    pairs: tuple[Pair, ...]
    named: tuple[Assumption, ...]
    """In the order of the price list, those of pairs too."""


def basis_of(
    session: Session, purchases: tuple[Purchase, ...], tariff: Tariff, state: LedgerState, tariff_of: TariffOf
) -> Basis:
    """Return the readings that an ended session's amount rests on; raises NoCalendar."""
    facts, by_hour = rating_facts(session, purchases), hourly_tariff(tariff, state, tariff_of)
    return basis_with(assumptions_of(facts, tariff, by_hour), facts, tariff, by_hour)


def basis_with(
    alone: tuple[str, ...], facts: SessionFacts, tariff: Tariff, tariff_at: TariffAt | None
) -> Basis:
    """Return the readings that an amount rests on where those alone are known; raises NoCalendar."""
    pairs = tuple(smallest_pairs(facts, tariff, tariff_at))
    ids = {*alone, *(id_ for pair in pairs for id_ in pair.assumptions)}
    return Basis(alone, pairs, tuple(each for each in tariff.assumptions if each.id in ids))


def rate_session(
    session: Session, purchases: tuple[Purchase, ...], tariff: Tariff, state: LedgerState, tariff_of: TariffOf
) -> Rated:
    """Rate an ended session under the price list it is pinned to, with what its customer had bought."""
    return rate(rating_facts(session, purchases), tariff, hourly_tariff(tariff, state, tariff_of))
