"""Warnings about the order that hardware was bought under: one not recorded, or none named."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from cli.context import App
from cli.presentation import next_steps
from ledger.domain.clock import office_time
from ledger.message import Message, Money, msg

if TYPE_CHECKING:
    from ledger.application.metadata import Receipt


def order_of(app: App, customer: str | None, typed: str | None) -> str | None:
    """Return an order as the customer's purchase has it, in whatever case it is typed."""
    if customer is None or typed is None:
        return typed
    from ledger.handlers.quote import as_bought

    return as_bought(app.open(), customer, typed)


def order_of_session(app: App, session: str, typed: str | None) -> str | None:
    """Return an order as a purchase of the session's customer has it."""
    if typed is None:
        return None
    ledger = app.open()
    return order_of(app, ledger.session(ledger.find_session(session)[0]).customer, typed)


def tell_of_order(app: App, receipt: Receipt) -> None:
    """Warn where help with hardware names an order that is not owned, or none at all."""
    tell_of_its_order(app, receipt.events[0].originator_id)


def tell_of_its_order(app: App, stream: UUID) -> None:
    """Warn as `tell_of_order` does, of a session as it stands."""
    ledger = app.open()
    session, number = ledger.session(stream), ledger.session_number(stream)
    at = session.connected_at or session.requested_at
    if session.issue != "hardware":
        return
    if session.order_ref is None:
        _tell_of_none(app, number, session.customer, at)
    else:
        tell_of_unknown_order(app, session.customer, session.order_ref, at)


def tell_of_unknown_order(app: App, customer: str | None, order_ref: str | None, at: datetime) -> None:
    """Warn where the customer does not own the order at that moment."""
    if customer is None or order_ref is None:
        return
    from ledger.handlers.quote import owns

    if owns(app.open(), customer, order_ref, at):
        return
    app.say(
        msg(
            "{customer} did not own {order_ref} then: help with its hardware is not free",
            customer=customer,
            order_ref=order_ref,
        )
    )
    app.hint(next_steps.record_purchase(customer, order_ref))


def _tell_of_none(app: App, number: int | None, customer: str, at: datetime) -> None:
    """Say what a started hour costs without an order, and with each one that the customer owns."""
    from ledger.handlers.quote import owned_at

    bought = owned_at(app.open(), customer, at)
    without = _price(app, customer, None, at)
    if without is None:
        return
    app.say(msg("hardware without an order counts as other help: {without}", without=without))
    if not bought:
        app.say(msg("{customer} has no purchase", customer=customer))
        return
    for each in bought:
        price = _price(app, customer, each.order_ref, at) or without
        day = office_time(each.purchased_at).date()
        app.say(
            msg("  with order {order_ref} of {day}: {price}", order_ref=each.order_ref, day=day, price=price)
        )
    app.hint(next_steps.name_order(number, bought[-1].order_ref if len(bought) == 1 else "REF"))


def _price(app: App, customer: str, order_ref: str | None, at: datetime) -> Message | None:
    """Return what a started hour costs that opens at a moment; None where no price list is in force."""
    from ledger.errors import NoCalendar, NoQuote
    from ledger.handlers.quote import price_segments, quoted

    try:
        _, found = quoted(app.open(), customer=customer, issue="hardware", order_ref=order_ref, at=at)
        first = price_segments(found)[0]
    except (NoQuote, NoCalendar):
        return None
    return msg("{net} PLN net a started hour", net=Money(first.net_grosze))
