"""The price of help that has not happened, for a customer of this ledger."""

from __future__ import annotations

from datetime import datetime

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import epoch_seconds, from_epoch_seconds
from ledger.domain.customer import Bought, was_owned
from ledger.domain.identifiers import differing_in_case
from ledger.domain.rating.inputs import purchases_for_rating
from ledger.domain.rating.quote import PriceQuote, quote
from ledger.errors import NoQuote
from ledger.handlers.buyer import members_of
from ledger.message import msg


def quoted(
    ledger: Ledger,
    *,
    customer: str | None,
    issue: e.Issue,
    order_ref: str | None,
    at: datetime,
    minutes: int | None = None,
) -> tuple[str, PriceQuote]:
    """Return the digest of the price list in force at an instant and the quote under it; raises NoQuote.

    With VAT as the customer's next document has it: none for a business abroad, nor while that is undecided.
    """
    digest = ledger.state.tariff_at(at)
    if digest is None:
        raise NoQuote(msg("no price list is in force at that moment"))
    bought = purchases_of(ledger, customer) if customer else []
    return digest, quote(
        ledger.tariff(digest),
        epoch_seconds(at),
        issue,
        order_ref=order_ref,
        purchases=purchases_for_rating(bought),
        minutes=minutes,
        is_taxed=customer is None or treatment_of(ledger, customer) == "pl",
    )


def treatment_of(ledger: Ledger, code: str) -> e.VatTreatment:
    """Return how the next document of a customer, or of one that counts as the same, is taxed."""
    return ledger.find_customer(members_of(ledger, code)[0]).vat_treatment


def purchases_of(ledger: Ledger, code: str) -> list[Bought]:
    """Return the purchases under a code and under those that count as the same customer."""
    members = sorted(members_of(ledger, code))
    return [bought for member in members for bought in ledger.find_customer(member).purchases]


def as_bought(ledger: Ledger, code: str, order_ref: str) -> str:
    """Return an order as its purchase has it, however its letters are typed; as typed where none is alike."""
    orders = {bought.order_ref for bought in purchases_of(ledger, code)}
    alike = [] if order_ref in orders else differing_in_case(order_ref, sorted(orders))
    return alike[0] if len(alike) == 1 else order_ref


def owns(ledger: Ledger, code: str, order_ref: str, at: datetime) -> bool:
    """Return True if a customer, or one that counts as the same, owned the order at that moment."""
    return was_owned(purchases_of(ledger, code), order_ref, at)


def owned_at(ledger: Ledger, code: str, at: datetime) -> list[Bought]:
    """Return what a customer, or one that counts as the same, owned at a moment, the oldest first."""
    bought = purchases_of(ledger, code)
    return sorted(
        (each for each in bought if was_owned(bought, each.order_ref, at)), key=lambda each: each.purchased_at
    )


def price_segments(told: PriceQuote) -> tuple[e.PriceSegment, ...]:
    """Return the timeline for an event; a session that is always free is one segment without an end."""
    if told.free_quote is not None:
        opens_at = from_epoch_seconds(told.at_s)
        return (e.PriceSegment(opens_at=opens_at, net_grosze=0, gross_grosze=0),)
    return tuple(
        e.PriceSegment(
            opens_at=from_epoch_seconds(segment.from_s),
            net_grosze=segment.price.net_grosze,
            gross_grosze=segment.gross_grosze,
            until=from_epoch_seconds(segment.until_s),
        )
        for segment in told.segments
    )
