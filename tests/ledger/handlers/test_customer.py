"""Customers and their purchases over a real ledger: what is recorded, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from ledger import errors
from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.errors import LedgerError
from ledger.handlers import customer as customers
from ledger.handlers.customer import check_profile
from tests.support.given import ANNA, AT, Given, given, header, minutes

H: dict[str, Any] = header(AT)
BOUGHT = e.PurchaseRecorded(**ANNA.header(minutes(0)), order_ref="Z-1")
RETURNED = e.PurchaseReturned(**ANNA.header(minutes(10)), order_ref="Z-1", reason="complaint")
CODES = count(100)


def known(ledger: Ledger, *events: e.Event) -> tuple[str, Given]:
    """Return a customer of its own with these events after the registration."""
    code = f"K-{next(CODES)}"
    return code, given(ledger, e.CustomerRegistered(**H, customer=code), *events)


def test_added_customer_has_its_data_in_the_vault(ledger: Ledger) -> None:
    profile = check_profile({"name": "Igiełka", "nip": "526-025-02-74", "consumer": "no"})
    added = e.CustomerRegistered(**H, customer="K-50", consumer="no")
    given(ledger, e.CustomerRegistered(**H, customer="K-51")).when(
        lambda: customers.add(ledger, ANNA, "K-50", profile)
    ).then(added, personal={"name": "Igiełka", "nip": "5260250274"})


@pytest.mark.parametrize(
    ("code", "refusal"), [("K-1", errors.CustomerTaken), ("jan@example.pl", errors.LooksPersonal)]
)
def test_customer_under_a_code_that_is_taken_or_personal_is_refused(
    ledger: Ledger, code: str, refusal: type[LedgerError]
) -> None:
    _, found = known(ledger)
    profile = check_profile({"name": "Igiełka"})
    found.when(lambda: customers.add(ledger, ANNA, code, profile)).then(refusal)


def test_update_keeps_what_is_not_named_and_seals_the_reason(ledger: Ledger) -> None:
    code, found = known(ledger)
    customers.update(ledger, ANNA, code, {"name": "Igiełka"}, reason="data-changed")
    found.when(
        lambda: customers.update(ledger, ANNA, code, {"email": "a@example.pl"}, reason="data-changed: called")
    ).then(
        e.CustomerUpdated(**H, consumer="unknown", country="PL", vat_treatment="pl", reason="data-changed"),
        personal={"name": "Igiełka", "email": "a@example.pl", "reason": "called"},
    )


def test_update_that_changes_nothing_is_refused(ledger: Ledger) -> None:
    code, found = known(ledger)
    customers.update(ledger, ANNA, code, {"name": "Igiełka"}, reason="data-changed")
    found.when(lambda: customers.update(ledger, ANNA, code, {"name": "Igiełka"}, reason="checked")).then(
        errors.NothingToCorrect
    )


def test_merged_customer_takes_nothing_more(ledger: Ledger) -> None:
    (code, found), (into, _) = known(ledger), known(ledger)
    found.when(lambda: customers.merge(ledger, ANNA, code, into, reason="double-entry: one shop")).then(
        e.CustomerMerged(**H, into=into, reason="double-entry"), personal={"reason": "one shop"}
    )
    found.when(lambda: customers.merge(ledger, ANNA, code, into, reason="double-entry")).then(
        errors.CustomerGone
    )
    found.when(lambda: customers.update(ledger, ANNA, code, {"name": "X"}, reason="checked")).then(
        errors.CustomerGone
    )


def test_customer_is_not_merged_into_itself(ledger: Ledger) -> None:
    code, found = known(ledger)
    found.when(lambda: customers.merge(ledger, ANNA, code, code, reason="double-entry")).then(
        errors.NothingToCorrect
    )


def test_purchase_is_recorded_once(ledger: Ledger) -> None:
    code, found = known(ledger)

    def add() -> object:
        return customers.add_purchase(ledger, ANNA, code, order_ref="Z-1", at=minutes(0), product="Drukarka")

    receipt = add()
    length = ledger.store.length()
    assert receipt is not None
    assert add() is None
    assert ledger.store.length() == length
    assert found.stream == ledger.find_customer(code).id


Act = Callable[[Ledger, str], object]
REFUSED: dict[str, tuple[tuple[e.Event, ...], Act, type[LedgerError]]] = {
    "another moment": (
        (BOUGHT,),
        lambda ledger, code: customers.add_purchase(ledger, ANNA, code, order_ref="Z-1", at=minutes(1)),
        errors.PurchaseTaken,
    ),
    "ahead": (
        (),
        lambda ledger, code: customers.add_purchase(ledger, ANNA, code, order_ref="Z-1", at=minutes(63)),
        errors.TimeAhead,
    ),
    "nothing to return": (
        (),
        lambda ledger, code: customers.return_purchase(
            ledger, ANNA, code, order_ref="Z-1", at=minutes(1), reason="complaint"
        ),
        errors.PurchaseMissing,
    ),
    "returned before": (
        (BOUGHT, RETURNED),
        lambda ledger, code: customers.return_purchase(
            ledger, ANNA, code, order_ref="Z-1", at=minutes(20), reason="complaint"
        ),
        errors.PurchaseMissing,
    ),
    "before it was bought": (
        (BOUGHT,),
        lambda ledger, code: customers.return_purchase(
            ledger, ANNA, code, order_ref="Z-1", at=minutes(-1), reason="complaint"
        ),
        errors.PurchaseMissing,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_purchase_against_a_rule_is_refused(ledger: Ledger, name: str) -> None:
    history, act, refusal = REFUSED[name]
    code, found = known(ledger, *history)

    def call() -> None:
        act(ledger, code)

    found.when(call).then(refusal)


def test_return_of_a_purchase_is_recorded_with_its_reason(ledger: Ledger) -> None:
    code, found = known(ledger, BOUGHT)
    found.when(
        lambda: customers.return_purchase(
            ledger, ANNA, code, order_ref="Z-1", at=minutes(10), reason="complaint: broken"
        )
    ).then(RETURNED, personal={"reason": "broken"})


def test_command_on_a_version_that_moved_on_is_refused(ledger: Ledger) -> None:
    code, found = known(ledger, BOUGHT)
    by = ANNA._replace(seen=1)
    found.when(lambda: customers.update(ledger, by, code, {"name": "Igiełka"}, reason="data-changed")).then(
        errors.SeenOld
    )
