"""`Customer`: a code, how they are taxed, and what they bought from the shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct, field

from ledger.domain import events as e
from ledger.errors import CustomerGone, PurchaseMissing, PurchaseTaken
from ledger.message import msg


class Bought(Struct):
    """One purchase: when it was made and, if it went back, when."""

    order_ref: str
    purchased_at: datetime
    returned_at: datetime | None = None
    commitment: str | None = None


class Customer(Struct):
    """One customer as the events tell it; personal data lie in the vault under `commitment`."""

    id: UUID
    customer: str
    consumer: e.Consumer = "unknown"
    country: str = "PL"
    vat_treatment: e.VatTreatment = "pl"
    version: int = 1
    commitment: str | None = None
    commitment_version: int = 1
    merged_into: str | None = None
    erasure: e.ErasureRequested | None = None
    """The last request for erasure; `erased` answers it."""
    erased: e.CustomerErased | None = None
    purchases: list[Bought] = field(default_factory=list[Bought])

    def bought(self, order_ref: str) -> Bought | None:
        """The purchase under an order that has not gone back, else the last one that has."""
        found = [p for p in self.purchases if p.order_ref == order_ref]
        return next((p for p in found if p.returned_at is None), found[-1] if found else None)


def live_code(merges: Mapping[str, str], code: str) -> str:
    """Return the code that a customer's merges lead to; `merges` is from a code to the one it went into."""
    while code in merges:
        code = merges[code]
    return code


def merged_codes(merges: Mapping[str, str], code: str) -> list[str]:
    """Return the codes that count as one customer: the live one, then those merged into it, in order."""
    live = live_code(merges, code)
    return [live, *sorted(each for each in merges if live_code(merges, each) == live)]


def was_owned(purchases: Iterable[Bought], order_ref: str, at: datetime) -> bool:
    """Whether something had been bought under an order by then and not been given back."""
    return any(
        each.order_ref == order_ref
        and each.purchased_at <= at
        and (each.returned_at is None or each.returned_at > at)
        for each in purchases
    )


def evolve(customer: Customer | None, stream: UUID, fact: e.Event) -> Customer:
    """The customer after one more fact (the same object, changed); the first one is CustomerRegistered."""
    if customer is None:
        first = cast("e.CustomerRegistered", fact)
        return Customer(
            id=stream,
            customer=first.customer,
            consumer=first.consumer,
            country=first.country,
            vat_treatment=first.vat_treatment,
            commitment=first.commitment,
        )
    customer.version += 1
    match fact:
        case e.CustomerUpdated():
            customer.consumer = fact.consumer
            customer.country = fact.country
            customer.vat_treatment = fact.vat_treatment
            customer.commitment = fact.commitment
            customer.commitment_version = customer.version
        case e.CustomerMerged():
            customer.merged_into = fact.into
        case e.PurchaseRecorded():
            customer.purchases.append(Bought(fact.order_ref, fact.at, commitment=fact.commitment))
        case e.PurchaseReturned():
            returned = customer.bought(fact.order_ref)
            if returned is not None:
                returned.returned_at = fact.at
        case e.ErasureRequested():
            customer.erasure, customer.erased = fact, None
        case e.CustomerErased():
            customer.erased = fact
        case e.CustomerDataErased() | e.ComputerLearned():
            pass  # what was erased, and which computer it is, only the vault says
        case _:
            raise TypeError(f"{type(fact).__name__} is not a fact about a customer")
    return customer


def project(customer: Customer | None, recorded: Iterable[e.RecordedEvent]) -> Customer | None:
    """The projector that `repository.get` reads a customer with."""
    for event in recorded:
        customer = evolve(customer, event.originator_id, event.event)
    return customer


def require_live(customer: Customer) -> None:
    """Raise CustomerGone for a customer that was merged into another."""
    if customer.merged_into is not None:
        raise CustomerGone(
            msg(
                "customer {customer} was merged into {into}",
                customer=customer.customer,
                into=customer.merged_into,
            )
        )


def decide_purchase(customer: Customer, *, order_ref: str, at: datetime) -> bool:
    """Whether a purchase is new; False when the same one stands recorded; raises PurchaseTaken."""
    if any((p.order_ref, p.purchased_at) == (order_ref, at) for p in customer.purchases):
        return False
    require_live(customer)
    known = customer.bought(order_ref)
    if known is not None and known.returned_at is None:
        raise PurchaseTaken(
            msg(
                "customer {customer} has order {order} with another date",
                customer=customer.customer,
                order=order_ref,
            )
        )
    return True


def decide_return(customer: Customer, *, order_ref: str, at: datetime) -> None:
    """Raise PurchaseMissing unless an order is there to go back at `at`."""
    require_live(customer)
    known = customer.bought(order_ref)
    if known is None or known.returned_at is not None:
        raise PurchaseMissing(
            msg(
                "customer {customer} has no purchase {order} to return",
                customer=customer.customer,
                order=order_ref,
            )
        )
    if at < known.purchased_at:
        raise PurchaseMissing(
            msg("order {order} was bought after the day it is said to have gone back", order=order_ref)
        )
