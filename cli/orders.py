"""An order that somebody names and nobody recorded: it is taken, and told, since the price depends on it."""

from __future__ import annotations

from cli.context import Desk
from cli.words import Text


def tell_of_unknown_order(desk: Desk, customer: str | None, order_ref: str | None) -> None:
    """Say so where a customer is not recorded to have bought under an order, or gave it back."""
    if customer is None or order_ref is None:
        return
    from ledger.commands.prices import purchases_of

    bought = purchases_of(desk.open(), customer)
    if any(each.order_ref == order_ref and each.returned_at is None for each in bought):
        return
    desk.say(
        Text(
            pl=f"{customer} nie ma zakupu {order_ref}: sprzęt z niego nie jest bezpłatny",
            en=f"{customer} has no purchase {order_ref}: help with its hardware is not free",
        )
    )
    desk.hint(f"session-ledger purchase add {customer} --order {order_ref} --at DATE")
