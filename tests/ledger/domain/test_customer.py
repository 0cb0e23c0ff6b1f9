"""A customer as the events tell it, and what may be bought and go back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.customer import (
    Bought,
    Customer,
    decide_purchase,
    decide_return,
    evolve,
    live_code,
    merged_codes,
    project,
    require_live,
    was_owned,
)
from ledger.domain.rating.inputs import Purchase, purchases_for_rating
from ledger.errors import CustomerGone, PurchaseMissing, PurchaseTaken
from tests.support.given import ANNA, NINE, STREAM, minutes, requested

NINE_S = 1_794_819_600


def registered() -> e.CustomerRegistered:
    return e.CustomerRegistered(
        **ANNA.header(NINE), customer="K-1", consumer="yes", country="DE", vat_treatment="eu", commitment="c1"
    )


def bought(at: int = 0, order: str = "Z/1") -> e.PurchaseRecorded:
    return e.PurchaseRecorded(**ANNA.header(minutes(at)), order_ref=order, commitment="p1")


def returned(at: int, order: str = "Z/1") -> e.PurchaseReturned:
    return e.PurchaseReturned(**ANNA.header(minutes(at)), order_ref=order)


def merged() -> e.CustomerMerged:
    return e.CustomerMerged(**ANNA.header(minutes(1)), into="K-2")


def customer(*facts: e.Event) -> Customer:
    """The customer these facts add up to, after the registration."""
    events = [
        e.RecordedEvent(STREAM, place, event) for place, event in enumerate((registered(), *facts), start=1)
    ]
    found = project(None, events)
    assert found is not None
    return found


# --- the fold ---------------------------------------------------------------------------------


def test_no_events_are_no_customer() -> None:
    assert project(None, []) is None


def test_a_customer_is_as_registered() -> None:
    assert customer() == Customer(
        id=STREAM, customer="K-1", consumer="yes", country="DE", vat_treatment="eu", commitment="c1"
    )


def test_an_update_replaces_all_data_and_says_which_version_they_are_of() -> None:
    updated = e.CustomerUpdated(
        **ANNA.header(NINE), consumer="sole_trader", country="PL", vat_treatment="pl", commitment="c2"
    )
    found = customer(bought(), updated, bought(1, "Z/2"))
    assert (found.consumer, found.country, found.vat_treatment) == ("sole_trader", "PL", "pl")
    assert (found.commitment, found.commitment_version, found.version) == ("c2", 3, 4)


def test_a_purchase_stands_with_its_moment_and_its_commitment_until_it_goes_back() -> None:
    assert customer(bought()).purchases == [Bought("Z/1", NINE, None, "p1")]
    assert customer(bought(), returned(9)).purchases == [Bought("Z/1", NINE, minutes(9), "p1")]


def test_a_return_of_something_unknown_changes_nothing() -> None:
    """Evolving never refuses: what stands in the history is read, however it came there."""
    found = customer(bought(), returned(9, "Z/9"))
    assert (found.purchases, found.version) == (customer(bought()).purchases, 3)


def test_an_order_bought_again_after_its_return_is_the_one_meant() -> None:
    again = customer(bought(), returned(5), bought(10))
    assert again.bought("Z/1") == Bought("Z/1", minutes(10), None, "p1")
    both = customer(bought(), returned(5), bought(10), returned(15))
    assert [p.returned_at for p in both.purchases] == [minutes(5), minutes(15)]
    assert both.bought("Z/1") == both.purchases[-1]
    assert both.bought("Z/2") is None


def test_a_fact_about_something_else_is_a_defect() -> None:
    with pytest.raises(TypeError, match="Requested is not a fact about a customer"):
        evolve(customer(), STREAM, requested())


def test_a_request_for_erasure_is_open_until_it_is_answered_and_a_new_one_opens_again() -> None:
    asked = e.ErasureRequested(**ANNA.header(NINE), deadline=date(2026, 12, 16))
    answered = e.CustomerErased(**ANNA.header(minutes(5)), outcome="erased")
    assert (customer(asked).erasure, customer(asked).erased) == (asked, None)
    assert customer(asked, answered).erased == answered
    assert customer(asked, answered, asked).erased is None


def test_what_only_the_vault_says_moves_the_version_alone() -> None:
    erased = e.CustomerDataErased(**ANNA.header(NINE), data="tax")
    learned = e.ComputerLearned(**ANNA.header(NINE), adapter="csv", instance="pc-1")
    found = customer(erased, learned)
    assert found.version == customer().version + 2
    assert (found.purchases, found.erased, found.commitment) == ([], None, "c1")


def test_codes_merged_one_into_another_count_as_one_customer() -> None:
    merges = {"K-1": "K-2", "K-2": "K-3", "K-9": "K-8"}
    assert live_code(merges, "K-1") == "K-3"
    assert merged_codes(merges, "K-2") == ["K-3", "K-1", "K-2"]
    assert merged_codes(merges, "K-7") == ["K-7"]


def test_an_order_is_owned_from_its_purchase_until_it_goes_back() -> None:
    purchases = customer(bought(5), returned(9)).purchases
    owned = [was_owned(purchases, "Z/1", minutes(at)) for at in (4, 5, 8, 9)]
    assert owned == [False, True, True, False]
    assert not was_owned(purchases, "Z/2", minutes(5))


# --- decisions --------------------------------------------------------------------------------


def test_a_merged_customer_takes_no_more_facts() -> None:
    gone = customer(bought(), merged())
    assert gone.merged_into == "K-2"
    with pytest.raises(CustomerGone, match="K-1 was merged into K-2"):
        require_live(gone)
    with pytest.raises(CustomerGone):
        decide_purchase(gone, order_ref="Z/2", at=NINE)
    with pytest.raises(CustomerGone):
        decide_return(gone, order_ref="Z/1", at=minutes(5))


def test_what_a_merged_customer_had_bought_is_recorded_already() -> None:
    """An old list of purchases may be read in again after the merge."""
    assert not decide_purchase(customer(bought(), merged()), order_ref="Z/1", at=NINE)


def test_every_purchase_of_an_order_is_recorded_already_when_its_list_is_read_again() -> None:
    again = customer(bought(), returned(5), bought(10))
    assert not decide_purchase(again, order_ref="Z/1", at=NINE)
    assert not decide_purchase(again, order_ref="Z/1", at=minutes(10))


def test_a_purchase_is_new_once() -> None:
    assert decide_purchase(customer(), order_ref="Z/1", at=NINE)
    assert not decide_purchase(customer(bought()), order_ref="Z/1", at=NINE)
    assert decide_purchase(customer(bought()), order_ref="Z/2", at=NINE)


def test_an_order_is_not_bought_at_two_moments_at_once() -> None:
    with pytest.raises(PurchaseTaken):
        decide_purchase(customer(bought()), order_ref="Z/1", at=minutes(1))


def test_an_order_that_went_back_is_new_only_at_another_moment() -> None:
    """So the same list of purchases may be read in twice, and a replacement still counts."""
    gone_back = customer(bought(), returned(5))
    assert not decide_purchase(gone_back, order_ref="Z/1", at=NINE)
    assert decide_purchase(gone_back, order_ref="Z/1", at=minutes(10))


def test_only_what_stands_bought_goes_back_and_once() -> None:
    decide_return(customer(bought()), order_ref="Z/1", at=NINE)
    with pytest.raises(PurchaseMissing, match="no purchase Z/1"):
        decide_return(customer(), order_ref="Z/1", at=NINE)
    with pytest.raises(PurchaseMissing, match="no purchase Z/1"):
        decide_return(customer(bought(), returned(5)), order_ref="Z/1", at=minutes(6))


def test_nothing_goes_back_before_it_was_bought() -> None:
    with pytest.raises(PurchaseMissing, match="bought after"):
        decide_return(customer(bought()), order_ref="Z/1", at=minutes(-1))


# --- what rating reads ------------------------------------------------------------------------


def test_rating_reads_orders_in_whole_seconds() -> None:
    split = timedelta(microseconds=999_999)
    found = [Bought("Z/1", NINE + split), Bought("Z/2", NINE, minutes(1) + split)]
    assert purchases_for_rating(found) == (
        Purchase("Z/1", NINE_S, None),
        Purchase("Z/2", NINE_S, NINE_S + 60),
    )


_moments = st.integers(0, 20)
_orders = st.sampled_from(["Z/1", "Z/2"])


@given(st.lists(st.tuples(st.booleans(), _orders, _moments), max_size=12))
def test_whatever_is_decided_an_order_stands_bought_at_most_once(asked: list[tuple[bool, str, int]]) -> None:
    """Purchases and returns in any order: accepted ones never leave two live purchases of one order."""
    found = customer()
    for buys, order, at in asked:
        event = _accepted(found, order, minutes(at), buys=buys)
        if event is not None:
            evolve(found, STREAM, event)
    for order in ("Z/1", "Z/2"):
        live = [p for p in found.purchases if p.order_ref == order and p.returned_at is None]
        assert len(live) <= 1
    assert all(p.returned_at is None or p.returned_at >= p.purchased_at for p in found.purchases)


def _accepted(found: Customer, order: str, at: datetime, *, buys: bool) -> e.Event | None:
    """The fact that is recorded when this is asked, None when nothing is."""
    try:
        if buys:
            new = decide_purchase(found, order_ref=order, at=at)
            return e.PurchaseRecorded(**ANNA.header(at), order_ref=order) if new else None
        decide_return(found, order_ref=order, at=at)
    except (PurchaseTaken, PurchaseMissing):
        return None
    return e.PurchaseReturned(**ANNA.header(at), order_ref=order)
