"""An order that somebody names and nobody recorded: it is taken, and told, since the price depends on it."""

from __future__ import annotations

from datetime import datetime

from cli.context import App
from cli.presentation import next_steps
from cli.presentation.text import Text


def tell_of_unknown_order(app: App, customer: str | None, order_ref: str | None, at: datetime) -> None:
    """Say so where a customer had not bought under an order by then, or had given it back."""
    if customer is None or order_ref is None:
        return
    from ledger.handlers.quote import owns

    if owns(app.open(), customer, order_ref, at):
        return
    app.say(
        Text(
            pl=f"zakup {order_ref} nie należał wtedy do {customer}: pomoc przy nim nie jest bezpłatna",
            en=f"{customer} did not own {order_ref} then: help with its hardware is not free",
        )
    )
    app.hint(next_steps.record_purchase(customer, order_ref))
