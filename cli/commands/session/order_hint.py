"""Warning about an order without a recorded purchase: it is accepted, and the price depends on it."""

from __future__ import annotations

from datetime import datetime

from cli.context import App
from cli.presentation import next_steps
from ledger.message import msg


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
