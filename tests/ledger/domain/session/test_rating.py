"""The rating of a session as it stands: which price list each hour has, and what its amount rests on."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain import events as e
from ledger.domain.clock import epoch_seconds
from ledger.domain.ledger_state import LedgerState
from ledger.domain.ledger_state import evolve as book_evolve
from ledger.domain.rating.what_if import with_changes
from ledger.domain.session.rating import basis_of, hourly_tariff, rate_session
from ledger.domain.tariff.tariff import Tariff
from tests.ledger.domain.rating.rating_cases import shop
from tests.support.given import ANNA, NINE, connected, ended, minutes, requested, session

DEAR = with_changes(shop(), {"base_price": "200.00"})
LISTS = {"first": shop(), "second": DEAR}
BY_HOUR = with_changes(shop(), {"pin": "unit"})
FIRST, SECOND = date(2026, 11, 1), date(2026, 11, 17)


def book(*lists: tuple[str, date]) -> LedgerState:
    """A book with price lists, each from a day on."""
    state = book_evolve(None, e.LedgerOpened(**ANNA.header(NINE), origin="shop"))
    for digest, begins in lists:
        published = e.TariffPublished(
            **ANNA.header(NINE), tariff="shop", digest=digest, valid_from=begins, text=""
        )
        state = book_evolve(state, published)
    return state


def tariff_of(digest: str) -> Tariff:
    return LISTS[digest]


BOTH = book(("first", FIRST), ("second", SECOND))


def test_a_session_pinned_to_one_list_looks_no_other_up() -> None:
    assert hourly_tariff(shop(), BOTH, tariff_of) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [(minutes(-60 * 24 * 40), "first"), (NINE, "first"), (minutes(60 * 24), "second")],
)
def test_an_hour_has_the_list_in_force_and_the_first_one_before_all(at: object, expected: str) -> None:
    look_up = hourly_tariff(BY_HOUR, BOTH, tariff_of)
    assert look_up is not None
    assert look_up(epoch_seconds(at)) is LISTS[expected]  # type: ignore[arg-type] # an instant


def test_a_night_across_the_change_costs_what_each_hour_costs() -> None:
    """23:00 to 01:00 on the office clock: four times 100.00, then four times 200.00."""
    night = session(requested(), connected(13 * 60), ended(15 * 60))
    assert rate_session(night, (), BY_HOUR, BOTH, tariff_of).net_grosze == 120000
    assert rate_session(night, (), shop(), BOTH, tariff_of).net_grosze == 80000


def test_an_amount_rests_on_assumptions_alone_and_in_pairs_and_names_them_in_the_lists_order() -> None:
    """17:30 to 18:30, asked for at 10:00: a reading of the hours and one of the clock both count."""
    evening = session(requested(), connected(450), ended(510))
    basis = basis_of(evening, (), shop(), BOTH, tariff_of)
    named = [each.id for each in basis.named]
    assert basis.alone
    assert set(named) == {*basis.alone, *(id_ for pair in basis.pairs for id_ in pair.assumptions)}
    assert named == [each.id for each in shop().assumptions if each.id in named]
